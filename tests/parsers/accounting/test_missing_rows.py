"""A row that is not printed, or twice: what the rest of its table, or of the document, says of it."""

from __future__ import annotations

import pytest

from parsers.accounting import check
from parsers.tables import budget_tables
from parsers.values.document import Grid
from tests.parsers.builders import grid, reading

UNIT = "单位：万元"
EXPENDITURE = ("支出总表", UNIT, grid(
    "科目编码|科目名称|合计|基本支出|项目支出",
    "|合计|9.00|5.00|4.00", "205|教育支出|4.00||4.00", "208|社会保障和就业支出|5.00|5.00|",
))  # fmt: skip
NAMES = (
    "功能分类科目名称|合计|基本支出|项目支出",
    "合计|9.00|5.00|4.00",
    "教育支出|2.00||2.00", "　普通教育|2.00||2.00", "　　学前教育|2.00||2.00",
    "科学技术支出|2.00||2.00", "　技术研究与开发|2.00||2.00", "　　科技成果转化与扩散|2.00||2.00",
    "住房保障支出|5.00|5.00|", "　住房改革支出|5.00|5.00|", "　　住房公积金|5.00|5.00|",
)  # fmt: skip
YEARS = (
    "预算单位|年度|总计|因公出国(境)费|公务接待费",
    "市某局（本级）|2025年|5.00|3.00|2.00", "|2026年|6.00|3.00|3.00", "|增减变化金额|1.00|0.00|1.00",
    "市某中心|2025年|2.00|0.00|2.00", "|2026年|1.50|0.00|1.50", "|增减变化金额|-0.50|0.00|-0.50",
)  # fmt: skip


def failing(*blocks: Grid | str) -> list[str]:
    checks = check(budget_tables(reading(*blocks)))[1]
    return [one.rule for one in checks if one.status == "fails"]


def without(lines: tuple[str, ...], row: int) -> Grid:
    return grid(*lines[:row], *lines[row + 1 :])


def test_a_table_that_adds_up_to_the_total_of_others_prints_one() -> None:
    others = [part for n in "甲乙丙" for part in (f"{n}表支出总表", UNIT, EXPENDITURE[2])]
    body = "单位名称|合计|一般公共预算", "合计|9.00|9.00", "市某局|6.00|6.00", "市某中心|3.00|3.00"
    whole, cut = grid(*body), without(body, 1)
    assert "TOTAL.sum" not in failing(*EXPENDITURE, *others, "收入总表", UNIT, whole)
    assert failing(*EXPENDITURE, *others, "收入总表", UNIT, cut) == ["TOTAL.sum"]
    assert not failing(*EXPENDITURE, "收入总表", UNIT, cut)  # one table with a total shows no custom


@pytest.mark.parametrize("row", [4, 7])
def test_names_without_codes_are_listed_down_to_the_item(row: int) -> None:
    assert not failing("一般公共预算支出表", UNIT, grid(*NAMES))
    assert failing("一般公共预算支出表", UNIT, without(NAMES, row)) == ["LEVEL.name"]


@pytest.mark.parametrize("row", range(1, 7))
def test_every_group_of_years_has_three_rows(row: int) -> None:
    title = "财政拨款“三公”经费支出表"
    assert not failing(title, UNIT, grid(*YEARS))
    assert "CHANGE.row" in failing(title, UNIT, without(YEARS, row))


def test_years_of_one_body_are_no_parts_of_each_other() -> None:
    total = "一般公共预算“三公”经费支出表", UNIT, grid("项目|预算数", "合计|5.00", "公务接待费|5.00")
    lines = (
        YEARS[0],
        "市某局|2025年|5.00|0.00|5.00",
        "|2026年|4.00|0.00|4.00",
        "|增减变化金额|-1.00|0.00|-1.00",
    )
    assert not failing(*total, "财政拨款“三公”经费支出表（分单位）", UNIT, grid(*lines))


@pytest.mark.parametrize(("row", "found"), [(1, True), (2, True), (3, False)])
def test_a_change_needs_two_years(row: int, found: bool) -> None:
    cut = without(YEARS[:4], row)
    assert ("CHANGE.row" in failing("财政拨款“三公”经费支出表", UNIT, cut)) == found


def test_a_part_lost_two_levels_down_in_a_long_list() -> None:
    """No row above the gap is the sum of what follows it any more."""
    first = [f"项目{i}|{i + 1}.00" for i in range(36)]
    last = ["信息化|20.00", "运维|20.00", "委托咨询|31.00", "审核|4.00", "评价|9.00", "检查|18.00"]
    body = (f"市某局|{sum(range(37))}.00", *first, "市某中心|51.00", *last)
    lines = "单位（项目）名称|项目金额", f"合计|{sum(range(37)) + 51}.00", *body
    assert not failing("项目支出表", UNIT, grid(*lines))
    assert failing("项目支出表", UNIT, without(lines, len(lines) - 2)) == ["P1"]


@pytest.mark.parametrize(
    ("lines", "row", "found"),
    [
        (("序号|项目名称|金额", "1|宣传|2.00", "2|培训|3.00", "3|运维|4.00"), 2, True),
        (("采购项目|金额", "合计|4.00", "复印纸|2.00", "打印机|2.00"), 2, False),
        (("单位名称|合计", "合计|9.00", "市某局|9.00"), 1, True),
        (("单位名称|合计", "合计|9.00", "市某局|9.00"), 2, False),
    ],
)
def test_what_is_printed_once(lines: tuple[str, ...], row: int, found: bool) -> None:
    title = "项目支出表" if "项目" in lines[0] else "部门收入总表"
    assert ("TWICE" in failing(title, UNIT, grid(*lines[: row + 1], *lines[row:]))) == found


def test_details_whose_head_is_lost_below_two_heads() -> None:
    """货物, 工程 and 服务 contain projects, and these their purchases."""
    lines = (
        "采购大类|专项名称|采购品目|金额", "合计|||12.00",
        "货物|||6.00", "|办公设备||4.00", "||计算机|3.00", "||打印机|1.00", "|家具||2.00", "||桌椅|2.00",
        "工程|||5.00", "|维修||5.00", "||装修|5.00", "服务|||1.00", "|会议||1.00", "||住宿|1.00",
    )  # fmt: skip
    assert not failing("政府采购预算表", UNIT, grid(*lines))
    assert failing("政府采购预算表", UNIT, without(lines, 2)) == ["LEVEL.list"]


def test_a_sum_that_lacks_a_blank_part_is_not_proved_by_another_sum() -> None:
    lines = (
        "科目编码|科目名称|合计|人员经费|公用经费",
        "|合计|110.00|80.00|30.00",
        "301|工资福利支出|80.00|80.00|", "30101|基本工资|50.00|50.00|", "30102|津贴补贴||30.00|",
        "302|商品和服务支出|30.00||30.00", "30201|办公费|30.00||30.00",
    )  # fmt: skip
    tables, checks = check(budget_tables(reading("一般公共预算基本支出表", UNIT, grid(*lines))))
    assert [one.rule for one in checks if one.status == "fails"] == ["I10", "C1"]
    doubted = {(fact.row_label, fact.col_no) for fact in tables[0].facts if fact.status != "proved"}
    assert doubted == {("工资福利支出", 2)}
