"""A report's amounts against the tables of its document (G9): whole against whole, and only what is sure."""

from __future__ import annotations

import pytest

from parsers import accounting
from parsers.findings.claims import as_earned
from parsers.government.tables import government_tables
from parsers.prose import read_prose
from parsers.values.results import Check, Headline
from parsers.values.vocabulary import BodyLevel, DocumentKind
from tests.parsers.builders import grid, reading

CITY = Headline(
    title="关于长春市2025年预算执行情况和2026年预算草案的报告",
    body_name="长春市",
    body_level=BodyLevel.GOVERNMENT,
    region_code="220100",
    fiscal_year=2026,
    document_kind=DocumentKind.BUDGET,
)


def checks(sentence: str) -> list[tuple[str, str]]:
    table = grid(
        "项目|2025年执行数|2026年预算数",
        "税收收入|3000000|3100000",
        "一般公共预算收入合计|5377716|5500000",
    )
    read = reading(sentence, "二○二五年全市一般公共预算收入执行情况表", "单位：万元", table)
    tables, _ = accounting.check(government_tables(read, CITY, None), publisher=BodyLevel.GOVERNMENT)
    _, found = read_prose(read, tables, CITY)
    return [(check.status, check.severity) for check in as_earned(found)]


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("2025年，全市一般公共预算收入完成537.8亿元，增长2.2%。", "holds"),
        ("2025年，全市一般公共预算收入完成537.77亿元，增长2.2%。", "holds"),
        ("2025年，全市一般公共预算收入完成573.8亿元，增长2.2%。", "fails"),
        ("2025年，全市一般公共预算收入完成约540亿元。", "untestable"),
        ("2025年，全市一般公共预算收入完成53.78亿元。", "untestable"),  # so far off, it may be another thing
        ("2026年，全市一般公共预算收入预算550亿元。", "holds"),
    ],
)
def test_an_amount_of_the_report_is_that_of_the_table(sentence: str, status: str) -> None:
    assert [found for found, _ in checks(sentence)] == [status]


def test_a_contradiction_is_a_warning_and_accuses_nobody() -> None:
    assert checks("2025年，全市一般公共预算收入完成573.8亿元，增长2.2%。") == [("fails", "warning")]


@pytest.mark.parametrize(
    "sentence",
    [
        "2025年，市本级一般公共预算收入完成237.8亿元。",
        "2024年，全市一般公共预算收入完成500.1亿元。",
        "2025年，榆树市一般公共预算收入完成12.3亿元。",
    ],
)
def test_another_scope_year_or_place_is_not_compared(sentence: str) -> None:
    found: list[tuple[str, str]] = checks(sentence)
    assert found == []


def test_a_check_names_the_cell_it_compares() -> None:
    table = grid("项目|2025年执行数", "一般公共预算收入合计|5377716")
    read = reading(
        "2025年，全市一般公共预算收入完成537.8亿元。", "2025年全市一般公共预算收入表", "单位：万元", table
    )
    _, found = read_prose(read, government_tables(read, CITY, None), CITY)
    check: Check = found[0]
    assert (check.rule, check.table_nos, check.facts[0].row_no) == ("G9.text", (1,), 0)


def test_departments_of_the_city_alone_are_not_compared_with_its_own_level() -> None:
    table = grid("项目|2026年预算数", "税收收入|3100000", "一般公共预算收入合计|5500000")

    def status(level: str) -> str:
        sentence = f"2026年{level}一般公共预算收入预算510亿元。"
        read = reading(sentence, "2026年市级一般公共预算收入表", "单位：万元", table)
        (check,) = read_prose(read, government_tables(read, CITY, None), CITY)[1]
        return check.status

    assert (status("市级"), status("市直")) == ("fails", "untestable")
