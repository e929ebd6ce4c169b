"""Changes of a list: those of the parts add up to that of the whole (I15-change-sum).

Invariant: a part that may have fallen without saying so, or a list that need not be complete, is never held
against the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from parsers.accounting.slips import is_mistyped
from parsers.prose.checks.verdict import CENT, verdict_on
from parsers.prose.figure import Figure
from parsers.prose.vocabulary import terms
from parsers.prose.words import amounts_in, printed_amount
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message
from parsers.values.results import Check
from parsers.values.vocabulary import CheckStatus, NamedRule, Severity

_TO_NOTHING = -100  # percent; it does not say what was there before
_L = lexicon_of(__name__)
_NET = _L.text("net")
_NEW = _L.text("new")
_THIS_ITEM = _L.text("this_item")

HUNDRED = Decimal(100)
ONE = Decimal(1)
ENOUGH = Decimal(100_000)  # yuan from which equal amounts are not chance
REACH = 14  # figures behind a whole in which its parts are looked for
OF_ALL = _L.pattern("of_all")
"""Words of a change that is what the others leave: 增减相抵后增加 9 万元 is not one more part."""


def sums_of_bare_changes(figures: Sequence[Figure]) -> Iterator[Check]:
    """收入增加 9 万元，其中：甲增加 10 万元，乙减少 1 万元; and the same behind 主要是."""
    for at, whole in enumerate(figures):
        change = whole.signed_change
        if whole.change is None or change is None:
            continue
        listed = [
            f
            for f in figures[at + 1 : at + 1 + REACH]
            if f.part_of == at
            and not f.amount
            and f.against_budget == whole.against_budget
            and not _is_of_all(f)
        ]
        parts = [(f.words, f.signed_change) for f in listed if f.change and f.signed_change is not None]
        whole_list = bool(parts) or _names_every_amount(whole.reason or "")
        parts = parts or _changes_in_reason(whole.reason or "")
        changes = [part for _, part in parts]
        slack = whole.change.step * (len(changes) + 1) / 2
        holds = abs(sum(changes, Decimal(0)) - change) <= slack
        mistyped = whole_list and _is_mistyped(change, changes, whole.change.place)
        if len(changes) >= 2 and (holds or mistyped):
            yield _change_sum(whole, change, parts, slack)


def _is_mistyped(whole: Decimal, parts: Sequence[Decimal], place: Decimal) -> bool:
    """Whether one number, typed otherwise, would make the sum come true."""
    gap = sum(parts, Decimal(0)) - whole
    return is_mistyped(whole, whole + gap, place) or any(
        is_mistyped(part, part - gap, place) for part in parts
    )


def _is_of_all(figure: Figure) -> bool:
    """Whether a change is that of all parts together."""
    return bool(OF_ALL.search(figure.words) or _NET in (figure.change_verb or ""))


def _names_every_amount(reason: str) -> bool:
    """Whether each amount of a reason is a change that it names: else one more part may be among the rest."""
    return len(list(_listed_amounts(reason))) == len(_changes_in_reason(reason))


def _listed_amounts(reason: str) -> Iterator[re.Match[str]]:
    """The amounts of a reason, without what the others leave (增减相抵后，净增加 8 万元)."""
    ends = [0, *(match.end() for match in amounts_in(reason))]
    for end, match in zip(ends, amounts_in(reason), strict=False):
        if not OF_ALL.search(reason[end : match.start()]):
            yield match


def _changes_in_reason(reason: str) -> list[tuple[str, Decimal]]:
    """The changes a reason lists, decreases negative: 基本支出增加 9 万元，项目支出减少 1 万元."""
    found = ((terms().verbs.search(reason[: match.start()]), match) for match in _listed_amounts(reason))
    return [
        (
            re.split("[，；、。]", reason[: verb.start()])[-1],
            printed_amount(match).yuan * (1 if verb["verb"] in terms().increase else -1),
        )
        for verb, match in found
        if verb
    ]


def sum_of_changes(
    figures: Sequence[Figure], whole: Figure, parts: Sequence[Figure], *, complete: bool = True
) -> Iterator[Check]:
    """A part that may have fallen without saying so explains a smaller whole, which is then not judged. A
    list that need not be `complete` fails only where something says why."""
    elsewhere = [figure for figure in figures if figure not in parts]
    elsewhere = elsewhere if amount_of(whole) else []  # of nothing there are many
    change = whole.signed_change if whole.change else _change_stated_elsewhere(elsewhere, whole)
    changes = [_change(part) for part in parts]
    if change is None or None in changes or not any(part.change for part in parts):
        return
    known = [item for item in changes if item is not None]
    steps = sum((part.change.step for part in parts if part.change), Decimal(0))
    slack = slack_of([whole, *parts]) + steps / 2
    by_rate = [part for part in parts if part.percent and not part.change and part.amount and amount_of(part)]
    if len(by_rate) == 1 and whole.change:
        yield from _rate_left_over(by_rate[0], change - (sum(known, Decimal(0)) - (_change(by_rate[0]) or 0)))
    if _may_have_fallen(parts) and change < sum(known, Decimal(0)) - slack:
        return
    listed = [(part.words, item) for part, item in zip(parts, known, strict=True) if item]
    why = _mixed_up_base(figures, parts)
    found = _change_sum(whole, change, listed, slack, why)
    if complete or why or found.status == CheckStatus.HOLDS:
        yield found


def _rate_left_over(part: Figure, change: Decimal) -> Iterator[Check]:
    """The rate of a part whose change is not printed, from what the other parts leave of the whole's."""
    assert part.percent
    before = amount_of(part) - change
    if before <= 0:
        return
    exact = change / before * HUNDRED
    status: CheckStatus = (
        CheckStatus.HOLDS
        if abs(abs(exact) - part.percent.yuan) <= max(part.percent.step, ONE)
        else CheckStatus.FAILS
    )
    what = message(
        "rate_left_over",
        words=part.words,
        change=change,
        exact=exact.quantize(CENT),
        rate=part.signed_percent,
    )
    yield verdict_on(NamedRule.I15_PERCENT, part, status, what, right=change, severity=Severity.WARNING)


