"""The pages on which an operator reviews proposals, and sees which sites are set aside and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from archive.dataset import snapshots
from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change
from archive.monitoring import verdicts
from archive.stores import LocalStore
from archive.web.app import create_app
from crawler.jobs.proposals import FOLDER, Proposal
from crawler.jobs.registry import ShownRegistry
from crawler.sites.decisions import add_new, decide
from crawler.sites.edit import read_sites

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
OLD = "http://www.example.gov.cn/old/"
FOUND = "http://www.example.gov.cn/czyjs/<script>"


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Two sites of one's own, one to replace, one that is dead."""
    store, own = LocalStore(tmp_path / "store"), tmp_path / "own.csv"
    own.write_text(f"region_code,url\n610725,{OLD}\n220102,http://dead.example/\n", "utf-8")
    add_new(store, read_sites(own), "a list")
    seen: dict[str, Any] = {"name": "勉县", "probed_at": NOW, "outcome": "content", "detail": ""}
    found: dict[str, Any] = {
        "heading": "预决算公开",
        "entries": 12,
        "newest": date(2026, 10, 1),
        "platform": "trs",
    }
    better = Proposal(site_id="own-610725", url=OLD, advice="replace", confidence="medium",
                      proposed_url=FOUND, **seen, **found)  # fmt: skip
    dead = Proposal(site_id="own-220102", url="http://dead.example/", **seen | {"outcome": "timeout"})
    for one in (better, dead):
        store.create(f"{FOLDER}{one.site_id}/1.json", one.model_dump_json().encode())
    return store


@pytest.fixture
def client(store: LocalStore) -> Iterator[TestClient]:
    registry = ShownRegistry(store)
    app = create_app(store, partial(verdicts.board, store), registry=registry)
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client


def test_proposals_are_reviewed_before_there_is_a_snapshot(client: TestClient) -> None:
    shown = client.get("/proposals").text
    assert "gongkai sites apply own-610725 --confidence medium" in shown and "12 entries" in shown
    assert f'href="{OLD}"' in shown and "<script>" not in shown.partition("<main")[2]
    assert "no list of disclosures was found" in shown
    assert "own-220102" not in client.get("/proposals?region=6107").text
    assert "own-610725" not in client.get("/proposals?advice=look").text
    assert client.get("/sites").status_code == 404


def test_what_is_applied_or_set_aside_is_no_proposal(client: TestClient, store: LocalStore) -> None:
    decide(store, "replace", "own-610725", "better", url=FOUND)
    decide(store, "retire", "own-220102", "merged in 2024")
    assert "gongkai sites probe all" in client.get("/proposals").text


def test_the_pages_of_sites_say_what_is_set_aside_and_why(client: TestClient, store: LocalStore) -> None:
    rows = [
        {"site_id": name, "region_code": code, "name": code, "url": OLD}
        for name, code in (("own-610725", "610725"), ("610724", "610724"))
    ]
    site = Change("sites", build_table("sites", rows), frozenset(["own-610725", "610724"]))
    assert snapshots.commit(store, [site], message="", run_id=None, now=NOW)
    decide(store, "disable", "610724", "captcha since May")
    decide(store, "retire", "own-220102", "merged in 2024")
    listed = client.get("/sites").text
    order = [listed.index(text) for text in ("own-610725", "captcha since May", "merged in 2024")]
    assert order == sorted(order), "what is visited comes first"
    assert 'href="/proposals"' in listed
    assert "own-610725" not in client.get("/sites?state=disabled").text
    shown = client.get("/sites/own-220102").text
    assert "<b>registered</b>" in shown and "<b>retired</b> · merged in 2024" in shown.partition("<h2>")[2]
