"""Identities on small tables: what holds, what fails by how much, what cannot be tested."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from parsers.accounting import check
from parsers.tables import budget_tables
from parsers.values.document import Grid
from parsers.values.results import BudgetTable, Check
from tests.parsers.builders import grid, reading
from tests.wording import both

EXPENDITURE = (
    "科目编码|科目名称|合计|基本支出|项目支出",
    "|合计|7.00|5.00|2.00",
    "213|农林水支出|3.00|1.00|2.00",
    "21303|水利|3.00|1.00|2.00",
    "2130301|行政运行|1.00|1.00|",
    "2130305|水利工程建设|2.00||2.00",
    "221|住房保障支出|4.00|4.00|",
    "22102|住房改革支出|4.00|4.00|",
    "2210201|住房公积金|4.00|4.00|",
)


def checked(*blocks: Grid | str) -> tuple[tuple[BudgetTable, ...], tuple[Check, ...]]:
    return check(budget_tables(reading(*blocks)))


def expenditure(**changed: str) -> tuple[tuple[BudgetTable, ...], tuple[Check, ...]]:
    """The table above with lines replaced: `row4="…"`."""
    lines = list(EXPENDITURE)
    for name, line in changed.items():
        lines[int(name.removeprefix("row"))] = line
    return checked("支出总表", "单位：万元", grid(*lines))


def outcome(checks: tuple[Check, ...], rule: str) -> Counter[str]:
    return Counter(c.status for c in checks if c.rule == rule)


def test_a_sound_table_is_proved_amount_by_amount() -> None:
    (table,), checks = expenditure()
    # 合计, 213, 21303, 221 and 22102 in three columns; a column whose parent is blank has nothing to test.
    assert outcome(checks, "I3") == {"holds": 13}
    assert outcome(checks, "I4") == {"holds": 8}
    assert {fact.status for fact in table.facts} == {"proved"}


def test_one_wrong_digit_disputes_the_sums_it_stands_in() -> None:
    (table,), checks = expenditure(row5="2130305|水利工程建设|2.00||2.60")
    failed = [c for c in checks if c.status == "fails"]
    assert {(c.rule, c.difference_yuan) for c in failed} == {("I3", Decimal(-6_000)), ("I4", Decimal(-6_000))}
    wrong = next(f for f in table.facts if f.amount_text == "2.60")
    assert (wrong.status, wrong.disputes) == ("disputed", ("I3", "I4"))
    assert all("2.6" not in both(c.statement) for c in failed)
    assert sorted(c.severity for c in failed) == ["error", "info"]  # one slip, one error


def test_a_tail_within_rounding_is_no_error() -> None:
    _, checks = expenditure(row1="|合计|7.01|5.00|2.00")
    assert outcome(checks, "I3")["rounding"] == 1
    assert all(c.severity == "info" for c in checks)


def test_whole_numbers_that_a_format_shows_with_decimals_were_rounded() -> None:
    table = grid(
        "科目编码|科目名称|合计|基本支出|项目支出",
        "|合计|3,001.00|1,500.00|1,500.00",
        "205|教育支出|1,000.00|500.00|501.00",
        "208|社会保障和就业支出|1,000.00|500.00|500.00",
        "210|卫生健康支出|1,000.00|499.00|500.00",
    )
    _, checks = checked("支出总表", "单位：万元", table)
    assert "fails" not in outcome(checks, "I3") and "fails" not in outcome(checks, "I4")


def test_a_missing_parent_amount_is_found() -> None:
    _, checks = expenditure(row6="221|住房保障支出|||")
    assert outcome(checks, "I3")["fails"] == 2  # 合计 lacks 4.00 in two columns


def test_a_misprinted_code_stays_among_its_neighbours() -> None:
    """30301 between 301 and 30107 (基本工资 with the code of 离休费): the sum of 301 includes it."""
    _, checks = checked(
        "一般公共预算基本支出表",
        "单位：元",
        grid(
            "科目编码|科目名称|合计",
            "|合计|9.00",
            "301|工资福利支出|9.00",
            "30301|基本工资|4.00",
            "30107|绩效工资|5.00",
        ),
    )
    assert outcome(checks, "I10") == {"holds": 2}
    (found,) = (c for c in checks if c.rule == "CODE")
    assert "30101" in both(found.message)


def test_a_row_without_code_counts_as_a_part_of_the_group_above_it() -> None:
    _, checks = expenditure(row5="|某项专用经费|2.00||2.00")
    assert outcome(checks, "I3")["fails"] == 0
    assert outcome(checks, "I3")["holds"] > 8


def test_purchases_repeat_a_code_on_every_level() -> None:
    _, checks = checked(
        "政府采购预算表",
        "单位：元",
        grid("科目编码|采购项目|金额", "|合计|5.00", "2130301|某局|5.00", "2130301|办公设备|5.00"),
    )
    assert outcome(checks, "I3") == {}


def test_basic_expenditure_is_personnel_plus_public() -> None:
    _, checks = checked(
        "一般公共预算支出表",
        "单位：元",
        grid(
            "科目编码|科目名称|合计|基本支出|<|<|项目支出",
            "^|^|^|小计|人员经费|公用经费|^",
            "2130301|行政运行|10.00|9.00|6.00|2.00|1.00",
        ),
    )
    assert outcome(checks, "I4") == {"holds": 1}
    assert outcome(checks, "I5") == {"fails": 1}


def test_a_column_nobody_understands_makes_the_row_sum_untested() -> None:
    _, checks = checked(
        "支出总表",
        "单位：元",
        grid("科目名称|合计|基本支出|项目支出|云端预留额度", "某支出|9.00|5.00|3.00|1.00"),
    )
    assert outcome(checks, "I4") == {}


SUMMARY = (
    "收入|<|支出|<",
    "项目|预算数|项目|预算数",
    "一、财政拨款收入|10.00|一、农林水支出|12.00",
    "本年收入合计|10.00|本年支出合计|12.00",
    "上年结转|2.00|结转下年|",
    "一、一般公共预算|1.50||",
    "二、政府性基金|0.50||",
    "收入总计|12.00|支出总计|12.00",
)


def test_summary_totals_agree_and_details_of_the_carry_over_count_once() -> None:
    _, checks = checked("收支总表", "单位：万元", grid(*SUMMARY))
    assert outcome(checks, "I1") == {"holds": 1}
    assert outcome(checks, "I2") == {"holds": 2}


def test_what_a_carry_over_consists_of_counts_once_after_its_first_part() -> None:
    parts = ("其中：财政拨款结转|1.21||", "非财政拨款结转|0.80||")
    _, checks = checked("收支总表", "单位：万元", grid(*SUMMARY[:5], *parts, SUMMARY[-1]))
    assert outcome(checks, "I2") == {"holds": 2}


def test_unequal_sides_fail() -> None:
    lines = [*SUMMARY[:-1], "收入总计|12.00|支出总计|21.00"]
    _, checks = checked("收支总表", "单位：万元", grid(*lines))
    (check_,) = (c for c in checks if c.rule == "I1")
    assert (check_.status, check_.difference_yuan) == ("fails", Decimal(-90_000))
    assert check_.left_yuan == Decimal(120_000)


def test_basic_expenditure_agrees_between_tables_of_different_units() -> None:
    by_function = grid(*EXPENDITURE)
    by_class = grid("科目编码|科目名称|合计", "|合计|50,000.00", "301|工资福利支出|50,000.00")
    _, checks = checked(
        "一般公共预算支出表", "单位：万元", by_function, "一般公共预算基本支出表", "单位：元", by_class
    )
    (check_,) = (c for c in checks if c.rule == "I9")
    assert (check_.status, check_.table_nos) == ("holds", (1, 2))


def test_columns_under_of_which_beside_the_natures_are_no_parts() -> None:
    header = "功能科目|合计|基本支出|项目支出|其中|<", "^|^|^|^|事业单位经营支出|上缴上级支出"
    table = grid(*header, "2013810-质量基础|173.24||173.24|168.00|", "2013801-行政运行|5.00|5.00|||")
    _, checks = checked("支出总表", "单位：万元", table)
    assert outcome(checks, "I4") == {"holds": 2}
    plain = grid("功能科目|合计|其中|<", "^|^|基本支出|项目支出", "2013801-行政运行|5.00|5.00|2.00")
    _, checks = checked("支出总表", "单位：万元", plain)
    assert outcome(checks, "I4") == {"fails": 1}


def test_a_row_no_classification_knows_leaves_sums_by_name_open() -> None:
    lines = (
        "项目|预算数|项目|预算数",
        "一、财政拨款|9.00|公共安全支出|9.00",
        "||司法|2.00",
        "||行政运行|2.00",
    )
    named = grid(*lines, "||星际事务|7.00", "||星际运行|7.00", "本年收入合计|9.00|本年支出合计|9.00")
    _, checks = checked("收支总表", "单位：万元", named)
    assert not [check for check in checks if check.rule == "I3" and check.status == "fails"]


def test_an_expenditure_without_a_code_names_no_body() -> None:
    lines = (
        "支出项目类别|总计",
        "合计|9.00",
        "某某局|6.00",
        "工资福利支出|4.00",
        "其他资本性等支出|2.00",
        "某某中心|3.00",
        "工资福利支出|3.00",
    )
    _, checks = checked("基本支出预算表", "单位：万元", grid(*lines))
    assert not [check for check in checks if check.status == "fails" and check.severity == "error"]


def test_projects_grouped_without_a_total_count_once() -> None:
    spent = grid(
        "科目编码|科目名称|合计|基本支出|项目支出",
        "|合计|12.00|3.00|9.00",
        "201|一般公共服务支出|12.00|3.00|9.00",
    )
    projects = grid(
        "类型|一级项目|二级项目|合计",
        "特定目标类|||9.00",
        "|综合管理||9.00",
        "||专项甲|4.00",
        "||专项乙|5.00",
    )
    _, checks = checked("支出总表", "单位：万元", spent, "项目支出表", "单位：万元", projects)
    assert outcome(checks, "I12.list") == {"holds": 1}


def test_the_sides_of_a_summary_are_compared_as_wholes() -> None:
    """Henan: the expenditure side has a column of the carry-over, the revenue side a row."""
    lines = (
        "收入|<|支出|<|<|<",
        "项目|金额|项目|合计|本年支出|上年结转",
        "一、一般公共预算|7.00|一、基本支出|4.00|4.00|",
        "二、其他收入||二、项目支出|5.00|3.00|2.00",
        "本年收入合计|7.00|本年支出合计|9.00|7.00|2.00",
        "上年结转|2.00|结转下年|||",
        "收入总计|9.00|支出总计|9.00|7.00|2.00",
    )
    _, checks = checked("收支总体情况表", "单位：万元", grid(*lines))
    assert outcome(checks, "I1") == {"holds": 1}


def test_funds_side_by_side_without_a_sum_make_up_a_side_together() -> None:
    lines = (
        "收入|<|支出|<|<",
        "项目|金额|项目|一般公共预算|政府性基金预算",
        "一、本年收入|9.00|一、本年支出|7.00|2.00",
        "（一）一般公共预算拨款|7.00|（一）农林水支出|7.00|",
        "（二）政府性基金预算拨款|2.00|（二）城乡社区支出||2.00",
        "收入总计|9.00|支出总计|7.00|2.00",
    )
    _, checks = checked("财政拨款收支总表", "单位：万元", grid(*lines))
    assert outcome(checks, "I1") == {"holds": 1}
    unequal = grid(*lines[:-1], "收入总计|9.50|支出总计|7.00|2.00")
    _, checks = checked("财政拨款收支总表", "单位：万元", unequal)
    assert outcome(checks, "I1") == {"fails": 1}


def test_a_name_of_two_classifications_is_compared_with_neither() -> None:
    rows = ("项目|预算数|项目|预算数", "一、财政拨款|7.00|一、基本支出|5.00", "||其他支出|2.00")
    by_use = grid("收入|<|支出|<", *rows, "收入总计|7.00|支出总计|7.00")
    lines = "|合计|7.00|7.00|", "201|一般公共服务支出|4.00|4.00|", "229|其他支出|3.00|3.00|"
    by_function = grid(EXPENDITURE[0], *lines)
    _, checks = checked("收支总表", "单位：万元", by_use, "支出总表", "单位：万元", by_function)
    assert outcome(checks, "I6.class") == {}
