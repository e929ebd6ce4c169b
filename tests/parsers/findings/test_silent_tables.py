"""A table of money that gave no amount although its page prints some is named for a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.findings.no_tables import silent_tables
from parsers.tables import budget_tables
from parsers.values.results import BudgetTable
from parsers.values.table_types import TableType
from tests.parsers.builders import grid, reading
from tests.wording import both


@pytest.fixture
def empty() -> BudgetTable:
    (table,) = budget_tables(
        reading("政府性基金预算支出表", "单位：万元", grid("科目|合计", "合计|", page=4))
    )
    return table


def test_amounts_on_the_page(empty: BudgetTable) -> None:
    assert both(silent_tables([replace(empty, unread=("1,234.50",))])) == (
        "《政府性基金预算支出表》（第4页）：页面上印有金额，但一个也没有读出 | "
        "“政府性基金预算支出表” (page 4): the page prints amounts, and none was read"
    )


def test_an_empty_form_is_none(empty: BudgetTable) -> None:
    assert silent_tables([empty]) is None


def test_a_table_of_unknown_kind_is_none(empty: BudgetTable) -> None:
    assert silent_tables([replace(empty, table_type=TableType.OTHER, unread=("1,234.50",))]) is None


def test_many_are_counted(empty: BudgetTable) -> None:
    told = both(silent_tables([replace(empty, unread=("1.50",))] * 5))
    assert told is not None and "等5张表" in told and "and 2 more" in told
