"""A factor of ten thousand that no sum inside a table can show: doubted, and not held against the
publisher."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers import accounting
from parsers.prose import read_prose
from parsers.scale import doubt_scale
from parsers.tables import budget_tables
from parsers.values.results import BudgetTable, Check, Headline
from tests.parsers.builders import grid, reading

EXPENDITURE = ("支出总表", "科目编码|科目名称|合计", "|合计|2,382.02", "201|一般公共服务支出|2,382.02")
REVENUE = ("收入总表", "科目编码|科目名称|合计", "|合计|2,382.02", "201|一般公共服务支出|2,382.02")
OTHER = ("一般公共预算支出表", "科目编码|科目名称|合计", "|合计|1,777.31", "205|教育支出|1,777.31")
TEXT = "2026年部门支出总计2,382.02万元，比上年增加10.00万元。"


def document(
    *parts: str | tuple[str, ...], formats_known: bool = True
) -> tuple[tuple[BudgetTable, ...], tuple[Check, ...]]:
    """Titles, units and sentences as lines, tables as tuples that begin with their title."""
    blocks = [block for part in parts for block in ([part] if isinstance(part, str) else [grid(*part)])]
    read = reading(*blocks)
    tables, checks = accounting.check(budget_tables(read, 2026))
    _, prose = read_prose(read, tables, Headline(fiscal_year=2026))
    return doubt_scale(tables, (*checks, *prose), formats_known=formats_known)


def statuses(table: BudgetTable) -> set[str]:
    return {fact.status for fact in table.facts}


def test_tables_that_agree_are_not_doubted() -> None:
    tables, checks = document(
        *(EXPENDITURE[0], "单位：万元", EXPENDITURE[1:]), *(REVENUE[0], "单位：万元", REVENUE[1:]), TEXT
    )
    assert [statuses(table) for table in tables] == [{"proved"}, {"proved"}]
    assert not [check for check in checks if check.rule == "SCALE"]


def test_a_table_powers_of_ten_from_two_others_is_disputed_as_a_whole() -> None:
    tables, checks = document(
        *(EXPENDITURE[0], "单位：万元", EXPENDITURE[1:]),
        *(REVENUE[0], "单位：万元", REVENUE[1:]),
        *("一般公共预算支出表", "单位：元", EXPENDITURE[1:]),
    )
    assert [statuses(table) for table in tables] == [{"proved"}, {"proved"}, {"disputed"}]
    assert all("SCALE" in fact.disputes for fact in tables[2].facts)
    (doubt,) = (check for check in checks if check.rule == "SCALE")
    assert (doubt.status, doubt.severity, doubt.fault, doubt.table_nos) == (
        "fails",
        "warning",
        "reading",
        (3,),
    )
    assert {(c.severity, c.fault) for c in checks if c.status == "fails" and c.rule != "SCALE"} <= {
        ("info", "reading")
    }


def test_where_the_text_says_otherwise_the_table_is_doubted_and_not_the_text() -> None:
    tables, checks = document(EXPENDITURE[0], "单位：元", EXPENDITURE[1:], TEXT)
    assert statuses(tables[0]) == {"disputed"}
    assert not [c for c in checks if c.status == "fails" and c.severity == "error"]
    assert {c.fault for c in checks if c.status == "fails"} == {"reading"}


def test_a_slip_of_the_text_beside_tables_that_agree_stays_one_of_the_text() -> None:
    tables, checks = document(
        *(EXPENDITURE[0], "单位：万元", EXPENDITURE[1:]),
        *(REVENUE[0], "单位：万元", REVENUE[1:]),
        "2026年部门支出总计2,382.02元，比上年增加10.00元。",
    )
    assert [statuses(table) for table in tables] == [{"proved"}, {"proved"}]
    assert [c.rule for c in checks if c.status == "fails" and c.severity == "error"] == ["I15-unit"]


def test_last_years_column_in_another_unit_disputes_its_table() -> None:
    rows = (
        "科目编码|科目名称|2025年预算数|2026年预算数",
        "|合计|1,200,500.00|120.05",
        "205|教育支出|1,200,500.00|120.05",
    )
    tables, _ = document("一般公共预算支出表", "单位：万元", rows)
    assert statuses(tables[0]) == {"disputed"}


def test_a_unit_taken_from_siblings_proves_nothing_until_another_table_prints_the_amount() -> None:
    alone, _ = document(*(EXPENDITURE[0], "单位：万元", EXPENDITURE[1:]), OTHER[0], OTHER[1:])
    assert [table.unit_basis for table in alone] == ["printed", "siblings"]
    assert statuses(alone[1]) == {"single"}
    confirmed, _ = document(*(EXPENDITURE[0], "单位：万元", EXPENDITURE[1:]), REVENUE[0], REVENUE[1:])
    assert [statuses(table) for table in confirmed] == [{"proved"}, {"proved"}]


def test_a_tiny_table_in_yuan_among_tables_in_ten_thousands_is_disputed() -> None:
    tables, checks = document(
        *(EXPENDITURE[0], "单位：万元", EXPENDITURE[1:]),
        *(REVENUE[0], "单位：万元", REVENUE[1:]),
        *(OTHER[0], "单位：元", OTHER[1:]),
    )
    assert statuses(tables[2]) == {"disputed"}
    assert [c.table_nos for c in checks if c.rule == "SCALE"] == [(3,)]


def test_another_unit_that_is_confirmed_by_an_amount_is_sure() -> None:
    tables, checks = document(
        *(EXPENDITURE[0], "单位：万元", EXPENDITURE[1:]),
        *(REVENUE[0], "单位：万元", REVENUE[1:]),
        *("一般公共预算支出表", "单位：元"),
        ("科目编码|科目名称|合计", "|合计|23,820,200.00", "201|一般公共服务支出|23,820,200.00"),
    )
    assert statuses(tables[2]) == {"proved"}
    assert not [c for c in checks if c.rule == "SCALE"]


def test_a_workbook_read_without_its_number_formats_proves_nothing() -> None:
    parts = (EXPENDITURE[0], "单位：万元", EXPENDITURE[1:])
    assert statuses(document(*parts)[0][0]) == {"proved"}
    assert statuses(document(*parts, formats_known=False)[0][0]) == {"single"}


@pytest.mark.parametrize("unit", ["单位：元", "单位：千元", "单位：亿元"])
def test_two_tables_that_print_the_same_digits_in_two_units_are_both_doubted(unit: str) -> None:
    tables, _ = document(*(EXPENDITURE[0], "单位：万元", EXPENDITURE[1:]), *(REVENUE[0], unit, REVENUE[1:]))
    assert [statuses(table) for table in tables] == [{"disputed"}, {"disputed"}]
    assert tables[0].facts[0].amount_yuan == Decimal("23820200.00")
