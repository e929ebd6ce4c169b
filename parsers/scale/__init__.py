"""Whether the scale of each table is sure: 元 or 万元 is a factor that no sum inside a table can show.

Invariant: a table whose amounts are powers of ten away from what other tables, its own column of last year or
the text say of the same amount is disputed as a whole, and the text is not accused. Where the unit is taken
from elsewhere, or differs from that of the siblings, nothing is proved until another table or the text prints
one of its amounts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers.reference.text_rules import prose_rules
from parsers.scale.witnesses import Evidence, evidence
from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable, CellRef, Check
from parsers.values.vocabulary import CheckStatus, FactStatus, Fault, NamedRule, Severity, UnitBasis

RULE = NamedRule.SCALE
_TEXT_AGAINST_TABLES = NamedRule.I15
_TINY = Decimal(100_000)
"""Yuan; a whole table of less, beside tables in 万元, is hardly in 元."""
_MUCH = 1000


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the scale of a table is doubted; `refs` are amounts that show it."""

    why: Message
    refs: tuple[CellRef, ...] = ()


def doubt_scale(
    tables: Sequence[BudgetTable], checks: Sequence[Check], *, formats_known: bool = True
) -> tuple[tuple[BudgetTable, ...], tuple[Check, ...]]:
    """The tables with the status their scale allows, and the checks with the doubts about it.

    `formats_known` is False where a workbook was read without its number formats, which may show yuan as 万.
    """
    found = evidence(tables, checks)
    doubts = _doubts(tables, found)
    unsure = _unsure(tables, found, formats_known)
    judged = tuple(_judged(table, doubts, unsure) for table in tables)
    said = [_check(number, doubt, CheckStatus.FAILS) for number, doubt in sorted(doubts.items())]
    said += [
        _check(n, doubt, CheckStatus.UNTESTABLE) for n, doubt in sorted(unsure.items()) if n not in doubts
    ]
    return judged, (*_unaccusing(checks, doubts), *said)


def _doubts(tables: Sequence[BudgetTable], found: Evidence) -> dict[int, Doubt]:
    doubts: dict[int, Doubt] = {}
    for cluster in found.clusters():
        against = found.against(cluster)
        if against is not None:
            doubts |= {number: Doubt(*against) for number in cluster}
    for number, refs in found.years.items():
        doubts.setdefault(number, Doubt(_YEARS, refs))
    for table in _implausible(tables):
        if not found.confirms(table, tables):
            doubts.setdefault(table.table_no, Doubt(_IMPLAUSIBLE))
    return doubts


_YEARS = message("scale_against_last_year")
_IMPLAUSIBLE = message("scale_implausible")


def _unsure(tables: Sequence[BudgetTable], found: Evidence, formats_known: bool) -> dict[int, Doubt]:
    """Tables whose unit nothing but the table itself, or nothing in it, supports."""
    unsure: dict[int, Doubt] = {}
    differing = {table.table_no for table in _outliers(tables)}
    for table in tables:
        number = table.table_no
        if not table.facts or table.unit_yuan is None or found.confirms(table, tables):
            continue
        if not formats_known:
            why = message("scale_of_formats")
        elif table.unit_basis in (UnitBasis.SIBLINGS, UnitBasis.DOCUMENT):
            why = message("scale_from_siblings", unit=table.unit_text)
        elif number in differing:
            why = message("scale_unlike_siblings")
        else:
            continue
        unsure[number] = Doubt(why)
    return unsure


def _judged(table: BudgetTable, doubts: Collection[int], unsure: Collection[int]) -> BudgetTable:
    """The table with the standing of its facts. Where the unit is in doubt no sum proves an amount, for sums
    hold in every unit."""
    if table.table_no in doubts:
        facts = tuple(
            replace(fact, status=FactStatus.DISPUTED, disputes=(*fact.disputes, RULE))
            if fact.unit_yuan
            else fact
            for fact in table.facts
        )
    elif table.table_no in unsure:
        facts = tuple(
            replace(fact, status=FactStatus.SINGLE) if fact.status == FactStatus.PROVED else fact
            for fact in table.facts
        )
    else:
        return table
    return replace(table, facts=facts)


def _check(number: int, doubt: Doubt, status: str) -> Check:
    rule = prose_rules()[RULE]
    fails, table = status == CheckStatus.FAILS, message("table", number=number)
    return Check(
        rule=RULE,
        table_nos=(number,),
        statement=message("rule_at", place=table, rule=RULE),
        status=CheckStatus.FAILS if fails else CheckStatus.UNTESTABLE,
        severity=rule.severity if fails else Severity.INFO,
        message=message("finding_at", place=table, says=doubt.why),
        facts=doubt.refs,
        fault=Fault.READING if fails else None,
    )


def _unaccusing(checks: Sequence[Check], doubts: Collection[int]) -> tuple[Check, ...]:
    """The checks; failures of a doubted table, and of the text where there is one, are the reading's."""
    if not doubts:
        return tuple(checks)
    return tuple(
        replace(check, severity=Severity.INFO, fault=Fault.READING)
        if check.status == CheckStatus.FAILS
        and (
            any(number in doubts for number in check.table_nos)
            or (check.rule.startswith(_TEXT_AGAINST_TABLES) and not check.table_nos)
        )
        else check
        for check in checks
    )


def _outliers(tables: Sequence[BudgetTable]) -> list[BudgetTable]:
    """The tables whose unit is not that of most tables with amounts."""
    usual = _usual(tables)
    return [t for t in tables if usual and t.facts and t.unit_yuan and t.unit_yuan != usual]


def _implausible(tables: Sequence[BudgetTable]) -> list[BudgetTable]:
    """Those among them that are in a much smaller unit and print no amount that needs one."""
    usual = _usual(tables)
    found = []
    for table in _outliers(tables):
        amounts = [abs(fact.amount_yuan) for fact in table.facts if fact.amount_yuan]
        small = usual is not None and table.unit_yuan is not None and usual >= table.unit_yuan * _MUCH
        if small and amounts and max(amounts) < _TINY:
            found.append(table)
    return found


def _usual(tables: Sequence[BudgetTable]) -> Decimal | None:
    units = Counter(
        t.unit_yuan for t in tables if t.facts and t.unit_yuan and any(f.amount_yuan for f in t.facts)
    )
    if not units:
        return None
    unit, number = units.most_common(1)[0]
    return unit if number > units.total() / 2 and number > 1 else None
