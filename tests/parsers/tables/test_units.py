from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.values.units import bracketed_unit, first_unit, stated_unit, whole_statements


@pytest.mark.parametrize(
    ("line", "yuan"),
    [
        ("单位：万元", 10_000),
        ("部门名称：某局\t单位： 元", 1),
        ("金额单位：千元", 1_000),
        ("单位:人民币亿元", 100_000_000),
        ("单 位：百 万 元", 1_000_000),
        ("单位：万元 第1页", 10_000),
        ("单位：人民币（万元）", 10_000),
        ("单位：万\n元", 10_000),
        ("单位：万元（保留两位小数）", 10_000),
        ("本表以“万元”为金额单位", 10_000),
        ("注：本表金额单位为万元。", 10_000),
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


@pytest.mark.parametrize(
    ("parts", "yuan"),
    [
        (["单位：万", "元"], 10_000),
        (["部门：某局", "单位：万", "元"], 10_000),
        (["单位：万", "部门：某局", "元"], 10_000),
        (["单位：", "万元"], 10_000),
        (["单位", "万元"], 10_000),
        (["单位", "：", "万", "元"], 10_000),
        (["单", "位：万元"], 10_000),
        (["单位：人民币", "千元"], 1_000),
        (["（单位：亿", "元）"], 100_000_000),
        (["单位：百", "万元"], 1_000_000),
        (["单位：千", "元"], 1_000),
        (["部门：某局 单位：百万", "元"], 1_000_000),
    ],
)
def test_a_unit_broken_over_lines_or_cells_is_read_whole(parts: list[str], yuan: int) -> None:
    unit = first_unit(whole_statements(parts))
    assert unit is not None
    assert unit.yuan == yuan


def test_what_is_left_of_a_broken_statement_is_no_unit() -> None:
    assert first_unit(whole_statements(["单位：万", "2024年", "某局", "元"])) is None
    assert whole_statements(["预算单位：", "某局", "元"]) == ["预算单位：", "某局", "元"]
