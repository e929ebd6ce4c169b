"""A text read as the prose of a disclosure, with or without its tables."""

from __future__ import annotations

from parsers.prose import read_prose
from parsers.tables import budget_tables
from parsers.values.document import Grid, TextBlock
from parsers.values.results import Check, Headline, Statement
from parsers.values.vocabulary import DocumentKind
from tests.parsers.builders import grid, reading

HEAD = Headline(body_name="许昌市医疗保障局", fiscal_year=2024, document_kind=DocumentKind.BUDGET)

EXPENDITURE = (
    "支出总表",
    "单位：万元",
    grid(
        "科目编码|科目名称|合计|基本支出|项目支出",
        "|合计|1,144.52|636.85|507.67",
        "208|社会保障和就业支出|349.50|310.15|39.35",
        "210|卫生健康支出|795.02|326.70|468.32",
    ),
)


def read(*blocks: Grid | TextBlock | str) -> tuple[tuple[Statement, ...], tuple[Check, ...]]:
    document = reading(*blocks)
    return read_prose(document, budget_tables(document, 2024), HEAD)


def failures(*blocks: Grid | str) -> list[tuple[str, str]]:
    return [(c.rule, c.severity) for c in read(*blocks)[1] if c.status == "fails"]
