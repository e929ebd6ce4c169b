"""A kind for lists of the projects of bonds: `gov_bonds`.

Invariant: a size (债券规模) is that of a bond only where most rows of the table repeat one of another row
with the same kind of bond and month of issue; amounts of projects, which differ, are never compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Bonds
from parsers.accounting.wording import fact_place
from parsers.values.results import Fact
from parsers.values.text import fold

_LEAST_ROWS = 20
_MOSTLY = 0.5  # of the rows repeat the size of another row


def gov_bonds(rule: Rule, book: Book) -> Iterator[Yield]:
    """The size of a bond is the same in every row of a project it pays for.

    Params: `header` is searched for in the header of the column of sizes; `issue` in those of the columns
    that distinguish one bond from another: its kind and its month."""
    for sheet in book.sheets.values():
        if not rule.scope.holds(sheet.table) or not sheet.table.header:
            continue
        bonds = _by_bond(rule, sheet)
        rows = sum(map(len, bonds.values()))
        repeated = sum(len(facts) for facts in bonds.values() if len(facts) > 1)
        if rows < _LEAST_ROWS or repeated < _MOSTLY * rows:
            continue
        for first, *others in bonds.values():
            for fact in others:
                left, right = (sheet.fact_term(first),), (sheet.fact_term(fact),)
                place = fact_place(sheet.table, first)
                yield Equation(rule, left, right, place, sheet.step, doubtful=True)


def _by_bond(rule: Rule, sheet: Ledger) -> dict[Hashable, list[Fact]]:
    """The facts that print one size for one kind and month; rows that do not say both are left out."""
    params = rule.shaped(Bonds)
    header = ["".join(map(fold, texts)) for texts in zip(*sheet.table.header, strict=False)]
    named_at = [at for at, text in enumerate(header) if params.issue.search(text)]
    found: defaultdict[Hashable, list[Fact]] = defaultdict(list)
    for fact in sheet.table.facts:
        issue = tuple(fold(sheet.table.grid[fact.row_no][at]) for at in named_at)
        is_size = params.header.search(fold(fact.column_path))
        if is_size and fact.amount_yuan and len(issue) > 1 and all(issue):
            found[issue, fact.col_no, fact.amount_yuan].append(fact)
    return found
