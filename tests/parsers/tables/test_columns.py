"""Roles of columns by their header words, and the classification they print."""

from __future__ import annotations

import pytest

from parsers.tables import budget_tables
from parsers.tables.layout.columns import read_columns
from parsers.tables.layout.rows import rows_of
from tests.parsers.builders import grid, reading


@pytest.mark.parametrize(
    ("header", "role", "system"),
    [
        ("支出功能分类科目（按大类）", "functional_name", "functional"),
        ("支出功能分科目（按大类）", "functional_name", "functional"),
        ("部门预算支出经济分类科目（按大类）", "economic_name", "economic"),
        ("政府预算支出经济分类科目名称", "gov_economic_name", "gov_economic"),
        ("支出项目类别（资金使用单位）", "item", None),
        ("按支出用途分类", "item", None),
        ("支出项目（按功能分类）", "item", "functional"),
        ("三级", "item", None),
        ("采购品目名称", "project_name", None),
        ("采购品目大类", "type", None),
        ("单位（项目）名称", "project_name", None),
        ("一般公共预算拨款", "money", None),
        ("占比（%）", "percent", None),
        ("实施采购时间", "date", None),
    ],
)
def test_header_words_give_role_and_classification(header: str, role: str, system: str | None) -> None:
    header_rows = rows_of(grid(f"{header}|金额"))
    column = read_columns(header_rows, rows_of(grid("某|1.00")), "收支总表")[0]
    assert (column.role, column.system) == (role, system)


def test_the_characters_of_a_word_below_each_other_are_one_header() -> None:
    body = rows_of(grid("1|基本工资|1.00", "2|津贴补贴|2.00"))
    first = read_columns(rows_of(grid("序|项目|金额", "号|^|^")), body, "基本支出表")[0]
    assert (first.path, first.role) == (("序号",), "serial")


def test_code_columns_without_words_are_told_by_their_codes() -> None:
    rows = rows_of(grid("30101|基本工资|1.00", "30102|津贴补贴|2.00"))
    columns = read_columns(rows_of(grid("科目编码|科目名称|合计")), rows, "基本支出表")
    assert columns[0].system == "economic"


def test_words_below_a_header_of_money_name_the_rows_where_nothing_else_does() -> None:
    body = rows_of(grid("事业收入|2.00", "其他收入|1.00"))
    assert [c.role for c in read_columns(rows_of(grid("收入来源|金额")), body, "收入总表")] == [
        "item",
        "money",
    ]


@pytest.mark.parametrize(
    ("header", "body", "roles"),
    [
        ("项目名称||金额", ("公共预算|小计|3.00", "^|专项收入|3.00"), "project_name project_name money"),
        ("||合计", ("205|教育|3.00", "2050201|学前|3.00", "合计|<|3.00"), "code functional_name money"),
        ("|合计|", ("205 教育支出|3.00|注", "208 社会保障|3.00|注"), "item money text"),
    ],
)
def test_words_and_codes_under_a_header_left_blank_name_rows(
    header: str, body: tuple[str, ...], roles: str
) -> None:
    columns = read_columns(rows_of(grid(header)), rows_of(grid(*body)), "支出总表")
    assert " ".join(column.role for column in columns) == roles


def test_two_classifications_side_by_side_keep_their_names_apart() -> None:
    header = rows_of(grid("科目编码|科目名称|科目编码|科目名称|合计"))
    body = rows_of(grid("30228|工会经费|50201|办公经费|1.19", "30302|退休费|50905|离退休费|5.06"))
    roles = [column.role for column in read_columns(header, body, "基本支出表")]
    assert roles == ["code", "economic_name", "code", "gov_economic_name", "money"]


def test_code_columns_under_one_header_cell_are_parts_of_one_code() -> None:
    header = rows_of(grid("科目编码|<|<|科目名称|合计"))
    body = rows_of(grid("类|款|项|合计|3.00", "201|06||财政事务|3.00", "201|06|01|行政运行|3.00"))
    roles = [column.role for column in read_columns(header, body, "支出决算表")]
    assert roles == ["class_part", "group_part", "item_part", "functional_name", "money"]


@pytest.mark.parametrize(
    ("values", "role"),
    [
        (("234", "234001", "234002"), "text"),
        (("234", "2340", "235000"), "money"),
        (("120.00", "12000"), "money"),
    ],
)
def test_codes_of_bodies_below_no_header_are_no_amounts(values: tuple[str, ...], role: str) -> None:
    body = rows_of(grid(*(f"{value}|某局|1.00" for value in values)))
    assert read_columns(rows_of(grid("|单位名称|合计")), body, "“三公”经费表")[0].role == role


def test_numbered_items_name_rows_below_a_header_that_runs_into_the_next() -> None:
    """Xi'an: 支出经济分类科目 and 预算数 are printed over each other, and above the amounts is nothing."""
    table = grid(
        "项目|预算数|部门预预算算数支出经济分类科目|",
        "1、农林水|9.00|1、人员经费和公用经费支出|6.00",
        "2、其他支出|1.00|(1)工资福利支出|6.00",
        "||2、专项业务经费支出|4.00",
        "支出总计|10.00|支出总计|10.00",
    )
    (found,) = budget_tables(reading("部门综合预算收支总表", "单位：万元", table))
    labels = [(f.row_label, f.amount_text) for f in found.facts if f.col_no == 3]
    assert labels[:3] == [
        ("1、人员经费和公用经费支出", "6.00"),
        ("(1)工资福利支出", "6.00"),
        ("2、专项业务经费支出", "4.00"),
    ]
