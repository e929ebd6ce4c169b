"""What a government owes of its own budget, and when it must not be called missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from archive.dataset.rows.monitoring import BodyRow, DeadlineRow
from archive.monitoring.bodies import BY_SITE, Listed, MonitoredDisclosure, MonitoredDocument, Registered
from archive.monitoring.judging import judge
from archive.vocabulary import GapKind
from archive.warc.captures import Run
from archive.warc.gaps import Gap
from parsers.values.vocabulary import Act, BodyLevel, DocumentKind, DocumentOutcome
from tests.wording import english

COUNTY = "610725"
SEEN = datetime(2024, 7, 1, tzinfo=UTC)
LATER = date(2025, 12, 1)


def document(number: int, kind: str, year: int = 2024, **more: Any) -> MonitoredDocument:
    given: dict[str, Any] = {
        "document_id": f"{number:064x}", "region_code": COUNTY, "body_name": "勉县", "body_code": None,
        "body_level": "government", "fiscal_year": year, "document_kind": DocumentKind(kind),
        "outcome": DocumentOutcome.PARSED, "measures": ["general_revenue"],
    }  # fmt: skip
    return MonitoredDocument(**given | more)


def announcement(number: int, title: str, *documents: MonitoredDocument, **more: Any) -> MonitoredDisclosure:
    given: dict[str, Any] = {
        "disclosure_id": f"{number:016x}", "site_id": COUNTY, "region_code": COUNTY,
        "url": f"http://example.org/{number}", "title": title, "body_name": None, "fiscal_year": None,
        "document_kind": None, "document_ids": [one.document_id for one in documents],
        "published_on": date(2024, 2, 20), "first_seen": SEEN, "approved_act": None, "approved_year": None,
        "approved_on": None,
    }  # fmt: skip
    return MonitoredDisclosure(**given | more)


def verdicts(
    documents: list[MonitoredDocument], announced: list[MonitoredDisclosure], *gaps: Gap
) -> dict[tuple[int, str], DeadlineRow]:
    started = datetime(2025, 11, 20, 2, tzinfo=UTC)
    crawl = Run("r", started, "run", "0", started, complete_sites=(COUNTY,), gaps=gaps)
    _, found = judge(documents, announced, [crawl], LATER)
    return {(one.fiscal_year, one.document_kind): one for one in found}


BUDGET = document(1, "budget")
CARRIER = announcement(1, "勉县2024年政府预算公开", BUDGET)
# A list of accounts that is known by those before, and in use by what it showed after the deadline.
BEFORE, AFTER = document(8, "accounts", 2023), document(9, "budget", 2025)
READ = [BUDGET, BEFORE, AFTER]
IN_USE = [
    CARRIER,
    announcement(8, "勉县2023年财政决算公开", BEFORE),
    announcement(9, "勉县2025年政府预算公开", AFTER, published_on=date(2025, 11, 10)),
]


def test_debt_is_due_with_the_budget_and_with_the_accounts() -> None:
    found = verdicts([BUDGET], [CARRIER])
    assert {kind for year, kind in found if year == 2024} == {
        "budget", "accounts", "debt_budget", "debt_accounts",
    }  # fmt: skip
    for kind in ("budget", "accounts"):
        assert found[2024, f"debt_{kind}"].due_strict == found[2024, kind].due_strict
    assert found[2024, "budget"].status == "on_time"


def test_a_document_with_a_limit_or_balance_discloses_the_debt() -> None:
    with_debt = replace(BUDGET, measures=["debt_limit", "general_revenue"])
    found = verdicts([with_debt], [CARRIER])[2024, "debt_budget"]
    assert (found.status, found.published_on) == ("on_time", date(2024, 2, 20))


def test_debt_not_recognised_in_documents_that_were_read_is_not_missing() -> None:
    found = verdicts([BUDGET], [CARRIER])[2024, "debt_budget"]
    assert found.status == "unknown" and "no limit or balance of debt was recognised" in english(found.note)


def test_debt_is_missing_only_with_the_accounts_themselves() -> None:
    found = verdicts(READ, IN_USE)
    assert found[2024, "accounts"].status == "missing" == found[2024, "debt_accounts"].status


@pytest.mark.parametrize(
    "title", ["勉县2024年地方政府债务限额余额情况", "2025年政府债券情况公开", "债务公开"]
)
def test_an_announcement_that_speaks_of_debt_leaves_it_unknown(title: str) -> None:
    found = verdicts([BUDGET], [CARRIER, announcement(2, title)])
    assert found[2024, "debt_accounts"].status == "unknown"


def test_a_document_of_debt_that_tells_no_kind_leaves_it_unknown() -> None:
    debt = document(2, "other", measures=["debt_balance"])
    assert verdicts([BUDGET, debt], [CARRIER])[2024, "debt_accounts"].status == "unknown"


def test_an_announced_file_that_is_dead_is_announced_and_says_so() -> None:
    dead = announcement(2, "勉县2024年财政决算公开", fiscal_year=2024, document_kind="accounts")
    gap = Gap(
        COUNTY, GapKind.FILE, "http://example.org/a.pdf", via="http://example.org/2", outcome="http_404"
    )
    found = verdicts([BUDGET], [CARRIER, dead], gap)
    for kind in ("accounts", "debt_accounts"):
        assert found[2024, kind].status == "announced", kind
        assert "its file could not be had (http_404)" in english(found[2024, kind].note)


@pytest.mark.parametrize(
    "gap",
    [
        Gap(COUNTY, GapKind.PAGER, "http://example.org/list"),
        Gap(COUNTY, GapKind.FILE, "http://example.org/a.pdf", title="2024年勉县政府决算"),
        Gap(COUNTY, GapKind.FILE, "http://example.org/a.pdf", title="2024年决算"),
        Gap(COUNTY, GapKind.FILE, "http://example.org/a.pdf", title="2024年政府决算", body_name="勉县财政局"),
    ],
    ids=lambda gap: f"{gap.kind} {gap.title}",
)
def test_a_gap_where_its_document_may_be_leaves_a_government_unknown(gap: Gap) -> None:
    found = verdicts([BUDGET], [CARRIER], gap)[2024, "accounts"]
    assert found.status == "unknown" and "it may be there" in english(found.note)


def test_a_gap_of_a_department_is_none_of_its_government() -> None:
    gap = Gap(
        COUNTY, GapKind.FILE, "http://example.org/a.pdf", title="2024年勉县教育局决算", body_name="勉县教育局"
    )
    assert verdicts(READ, IN_USE, gap)[2024, "accounts"].status == "missing"


def test_an_adjustment_is_owed_where_one_was_approved_or_found() -> None:
    assert (2024, "adjustment") not in verdicts([BUDGET], [CARRIER])
    approved = replace(
        CARRIER, approved_act=Act.ADJUSTMENT, approved_year=2024, approved_on=date(2024, 10, 10)
    )
    due = verdicts([BUDGET], [approved])[2024, "adjustment"]
    assert (due.due_strict, due.trigger_basis, due.status) == (date(2024, 10, 30), "stated", "unknown")
    assert "no list" in english(due.note)  # of adjustments: no list of them was seen
    changed = document(3, "adjustment")
    found = verdicts([BUDGET, changed], [CARRIER, announcement(3, "勉县2024年预算调整方案", changed)])
    assert found[2024, "adjustment"].status == "unknown"  # published; no day of approval is known


def test_a_department_owes_no_debt() -> None:
    office = document(1, "budget", body_name="勉县水利局", body_level="department", measures=None)
    assert {kind for _, kind in verdicts([office], [CARRIER])} == {"budget", "accounts"}


def test_a_government_known_by_its_visited_site_alone_owes_what_governments_owe() -> None:
    def judged(visited: str) -> tuple[list[BodyRow], list[DeadlineRow]]:
        started = datetime(2025, 11, 20, 2, tzinfo=UTC)
        crawl = Run("r", started, "run", "0", started, complete_sites=(visited,))
        listed = [Listed(COUNTY, "勉县", BY_SITE, BodyLevel.GOVERNMENT, site_id=COUNTY)]
        return judge([], [], [crawl], LATER, Registered(governments=listed))

    bodies, found = judged(COUNTY)
    assert [(body.name, body.level, body.source) for body in bodies] == [("勉县", "government", BY_SITE)]
    assert {(one.fiscal_year, one.document_kind) for one in found} == {
        (2024, "accounts"), (2024, "debt_accounts"), (2025, "budget"), (2025, "debt_budget"),
    }  # fmt: skip
    assert {one.status for one in found} == {"unknown"} and all(one.note for one in found)
    assert judged("another site") == ([], [])
