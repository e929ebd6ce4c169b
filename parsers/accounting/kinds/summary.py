"""Kind `summary`: in tables of numbered items, 合计 closes the items above it and an item its sub-items.

Invariant: only amounts of one column are added. A blank item counts as the sum of its sub-items.

`what` of a rule chooses: `items` (本年合计 = Σ items above, item = Σ sub-items), `grand` (总计 = 本年合计 +
carry-over and the like), `blank` (an item left blank above sub-items with amounts), `sides` (收入总计 =
支出总计). `rows` gives the patterns of the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parsers.accounting.book import Book, Ledger, MoneyColumn, Term
from parsers.accounting.equation import Equation, Yield, equated
from parsers.accounting.outlines import Item, bare, is_total, ordinal, outline_of, sides
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Summary
from parsers.accounting.wording import cell_place, row_name
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact, TableRow
from parsers.values.vocabulary import Flow, Period

_L = lexicon_of(__name__)
_IN = _L.text("in")
_OUT = _L.text("out")

_DETAIL = _L.pattern("detail")
_PARTS_OF_TOTAL = ("current", "carryover")
_ALL_FUNDS = ("all", "appropriation")


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one block: items, the total that closes them, what stands between it and the grand one."""

    items: Item
    current: TableRow | None
    between: tuple[TableRow, ...]
    grand: TableRow | None


def sums_of_summaries(rule: Rule, book: Book) -> Iterator[Yield]:
    """All equations of one `what` in all tables in scope."""
    params = rule.shaped(Summary)
    patterns, what = params.rows, params.what
    for sheet in book.within(rule.scope):
        if any(map(sheet.prints_codes, sheet.blocks)):
            continue
        if what == "sides":
            yield from _sides(rule, sheet, patterns["grand"])
            continue
        for block, rows in ((block, rows) for block, all_ in sheet.blocks.items() for rows in sides(all_)):
            parted = _parted(rows, patterns)
            if what != "grand" and not any(ordinal(row.label) for row in rows):
                continue  # the kind `nesting` finds the structure of rows without numbers
            for column in sheet.block_columns(block):
                if what == "grand":
                    yield from _grand(rule, sheet, column, parted, patterns["carry"])
                else:
                    yield from _items(rule, sheet, column, parted, patterns["carry"], blank=what == "blank")


def _parted(rows: Sequence[TableRow], patterns: Mapping[str, re.Pattern[str]]) -> _Rows:
    """The rows above the first total are items; a total printed first closes what stands below it."""
    named = [row for row in rows if row.label.strip()]
    names = [bare(row.label) for row in named]
    grand = [i for i, name in enumerate(names) if patterns["grand"].search(name)]
    current = [i for i, name in enumerate(names) if patterns["current"].search(name)]
    last = grand[-1] if grand else None
    first = current[0] if current and (last is None or current[0] < last) else None
    if first is None and last is not None and last == 0:
        return _Rows(outline_of([r for r in named[1:] if not is_total(r)]), named[0], (), None)
    end = first if first is not None else last if last is not None else len(named)
    items = outline_of([row for row in named[:end] if not is_total(row)])
    if first is None:
        return _Rows(items, named[last] if last is not None else None, (), None)
    stop = last if last is not None else len(named)
    return _Rows(items, named[first], tuple(named[first + 1 : stop]), named[last] if last else None)


def _items(
    rule: Rule, sheet: Ledger, column: MoneyColumn, rows: _Rows, carry: re.Pattern[str], *, blank: bool
) -> Iterator[Equation]:
    family = None if blank else (rule.id, sheet.table.table_no, column.number, "sub")
    for whole in (rows.items, *rows.items.walk()):
        for item in whole.items:
            caption = blank and _is_caption(item, whole)
            if item.parts and len(item.parts) == len(item.items) and not caption:
                yield from _sum(rule, sheet, column, item.row, item.parts, family, blank=blank)
    for head, details in _carried(rows.between, carry):
        yield from _sum(rule, sheet, column, head, [Item(row) for row in details], family, blank=blank)
    if rows.current is not None and rows.items.parts and not blank:
        yield from _sum(rule, sheet, column, rows.current, rows.items.parts, None, blank=False)


def _is_caption(item: Item, whole: Item) -> bool:
    """Whether a row blank in every column only heads those below it: where neither the row that it is a part
    of nor another part beside it prints an amount, none was meant to stand there."""
    return not any(row.has_amounts for row in (item.row, whole.row, *(peer.row for peer in whole.items)))


def _carried(
    between: Sequence[TableRow], carry: re.Pattern[str]
) -> Iterator[tuple[TableRow, list[TableRow]]]:
    """Carry-over rows without a number, with the numbered rows below them: by fund."""
    head: TableRow | None = None
    details: list[TableRow] = []
    for row in between:
        if ordinal(row.label):
            details.append(row)
            continue
        if head is not None and details:
            yield head, details
        head, details = (row if carry.search(bare(row.label)) else None), []
    if head is not None and details:
        yield head, details


