"""Sums within performance forms: what holds, what is off, and what is not tested."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.performance.checks import form_sums
from parsers.values.results import BudgetTable
from parsers.values.table_types import TableType

TASKS = ("年度主要任务", "任务名称", "总额", "财政拨款", "其他资金")


def form(*rows: Sequence[str], header: Sequence[Sequence[str]] = ()) -> BudgetTable:
    return BudgetTable(
        table_no=1,
        printed_no=None,
        title="绩效目标表",
        table_type=TableType.PROJECT_PERFORMANCE,
        unit_text=None,
        unit_yuan=None,
        pages=(),
        header=tuple(map(tuple, header)),
        grid=tuple(map(tuple, rows)),
        empty=True,
        empty_reason=None,
        confidence=1.0,
        facts=(),
        rows=(),
    )


def off(table: BudgetTable) -> list[str]:
    return [found.label for found in form_sums(table) if not found.holds]


def test_the_whole_is_the_sum_of_its_sources() -> None:
    def money(whole: str) -> BudgetTable:
        sources = (("", "其中：财政拨款", "10.5"), ("", "其他资金", "2"))
        return form(("项目资金", "年度资金总额：", whole), *sources)

    assert [found.holds for found in form_sums(money("12.50"))] == [True]
    assert off(money("15.20")) == ["年度资金总额"]


def test_sources_that_are_not_all_printed_are_not_added() -> None:
    table = form(("", "资金总额", "12"), ("", "其中：财政拨款", "10"), ("", "上年结转", "2"))
    assert list(form_sums(table)) == []


def test_tasks_add_up_across_and_down() -> None:
    def tasks(first: str) -> BudgetTable:
        listed = ("", "任务1", first, "6.4", ""), ("", "任务2", "25", "20", "5")
        return form(*listed, ("金额合计", "", "31.4", "26.4", "5"), header=[TASKS])

    assert off(tasks("6.4")) == []
    assert off(tasks("6.8")) == ["任务1总额", "金额合计（总额）"]


def test_tasks_with_two_sets_of_columns_are_added_down_only() -> None:
    head = (*TASKS, "财政拨款", "其他资金")
    rows = ("", "任务1", "6", "6", "", "5", ""), ("金额合计", "", "6", "6", "", "5", "")
    assert off(form(*rows, header=[head])) == []
