"""What a text proves about itself: rates, directions and reasons (I15-percent and the like).

Invariant: every printed number stands for an interval of half its last place to both sides; a test fails only
where no value of the intervals fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from parsers.prose.checks.bases import amounts_beside, amounts_of_same, bases_of_changes
from parsers.prose.checks.verdict import verdict_on
from parsers.prose.figure import Figure, direction_of
from parsers.prose.vocabulary import terms
from parsers.prose.words import Printed
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import Check, Headline
from parsers.values.vocabulary import CheckStatus, Direction, DocumentKind, NamedRule, Severity

_L = lexicon_of(__name__)

HUNDRED = Decimal(100)
TEN = Decimal(10)
CENT = Decimal("0.01")
_COMPARED = _L.pattern("compared")
_OPPOSITE = {Direction.INCREASE: Direction.DECREASE, Direction.DECREASE: Direction.INCREASE}


def check_arithmetic(figures: Sequence[Figure], headline: Headline) -> tuple[Check, ...]:
    """Every test of every figure that needs no table."""
    checks: list[Check] = []
    of = bases_of_changes(figures)
    for at, figure in enumerate(figures):
        checks.extend(_directions(figure, figures))
        checks.extend(_rate(figures, at, of.get(at)))
        checks.extend(_rate_of_years(figures, at))
        checks.extend(_change_of_years(figure))
        checks.extend(_completion(figures, at))
        checks.extend(_reason(figure))
    if headline.fiscal_year and headline.document_kind == DocumentKind.BUDGET:
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
        what = message("compared_with_year", year=fiscal_year, other=year, words=match[0])
        yield verdict_on(
            NamedRule.I15_YEAR, figure, CheckStatus.FAILS if year >= fiscal_year else CheckStatus.HOLDS, what
        )


def _directions(figure: Figure, figures: Sequence[Figure]) -> Iterator[Check]:
    """增加 x 万元 beside 下降 y%; 持平 beside 增长 y%; an increase by more than there is, also of the whole
    that the figure is listed under: behind a list it may be the whole that grew."""
    amount, change = figure.amount, figure.change
    still = figure.unchanged if change is None else change.yuan == 0 and not _rounds_to_nothing(figure)
    if still and figure.percent and figure.percent.yuan > 0:
        verb, rate, signed = figure.percent_verb, figure.percent.yuan, figure.signed_percent
        what = message("no_change_beside_rate", verb=verb, rate=rate, signed=signed)
        yield verdict_on(NamedRule.I15_DIRECTION, figure, CheckStatus.FAILS, what)
    if change is None or change.yuan <= 0:
        return
    if figure.percent and figure.percent.yuan > 0 and figure.percent_verb:
        other = direction_of(figure.percent_verb)
        status: CheckStatus = CheckStatus.HOLDS if other == figure.direction else CheckStatus.FAILS
        what = message(
            "directions_differ",
            change_verb=figure.change_verb,
            rate_verb=figure.percent_verb,
            direction=figure.direction,
            other=other,
        )
        yield verdict_on(NamedRule.I15_DIRECTION, figure, status, what)
    whole = figures[figure.part_of].amount if figure.part_of is not None else None
    if (
        amount
        and not (whole and whole.yuan >= change.yuan)
        and figure.direction == Direction.INCREASE
        and change.yuan > amount.yuan + (change.step + amount.step) / 2
    ):
        what = message("increase_above_amount", change=change.yuan, amount=amount.yuan)
        yield verdict_on(
            NamedRule.I15_DIRECTION, figure, CheckStatus.FAILS, what, left=change.yuan, right=amount.yuan
        )


def _rounds_to_nothing(figure: Figure) -> bool:
    """Whether the rate stated may be of a change too small to be printed: 减少0.00万元，下降0.9%."""
    amount, change, percent = figure.amount, figure.change, figure.percent
    if change is None or percent is None:
        return False
    return amount is None or amount.yuan * percent.yuan / 100 <= change.step


def _rate(figures: Sequence[Figure], at: int, base: Figure | None) -> Iterator[Check]:
    """Change ÷ amount of the year before = the printed rate, of the figure's own amount (or of `base`); where
    another amount beside it gives the rate, that is the one meant."""
    figure = figures[at]
    own = figure if figure.amount else base
    if own is None or not (figure.change and figure.change.yuan and figure.percent and figure.percent.yuan):
        return
    check = _rate_of(figure, own)
    if check is None or check.status == CheckStatus.FAILS:
        same = amounts_of_same(figures, at)
        others = (
            *(_rate_of(figure, other) for other in (*amounts_beside(figures, at), *same)),
            *(
                _rate_of(figure, other, as_before=True)
                for other in same
                if other.amount and own.amount and other.amount.yuan != own.amount.yuan
            ),
        )
        check = next((other for other in others if other and other.status == CheckStatus.HOLDS), check)
    if check:
        yield check


def _rate_of(figure: Figure, base: Figure, *, as_before: bool = False) -> Check | None:
    """The printed rate on the amount that the base's amount and the change imply, or on the base's itself
    where that may be the amount of the year before."""
    amount, change, rate = base.amount, figure.change, figure.percent
    assert amount and change and rate
    sign = -1 if figure.direction == Direction.DECREASE else 1
    before = amount.yuan if as_before else amount.yuan - sign * change.yuan
    if before <= 0 or change.yuan < 0:
        return None
    slack = (amount.step + change.step) / 2
    low = (change.yuan - change.step / 2) / (before + slack) * HUNDRED
    high = (change.yuan + change.step / 2) / max(before - slack, CENT) * HUNDRED
    status, severity = judge(rate, low, high)
    exact = change.yuan / before * HUNDRED
    what = message(
        "rate_of_change",
        verb=figure.change_verb or "",
        change=change.yuan,
        before=before,
        exact=exact.quantize(CENT),
        rate=rate.yuan,
    )
    return verdict_on(
        NamedRule.I15_PERCENT, figure, status, what, left=before * rate.yuan / HUNDRED, right=change.yuan,
        tolerance=before * rate.step / (2 * HUNDRED), severity=severity,
    )  # fmt: skip


def _rate_of_years(figures: Sequence[Figure], at: int) -> Iterator[Check]:
    """2025年执行数 A 万元，2026年预算 B 万元，增加 x%: both amounts and the rate, but not the change."""
    now = figures[at]
    if now.change or not (now.percent and now.amount):
        return
    before = now.prior or _amount_of_year_before(figures, at)
    if before is None or before.yuan <= 0:
        return
    change = now.amount.yuan - before.yuan
    slack = (now.amount.step + before.step) / 2
    scale = (-1 if now.direction == Direction.DECREASE else 1) * HUNDRED / before.yuan
    low, high = sorted(((change - slack) * scale, (change + slack) * scale))
    status, severity = judge(now.percent, low, high)
    exact = change / before.yuan * HUNDRED
    what = message(
        "rate_between_years",
        before=before.yuan,
        now=now.amount.yuan,
        exact=exact.quantize(CENT),
        verb=now.percent_verb,
        rate=now.percent.yuan,
        signed=now.signed_percent,
    )
    yield verdict_on(NamedRule.I15_PERCENT, now, status, what, severity=severity)


def _amount_of_year_before(figures: Sequence[Figure], at: int) -> Printed | None:
    now, before = figures[at], figures[at - 1] if at else figures[at]
    if not (now.year and before.year) or now.year - before.year != 1 or before.paragraph != now.paragraph:
        return None
    return before.amount


def _change_of_years(figure: Figure) -> Iterator[Check]:
    """A 万元，较上年的 B 万元增加 C 万元: A - B = C."""
    amount, prior, said = figure.amount, figure.prior, figure.signed_change
    if not (amount and prior and figure.change) or said is None:
        return
    real = amount.yuan - prior.yuan
    tolerance = (amount.step + prior.step + figure.change.step) / 2
    what = message("change_between_years", before=prior.yuan, now=amount.yuan, change=real, printed=said)
    status = CheckStatus.HOLDS if abs(said - real) <= tolerance else CheckStatus.FAILS
    yield verdict_on(
        NamedRule.I15_CHANGE, figure, status, what,
        left=said, right=real, tolerance=tolerance,
    )  # fmt: skip


def _completion(figures: Sequence[Figure], at: int) -> Iterator[Check]:
    """年初预算为 A 万元，支出决算为 B 万元，完成预算的 x%: B ÷ A, both of one sentence. Fails only where A is
    said to be the budget."""
    spent = figures[at]
    if not (spent.completion and spent.amount and spent.completion.yuan):
        return
    budget, certain = _budget_of(figures, at)
    if budget is None or budget.yuan <= 0:
        return
    slack = budget.step / 2
    low = (spent.amount.yuan - spent.amount.step / 2) / (budget.yuan + slack) * HUNDRED
    high = (spent.amount.yuan + spent.amount.step / 2) / max(budget.yuan - slack, CENT) * HUNDRED
    status, severity = judge(spent.completion, low, high)
    if status == CheckStatus.FAILS and not certain:
        return
    exact = spent.amount.yuan / budget.yuan * HUNDRED
    what = message(
        "completion",
        budget=budget.yuan,
        spent=spent.amount.yuan,
        exact=exact.quantize(CENT),
        rate=spent.completion.yuan,
    )
    yield verdict_on(
        NamedRule.I15_COMPLETION, spent, status, what, left=budget.yuan * spent.completion.yuan / HUNDRED,
        right=spent.amount.yuan, severity=severity,
    )  # fmt: skip


def _budget_of(figures: Sequence[Figure], at: int) -> tuple[Printed | None, bool]:
    """The budget a completion is of, and whether the text says that it is the budget."""
    spent, before = figures[at], figures[at - 1] if at else None
    if spent.budget:
        return spent.budget, True
    if before is None or before.paragraph != spent.paragraph or before.completion:
        return None, False
    return before.amount, before.planned


def judge(printed: Printed, low: Decimal, high: Decimal) -> tuple[CheckStatus, Severity | None]:
    """Holds within half the last place; cut off there instead of rounded, it is as good as rounded; off by
    one otherwise is a warning."""
    off = max(low - printed.yuan, printed.yuan - high, Decimal(0))
    if off <= printed.step / 2:
        return CheckStatus.HOLDS, None
    if printed.yuan <= high and low < printed.yuan + printed.step:
        return CheckStatus.ROUNDING, None
    tens = printed.step == 1 and printed.yuan % TEN == 0 and off <= TEN / 2  # 29.15 % printed as 30 %
    return CheckStatus.FAILS, (Severity.WARNING if off <= printed.step or tens else None)


def _reason(figure: Figure) -> Iterator[Check]:
    """The reason supports only the other direction."""
    direction, reason = figure.direction, figure.reason
    if not reason or direction not in _OPPOSITE or (figure.change and figure.change.yuan == 0):
        return
    said = terms().not_so.sub("", reason)
    less = [word for word in terms().reasons_for_less if word in said]
    more = [word for word in terms().reasons_for_more if word in said]
    if not (less or more) or terms().open_reasons.search(reason):
        return
    against = (less and not more) if direction == Direction.INCREASE else (more and not less)
    code = {Direction.INCREASE: "increase_because", Direction.DECREASE: "decrease_because"}[direction]
    what = message(code, reason=reason[:60])
    yield verdict_on(NamedRule.I15_REASON, figure, CheckStatus.FAILS if against else CheckStatus.HOLDS, what)
