"""Bodies, what they owe and what was found of them, from rows of `documents` and `disclosures`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from archive.dataset.rows.monitoring import BodyRow
from archive.dataset.rows.typed import table_of
from archive.monitoring.bodies import (
    Approvals,
    Listed,
    MonitoredDisclosure,
    MonitoredDocument,
    body_id,
    expectations,
    known_bodies,
    last_absence,
    publications,
)
from archive.monitoring.deadlines import Publication
from archive.monitoring.judging import complete_crawls, crawls_by_site, places_of
from archive.monitoring.statutes import approvals_by_year
from archive.vocabulary import DueKind
from archive.warc.captures import Run
from parsers.values.vocabulary import BodyLevel, DocumentKind, DocumentOutcome

SEEN = datetime(2024, 3, 1, 8, tzinfo=UTC)


def document(identity: str, name: str | None = "勉县水利局", **values: Any) -> MonitoredDocument:
    row: dict[str, Any] = {
        "document_id": identity,
        "region_code": "610725",
        "body_name": name,
        "body_code": None,
        "body_level": "department",
        "fiscal_year": 2024,
        "document_kind": DocumentKind.BUDGET,
        "outcome": DocumentOutcome.PARSED,
    }
    return MonitoredDocument(**row | values)


def disclosure(identity: str, *documents: str, site: str = "610725", **values: Any) -> MonitoredDisclosure:
    row: dict[str, Any] = {
        "url": "http://example.org/",
        "disclosure_id": identity,
        "site_id": site,
        "document_ids": list(documents),
        "published_on": date(2024, 2, 20),
        "first_seen": SEEN,
    }
    return MonitoredDisclosure(**row | values)


def test_a_body_is_one_whatever_the_width_of_its_characters() -> None:
    assert body_id("610725", "勉县财政局（本级）") == body_id("610725", "勉县 财政局(本级)")
    assert body_id("610725", "财政局") != body_id("610726", "财政局")


def test_bodies_gather_what_their_documents_say() -> None:
    rows = known_bodies(
        [
            document("a", fiscal_year=2022),
            document("b", body_code="101001", fiscal_year=2024),
            document("c", body_level=None, fiscal_year=None),
            document("d", name="勉县人民政府", body_level="government"),
            document("e", name=None),
        ]
    )
    water = next(row for row in rows if row.name == "勉县水利局")
    assert len(rows) == 2
    assert (water.code, water.level) == ("101001", "department")
    assert (water.first_year, water.last_year) == (2022, 2024)
    assert table_of(BodyRow, rows).num_rows == 2


def test_every_year_since_the_first_is_expected_and_accounts_of_past_years() -> None:
    bodies = known_bodies([document("a", fiscal_year=2023)])
    approvals: Approvals = {("610725", 2024): {"congress": date(2024, 1, 26)}}
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
    assert list(expectations(known_bodies([document("a", fiscal_year=None)]), date(2025, 3, 1))) == []


def test_publications_carry_the_dates_of_their_disclosures() -> None:
    found = list(publications([document("a"), document("b", name=None)], [disclosure("x", "a", "b")]))
    body = body_id("610725", "勉县水利局")
    assert found == [Publication(body, 2024, DueKind.BUDGET, date(2024, 2, 20), SEEN, "x")]


def test_a_local_document_was_published_on_no_known_day() -> None:
    [found] = publications([document("a")], [])
    assert (found.published_on, found.first_seen, found.disclosure_id) == (None, None, None)


def test_a_crawl_is_complete_for_a_body_when_all_its_sites_were_crawled() -> None:
    documents = [document("a"), document("b"), document("c", name="勉县教育局")]
    where = {"a": "s1", "b": "s2", "c": "s1"}
    carried = [disclosure(f"of {identity}", identity, site=site) for identity, site in where.items()]
    days = {"s1": date(2024, 6, 2), "s2": date(2024, 6, 1)}
    water, schools = body_id("610725", "勉县水利局"), body_id("610725", "勉县教育局")
    places = places_of(documents, carried)
    assert complete_crawls(places, days) == {
        water: date(2024, 6, 1),
        schools: date(2024, 6, 2),
    }
    assert complete_crawls(places, {"s1": date(2024, 6, 2)}) == {schools: date(2024, 6, 2)}
    assert complete_crawls(places_of([document("a")], []), days) == {}


def test_approvals_belong_to_the_year_of_the_budget() -> None:
    line = ("610725", [date(2023, 1, 12), date(2023, 12, 28)], [date(2024, 9, 27)])
    assert approvals_by_year([line, ("610000", [], [])]) == {
        ("610725", 2023): {"congress": date(2023, 1, 12), "standing_committee": date(2024, 9, 27)},
        ("610725", 2024): {"congress": date(2023, 12, 28)},
    }


def test_bodies_of_lists_stand_beside_those_of_documents() -> None:
    listed = [
        Listed("610725", "勉县水利局", "registry", site_id="610725"),
        Listed("610725", "勉县水文站", "list of a department", level=BodyLevel.UNIT, parent="勉县水利局"),
    ]
    rows = {row.name: row for row in known_bodies([document("a")], listed)}
    water, station = rows["勉县水利局"], rows["勉县水文站"]
    assert (water.source, water.level, water.first_year) == (
        "documents, registry",
        "department",
        2024,
    )
    assert (station.source, station.level) == ("list of a department", "unit")
    assert (station.parent, station.first_year) == (water.body_id, None)


def test_a_body_known_from_a_list_alone_owes_what_is_due_this_year() -> None:
    bodies = known_bodies([], [Listed("610725", "勉县档案馆", "registry")])
    expected = [(e.fiscal_year, e.document_kind) for e in expectations(bodies, date(2025, 3, 1))]
    assert expected == [(2024, "accounts"), (2025, "budget")]


def test_a_listed_body_is_looked_for_where_the_list_says() -> None:
    listed = [
        Listed("610725", "勉县档案馆", "registry", site_id="s1"),
        Listed("610725", "勉县气象局", "list"),
    ]
    found = complete_crawls(places_of([], [], listed), {"s1": date(2024, 6, 2)})
    assert found == {body_id("610725", "勉县档案馆"): date(2024, 6, 2)}


# day claimed, first seen, complete crawls as "start end", the last one that proves absence
CLAIMS = [
    ("2024-02-20", "2024-03-05T08:00", ["2024-03-01T02:00 2024-03-01T03:00"], "2024-03-01"),
    (
        "2024-02-20",
        "2024-03-05T08:00",
        ["2024-03-01T02:00 2024-03-01T03:00", "2024-03-02T02:00 2024-03-02T03:00"],
        "2024-03-02",
    ),
    ("2024-02-20", "2024-03-05T08:00", [], None),  # the first crawl of the site
    ("2024-02-20", "2024-03-05T08:00", ["2024-02-20T02:00 2024-02-20T03:00"], None),  # the claimed day itself
    (
        "2024-02-20",
        "2024-03-05T08:00",
        ["2024-02-20T17:00 2024-02-20T18:00"],
        "2024-02-21",
    ),  # the 21st in China
    ("2024-02-20", "2024-03-05T08:00", ["2024-02-10T02:00 2024-02-10T03:00"], None),  # before it
    (
        "2024-02-20",
        "2024-03-05T08:00",
        ["2024-03-05T07:00 2024-03-05T09:00"],
        None,
    ),  # the crawl that found it
    ("2024-02-20", "2024-03-05T08:00", ["2024-03-01T02:00 -"], None),  # killed: what it passed is not known
    ("2024-02-20", "2024-03-05T08:00", ["2024-04-01T02:00 2024-04-01T03:00"], None),  # after it was found
    (None, "2024-03-05T08:00", ["2024-03-01T02:00 2024-03-01T03:00"], None),  # nothing is claimed
    ("2024-02-20", None, ["2024-03-01T02:00 2024-03-01T03:00"], None),
]


@pytest.mark.parametrize(("claimed", "seen", "crawls", "absent"), CLAIMS)
def test_what_contradicts_a_claimed_date(
    claimed: str | None, seen: str | None, crawls: list[str], absent: str | None
) -> None:
    def moment(text: str) -> datetime | None:
        return None if text == "-" else datetime.fromisoformat(f"{text}:00+00:00")

    runs = []
    for crawl in crawls:
        start, end = map(moment, crawl.split())
        assert start
        runs.append(Run("r", start, "run", "0", end, complete_sites=("s",)))
    visits = crawls_by_site(runs).get("s", [])
    said = date.fromisoformat(claimed) if claimed else None
    found = last_absence(said, moment(seen) if seen else None, visits)
    assert found == (absent and date.fromisoformat(absent))
