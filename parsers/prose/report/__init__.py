"""A government's report on its budget (政府预算报告): figures as statements with measure, scope, year, stage.

Invariant: no measure rather than a wrong one; see `reader`. Source: 预算法 art. 14 (what is published), and
the reports themselves. Entry: `read_report`.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.prose.paragraph import paragraphs
from parsers.prose.report.against_tables import check_report
from parsers.prose.report.reader import ReportReader
from parsers.prose.report.scope import ReportFigure, Territory
from parsers.values import media
from parsers.values.attempts import STRICT, Attempts
from parsers.values.document import Reading
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check, Headline, Statement
from parsers.values.text import fold
from parsers.values.vocabulary import Direction, DocumentKind, Stage

_L = lexicon_of(__name__)

_EXECUTED = _L.pattern("executed")
_DRAFT = _L.pattern("draft")


def read_report(
    reading: Reading, tables: Sequence[BudgetTable], headline: Headline, attempts: Attempts = STRICT
) -> tuple[tuple[Statement, ...], tuple[Check, ...]]:
    """The figures of the running text of a report, in yuan, and their checks against the tables. With
    `attempts`, a sentence that cannot be read and a test that cannot be made are noted."""
    territory = Territory.of(headline.region_code, headline.body_name)
    reader = ReportReader(territory, _years(reading, headline), attempts)
    figures = reader.read(paragraphs(reading.blocks))
    checks = attempts.run(
        message("step_against_tables"), (), check_report, figures, tables, headline.region_code
    )
    return tuple(map(_statement, figures)), checks


def _years(reading: Reading, headline: Headline) -> dict[str, int]:
    """The years of what was executed and of what is planned, by the title; a title among the properties of a
    file may be that of another document."""
    named = reading.title if reading.media_type == media.HTML else None
    title = fold(headline.title or named or "")
    executed, draft = _EXECUTED.search(title), _DRAFT.search(title)
    years: dict[str, int] = {}
    if headline.fiscal_year is not None and headline.document_kind == DocumentKind.ACCOUNTS:
        years = dict.fromkeys((Stage.EXECUTION, Stage.FINAL), headline.fiscal_year)
    elif headline.fiscal_year is not None and headline.document_kind == DocumentKind.BUDGET:
        years = {Stage.BUDGET: headline.fiscal_year}
    elif headline.fiscal_year is not None and headline.document_kind == DocumentKind.ADJUSTMENT:
        years = dict.fromkeys((Stage.BUDGET, Stage.ADJUSTED), headline.fiscal_year)
    if executed:
        years |= {Stage.EXECUTION: int(executed[1]), Stage.FINAL: int(executed[1])}
    if draft:
        years[Stage.BUDGET] = int(draft[1])
    return years


def _statement(figure: ReportFigure) -> Statement:
    # 下降 3.2% prints a rate without an amount of change: its sign says the direction, too.
    signed = figure.change if figure.change is not None else figure.percent
    return Statement(
        sentence=figure.sentence,
        subject=figure.words or None,
        amount_yuan=figure.amount.yuan,
        change_yuan=figure.change,
        change_percent=figure.percent,
        direction=None if not signed else Direction.INCREASE if signed > 0 else Direction.DECREASE,
        page=figure.page,
        measure=figure.measure,
        fund=figure.fund,
        scope=figure.scope.kind if figure.scope else None,
        stage=figure.stage,
        fiscal_year=figure.year,
        row_region_code=figure.scope.code if figure.scope else None,
        row_region_name=figure.scope.name if figure.scope else None,
    )
