"""Lists in a text: the parts under 其中 add up to their whole, and so do their changes (I15-sum).

Invariant: a list is tested only where it is known to be complete: its subjects are the parts that make up the
whole by definition, or its amounts do add up (then its changes must, too), or would but for one number that
is mistyped. Where the text names a part elsewhere (单位预留机动经费) that is exactly as large as what the
list lacks, or names it right behind without an amount, the sum cannot be judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from parsers.accounting.slips import is_mistyped, likeliest
from parsers.prose.checks.change_sums import (
    OF_ALL,
    REACH,
    amount_of,
    slack_of,
    sum_of_changes,
    sums_of_bare_changes,
    total_of,
)
from parsers.prose.checks.narrower import is_narrower
from parsers.prose.checks.verdict import CENT, verdict_on
from parsers.prose.figure import Figure
from parsers.prose.paragraph import Paragraph
from parsers.prose.vocabulary import terms
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import Check
from parsers.values.vocabulary import CheckStatus, NamedRule

_L = lexicon_of(__name__)

_SPENT = _L.pattern("spent")  # what was planned and what was spent, mixed
SEVERAL = 2
FAR = 1000  # last places: more than a chance digit explains
_OTHER_PARTS = _L.words("other_parts")
BEHIND = 4  # paragraphs behind a list, on whatever page, in which a part without an amount may be named
_PART = _L.pattern("part")
_RESERVE = _L.pattern("reserve")


def check_sums(figures: Sequence[Figure], text: Sequence[Paragraph] = ()) -> tuple[Check, ...]:
    """The sums of amounts and of changes of every list that can be tested. `text`, the paragraphs the figures
    are of, may name a part that the list leaves out."""
    checks: list[Check] = []
    for at, whole in enumerate(figures):
        if whole.amount is None or _SPENT.search(whole.sentence):
            continue
        parts = _defined_parts(figures, at)
        listed = [f for f in figures if f.part_of == at and f.amount and not OF_ALL.search(f.words)]
        if parts and _lacks_a_part(figures, text, whole, parts):
            continue
        if parts and not (
            len(listed) > len(parts) and _adds_up(whole, listed) and not _adds_up(whole, parts)
        ):
            checks.append(_sum_of_amounts(whole, parts))
            checks.extend(sum_of_changes(figures, whole, parts))
        else:
            if len(listed) >= 2 and _adds_up(whole, listed):
                checks.append(_sum_of_amounts(whole, listed))
                # What was spent last year on classes that this year has none of may be in the whole's change.
                checks.extend(sum_of_changes(figures, whole, listed, complete=_is_closed(whole)))
            elif (
                len(listed := _of_one_list(whole, listed)) >= SEVERAL
                and _are_mistyped(whole, listed)
                and not _is_between(figures, at, listed)
            ):
                checks.append(_sum_of_amounts(whole, listed))
    return (*checks, *sums_of_bare_changes(figures))


def _is_closed(whole: Figure) -> bool:
    """Whether the subject has parts of its own kind, none of which ends with a year: 三公经费."""
    return whole.subject is not None and len(terms().subjects[whole.subject].parts) > SEVERAL


def _lacks_a_part(
    figures: Sequence[Figure], text: Sequence[Paragraph], whole: Figure, parts: Sequence[Figure]
) -> bool:
    missing = amount_of(whole) - total_of(parts)
    return is_left_out(figures, text, whole, parts, missing, slack_of([whole, *parts]))


def _of_one_list(whole: Figure, listed: Sequence[Figure]) -> list[Figure]:
    """The parts of the whole's own sentence, where it has several, else those of its paragraph (；ends a
    sentence, and not the list), else all; [] where one of them is all of it: what a later sentence names is a
    part of something else."""
    inside = [figure for figure in listed if figure.sentence == whole.sentence]
    if len(inside) < SEVERAL:
        inside = [figure for figure in listed if figure.paragraph == whole.paragraph] or list(listed)
    return [] if any(amount_of(figure) == amount_of(whole) for figure in listed) else inside


def _are_mistyped(whole: Figure, listed: Sequence[Figure]) -> bool:
    """The same for amounts, none of which is negative. Rounding may stand between, but where a list that is
    not complete could lack as little as it does."""
    parts = [amount_of(figure) for figure in listed]
    gap = sum(parts, Decimal(0)) - amount_of(whole)
    slack = slack_of([whole, *listed]) if gap > 0 or -gap >= FAR * _place(whole) else Decimal(0)
    pairs = [(amount_of(whole), gap), *((part, -gap) for part in parts if part - gap > 0)]
    return any(
        is_mistyped(printed, likeliest(printed, printed + off, _place(whole), slack), _place(whole))
        for printed, off in pairs
    )


def _is_between(figures: Sequence[Figure], at: int, listed: Sequence[Figure]) -> bool:
    """Whether an amount between the whole and its last part, which was taken for something else, is just what
    the parts lack."""
    whole = figures[at]
    missing = amount_of(whole) - total_of(listed)
    others = figures[at + 1 : figures.index(listed[-1])]
    slack = slack_of([whole, *listed])
    return any(f.amount and f not in listed and abs(f.amount.yuan - missing) <= slack for f in others)


def _place(figure: Figure) -> Decimal:
    return figure.amount.place if figure.amount else CENT


def _defined_parts(figures: Sequence[Figure], at: int) -> list[Figure]:
    """The parts that make up the figure's subject, each named once behind it in the same section, of no
    other fund; [] where one is missing, where the list names other parts, or where the whole is named again
    in between."""
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
        of_fund = figure.fund in (None, whole.fund) and figure.part_of is not None
        if figure.amount and figure.subject and of_fund and not is_narrower(figures, i):
            known = found.setdefault(figure.subject, figure)
            if known.planned and not (figure.planned or whole.planned):
                found[figure.subject] = figure  # 接待费预算 2 万元，决算 1 万元
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
    return abs(total_of(parts) - amount_of(whole)) <= slack_of([whole, *parts])


def _sum_of_amounts(whole: Figure, parts: Sequence[Figure]) -> Check:
    left, right = amount_of(whole), total_of(parts)
    status: CheckStatus = (
        CheckStatus.HOLDS
        if left == right
        else CheckStatus.ROUNDING
        if _adds_up(whole, parts)
        else CheckStatus.FAILS
    )
    listed = tuple(message("part", words=part.words, yuan=amount_of(part)) for part in parts)
    what = message("parts_add_up", whole=left, parts=listed, total=right)
    return verdict_on(
        NamedRule.I15_SUM, whole, status, what, left=left, right=right, tolerance=slack_of([whole, *parts])
    )


def is_left_out(
    figures: Sequence[Figure],
    text: Sequence[Paragraph],
    whole: Figure,
    parts: Sequence[Figure],
    missing: Decimal,
    slack: Decimal,
) -> bool:
    """Whether what is `missing` (yuan) from the sum of the parts is named elsewhere in the text."""
    if missing <= slack:
        return False
    others = (f for f in figures if f.amount and f is not whole and f not in parts and _PART.search(f.words))
    if any(other.amount and abs(other.amount.yuan - missing) <= slack for other in others):
        return True
    last = max(part.paragraph for part in (whole, *parts))
    behind = text[whole.paragraph : last + 1 + BEHIND]
    named = " ".join(paragraph.text for paragraph in behind)
    return bool(_RESERVE.search(named)) and not any(_RESERVE.search(figure.words) for figure in figures)
