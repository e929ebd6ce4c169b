"""Wholes that list transfers: (1)本级收入49亿元; (2)转移性收入433亿元; 其中：本级支出8亿元，上解支出2亿元.

Invariant: an amount loses its measure here and gains none: one that is not smaller than its own part and its
transfers together is the account with all transfers, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from parsers.prose.report.scope import ReportFigure
from parsers.values.lexicon import lexicon_of
from parsers.values.vocabulary import Measure

_L = lexicon_of(__name__)
_ITEM = _L.pattern("item")
_TRANSFERS = {
    Measure.GENERAL_REVENUE: _L.pattern("received"),
    Measure.GENERAL_EXPENDITURE: _L.pattern("paid"),
}

BARE = 2  # characters of 收入, 支出: themselves parts
_LISTED = _L.pattern("listed")
_LISTED_TRANSFER = _L.pattern("listed_transfer")


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
    for at, figure in enumerate(found):
        if figure.measure in _TRANSFERS and _holds_transfers(figure, found[:at], found[at + 1 :]):
            figures[at] = replace(figures[at], measure=None)
    return tuple(figures)


def _holds_transfers(
    whole: ReportFigure, before: Sequence[ReportFigure], behind: Sequence[ReportFigure]
) -> bool:
    """Whether 其中 behind the first amount of a sentence lists transfers and it is not smaller."""
    first = all(one.sentence != whole.sentence or one.measure == whole.measure for one in before[-4:])
    if not first or len(whole.words) <= BARE:
        return False
    items = list(takewhile(lambda one: one.group == whole.group, behind))
    last = next((at for at, one in enumerate(items) if _LISTED_TRANSFER.search(one.words)), None)
    if last is None or whole.amount.yuan < sum(one.amount.yuan for one in items[: last + 1]):
        return False
    text = "".join(dict.fromkeys(one.sentence for one in (whole, *items[: last + 1])))
    return bool(_LISTED.match(text.partition(whole.words)[2].partition(items[last].words)[0]))
