"""Kind `parts`: within a row, the amount of one meaning is the sum of the amounts of others.

Invariant: tested only where the table has both sides as columns, every amount of the row is understood and
no two columns of the row share one meaning. Columns under 其中 beside others that are not detail those: they
are not parts of the whole.

Rule I4 says 合计 = 基本支出 + 项目支出 …, rule I5 says 基本支出 = 人员经费 + 公用经费. A part may be given as
alternatives: the first whose columns the table has is taken (基本支出, else 人员经费 and 公用经费).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import ColumnMeaning, Parts
from parsers.accounting.wording import fact_place
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact
from parsers.values.vocabulary import Nature

_L = lexicon_of(__name__)

Kind = tuple[str | None, str | None]  # nature, object
_DETAIL = _L.pattern("detail")
MIN_PARTS = 2  # parts that a whole must keep


def parts_of_rows(rule: Rule, book: Book) -> Iterator[Yield]:
    """All rows of all tables in scope."""
    params = rule.shaped(Parts)
    whole = _kind(params.whole)
    for sheet in book.sheets.values():
        if rule.scope.holds(sheet.table):
            details = _details(sheet)
            wanted = _parts_of(sheet, params, details)
            if wanted is not None:
                found = list(_rows(rule, sheet, whole, wanted, details))
                contained = _contained(sheet, found)
                yield from (
                    _rows(rule, sheet, whole, [k for k in wanted if k not in contained], details)
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
    under = {column.number for column in named if any(_DETAIL.match(text) for text in column.path)}
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


def _rows(
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
