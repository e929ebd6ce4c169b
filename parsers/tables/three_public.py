"""The sums of a 三公 table: which of them is 三公经费, and which a grand total with other expenses.

Invariant: a sum is 三公经费 only where its words say so, or where nothing but 出国, 公务用车 and 公务接待
stands beside it; amounts overrule the words only where a row that spends on other items distinguishes the
two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers.tables.meaning import item_of
from parsers.values.amounts import printed_number
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact

_L = lexicon_of(__name__)

THREE_PUBLIC = _L.text("three_public")
ABROAD, RECEPTION = _L.text("abroad"), _L.text("reception")
VEHICLES, PURCHASE, RUNNING = _L.text("vehicles"), _L.text("purchase"), _L.text("running")
PARTS = frozenset({ABROAD, RECEPTION, VEHICLES, PURCHASE, RUNNING})
OTHERS = frozenset(_L.words("others"))
_SUMS = (None, THREE_PUBLIC)

Place = tuple[int, int, bool]  # block, column or row, whether it is a column


@dataclass(frozen=True, slots=True)
class _Beside:
    """A sum and what its row or column prints of the items beside it, by subject."""

    whole: Fact
    items: Mapping[str, Decimal]

    @property
    def three(self) -> Decimal:
        """出国 + 车 + 接待, a blank counted as zero."""
        items = self.items
        cars = items.get(VEHICLES, items.get(PURCHASE, Decimal(0)) + items.get(RUNNING, Decimal(0)))
        return items.get(ABROAD, Decimal(0)) + items.get(RECEPTION, Decimal(0)) + cars

    @property
    def others(self) -> Decimal:
        return sum((amount for name, amount in self.items.items() if name in OTHERS), Decimal(0))

    def contained(self) -> str | None:
        """`three` or `all`: what the sum contains, where other items were paid for."""
        if self.whole.amount_yuan is None or not self.others:
            return None
        slack = _step(self.whole) * (len(self.items) + 1) / 2
        for name, amount in (("three", self.three), ("all", self.three + self.others)):
            if abs(self.whole.amount_yuan - amount) <= slack:
                return name
        return None


def with_three_public(facts: Sequence[Fact], words: Iterable[str | None]) -> list[Fact]:
    """The facts of a three_public table, each sum with its subject: 三公经费, or None for a grand total.

    `words` are the items that the title, the headers and the row labels of the table name."""
    named = set(words)
    sums = _sums(facts)
    subjects = {place: _subject(beside, named) for place, beside in sums.items()}
    chosen = {id(one.whole): subjects[place] for place, beside in sums.items() for one in beside}
    return [replace(fact, subject=chosen[id(fact)]) if id(fact) in chosen else fact for fact in facts]


def _subject(sums: Sequence[_Beside], named: set[str | None]) -> str | None:
    votes = {one.contained() for one in sums} - {None}
    if len(votes) == 1:
        return THREE_PUBLIC if votes == {"three"} else None
    if any(one.whole.subject == THREE_PUBLIC for one in sums):
        return THREE_PUBLIC
    return THREE_PUBLIC if not named & OTHERS and named & PARTS else None


def _sums(facts: Sequence[Fact]) -> dict[Place, list[_Beside]]:
    """The sums by the column they stand in, where the items are columns, or by their row."""
    rows: defaultdict[tuple[object, ...], dict[str, Decimal]] = defaultdict(dict)
    columns: defaultdict[tuple[object, ...], dict[str, Decimal]] = defaultdict(dict)
    for fact in facts:
        if fact.subject in PARTS | OTHERS and fact.amount_yuan is not None:
            rows[_row(fact)].setdefault(fact.subject or "", fact.amount_yuan)
            columns[_column(fact)].setdefault(fact.subject or "", fact.amount_yuan)
    by_row = any(
        item_of(fact.row_label)[0] == fact.subject for fact in facts if fact.subject in PARTS | OTHERS
    )
    found: defaultdict[Place, list[_Beside]] = defaultdict(list)
    for fact in facts:
        if fact.is_total and fact.subject in _SUMS:
            if by_row:
                found[fact.block, fact.row_no, False].append(_Beside(fact, columns[_column(fact)]))
            else:
                found[fact.block, fact.col_no, True].append(_Beside(fact, rows[_row(fact)]))
    return dict(found)


def _row(fact: Fact) -> tuple[object, ...]:
    return fact.block, fact.row_no, fact.fund, fact.period


def _column(fact: Fact) -> tuple[object, ...]:
    return fact.block, fact.col_no, fact.fund, fact.period


def _step(fact: Fact) -> Decimal:
    """One unit of the last place an amount prints, in yuan."""
    number = printed_number(fact.amount_text)
    exponent = number.as_tuple().exponent if number is not None else 0
    places = min(exponent, 0) if isinstance(exponent, int) else 0
    return Decimal(1).scaleb(places) * (fact.unit_yuan or Decimal(1))
