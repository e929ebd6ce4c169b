"""The figures of the text against the amounts of the tables (I15).

Invariant: an amount fails only where its subject is certain, the tables print that subject, and the amount is
printed nowhere in the tables at all; else a table may mean something else by the same words, and the test is
untestable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parsers.prose.figures import Figure
from parsers.prose.terms import terms
from parsers.prose.verdict import verdict
from parsers.results import BudgetTable, CellRef, Check, Fact
from parsers.text import fold, unnumbered

UNIT_SLIP = Decimal(10_000)
NEAR = Decimal("0.03")
TAIL = 2  # tolerances within which a difference is a rounding tail


@dataclass(frozen=True, slots=True)
class Candidate:
    """An amount of a table that may be the one the text speaks of."""

    ref: CellRef
    yuan: Decimal
    weak: bool = False


def check_against_tables(
    figures: Sequence[Figure], tables: Sequence[BudgetTable], fiscal_year: int | None
) -> tuple[Check, ...]:
    """One check for every amount whose subject the tables print."""
    index = _Index(tables)
    return tuple(check for figure in figures for check in _check(figure, index, fiscal_year))


class _Index:
    """The amounts of all tables, with their words in comparable form."""

    def __init__(self, tables: Sequence[BudgetTable]) -> None:
        self._facts = [
            (fact, table, unnumbered(fact.row_label), fold(fact.column_path))
            for table in tables
            for fact in table.facts
            if fact.amount_yuan is not None
        ]
        self.amounts = sorted({fact.amount_yuan for fact, *_ in self._facts if fact.amount_yuan})
        self.step = min(
            (table.unit_yuan / 100 for _, table, *_ in self._facts if table.unit_yuan), default=Decimal(0)
        )

    def candidates(self, figure: Figure) -> list[Candidate]:
        if figure.subject:
            return [
                Candidate(_ref(fact, table), fact.amount_yuan or Decimal(0), selector.weak)
                for selector in terms().subjects[figure.subject].select
                for fact, table, label, path in self._facts
                if selector.fits(fact, table.table_type, label, path)
            ]
        return [
            Candidate(_ref(fact, table), fact.amount_yuan or Decimal(0), not _is_whole(fact))
            for fact, table, *_ in self._facts
            if _is_classified(fact, figure)
        ]

    def prints(self, yuan: Decimal, tolerance: Decimal) -> bool:
        """Whether any table prints the amount."""
        return any(abs(amount - yuan) <= tolerance for amount in self.amounts)


def _ref(fact: Fact, table: BudgetTable) -> CellRef:
    return CellRef(table.table_no, fact.row_no, fact.col_no)


def _is_classified(fact: Fact, figure: Figure) -> bool:
    """The row of the functional or economic class the text names, by code or by its whole name."""
    if figure.code:
        return figure.code in (fact.functional_code, fact.economic_code, fact.gov_economic_code)
    names = {name.removesuffix("支出") for name in (fact.functional_name, fact.economic_name) if name}
    return bool(figure.words) and figure.words.removesuffix("支出") in names


def _is_whole(fact: Fact) -> bool:
    """The amount of the whole class: no column of one nature, object or minor fund."""
    funds = (None, "all", "appropriation", "general_budget")
    return fact.nature in (None, "all") and fact.object in (None, "all") and fact.fund in funds


def _check(figure: Figure, index: _Index, fiscal_year: int | None) -> Iterator[Check]:
    amount = figure.amount
    if amount is None or amount.yuan == 0 or _is_of_another_year(figure, fiscal_year):
        return
    found = index.candidates(figure)
    if not found:
        return
    tolerance = (amount.place + index.step) / 2
    same = min(found, key=lambda c: abs(c.yuan - amount.yuan))
    off = abs(same.yuan - amount.yuan)
    subject = figure.subject or figure.words
    if off <= TAIL * tolerance:
        what = (f"{subject}{amount.yuan:,}元", f"{subject} {amount.yuan:,} yuan")
        yield verdict(
            "I15", figure, "holds" if off <= tolerance else "rounding", what,
            left=amount.yuan, right=same.yuan, tolerance=tolerance,
            facts=(same.ref,),
        )  # fmt: skip
        return
    strong = [c for c in found if not c.weak and c.yuan]
    if slip := next((c for c in strong if _is_unit_slip(figure, c.yuan)), None):
        yield _unit_slip(figure, slip)
        return
    yield _differs(figure, strong, index, tolerance)


def _is_of_another_year(figure: Figure, fiscal_year: int | None) -> bool:
    return bool(figure.year and fiscal_year and figure.year != fiscal_year) or "年初预算" in figure.words


def _is_unit_slip(figure: Figure, yuan: Decimal) -> bool:
    assert figure.amount
    printed, step = figure.amount.yuan, figure.amount.place
    return (
        abs(printed * UNIT_SLIP - yuan) <= step * UNIT_SLIP / 2 or abs(printed - yuan * UNIT_SLIP) <= step / 2
    )


def _unit_slip(figure: Figure, slip: Candidate) -> Check:
    assert figure.amount
    printed, subject = figure.amount.yuan, figure.subject or figure.words
    what = (
        f"{subject}文中为{printed:,}元，报表为{slip.yuan:,}元，相差一万倍",
        f"{subject}: {printed:,} yuan in the text, {slip.yuan:,} in the table: ten thousand times apart",
    )
    return verdict("I15-unit", figure, "fails", what, left=printed, right=slip.yuan, facts=(slip.ref,))


def _differs(figure: Figure, strong: Sequence[Candidate], index: _Index, tolerance: Decimal) -> Check:
    assert figure.amount
    printed, subject = figure.amount.yuan, figure.subject or figure.words
    values = {c.yuan for c in strong}
    nearest = min(strong, key=lambda c: abs(c.yuan - printed), default=None)
    near = nearest is not None and abs(nearest.yuan - printed) <= NEAR * nearest.yuan
    certain = nearest is not None and (near or len(values) == 1) and not index.prints(printed, tolerance)
    if nearest is None or not certain:
        why = (f"{subject}的口径不确定", f"{subject}: no single amount of the tables is meant for certain")
        return verdict("I15", figure, "untestable", why, left=printed)
    what = (
        f"{subject}文中为{printed:,}元，报表为{nearest.yuan:,}元",
        f"{subject}: {printed:,} yuan in the text, {nearest.yuan:,} in the table",
    )
    return verdict(
        "I15", figure, "fails", what, left=printed, right=nearest.yuan, tolerance=tolerance,
        facts=(nearest.ref,),
    )  # fmt: skip
