from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.tables.units import bracketed_unit, first_unit, stated_unit


@pytest.mark.parametrize(
    ("line", "yuan"),
    [
        ("单位：万元", 10_000),
        ("部门名称：某局\t单位： 元", 1),
        ("金额单位：千元", 1_000),
        ("单位:人民币亿元", 100_000_000),
        ("单 位：百 万 元", 1_000_000),
    ],
)
def test_a_stated_unit_is_read(line: str, yuan: int) -> None:
    unit = stated_unit(line)
    assert unit is not None
    assert unit.yuan == Decimal(yuan)


@pytest.mark.parametrize("line", ["预算单位：某县医疗保障局", "单位：人", "单位名称", "主管单位：万元镇政府"])
def test_a_body_is_no_unit(line: str) -> None:
    assert stated_unit(line) is None


def test_brackets_name_a_unit_but_a_statement_wins() -> None:
    assert bracketed_unit("项目金额（万元）") is not None
    unit = first_unit(["项目金额（万元）", "单位：元"])
    assert unit is not None
    assert unit.yuan == 1
