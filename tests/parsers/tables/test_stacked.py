"""Summary tables that print revenue above expenditure in one column of amounts."""

from __future__ import annotations

import pytest

from parsers.accounting import check
from parsers.tables import budget_tables
from parsers.values.results import BudgetTable, Check, Fact
from tests.parsers.builders import grid, reading

REVENUE = ("一般公共预算拨款收入|12.00|", "上年结转|3.00|")
EXPENDITURE = ("教育支出|9.00|", "卫生健康支出|6.00|")
HEADS = (
    ("一、收入部分", "二、支出部分"), ("收入", "支出"), ("第一部分 收入", "第二部分 支出"),
    ("（一）收入部分", "（二）支出部分"), ("收入项目", "支出项目"), ("【收入】", "【支出】"),
    ("收入类", "支出（按功能分类）"), ("收入：", "支出（按支出性质）"),
)  # fmt: skip


def table(*lines: str) -> BudgetTable:
    (found,) = budget_tables(reading("部门收支总表", "单位：万元", grid("项目|预算数|备注", *lines)))
    return found


def stacked(heads: tuple[str, ...], wide: bool = True, total: str = "15.00") -> list[str]:
    revenue, expenditure = (f"{head}|<|<" if wide else f"{head}||" for head in heads)
    closing = f"支出合计|{total}|"
    return [revenue, *REVENUE, "收入合计|15.00|", expenditure, *EXPENDITURE, closing]


def flows(facts: tuple[Fact, ...]) -> list[str | None]:
    return [fact.flow for fact in facts]


def failing(found: BudgetTable) -> list[Check]:
    return [one for one in check([found])[1] if one.status == "fails"]


@pytest.mark.parametrize("heads", HEADS)
@pytest.mark.parametrize("wide", [True, False])
def test_lines_of_either_side_part_the_table(heads: tuple[str, str], wide: bool) -> None:
    found = table(*stacked(heads, wide))
    assert flows(found.facts) == ["revenue"] * 3 + ["expenditure"] * 3
    assert failing(found) == []
    checks = check([found])[1]
    held = [one for one in checks if one.rule in ("S1", "P2") and one.status == "holds"]
    assert {one.left_yuan for one in held} == {150_000}


@pytest.mark.parametrize("heads", HEADS)
def test_a_side_that_does_not_add_up_fails(heads: tuple[str, str]) -> None:
    wrong = failing(table(*stacked(heads, total="18.00")))
    assert [(one.rule in ("S1", "P2"), one.right_yuan) for one in wrong] == [(True, 150_000)]


@pytest.mark.parametrize("lines", [("资金来源", "资金运用"), ("一、甲方", "二、乙方")])
@pytest.mark.parametrize("numbered", [True, False])
def test_sides_that_cannot_be_told_apart_are_not_tested(lines: tuple[str, str], numbered: bool) -> None:
    rows = stacked(lines)
    if numbered:
        rows = [
            row if "合计" in row or row.startswith(lines) else f"{(i - 1) % 4 + 1}.{row}"
            for i, row in enumerate(rows)
        ]
    found = table(*rows)
    assert set(flows(found.facts)) == {None}
    assert failing(found) == []


@pytest.mark.parametrize("second", ["三、支出（按经济分类）", "支出按支出经济分类"])
def test_a_second_view_of_expenditure_is_not_added_to_the_first(second: str) -> None:
    view = [f"{second}|<|<", "工资福利支出|8.00|", "其他支出|7.00|", "支出合计|15.00|"]
    found = table(*stacked(HEADS[0]), *view)
    assert failing(found) == []
    assert flows(found.facts) == ["revenue"] * 3 + ["expenditure"] * 6
    assert [fact.functional_code for fact in found.facts[6:]] == [None] * 3
    assert [fact.nature for fact in found.facts[6:8]] == [None] * 2


def test_a_blank_row_above_the_first_line_moves_no_row() -> None:
    found = table("||", *stacked(HEADS[0]))
    assert [fact.row_no for fact in found.facts] == [2, 3, 4, 6, 7, 8]
    assert failing(found) == []
