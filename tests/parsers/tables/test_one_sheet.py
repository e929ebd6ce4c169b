"""Several tables in one grid: side by side, below each other, over pages whose header is repeated in part."""

from __future__ import annotations

from parsers.parse import _parsed
from parsers.tables import budget_tables
from parsers.values.document import Grid
from parsers.values.results import Hints
from tests.parsers.builders import grid, reading

PROJECTS = ("项目名称|合计|一般公共预算|其他资金", "合计|30.00|30.00|", "校舍维修|30.00|30.00|")
REGIONS = ("地区|合计|水利资金|饮水资金", "合计|90.00|50.00|40.00", "青石县|90.00|50.00|40.00")


def sizes(*blocks: Grid | str) -> list[tuple[str | None, int]]:
    """Title and number of facts of each table."""
    return [(table.title, len(table.facts)) for table in budget_tables(reading(*blocks))]


def test_tables_side_by_side_with_a_title_each_are_two() -> None:
    one = ("项目支出表||||", "单位：万元||||", *(f"{line}|" for line in PROJECTS))
    revenue = ("项目|合计|财政拨款|其他", "合计|9.00|5.00|4.00", "拨款|9.00|5.00|4.00")
    other = ("部门收入总表|||", "单位：元|||", *revenue)
    lines = [f"{left}|{right}" for left, right in zip(one, other, strict=True)]
    found = budget_tables(reading(grid(*lines)))
    assert [(table.title, table.unit_yuan, len(table.facts)) for table in found] == [
        ("项目支出表", 10_000, 4),
        ("部门收入总表", 1, 6),
    ]


def test_a_blank_column_within_a_table_parts_nothing() -> None:
    assert sizes(grid("支出总表||||", "单位：万元||||", "科目||合计||项目支出", "教育支出||9.00||4.00")) == [
        ("支出总表", 2)
    ]


def test_a_unit_line_above_another_header_begins_a_table_whose_title_says_nothing() -> None:
    lines = ("项目支出表", "单位：万元", *PROJECTS, "", "表二 各地安排", "单位：万元", *REGIONS)
    tables = budget_tables(reading(grid(*lines)))
    assert [len(table.grid) for table in tables] == [2, 2]
    assert len(tables[0].facts) == 4


def test_a_unit_line_above_the_same_header_goes_on() -> None:
    lines = ("项目支出表", "单位：万元", *PROJECTS, "单位：万元", PROJECTS[0], "道路养护|5.00|5.00|")
    assert sizes(grid(*lines)) == [("项目支出表", 6)]


def test_the_first_row_of_a_header_repeated_on_the_next_page_is_no_row() -> None:
    head = ("收入|<|支出|<", "项目|金额|项目|金额")
    first = grid(*head, "一、财政拨款|9.00|一、教育支出|6.00", page=1, edges=(0, 1, 2, 3, 4))
    rest = ("||二、住房保障支出|3.00", "收入总计|9.00|支出总计|9.00")
    second = grid(head[0], *rest, page=2, edges=(0, 1, 2, 3, 4))
    document = _parsed("0" * 64, reading("收支总表", "单位：万元", first, second), Hints())
    (table,) = document.tables
    assert [row[2] for row in table.grid] == ["一、教育支出", "二、住房保障支出", "支出总计"]
    assert not [check for check in document.checks if check.status == "fails" and check.severity == "error"]
