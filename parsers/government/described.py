"""What a government's table, a column and a row of it say: the values that their readers fill in.

Invariant: a field is None where one of the other two says it.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsers.government.names.territory import Mention, PublisherRegion
from parsers.values.table_types import TableType
from parsers.values.vocabulary import DocumentKind


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What a table says as a whole."""

    table_type: TableType
    title: str
    year: int | None
    fund: str | None
    scope: str | None
    stage: str | None
    kind: DocumentKind | None
    territory: PublisherRegion
    fiscal_year: int | None
    is_plan: bool = True  # the document calls itself a budget
    place: Mention | None = None  # a part of the publisher's region that the title names
    of_months: bool = False  # the title is of a part of a year: 2024年1-6月


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What one column says; None where the title or the rows say it."""

    stage: str | None = None
    year: int | None = None
    change: bool = False
    scope: str | None = None
    place: Mention | None = None
    flow: str | None = None
    fund: str | None = None
    debt_measure: str | None = None
    debt_kind: str | None = None
    debt_bond: str | None = None
    words: str = ""
    lowest: str = ""
    part: bool = False  # of what another column gives as a whole
    of_months: bool = False  # of a part of a year: 本月数
    repeats: bool = False  # such a part, of the very kind of the whole: 其中：一般债券 beside 一般债务


@dataclass(frozen=True, slots=True)
class RowFacts:
    """One row of one block; None where the column or the table says it."""

    label: str
    codes: dict[str, str]
    by_name: bool = False
    is_total: bool = False
    flow: str | None = None
    fund: str | None = None
    subject: str | None = None
    place: Mention | None = None
    year: int | None = None
    stage: str | None = None
    debt_measure: str | None = None
    debt_kind: str | None = None
    debt_bond: str | None = None
    is_part: bool = False  # of what a row above gives as a whole
    scope: str | None = None  # where the table names none
    of_level: str | None = (
        None  # the scope of a row that is a level alone, whatever the table's: 其中：市本级
    )
    change: bool = False  # the row prints the change of another
    rate: bool = False  # the row prints a share or a rate, no money
