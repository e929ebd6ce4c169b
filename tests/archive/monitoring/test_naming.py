"""Units that departments list (下设预算单位) become bodies that must publish."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from archive.monitoring.bodies import MonitoredDisclosure, MonitoredDocument, body_id
from archive.monitoring.judging import judge
from archive.monitoring.naming import listed_units
from archive.warc.captures import Run
from parsers.values.vocabulary import DocumentKind, DocumentOutcome


def document(identity: str, name: str, **values: Any) -> MonitoredDocument:
    row: dict[str, Any] = {
        "outcome": DocumentOutcome.PARSED,
        "document_id": identity * 64,
        "region_code": "610725",
        "body_name": name,
        "body_code": None,
    }
    row |= {
        "body_level": "department",
        "fiscal_year": 2026,
        "document_kind": DocumentKind.BUDGET,
        "units": None,
    }
    return MonitoredDocument(**row | values)


def disclosure(site: str, *documents: str) -> MonitoredDisclosure:
    day = datetime(2026, 2, 20, 4, tzinfo=UTC)
    row: dict[str, Any] = {
        "url": "http://example.org/",
        "disclosure_id": f"at-{site}",
        "site_id": site,
        "published_on": date(2026, 2, 20),
        "first_seen": day,
    }
    return MonitoredDisclosure(**row, document_ids=[one * 64 for one in documents])


def test_a_unit_is_listed_with_its_source_its_parent_and_the_place_it_should_publish_at() -> None:
    bureau = document("a", "勉县教育局", units=["勉县第一中学", "勉县幼儿园"])
    first, second = listed_units([bureau], [disclosure("610725", "a")])
    assert (first.name, first.level, first.parent) == ("勉县第一中学", "unit", "勉县教育局")
    assert (first.site_id, first.year, first.source) == ("610725", 2026, "document aaaaaaaaaaaaaaaa")
    assert second.name == "勉县幼儿园"
    assert [entry.site_id for entry in listed_units([bureau], [])] == [None, None]


def test_a_unit_keeps_the_name_it_publishes_with() -> None:
    bureau = document("a", "勉县教育局", units=["第一中学（高中部）"])
    school = document("b", "勉县第一中学", body_level="unit")
    elsewhere = document("c", "洋县第一中学", region_code="610723")
    (unit,) = listed_units([bureau, school, elsewhere], [])
    assert unit.name == "勉县第一中学"


def test_a_listed_unit_is_not_missing_before_a_list_of_it_was_found() -> None:
    rows = [document("a", "勉县教育局", units=["勉县第一中学"])]
    found = [disclosure("610725", "a")]
    crawl = Run("r", datetime(2026, 6, 1, tzinfo=UTC), "t", "0", datetime(2026, 6, 1, 1, tzinfo=UTC),
                complete_sites=("610725",))  # fmt: skip
    verdicts = {}
    for runs in ((), (crawl,)):
        bodies, deadlines = judge(rows, found, runs, date(2026, 6, 2))
        school = body_id("610725", "勉县第一中学")
        (body,) = (one for one in bodies if one.body_id == school)
        assert (body.level, body.source) == ("unit", "document aaaaaaaaaaaaaaaa")
        (verdicts[len(runs)],) = ((one.status, one.note) for one in deadlines if one.body_id == school)
    assert {status for status, _ in verdicts.values()} == {"unknown"}
    assert "never_crawled" in str(verdicts[0][1]) and "no_list_of_body" in str(verdicts[1][1])
