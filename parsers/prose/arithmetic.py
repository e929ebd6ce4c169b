"""What a text proves about itself: rates, shares, directions, sums and reasons (I15-percent and the like).

Invariant: every printed number stands for an interval of half its last place to both sides; a test fails only
where no value of the intervals fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from parsers.prose.figures import Figure
from parsers.prose.terms import terms
from parsers.prose.verdict import verdict
from parsers.prose.words import Printed
from parsers.results import Check, CheckStatus, Severity

HUNDRED = Decimal(100)
_OPPOSITE = {"increase": "decrease", "decrease": "increase"}


def check_arithmetic(figures: Sequence[Figure]) -> tuple[Check, ...]:
    """Every test of every figure that needs no table."""
    checks: list[Check] = []
    for figure in figures:
        checks.extend(_directions(figure))
        checks.extend(_rate(figure))
        checks.extend(_reason(figure))
    checks.extend(_shares(figures))
    return tuple(checks)


def _directions(figure: Figure) -> Iterator[Check]:
    """增加 x 万元 beside 下降 y%; an increase by more than there is; a decrease by more than all."""
    amount, change = figure.amount, figure.change
    if change is None or change.yuan <= 0:
        return
    if figure.percent and figure.percent.yuan > 0 and figure.percent_verb:
        other = _direction_of(figure.percent_verb)
        status: CheckStatus = "holds" if other == figure.direction else "fails"
        what = (f"{figure.change_verb} … {figure.percent_verb}", f"{figure.direction} beside {other}")
        yield verdict("I15-direction", figure, status, what)
    if (
        amount
        and figure.direction == "increase"
        and change.yuan > amount.yuan + (change.step + amount.step) / 2
    ):
        what = (
            f"增加额{change.yuan:,}元大于金额{amount.yuan:,}元",
            f"an increase of {change.yuan:,} to {amount.yuan:,} yuan",
        )
        yield verdict("I15-direction", figure, "fails", what, left=change.yuan, right=amount.yuan)


def _direction_of(verb: str) -> str:
    return "increase" if verb in terms().increase or verb == "增幅" else "decrease"


def _rate(figure: Figure) -> Iterator[Check]:
    """Change ÷ amount of the year before = the printed rate."""
    amount, change, rate = figure.amount, figure.change, figure.percent
    if not (amount and change and rate) or change.yuan <= 0 or rate.yuan <= 0:
        return
    sign = -1 if figure.direction == "decrease" else 1
    before = amount.yuan - sign * change.yuan
    if before <= 0:
        return
    slack = (amount.step + change.step) / 2
    low = (change.yuan - change.step / 2) / (before + slack) * HUNDRED
    high = (change.yuan + change.step / 2) / max(before - slack, Decimal("0.01")) * HUNDRED
    status, severity = _judge(rate, low, high)
    exact = change.yuan / before * HUNDRED
    what = (
        f"{figure.change_verb}{change.yuan:,}元，上年{before:,}元，应为{exact:.2f}%，文中为{rate.yuan}%",
        f"change {change.yuan:,} on {before:,} yuan is {exact:.2f}%, printed {rate.yuan}%",
    )
    yield verdict(
        "I15-percent", figure, status, what, left=before * rate.yuan / HUNDRED, right=change.yuan,
        tolerance=before * rate.step / (2 * HUNDRED), severity=severity,
    )  # fmt: skip


def _judge(printed: Printed, low: Decimal, high: Decimal) -> tuple[CheckStatus, Severity | None]:
    """Holds within half the last place; off by one there (cut instead of rounded) is a warning."""
    off = max(low - printed.yuan, printed.yuan - high, Decimal(0))
    if off <= printed.step / 2:
        return "holds", None
    return "fails", ("warning" if off <= printed.step else None)


def _reason(figure: Figure) -> Iterator[Check]:
    """The reason speaks only for the other direction."""
    direction, reason = figure.direction, figure.reason
    if not reason or direction not in _OPPOSITE or (figure.change and figure.change.yuan == 0):
        return
    less = [word for word in terms().reasons_for_less if word in reason]
    more = [word for word in terms().reasons_for_more if word in reason]
    if not (less or more):
        return
    against = (less and not more) if direction == "increase" else (more and not less)
    word = {"increase": ("增加", "an increase"), "decrease": ("减少", "a decrease")}[direction]
    what = (f"{word[0]}的原因为“{reason[:60]}”", f"{word[1]} because of “{reason[:60]}”")
    yield verdict("I15-reason", figure, "fails" if against else "holds", what)


def _shares(figures: Sequence[Figure]) -> Iterator[Check]:
    """占 x%: parts whose shares make up 100% are parts of their sum; else parts of the whole they are listed
    under, where another part listed with them agrees."""
    for group in _whole_groups(figures):
        whole = sum((f.amount.yuan for f in group if f.amount), Decimal(0))
        yield from _shares_of(group, whole, {f.part_of for f in group})
    loose = [f for f in figures if f.share and f.amount and f.part_of is not None]
    grouped = {id(f) for group in _whole_groups(figures) for f in group}
    by_whole: dict[int, list[Figure]] = {}
    for figure in loose:
        if id(figure) not in grouped and figure.part_of is not None:
            by_whole.setdefault(figure.part_of, []).append(figure)
    for at, group in by_whole.items():
        amount = figures[at].amount
        if amount:
            yield from _shares_of(group, amount.yuan, {at})


def _whole_groups(figures: Sequence[Figure]) -> Iterator[list[Figure]]:
    """Runs of shares in one section that add up to 100%, two parts at least."""
    run: list[Figure] = []
    for figure in figures:
        if figure.share is None or figure.amount is None:
            continue
        if run and run[-1].headings[:2] != figure.headings[:2]:
            run = []
        run.append(figure)
        total = sum((f.share.yuan for f in run if f.share), Decimal(0))
        slack = sum((f.share.step for f in run if f.share), Decimal(0))
        if abs(total - HUNDRED) <= slack:
            if len([f for f in run if f.amount and f.amount.yuan]) >= 2:
                yield run
            run = []
        elif total > HUNDRED + slack:
            run = []


def _shares_of(group: Sequence[Figure], whole: Decimal, wholes: set[int | None]) -> Iterator[Check]:
    if whole <= 0:
        return
    judged = [(figure, *_share_verdict(figure, whole)) for figure in group]
    agree = sum(status == "holds" for figure, status, _ in judged if figure.amount and figure.amount.yuan)
    counted = sum(1 for figure, _, _ in judged if figure.amount and figure.amount.yuan)
    certain = agree * 2 >= counted and agree > 0
    for figure, status, severity in judged:
        assert figure.amount and figure.share
        exact = figure.amount.yuan / whole * HUNDRED
        what = (
            f"{figure.amount.yuan:,}元占{whole:,}元的{exact:.2f}%，文中为{figure.share.yuan}%",
            f"{figure.amount.yuan:,} of {whole:,} yuan is {exact:.2f}%, printed {figure.share.yuan}%",
        )
        yield verdict(
            "I15-share", figure, status if certain or status == "holds" else "untestable", what,
            left=figure.amount.yuan, right=whole * figure.share.yuan / HUNDRED,
            tolerance=whole * figure.share.step / (2 * HUNDRED), severity=severity,
        )  # fmt: skip


def _share_verdict(figure: Figure, whole: Decimal) -> tuple[CheckStatus, Severity | None]:
    assert figure.amount and figure.share
    slack = figure.amount.step / 2
    return _judge(
        figure.share,
        (figure.amount.yuan - slack) / (whole + slack) * HUNDRED,
        (figure.amount.yuan + slack) / max(whole - slack, Decimal("0.01")) * HUNDRED,
    )
