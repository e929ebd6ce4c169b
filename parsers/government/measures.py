"""The measure (`general_revenue`, `special_debt_balance` …) an amount of a government's table stands for.

Invariant: a measure is given to the sum itself and never to a part of it, and the vocabulary is that of the
statements (`archive/dataset/schema`, MEASURES).
"""

from __future__ import annotations

import re

from parsers.values.results import Fact
from parsers.values.text import unnumbered

_BY_SUBJECT = {
    "一般公共预算收入": "general_revenue",
    "一般公共预算支出": "general_expenditure",
    "政府性基金预算收入": "fund_revenue",
    "政府性基金预算支出": "fund_expenditure",
    "国有资本经营预算收入": "state_capital_revenue",
    "国有资本经营预算支出": "state_capital_expenditure",
    "收入总计": "total_revenue",
    "支出总计": "total_expenditure",
}
_BY_CODE = {"101": "tax_revenue", "103": "nontax_revenue", "1030148": "land_revenue"}
_BY_LABEL = (
    (
        "transfers_received",
        "transfers_received",
        re.compile(r"^(?:上级补助收入|上级补助|转移支付收入)(?:合计|小计)?$"),
    ),
    (
        "transfers_paid",
        "transfers_paid",
        re.compile(r"^(?:补助下级支出|对下转移支付(?:支出)?)(?:合计|小计)?$"),
    ),
    ("remitted_up", "transfers_paid", re.compile(r"^上解(?:上级)?(?:支出)?$")),
    ("debt_received", "debt_received", re.compile(r"^(?:地方政府)?债务(?:转贷)?收入$")),
    ("debt_repaid", "debt_repaid", re.compile(r"^(?:地方政府)?(?:一般|专项)?债务还本支出$")),
    ("carried_in", "carried_in", re.compile(r"^上年(?:结余|结转)(?:收入)?$")),
    ("carried_out", "carried_out", re.compile(r"^年终结余$|^结转下年(?:支出)?$")),
    ("stabilisation_used", "moved_in", re.compile(r"^(?:动用|调入)预算稳定调节基金$")),
    ("stabilisation_added", "moved_out", re.compile(r"^(?:安排|补充)预算稳定调节基金$")),
    (
        "moved_in",
        "moved_in",
        re.compile(r"^(?:.{0,6}财政)?(?:(?:政府性基金|国有资本经营)(?:预算)?)?调入资金(?:合计|小计)?$"),
    ),
    (
        "moved_out",
        "moved_out",
        re.compile(r"^(?:(?:政府性基金|国有资本经营)(?:预算)?)?调出资金(?:合计|小计)?$"),
    ),
)
_DEBT = {"limit": "debt_limit", "balance": "debt_balance", "issued": "debt_issued", "repaid": "debt_repaid"}
_NEW_LIMITS = {
    "all": "new_debt_limit",
    "general": "new_general_debt_limit",
    "special": "new_special_debt_limit",
}


def measure_of(fact: Fact) -> str | None:
    """The measure of a fact whose meaning is filled in, or None where it is a part or a change."""
    if fact.period == "change":
        return None
    if fact.debt_measure:
        return _debt_measure(fact)
    if fact.subject in _BY_SUBJECT:
        return _BY_SUBJECT[fact.subject]
    own = fact.flow == "revenue" and (fact.fund == "general_budget" or fact.revenue_code == "1030148")
    if own and (found := _BY_CODE.get(fact.revenue_code or "")):
        return found
    words = unnumbered(fact.row_label)
    return next(
        (name for name, flow, pattern in _BY_LABEL if fact.flow == flow and pattern.match(words)), None
    )


def _debt_measure(fact: Fact) -> str | None:
    kind = fact.debt_kind or "all"
    if fact.debt_bond == "new" and fact.debt_measure == "limit":
        return _NEW_LIMITS[kind]
    name = _DEBT.get(fact.debt_measure or "")
    if name is None or fact.debt_bond not in (None, "all"):
        return None
    return name if kind == "all" else f"{kind}_{name}"
