"""The text of a disclosure (文字说明): its figures as statements, tested against tables and themselves (I15).

Invariant: a statement is made only of what one sentence says (and its heading, where the sentence leaves the
subject to it); a test whose subject or year is open is `untestable`, never a failure.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.prose.checks.arithmetic import check_arithmetic
from parsers.prose.checks.compare import check_against_tables
from parsers.prose.checks.index import Index
from parsers.prose.checks.shares import check_shares
from parsers.prose.checks.sums import check_sums
from parsers.prose.cut import doubted_where_cut
from parsers.prose.figure import Figure
from parsers.prose.paragraph import Paragraph, paragraphs
from parsers.prose.reader import figures
from parsers.prose.vocabulary import OF_REGION, terms
from parsers.values.attempts import STRICT, Attempts
from parsers.values.document import Reading
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check, Headline, Statement
from parsers.values.vocabulary import BodyLevel

_L = lexicon_of(__name__)
_AGAINST_BUDGET = _L.text("against_budget")

SHORT = 16  # characters of words that need no shorter name
ENOUGH = 3  # amounts that make a text more than a mention


def read_prose(
    reading: Reading,
    tables: Sequence[BudgetTable],
    headline: Headline,
    attempts: Attempts = STRICT,
) -> tuple[tuple[Statement, ...], tuple[Check, ...]]:
    """Every figure of the text, and the checks of those that can be tested. A government's own report is read
    by the words of reports, and tested against its tables."""
    if headline.body_level == BodyLevel.GOVERNMENT:
        from parsers.prose.report import read_report

        statements, checks = read_report(reading, tables, headline, attempts)
    else:
        text = paragraphs(reading.blocks)
        statements, checks = check_paragraphs(text, tables, headline, attempts)
    return statements, doubted_where_cut(checks, reading)


def publishes_budget(statements: Sequence[Statement]) -> bool:
    """Whether sentences alone publish a budget: amounts of what budgets are made of (三公经费, its parts)."""
    subjects = terms().subjects
    return sum(s.amount_yuan is not None and s.subject in subjects for s in statements) >= ENOUGH


def check_paragraphs(
    text: Sequence[Paragraph],
    tables: Sequence[BudgetTable],
    headline: Headline,
    attempts: Attempts = STRICT,
) -> tuple[tuple[Statement, ...], tuple[Check, ...]]:
    """The same for text that is already in paragraphs. With `attempts`, what cannot be tested is noted."""
    found = figures(text, headline)
    index = Index(tables)
    checks = [
        *attempts.all_of(message("step_arithmetic"), check_arithmetic, found, headline),
        *attempts.all_of(message("step_shares"), check_shares, found, index),
        *attempts.all_of(message("step_sums"), check_sums, found, text),
        *attempts.all_of(message("step_against_tables"), check_against_tables, found, index, headline),
    ]
    return tuple(_statement(figure) for figure in found), tuple(checks)


def _statement(figure: Figure) -> Statement:
    about = figure.subject or figure.words or None
    if figure.subject and (region := OF_REGION.match(figure.words)):
        short = len(figure.words) <= SHORT  # 全县政府性基金收入
        about = figure.words if short else f"{region[0]}{figure.subject}"
    return Statement(
        sentence=figure.sentence,
        subject=_AGAINST_BUDGET.format(subject=about) if about and figure.against_budget else about,
        amount_yuan=figure.amount.yuan if figure.amount else None,
        change_yuan=figure.signed_change,
        change_percent=figure.signed_percent,
        direction=figure.direction,
        reason=figure.reason,
        page=figure.page,
    )
