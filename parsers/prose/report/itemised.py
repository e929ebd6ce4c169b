"""Wholes whose parts are listed in paragraphs of their own: (1)本级收入49亿元; (2)转移性收入433亿元.

Invariant: an amount loses its measure here and gains none: one that is not smaller than its own part and its
transfers together is the account with all transfers, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parsers.prose.report.scope import ReportFigure
from parsers.values.lexicon import lexicon_of
from parsers.values.vocabulary import Measure

_L = lexicon_of(__name__)
_ITEM = _L.pattern("item")
_TRANSFERS = {
    Measure.GENERAL_REVENUE: _L.pattern("received"),
    Measure.GENERAL_EXPENDITURE: _L.pattern("paid"),
}


def without_itemised_transfers(found: Sequence[ReportFigure]) -> tuple[ReportFigure, ...]:
    """The figures; a 一般公共预算收入 that the items below it show to hold transfers has no measure."""
    figures = list(found)
    for measure, transfers in _TRANSFERS.items():
        whole: int | None = None  # the last amount of the account that no item names
        part: ReportFigure | None = None  # the first amount of the account below it that an item names
        for at, figure in enumerate(found):
            if figure.measure == measure and not _ITEM.match(figure.sentence):
                whole, part = at, None
            elif figure.measure == measure and part is None:
                part = figure
            elif whole is not None and part is not None and transfers.match(figure.sentence):
                if found[whole].amount.yuan >= part.amount.yuan + figure.amount.yuan:
                    figures[whole] = replace(figures[whole], measure=None)
                whole = None
    return tuple(figures)