def _mixed_up_base(figures: Sequence[Figure], parts: Sequence[Figure]) -> Message | None:
    """Which part seems to be compared with another item's amount of the year before: both changes imply the
    same one, though the amounts differ."""
    others = {
        before: other
        for other in figures
        if other not in parts and (before := _before(other)) and before >= ENOUGH
    }
    for part in parts:
        other = others.get(_before(part) or Decimal(0))
        if other and other.words != part.words and amount_of(other) != amount_of(part):
            return message("base_of_another", part=part.words, before=_before(part), other=other.words)
    return None


def _before(figure: Figure) -> Decimal | None:
    """The amount of the year before that amount and change imply."""
    if not figure.amount or not figure.change or figure.signed_change is None:
        return None
    return figure.amount.yuan - figure.signed_change


def _change_sum(
    whole: Figure,
    change: Decimal,
    parts: Sequence[tuple[str, Decimal]],
    slack: Decimal,
    why: Message | None = None,
) -> Check:
    total = sum((item for _, item in parts), Decimal(0)).quantize(CENT)
    status: CheckStatus = CheckStatus.HOLDS if abs(total - change) <= slack else CheckStatus.FAILS
    listed = tuple(message("part_change", words=words, yuan=item) for words, item in parts)
    what = message("changes_add_up", change=change, parts=listed, total=total)
    if why and status == CheckStatus.FAILS:
        what = message("clauses", parts=(what, why))
    return verdict_on(
        NamedRule.I15_CHANGE_SUM, whole, status, what, left=change, right=total, tolerance=slack
    )


def _change_stated_elsewhere(figures: Sequence[Figure], whole: Figure) -> Decimal | None:
    """The change other sentences give for the same amount, where all agree; `figures` hold no part of it: one
    part may be all of the amount and not all of the change."""
    changes = {
        figure.signed_change
        for figure in figures
        if figure.change and not figure.against_budget and amount_of(figure) == amount_of(whole)
    }
    return changes.pop() if len(changes) == 1 else None


def _may_have_fallen(parts: Sequence[Figure]) -> bool:
    """Whether a part is nothing this year, and the text is silent on the year before."""
    return any(not amount_of(part) and not (part.change or part.unchanged or part.percent) for part in parts)


def _change(part: Figure) -> Decimal | None:
    """A part's change: as printed, nothing where there is nothing, from the rate where only that is
    printed, and all of it where the reason says that the item is new."""
    if part.change or part.unchanged:
        return part.signed_change
    amount, rate = amount_of(part), part.signed_percent
    if amount == 0:
        return Decimal(0)
    if rate is not None and rate > _TO_NOTHING:
        return amount - amount / (1 + rate / 100)
    if part.reason and (_NEW in part.reason or _THIS_ITEM in part.reason):
        return amount
    return None


def amount_of(figure: Figure) -> Decimal:
    """The amount of a figure in yuan; zero where it has none."""
    return figure.amount.yuan if figure.amount else Decimal(0)


def total_of(parts: Sequence[Figure]) -> Decimal:
    """The amounts of figures added up, in yuan."""
    return sum(map(amount_of, parts), Decimal(0))


def slack_of(figures: Sequence[Figure]) -> Decimal:
    """What rounding may add to a sum of these amounts, in yuan."""
    return sum((figure.amount.step for figure in figures if figure.amount), Decimal(0)) / 2
