"""The scores on their page, in the CSV and from the API: the same as the command prints, cell by cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import lxml.html
import pytest
from starlette.testclient import TestClient

from archive.dataset import snapshots
from archive.dataset.schema import build_table
from archive.dataset.snapshots import ALL, Change
from archive.monitoring import verdicts
from archive.monitoring.bodies import body_id
from archive.monitoring.scores.rates import Level
from archive.monitoring.scores.scoring import scores
from archive.rendering.formats import as_csv
from archive.rendering.scalars import as_json
from archive.stores import Store, open_store
from archive.web.app import create_app
from archive.web.pages.scoreboard import rates_of
from tests.archive.monitoring.test_scoring import PLACES, ROWS, WATER
from tests.archive.samples import NOON

RATES = rates_of("body")

COUNTY = "610725"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Snapshot 1: the bodies that `test_scores` counts by hand. Snapshot 2: all of their deadlines missed."""
    made = open_store(str(tmp_path_factory.mktemp("scored")))
    bodies = [
        {"body_id": body_id(code, name), "region_code": code, "name": name} for name, code in PLACES.items()
    ]
    missing = [row | {"status": "missing"} for row in ROWS["deadlines"]]
    for rows in (ROWS | {"bodies": bodies}, {"deadlines": missing}):
        changes = [Change(name, build_table(name, listed), ALL) for name, listed in rows.items()]
        assert snapshots.commit(made, changes, message="", run_id=None, now=NOON)
    return made


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    app = create_app(store, partial(verdicts.board, store))
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client


def shown(client: TestClient, address: str = "/scores", **asked: object) -> dict[tuple[str, ...], list[str]]:
    """The texts of the rates of every line of a page, by what stands before them."""
    page = lxml.html.fromstring(client.get(address, params=asked or None).text)
    lines = {}
    for row in page.cssselect("table.scores tbody tr"):
        texts = [" ".join("".join(map(str, cell.itertext())).split()) for cell in row]
        lines[tuple(texts[: -len(RATES)])] = texts[-len(RATES) :]
    return lines


@pytest.mark.parametrize(
    ("asked", "level", "prefixes", "year"),
    [
        ({}, "province", ("",), None),
        ({"level": "body"}, "body", ("",), None),
        ({"region": "陕西"}, "city", ("61",), None),
        ({"region": "610700", "year": 2024, "at": 1}, "county", ("6107",), 2024),
        ({"region": "勉县"}, "body", (COUNTY,), None),
        ({"region": "勉县", "level": "county", "at": 1}, "county", (COUNTY,), None),
        ({"region": "41", "level": "city"}, "city", ("41",), None),
    ],
)
def test_every_form_has_the_scores_of_the_command(
    store: Store,
    client: TestClient,
    asked: dict[str, Any],
    level: Level,
    prefixes: tuple[str, ...],
    year: int | None,
) -> None:
    snapshot = snapshots.load(store, str(asked.get("at", "latest")))
    wanted = scores(store, snapshot, level=level, prefixes=prefixes, year=year)
    assert client.get("/scores.csv", params=asked).text == "\ufeff" + as_csv(wanted)
    answer = client.get("/api/scores", params=asked | {"limit": 1000}).json()
    assert answer["data"] == json.loads(as_json(wanted.to_pylist())) and answer["total"] == len(wanted)
    totals = [row for row in wanted.to_pylist() if row["measure"] == "total"]
    assert f'<p class="exports">{len(totals)} line' in client.get("/scores", params=asked).text
    assert len(shown(client, **asked)) == len(totals)


def test_a_filter_is_shown_where_nothing_fits_it(client: TestClient) -> None:
    page = lxml.html.fromstring(client.get("/scores?year=1999&region=勉县").text)
    assert page.cssselect("select[name=year] option[selected]")[0].text == "1999"
    assert page.cssselect("input[name=region]")[0].get("value") == "勉县"
    assert shown(client, year=1999) == {}


def test_a_cell_tells_what_is_counted_of_what(client: TestClient) -> None:
    county = shown(client, level="county", at=1)["勉县 陕西省 汉中市", "2024"]
    cells = dict(zip(RATES, county, strict=True))
    assert cells["publication"] == "50.0% 1 of 2 50.0% presumed"
    assert cells["timeliness"] == "100.0% 1 of 1 0.0% presumed"
    assert cells["completeness"] == "66.7% 2 of 3"
    assert cells["functional_detail"] == "60.0% ¥60 of ¥100"
    assert cells["total"] == "42.2% 42.2 of 100 points 12.5% presumed"


def test_what_cannot_be_measured_is_no_zero(client: TestClient) -> None:
    schools = shown(client, level="body", at=1)["勉县教育局 陕西省 汉中市 勉县", "2024"]
    cells = dict(zip(RATES, schools, strict=True))
    assert cells.pop("publication").startswith("0.0% 0 of 1")
    assert cells.pop("total").startswith("0.0% 0 of 25 points")
    assert set(cells.values()) == {"–not measured"}


def test_the_way_leads_down_to_the_body_and_its_own_scores(client: TestClient) -> None:
    address, names = "/scores?at=1", []
    for _ in range(5):
        page = lxml.html.fromstring(client.get(address).text)
        [*links] = page.cssselect("table.scores tbody th a")
        if not links:
            break
        [link] = [one for one in links if one.text in ("陕西省", "汉中市", "勉县", WATER)]
        names.append(link.text)
        address = link.get("href") or ""
    assert names == ["陕西省", "汉中市", "勉县", WATER] and "at=1" in address
    listed = shown(client, level="body", at=1)
    assert shown(client, address) == {("2024",): listed[f"{WATER} 陕西省 汉中市 勉县", "2024"]}


def test_a_level_above_the_region_gives_way_and_is_an_error_of_the_api(client: TestClient) -> None:
    asked = {"region": "勉县", "level": "province"}
    assert shown(client, **asked) == shown(client, region="勉县", level="body")
    for wrong in (asked, {"level": "village"}):
        answer = client.get("/api/scores", params=wrong)
        assert answer.status_code == 400 and "county, body" in answer.json()["error"]
    assert client.get("/scores", params={"region": "亚特兰蒂斯"}).status_code == 400


def test_a_long_list_has_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shown(client, level="body")
    monkeypatch.setattr("archive.web.pages.scoreboard.ROWS", 1)
    address = "/scores?level=body"
    seen: dict[tuple[str, ...], list[str]] = {}
    while address:
        seen |= (lines := shown(client, address))
        assert len(lines) == 1
        following = re.findall(r'href="([^"]+)" rel="next"', client.get(address).text)
        address = following[0].replace("&amp;", "&") if following else ""
    assert seen == whole and len(seen) == 3
    assert shown(client, level="body", start=3) == {}


def test_the_api_has_pages_and_is_described(client: TestClient) -> None:
    address, seen = "/api/scores?level=body&limit=7", []
    while address:
        answer = client.get(address).json()
        seen += answer["data"]
        address = answer["next"]
    assert len(seen) == answer["total"] > 14
    described = client.get("/api/openapi.json").json()
    columns = described["components"]["schemas"]["scores"]["properties"]
    assert set(columns) == set(seen[0]) and all(one["description"] for one in columns.values())
    asked = {one["name"] for one in described["paths"]["/api/scores"]["get"]["parameters"]}
    assert asked == {"at", "limit", "offset", "level", "region", "year"}
