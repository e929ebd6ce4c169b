"""Tables without vertical rules (三线表) against the same tables as a workbook: `python -m
tests.accuracy.three_lines`.

Invariant: nothing but the drawing differs, so every amount must be found with the label, the codes, the
meaning and the header that the workbook gives it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cache

from parsers import parse_document
from parsers.values.results import BudgetTable, Fact
from parsers.values.text import fold
from tests.site.disclosure import load
from tests.site.typeset import typeset
from tests.site.typeset.pdf import Look, typeset_pdf

DISCLOSURES = (
    "jishan-2023",
    "mianxian-2024",
    "sample-accounts-2022",
    "shizhong-2024",
    "xuchang-2023",
    "yanbian-2024",
)
LOOKS = {
    "three rules, and rules below headers of several columns": (Look("groups"), True),
    "three rules alone, headers printed once, units broken": (Look("header", broken_unit=True), False),
    "three rules alone, headers on every page": (Look("header"), True),
    "three rules alone, rows set close": (Look("header", padding=1.5), True),
    "a rule below each row, texts at the foot of their cells": (Look("rows", 3.0, "BOTTOM"), True),
    "headers at the left over amounts at the right": (Look("header", headers="LEFT"), True),
    "headers at the left and the top": (Look("header", alignment="TOP", headers="LEFT"), False),
    "headers at the left, rules below those of several columns": (Look("groups", headers="LEFT"), True),
    "headers at the right": (Look("header", headers="RIGHT"), True),
    "headers at the top": (Look("header", alignment="TOP"), True),
    "amounts in the middle, dots behind labels": (Look("header", amounts="CENTRE", leaders=True), True),
    "an outer box alone": (Look("box"), True),
    "an outer box alone, headers printed once, at the left": (Look("box", headers="LEFT"), False),
    "no rules, headers at the left": (Look("none", headers="LEFT"), True),
}
"""How tables are drawn, and whether their headers are printed on every page."""
SAID = (
    "column_path",
    "functional_code",
    "economic_code",
    "gov_economic_code",
    "flow",
    "fund",
    "nature",
    "object",
    "period",
    "subject",
    "is_total",
    "unit_yuan",
)

Key = tuple[str, str, object]
Wrong = tuple[str, str, Hashable, Hashable]  # table type, column, in the drawing, in the workbook


@dataclass(frozen=True, slots=True)
class Score:
    """Amounts of the workbooks, how many the drawings gave, how many of those with everything right, amounts
    that only the drawings gave, and what was wrong."""

    amounts: int
    found: int
    right: int
    surplus: int
    wrong: Counter[Wrong]

    @property
    def recall(self) -> float:
        return self.found / self.amounts

    @property
    def precision(self) -> float:
        return self.found / max(self.found + self.surplus, 1)

    @property
    def meaning(self) -> float:
        return self.right / max(self.found, 1)

    def __str__(self) -> str:
        shares = f"recall {self.recall:.4f}, precision {self.precision:.4f}, meaning {self.meaning:.4f}"
        return f"{shares} of {self.amounts} amounts"


def score(look: Look, *, repeat_headers: bool) -> Score:
    """All disclosures drawn in one way."""
    return compared(lambda name: typeset_pdf(load(name), repeat_headers=repeat_headers, look=look))


def compared(draw: Callable[[str], bytes]) -> Score:
    """All disclosures, each drawn by its name."""
    amounts = found = right = surplus = 0
    wrong: Counter[Wrong] = Counter()
    for name in DISCLOSURES:
        drawn: defaultdict[Key, list[Fact]] = defaultdict(list)
        for table, fact in _amounts(parse_document(draw(name)).tables):
            drawn[_key(table, fact)].append(fact)
        for table, fact in _of_workbook(name):
            amounts += 1
            if candidates := drawn[_key(table, fact)]:
                faults = [_faults(table, other, fact) for other in candidates]
                best = min(range(len(faults)), key=lambda index: len(faults[index]))
                candidates.pop(best)
                found += 1
                right += not faults[best]
                wrong.update(faults[best])
        surplus += sum(map(len, drawn.values()))
    return Score(amounts, found, right, surplus, wrong)


@cache
def _of_workbook(name: str) -> tuple[tuple[BudgetTable, Fact], ...]:
    return tuple(_amounts(parse_document(typeset(name, "xlsx")).tables))


def _amounts(tables: tuple[BudgetTable, ...]) -> Iterator[tuple[BudgetTable, Fact]]:
    return ((table, fact) for table in tables for fact in table.facts if fact.amount_yuan is not None)


def _key(table: BudgetTable, fact: Fact) -> Key:
    return table.table_type, fold(fact.row_label), fact.amount_yuan


def _faults(table: BudgetTable, drawn: Fact, fact: Fact) -> list[Wrong]:
    pairs = ((name, _comparable(drawn, name), _comparable(fact, name)) for name in SAID)
    return [(table.table_type, name, ours, theirs) for name, ours, theirs in pairs if ours != theirs]


def _comparable(fact: Fact, name: str) -> Hashable:
    value: Hashable = getattr(fact, name)
    return fold(value) if isinstance(value, str) else value


def main() -> int:
    for name, (look, repeat_headers) in LOOKS.items():
        found = score(look, repeat_headers=repeat_headers)
        print(f"{name}: {found}")
        for wrong, count in found.wrong.most_common(8):
            print("  wrong:", *wrong, count)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
