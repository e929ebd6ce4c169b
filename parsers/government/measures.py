"""The measure that an amount of a government's table stands for, and its side of an account (收入, 支出).

Invariant: a measure (`general_revenue`, `special_debt_balance` …) is given to the sum itself and never to a
part of it, and the vocabulary is that of the statements. Of the side of
a block of columns the table's type decides, then headers, then the labels of the rows; where none decides,
None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from parsers.government.described import ColumnFacts, TableFacts
from parsers.government.names.vocabulary import first, terms
from parsers.reference import regions
from parsers.tables.layout.blocks import ColumnBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact
from parsers.values.table_types import DEBT_TABLES, TableType
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import (
    DebtBond,
    DebtKind,
    DebtMeasure,
    Flow,
    FundSource,
    Measure,
    Nature,
    Period,
)

_L = lexicon_of(__name__)

_BY_SUBJECT = {subject: Measure(name) for subject, name in _L.names("by_subject").items()}
_BY_CODE = {"101": Measure.TAX_REVENUE, "103": Measure.NONTAX_REVENUE, "1030148": Measure.LAND_REVENUE}
_FLOWS = {
    Measure.REMITTED_UP: Flow.TRANSFERS_PAID,
    Measure.STABILISATION_USED: Flow.MOVED_IN,
    Measure.STABILISATION_ADDED: Flow.MOVED_OUT,
}
"""Of measures that are not called like their flow."""
_BY_LABEL = tuple(
    (measure, _FLOWS.get(measure) or Flow(measure.value), re.compile(words))
    for measure, words in ((Measure(name), words) for name, words in _L.names("by_label").items())
)
_DEBT: Mapping[str, Measure] = {
    DebtMeasure.LIMIT: Measure.DEBT_LIMIT,
    DebtMeasure.BALANCE: Measure.DEBT_BALANCE,
    DebtMeasure.ISSUED: Measure.DEBT_ISSUED,
    DebtMeasure.REPAID: Measure.DEBT_REPAID,
}
_NEW_LIMITS: Mapping[str, Measure] = {
    DebtKind.ALL: Measure.NEW_DEBT_LIMIT,
    DebtKind.GENERAL: Measure.NEW_GENERAL_DEBT_LIMIT,
    DebtKind.SPECIAL: Measure.NEW_SPECIAL_DEBT_LIMIT,
}
_REVENUE = _L.text("revenue")
_EXPENDITURE = _L.text("expenditure")
_PAID = _L.words("paid")
_FROM_ABOVE = _L.pattern("from_above")


def measure_of(fact: Fact) -> Measure | None:
    """The measure of a fact whose meaning is filled in, or None where it is a part or a change."""
    if fact.period == Period.CHANGE or fact.nature == Nature.BASIC:
        return None
    if fact.debt_measure:
        return _debt_measure(fact)
    if fact.subject in _BY_SUBJECT:
        return _BY_SUBJECT[fact.subject]
    own = fact.flow == Flow.REVENUE and (
        fact.fund == FundSource.GENERAL_BUDGET or fact.revenue_code == "1030148"
    )
    if own and (found := _BY_CODE.get(fact.revenue_code or "")):
        return found
    words = unnumbered(fact.row_label)
    return next(
        (name for name, flow, pattern in _BY_LABEL if fact.flow == flow and pattern.match(words)), None
    )


def _debt_measure(fact: Fact) -> Measure | None:
    kind = fact.debt_kind or DebtKind.ALL
    if fact.debt_bond == DebtBond.NEW and fact.debt_measure == DebtMeasure.LIMIT:
        return _NEW_LIMITS[kind]
    name = _DEBT.get(fact.debt_measure or "")
    if name is None or fact.debt_bond not in (None, DebtBond.ALL):
        return None
    return name if kind == DebtKind.ALL else Measure(f"{kind}_{name}")


def side_of(
    block: ColumnBlock,
    heads: Sequence[ColumnFacts],
    labels: Sequence[str],
    number: int,
    blocks: int,
    table: TableFacts,
) -> str | None:
    """The side of a block: by the table's type, its headers, its place among two, or its labels."""
    if table.table_type in DEBT_TABLES:
        return "balance"
    if side := table.table_type.flow:
        return "transfers_received" if side == Flow.TRANSFERS_PAID and _received(labels, table) else side
    flows = {head.flow for head in heads if head.flow}
    keys = {f for key in block.keys for t in key.path if (f := first(terms().sides, fold(t)))}
    for named in (flows, keys):
        if len(named) == 1:
            return next(iter(named))
    revenue = sum(_REVENUE in fold(label) for label in labels)
    spending = sum(_EXPENDITURE in fold(label) for label in labels)
    if blocks == 2 and revenue != spending:
        return "revenue" if revenue > spending else "expenditure"
    if blocks == 2:
        return ("revenue", "expenditure")[number]
    if table.table_type == TableType.OTHER:
        return None  # 主要指标: 总资产 beside 营业收入 is not revenue
    return "revenue" if revenue and not spending else "expenditure" if spending and not revenue else None


def _received(labels: Sequence[str], table: TableFacts) -> bool:
    """Whether a table of transfers says what comes from above: its rows or its title say so."""
    own = regions.region(table.territory.code) if table.territory.code else None
    named = own is not None and _L.pattern("given_to", name=own.name).search(table.title)
    if named or _FROM_ABOVE.search(table.title):
        return True
    received = sum(fold(label).endswith(_REVENUE) for label in labels)
    return received > sum(fold(label).endswith(_PAID) for label in labels)
