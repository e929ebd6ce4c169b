"""The measure (`general_revenue`, `special_debt_balance` …) an amount of a government's table stands for.

Invariant: a measure is given to the sum itself and never to a part of it, and the vocabulary is that of the
statements (`archive/dataset/schema/words.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact
from parsers.values.text import unnumbered
from parsers.values.vocabulary import DebtBond, DebtKind, DebtMeasure, Flow, FundSource, Period

_L = lexicon_of(__name__)

_BY_SUBJECT = _L.names("by_subject")
_BY_CODE = {"101": "tax_revenue", "103": "nontax_revenue", "1030148": "land_revenue"}
_FLOWS = {
    "remitted_up": "transfers_paid",
    "stabilisation_used": "moved_in",
    "stabilisation_added": "moved_out",
}
"""Of measures that are not called like their flow."""
_BY_LABEL = tuple(
    (measure, _FLOWS.get(measure, measure), re.compile(words))
    for measure, words in _L.names("by_label").items()
)
_DEBT: Mapping[str, str] = {
    DebtMeasure.LIMIT: "debt_limit",
    DebtMeasure.BALANCE: "debt_balance",
    DebtMeasure.ISSUED: "debt_issued",
    DebtMeasure.REPAID: "debt_repaid",
}
_NEW_LIMITS: Mapping[str, str] = {
    DebtKind.ALL: "new_debt_limit",
    DebtKind.GENERAL: "new_general_debt_limit",
    DebtKind.SPECIAL: "new_special_debt_limit",
}


def measure_of(fact: Fact) -> str | None:
    """The measure of a fact whose meaning is filled in, or None where it is a part or a change."""
    if fact.period == Period.CHANGE:
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


def _debt_measure(fact: Fact) -> str | None:
    kind = fact.debt_kind or DebtKind.ALL
    if fact.debt_bond == DebtBond.NEW and fact.debt_measure == DebtMeasure.LIMIT:
        return _NEW_LIMITS[kind]
    name = _DEBT.get(fact.debt_measure or "")
    if name is None or fact.debt_bond not in (None, DebtBond.ALL):
        return None
    return name if kind == DebtKind.ALL else f"{kind}_{name}"
