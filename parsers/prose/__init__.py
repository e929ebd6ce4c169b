"""The text of a disclosure (文字说明): its figures as statements, tested against tables and themselves (I15).

Invariant: a statement is made only of what one sentence says (and its heading, where the sentence leaves the
subject to it); a test whose subject or year is open is `untestable`, never a failure.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.document import Reading
from parsers.prose.arithmetic import check_arithmetic
from parsers.prose.compare import check_against_tables
from parsers.prose.figures import Figure, figures
from parsers.prose.paragraphs import paragraphs
from parsers.prose.sums import check_sums
from parsers.results import BudgetTable, Check, Headline, Statement


def read_prose(
    reading: Reading, tables: Sequence[BudgetTable], headline: Headline
) -> tuple[tuple[Statement, ...], tuple[Check, ...]]:
    """Every figure of the text, and the checks of those that can be tested."""
    found = figures(paragraphs(reading.blocks), headline)
    checks = (
        *check_arithmetic(found),
        *check_sums(found),
        *check_against_tables(found, tables, headline.fiscal_year),
    )
    return tuple(_statement(figure) for figure in found), checks


def _statement(figure: Figure) -> Statement:
    return Statement(
        sentence=figure.sentence,
        subject=figure.subject or figure.words or None,
        amount_yuan=figure.amount.yuan if figure.amount else None,
        change_yuan=figure.signed_change,
        change_percent=figure.signed_percent,
        direction=figure.direction,
        reason=figure.reason,
        page=figure.page,
    )
