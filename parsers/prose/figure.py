"""One figure of the text: an amount, what it is about, how it changed, which share it is, and why.

Invariant: a figure holds what its words say and nothing else; signs follow the words of change. A percentage
in front of which the clause names something else is not the figure's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers.prose.vocabulary import terms
from parsers.prose.words import (
    COMPLETION,
    NUMBER,
    RATE,
    SHARE,
    Printed,
    amounts_in,
    printed_percent,
    subject_words,
)
from parsers.values.lexicon import lexicon_of
from parsers.values.vocabulary import Direction

USUAL = 0.3  # share of a unit's numbers that shows the precision a document keeps
_L = lexicon_of(__name__)
_OF_SEVERAL = _L.pattern("of_several")
_DECREASE = _L.text("decrease")
_INCREASE = _L.text("increase")
_OF = _L.text("of")
_IN_BRACKETS = re.compile(rf"\((?P<number>{NUMBER})%\)")
_SAYS_NOTHING = _L.pattern("says_nothing")


def direction_of(verb: str) -> Direction:
    """What a word of change says: 增加, 增幅 … increase, any other decrease."""
    return Direction.INCREASE if verb in terms().increase else Direction.DECREASE


@dataclass(frozen=True, slots=True)
class Figure:
    """`paragraph` numbers the paragraph; `words` stand in front of the amount, `classes` are the names of
    classes among them with the digits of their codes; `part_of` is the position (in the document's figures)
    of the whole it is listed under, `share_of` what its share is said to be of (`share_words` as printed);
    `completion` is the share of `budget` that was spent, `planned` marks an amount that is said to be the
    budget; `prior` is the amount it is compared with; a change `against_budget` is one to the budget, not to
    a year before; `year` and `fund` are named by its words, the fund of a part by those of its whole, too."""

    sentence: str
    page: int | None
    paragraph: int
    headings: tuple[str, ...]
    words: str
    subject: str | None = None
    code: str | None = None
    amount: Printed | None = None
    change: Printed | None = None
    change_verb: str | None = None
    percent: Printed | None = None
    percent_verb: str | None = None
    share: Printed | None = None
    share_of: str | None = None
    share_words: str = ""
    completion: Printed | None = None
    classes: tuple[tuple[int, str], ...] = ()
    unchanged: bool = False
    reason: str | None = None
    budget: Printed | None = None
    planned: bool = False
    prior: Printed | None = None
    against_budget: bool = False
    part_of: int | None = None
    year: int | None = None
    fund: str | None = None

    @property
    def direction(self) -> Direction | None:
        """Increase, decrease or unchanged, by the verb; None where the sentence does not say."""
        for verb in (self.change_verb, self.percent_verb):
            if verb:
                return direction_of(verb)
        return Direction.UNCHANGED if self.unchanged else None

    @property
    def signed_change(self) -> Decimal | None:
        """The change in yuan, negative for a decrease, 0.00 for unchanged; None where none is printed."""
        if self.change is None:
            return Decimal("0.00") if self.unchanged and self.amount else None
        return -self.change.yuan if self.direction == Direction.DECREASE else self.change.yuan

    @property
    def signed_percent(self) -> Decimal | None:
        """The rate of change in percent, negative for a decrease; None where none is printed."""
        if self.percent is None:
            return None
        return -self.percent.yuan if self.direction == Direction.DECREASE else self.percent.yuan


def another_change(base: Figure, now: Figure, against_budget: bool) -> Figure:
    """`base` as a figure for one more change of `now`'s amount: against the budget, or a year before."""
    return replace(
        base, words=now.words, subject=now.subject, code=now.code, part_of=now.part_of, year=now.year,
        fund=now.fund, classes=now.classes, against_budget=against_budget,
    )  # fmt: skip


def at_finest_step(found: Sequence[Figure]) -> tuple[Figure, ...]:
    """Every amount at the precision its document keeps: texts drop trailing zeros (1万元 beside 0.79万元), so
    the finest place that a good part of the numbers of a unit print holds for all of them."""
    numbers = [
        number for figure in found for number in (figure.amount, figure.change) if number and number.yuan
    ]
    finest: dict[Decimal, Decimal] = {}
    for unit in {number.unit for number in numbers}:
        steps = [number.step for number in numbers if number.unit == unit]
        usual = [step for step in set(steps) if steps.count(step) >= USUAL * len(steps)]
        finest[unit] = min(usual, default=max(steps))

    def finer(number: Printed | None) -> Printed | None:
        return number and replace(number, step=min(number.step, finest.get(number.unit, number.step)))

    return tuple(
        replace(figure, amount=finer(figure.amount), change=finer(figure.change)) for figure in found
    )


def reasoned(found: Sequence[Figure], start: int, current: int | None, lead: str | None) -> int | None:
    """The figure a reason explains: the last one of its sentence, from `start` on, that changed (as `lead`,
    the word in front of the reason, says), or the `current` one, or the last. None behind a change and its
    parts, where these go both ways: the reason may be the whole's."""
    changed = [i for i in range(start, len(found)) if found[i].direction]
    meant = [i for i in changed if lead and found[i].direction == direction_of(lead)]
    if changed:
        explained = (meant or changed)[-1]
        both_ways = len({found[i].direction for i in changed}) > 1
        return None if not meant and both_ways and found[explained].part_of in changed else explained
    last = len(found) - 1 if start < len(found) else None
    return last if current is None else current


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
    said = figure.change_verb or _DECREASE in clause or _INCREASE in clause
    if said and figure.percent is None and (rate := _IN_BRACKETS.search(clause)):
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
