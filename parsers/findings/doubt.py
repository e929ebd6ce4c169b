"""Coverage before accusation: failing checks that the reading of the page may explain.

Invariant: a check is doubtful exactly when its `fault` is `reading`: it is `info`, is not held against the
publisher, and its message says what was not read. The amounts it disputes stay disputed. Nothing else decides
about doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from parsers.findings.cut_names import is_named, may_be_rest, prints_code, rows_cut
from parsers.findings.unread import Coverage
from parsers.values.document import Block, Box, Grid, LostPages, Note, lost_pages
from parsers.values.messages import Message, Parameter, message, sentences
from parsers.values.results import BudgetTable, Check, Fact
from parsers.values.table_types import WITHOUT_FACTS, TableType
from parsers.values.text import fold
from parsers.values.vocabulary import (
    AmountSource,
    CheckStatus,
    FactStatus,
    Fault,
    NamedRule,
    Severity,
    TextLayer,
)

_SHOWN = 3  # unread tokens a message quotes
_SELDOM = 0.2  # of the rows: where the others have a code, it was not read
_ABSENCE = frozenset({NamedRule.TABLE, NamedRule.PROMISE, NamedRule.DECLARED, NamedRule.AMOUNT_TABLE})
_TEXT_AGAINST_TABLES = NamedRule.I15
_WHOLE_DOCUMENT = "complete-"

_BLIND = message("amounts_not_read")

_CUT = message("rows_cut")
_HEADER = message("header_not_understood")
_HIDDEN = message("lines_hidden")
_HIDING = "hidden_amounts"  # code of a note
_PAGES_LOST = message("pages_not_read")
_FROM_IMAGES = message("read_from_images")
_AMOUNT_BEHIND = re.compile(r"[^\d.,(][\d,]*\d\.\d\d$")
_Areas = dict[int | None, list[Box]]  # by page


def doubted(
    checks: Sequence[Check],
    tables: Sequence[BudgetTable],
    covered: Coverage,
    notes: Sequence[Note] = (),
    layer: TextLayer = TextLayer.TEXT,
    blocks: Sequence[Block] = (),
) -> tuple[Check, ...]:
    """The checks, those that what was not read, or only recognised in an image, may explain turned into
    reading doubts. `layer` says where the document's text comes from, `blocks` are what was read."""
    lost, hidden = lost_pages(notes), _partly_hidden(notes)
    by_number = {table.table_no: table for table in tables}
    unread = {table.table_no: _of_table(table, tables, covered) for table in tables}
    untyped = _untyped(tables, covered)
    cut, drawn = rows_cut(tables), _open_areas(blocks)
    blind = any(fact.is_unread for table in tables for fact in table.facts)
    found = []
    for check in checks:
        if check.status != CheckStatus.FAILS:
            found.append(check)
            continue
        touched = [by_number[number] for number in check.table_nos if number in by_number]
        reason = next((why for table in touched if (why := unread[table.table_no])), None)
        reason = reason or next(_of_tables(touched, hidden, cut, drawn), None)
        reason = reason or next(_of_facts(check, touched), None)
        if reason is None and lost:
            reason = _of_pages(check, touched, lost)
        if reason is None and check.rule in _ABSENCE:
            reason = untyped
        if reason is None and blind and check.rule.startswith(_TEXT_AGAINST_TABLES):
            reason = _BLIND
        if reason is None and layer in (TextLayer.SCAN, TextLayer.MIXED) and _rests_on_images(check, touched):
            reason = _FROM_IMAGES
        if reason is not None:
            check = replace(check, fault=Fault.READING, message=sentences(check.message, reason))
        found.append(replace(check, severity=Severity.INFO) if check.fault == Fault.READING else check)
    return tuple(found)