def _sum(
    rule: Rule,
    sheet: Ledger,
    column: MoneyColumn,
    whole: TableRow,
    parts: Sequence[Item],
    family: object,
    *,
    blank: bool,
) -> Iterator[Equation]:
    """With `blank` only wholes left blank above printed parts, otherwise only printed wholes."""
    left = sheet.term(whole.row_no, column.number)
    right = [term for part in parts for term in _effective(sheet, part, column.number)]
    printed = any(term.yuan for term in right)
    if blank != (left.fact is None) or (left.fact is None and not printed):
        return
    place = cell_place(sheet.table, row_name(whole.label, None, whole.row_no), " / ".join(column.path))
    yield Equation(rule, (left,), tuple(right), place, sheet.step, family, open_ended=True)


def _effective(sheet: Ledger, item: Item, col_no: int) -> list[Term]:
    """The item's own amount, or where it is blank those of its sub-items."""
    own = sheet.term(item.row.row_no, col_no)
    if own.fact is not None:
        return [own]
    below = [term for part in item.parts for term in _effective(sheet, part, col_no)]
    return below if any(term.yuan for term in below) else [own]


def _grand(
    rule: Rule, sheet: Ledger, column: MoneyColumn, rows: _Rows, carry: re.Pattern[str]
) -> Iterator[Equation]:
    """总计 = 本年合计 + the carry-over rows between them; details of a carry-over are not added twice."""
    if rows.current is None or rows.grand is None:
        return
    left = sheet.term(rows.grand.row_no, column.number)
    current = sheet.term(rows.current.row_no, column.number)
    if left.fact is None or current.fact is None:
        return
    between = [(row, sheet.term(row.row_no, column.number)) for row in rows.between]
    terms = (current, *_mains(between, carry, sheet.step))
    place = cell_place(
        sheet.table, row_name(rows.grand.label, None, rows.grand.row_no), " / ".join(column.path)
    )
    yield Equation(rule, (left,), terms, place, sheet.step, open_ended=False)


def _mains(between: Sequence[tuple[TableRow, Term]], carry: re.Pattern[str], step: Decimal) -> list[Term]:
    """The carry-over amounts without those that detail the row above: 其中, or a sum that makes it up."""
    mains: list[Term] = []
    rest = list(between)
    while rest:
        (row, term), rest = rest[0], rest[1:]
        if carry.search(bare(row.label)) and not _DETAIL.match(row.label):
            mains.append(term)
            rest = rest[_details(term, [t for _, t in rest], step) :]
    return mains


def _details(head: Term, below: Sequence[Term], step: Decimal) -> int:
    """How many rows right below add up to the head, but for rounding."""
    total = Decimal(0)
    for count, term in enumerate(below, start=1):
        total += term.yuan
        if head.yuan and abs(total - head.yuan) < count * step:
            return count
    return 0


def _sides(rule: Rule, sheet: Ledger, grand: re.Pattern[str]) -> Iterator[Equation]:
    """收入总计 = 支出总计, for every column with one counterpart: the only one, or that of its period. Where
    one side alone parts this year's money from the carry-over, its column of both is the counterpart."""
    totals: dict[int, Fact] = {}
    for fact in sheet.table.facts:
        if grand.search(bare(fact.row_label)):
            totals[fact.col_no] = fact  # the last one of its column
    if any(fact.flow == Flow.BALANCE for fact in totals.values()):
        return  # 年初结转, 本年收入, 本年支出, 年末结转 side by side: the year's two sides need not be equal
    revenue = [fact for fact in totals.values() if _is_revenue(fact)]
    expenditure = [fact for fact in totals.values() if not _is_revenue(fact)]
    parted = {fact.period for fact in expenditure}
    if len({fact.period for fact in revenue}) == 1 and Period.CARRYOVER in parted:
        expenditure = [fact for fact in expenditure if fact.period not in _PARTS_OF_TOTAL]
    expenditure = [f for f in expenditure if (f.nature, f.object) in (("all", "all"), (None, None))]
    for parts in _wholes(expenditure):
        left = [fact for fact in revenue if fact.period == parts[0].period] or revenue
        if len(left) == 1:
            yield equated(rule, (sheet, left[0]), *((sheet, part) for part in parts))


def _is_revenue(fact: Fact) -> bool:
    named = _IN in fact.column_path and _OUT not in fact.column_path
    return fact.flow == Flow.REVENUE or (fact.flow is None and named)


def _wholes(facts: Sequence[Fact]) -> Iterator[tuple[Fact, ...]]:
    """What says all of a period: each column of all funds, or else those of the single funds together."""
    for period in dict.fromkeys(fact.period for fact in facts):
        same = [fact for fact in facts if fact.period == period]
        whole = [fact for fact in same if fact.fund in _ALL_FUNDS]
        if whole or len({fact.fund for fact in same}) < len(same):
            yield from ((fact,) for fact in whole)
        else:
            yield tuple(same)
