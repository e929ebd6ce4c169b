"""Kind `nesting`: rows that sum others without any code to say so: bodies, projects, purchases.

Invariant: a structure is accepted only where it accounts for every amount of the block: the total row (or
the first row) is the sum of what stands below it, down to the last row, in all columns at once. Where one
column breaks it the others must carry it, and the broken sums fail. A plain list with a total needs no
such evidence: its rows are filled alike; nor do bodies whose printed codes (单位编码) order them.

The structure is found from the amounts (a row whose amounts are the sum of the next rows is their whole),
and therefore never tested where codes give it (`tree`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from parsers.accounting.book import ZERO, Book, Ledger, MoneyColumn
from parsers.accounting.equation import Equation, Yield
from parsers.accounting.kinds.hierarchy.branches import FEN, Branch, Rows, broken, sound
from parsers.accounting.kinds.hierarchy.coded import code_system
from parsers.accounting.outlines import bare, is_total, ordinal, sides
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Nesting, Pattern
from parsers.accounting.wording import cell_place, row_name
from parsers.values.lexicon import lexicon_of
from parsers.values.results import TableRow
from parsers.values.vocabulary import Period

_L = lexicon_of(__name__)

_DETAIL = _L.pattern("detail")
_BODY = _L.pattern("body")
_SUBTOTAL = _L.pattern("subtotal")
_YEARS = frozenset({Period.PRIOR_YEAR, Period.CHANGE})
_NEAR = 6  # columns any two of which may be wrong together; further right only neighbours


def sums_without_codes(rule: Rule, book: Book) -> Iterator[Yield]:
    """All blocks of tables in scope whose rows no classification orders."""
    params = rule.shaped(Nesting)
    for sheet in book.within(rule.scope):
        for block, rows in sheet.blocks.items():
            if not ordered_by_code(sheet, block, params.by_other_keys):
                for part in sides(rows) if params.until else [rows]:
                    for listed in _by_year(sheet, block, _listed(part, params.until)):
                        yield from _block(rule, book, sheet, block, listed)


def ordered_by_code(sheet: Ledger, block: int, by_other_keys: Collection[str]) -> bool:
    """Whether printed codes order the rows of a block; types `by_other_keys` print codes as a remark only."""
    coded = code_system(sheet.blocks[block]) is not None and sheet.prints_codes(block)
    return coded and sheet.table.table_type not in by_other_keys


def used_rows(sheet: Ledger, rows: Sequence[TableRow], columns: Sequence[MoneyColumn]) -> list[TableRow]:
    """The rows that print amounts, the total first: that of all, and not of the group at the top (小计)."""
    used = [row for row in rows if any(sheet.term(row.row_no, c.number).yuan for c in columns)]
    if len(used) > 1 and _is_of_all(used[-1]) and not _is_of_all(used[0]):
        used = [used[-1], *used[:-1]]
    return used


def _is_of_all(row: TableRow) -> bool:
    return is_total(row) and not _SUBTOTAL.match(bare(row.label))


def _listed(rows: Sequence[TableRow], until: Pattern | None) -> Sequence[TableRow]:
    """All rows; with `until` (summary tables) those down to the first total of that name, unless numbered."""
    if until is None:
        return rows
    end = next((i for i, row in enumerate(rows) if until.search(bare(row.label))), 0)
    return [] if any(ordinal(row.label) for row in rows) else rows[: end + 1]


def _by_year(sheet: Ledger, block: int, rows: Sequence[TableRow]) -> Iterator[Sequence[TableRow]]:
    """The rows; where last year's, this year's and the changes alternate, each kind for itself."""
    columns = sheet.block_columns(block)
    terms = ((row, sheet.term(row.row_no, columns[0].number).fact) for row in rows if columns)
    periods = {row.row_no: fact.period for row, fact in terms if fact is not None}
    if not set(periods.values()) >= _YEARS:
        yield rows
        return
    for period in dict.fromkeys(periods.values()):
        yield [row for row in rows if periods.get(row.row_no) == period]


def _block(rule: Rule, book: Book, sheet: Ledger, block: int, rows: Sequence[TableRow]) -> Iterator[Equation]:
    columns = sheet.block_columns(block)
    used = used_rows(sheet, rows, columns)
    if len(used) < 2:
        return
    found = _structure(sheet, used, columns, closed=_closes(book, sheet, used[0], columns))
    if found is None:
        return
    for branch in found.walk():
        if branch.parts:
            yield from _equations(rule, sheet, used, columns, branch)


def _closes(book: Book, sheet: Ledger, row: TableRow, columns: Sequence[MoneyColumn]) -> bool:
    """Whether a row is a total: by its word, because another table's total prints its amount, or because
    another table prints the amount for the same body (深圳市某局（本级）)."""
    own = {sheet.table.table_no}
    if is_total(row):
        return True
    yuan = sheet.term(row.row_no, columns[0].number).yuan
    printed = book.totals.get(yuan, own)
    named = book.repeated.get((row.label, yuan), own) if _BODY.search(row.label) else own
    return printed > own or printed.isdisjoint(own) or named > own


def _equations(
    rule: Rule, sheet: Ledger, rows: Sequence[TableRow], columns: Sequence[MoneyColumn], branch: Branch
) -> Iterator[Equation]:
    whole = rows[branch.position]
    label = row_name(whole.label, None, whole.row_no)
    for column in columns:
        left = sheet.term(whole.row_no, column.number)
        right = tuple(sheet.term(rows[part.position].row_no, column.number) for part in branch.parts)
        place = cell_place(sheet.table, label, " / ".join(column.path))
        yield Equation(rule, (left,), right, place, sheet.step, open_ended=True)


def _structure(
    sheet: Ledger, rows: Sequence[TableRow], columns: Sequence[MoneyColumn], *, closed: bool
) -> Branch | None:
    """By all columns; else by all but one; else, below a total, with one broken sum; else the plain list of
    rows filled alike."""
    filled = [c for c in columns if any(sheet.term(row.row_no, c.number).yuan for row in rows)]
    trials = [filled]
    if len(filled) > 1:
        trials += [[c for c in filled if c is not left_out] for left_out in filled[:12]]
    if len(filled) > 1 and len(rows) > 2:
        pairs = [*combinations(filled[:_NEAR], 2), *pairwise(filled[_NEAR - 1 : 12])]
        trials += [[c for c in filled if c not in pair] for pair in pairs]
        trials += [[c] for c in filled[:12]] if len(rows) > 3 else []
    for trial in trials:
        if (listed := amounts_of(sheet, rows, trial)) and (found := sound(listed)):
            return found
    if not closed or any(_DETAIL.match(row.label) for row in rows):
        return None
    listed = amounts_of(sheet, rows, filled)
    return _by_codes_of_bodies(sheet, rows) or (listed and broken(listed)) or _plain_list(sheet, rows)


def amounts_of(sheet: Ledger, rows: Sequence[TableRow], columns: Sequence[MoneyColumn]) -> Rows | None:
    """The rows as vectors of these columns; None where a row has nothing in any of them."""
    vectors = [tuple(int(sheet.term(row.row_no, c.number).yuan / FEN) for c in columns) for row in rows]
    if not columns or not all(any(vector) for vector in vectors):
        return None
    money = {column.number for column in sheet.columns}
    shapes = [shape(sheet, row.row_no, money) for row in rows]
    return Rows(vectors, shapes, int(sheet.step / FEN) // 2)


def _by_codes_of_bodies(sheet: Ledger, rows: Sequence[TableRow]) -> Branch | None:
    """The rows below a total as a column of codes orders them: 153 contains 153001. None where no row
    contains another, or where a code is lacking or comes twice (a body listed with its projects)."""
    if not is_total(rows[0]):
        return None
    money = {column.number for column in sheet.columns}
    width = min(len(sheet.table.grid[row.row_no]) for row in rows)
    for column in (number for number in range(width) if number not in money):
        codes = [sheet.table.grid[row.row_no][column].strip() for row in rows[1:]]
        if all(len(code) > 2 and code.isdecimal() for code in codes) and len(set(codes)) == len(codes):
            return _contained(codes)
    return None


def _contained(codes: Sequence[str]) -> Branch | None:
    """A root with the codes below it, each under the nearest one above that begins it."""
    root = Branch(0)
    path = [("", root)]
    for position, code in enumerate(codes, start=1):
        while not code.startswith(path[-1][0]):
            path.pop()
        branch = Branch(position)
        path[-1][1].parts.append(branch)
        path.append((code, branch))
    return root if any(part.parts for part in root.parts) else None


def _plain_list(sheet: Ledger, rows: Sequence[TableRow]) -> Branch | None:
    if any(is_total(row) for row in rows[1:]) or (len(rows) < 3 and not is_total(rows[0])):
        return None
    columns = {column.number for column in sheet.columns}
    shapes = {shape(sheet, row.row_no, columns) for row in rows[1:]}
    if len(shapes) > 1 or any(_is_doubled(sheet, rows, number) for number in columns):
        return None
    return Branch(0, [Branch(i) for i in range(1, len(rows))])


def shape(sheet: Ledger, row_no: int, money: set[int]) -> tuple[int, ...]:
    """Which of the describing columns a row fills; codes by their length."""
    texts = [text.strip() for i, text in enumerate(sheet.table.grid[row_no]) if i not in money]
    return tuple(len(text) if text.isdigit() and len(text) > 2 else min(len(text), 1) for text in texts)


def _is_doubled(sheet: Ledger, rows: Sequence[TableRow], number: int) -> bool:
    """Whether the rows add up to a multiple of the total: then some of them sum others."""
    total, *others = (sheet.term(row.row_no, number).yuan for row in rows)
    times = sum(others, ZERO) / total if total else ZERO
    return times > Decimal("1.5") and abs(times - round(times)) < Decimal("0.01")
