"""The figures of the text against the amounts of the tables (I15).

Invariant: an amount fails only where its subject is certain, the tables print that subject, and the amount is
printed nowhere in the tables at all; else a table may mean something else by the same words, and the test is
untestable; so it is in a file with the tables of several bodies, whose texts do not say which is whose. A
figure that names a fund is compared with that fund's amounts alone: what only tables of other funds print is
a warning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from parsers.accounting.slips import is_mistyped
from parsers.prose.checks.index import Index, TableAmount
from parsers.prose.checks.narrower import is_narrower, is_of_a_project
from parsers.prose.checks.verdict import verdict_on
from parsers.prose.figure import Figure
from parsers.prose.vocabulary import terms
from parsers.prose.words import Printed
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import Check, Headline
from parsers.values.vocabulary import CheckStatus, DocumentKind, NamedRule, Severity

_L = lexicon_of(__name__)

UNIT_SLIP = Decimal(10_000)
NEAR = Decimal("0.03")
ENOUGH = 1000  # last places: four digits
# Other years' amounts, the first budget beside final accounts, and what the region below spends, too.
_NOT_OF_THE_TABLES = _L.pattern("not_of_the_tables")
_THIS_YEAR = _L.pattern("this_year")
TAIL = 2  # tolerances within which a difference is a rounding tail
HUNDRED = Decimal(100)
ROUND = 100 * HUNDRED  # yuan from which an amount in whole hundreds may be rounded to them


def check_against_tables(figures: Sequence[Figure], index: Index, headline: Headline) -> tuple[Check, ...]:
    """One check for every amount whose subject the tables print."""
    return tuple(check for at in range(len(figures)) for check in _check(figures, at, index, headline))


def _check(figures: Sequence[Figure], at: int, index: Index, headline: Headline) -> Iterator[Check]:
    figure, amount = figures[at], figures[at].amount
    if amount is None or amount.yuan == 0:
        return
    tolerance = (amount.place + index.step) / 2
    found = [] if _is_of_another_year(figure, headline.fiscal_year) else index.candidates(figure)
    found = [candidate for candidate in found if candidate.yuan] or found  # 24.8元 is not the 0.00万元 beside
    if not found:
        if unnamed := _unnamed_unit_slip(figure, index, tolerance):
            yield unnamed
        return
    same = min(found, key=lambda c: abs(c.yuan - amount.yuan))
    off = abs(same.yuan - amount.yuan)
    tolerance = max(tolerance, (amount.place + same.step) / 2)
    subject = figure.subject or figure.words
    tail = max(TAIL * tolerance, amount.place + tolerance)  # one more or less in the last place
    if off <= max(tail, TAIL * (_rounded_to(amount) + index.step) / 2):
        what = message("text_as_table", subject=subject, yuan=amount.yuan)
        yield verdict_on(
            NamedRule.I15, figure, CheckStatus.HOLDS if off <= tolerance else CheckStatus.ROUNDING, what,
            left=amount.yuan, right=same.yuan, tolerance=tolerance,
            facts=(same.ref,),
        )  # fmt: skip
        yield from _change(figure, same, index)
        return
    strong = [c for c in found if not c.weak and c.yuan]
    if slip := next((c for c in (*strong, *found) if _is_unit_slip(figure, c.yuan)), None):
        yield _unit_slip(figure, slip)
        return
    if is_narrower(figures, at) or is_of_a_project(figures, at):
        why = message("text_of_part", subject=subject)
        yield verdict_on(NamedRule.I15, figure, CheckStatus.UNTESTABLE, why, left=amount.yuan)
        return
    if figure.planned and headline.document_kind == DocumentKind.ACCOUNTS:
        why = message("text_of_budget", subject=subject)
        yield verdict_on(NamedRule.I15, figure, CheckStatus.UNTESTABLE, why, left=amount.yuan)
        return
    yield _differs(figure, found, index, tolerance)


def _change(figure: Figure, now: TableAmount, index: Index) -> Iterator[Check]:
    """The change in the text against the two years of the table."""
    said, before = figure.signed_change, index.before(now.ref)
    if said is None or before is None or figure.against_budget:
        return
    real = now.yuan - before
    subject = figure.subject or figure.words
    step = figure.change.step if figure.change else Decimal(0)
    what = message(
        "change_against_table",
        subject=subject,
        printed=said,
        before=before,
        now=now.yuan,
        change=real,
    )
    tolerance = step / 2 + max(index.step, now.step)
    status = CheckStatus.HOLDS if abs(said - real) <= tolerance else CheckStatus.FAILS
    yield verdict_on(
        NamedRule.I15_CHANGE, figure, status, what,
        left=said, right=real, tolerance=tolerance, facts=(now.ref,),
    )  # fmt: skip


def _rounded_to(amount: Printed) -> Decimal:
    """The place an amount is rounded to, by its digits: 1,234,500元 and 123.450000万元 may be whole
    hundreds of a table in 元; at least the value of its last digit."""
    whole = abs(amount.yuan) >= ROUND and amount.yuan % HUNDRED == 0
    return max(amount.place, HUNDRED) if whole else amount.place


def _is_of_another_year(figure: Figure, fiscal_year: int | None) -> bool:
    other = bool(figure.year and fiscal_year and figure.year != fiscal_year)
    return other or bool(_NOT_OF_THE_TABLES.search(figure.words))


def _is_unit_slip(figure: Figure, yuan: Decimal) -> bool:
    assert figure.amount
    printed, step = figure.amount.yuan, figure.amount.place
    return (
        abs(printed * UNIT_SLIP - yuan) <= step * UNIT_SLIP / 2 or abs(printed - yuan * UNIT_SLIP) <= step / 2
    )


def _unit_slip(figure: Figure, slip: TableAmount) -> Check:
    assert figure.amount
    printed, subject = figure.amount.yuan, figure.subject or figure.words
    what = message("text_unit_apart", subject=subject, printed=printed, table=slip.yuan)
    return verdict_on(
        NamedRule.I15_UNIT, figure, CheckStatus.FAILS, what, left=printed, right=slip.yuan, facts=(slip.ref,)
    )


def _unnamed_unit_slip(figure: Figure, index: Index, tolerance: Decimal) -> Check | None:
    """An amount in 元 that no table prints, but one prints its digits in 万元: nothing names it, but four
    digits or more do."""
    assert figure.amount
    printed, place = figure.amount.yuan, figure.amount.place
    if figure.amount.unit != 1 or printed < place * ENOUGH or index.prints(printed, tolerance):
        return None
    if not index.prints(printed * UNIT_SLIP, place * UNIT_SLIP / 2):
        return None
    what = message("unit_apart", printed=printed, table=printed * UNIT_SLIP)
    return verdict_on(
        NamedRule.I15_UNIT,
        figure,
        CheckStatus.FAILS,
        what,
        left=printed,
        right=printed * UNIT_SLIP,
        severity=Severity.WARNING,
    )


def _differs(figure: Figure, found: Sequence[TableAmount], index: Index, tolerance: Decimal) -> Check:
    assert figure.amount
    printed, subject = figure.amount.yuan, figure.subject or figure.words
    if index.of_several_bodies or _is_of_all_bodies(printed, found, tolerance):
        why = message("text_scope_open", subject=subject)
        return verdict_on(NamedRule.I15, figure, CheckStatus.UNTESTABLE, why, left=printed)
    elsewhere = index.prints(printed, tolerance)
    # What another table prints may be what the sentence means: then it contradicts nothing.
    meant = None if elsewhere and _may_be_meant(figure, index, tolerance) else _meant(figure, found)
    if meant is None:
        why = message("text_scope_open", subject=subject)
        return verdict_on(NamedRule.I15, figure, CheckStatus.UNTESTABLE, why, left=printed)
    if figure.fund is None and printed > meant.yuan and index.may_lack(meant.fund, printed - meant.yuan):
        why = message("text_scope_open", subject=subject)  # the tables print it of one fund, the text of all
        return verdict_on(NamedRule.I15, figure, CheckStatus.UNTESTABLE, why, left=printed, right=meant.yuan)
    of_this_year = _THIS_YEAR.search("".join((*figure.headings[-2:], figure.sentence)))
    if any(index.is_apart(abs(printed - one.yuan), tolerance) for one in (meant, *found)) or (
        of_this_year and index.may_carry_over(meant.yuan - printed)
    ):
        why = message("text_apart_by_carry_over", subject=subject)
        return verdict_on(NamedRule.I15, figure, CheckStatus.UNTESTABLE, why, left=printed, right=meant.yuan)
    what = message("text_against_table", subject=subject, printed=printed, table=meant.yuan)
    return verdict_on(
        NamedRule.I15, figure, CheckStatus.FAILS, what, left=printed, right=meant.yuan, tolerance=tolerance,
        facts=(meant.ref,), severity=Severity.WARNING if meant.weak or elsewhere else None,
    )  # fmt: skip


def _is_of_all_bodies(printed: Decimal, found: Sequence[TableAmount], tolerance: Decimal) -> bool:
    """Whether a column that prints the subject for each of several bodies adds up to the amount."""
    columns: defaultdict[tuple[int, int], list[Decimal]] = defaultdict(list)
    for amount in found:
        columns[amount.ref.table_no, amount.ref.col_no].append(amount.yuan)
    return any(abs(sum(of) - printed) <= len(of) * tolerance for of in columns.values() if len(of) > 1)


def _may_be_meant(figure: Figure, index: Index, tolerance: Decimal) -> bool:
    """Whether what some table prints may be the amount of the text: not where its subject goes by funds, the
    words name one, and only tables of others print it."""
    assert figure.amount
    if figure.fund is None or figure.subject is None or not terms().subjects[figure.subject].by_fund:
        return True
    return index.prints_of_fund(figure.amount.yuan, tolerance, figure.fund)


def _meant(figure: Figure, found: Sequence[TableAmount]) -> TableAmount | None:
    """The amount the text should print: one that is mistyped in it; the only one there is, or one so near
    that no other can be meant; for a class named down to its item, the nearest."""
    assert figure.amount
    printed, place = figure.amount.yuan, figure.amount.place
    strong = [c for c in found if not c.weak and c.yuan]
    if typed := next((c for c in (*strong, *found) if is_mistyped(printed, c.yuan, place)), None):
        return typed
    nearest = min(strong, key=lambda c: abs(c.yuan - printed), default=None)
    if nearest is None:
        return None
    certain = abs(nearest.yuan - printed) <= NEAR * nearest.yuan or len({c.yuan for c in strong}) == 1
    named = bool(figure.classes or figure.code) and len({c.code for c in strong}) == 1
    return nearest if certain or named else None
