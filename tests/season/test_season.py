"""The seasons of `season.yaml` and `moving.yaml`, lived whole: verdicts, alerts and rates of every day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from archive.dataset.snapshots import latest, read_table
from archive.monitoring.bodies import body_id
from archive.monitoring.verdicts import board
from archive.stores import open_store
from archive.web.app import create_app
from tests.season.play import MOVING, play


@pytest.mark.timeout(1800)  # twelve runs of the whole program
def test_the_board_the_alerts_and_the_rates_of_every_day_are_as_scripted(tmp_path: Path) -> None:
    days = dict(play(tmp_path))
    assert len(days) == 12
    assert {day: differences for day, differences in days.items() if differences} == {}


@pytest.mark.timeout(900)  # five runs
def test_a_site_that_changes_its_system_and_its_host_keeps_its_disclosures(tmp_path: Path) -> None:
    days = dict(play(tmp_path, MOVING))
    assert {day: differences for day, differences in days.items() if differences} == {}
    store = open_store(str(tmp_path / "store"))
    snapshot = latest(store)
    assert snapshot
    disclosures = read_table(store, snapshot, "disclosures").to_pylist()
    # Two years of two bodies, under three systems; the water bureau's are the same from host to host.
    assert Counter(row["state"] for row in disclosures) == {"live": 4, "moved": 8}
    where = {row["disclosure_id"]: row["state"] for row in disclosures}
    assert {where[row["moved_to"]] for row in disclosures if row["moved_to"]} == {"live"}
    documents = read_table(store, snapshot, "documents").to_pylist()
    counted = Counter(
        (row["body_name"], row["fiscal_year"]) for row in documents if row["superseded_by"] is None
    )
    assert len(counted) == 4 and set(counted.values()) == {1}
    with TestClient(create_app(store, lambda snapshot, day: board(store, snapshot, day))) as client:
        shown = client.get(f"/bodies/{body_id('610725', '勉县水利局')}", params={"lang": "zh"}).text
    assert "已移动的公告" in shown and shown.count("首次在新址发现") == 4
    assert date(2026, 4, 10).isoformat() in shown
