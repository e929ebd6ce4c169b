"""Lists in a text: the parts under 其中 add up to their whole, and so do their changes (I15-sum).

Invariant: a list is tested only where it is known to be complete: its subjects are the parts that make up the
whole by definition, or its amounts do add up (then its changes must, too), or would but for one number that
is mistyped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from parsers.prose.checks.left_out import is_left_out
from parsers.prose.checks.narrower import is_narrower
from parsers.prose.checks.slips import is_slip
from parsers.prose.checks.verdict import CENT, verdict_on
from parsers.prose.figure import Figure
from parsers.prose.paragraph import Paragraph
from parsers.prose.vocabulary import terms
from parsers.prose.words import amounts, printed_amount
from parsers.values.messages import Message, message
from parsers.values.results import Check
from parsers.values.vocabulary import CheckStatus, Severity

HUNDRED = Decimal(100)
_SPENT = re.compile(r"执行率|自评")  # what was planned and what was spent, mixed
ONE = Decimal(1)
ENOUGH = Decimal(100_000)  # yuan from which equal amounts are not chance
SEVERAL = 2
REACH = 14  # figures behind a whole in which its parts are looked for
_OF_ALL = re.compile("相抵|抵消|抵减|冲抵|合计|共计|总计|净[增减]|总体|综合")
"""Words of a change that is what the others leave: 增减相抵后增加 9 万元 is not one more part."""
_OTHER_PARTS = ("经营", "上缴", "附属", "结转", "结余", "预备", "年初预算")


def check_sums(figures: Sequence[Figure], text: Sequence[Paragraph] = ()) -> tuple[Check, ...]:
    """The sums of amounts and of changes of every list that can be tested. `text`, the paragraphs the figures
    are of, may name a part that the list leaves out."""
    checks: list[Check] = []
    for at, whole in enumerate(figures):
        if whole.amount is None or _SPENT.search(whole.sentence):
            continue
        parts = _defined_parts(figures, at)
        listed = [f for f in figures if f.part_of == at and f.amount and not _OF_ALL.search(f.words)]
        if parts and _lacks_a_part(figures, text, whole, parts):
            continue
        if parts and not (
            len(listed) > len(parts) and _adds_up(whole, listed) and not _adds_up(whole, parts)
        ):
            checks.append(_sum_of_amounts(whole, parts))
            checks.extend(_sum_of_changes(figures, whole, parts))
        else:
            if len(listed) >= 2 and _adds_up(whole, listed):
                checks.append(_sum_of_amounts(whole, listed))
                # What was spent last year on classes that this year has none of may be in the whole's change.
                checks.extend(_sum_of_changes(figures, whole, listed, complete=False))
            elif len(listed := _of_one_list(whole, listed)) >= 2 and _are_mistyped(whole, listed):
                checks.append(_sum_of_amounts(whole, listed))
    return (*checks, *_sums_of_bare_changes(figures))


def _lacks_a_part(
    figures: Sequence[Figure], text: Sequence[Paragraph], whole: Figure, parts: Sequence[Figure]
) -> bool:
    missing = _amount(whole) - _total(parts)
    return is_left_out(figures, text, whole, parts, missing, _slack([whole, *parts]))


def _of_one_list(whole: Figure, listed: Sequence[Figure]) -> list[Figure]:
    """The parts of the whole's own sentence, where it has several, else those of its paragraph (；ends a
    sentence, and not the list), else all; [] where one of them is all of it: what a later sentence names is a
    part of something else."""
    inside = [figure for figure in listed if figure.sentence == whole.sentence]
    if len(inside) < SEVERAL:
        inside = [figure for figure in listed if figure.paragraph == whole.paragraph] or list(listed)
    return [] if any(_amount(figure) == _amount(whole) for figure in listed) else inside


def _is_mistyped(whole: Decimal, parts: Sequence[Decimal], place: Decimal) -> bool:
    """Whether one number, typed otherwise, would make the sum come true."""
    gap = sum(parts, Decimal(0)) - whole
    return is_slip(whole, whole + gap, place) or any(is_slip(part, part - gap, place) for part in parts)


def _are_mistyped(whole: Figure, listed: Sequence[Figure]) -> bool:
    """The same for amounts, none of which is negative."""
    parts = [_amount(figure) for figure in listed]
    gap = sum(parts, Decimal(0)) - _amount(whole)
    positive = [part for part in parts if part - gap > 0]
    return is_slip(_amount(whole), _amount(whole) + gap, _place(whole)) or any(
        is_slip(part, part - gap, _place(whole)) for part in positive
    )


def _place(figure: Figure) -> Decimal:
    return figure.amount.place if figure.amount else CENT


def _sums_of_bare_changes(figures: Sequence[Figure]) -> Iterator[Check]:
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


def _names_every_amount(reason: str) -> bool:
    """Whether each amount of a reason is a change that it names: else one more part may be among the rest."""
    return len(list(_listed_amounts(reason))) == len(_changes_in_reason(reason))


def _listed_amounts(reason: str) -> Iterator[re.Match[str]]:
    """The amounts of a reason, without what the others leave (增减相抵后，净增加 8 万元)."""
    ends = [0, *(match.end() for match in amounts(reason))]
    for end, match in zip(ends, amounts(reason), strict=False):
        if not _OF_ALL.search(reason[end : match.start()]):
            yield match


def _is_of_all(figure: Figure) -> bool:
    """Whether a change is that of all parts together."""
    return bool(_OF_ALL.search(figure.words) or "净" in (figure.change_verb or ""))


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


def _defined_parts(figures: Sequence[Figure], at: int) -> list[Figure]:
    """The parts that make up the figure's subject, each named once behind it in the same section; [] where
    one is missing, where the list names other parts, or where the whole is named again in between."""
    whole = figures[at]
    names = terms().subjects[whole.subject].parts if whole.subject else ()
    found: dict[str, Figure] = {}
    for i in range(at + 1, min(at + 1 + REACH, len(figures))):
        figure = figures[i]
        if figure.headings[:1] != whole.headings[:1] or figure.subject == whole.subject:
            break
        if figure.headings != whole.headings and names and all(name in found for name in names):
            break
        if figure.amount and any(word in figure.words for word in _OTHER_PARTS) and figure.amount.yuan:
            return []
        if figure.amount and figure.subject and figure.part_of is not None and not is_narrower(figures, i):
            found.setdefault(figure.subject, figure)
    if names and all(name in found for name in names):
        return [found[name] for name in names]
    return _with_parts_of_parts(names, found)


def _with_parts_of_parts(names: Sequence[str], found: dict[str, Figure]) -> list[Figure]:
    """A part that is only given by its own parts: 购置费 and 运行维护费 for 公务用车购置及运行费."""
    parts: list[Figure] = []
    for name in names:
        inner = (name,) if name in found else terms().subjects[name].parts
        if not inner or any(item not in found for item in inner):
            return []
        parts.extend(found[item] for item in inner)
    return parts


def _adds_up(whole: Figure, parts: Sequence[Figure]) -> bool:
    return abs(_total(parts) - _amount(whole)) <= _slack([whole, *parts])


def _sum_of_amounts(whole: Figure, parts: Sequence[Figure]) -> Check:
    left, right = _amount(whole), _total(parts)
    status: CheckStatus = (
        CheckStatus.HOLDS
        if left == right
        else CheckStatus.ROUNDING
        if _adds_up(whole, parts)
        else CheckStatus.FAILS
    )
    listed = tuple(message("part", words=part.words, yuan=_amount(part)) for part in parts)
    what = message("parts_add_up", whole=left, parts=listed, total=right)
    return verdict_on(
        "I15-sum", whole, status, what, left=left, right=right, tolerance=_slack([whole, *parts])
    )


def _sum_of_changes(
    figures: Sequence[Figure], whole: Figure, parts: Sequence[Figure], *, complete: bool = True
) -> Iterator[Check]:
    """A part that may have fallen without saying so explains a smaller whole, which is then not judged. A
    list that need not be `complete` fails only where something says why."""
    elsewhere = [figure for figure in figures if figure not in parts]
    elsewhere = elsewhere if _amount(whole) else []  # of nothing there are many
    change = whole.signed_change if whole.change else _change_stated_elsewhere(elsewhere, whole)
    changes = [_change(part) for part in parts]
    if change is None or None in changes or not any(part.change for part in parts):
        return
    known = [item for item in changes if item is not None]
    slack = _slack([whole, *parts]) + sum((part.change.step for part in parts if part.change), Decimal(0)) / 2
    by_rate = [part for part in parts if part.percent and not part.change and part.amount and _amount(part)]
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
    before = _amount(part) - change
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
    yield verdict_on("I15-percent", part, status, what, right=change, severity=Severity.WARNING)


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
        if other and other.words != part.words and _amount(other) != _amount(part):
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
    return verdict_on("I15-change-sum", whole, status, what, left=change, right=total, tolerance=slack)


def _change_stated_elsewhere(figures: Sequence[Figure], whole: Figure) -> Decimal | None:
    """The change other sentences give for the same amount, where all agree; `figures` hold no part of it: one
    part may be all of the amount and not all of the change."""
    changes = {
        figure.signed_change
        for figure in figures
        if figure.change and not figure.against_budget and _amount(figure) == _amount(whole)
    }
    return changes.pop() if len(changes) == 1 else None


def _may_have_fallen(parts: Sequence[Figure]) -> bool:
    """Whether a part is nothing this year, and the text is silent on the year before."""
    return any(not _amount(part) and not (part.change or part.unchanged or part.percent) for part in parts)


def _change(part: Figure) -> Decimal | None:
    """A part's change: as printed, nothing where there is nothing, from the rate where only that is
    printed, and all of it where the reason says that the item is new."""
    if part.change or part.unchanged:
        return part.signed_change
    amount, rate = _amount(part), part.signed_percent
    if amount == 0:
        return Decimal(0)
    if rate is not None and rate > -100:
        return amount - amount / (1 + rate / 100)
    if part.reason and ("新增" in part.reason or "此项" in part.reason):
        return amount
    return None


def _amount(figure: Figure) -> Decimal:
    return figure.amount.yuan if figure.amount else Decimal(0)


def _total(parts: Sequence[Figure]) -> Decimal:
    return sum(map(_amount, parts), Decimal(0))


def _slack(figures: Sequence[Figure]) -> Decimal:
    return sum((figure.amount.step for figure in figures if figure.amount), Decimal(0)) / 2
