"""The commands that watch and hand out: scores, alerts, export, the report of a run."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from archive.dataset.schema import build_table
from archive.dataset.snapshots import ALL, Change, commit
from archive.stores import open_store
from archive.stores.lock import locked
from gongkai import app, hoisted
from tests.archive.alerts.receivers import Hook, hooked
from tests.archive.samples import NOON

BODY = {"region_code": "610725", "body_name": "勉县水利局", "body_level": "department"}
DOCUMENT = BODY | {
    "document_id": "a" * 64,
    "fiscal_year": 2024,
    "document_kind": "budget",
    "outcome": "parsed",
    "parser_version": "1",
}


def gongkai(*args: str | Path) -> Result:
    unset = {name: None for name in os.environ if name.startswith("GONGKAI_")}
    done = CliRunner().invoke(app, hoisted([str(arg) for arg in args]), env=unset)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def published(store: Path, *names: str) -> None:
    disclosures = [
        {
            "disclosure_id": name,
            "url": f"http://e.org/{name}",
            "title": name,
            "region_code": "610725",
            "published_on": date(2024, 3, 1),
            "first_seen": NOON,
            "last_seen": NOON,
            "state": "live",
            "document_ids": [DOCUMENT["document_id"]],
        }
        for name in names
    ]
    rows = {"documents": [DOCUMENT], "disclosures": disclosures}
    changes = [Change(name, build_table(name, listed), ALL) for name, listed in rows.items()]
    commit(open_store(str(store)), changes, message="test", run_id=None, now=NOON)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    published(tmp_path / "store", "first")
    return tmp_path / "store"


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as found:
        yield found


def test_scores_of_a_county(store: Path) -> None:
    done = gongkai("scores", "--level", "county", "--region", "勉县", "--format", "csv", "--store", store)
    assert done.exit_code == 0, done.stderr
    rates = {row["measure"]: row["rate"] for row in csv.DictReader(io.StringIO(done.stdout))}
    assert rates["link_survival"] == "1.0" and "total" in rates
    assert gongkai("scores", "--region", "亚特兰蒂斯", "--store", store).exit_code == 2
    assert gongkai("scores", "--at", "9", "--store", store).exit_code == 2


@pytest.mark.parametrize("form", ["csv", "xlsx", "datapackage", "sqlite"])
def test_export_says_where(store: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    done = gongkai("export", "--format", form, "--out", out, "--store", store)
    assert (done.exit_code, out.exists()) == (0, True), done.stderr
    assert "out" in done.stderr


def test_alerts_are_listed_and_told(store: Path, tmp_path: Path, hook: Hook) -> None:
    listed = json.loads(gongkai("alerts", "--format", "json", "--store", store).stdout)
    assert [alert["alert_id"] for alert in listed if alert["kind"] == "new"] == ["new:first"]
    assert "<feed" in gongkai("alerts", "--format", "atom", "--store", store).stdout
    channels = tmp_path / "channels.yaml"
    channels.write_text(f"channels: [{{name: hook, to: webhook, url: '{hook.url}', kinds: [new]}}]")
    for names in (("first",), ("first", "second"), ("first", "second")):
        published(store, *names)
        done = gongkai("alerts", "--channels", channels, "--store", store)
        assert done.exit_code == 0, done.stderr
    assert [[alert["id"] for alert in message["alerts"]] for message in hook.contents] == [["new:second"]]
    channels.write_text("channels: [{name: hook}]")
    assert gongkai("alerts", "--channels", channels, "--store", store).exit_code == 3


def test_alerts_and_crawls_take_turns(store: Path, tmp_path: Path) -> None:
    channels = tmp_path / "channels.yaml"
    channels.write_text("channels: []")
    with locked(open_store(str(store)), "alerts"):
        assert gongkai("alerts", "--channels", channels, "--store", store).exit_code == 3
    with locked(open_store(str(store)), "crawl-61"):
        refused = gongkai("run", "--sites", "610725", "--store", store)
    assert refused.exit_code == 3 and "crawl-61" in refused.stderr
