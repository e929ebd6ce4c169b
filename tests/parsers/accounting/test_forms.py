"""Differences that the forms explain are not failures, and one slip is one check."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from parsers.accounting import check
from parsers.accounting.kinds.between import explains
from parsers.accounting.kinds.hierarchy.branches import Rows, sound
from parsers.tables import budget_tables
from parsers.values.results import BudgetTable, Check
from tests.parsers.builders import grid, reading
from tests.wording import both


def failing(tables: Sequence[BudgetTable], body: str | None = None) -> list[Check]:
    return [c for c in check(tables, body=body)[1] if c.status == "fails"]


def table(title: str, *lines: str) -> BudgetTable:
    (found,) = budget_tables(reading(title, "单位：万元", grid(*lines)))
    return found


POLICE = (
    "科目编码|科目名称|合计|基本支出|项目支出",
    "|合计|12.00|5.00|7.00",
    "204|公共安全支出|12.00|5.00|7.00",
    "20402|公安|12.00|5.00|7.00",
    "2040201|行政运行|5.00|5.00|",
    "2040299|其他公安支出|3.00||3.00",
)


@pytest.mark.parametrize("body", ["某市公安局", None])
def test_a_row_that_may_be_withheld_is_no_error(body: str | None) -> None:
    lines = POLICE if body is None else tuple(line.replace("204", "213") for line in POLICE)
    found = failing([table("支出总表", *lines)], body)
    assert found
    assert {(c.severity, c.fault) for c in found} == {("info", "unclear")}
    assert all("不予公开" in both(c.message) and "withheld" in both(c.message) for c in found)


def test_a_row_that_may_be_withheld_may_have_shrunk() -> None:
    head = "科目编码|科目名称|上年预算数|本年预算数|增减变动"
    rows = ("|合计|15.00|12.00|-3.00", "204|公共安全支出|15.00|12.00|-3.00", "20402|公安|15.00|12.00|-3.00")
    found = failing([table("支出总表", head, *rows, "2040201|行政运行|5.00|6.00|1.00")])
    assert len(found) >= 3 and {c.severity for c in found} == {"info"}


def test_the_same_row_of_another_body_is_an_error() -> None:
    lines = [line.replace("204", "213").replace("公安", "农业") for line in POLICE]
    assert any(c.severity == "error" for c in failing([table("支出总表", *lines)], "某市农业农村局"))


def test_a_group_whose_item_repeats_its_code_is_no_double_row() -> None:
    rows = ("219|援助其他地区支出|5.00||5.00", "21999|其他支出|5.00||5.00", "21999|其他支出|5.00||5.00")
    others = ("221|住房保障支出|2.00|2.00|", "22102|住房改革支出|2.00|2.00|", "2210201|住房公积金|2.00|2.00|")
    found = table("支出总表", POLICE[0], "|合计|7.00|2.00|5.00", *rows, *others)
    assert not [c for c in failing([found]) if c.rule == "I3"]


def test_a_column_that_the_others_contain_is_no_part() -> None:
    head = "科目编码|科目名称|支出总计|基本支出|项目支出|事业单位经营支出"
    rows = ("211|节能环保支出|9.00|4.00|5.00|8.00", "221|住房保障支出|3.00|3.00|0.00|2.00")
    assert not [c for c in failing([table("支出总表", head, *rows)]) if c.rule == "I4"]


def test_a_column_beside_the_others_is_a_part() -> None:
    head = "科目编码|科目名称|支出总计|基本支出|项目支出|事业单位经营支出"
    rows = ("211|节能环保支出|17.00|4.00|5.00|8.00", "221|住房保障支出|3.00|3.00|0.00|2.00")
    assert [c.left_yuan for c in failing([table("支出总表", head, *rows)]) if c.rule == "I4"] == [
        Decimal("30000.00")
    ]


def test_one_marked_column_speaks_for_all_of_its_group() -> None:
    head = (
        "功能科目名称|一般公共预算支出|<|<",
        "^|小计|其中：基本支出|项目支出",
    )
    rows = ("合计|9.00|4.00|5.00", "[205]教育支出|6.00|4.00|2.00", "[208]社会保障和就业支出|3.00|0.00|3.00")
    checks = check([table("一般公共预算支出情况表（按功能分类科目）", *head, *rows)])[1]
    assert {c.status for c in checks if c.rule == "C1"} == {"holds"}


def test_columns_that_each_detail_the_total_are_not_added() -> None:
    head = ("科目编码|科目名称|支出总计|政府采购|<|<", "^|^|^|小计|其中：中小企业|其中：小微企业")
    rows = ("211|节能环保支出|9.00|6.00|6.00|2.00", "221|住房保障支出|9.00|2.00|1.00|1.00")
    assert not [c for c in failing([table("支出总表", *head, *rows)]) if c.rule == "C1"]


def test_carry_over_in_one_table_only_is_no_difference_of_classes() -> None:
    summary = table(
        "财政拨款收支总表",
        "收入|<|支出|<",
        "项目|预算数|支出功能分类科目|预算数",
        "一、一般公共预算拨款|10.00|一、教育支出|4.00",
        "二、政府性基金||二、卫生健康支出|8.00",
        "本年收入合计|10.00|本年支出合计|12.00",
        "上年结转|2.00|结转下年|",
        "收入总计|12.00|支出总计|12.00",
    )
    general = table(
        "一般公共预算支出表",
        "功能科目编码|功能科目名称|合计",
        "|合计|10.00",
        "205|教育支出|3.00",
        "210|卫生健康支出|7.00",
    )
    assert not [c for c in failing([summary, general]) if c.rule.startswith("I7")]


@pytest.mark.parametrize(("gap", "expected"), [("4574.8", True), ("4574.6", False), ("0", False)])
def test_carry_over_explains_a_difference_within_rounding(gap: str, expected: bool) -> None:
    assert explains(frozenset({Decimal("4574.9")}), Decimal(gap), step=Decimal("0.1")) is expected


def test_a_total_that_contains_meetings_is_no_error_of_the_three_expenses() -> None:
    head = "单位名称|合计|因公出国（境）费用|公务接待费|公务用车运行维护费|会议费|培训费"
    assert not [
        c
        for c in failing(
            [table("“三公”经费、会议费、培训费支出表", head, "某局|8.00|0.00|1.00|5.00|2.00|0.00")]
        )
        if c.rule == "I11"
    ]


def test_an_unindented_list_is_read_in_the_one_way_that_adds_up() -> None:
    amounts = (20, 12, 4, 8, 3, 5, 8, 8, 2, 6)  # total; group of 4 and of 8 (3 and 5); group of 8, of 2 and 6
    rows = Rows([(amount,) for amount in amounts], [(1,)] * len(amounts), 0)
    found = sound(Rows([(v[0] * 100,) for v in rows.vectors], rows.shapes, 0))
    assert found is not None
    assert max(b.position for b in found.walk()) == len(amounts) - 1


def test_rows_near_a_sum_by_rounding_are_not_taken_for_its_whole() -> None:
    cents = (2698, 1350, 185, 390, 773)  # 1350 is near 185 + 390 + 773, and the list has one level
    found = sound(Rows([(c * 10_000,) for c in cents], [(1,)] * len(cents), 5_000))
    assert found is not None and [part.position for part in found.parts] == [1, 2, 3, 4]


def test_the_rest_of_a_group_had_another_code_once() -> None:
    """2109901 was 其他卫生健康支出 before it was 2109999."""
    head, *rows = (line.replace("204", "210").replace("公安", "医疗") for line in POLICE)
    others = ("21099|其他卫生健康支出|1.00||1.00", "2109901|其他卫生健康支出|1.00||1.00")
    found = failing([table("支出总表", head, *rows, *others)])
    assert not [c for c in found if c.rule == "CODE.name"]


def test_a_fund_may_spend_what_it_had_before_the_year() -> None:
    head = "科目编码|科目名称|年初结转和结余|本年收入|本年支出|年末结转和结余"
    rows = "|合计|5.00|9.00|14.00|0.00", "212|城乡社区支出|5.00|9.00|14.00|0.00"
    assert not failing([table("政府性基金预算财政拨款收入支出决算表", head, *rows)])


def test_a_project_may_be_called_as_a_class_that_does_not_pay_for_it() -> None:
    rows = ("2120803 城市建设支出|城市基础设施配套|3.00", "2120899 其他支出|棚户区改造|4.00")
    table = grid("功能科目|项目名称|预算数", *rows, "合计|<|7.00")
    found = check(budget_tables(reading("项目支出表", "单位：万元", table)))[1]
    assert not [c for c in found if c.rule == "CODE.name" and c.status == "fails"]
