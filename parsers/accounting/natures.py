"""I4 and I5, row by row: 合计 = 基本支出 + 项目支出 (+ …), 基本支出 = 人员经费 + 公用经费.

Invariant: tested only where the table has both sides as columns and every amount of the row is understood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from parsers.accounting.evaluate import Term, evaluate
from parsers.results import BudgetTable, Check, Fact

Kind = tuple[str | None, str | None]  # nature, object

_TOTAL: Kind = ("all", "all")
_BASIC: Kind = ("basic", "all")
_BESIDE_BASIC = ("project", "special_business", "payment_to_superior", "operating", "subsidy_to_subordinate")


def check_natures(table: BudgetTable) -> Iterator[Check]:
    """All I4 and I5 checks of one table."""
    kinds = {(fact.nature, fact.object) for fact in table.facts}
    unclear = {fact.row_no for fact in table.facts if fact.nature is None}
    for facts in _comparable(table):
        if facts[0].row_no in unclear:
            continue
        by_kind = {(fact.nature, fact.object): fact for fact in facts}
        if len(by_kind) < len(facts):
            continue  # two columns of one meaning: which of them is the part is not ours to say
        if _TOTAL in by_kind and (parts := _natures(by_kind, kinds)) is not None:
            yield _check("I4", table, by_kind[_TOTAL], parts)
        if _BASIC in by_kind and (parts := _objects(by_kind, kinds)) is not None:
            yield _check("I5", table, by_kind[_BASIC], parts)


def _comparable(table: BudgetTable) -> list[list[Fact]]:
    """The facts of one row that share flow, fund and period: parts and wholes of each other."""
    groups: defaultdict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact in table.facts:
        groups[(fact.row_no, fact.block, fact.flow, fact.fund, fact.period)].append(fact)
    return [group for group in groups.values() if len(group) > 1]


def _natures(by_kind: dict[Kind, Fact], kinds: set[Kind]) -> list[Fact] | None:
    """The parts of 合计, or None where the table does not have them all."""
    has_basic = _BASIC in kinds or ("basic", "personnel") in kinds
    if not has_basic or not any(nature in _BESIDE_BASIC for nature, _ in kinds):
        return None
    parts = [by_kind[_BASIC]] if _BASIC in by_kind else []
    if _BASIC not in kinds:
        parts = [by_kind[kind] for kind in (("basic", "personnel"), ("basic", "public")) if kind in by_kind]
    for nature in _BESIDE_BASIC:
        if (nature, "all") in by_kind:
            parts.append(by_kind[nature, "all"])
        elif (nature, "all") not in kinds:
            parts.extend(fact for kind, fact in by_kind.items() if kind[0] == nature)
    return parts


def _objects(by_kind: dict[Kind, Fact], kinds: set[Kind]) -> list[Fact] | None:
    """The parts of 基本支出: personnel and public costs, or the economic classes beneath them."""
    named = {kind for kind in kinds if kind[0] == "basic" and kind[1] not in ("all", None)}
    main = {kind for kind in named if kind[1] in ("personnel", "public")}
    wanted = main if len(main) == 2 else named - main
    if len(wanted) < 2:
        return None
    return [by_kind[kind] for kind in sorted(wanted, key=str) if kind in by_kind]


def _check(rule: str, table: BudgetTable, left: Fact, parts: list[Fact]) -> Check:
    what = f"{left.functional_code or left.economic_code or ''} {left.row_label} [{left.column_path}]".strip()
    return evaluate(rule, Term(table, left), [Term(table, part) for part in parts], what)
