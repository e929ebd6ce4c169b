"""Bodies, what they owe and what was found of them, from rows of `documents` and `disclosures`."""

from __future__ import annotations

from datetime import UTC, date, datetime

from archive.bodies import (
    approvals_by_year,
    bodies_seen,
    body_id,
    complete_crawls,
    expectations,
    publications,
)
from archive.columns import rows_to_table
from archive.deadlines import Publication
from archive.schema import TABLES

SEEN = datetime(2024, 3, 1, 8, tzinfo=UTC)


def document(identity: str, name: str | None = "勉县水利局", **values: object) -> dict[str, object]:
    row: dict[str, object] = {
        "document_id": identity,
        "region_code": "610725",
        "body_name": name,
        "body_code": None,
        "body_level": "department",
        "fiscal_year": 2024,
        "document_kind": "budget",
    }
    return row | values


def disclosure(identity: str, *documents: str, site: str = "610725", **values: object) -> dict[str, object]:
    row: dict[str, object] = {
        "disclosure_id": identity,
        "site_id": site,
        "document_ids": list(documents),
        "published_on": date(2024, 2, 20),
        "first_seen": SEEN,
    }
    return row | values


def test_a_body_is_one_whatever_the_width_of_its_characters() -> None:
    assert body_id("610725", "勉县财政局（本级）") == body_id("610725", "勉县 财政局(本级)")
    assert body_id("610725", "财政局") != body_id("610726", "财政局")


def test_bodies_gather_what_their_documents_say() -> None:
    rows = bodies_seen(
        [
            document("a", fiscal_year=2022),
            document("b", body_code="101001", fiscal_year=2024),
            document("c", body_level=None, fiscal_year=None),
            document("d", name="勉县人民政府", body_level="government"),
            document("e", name=None),
        ]
    )
    water = next(row for row in rows if row["name"] == "勉县水利局")
    assert len(rows) == 2
    assert (water["code"], water["level"]) == ("101001", "department")
    assert (water["first_year"], water["last_year"]) == (2022, 2024)
    assert rows_to_table(TABLES["bodies"], rows).num_rows == 2


def test_every_year_since_the_first_is_expected_and_accounts_of_past_years() -> None:
    bodies = bodies_seen([document("a", fiscal_year=2023)])
    approvals = {("610725", 2024): {"congress": date(2024, 1, 26)}}
    expected = list(expectations(bodies, date(2025, 3, 1), approvals))
    assert [(e.fiscal_year, e.document_kind) for e in expected] == [
        (2023, "budget"),
        (2023, "accounts"),
        (2024, "budget"),
        (2024, "accounts"),
        (2025, "budget"),
    ]
    assert expected[2].approvals == {"congress": date(2024, 1, 26)}
    assert expected[0].approvals == {}


def test_a_body_of_no_known_year_owes_nothing_yet() -> None:
    assert list(expectations(bodies_seen([document("a", fiscal_year=None)]), date(2025, 3, 1))) == []


def test_publications_carry_the_dates_of_their_disclosures() -> None:
    found = list(publications([document("a"), document("b", name=None)], [disclosure("x", "a", "b")]))
    body = body_id("610725", "勉县水利局")
    assert found == [Publication(body, 2024, "budget", date(2024, 2, 20), SEEN, "x")]


def test_a_local_document_was_published_on_no_known_day() -> None:
    [found] = publications([document("a")], [])
    assert (found.published_on, found.first_seen, found.disclosure_id) == (None, None, None)


def test_a_crawl_is_complete_for_a_body_when_all_its_sites_were_crawled() -> None:
    documents = [document("a"), document("b"), document("c", name="勉县教育局")]
    where = {"a": "s1", "b": "s2", "c": "s1"}
    carried = [disclosure(f"of {identity}", identity, site=site) for identity, site in where.items()]
    days = {"s1": date(2024, 6, 2), "s2": date(2024, 6, 1)}
    water, schools = body_id("610725", "勉县水利局"), body_id("610725", "勉县教育局")
    assert complete_crawls(documents, carried, days) == {water: date(2024, 6, 1), schools: date(2024, 6, 2)}
    assert complete_crawls(documents, carried, {"s1": date(2024, 6, 2)}) == {schools: date(2024, 6, 2)}
    assert complete_crawls([document("a")], [], days) == {}


def test_approvals_belong_to_the_year_of_the_budget() -> None:
    line = ("610725", [date(2023, 1, 12), date(2023, 12, 28)], [date(2024, 9, 27)])
    assert approvals_by_year([line, ("610000", [], [])]) == {
        ("610725", 2023): {"congress": date(2023, 1, 12), "standing_committee": date(2024, 9, 27)},
        ("610725", 2024): {"congress": date(2023, 12, 28)},
    }
