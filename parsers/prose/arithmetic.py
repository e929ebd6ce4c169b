"""What a text proves about itself: rates, directions and reasons (I15-percent and the like).

Invariant: every printed number stands for an interval of half its last place to both sides; a test fails only
where no value of the intervals fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from parsers.prose.bases import amounts_beside, bases
from parsers.prose.figures import Figure
from parsers.prose.terms import terms
from parsers.prose.verdict import verdict
from parsers.prose.words import Printed
from parsers.results import Check, CheckStatus, Headline, Severity

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
_COMPARED = re.compile(
    r"(?:比|较|与)(?P<year>20\d\d)年(?:度)?(?:年初|当年)?(?:预算|执行)?数?(?:相比|同口径)?(?:增加|减少|增长|下降|持平)"
)
_OPPOSITE = {"increase": "decrease", "decrease": "increase"}


def check_arithmetic(figures: Sequence[Figure], headline: Headline) -> tuple[Check, ...]:
    """Every test of every figure that needs no table."""
    checks: list[Check] = []
    of = bases(figures)
    for at, figure in enumerate(figures):
        checks.extend(_directions(figure))
        checks.extend(_rate(figures, at, of.get(at)))
        checks.extend(_rate_of_years(figures, at))
        checks.extend(_completion(figures, at))
        checks.extend(_reason(figure))
    if headline.fiscal_year and headline.document_kind == "budget":
        checks.extend(_compared_years(figures, headline.fiscal_year))
    return tuple(checks)


def _compared_years(figures: Sequence[Figure], fiscal_year: int) -> Iterator[Check]:
    """A budget is compared with years before its own, not with itself: 2026年预算 …，比2026年预算增加."""
    seen = set()
    for figure in figures:
        match = _COMPARED.search(figure.sentence)
        if match is None or figure.sentence in seen:
            continue
        seen.add(figure.sentence)
        year = int(match["year"])
        what = (
            f"{fiscal_year}年预算与{year}年比较（“{match[0]}”）",
            f"the budget of {fiscal_year} is compared with {year} (“{match[0]}”)",
        )
        yield verdict("I15-year", figure, "fails" if year >= fiscal_year else "holds", what)


def _directions(figure: Figure) -> Iterator[Check]:
    """增加 x 万元 beside 下降 y%; 持平 beside 增长 y%; an increase by more than there is."""
    amount, change = figure.amount, figure.change
    still = figure.unchanged if change is None else change.yuan == 0
    if still and figure.percent and figure.percent.yuan > 0:
        said = f"{figure.percent_verb}{figure.percent.yuan}%"
        what = (f"持平（或增减为零）… {said}", f"no change beside {figure.signed_percent}%")
        yield verdict("I15-direction", figure, "fails", what)
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


def _rate(figures: Sequence[Figure], at: int, base: Figure | None) -> Iterator[Check]:
    """Change ÷ amount of the year before = the printed rate, of the figure's own amount (or of `base`); where
    another amount beside it gives the rate, that is the one meant."""
    figure = figures[at]
    own = figure if figure.amount else base
    if own is None or not (figure.change and figure.change.yuan and figure.percent and figure.percent.yuan):
        return
    check = _rate_of(figure, own)
    if check is None or check.status == "fails":
        others = (_rate_of(figure, other) for other in amounts_beside(figures, at))
        check = next((other for other in others if other and other.status == "holds"), check)
    if check:
        yield check


def _rate_of(figure: Figure, base: Figure) -> Check | None:
    amount, change, rate = base.amount, figure.change, figure.percent
    assert amount and change and rate
    sign = -1 if figure.direction == "decrease" else 1
    before = amount.yuan - sign * change.yuan
    if before <= 0 or change.yuan < 0:
        return None
    slack = (amount.step + change.step) / 2
    low = (change.yuan - change.step / 2) / (before + slack) * HUNDRED
    high = (change.yuan + change.step / 2) / max(before - slack, CENT) * HUNDRED
    status, severity = judge(rate, low, high)
    exact = change.yuan / before * HUNDRED
    verb = figure.change_verb or ""
    what = (
        f"{verb}{change.yuan:,}元，上年{before:,}元，应为{exact:.2f}%，文中为{rate.yuan}%",
        f"change {change.yuan:,} on {before:,} yuan is {exact:.2f}%, printed {rate.yuan}%",
    )
    return verdict(
        "I15-percent", figure, status, what, left=before * rate.yuan / HUNDRED, right=change.yuan,
        tolerance=before * rate.step / (2 * HUNDRED), severity=severity,
    )  # fmt: skip


def _rate_of_years(figures: Sequence[Figure], at: int) -> Iterator[Check]:
    """2025年执行数 A 万元，2026年预算 B 万元，增加 x%: both amounts and the rate, but not the change."""
    now = figures[at]
    before = figures[at - 1] if at else now
    if now.change or not (now.percent and now.amount and before.amount and now.year and before.year):
        return
    if before.paragraph != now.paragraph or now.year - before.year != 1 or before.amount.yuan <= 0:
        return
    change = now.amount.yuan - before.amount.yuan
    slack = (now.amount.step + before.amount.step) / 2
    scale = (-1 if now.direction == "decrease" else 1) * HUNDRED / before.amount.yuan
    low, high = sorted(((change - slack) * scale, (change + slack) * scale))
    status, severity = judge(now.percent, low, high)
    exact = change / before.amount.yuan * HUNDRED
    what = (
        f"由{before.amount.yuan:,}元到{now.amount.yuan:,}元，变化{exact:.2f}%，文中为{now.percent_verb}{now.percent.yuan}%",
        f"from {before.amount.yuan:,} to {now.amount.yuan:,} yuan is {exact:.2f}%, "
        f"printed {now.signed_percent}%",
    )
    yield verdict("I15-percent", now, status, what, severity=severity)


def _completion(figures: Sequence[Figure], at: int) -> Iterator[Check]:
    """年初预算为 A 万元，支出决算为 B 万元，完成预算的 x%: B ÷ A, both of one sentence."""
    spent = figures[at]
    if not (spent.completion and spent.amount and at and spent.completion.yuan):
        return
    budget = figures[at - 1]
    if budget.paragraph != spent.paragraph or not budget.amount or budget.amount.yuan <= 0:
        return
    slack = budget.amount.step / 2
    low = (spent.amount.yuan - spent.amount.step / 2) / (budget.amount.yuan + slack) * HUNDRED
    high = (spent.amount.yuan + spent.amount.step / 2) / max(budget.amount.yuan - slack, CENT) * HUNDRED
    status, severity = judge(spent.completion, low, high)
    exact = spent.amount.yuan / budget.amount.yuan * HUNDRED
    what = (
        f"预算{budget.amount.yuan:,}元，决算{spent.amount.yuan:,}元，完成{exact:.2f}%，文中为{spent.completion.yuan}%",
        f"{spent.amount.yuan:,} of {budget.amount.yuan:,} yuan budgeted is {exact:.2f}%, "
        f"printed {spent.completion.yuan}%",
    )
    yield verdict(
        "I15-completion", spent, status, what, left=budget.amount.yuan * spent.completion.yuan / HUNDRED,
        right=spent.amount.yuan, severity=severity,
    )  # fmt: skip


def judge(printed: Printed, low: Decimal, high: Decimal) -> tuple[CheckStatus, Severity | None]:
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
    said = terms().not_so.sub("", reason)
    less = [word for word in terms().reasons_for_less if word in said]
    more = [word for word in terms().reasons_for_more if word in said]
    if not (less or more):
        return
    against = (less and not more) if direction == "increase" else (more and not less)
    word = {"increase": ("增加", "an increase"), "decrease": ("减少", "a decrease")}[direction]
    what = (f"{word[0]}的原因为“{reason[:60]}”", f"{word[1]} because of “{reason[:60]}”")
    yield verdict("I15-reason", figure, "fails" if against else "holds", what)
