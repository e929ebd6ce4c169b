"""Tables whose columns are open prove no meaning and accuse no one."""

from __future__ import annotations

from dataclasses import replace

from parsers import accounting
from parsers.findings.doubt import doubted, meanings_doubted
from parsers.findings.unread import Coverage
from parsers.tables import budget_tables
from parsers.values.document import Box, Grid
from parsers.values.results import BudgetTable, Check
from tests.parsers.builders import grid, reading


def basic(
    *, header_open: bool = False, label: str = "办公费", total: str = "30.00"
) -> tuple[BudgetTable, list[Check]]:
    """A table of one page, checked, and what fails."""
    drawn: Grid = grid(
        "科目编码|科目名称|合计|人员经费|公用经费",
        f"|合计|{total}|20.00|10.00",
        "301|工资福利支出|20.00|20.00|",
        "30101|基本工资|20.00|20.00|",
        "302|商品和服务支出|10.00||10.00",
        f"30201|{label}|10.00||10.00",
        page=1,
    )
    drawn = replace(drawn, box=Box(40, 90, 300, 200), header_open=header_open)
    blocks = reading("一般公共预算基本支出情况表", "单位：万元", drawn, page=1).blocks
    tables, checks = accounting.check(budget_tables(reading(*blocks)))
    (table,) = meanings_doubted(tables, Coverage(), blocks)
    found = doubted(checks, tables, Coverage(), blocks=blocks)
    return table, [check for check in found if check.status == "fails"]


def statuses(table: BudgetTable) -> set[str]:
    return {str(fact.status.value) for fact in table.facts}


def test_a_header_that_can_be_read_in_two_ways_proves_nothing() -> None:
    assert statuses(basic()[0]) == {"proved"}
    assert statuses(basic(header_open=True)[0]) == {"single"}


def test_it_accuses_no_one() -> None:
    assert "error" in {check.severity for check in basic(total="40.00")[1]}
    failing = basic(total="40.00", header_open=True)[1]
    assert failing and {(check.severity, check.fault) for check in failing} == {("info", "reading")}


def test_a_name_that_ends_with_an_amount_is_two_columns() -> None:
    assert statuses(basic(label="办公费1,012.04")[0]) == {"single"}
