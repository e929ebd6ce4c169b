"""Governments by their own budgets on pages: one government, all in order and on a map, some side by side."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from html import unescape
from typing import Any

import lxml.html
import pytest
from starlette.testclient import TestClient

from archive.dataset.query.governments import COLUMNS, definition
from archive.dataset.query.measures import body_measures
from archive.dataset.rows.typed import column_names, python_type
from archive.web.government.figures import Figure
from archive.web.government.ranking import COLORS, tile_map
from archive.web.view.charts import NEUTRAL
from parsers.values.vocabulary import AmountScope, Stage


@pytest.fixture(scope="module")
def client(governments: TestClient) -> TestClient:
    return governments


def chart(page: str, name: str) -> dict[str, Any]:
    found = re.search(rf'id="chart-{name}">(.+?)</script>', page)
    assert found
    drawn: dict[str, Any] = json.loads(unescape(found[1]))
    return drawn


def test_a_government_shows_accounts_debt_and_the_counties_below(client: TestClient) -> None:
    page = client.get("/governments/222400").text
    assert "¥5,416.00m" in page and "¥5,242.70m" in page  # revenue, planned for 2024, and of 2023
    assert "¥29,966.10m" in page and "contradictory" not in page  # expenditure, not the sum of transfers
    assert "¥51,110.00m" in page and "¥50,021.00m" in page and "debt balance" in page
    county = client.get("/governments/222401").text
    assert "延吉市" in county and "¥4,251.00m" in county


def test_the_picture_of_flows_balances_by_bands_that_say_so(client: TestClient) -> None:
    series = chart(client.get("/governments/222400?flows=2024-budget").text, "flows")["series"][0]
    through = "account general_budget"
    came = {link["source"]: link for link in series["links"] if link["target"] == through}
    went = [link for link in series["links"] if link["source"] == through]
    assert came["in tax revenue"]["value"] == 3_775_000_000
    unknown = came.pop("in not known: where from")
    assert unknown["address"] is None and all(link["address"] for link in came.values())
    total = sum(link["value"] for link in went)
    assert total == 29_966_100_000 == sum(link["value"] for link in came.values()) + unknown["value"]
    assert len(went) > 5 and len({link["target"] for link in went}) == len(went)
    drawn = {node["name"] for node in series["data"]}
    assert {end for link in series["links"] for end in (link["source"], link["target"])} == drawn


def test_grey_is_what_is_not_known_and_not_a_class_of_two_accounts(client: TestClient) -> None:
    series = chart(client.get("/governments/222400?flows=2024-budget").text, "flows")["series"][0]
    grey = {node["name"] for node in series["data"] if node["itemStyle"]["color"] == NEUTRAL}
    assert grey == {node["name"] for node in series["data"] if "not known" in node["name"]} != set()
    shared = Counter(link["target"] for link in series["links"] if link["target"].startswith("out "))
    assert max(shared.values()) > 1


def test_each_table_has_the_years_of_its_own_measures(client: TestClient) -> None:
    accounts, _, debt = lxml.html.fromstring(client.get("/governments/222400").text).cssselect("table")[:3]
    for table in (accounts, debt):
        lines = table.cssselect("tbody tr")
        for column in range(1, len(lines[0])):
            cells = [line[column] for line in lines]
            assert any(cell.cssselect("a") for cell in cells), cells[0].get("data-label")


def test_a_government_as_a_body_leads_to_its_own_budget(client: TestClient) -> None:
    body = client.get("/api/bodies?level=government&region_code=222400").json()["data"][0]["body_id"]
    page = client.get(f"/bodies/{body}").text
    assert "/governments/222400" in page and ">–</span></td>" not in page.partition("<h2>Deadlines")[0]


def test_another_year_of_the_picture_is_a_link_away(client: TestClient) -> None:
    page = client.get("/governments/222400").text
    assert "flows=2023-final#flows" in page
    series = chart(client.get("/governments/222400?flows=2023-final").text, "flows")["series"][0]
    assert sum(link["value"] for link in series["links"] if link["target"] == "account general_budget") > 0
    assert "3654" in str(next(one["value"] for one in series["links"] if one["source"] == "in tax revenue"))


def test_debt_stands_under_its_limit(client: TestClient) -> None:
    drawn = chart(client.get("/governments/222400").text, "debt")
    kinds = {one["name"]: (one["type"], one["data"]) for one in drawn["series"]}
    assert drawn["xAxis"]["data"] == ["2021", "2022", "2023"]
    assert drawn["title"]["text"] == "million yuan"
    assert kinds["debt balance"] == ("bar", [41_135.0, 45_692.0, 50_021.0])
    assert kinds["debt limit"] == ("line", [42_860.0, 46_980.0, 51_110.0])


def test_transfers_stand_by_region_and_link_to_their_facts(client: TestClient) -> None:
    page = client.get("/governments/222400").text
    part = page[page.index("Transfers paid") : page.index("Within it")]
    row = next(row for row in part.split("<tr") if "敦化市" in row)
    assert len(re.findall(r'href="/facts/[^"]+"', row)) == 4 and "¥1,528.70m" in row


def test_every_amount_leads_to_its_fact(client: TestClient) -> None:
    page = client.get("/governments/222400").text
    links = set(re.findall(r'href="(/facts/[^"]+)"', page))
    assert len(links) > 60
    for link in sorted(links)[::25]:
        assert client.get(link, follow_redirects=False).status_code == 307


def test_governments_are_ranked_by_one_measure_and_one_level(client: TestClient) -> None:
    page = client.get("/governments?measure=debt_balance").text
    table = page[page.index("In order") :]
    places = [table.index(f">{name}</a>") for name in ("敦化市", "汪清县", "延吉市")]
    assert places == sorted(places) and ">延边朝鲜族自治州</a>" not in table
    city = client.get("/governments?measure=debt_balance&level=city").text
    assert ">延边朝鲜族自治州</a>" in city


def test_the_map_shows_every_place_of_a_region_and_colours_what_is_known(client: TestClient) -> None:
    page = client.get("/governments?measure=debt_balance&region=2224").text
    tiles = re.findall(r'class="tile ([\w-]+)"', page)
    assert len(tiles) == 8 and "blank" not in tiles and {"m-0", f"m-{COLORS - 1}"} <= set(tiles)
    nation = client.get("/governments?measure=debt_balance").text
    assert nation.count('<li class="row-') == 31 and nation.count('class="m-none"') > 40
    assert "延吉市: ¥4,251.00m" in nation


def test_equal_figures_have_one_colour() -> None:
    rows = [
        Figure(code, AmountScope.WHOLE, "all", "debt_balance", 2023, Stage.FINAL, Decimal(amount), None,
               "table", "d", ["f"], None, 1, None, [])
        for code, amount in (("222401", 1), ("222402", 1), ("222403", 1), ("222404", 2), ("222405", 3))
    ]  # fmt: skip
    cells = {cell.region.code: cell.color for cell in tile_map(rows, "county", "222400").cells}
    assert cells["222401"] == cells["222402"] == cells["222403"] == 0
    assert cells["222401"] < (cells["222404"] or 0) < (cells["222405"] or 0) < COLORS
    assert cells["222406"] is None


def test_governments_stand_beside_each_other(client: TestClient) -> None:
    page = client.get("/governments/compare?place=222400&place=222401").text
    assert "¥50,021.00m" in page and "¥4,251.00m" in page and "97.9%" in page
    found = client.get("/governments/compare?place=222400&q=敦化").text
    assert 'value="222403"' in found
    assert client.get("/governments/compare?place=999999").status_code == 404
    assert 'value="222400"' in client.get("/governments/compare").text  # those on record, to choose from


def test_a_government_can_be_taken_out_of_the_comparison(client: TestClient) -> None:
    """A plain link leads to the page without it, in the same year and scope."""
    page = client.get("/governments/compare?place=222400&place=222401&scope=whole&year=2023").text
    links = dict(re.findall(r'<a href="([^"]+)" aria-label="Take (\w+) out"', page))
    without = {name: address.replace("&amp;", "&") for address, name in links.items()}
    assert without == {
        "延边朝鲜族自治州": "/governments/compare?year=2023&scope=whole&place=222401",
        "延吉市": "/governments/compare?year=2023&scope=whole&place=222400",
    }
    left = client.get(without["延吉市"]).text
    assert "¥50,021.00m" in left and "¥4,251.00m" not in left
    assert "Take" not in client.get("/governments/compare").text


def test_rank_and_compare_of_bodies_lead_to_governments(client: TestClient) -> None:
    assert not {*body_measures()} & {*definition().ranked}
    answer = client.get("/rank?measure=debt_balance&year=2023&region=22", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/governments?measure=debt_balance&year=2023&region=22"
    assert '<option value="land_revenue">' in client.get("/rank").text
    body = client.get("/api/bodies?level=government").json()["data"][0]["body_id"]
    assert "/governments/compare?place=222400" in client.get(f"/compare?body={body}").text


def test_the_api_has_what_the_pages_show(client: TestClient) -> None:
    asked = {"measure": "debt_balance", "level": "county", "region": "延边", "scope": "whole", "year": "2023"}
    found = client.get("/api/governments", params=asked).json()
    assert found["total"] == 8
    first = next(row for row in found["data"] if row["region_code"] == "222401")
    assert (first["amount_yuan"], first["stage"], first["basis"]) == ("4251000000.00", "final", "table")
    assert len(first["fact_ids"]) == 1
    assert client.get("/api/governments?limit=3&offset=2").json()["next"]
    for wrong in ("level=moon", "scope=all"):
        assert client.get(f"/api/governments?{wrong}").status_code == 400
    described = client.get("/api/openapi.json").json()
    assert {row for row in first} <= set(described["components"]["schemas"]["governments"]["properties"])


def test_a_figure_has_columns_of_the_measures() -> None:
    declared = {column.name: column for column in COLUMNS}
    assert set(column_names(Figure)) <= set(declared)
    kinds = {name: python_type(declared[name]).removesuffix(" | None") for name in column_names(Figure)}
    plain = {name: str(kind).removesuffix(" | None") for name, kind in Figure.__annotations__.items()}
    assert {name: kind for name, kind in plain.items() if name not in ("scope", "stage")} == {
        name: kind for name, kind in kinds.items() if name not in ("scope", "stage")
    }


def test_sql_asks_the_same_measures(client: TestClient) -> None:
    sql = "SELECT rate FROM current.government_measures WHERE measure = 'tax_share' AND fiscal_year = 2024"
    assert "0.697009" in client.get("/sql.csv", params={"q": sql}).text
