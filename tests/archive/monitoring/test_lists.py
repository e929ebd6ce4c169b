"""*Missing* needs a list of the body that is in use: whatever else was visited, a body is not accused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from archive.monitoring.bodies import MonitoredDisclosure, MonitoredDocument
from archive.monitoring.judging import judge
from archive.warc.captures import Run
from parsers.values.vocabulary import BodyLevel, DocumentKind, DocumentOutcome

BUDGET, ACCOUNTS = DocumentKind.BUDGET, DocumentKind.ACCOUNTS
TODAY = date(2026, 11, 30)
SCHOOLS, WATER, TOWN, COUNTY = "安溪县教育局", "安溪县水利局", "安溪县城厢镇", "安溪县"
COLUMN, TOWNS = "2025年部门预算公开", "乡镇预算公开"
Line = tuple[str, int, DocumentKind, str | None]


def status(
    lines: Sequence[Line | tuple[*Line, str]], body: str = SCHOOLS, kind: DocumentKind = BUDGET
) -> tuple[str, str]:
    """The verdict on a body's document of 2026 (accounts: of 2025), and its note: after a visit to the end of
    a site whose lists show `lines`: body, year, kind, what the list is about, the day."""
    documents, disclosures = [], []
    for place, (name, year, what, heading, *day) in enumerate(lines):
        identity = f"{place:064x}"
        level = BodyLevel.GOVERNMENT if name == COUNTY else BodyLevel.DEPARTMENT
        documents.append(
            MonitoredDocument(
                document_id=identity, region_code="350524", body_name=name, body_level=level,
                fiscal_year=year, document_kind=what, outcome=DocumentOutcome.PARSED,
            )
        )  # fmt: skip
        published = date.fromisoformat(day[0]) if day else date(year + (what == ACCOUNTS), 2, 20)
        disclosures.append(
            MonitoredDisclosure(
                disclosure_id=str(place), site_id="350524", region_code="350524", url=f"http://x/{place}",
                list_heading=heading, document_ids=[identity], published_on=published,
            )
        )  # fmt: skip
    moment = datetime(2026, 11, 29, tzinfo=UTC)
    run = Run("r", moment, "run", "0", moment, complete_sites=("350524",))
    bodies, deadlines = judge(documents, disclosures, [run], TODAY)
    (identity,) = (one.body_id for one in bodies if one.name == body)
    year = 2026 if kind == BUDGET else 2025
    (found,) = (
        one
        for one in deadlines
        if (one.body_id, one.fiscal_year, one.document_kind) == (identity, year, kind)
    )
    return str(found.status), str(found.note)


@pytest.mark.parametrize(
    "lines",
    [
        # the list of its budget of 2025 shows those of others for 2026, whatever the year in its name
        [(SCHOOLS, 2025, BUDGET, COLUMN), (WATER, 2026, BUDGET, "2026年部门预算公开")],
        # a list of its own shows its accounts, published after the budget was due
        [(SCHOOLS, 2025, BUDGET, "教育局预决算"), (SCHOOLS, 2025, ACCOUNTS, "教育局预决算", "2026-09-20")],
        # bodies have lists of their own in one column
        [(SCHOOLS, 2025, BUDGET, "部门预算公开 教育局"), (WATER, 2026, BUDGET, "部门预算公开 水利局")],
        # of old rows the site is known, and no more
        [(SCHOOLS, 2025, BUDGET, None), (WATER, 2026, BUDGET, COLUMN)],
        # it shows nothing since, but no accounts of the others are out, either
        [
            (SCHOOLS, 2025, BUDGET, COLUMN),
            (SCHOOLS, 2024, ACCOUNTS, "部门决算公开"),
            (WATER, 2025, BUDGET, COLUMN),
            (WATER, 2026, BUDGET, COLUMN),
            (WATER, 2024, ACCOUNTS, "部门决算公开"),
        ],
        # two bodies of like names published beside each other: they are two
        [
            (SCHOOLS, 2025, BUDGET, COLUMN),
            ("安溪县教育考试中心", 2025, BUDGET, COLUMN),
            ("安溪县教育考试中心", 2026, BUDGET, COLUMN),
        ],
        # it was seen in a column that others use for their accounts as well
        [(SCHOOLS, 2025, ACCOUNTS, "预决算公开"), (WATER, 2026, BUDGET, "预决算公开")],
    ],
)
def test_a_body_whose_list_is_in_use_and_lacks_its_document_is_missing(lines: list[Line]) -> None:
    assert status(lines)[0] == "missing"


@pytest.mark.parametrize(
    ("lines", "body", "why"),
    [
        # nothing of the year is anywhere: the column may have moved
        ([(SCHOOLS, 2025, BUDGET, COLUMN)], SCHOOLS, "list_not_in_use"),
        # the column of the departments is in use, that of the towns may have moved
        ([(TOWN, 2025, BUDGET, TOWNS), (WATER, 2026, BUDGET, COLUMN)], TOWN, "list_not_in_use"),
        # its own list shows nothing since the deadline
        (
            [(SCHOOLS, 2025, BUDGET, "教育局预算", "2025-02-20"), (WATER, 2026, BUDGET, COLUMN)],
            SCHOOLS,
            "list_not_in_use",
        ),
        # its list shows nothing from before: a new column does not hold what the old one did
        (
            [(SCHOOLS, 2025, BUDGET, "教育局预决算", "2026-09-20"), (TOWN, 2025, BUDGET, TOWNS)],
            SCHOOLS,
            "list_starts_later",
        ),
        # its accounts are in a list of their own, and that of budgets was never found
        ([(SCHOOLS, 2024, ACCOUNTS, "部门决算"), (WATER, 2026, BUDGET, COLUMN)], SCHOOLS, "no_list_of_kind"),
        # departments say nothing of the government's own budget where no list is known
        ([(COUNTY, 2025, BUDGET, None), (WATER, 2026, BUDGET, COLUMN)], COUNTY, "list_not_in_use"),
        # three stood beside it, and one of them does now: the others may be where it is
        (
            [(one, 2025, BUDGET, COLUMN) for one in (SCHOOLS, WATER, TOWN, "安溪县林业局")]
            + [(WATER, 2026, BUDGET, COLUMN)],
            SCHOOLS,
            "list_lacks_many",
        ),
        # a body that never stood beside it has a name that may be its short one, or its new one
        (
            [
                ("安溪县残疾人联合会", 2025, BUDGET, COLUMN),
                ("安溪县残联", 2026, BUDGET, COLUMN),
                (WATER, 2025, BUDGET, COLUMN),
                (WATER, 2026, BUDGET, COLUMN),
            ],
            "安溪县残疾人联合会",
            "body_of_like_name",
        ),
        (
            [
                (SCHOOLS, 2025, BUDGET, COLUMN),
                ("安溪县教育体育局", 2026, BUDGET, COLUMN),
                (WATER, 2025, BUDGET, COLUMN),
                (WATER, 2026, BUDGET, COLUMN),
            ],
            SCHOOLS,
            "body_of_like_name",
        ),
        # it shows neither its budget nor its accounts since, and others show both: it may have ended
        (
            [
                (SCHOOLS, 2025, BUDGET, COLUMN),
                (SCHOOLS, 2024, ACCOUNTS, "部门决算公开"),
                (WATER, 2025, BUDGET, COLUMN),
                (WATER, 2026, BUDGET, COLUMN),
                (WATER, 2024, ACCOUNTS, "部门决算公开"),
                (WATER, 2025, ACCOUNTS, "部门决算公开"),
            ],
            SCHOOLS,
            "shows_nothing_since",
        ),
        # what is announced for a later day than today is not seen yet
        (
            [(SCHOOLS, 2025, BUDGET, COLUMN), (WATER, 2026, BUDGET, COLUMN, "2027-02-20")],
            SCHOOLS,
            "list_not_in_use",
        ),
    ],
)
def test_any_other_is_unknown_and_says_why(lines: list[Line], body: str, why: str) -> None:
    found, note = status(lines, body)
    assert found == "unknown" and why in note


def test_a_list_of_accounts_counts_for_accounts() -> None:
    lines = [(SCHOOLS, 2024, ACCOUNTS, "部门决算"), (WATER, 2025, ACCOUNTS, "部门决算")]
    assert status(lines, SCHOOLS, ACCOUNTS)[0] == "missing"
