from __future__ import annotations

import csv
from pathlib import Path

import pytest

from parsers.tables.layout.titles import is_title, printed_no, same_title, table_type, whole_title


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("2024年部门收支总表", "summary"),
        ("部门收支预算总体情况表", "summary"),
        ("收入支出决算总表", "summary"),
        ("2026年部门收入预算总表", "revenue"),
        ("收入决算表", "revenue"),
        ("支出总体情况表", "expenditure"),
        ("财政拨款收支预算总表", "appropriation_summary"),
        ("财政拨款收入支出决算总表", "appropriation_summary"),
        ("一般公共预算支出表（按功能分类）", "general_expenditure"),
        ("一般公共预算支出表（按经济分类）", "general_expenditure_economic"),
        ("一般公共预算基本支出明细表（按支出功能分类科目）", "general_basic"),
        ("一般公共预算财政拨款基本支出决算表", "general_basic_economic"),
        ("财政拨款支出表（功能科目）", "appropriation_expenditure"),
        ("2026年部门财政拨款支出预算表", "appropriation_expenditure"),
        ("一般公共预算财政拨款支出决算表", "general_expenditure"),
        ("一般公共财政拨款支出表", "general_expenditure"),
        ("财政拨款基本支出表（经济科目）", "appropriation_basic_economic"),
        ("财政拨款基本支出表（功能科目）", "appropriation_basic"),
        ("财政拨款支出表（经济科目）", "economic_summary"),
        ("基本支出总表", "basic_economic"),
        ("支出经济分类汇总表", "economic_summary"),
        ("财政拨款“三公”经费支出表", "three_public"),
        ("“三公”经费和机关运行经费预算表", "three_public"),
        ("政府性基金预算收支表", "gov_fund"),
        ("政府性基金预算收入表", "gov_fund_revenue"),
        ("政府性基金预算支出表（不含上年结转）", "gov_fund_expenditure"),
        ("国有资本经营预算支出情况表", "state_capital"),
        ("项目支出表（上年结转）", "carryover_projects"),
        ("项目支出表（不含上年结转）", "projects"),
        ("专项业务经费支出表", "projects"),
        ("政府采购预算明细表", "procurement"),
        ("政府购买服务支出表", "outsourced_services"),
        ("机关运行经费支出预算表", "operating_costs"),
        ("项目支出绩效目标表", "project_performance"),
        ("部门整体支出绩效目标表", "unit_performance"),
        ("专项资金绩效目标表", "earmarked_performance"),
        ("国有资产使用情况表", "other"),
        ("目 录", "contents"),
    ],
)
def test_titles_name_their_type(title: str, expected: str) -> None:
    assert table_type(title) == expected
    assert is_title(title)


@pytest.mark.parametrize(
    "line",
    [
        "二、关于收支总表的说明",
        "本表反映部门年度收支总体情况，详见收支总表。",
        "一、部门收支总表................5",
        "人员情况登记",
        "第二部分 2026年部门预算表",
    ],
)
def test_lines_about_tables_are_no_titles(line: str) -> None:
    assert not is_title(line)


def test_a_unit_on_the_same_line_does_not_hide_a_title() -> None:
    assert is_title("2024年部门收支总表 金额单位：万元")


def test_a_continued_title_is_the_same() -> None:
    assert same_title("支出总表", "支 出 总 表（续）")
    assert not same_title("支出总表", "收入总表（续）")


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (["表6", "支出表"], "表6"),
        (["公开02表"], "公开02表"),
        (["收支总表(预算表1)"], "预算表1"),
        (["预算01表 收支总表"], "预算01表"),
        (["预算公开表1 2026年预算收支总表"], "预算公开表1"),
        (["收支总表"], None),
    ],
)
def test_the_printed_number_is_found(lines: list[str], number: str | None) -> None:
    assert printed_no(lines) == number


def test_a_title_over_two_lines_names_its_table_as_a_whole() -> None:
    three = whole_title("2026年一般公共预算“三公”经费", "支出预算表")
    assert table_type(three) == "three_public"
    assert whole_title("一、收入支出预算总体情况", "支出预算表") == "支出预算表"
    assert whole_title("某局2026年部门预算", "收支总表") == "收支总表"


# Of the 185 variants collected from real documents, those that name one type beyond doubt.
_CANONICAL = {
    "B01": {"summary"},
    "B02": {"revenue"},
    "B04": {"appropriation_summary"},
    "B07": {"three_public"},
    "B09": {"state_capital"},
    "B12": {"operating_costs"},
    "F01": {"summary"},
    "F02": {"revenue"},
    "F03": {"expenditure"},
    "F04": {"appropriation_summary"},
    "F05": {"general_expenditure"},
    "F06": {"general_basic_economic"},
}


def test_the_variants_of_real_documents_keep_their_type(shared: Path) -> None:
    with (shared / "reference" / "table_variants.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["canonical"][:3] in _CANONICAL]
    wrong = [r["variant"] for r in rows if table_type(r["variant"]) not in _CANONICAL[r["canonical"][:3]]]
    assert len(rows) > 40
    assert wrong == []
