"""The percentages of a clause: which share, which rate of change, how much of the budget was spent.

Invariant: a percentage in front of which the clause names something else is not the figure's.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.prose.figure import Figure
from parsers.prose.vocabulary import terms
from parsers.prose.words import COMPLETION, NUMBER, RATE, SHARE, amounts, printed_percent, subject_words

_IN_BRACKETS = re.compile(rf"\((?P<number>{NUMBER})%\)")
_SAYS_NOTHING = re.compile(r"^(?:约|各|共|均|分别|其|该项|所|比重|比例|[(，、：])*$")


def with_rates(figure: Figure, clause: str, body: str) -> Figure:
    """The figure with what the clause says of it in percent, or that nothing changed."""
    if completion := COMPLETION.search(clause):
        return replace(figure, completion=printed_percent(completion))
    if share := SHARE.search(clause):
        if figure.share is None and _is_of(figure, _before(clause, share.start()), body):
            words = subject_words(share["of"].removesuffix("的"), body)[0]
            of = terms().subject(words)
            return replace(figure, share=printed_percent(share), share_of=of, share_words=words)
        return figure
    if rate := RATE.search(clause):
        if figure.percent is None:
            return replace(figure, percent=printed_percent(rate), percent_verb=rate["verb"])
        return figure
    if (rate := _IN_BRACKETS.search(clause)) and (figure.change_verb or "减少" in clause or "增加" in clause):
        verb = figure.change_verb or ("减少" if "减少" in clause else "增加")
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
    start = max((match.end() for match in amounts(clause) if match.end() <= end), default=0)
    return clause[start:end]


def _is_of(figure: Figure, before: str, body: str) -> bool:
    """Whether a share with these words in front is the figure's: 基本支出 9 万元，基本支出占支出的 50%; not
    两项合计占 1%."""
    words = subject_words(before, body)[0]
    if re.search(r"合计|[两三四五]项", before):
        return False
    return (
        bool(_SAYS_NOTHING.match(words))
        or words == figure.words
        or (figure.subject is not None and terms().subject(words) == figure.subject)
    )
