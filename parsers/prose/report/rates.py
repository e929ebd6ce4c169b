"""What behind an amount is said of it: how much more or less it is than the year before.

Invariant: a change is not an amount of the measure; a rate whose clause names another measure is left.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from parsers.prose.report.naming import CLAUSE_END, is_frame
from parsers.prose.report.scope import ReportFigure
from parsers.prose.report.vocabulary import report_terms
from parsers.prose.words import RATE, Printed
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_LESS = _L.words("less")
_UNTIL = _L.pattern("until")
_WITHOUT = _L.pattern("without")
_OF_BUDGET = _L.pattern("of_budget")
_EARLIER = _L.pattern("earlier")  # 比上年预算数增长: against the year before, budget by budget


def named_change(clause: str) -> re.Match[str] | None:
    """The word that makes the amount behind `clause` a change: 增收8.2亿元, but not 增长到8.2亿元."""
    match = report_terms().change.search(clause)
    if match is None:
        return None
    rest = clause[match.end() :]
    return None if _UNTIL.search(rest) or report_terms().measure(rest) else match


def is_of_another(clause: str, change: re.Match[str]) -> bool:
    """Whether words in front of the change name another thing that changed than the figure before it."""
    front = report_terms().comparison.sub("", clause[: change.start()])
    return bool(front) and not is_frame(front) and report_terms().measure(front) is not None


def is_of_other_base(clause: str, before: str) -> bool:
    """Whether the change that `clause` ends with is not that of the figure against the year before: against a
    budget, or of what is left without a part (剔除新增债券)."""
    return _is_of_budget(clause) or bool(_WITHOUT.search(before))


def _is_of_budget(clause: str) -> bool:
    return bool(_OF_BUDGET.search(clause)) and not _EARLIER.search(clause)


def with_change(figure: ReportFigure, change: re.Match[str], amount: Printed) -> ReportFigure:
    """The figure with `amount` as its change, if it has none."""
    if figure.change is not None or not figure.measure:
        return figure
    return replace(figure, change=amount.yuan if change["more"] else -amount.yuan)


def with_rate(figure: ReportFigure, text: str) -> ReportFigure:
    """The figure with the first rate of `text` as its change in per cent."""
    terms, match = report_terms(), RATE.search(text)
    if match is None or figure.percent is not None or figure.measure is None:
        return figure
    if terms.measure(text[: match.start("verb")]):
        return figure  # 其中：增值税下降18%
    clause = CLAUSE_END.split(text[: match.start()])[-1]
    if clause and not is_frame(clause) and not terms.comparison.search(clause):
        return figure
    if _is_of_budget(clause) or _WITHOUT.search(text[: match.start()]):
        return figure
    percent = Decimal(match["number"])
    return replace(figure, percent=-percent if match["verb"].startswith(_LESS) else percent)
