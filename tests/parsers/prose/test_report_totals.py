"""What a report's totals are made of, and amounts of a part of a year."""

from __future__ import annotations

import pytest

from tests.parsers.prose.test_report import read


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (  # its parts follow in sentences of their own
            (
                "全县一般公共预算总收入完成27亿元，其中：一般公共预算收入3亿元。上级补助收入15亿元，债务转贷收入5亿元。",
            ),
            ["total_revenue", "general_revenue", "transfers_received", "debt_received"],
        ),
        (  # what transfers are added to is without them
            ("全县一般公共预算总收入完成27亿元，其中：地方一般公共预算收入3亿元。加上上级补助收入15亿元。",),
            ["total_fiscal_revenue", "general_revenue", "transfers_received"],
        ),
        (  # the expenditure of several accounts; taking off a total is not a change
            ("全县财政总支出48亿元。", "全县一般公共预算收入总计41亿元，减支出总计40亿元，滚存结余1亿元。"),
            [None, "total_revenue", None, None],
        ),
        (
            ("全县一般公共预算支出预算调整为45亿元。实际完成36亿元，增长5%。",),
            ["general_expenditure", "general_expenditure"],
        ),
        (  # the section is of a part of the year until a year is named
            ("1-8月，全县一般公共预算收入117亿元。", "全县税收收入68亿元。", "2025年全县税收收入99亿元。"),
            [None, None, "tax_revenue"],
        ),
        (  # what is compared with the whole of last year is still of a part of this one
            ("上半年，全县一般公共预算收入38亿元。", "全县税收收入28亿元，占比较去年全年提升2个百分点。"),
            [None, None],
        ),
        (  # what all levels collect
            ("全县一般公共预算收入11亿元。其中，上划中央收入4亿元，一般公共预算地方收入7亿元。",),
            ["total_fiscal_revenue", None, "general_revenue"],
        ),
        (
            ("全县一般公共预算收入11亿元。", "从级次来看，地方收入7亿元；上划中央收入4亿元。"),
            ["total_fiscal_revenue", None, None],
        ),
    ],
)
def test_the_amounts_of_a_section(lines: tuple[str, ...], expected: list[str | None]) -> None:
    found = read("一、2025年预算执行情况", *lines, region="141124")
    assert [statement.measure for statement in found] == expected