def meanings_doubted(
    tables: Sequence[BudgetTable], covered: Coverage, blocks: Sequence[Block] = ()
) -> tuple[BudgetTable, ...]:
    """The tables; facts that a sum proves stay `single` where it shows that an amount is right, not what it
    means: read from images, with amounts in or beside the table that were not read, or a column, or a row's
    name, that was not understood; in a table whose rows' names are cut, of rows without a name or code; in
    any table drawn on pages, of rows that lack the code the others have and whose label names nothing; in a
    table whose columns are open, all. `blocks` are those of the document."""
    cut = rows_cut(tables)
    drawn = _open_areas(blocks)
    return tuple(
        replace(table, facts=tuple(map(_single, table.facts)))
        if _columns_open(table, drawn)
        else replace(table, facts=tuple(_unproved(table, covered, table.table_no in cut)))
        if table.table_no in cut or _is_read_from_images(table) or _rests(table)
        else table
        for table in tables
    )


def _is_read_from_images(table: BudgetTable) -> bool:
    return any(fact.source == AmountSource.SCAN for fact in table.facts)


def _rests(table: BudgetTable) -> set[int]:
    """The rows that print a code which was not read, and those drawn on pages that lack one and whose label
    names nothing."""
    uncoded = _uncoded(table) if table.pages else set()
    rows = {fact.row_no: fact for fact in table.facts}
    return {
        row_no
        for row_no, fact in rows.items()
        if (row_no in uncoded and may_be_rest(fact)) or prints_code(fact)
    }


def _single(fact: Fact) -> Fact:
    return replace(fact, status=FactStatus.SINGLE) if fact.status == FactStatus.PROVED else fact


def _unproved(table: BudgetTable, covered: Coverage, is_cut: bool) -> Iterator[Fact]:
    lacking, one_row = bool(covered.of(table)), len({fact.row_no for fact in table.facts}) == 1
    uncoded, rests = _uncoded(table), _rests(table)
    for fact in table.facts:
        named = one_row or (is_named(fact) and fact.row_no not in uncoded)
        sure = not lacking and fact.flow and _is_understood(fact) and named
        cut = fact.row_no in rests or (is_cut and not named)
        weak = not sure if fact.source == AmountSource.SCAN else cut
        yield _single(fact) if weak else fact


def _uncoded(table: BudgetTable) -> set[int]:
    """The rows without a code that nearly all rows have but totals."""
    rows = {fact.row_no: fact for fact in table.facts if not fact.is_total}
    found: set[int] = set()
    for code in ("functional_code", "economic_code", "gov_economic_code"):
        without = {row_no for row_no, fact in rows.items() if not getattr(fact, code)}
        found |= without if len(without) <= _SELDOM * len(rows) else set()
    return found


def _is_understood(fact: Fact) -> bool:
    return bool(fact.column_path) and not (fact.fund is None and fact.period is None)


def _of_tables(
    tables: Sequence[BudgetTable], hidden: Set[Parameter], cut: Set[int], drawn: _Areas
) -> Iterator[Message]:
    """Tables of which not all is shown, or whose names or columns are not known."""
    for table in tables:
        if table.sheet in hidden:
            yield _HIDDEN
        if table.table_no in cut:
            yield _CUT
        if _columns_open(table, drawn):
            yield _HEADER


def _partly_hidden(notes: Sequence[Note]) -> frozenset[Parameter]:
    """The sheets of which rows or columns are hidden; None for the tables of a web page."""
    return frozenset(
        note.detail.values.get("sheet")
        for note in notes
        if note.code == _HIDING and isinstance(note.detail, Message)
    )


def _of_table(table: BudgetTable, tables: Sequence[BudgetTable], covered: Coverage) -> Message | None:
    """What was not read in a table or beside it."""
    if tokens := covered.of(table):
        return message("amounts_beside_not_read", n=len(tokens), tokens=tokens[:_SHOWN])
    for other in tables:
        if other is not table and _may_belong(other, table) and covered.tables.get(other.table_no):
            return message("table_beside_not_understood", number=other.table_no)
    return None


