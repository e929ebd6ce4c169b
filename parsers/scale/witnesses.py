"""What a document says twice: the same amount at the same scale, or powers of ten apart.

Invariant: two amounts are the same only where their words are (one row label, one subject, one identity) and
their digits agree, four at least; how far their points are apart is the evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable, CellRef, Check, Fact
from parsers.values.text import unnumbered
from parsers.values.vocabulary import CheckStatus, NamedRule, UnitBasis

_FAR = Decimal(500)  # times; no budget grows so much in a year, and units are 1,000 or 10,000 apart
DIGITS = 5  # compared; tables in 万元 round what others print in 元
LEAST_DIGITS = 4
FAR = 3  # places; in one unit, ten times apart is a slip of a digit as often as one of the unit
SLACK = Decimal("0.0005")
_TEXT_RULES = (NamedRule.I15, NamedRule.I15_UNIT)
_HELD = (CheckStatus.HOLDS, CheckStatus.ROUNDING)

Pair = tuple[int, int]
Mantissa = tuple[int, int]
"""The first digits of an amount and the power of ten of the first."""
Says = tuple[Message, tuple[CellRef, ...]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`same` and `apart` count amounts that two tables print at one scale, or powers of ten apart, with one
    that shows it; `text_same`, `text_apart` those that the text and a table do; `years` the tables whose
    columns of two years are powers of ten apart."""

    numbers: tuple[int, ...]
    same: set[Pair] = field(default_factory=set)
    apart: dict[Pair, tuple[CellRef, ...]] = field(default_factory=dict)
    text_same: dict[int, int] = field(default_factory=dict)
    text_apart: dict[int, tuple[CellRef, ...]] = field(default_factory=dict)
    years: dict[int, tuple[CellRef, ...]] = field(default_factory=dict)

    def clusters(self) -> list[frozenset[int]]:
        """The tables in groups that share amounts at one scale."""
        above = {number: number for number in self.numbers}

        def root(number: int) -> int:
            while above[number] != number:
                number = above[number]
            return number

        for one, other in sorted(self.same):
            above[root(other)] = root(one)
        groups: defaultdict[int, set[int]] = defaultdict(set)
        for number in self.numbers:
            groups[root(number)].add(number)
        return [frozenset(group) for group in groups.values()]

    def against(self, cluster: frozenset[int]) -> Says | None:
        """What speaks against the scale of a group: the text, or as many or more tables as are in it."""
        agreeing = sum(self.text_same.get(number, 0) for number in cluster)
        shown = [ref for number in cluster for ref in self.text_apart.get(number, ())]
        if len(shown) > agreeing and (len(shown) > 1 or len(cluster) == 1):
            return message("scale_against_text"), tuple(shown[:1])
        if agreeing:
            return None
        for other in self.clusters():
            refs = [r for pair, r in self.apart.items() if _between(pair, cluster, other)]
            if refs and len(other) >= len(cluster) and other != cluster:
                return message("scale_against_table"), refs[0]
        return None

    def confirms(self, table: BudgetTable, tables: Sequence[BudgetTable]) -> bool:
        """Whether the text prints an amount of the table at its scale, or a table does that knows its unit of
        itself: one that prints it, another unit than this one where this one is printed, too."""
        if self.text_same.get(table.table_no):
            return True
        return any(
            other.unit_basis == UnitBasis.PRINTED
            and (table.unit_basis != UnitBasis.PRINTED or other.unit_yuan != table.unit_yuan)
            and (min(table.table_no, other.table_no), max(table.table_no, other.table_no)) in self.same
            for other in tables
        )


def _between(pair: Pair, cluster: frozenset[int], other: frozenset[int]) -> bool:
    one, two = pair
    return (one in cluster and two in other) or (two in cluster and one in other)


def evidence(tables: Sequence[BudgetTable], checks: Iterable[Check]) -> Evidence:
    """Everything the tables and the checks of a document show about scale."""
    printed = [table for table in tables if table.facts and table.unit_yuan is not None]
    found = Evidence(tuple(table.table_no for table in printed))
    _from_labels(printed, found)
    for check in checks:
        _from_check(check, found)
    for pair in found.same:
        found.apart.pop(pair, None)
    for table in printed:
        if refs := tuple(_years_apart(table)):
            found.years[table.table_no] = refs
    return found


