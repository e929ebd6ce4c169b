"""Kinds `header` and `parts`: in a row, the amount of one column is the sum of those of others.

Invariant of `header`: a 小计 or 合计 column is the sum of the columns it stands beside in the header's tree.
That is read from the header alone, and therefore a presumption (`family`): a table that refutes it in most of
its rows makes it untestable. Columns that only detail others (其中) are never parts.

Invariant of `parts`: the amount of one meaning is the sum of the amounts of others, tested only where the
table has both sides as columns, every amount of the row is understood and no two columns of the row share one
meaning. Columns under 其中 beside others that are not detail those: they are not parts of the whole. Rule I4
says 合计 = 基本支出 + 项目支出 …, rule I5 says 基本支出 = 人员经费 + 公用经费. A part may be given as
alternatives: the first whose columns the table has is taken (基本支出, else 人员经费 and 公用经费).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from parsers.accounting.book import ZERO, Book, Ledger, MoneyColumn
from parsers.accounting.equation import Equation, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import ColumnMeaning, Header, Parts
from parsers.accounting.wording import cell_place, fact_code, fact_place, row_name
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact
from parsers.values.text import fold
from parsers.values.vocabulary import Nature

_L = lexicon_of(__name__)

_DETAIL = _L.pattern("detail")


def header_sums(rule: Rule, book: Book) -> Iterator[Yield]:
    """All rows of all tables in scope; `whole` and `not_part` are patterns of header texts."""
    params = rule.shaped(Header)
    for sheet in book.within(rule.scope):
        for block in sheet.blocks:
            for total, parts, details in _groups(
                sheet.block_columns(block), 0, params.whole, params.not_part
            ):
                everything = [*parts, *details]
                if details and _holding(sheet, total, everything) > _holding(sheet, total, parts):
                    parts = everything  # 其中：基本支出 | 项目支出: 其中 stands over both
                yield from _rows(rule, sheet, block, total, parts)


def _groups(
    columns: Sequence[MoneyColumn], depth: int, whole: re.Pattern[str], not_part: re.Pattern[str]
) -> Iterator[tuple[MoneyColumn, list[MoneyColumn], list[MoneyColumn]]]:
    """(whole, parts, columns under 其中) of every group of columns that share the header texts above
    `depth`."""
    runs = _runs(columns, depth)
    totals = [run[0] for run in runs if len(run) == 1 and _is_whole(run[0], depth, whole)]
    if depth == 0 and len(totals) > 1:
        return  # a header that lost its upper row in places: where its groups end is not known
    for run in runs:
        if len(run) > 1:
            yield from _groups(run, depth + 1, whole, not_part)
    if len(totals) != 1:
        return
    parts = [_representative(run, depth, whole) for run in runs if run[0] is not totals[0]]
    flat = [c for part in parts for c in part if not _excluded(c, depth, not_part)]
    details = [c for part in parts for c in part if _is_detail(c, depth) and not _named(c, depth, not_part)]
    if flat:
        yield totals[0], flat, details


def _holding(sheet: Ledger, total: MoneyColumn, parts: Sequence[MoneyColumn]) -> int:
    """How many rows that print a total have it as the sum of these columns."""
    found = 0
    for row_no in {row_no for row_no, _ in sheet.by_row}:
        left = sheet.term(row_no, total.number)
        right = sum((sheet.term(row_no, part.number).yuan for part in parts), ZERO)
        found += bool(left.yuan) and abs(left.yuan - right) <= sheet.step
    return found


def _runs(columns: Sequence[MoneyColumn], depth: int) -> list[list[MoneyColumn]]:
    """Neighbouring columns with the same header text at this depth; columns that end above it alone."""
    runs: list[list[MoneyColumn]] = []
    for column in columns:
        same = (
            runs
            and len(column.path) > depth + 1
            and len(runs[-1][-1].path) > depth + 1
            and runs[-1][-1].path[depth] == column.path[depth]
        )
        if same:
            runs[-1].append(column)
        else:
            runs.append([column])
    return runs


def _is_whole(column: MoneyColumn, depth: int, whole: re.Pattern[str]) -> bool:
    texts = column.path[depth:]
    return bool(texts) and all(whole.search(fold(text)) for text in texts)


def _representative(run: list[MoneyColumn], depth: int, whole: re.Pattern[str]) -> list[MoneyColumn]:
    """The columns that stand for a group: its own 小计 where it has one, else all of them."""
    if len(run) == 1:
        return run
    own = [column for column in run if _is_whole(column, depth + 1, whole)]
    return own[:1] if own else run


def _excluded(column: MoneyColumn, depth: int, not_part: re.Pattern[str]) -> bool:
    return _is_detail(column, depth) or _named(column, depth, not_part)


def _is_detail(column: MoneyColumn, depth: int) -> bool:
    return any(_DETAIL.match(fold(text)) for text in column.path[depth:])


def _named(column: MoneyColumn, depth: int, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(fold(text)) for text in column.path[depth:])


def _rows(
    rule: Rule, sheet: Ledger, block: int, total: MoneyColumn, parts: list[MoneyColumn]
) -> Iterator[Equation]:
    family = (rule.id, sheet.table.table_no, total.number)
    for (row_no, in_block), facts in sheet.by_row.items():
        if in_block != block:
            continue
        right = tuple(sheet.term(row_no, column.number) for column in parts)
        left = sheet.term(row_no, total.number)
        if left.fact is None and not any(term.yuan for term in right):
            continue
        label = row_name(facts[0].row_label, fact_code(facts[0]), row_no)
        place = cell_place(sheet.table, label, " / ".join(total.path))
        yield Equation(rule, (left,), right, place, sheet.step, family)


Kind = tuple[str | None, str | None]  # nature, object
_PRINTED_DETAIL = _L.pattern("printed_detail")
MIN_PARTS = 2  # parts that a whole must keep


def parts_of_rows(rule: Rule, book: Book) -> Iterator[Yield]:
    """All rows of all tables in scope."""
    params = rule.shaped(Parts)
    whole = _kind(params.whole)
    for sheet in book.within(rule.scope):
        details = _details(sheet)
        wanted = _parts_of(sheet, params, details)
        if wanted is not None:
            found = list(_rows_of_kinds(rule, sheet, whole, wanted, details))
            contained = _contained(sheet, found)
            yield from (
                _rows_of_kinds(rule, sheet, whole, [k for k in wanted if k not in contained], details)
                if contained
                else found
            )


def _contained(sheet: Ledger, found: Sequence[Equation]) -> frozenset[Kind]:
    """The meaning of a column that the others contain already, as its rows show: none that prints an amount
    there adds up with it, and all add up without it (经营支出 repeated beside 基本支出 and 项目支出)."""
    fitting: defaultdict[Kind, list[bool]] = defaultdict(list)
    for equation in found:
        gap = equation.right_yuan - equation.left_yuan
        for term in equation.right:
            if term.fact is not None and term.yuan and len(equation.right) > MIN_PARTS:
                kind = (term.fact.nature, term.fact.object)
                fitting[kind].append(abs(gap - term.yuan) <= sheet.step and abs(gap) > sheet.step)
    return frozenset(kind for kind, rows in fitting.items() if len(rows) > 1 and all(rows))


def _details(sheet: Ledger) -> frozenset[int]:
    """The columns under 其中 where others of their block that name a nature stand beside it."""
    natures = {fact.col_no: fact.nature for fact in sheet.table.facts}
    named = [column for column in sheet.columns if natures[column.number] not in (None, Nature.ALL)]
    under = {column.number for column in named if any(_PRINTED_DETAIL.match(text) for text in column.path)}
    beside = {column.block for column in named if column.number not in under}
    return frozenset(column.number for column in named if column.number in under and column.block in beside)


def _kind(meaning: ColumnMeaning) -> Kind:
    return meaning.nature, meaning.object


def _parts_of(sheet: Ledger, params: Parts, details: frozenset[int]) -> list[Kind] | None:
    """The meanings that make up the whole in this table, or None where it does not have them all."""
    kinds = {(fact.nature, fact.object) for fact in sheet.table.facts if fact.col_no not in details}
    wanted: list[Kind] = []
    for part in params.parts:
        chosen = next((found for option in part.any if (found := _present(option, kinds))), [])
        if not chosen and part.needed:
            return None
        wanted.extend(chosen)
    return wanted if len(wanted) >= params.at_least and _kind(params.whole) in kinds else None


def _present(option: Sequence[ColumnMeaning], kinds: set[Kind]) -> list[Kind]:
    """The meanings of one alternative, if the table has all of them; `*` stands for every named object."""
    found: list[Kind] = []
    for entry in option:
        if entry.object == "*":
            named = [k for k in kinds if k[0] == entry.nature and k[1] not in (None, Nature.ALL)]
            found.extend(sorted(named, key=str))
        elif _kind(entry) in kinds:
            found.append(_kind(entry))
        else:
            return []
    return found


def _rows_of_kinds(
    rule: Rule, sheet: Ledger, whole: Kind, wanted: Sequence[Kind], details: frozenset[int]
) -> Iterator[Equation]:
    for printed in sheet.by_row.values():
        facts = [fact for fact in printed if fact.col_no not in details]
        if any(fact.nature is None for fact in facts):
            continue
        groups: defaultdict[tuple[object, ...], dict[Kind, Fact]] = defaultdict(dict)
        doubled: set[tuple[object, ...]] = set()
        for fact in facts:
            key: tuple[object, ...] = (fact.flow, fact.fund, fact.period)
            kind = (fact.nature, fact.object)
            # A kind that stands twice in a row may be a sum and its part: which one counts is not known.
            if kind in groups[key]:
                doubled.add(key)
            groups[key][kind] = fact
        for group, by_kind in groups.items():
            if group in doubled or whole not in by_kind or len(by_kind) < 2:
                continue
            right = [by_kind[kind] for kind in wanted if kind in by_kind]
            yield _equation(rule, sheet, by_kind[whole], right, wanted)


def _equation(
    rule: Rule, sheet: Ledger, left: Fact, right: Sequence[Fact], wanted: Sequence[Kind]
) -> Equation:
    """The printed parts, and the blank cells of the row in the columns of the other parts."""
    printed = {(fact.nature, fact.object) for fact in right}
    terms = [sheet.fact_term(fact) for fact in right]
    terms.extend(
        sheet.term(left.row_no, col_no)
        for kind in wanted
        if kind not in printed and (col_no := _column_of(sheet, left, kind)) is not None
    )
    place = fact_place(sheet.table, left)
    return Equation(rule, (sheet.fact_term(left),), tuple(terms), place, sheet.step)


def _column_of(sheet: Ledger, like: Fact, kind: Kind) -> int | None:
    """The one column of this meaning beside `like`, known from the table's other rows."""
    return sheet.columns_by_meaning.get((like.block, like.flow, like.fund, like.period, *kind))
