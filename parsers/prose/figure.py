"""One figure of the text: an amount, what it is about, how it changed, which share it is, and why.

Invariant: a figure holds what its words say and nothing else; signs follow the words of change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers.prose.vocabulary import terms
from parsers.prose.words import Printed
from parsers.values.vocabulary import Direction

USUAL = 0.3  # share of a unit's numbers that shows the precision a document keeps


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
    the word in front of the reason, says), or the `current` one, or the last."""
    changed = [i for i in range(start, len(found)) if found[i].direction]
    meant = [i for i in changed if lead and found[i].direction == direction_of(lead)]
    if changed:
        return (meant or changed)[-1]
    last = len(found) - 1 if start < len(found) else None
    return last if current is None else current