def _from_labels(tables: Sequence[BudgetTable], found: Evidence) -> None:
    """Rows with one label in two tables, and digits that agree."""
    places: defaultdict[tuple[str, int], dict[int, dict[int, CellRef]]] = defaultdict(dict)
    for table in tables:
        for fact in table.facts:
            if (mantissa := _mantissa(fact.amount_yuan)) is not None:
                key = (unnumbered(fact.row_label), mantissa[0])
                ref = CellRef(table.table_no, fact.row_no, fact.col_no)
                places[key].setdefault(table.table_no, {}).setdefault(mantissa[1], ref)
    counted: defaultdict[Pair, list[CellRef]] = defaultdict(list)
    units = {table.table_no: table.unit_yuan for table in tables}
    for (label, digits), by_table in places.items():
        numbers = sorted(by_table) if label else []
        for at, one in enumerate(numbers):
            for other in numbers[at + 1 :]:
                if by_table[one].keys() & by_table[other].keys():
                    found.same.add((one, other))
                elif _all_far(by_table[one], by_table[other], FAR if units[one] == units[other] else 1):
                    weight = 2 if digits >= 10 ** (DIGITS - 1) and digits % 10 else 1
                    counted[one, other] += [next(iter(by_table[one].values()))] * weight
    found.apart.update({pair: tuple(refs[:1]) for pair, refs in counted.items() if len(refs) > 1})


def _all_far(one: Iterable[int], other: Iterable[int], least: int) -> bool:
    return all(abs(a - b) >= least for a in one for b in other)


def _from_check(check: Check, found: Evidence) -> None:
    """An identity of two tables, or of the text and a table, that holds or fails by powers of ten."""
    numbers = [number for number in dict.fromkeys(check.table_nos) if number in found.numbers]
    left, right = check.left_yuan, check.right_yuan
    if not numbers or not left or not right:
        return
    if check.rule in _TEXT_RULES:
        if check.status in _HELD and _mantissa(left) is not None:
            for number in numbers:
                found.text_same[number] = found.text_same.get(number, 0) + 1
        elif check.status == CheckStatus.FAILS and _is_apart(
            left, right, round_ones=check.rule == NamedRule.I15_UNIT
        ):
            for number in numbers:
                found.text_apart[number] = (*found.text_apart.get(number, ()), *check.facts[:1])
    elif len(numbers) == 2:
        pair = (min(numbers), max(numbers))
        if check.status in _HELD and _mantissa(left) is not None:
            found.same.add(pair)
        elif check.status == CheckStatus.FAILS and _is_apart(left, right):
            found.apart.setdefault(pair, check.facts[:1])


def _years_apart(table: BudgetTable) -> Iterator[CellRef]:
    """Rows whose amounts of this year and the last have the same digits, powers of ten apart; or three rows
    or more, all there are, that differ by about the same power."""
    pairs = list(_years(table))
    many = len(pairs) > 1
    exact = [now for now, before in pairs if _is_apart(_yuan(now), _yuan(before), round_ones=many)]
    far = [now for now, before in pairs if not 1 / _FAR < _yuan(now) / _yuan(before) < _FAR]
    chosen = (
        exact if len(exact) * 2 > len(pairs) else far if len(pairs) > 2 and len(far) == len(pairs) else []
    )
    for fact in chosen[:1]:
        yield CellRef(table.table_no, fact.row_no, fact.col_no)


def _years(table: BudgetTable) -> Iterator[tuple[Fact, Fact]]:
    rows: defaultdict[tuple[object, ...], dict[str | None, Fact]] = defaultdict(dict)
    for fact in table.facts:
        if fact.amount_yuan:
            meaning = (fact.flow, fact.fund, fact.nature, fact.object)
            rows[fact.row_no, fact.block, meaning][fact.period] = fact
    for by_period in rows.values():
        now, before = by_period.get("current") or by_period.get("total"), by_period.get("prior_year")
        if now is not None and before is not None:
            yield now, before


def _yuan(fact: Fact) -> Decimal:
    assert fact.amount_yuan
    return abs(fact.amount_yuan)


def _mantissa(yuan: Decimal | None) -> Mantissa | None:
    """The first digits of an amount and where they stand; None for zero and for round amounts, which show
    nothing."""
    if not yuan:
        return None
    digits = "".join(map(str, yuan.as_tuple().digits)).lstrip("0")
    if len(digits.rstrip("0")) < LEAST_DIGITS:
        return None
    return int(digits[:DIGITS].ljust(DIGITS, "0")), yuan.adjusted()


def _is_apart(left: Decimal, right: Decimal, *, round_ones: bool = False) -> bool:
    """Whether two amounts are one, but for the place of the point; round ones (3 and 3,000) only if asked."""
    left, right = abs(left), abs(right)
    if not left or not right or not (round_ones or _mantissa(left) or _mantissa(right)):
        return False
    apart = round((right / left).log10())
    shifted = left.scaleb(apart)
    return abs(apart) >= FAR and abs(shifted - right) <= right * SLACK
