"""On which side of an account (收入, 支出) the amounts of a block of columns stand.

Invariant: the table's type decides, then headers, then the labels of the rows; where none decides, None.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.government.described import DEBT_TABLES, ColumnFacts, TableFacts
from parsers.government.names.vocabulary import first, terms
from parsers.reference import regions
from parsers.tables.layout.blocks import ColumnBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold
from parsers.values.vocabulary import Flow

_L = lexicon_of(__name__)
_REVENUE = _L.text("revenue")
_EXPENDITURE = _L.text("expenditure")
_PAID = _L.words("paid")

SIDE_BY_TYPE = {
    "gov_general_revenue": "revenue",
    "gov_fund_revenue": "revenue",
    "state_capital_revenue": "revenue",
    "social_insurance_revenue": "revenue",
    "gov_general_expenditure": "expenditure",
    "gov_general_basic_economic": "expenditure",
    "gov_general_economic": "expenditure",
    "gov_fund_expenditure": "expenditure",
    "state_capital_expenditure": "expenditure",
    "social_insurance_expenditure": "expenditure",
    "three_public": "expenditure",
    "investment_plan": "expenditure",
    "gov_general_transfers": "transfers_paid",
    "gov_fund_transfers": "transfers_paid",
    "state_capital_transfers": "transfers_paid",
}
_FROM_ABOVE = _L.pattern("from_above")


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
    if side := SIDE_BY_TYPE.get(table.table_type):
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
    return "revenue" if revenue and not spending else "expenditure" if spending and not revenue else None


def _received(labels: Sequence[str], table: TableFacts) -> bool:
    """Whether a table of transfers says what comes from above: its rows or its title say so."""
    own = regions.region(table.territory.code) if table.territory.code else None
    named = own is not None and _L.pattern("given_to", name=own.name).search(table.title)
    if named or _FROM_ABOVE.search(table.title):
        return True
    received = sum(fold(label).endswith(_REVENUE) for label in labels)
    return received > sum(fold(label).endswith(_PAID) for label in labels)
