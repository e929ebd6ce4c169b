"""What a report's totals are made of, and amounts of a part of a year."""

from __future__ import annotations

import pytest

from parsers.prose import read_prose
from parsers.values.results import Headline
from parsers.values.vocabulary import BodyLevel, DocumentKind
from tests.parsers.builders import reading
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


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (  # taxes of all levels, in a paragraph of their own
            (
                "全县一般公共预算收入23亿元。",
                "从级次来看，地方收入15亿元；上划中央收入8亿元。",
                "从结构来看，税收收入20亿元。",
            ),
            ["total_fiscal_revenue", None, None, None],
        ),
        (  # what is allowed anew is not the limit of all debts
            ("财政部核定我省2025年新增限额18亿元，其中一般债务限额3亿元、专项债务限额15亿元。",),
            ["new_debt_limit", "new_general_debt_limit", "new_special_debt_limit"],
        ),
        (
            ("省财政厅转贷资金18亿元，其中一般债务限额3亿元、专项债务限额15亿元。",),
            [None, None, None],
        ),
        (
            ("截至2025年底，全县政府债务余额合计18亿元，其中：一般债务余额3亿元，专项债务余额15亿元。",),
            ["debt_balance", "general_debt_balance", "special_debt_balance"],
        ),
        (  # the balance that a scheme leads to
            ("2024年底全县政府债务余额4亿元，2025年新增债务后，全县政府债务余额5亿元。",),
            ["debt_balance", None],
        ),
    ],
)
def test_amounts_of_all_levels_and_of_new_debt(lines: tuple[str, ...], expected: list[str | None]) -> None:
    found = read("一、2025年预算执行情况", *lines, region="141124")
    assert [statement.measure for statement in found] == expected


def test_a_heading_of_the_own_level_above_the_whole_county_says_nothing_of_the_rest() -> None:
    found = read(
        "一、2025年县级预算执行情况",
        "1.收入情况：全县一般公共预算收入9亿元。",
        "2.支出情况：一般公共预算支出29亿元。",
        "二、2026年县级预算草案",
        "一般公共预算支出30亿元。",
        region="141124",
    )
    assert [statement.scope for statement in found] == ["whole", None, "own"]


def test_expenditure_out_of_transfers_is_not_what_is_received() -> None:
    found = read(
        "2025年，全县上级转移支付支出5亿元。", "2025年，全县上级转移支付收入6亿元。", region="141124"
    )
    assert [s.measure for s in found] == [None, "transfers_received"]


def test_districts_and_counties_of_the_province_are_below_the_city() -> None:
    found = read("2025年，全市一般公共预算支出27亿元。其中：市本级4亿元；市辖区5亿元；省直管县18亿元。")
    assert [s.scope for s in found] == ["whole", "own", "region", "region"]


def test_what_a_heading_expects_is_estimated() -> None:
    lines = "一、2025年预算执行情况", "1.收入预计完成情况", "全县一般公共预算收入完成9亿元，增长2%。"
    (revenue,) = read(*lines, region="141124")
    assert (revenue.fiscal_year, revenue.stage) == (2025, "estimated")


def test_a_note_at_the_foot_of_the_page_does_not_break_a_sentence() -> None:
    (revenue,) = read(
        "2025年全县[全县=县本级+各乡镇，不含转移支付。]地方一般公共预算收入9亿元。", region="141124"
    )
    assert (revenue.measure, revenue.scope) == ("general_revenue", "whole")


def test_what_this_level_collects_is_all_of_a_county() -> None:
    (revenue,) = read("1.本级征收完成数。", "一般公共预算收入完成2亿元，增长10%。", region="141124")
    assert revenue.scope is None


@pytest.mark.parametrize(
    ("title", "kind", "lines", "expected"),
    [
        (  # without headings
            "甲市2025年财政决算的报告",
            DocumentKind.ACCOUNTS,
            ("一般公共预算收入完成50亿元，为预算的102%。截至上年末，全市政府债务余额60亿元。",),
            [(2025, "final"), (None, None)],
        ),
        (
            "甲市2025年预算调整方案的报告",
            DocumentKind.ADJUSTMENT,
            ("截至上年末，全市政府债务余额60亿元。",),
            [(2024, None)],
        ),
        (  # said in 2026 of a section on 2025: the end of 2025, or that of 2024
            "甲市2025年预算执行情况和2026年预算草案的报告",
            DocumentKind.BUDGET,
            (
                "一、2025年预算执行情况",
                "截至上年末，全市政府债务余额60亿元。",
                "二、2026年预算草案",
                "截至上年末，全市政府债务余额70亿元。",
            ),
            [(None, "execution"), (2025, "execution")],
        ),
    ],
)
def test_the_year_of_a_report(
    title: str, kind: DocumentKind, lines: tuple[str, ...], expected: list[tuple[int | None, str | None]]
) -> None:
    year = 2026 if kind == DocumentKind.BUDGET else 2025
    head = Headline(
        title,
        "吕梁市",
        body_level=BodyLevel.GOVERNMENT,
        region_code="141100",
        fiscal_year=year,
        document_kind=kind,
    )
    statements, _ = read_prose(reading(*lines), (), head)
    assert [(s.fiscal_year, s.stage) for s in statements] == expected


def test_a_line_alone_means_what_a_sentence_says_of_its_amount() -> None:
    lines = (
        "2021年全市一般公共预算总收入637亿元",
        "2021年，全市一般公共预算总收入637亿元，其中：当年收入292亿元；调入资金195亿元。",
        "2021年，全市一般公共预算总收入255亿元，增长2%。",
    )
    found = [s.measure for s in read("一、2021年预算执行情况", *lines)]
    assert found[:3] == ["total_revenue", "total_revenue", "general_revenue"]
    assert found[-1] == "total_fiscal_revenue"
