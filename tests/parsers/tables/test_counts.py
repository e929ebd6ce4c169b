"""Counts among the money of 三公 tables make no facts, and a row of money has the unit that it states."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.findings.unread import coverage
from parsers.tables import budget_tables
from parsers.tables.counts import unit_of_row
from parsers.values.results import BudgetTable
from parsers.values.units import counting_unit
from tests.parsers.builders import grid, reading

TITLE = "“三公”经费支出表"
HEAD = "项目|计量单位|上年预算数|本年预算数"
ROWS = (
    "一、“三公”经费合计|万元|12.00|9.00",
    "1.因公出国（境）费|万元|3.00|2.00",
    "因公出国（境）团组数|个|2|1",
    "2.公务用车购置及运行维护费|万元|5.00|4.00",
    "（1）公务用车购置费|万元|0|0",
    "（2）公务用车运行维护费|万元|5.00|4.00",
    "公务用车保有量|辆|8|8",
    "3.公务接待费|万元|4.00|3.00",
    "国内公务接待批次|批|31|25",
    "国内公务接待人次|人|1,204|900",
)


def table_of(*lines: str, unit: str = "") -> BudgetTable:
    (table,) = budget_tables(reading(TITLE, *[unit] * bool(unit), grid(*lines)), 2026)
    return table


def amounts(table: BudgetTable) -> dict[str, list[Decimal | None]]:
    found: dict[str, list[Decimal | None]] = {}
    for fact in table.facts:
        found.setdefault(fact.row_label, []).append(fact.amount_yuan)
    return found


def moved(line: str, order: str) -> str:
    cells = line.split("|")
    return "|".join(cells[int(at)] for at in order)


@pytest.mark.parametrize("header", ["计量单位", "单位"])
@pytest.mark.parametrize("order", ["0123", "1023", "0231"])
def test_rows_of_counts_are_no_money_wherever_the_unit_stands(header: str, order: str) -> None:
    lines = [moved(line, order) for line in (HEAD.replace("计量单位", header), *ROWS)]
    found = amounts(table_of(*lines))
    assert list(found) == [line.split("|")[0] for line in ROWS if "|万元|" in line]
    assert found["3.公务接待费"] == [Decimal(40000), Decimal(30000)]


def test_counts_are_not_unread_amounts() -> None:
    document = reading(TITLE, grid(HEAD, *ROWS))
    assert coverage(document, budget_tables(document, 2026)).count == 0


def test_a_row_of_money_has_the_unit_of_its_cell() -> None:
    found = amounts(
        table_of("项目|单位|预算数", "因公出国（境）费|万元|3.00", "公务接待费|元|450.00", unit="单位：元")
    )
    assert found == {"因公出国（境）费": [Decimal(30000)], "公务接待费": [Decimal(450)]}


def test_the_words_of_a_label_say_that_a_row_counts() -> None:
    lines = (
        "项目|预算数",
        "公务接待费|4.00",
        "公务用车购置数（辆）|2",
        "国内公务接待批次|31",
        "（1）因公出国团组（个）|1",
    )
    assert list(amounts(table_of(*lines, unit="单位：万元"))) == ["公务接待费"]


def test_columns_of_counts_are_no_money() -> None:
    head = "单位名称|公务接待费|团组数|公务用车购置数|公务用车保有量（辆）|国内公务接待批次（批）"
    found = table_of(head, "某局|4.00|1|2|8|31", "某站|1.00|0|0|3|12", unit="单位：万元")
    assert {fact.column_path for fact in found.facts} == {"公务接待费"}


@pytest.mark.parametrize(
    ("label", "counts"),
    [
        ("国内公务接待批次", True),
        ("其中：外事接待人次数（人）", True),
        ("公务用车购置费", False),
        ("公务接待费（31批次，204人次）", False),
        ("因公出国（境）费用（含团组）", False),
        ("公务用车购置数", True),
        ("公务用车购置费（万元）", False),
        ("人均接待费（元/人）", True),
    ],
)
def test_a_label_counts_only_where_it_ends_in_what_is_counted(label: str, counts: bool) -> None:
    assert unit_of_row(label).is_count == counts


def test_a_body_is_no_unit() -> None:
    assert [counting_unit(text) for text in ("个", "人次", "元/人", "万元", "某局", "个体")] == [
        *[True] * 3,
        *[False] * 3,
    ]
