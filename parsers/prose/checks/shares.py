"""Shares in a text (占 x%): a part, divided by the whole it is said to be a part of (I15-share).

Invariant: a share fails only where no whole of the text or of the tables gives it, and the whole it should be
of is known: named beside it, the one it is listed under, or the one its neighbours are shares of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from parsers.prose.checks.arithmetic import HUNDRED, judge
from parsers.prose.checks.change_sums import slack_of
from parsers.prose.checks.index import Index
from parsers.prose.checks.verdict import verdict_on
from parsers.prose.figure import Figure
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import Check
from parsers.values.vocabulary import CheckStatus, NamedRule, Severity

_L = lexicon_of(__name__)

REACH = 24  # figures before a share among which its whole may stand
_UNNAMED = _L.words("unnamed")  # of the list they stand in
RUN = 12  # shares that may make up one whole


def check_shares(figures: Sequence[Figure], index: Index) -> tuple[Check, ...]:
    """One check for every share of an amount."""
    shares = [
        at for at, figure in enumerate(figures) if figure.share and figure.amount and figure.amount.yuan
    ]
    wholes = {at: _fitting(figures[at], _wholes(figures, at, shares, index)) for at in shares}
    return tuple(_check(figures, at, shares, wholes, index) for at in shares)


def _wholes(figures: Sequence[Figure], at: int, shares: Sequence[int], index: Index) -> Iterator[Decimal]:
    """Amounts that the share may be of, the likeliest first."""
    part_of = figures[at].part_of
    near = figures[max(at - REACH, 0) : at]
    for figure in (*(() if part_of is None else (figures[part_of],)), *reversed(near), *figures):
        if figure.amount and figure.amount.yuan:
            yield figure.amount.yuan
    yield from _sums(figures, at, shares)
    yield from index.totals


def _sums(figures: Sequence[Figure], at: int, shares: Sequence[int]) -> Iterator[Decimal]:
    """The sums of the runs of shares of one section around `at`."""
    section = [i for i in shares if figures[i].headings[:2] == figures[at].headings[:2]]
    here = section.index(at)
    for start in range(max(here - RUN, 0), here + 1):
        total = sum((_amount(figures[i]) for i in section[start:here]), Decimal(0))
        for i in section[here : here + RUN]:
            total += _amount(figures[i])
            if i != section[start]:
                yield total


def _amount(figure: Figure) -> Decimal:
    return figure.amount.yuan if figure.amount else Decimal(0)


def _fitting(figure: Figure, wholes: Iterator[Decimal]) -> Decimal | None:
    """The first whole that gives the share."""
    return next((whole for whole in wholes if _verdict(figure, whole)[0] == CheckStatus.HOLDS), None)


def _verdict(figure: Figure, whole: Decimal) -> tuple[CheckStatus, Severity | None]:
    assert figure.amount and figure.share
    slack = figure.amount.step / 2
    return judge(
        figure.share,
        (figure.amount.yuan - slack) / (whole + slack) * HUNDRED,
        (figure.amount.yuan + slack) / max(whole - slack, Decimal("0.01")) * HUNDRED,
    )


def _check(
    figures: Sequence[Figure],
    at: int,
    shares: Sequence[int],
    wholes: dict[int, Decimal | None],
    index: Index,
) -> Check:
    figure = figures[at]
    assert figure.amount and figure.share
    whole = _whole_of_list(figures, at, wholes) or wholes[at]
    status: CheckStatus = CheckStatus.HOLDS
    severity: Severity | None = None
    if whole is None or _verdict(figure, whole)[0] != CheckStatus.HOLDS:
        whole = whole or _known_whole(figures, at, shares, wholes, index)
        status, severity = (CheckStatus.UNTESTABLE, None) if whole is None else _verdict(figure, whole)
        if status == CheckStatus.ROUNDING and _rounds_up(figures, at, wholes):
            status, severity = (
                CheckStatus.FAILS,
                Severity.WARNING,
            )  # cut off, where the shares beside it are rounded
        if severity == Severity.WARNING:
            severity = Severity.INFO  # one in the last place, perhaps made to fit 100 %: an observation
    if whole is None:
        why = message("share_of_unknown", share=figure.share.yuan)
        return verdict_on(NamedRule.I15_SHARE, figure, status, why, left=figure.amount.yuan)
    exact = figure.amount.yuan / whole * HUNDRED
    what = message(
        "share",
        amount=figure.amount.yuan,
        whole=whole,
        exact=exact.quantize(Decimal("0.01")),
        share=figure.share.yuan,
    )
    return verdict_on(
        NamedRule.I15_SHARE, figure, status, what,
        left=figure.amount.yuan, right=whole * figure.share.yuan / HUNDRED,
        tolerance=whole * figure.share.step / (2 * HUNDRED), severity=severity,
    )  # fmt: skip


def _whole_of_list(figures: Sequence[Figure], at: int, wholes: dict[int, Decimal | None]) -> Decimal | None:
    """What a list of shares adds up to, where another share of it is one of just that."""
    listed = [i for i in wholes if i == at or _are_listed_together(figures[i], figures[at])]
    total = sum((_amount(figures[i]) for i in listed), Decimal(0))
    slack = slack_of([figures[i] for i in listed])
    others = (wholes[i] for i in listed if i != at)
    return next((whole for whole in others if whole and abs(whole - total) <= slack), None)


def _sum_of_list(figures: Sequence[Figure], at: int, shares: Sequence[int]) -> Decimal | None:
    """What a list of shares adds up to, where every other share of it, one at least, fits that."""
    listed = [i for i in shares if i == at or _are_listed_together(figures[i], figures[at])]
    total = sum((_amount(figures[i]) for i in listed), Decimal(0))
    others = [_verdict(figures[i], total)[0] for i in listed if i != at]
    return total if others and set(others) == {CheckStatus.HOLDS} else None


def _rounds_up(figures: Sequence[Figure], at: int, wholes: dict[int, Decimal | None]) -> bool:
    """Whether a share listed together with this one is rounded up."""
    return any(
        _exact(other, whole) < other.share.yuan
        for i, whole in wholes.items()
        if whole and (other := figures[i]).share and _are_listed_together(other, figures[at])
    )


def _exact(figure: Figure, whole: Decimal) -> Decimal:
    return _amount(figure) / whole * HUNDRED


def _known_whole(
    figures: Sequence[Figure],
    at: int,
    shares: Sequence[int],
    wholes: dict[int, Decimal | None],
    index: Index,
) -> Decimal | None:
    """The whole a share that fits none should be of."""
    figure = figures[at]
    here = shares.index(at)
    beside = [
        whole
        for i in (*shares[here + 1 : here + 2], *shares[max(here - 1, 0) : here])
        if (whole := wholes[i]) and _are_listed_together(figures[i], figure)
    ]
    named = _named_whole(figures, figure, index)
    if named is None and figure.share_of is not None and figure.share_words not in _UNNAMED:
        return None  # of what the text names, and gives no amount of
    listed = figures[figure.part_of].amount if figure.part_of is not None else None
    candidates = [named, _sum_of_list(figures, at, shares), *beside, listed.yuan if listed else None]
    return next((whole for whole in candidates if whole and whole >= _amount(figure)), None)


def _are_listed_together(one: Figure, other: Figure) -> bool:
    if one.share_words != other.share_words:
        return False
    if one.paragraph == other.paragraph:
        return one.part_of == other.part_of
    return one.headings == other.headings and abs(one.paragraph - other.paragraph) <= RUN


def _named_whole(figures: Sequence[Figure], figure: Figure, index: Index) -> Decimal | None:
    """The amount of what the share is said to be of; of several, the one that comes nearest to giving it."""
    if figure.share_of is None or figure.share is None:
        return None
    found = {
        _amount(other)
        for other in figures
        if other.subject == figure.share_of or other.words.endswith(figure.share_words)
    }
    found |= {c.yuan for c in index.of_subject(figure.share_of) if not c.weak}
    wanted = _amount(figure) * HUNDRED / figure.share.yuan if figure.share.yuan else Decimal(0)
    return min((w for w in found if w >= _amount(figure)), key=lambda w: abs(w - wanted), default=None)
