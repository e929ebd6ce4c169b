"""The percentages of a clause: which share, which rate of change, how much of the budget was spent.

Invariant: a percentage in front of which the clause names something else is not the figure's.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.prose.figure import Figure
from parsers.prose.vocabulary import terms
from parsers.prose.words import COMPLETION, NUMBER, RATE, SHARE, amounts_in, printed_percent, subject_words
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_OF_SEVERAL = _L.pattern("of_several")
_DECREASE = _L.text("decrease")
_INCREASE = _L.text("increase")
_OF = _L.text("of")

_IN_BRACKETS = re.compile(rf"\((?P<number>{NUMBER})%\)")
_SAYS_NOTHING = _L.pattern("says_nothing")


def with_rates(figure: Figure, clause: str, body: str) -> Figure:
    """The figure with what the clause says of it in percent, or that nothing changed."""
    if completion := COMPLETION.search(clause):
        return replace(figure, completion=printed_percent(completion))
    if share := SHARE.search(clause):
        if figure.share is None and _is_of(figure, _before(clause, share.start()), body):
            words = subject_words(share["of"].removesuffix(_OF), body)[0]
            of = terms().subject(words)
            return replace(figure, share=printed_percent(share), share_of=of, share_words=words)
        return figure
    if rate := RATE.search(clause):
        if figure.percent is None:
            return replace(figure, percent=printed_percent(rate), percent_verb=rate["verb"])
        return figure
    if (rate := _IN_BRACKETS.search(clause)) and (
        figure.change_verb or _DECREASE in clause or _INCREASE in clause
    ):
        verb = figure.change_verb or (_DECREASE if _DECREASE in clause else _INCREASE)
        return replace(figure, percent=printed_percent(rate), percent_verb=verb)
    if terms().unchanged.search(clause) and not figure.change:
        return replace(figure, unchanged=True)
    return figure


def rate_of_another(figure: Figure, clause: str, body: str) -> str | None:
    """What a rate of change is of, where the clause names another subject: 接待费下降9%，运行费下降31%."""
    rate = RATE.search(clause)
    if rate is None or SHARE.search(clause) or COMPLETION.search(clause):
        return None
    words = subject_words(terms().comparison.sub("", _before(clause, rate.start())), body)[0]
    subject = terms().subject(words)
    return words if subject is not None and subject != figure.subject else None


def _before(clause: str, end: int) -> str:
    """What stands in front of a share, behind the last amount before it."""
    start = max((match.end() for match in amounts_in(clause) if match.end() <= end), default=0)
    return clause[start:end]


def _is_of(figure: Figure, before: str, body: str) -> bool:
    """Whether a share with these words in front is the figure's: 基本支出 9 万元，基本支出占支出的 50%; not
    两项合计占 1%."""
    words = subject_words(before, body)[0]
    if _OF_SEVERAL.search(before):
        return False
    return (
        bool(_SAYS_NOTHING.match(words))
        or words == figure.words
        or (figure.subject is not None and terms().subject(words) == figure.subject)
    )
