"""What behind an amount is said of it: how much more or less it is than the year before.

Invariant: a change is not an amount of the measure; a rate whose clause names another measure is left.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from parsers.prose.report.figure import ReportFigure
from parsers.prose.report.naming import CLAUSE_END, is_frame
from parsers.prose.report.vocabulary import report_terms
from parsers.prose.words import RATE, Printed
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_BUDGET = _L.text("budget")
_LESS = _L.words("less")
_UNTIL = _L.pattern("until")


def named_change(clause: str) -> re.Match[str] | None:
    """The word that makes the amount behind `clause` a change: 增收8.2亿元, but not 增长到8.2亿元."""
    match = report_terms().change.search(clause)
    if match is None:
        return None
    rest = clause[match.end() :]
    return None if _UNTIL.search(rest) or report_terms().measure(rest) else match


def with_change(figure: ReportFigure, change: re.Match[str], amount: Printed, clause: str) -> ReportFigure:
    """The figure with `amount` as its change, if it has none and `clause` compares with no budget."""
    if figure.change is not None or not figure.measure or _BUDGET in clause:
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
    percent = Decimal(match["number"])
    return replace(figure, percent=-percent if match["verb"].startswith(_LESS) else percent)
