"""The tables of a government's document.

Invariant: pure, as `parsers.tables`; the pieces, headers and pages are read by the same means, only titles,
columns and rows are understood in other words. Of what a workbook carries besides what it publishes only what
no reader of the page sees is taken out: names of fields of a database (`YBXE_Y1#`, `AND T.AD_CODE_GK=1508`),
row marks (`VALID#`), columns that hold nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

from parsers.government.columns import TITLE_OF_MONTHS
from parsers.government.described import TableFacts
from parsers.government.facts import facts_of
from parsers.government.names.territory import PublisherRegion, place_in_title
from parsers.government.names.titles import (
    GOVERNMENT,
    compact_title,
    fund_of,
    scope_of,
    table_type,
    without_account,
)
from parsers.government.names.vocabulary import first, terms, years_in
from parsers.government.roles import with_roles
from parsers.reference import regions
from parsers.tables.facts import cell_notes
from parsers.tables.layout.assembly import Draft, assemble
from parsers.tables.layout.columns import Column, read_columns
from parsers.tables.layout.pieces import pieces_of
from parsers.tables.layout.rows import Row, texts
from parsers.values.attempts import STRICT, Attempts
from parsers.values.document import Block, Grid, Reading
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Headline
from parsers.values.table_types import BONDS, DEBT_TABLES, TableType
from parsers.values.text import fold, one_line
from parsers.values.units import Unit
from parsers.values.vocabulary import AmountScope, AmountSource, DocumentKind, Stage, UnitBasis

_L = lexicon_of(__name__)
_FORMULAS = _L.words("formulas")
_BUDGET = _L.text("budget")
_ARRANGED = _L.text("arranged")
_CHANGES = _L.pattern("changes")

_BY_ROWS = (
    (TableType.SOCIAL_INSURANCE_BALANCE, _L.pattern("insurance_rows")),
    (TableType.BOND_PROJECTS, _L.pattern("project_rows")),
    (TableType.GOV_GENERAL_ECONOMIC, _L.pattern("economic_rows")),
    (TableType.DEBT_MOVEMENT, _L.pattern("bond_rows")),
    (TableType.DEBT_MOVEMENT, _L.pattern("issue_rows")),
    (TableType.DEBT_LIMIT_BALANCE, _L.pattern("limit_rows")),
    (TableType.GOV_GENERAL_TRANSFERS, _L.pattern("returned_rows")),
    (TableType.GOV_FUND_REVENUE, _L.pattern("fund_rows")),
    (TableType.GOV_GENERAL_REVENUE, _L.pattern("tax_rows")),
    (TableType.GOV_GENERAL_EXPENDITURE, _L.pattern("expenditure_rows")),
)
_ECONOMY = _L.pattern("economy")
_FUND_OF_TYPE = (
    ("gov_general", "general_budget"),
    ("gov_fund", "government_fund"),
    ("state_capital", "state_capital"),
    ("social_insurance", "social_insurance"),
    ("three_public", "appropriation"),
)
_ACCOUNT_TABLES = frozenset(
    {
        TableType.GOV_GENERAL_REVENUE,
        TableType.GOV_GENERAL_EXPENDITURE,
        TableType.GOV_FUND_REVENUE,
        TableType.GOV_FUND_EXPENDITURE,
        TableType.STATE_CAPITAL_REVENUE,
        TableType.STATE_CAPITAL_EXPENDITURE,
    }
)
_LEAST_SIBLINGS = 3  # tables that print a unit, before others take it
_LIMITS = _L.pattern("limits")
_OF_OWN_LEVEL = _L.pattern("of_own_level")  # 注：本表反映本级政府债务余额
_EMPTY = _L.words("empty")
_MARK = re.compile(r"^(?:VALID#|[A-Z][A-Z0-9_]*#.*|AND T\..*|DEBT_T_[A-Z_]+|.*[A-Z]_CODE.*[=#].*)$")
_FILLER = frozenset({"0", ""})


def government_tables(
    reading: Reading, head: Headline, scope: str | None, attempts: Attempts = STRICT
) -> tuple[BudgetTable, ...]:
    """The logical tables in reading order, numbered from 1; `scope` is the whole document's. With `attempts`,
    a table that cannot be read is there without its facts, and noted."""
    drafts = _drafts(reading.shown.blocks, attempts)
    said = frozenset(scope_of(draft.title or "") for draft in drafts)

    def read(number: int, draft: Draft) -> BudgetTable:
        attempts.page = draft.pages[0] if draft.pages else None
        lost = message("step_facts", number=number, title=draft.title or "")
        table = attempts.run(lost, None, _table, number, draft, head, scope, said)
        attempts.page = None
        return table or _printed(number, draft, TableType.OTHER)

    tables = [read(number, draft) for number, draft in enumerate(drafts, start=1)]
    for number, unit in attempts.run(message("step_shared_units"), {}, _shared_units, tables).items():
        tables[number - 1] = read(
            number, replace(drafts[number - 1], unit=unit, shared_basis=UnitBasis.SIBLINGS)
        )
    return tuple(tables)


def _drafts(blocks: Sequence[Block], attempts: Attempts) -> list[Draft]:
    """The logical tables; where they cannot be put together, each grid that can be read is one of its own."""
    cleaned = attempts.run(
        message("step_template"), list(blocks), lambda: list(without_template_marks(blocks))
    )
    together = attempts.run(message("step_continued_tables"), None, _assembled, cleaned)
    if together is not None:
        return together
    grids = [block for block in cleaned if isinstance(block, Grid)]
    return [
        draft for grid in grids for draft in attempts.run(message("step_a_table"), [], _assembled, [grid])
    ]


def _assembled(blocks: Sequence[Block]) -> list[Draft]:
    return assemble(pieces_of(blocks, GOVERNMENT), GOVERNMENT)


def _shared_units(tables: Sequence[BudgetTable]) -> dict[int, Unit]:
    """The units of tables that print none, by number: that of the others of their kind, of debt or not, where
    several print one and all print the same."""
    units: dict[int, Unit] = {}
    for of_debt in (False, True):
        kind = [t for t in tables if t.facts and (t.table_type in DEBT_TABLES) == of_debt]
        printed = {Unit(t.unit_text or "", t.unit_yuan) for t in kind if t.unit_yuan is not None}
        count = sum(t.unit_yuan is not None for t in kind)
        if count >= _LEAST_SIBLINGS and len({unit.yuan for unit in printed}) == 1:
            unit = min(printed, key=lambda one: one.text)
            units |= {t.table_no: unit for t in kind if t.unit_yuan is None}
    return units


def _table(
    number: int, draft: Draft, head: Headline, scope: str | None, said: Set[str | None]
) -> BudgetTable:
    draft = replace(draft, header=[row for row in draft.header if not _is_formula(row)])
    columns = with_roles(read_columns(draft.header, draft.body, draft.title or ""), draft.body)
    kind = _type(draft, columns)
    facts, rows = facts_of(draft, columns, _context(draft, kind, head, scope, said))
    notes = tuple(cell_notes(number, draft.sheet, facts))
    return replace(_printed(number, draft, kind), empty=not facts, facts=facts, rows=rows, notes=notes)


def _printed(number: int, draft: Draft, kind: TableType) -> BudgetTable:
    """The table as printed, without facts."""
    return BudgetTable(
        table_no=number,
        printed_no=draft.number,
        title=draft.title,
        table_type=kind,
        unit_text=draft.unit.text if draft.unit else None,
        unit_yuan=draft.unit.yuan if draft.unit else None,
        unit_basis=draft.unit_basis,
        pages=tuple(draft.pages),
        header=tuple(tuple(one_line(slot.text) for slot in row) for row in draft.header),
        grid=tuple(tuple(one_line(slot.own_text) for slot in row) for row in draft.body),
        empty=False,
        sheet=draft.sheet,
        empty_reason=next((n for n in draft.notes if any(word in fold(n) for word in _EMPTY)), None),
        confidence=1.0 if draft.title else 0.5,
        row_pages=tuple(next((slot.page for slot in row), None) for row in draft.body),
    )


def _is_formula(row: Row) -> bool:
    """公式 | A=B+C | B | C: no header text."""
    printed = [fold(text) for text in texts(row)]
    return len(printed) > 1 and printed[0] in _FORMULAS


def _type(draft: Draft, columns: Sequence[Column]) -> TableType:
    """By title; untitled tables by the labels of their rows and headers."""
    if draft.title and (named := table_type(draft.title)):
        return named
    labels = [fold(slot.own_text) for row in draft.body for slot in row[:2]]
    labels += [fold(text) for column in columns for text in column.path]
    if any(_ECONOMY.search(label) for label in labels):
        return TableType.OTHER  # 主要经济指标 beside the debt
    counts = Counter(
        kind for kind, pattern in _BY_ROWS for label in labels if label and pattern.search(label)
    )
    if {TableType.GOV_GENERAL_REVENUE, TableType.GOV_GENERAL_EXPENDITURE} <= counts.keys():
        return TableType.GOV_BALANCE
    return counts.most_common(1)[0][0] if counts else TableType.OTHER


def _context(
    draft: Draft, kind: TableType, head: Headline, scope: str | None, said: Set[str | None]
) -> TableFacts:
    """Words of a title that name no stage are removed first: 预算 in the name of an account (一般公共预算),
    限额 beside 余额, and 安排 of bonds that the accounts of their year list, which were issued."""
    title = compact_title(draft.title or "")
    years = years_in(title)
    named = _LIMITS.sub("", without_account(title))
    if kind in BONDS and head.document_kind == DocumentKind.ACCOUNTS and set(years) <= {head.fiscal_year}:
        named = named.replace(_ARRANGED, "")
    stage = first(terms().stages, named)
    if stage is None and (head.document_kind == DocumentKind.ACCOUNTS or _BUDGET in title):
        stage = "final" if head.document_kind == DocumentKind.ACCOUNTS else "budget"
    if stage == Stage.BUDGET and head.document_kind == DocumentKind.ADJUSTMENT and _CHANGES.search(title):
        stage = None  # 预算调整表, with 金额 alone: before it, after it, or by how much
    of_own = kind in DEBT_TABLES and not scope_of(title) and any(map(_OF_OWN_LEVEL.search, draft.notes))
    return TableFacts(
        table_type=kind,
        title=title,
        year=max(years) if years else None,
        fund=fund_of(title) or next((f for begin, f in _FUND_OF_TYPE if kind.startswith(begin)), None),
        scope=AmountScope.OWN if of_own else _scope(title, kind, head, scope, said),
        stage=stage,
        kind=head.document_kind,
        territory=PublisherRegion(head.region_code),
        fiscal_year=head.fiscal_year,
        is_plan=_BUDGET in (head.title or ""),
        place=place_in_title(title, head.region_code) if kind in DEBT_TABLES else None,
        of_months=bool(TITLE_OF_MONTHS.search(title)),
    )


def _scope(
    title: str, kind: TableType, head: Headline, scope: str | None, said: Set[str | None]
) -> str | None:
    """The title's scope; else whole where it names the place, or the debt of it; else the document's. A
    county has no bodies below it. An account's table without a place is whole beside others of the own level,
    as the catalogue has it (支出表, 本级支出表), or of a county, where no title says 全县 (`said`)."""
    if found := scope_of(title):
        return found
    place = regions.region(head.region_code) if head.region_code else None
    spelled = regions.spellings(place.name) if place else {head.body_name or "\0"}  # a zone has no code
    names = any(name in title for name in spelled)
    divided = AmountScope.OWN in said or bool(place and place.level == "county")
    if names and (divided or kind in DEBT_TABLES):
        return "whole"
    plain = divided and AmountScope.WHOLE not in said and kind in _ACCOUNT_TABLES
    return scope or ("whole" if names or plain or kind in DEBT_TABLES else None)


def without_template_marks(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, sheets of the template without its marks."""
    for block in blocks:
        yield _cleaned(block) if isinstance(block, Grid) and block.source == AmountSource.SHEET else block


def _cleaned(grid: Grid) -> Grid:
    """A sheet without the rows and columns of the template's marks, and without filler beside them."""
    marked = [cell for cell in grid.cells if _MARK.match(cell.text.strip())]
    if not marked:
        return grid
    rows = {cell.row for cell in marked if not cell.text.startswith("VALID#")}
    columns = {cell.col for cell in marked if cell.text.startswith("VALID#")}
    columns |= {
        column
        for column in range(grid.n_cols)
        if all(c.text.strip() in _FILLER for c in grid.cells if c.col == column and c.row not in rows)
    }
    kept = [cell for cell in grid.cells if cell.row not in rows and cell.col not in columns]
    new_row = {row: i for i, row in enumerate(r for r in range(grid.n_rows) if r not in rows)}
    new_col = {col: i for i, col in enumerate(c for c in range(grid.n_cols) if c not in columns)}
    cells = tuple(replace(cell, row=new_row[cell.row], col=new_col[cell.col]) for cell in kept)
    return replace(grid, cells=cells, n_rows=len(new_row), n_cols=len(new_col), col_edges=None)
