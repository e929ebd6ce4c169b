"""Value types that leave the parsers: what one document says, and what it proves.

Invariant: field names equal the dataset's column names (`archive/dataset/schema`), money is
`Decimal` yuan with two places, codes are `str`, and what is not known is `None`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from parsers.values.amounts import amount_in_yuan
from parsers.values.document import Box, Member, Note, Recognition
from parsers.values.messages import Message
from parsers.values.table_types import TableType
from parsers.values.vocabulary import (
    AmountSource,
    BodyLevel,
    CheckStatus,
    CodeBasis,
    Direction,
    DocumentKind,
    DocumentOutcome,
    FactStatus,
    Fault,
    Measure,
    Severity,
    TextLayer,
    UnitBasis,
)


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known about a document before it is opened: its name, article and site.

    The document's own words win over all of these; see `parsers.cover.headlines`.
    """

    file_name: str | None = None
    article_title: str | None = None
    body_name: str | None = None
    region_code: str | None = None
    fiscal_year: int | None = None
    document_kind: DocumentKind | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """Who publishes what for which year; `sources` maps each field to where it was read
    (document, file_name, article, site)."""

    title: str | None = None
    body_name: str | None = None
    body_code: str | None = None
    body_level: BodyLevel | None = None
    region_code: str | None = None
    fiscal_year: int | None = None
    document_kind: DocumentKind | None = None
    sources: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """One printed money cell of a budget table. `row_no` and `col_no` count from 0 in the table's body.

    The amount is the number shown in `amount_text` times `unit_yuan`; anything else raises ValueError."""

    row_no: int
    col_no: int
    row_label: str
    column_path: str
    amount_yuan: Decimal | None  # None where no unit is known, or the cell cannot be read
    amount_text: str
    unit_text: str | None
    unit_yuan: Decimal | None
    source: AmountSource
    unit_basis: UnitBasis = UnitBasis.PRINTED
    block: int = 0
    page: int | None = None
    box: Box | None = None
    flow: str | None = None
    fund: str | None = None
    nature: str | None = None
    object: str | None = None
    period: str | None = None
    functional_code: str | None = None
    functional_name: str | None = None
    economic_code: str | None = None
    economic_name: str | None = None
    gov_economic_code: str | None = None
    gov_economic_name: str | None = None
    code_basis: CodeBasis | None = None
    level: int = 0
    is_total: bool = False
    project_name: str | None = None
    subject: str | None = None
    parent_row: int | None = None
    row_body_name: str | None = None
    category: str | None = None
    item_code: str | None = None
    # Of governments' tables: whose money, which stage and year, what is measured (see
    # `archive/dataset/schema`).
    scope: str | None = None
    row_region_code: str | None = None
    row_region_name: str | None = None
    stage: str | None = None
    amount_year: int | None = None
    measure: Measure | None = None
    revenue_code: str | None = None
    revenue_name: str | None = None
    debt_measure: str | None = None
    debt_kind: str | None = None
    debt_bond: str | None = None
    proofs: tuple[str, ...] = ()
    disputes: tuple[str, ...] = ()
    status: FactStatus = FactStatus.SINGLE

    def __post_init__(self) -> None:
        if self.amount_yuan is None:
            return
        if self.unit_yuan is None or self.amount_yuan != amount_in_yuan(self.amount_text, self.unit_yuan):
            raise ValueError(f"{self.amount_text} × {self.unit_yuan} is not {self.amount_yuan} yuan")

    @property
    def is_unread(self) -> bool:
        """Whether the cell holds something that could not be read as an amount though its unit is known."""
        return self.amount_yuan is None and self.unit_yuan is not None


@dataclass(frozen=True, slots=True)
class TableRow:
    """One body row of one block as the accounting needs it, amounts or not: a code printed beside blank
    cells still makes the rows below it its parts. `codes` maps functional, economic, gov_economic to the
    full code; tables printed side by side have several blocks, counted from 0."""

    row_no: int
    block: int
    label: str
    codes: dict[str, str]
    is_total: bool
    has_amounts: bool