def _of_pages(check: Check, touched: Sequence[BudgetTable], lost: LostPages) -> Message | None:
    """A page that was not read, where the check may need it: on or beside a table it looks at, or anywhere if
    it looks for something in the whole document or compares its text."""
    for table in touched:
        if (page := lost.beside(table.pages)) is not None:
            return message("page_not_read", number=page)
    return _PAGES_LOST if _needs_all_pages(check, touched) else None


def _needs_all_pages(check: Check, touched: Sequence[BudgetTable]) -> bool:
    return not touched or check.rule.startswith((_WHOLE_DOCUMENT, _TEXT_AGAINST_TABLES))


def _rests_on_images(check: Check, touched: Sequence[BudgetTable]) -> bool:
    """Whether a digit, a code or a word misread in an image may be what fails. Forms without facts do not say
    what they were read from."""
    of_text = (
        bool(table.facts) and all(fact.source != AmountSource.SCAN for fact in table.facts)
        for table in touched
    )
    return _needs_all_pages(check, touched) or not all(of_text)


def _may_belong(other: BudgetTable, table: BudgetTable) -> bool:
    """Whether a table without a title of its own, next to `table`, may be rows or columns of it: the same
    number of columns, or the page after its last."""
    if other.facts or other.title or other.table_type in WITHOUT_FACTS:
        return False
    if abs(other.table_no - table.table_no) != 1:
        return False
    near = not (other.pages and table.pages) or 0 <= other.pages[0] - table.pages[-1] <= 1
    return near and (_columns(other) == _columns(table) or other.table_no > table.table_no)


def _columns(table: BudgetTable) -> int:
    return max((len(row) for row in (*table.header, *table.grid)), default=0)


def _of_facts(check: Check, tables: Sequence[BudgetTable]) -> Iterator[Message]:
    """Amounts of the check whose column was not understood, or whose row, or a row next to it, has no name: a
    row that was cut in two leaves one without."""
    cells = {(ref.table_no, ref.row_no, ref.col_no) for ref in check.facts}
    for table in tables:
        rows = {fact.row_no for fact in table.facts}
        unnamed = {fact.row_no for fact in table.facts if not is_named(fact)} if len(rows) > 1 else set()
        for fact in table.facts:
            if (table.table_no, fact.row_no, fact.col_no) not in cells:
                continue
            if not unnamed.isdisjoint(range(fact.row_no - 1, fact.row_no + 2)):
                yield message("row_without_name")
            if not _is_understood(fact):
                yield _HEADER


def _untyped(tables: Sequence[BudgetTable], covered: Coverage) -> Message | None:
    """A table that could be any: it prints amounts and none was understood."""
    for table in tables:
        if not table.facts and table.table_type == TableType.OTHER and covered.tables.get(table.table_no):
            return message("table_not_understood", number=table.table_no)
    return None


def _open_areas(blocks: Sequence[Block]) -> _Areas:
    """Where tables stand whose headers may be read in more than one way."""
    found: _Areas = {}
    for block in blocks:
        if isinstance(block, Grid) and block.header_open and block.box is not None:
            found.setdefault(block.page, []).append(block.box)
    return found


def _columns_open(table: BudgetTable, areas: _Areas) -> bool:
    """Whether part of the table stands in one of the areas, the name of one of its rows ends with an amount
    (two columns were read as one), or some of its amounts stand below no header."""
    if not table.pages:
        return False
    if 0 < sum(not fact.column_path for fact in table.facts) < len(table.facts):
        return True
    return any(
        _AMOUNT_BEHIND.search(fold(fact.row_label))
        or (fact.box is not None and any(_holds(area, fact.box) for area in areas.get(fact.page, ())))
        for fact in table.facts
    )


def _holds(area: Box, box: Box) -> bool:
    middle, height = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return area.x0 <= middle <= area.x1 and area.y0 <= height <= area.y1
