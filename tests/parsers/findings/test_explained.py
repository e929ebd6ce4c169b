"""What 上年结转 or a reserve explains exactly is not held against the publisher."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers import accounting
from parsers.findings.explained import with_explanations
from parsers.tables import budget_tables
from parsers.values.document import Grid
from parsers.values.results import Check, Statement
from tests.parsers.builders import grid, reading

UNIT = "单位：万元"
CODED = grid(
    "科目编码|科目名称|合计|基本支出|项目支出",
    "|合计|115.88|60.00|55.88",
    "208|社会保障和就业支出|61.11|40.00|21.11",
    "213|农林水支出|54.77|20.00|34.77",
)
SIDES = (
    "收入|<|支出|<",
    "项目|预算数|项目|预算数",
    "一、一般公共预算拨款|103.21|一、社会保障和就业支出|61.11",
)
WITHOUT = grid(*SIDES, "||二、农林水支出|42.10", "收入总计|103.21|支出总计|103.21")
BELOW_THE_TOTAL = grid(
    *SIDES, "||二、农林水支出|54.77", "收入总计|115.88|支出总计|115.88", "上年结转|12.67||"
)
SAID = Statement("收支总表不含上年结转12.67万元", "上年结转", Decimal("126700.00"), None, None, None, None, 1)


def _weighty(*tables: str | Grid, statements: tuple[Statement, ...] = ()) -> tuple[list[Check], list[Check]]:
    """The failing checks of severity error or warning, before and after."""
    found = budget_tables(reading(*tables), 2025)
    checks = accounting.check(found)[1]

    def failing(some: tuple[Check, ...]) -> list[Check]:
        return [c for c in some if c.status == "fails" and c.severity != "info"]

    return failing(checks), failing(with_explanations(checks, found, statements))


@pytest.mark.parametrize(
    ("tables", "statements"),
    [
        (("收支总表", UNIT, WITHOUT, "支出总表", UNIT, CODED), (SAID,)),
        (("财政拨款收支总表", UNIT, WITHOUT, "一般公共预算支出表", UNIT, CODED), (SAID,)),
        (("收支总表", UNIT, BELOW_THE_TOTAL), ()),
    ],
    ids=["expenditure by code", "appropriations", "below the total"],
)
def test_carried_over_money_in_one_table_alone(
    tables: tuple[str | Grid, ...], statements: tuple[Statement, ...]
) -> None:
    before, after = _weighty(*tables, statements=statements)
    assert before and not after


def test_another_difference_stays() -> None:
    said = Statement("上年结转12.68万元", "上年结转", Decimal("126800.00"), None, None, None, None, 1)
    before, after = _weighty("收支总表", UNIT, WITHOUT, "支出总表", UNIT, CODED, statements=(said,))
    assert before == after