@dataclass(frozen=True, slots=True)
class BudgetTable:
    """One logical table, its pages joined. `header` holds one tuple of printed texts per header row, the
    text of a spanning cell repeated in every column; `grid` the body rows, a spanning cell's text only at
    its top-left position, so that no amount stands there twice."""

    table_no: int
    printed_no: str | None
    title: str | None
    table_type: TableType
    unit_text: str | None
    unit_yuan: Decimal | None
    pages: tuple[int, ...]
    header: tuple[tuple[str, ...], ...]
    grid: tuple[tuple[str, ...], ...]
    empty: bool
    empty_reason: str | None
    confidence: float
    facts: tuple[Fact, ...] = ()
    rows: tuple[TableRow, ...] = ()
    row_pages: tuple[int | None, ...] = ()  # the page of each row of `grid`
    unit_basis: UnitBasis = UnitBasis.PRINTED  # where `unit_yuan` is known from
    notes: tuple[Note, ...] = ()  # cells that could not be read, and marks of footnotes taken off
    repairs: tuple[Note, ...] = ()  # slips of recognition, each with the reading before its repair
    sheet: str | None = None  # the worksheet it stands on
    repeats: tuple[str, int] | None = None  # document_id and table_no of the rendition that keeps the facts
    unread: tuple[
        str, ...
    ] = ()  # money-like tokens of its pages that no value holds (`parsers.findings.unread`)


class CellRef(NamedTuple):
    """Points at one fact of the document: (table_no, row_no, col_no)."""

    table_no: int
    row_no: int
    col_no: int


@dataclass(frozen=True, slots=True)
class Check:
    """One evaluation of one identity (勾稽关系) or rule: left = right, within a tolerance. `page` is that
    of the words it is about; None where that is the page of the first of `facts`, or of the first table.

    `fault` says whose a failure is: `publisher` where one amount, as printed, explains it; `reading` where
    the page may have been misread, so that it is not held against the publisher; else `unclear`. None unless
    the check fails. `statement` says what is tested, `message` what came of it."""

    rule: str
    table_nos: tuple[int, ...]
    statement: Message
    status: CheckStatus
    severity: Severity
    message: Message
    left_yuan: Decimal | None = None
    right_yuan: Decimal | None = None
    difference_yuan: Decimal | None = None
    tolerance_yuan: Decimal | None = None
    facts: tuple[CellRef, ...] = ()
    page: int | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One performance target (绩效指标) of a form; `project_amount` in yuan."""

    table_no: int
    project_name: str | None = None
    project_code: str | None = None
    project_amount: Decimal | None = None
    level1: str | None = None
    level2: str | None = None
    level3: str | None = None
    target: str | None = None
    weight: Decimal | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One figure in a sentence: what it is about, its amount, and the change against the year before.

    Of a government's report also `measure` (general_revenue, special_debt_balance …), the account (`fund`),
    whose money it is (`scope`: whole, own or region, then with the region's code and name), `stage` and
    `fiscal_year`; None where the sentence leaves it open."""

    sentence: str
    subject: str | None = None
    amount_yuan: Decimal | None = None
    change_yuan: Decimal | None = None
    change_percent: Decimal | None = None
    direction: Direction | None = None
    reason: str | None = None
    page: int | None = None
    measure: Measure | None = None
    fund: str | None = None
    scope: str | None = None
    stage: str | None = None
    fiscal_year: int | None = None
    row_region_code: str | None = None
    row_region_name: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """Everything one document yields. `document_id` is the SHA-256 of its bytes, in hex."""

    document_id: str
    media_type: str
    outcome: DocumentOutcome
    outcome_detail: Message | None = None
    pages: int | None = None
    text_layer: TextLayer = TextLayer.NONE
    headline: Headline = field(default_factory=Headline)
    tables: tuple[BudgetTable, ...] = ()
    checks: tuple[Check, ...] = ()
    members: tuple[Member, ...] = ()
    notes: tuple[Note, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    statements: tuple[Statement, ...] = ()
    units: tuple[str, ...] = ()
    unread: int = 0  # money-like tokens of its pages with tables that no value holds
    recognition: Recognition = field(default=Recognition(), compare=False)  # differs from run to run
