from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.values.amounts import (
    amount_in_yuan,
    is_blank,
    is_unreadable,
    printed_number,
    read_amount,
    to_yuan,
)


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("1,234.50", "1234.50"),
        ("1，234.50", "1234.50"),
        ("１２．５", "12.5"),
        ("12,847.\n65", "12847.65"),
        ("(12.3)", "-12.3"),
        ("（12.3）", "-12.3"),
        ("－12", "-12"),
        ("−0.01", "-0.01"),
        ("0.00", "0.00"),
        ("0", "0"),
        (".5", "0.5"),
        ("¥1,000", "1000"),
        ("44,156.640120", "44156.640120"),
        ("6250000.00", "6250000.00"),
        ("125360,898", "125360898"),
        ("△100.00", "-100.00"),
        ("▲5", "-5"),
        ("100.00-", "-100.00"),
        ("100.00－", "-100.00"),
        ("-¥5.00", "-5.00"),
        ("¥-5.00", "-5.00"),
        ("+5.0", "5.0"),
        ("\u200b1,200.50\ufeff", "1200.50"),
        ("1\u00a0200.50", "1200.50"),
        ("1\u2009234\u2009567.89", "1234567.89"),
        ("1 2 3 . 4 5", "123.45"),
        ("1000①", "1000"),
        ("1000²", "1000"),
        ("1,000.00\n③", "1000.00"),
        ("1,000.00*", "1000.00"),
        ("*1,000.00", "1000.00"),
        ("1,000.00注1", "1000.00"),
        ("1,000.00（注2）", "1000.00"),
        ("1,000.00[1]", "1000.00"),
        ("1,000.00※", "1000.00"),
    ],
)
def test_an_amount_is_read_exactly(printed: str, number: str) -> None:
    assert printed_number(printed) == Decimal(number)


@pytest.mark.parametrize(
    "printed",
    ["", "—", "-", "**", "≥18", "85%", "2024年", "01", "0501", "12,34.5", "1-12", "无", "1.2.3"],
)
def test_anything_else_is_no_amount(printed: str) -> None:
    assert printed_number(printed) is None


@pytest.mark.parametrize(
    ("printed", "number", "yuan"),
    [
        ("1,200.50万元", "1200.50", 10_000),
        ("1,200.50 万 元", "1200.50", 10_000),
        ("1.2亿元", "1.2", 100_000_000),
        ("1.2亿", "1.2", 100_000_000),
        ("(3千元)", "-3", 1_000),
        ("（3.00）万元", "-3.00", 10_000),
        ("人民币1,000元", "1000", 1),
    ],
)
def test_a_unit_behind_the_number_is_its_own(printed: str, number: str, yuan: int) -> None:
    amount = read_amount(printed)
    assert amount is not None
    assert amount.number == Decimal(number)
    assert amount.unit is not None
    assert amount.unit.yuan == yuan


@pytest.mark.parametrize(
    "printed",
    [
        "####",
        "########",
        "#DIV/0!",
        "#REF!",
        "#N/A",
        "=SUM(B2:B5)",
        "1,0OO.00",
        "l,000.00",
        "1,000。00",
        "1、000.00",
        "1,00.00",
        "12,34.5",
        "(100.00",
        "100.00)",
        "1E30",
        "1.20E+07",
        "(cid:17)(cid:20)",
        "1\ufffd0.00",
        "12 34.50",
        "100\n200",
        "10²3",
        "1,000.0*",
        "-(100)",
        "**",
    ],
)
def test_a_spoiled_amount_is_unreadable(printed: str) -> None:
    assert read_amount(printed) is None
    assert is_unreadable(printed)


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "—",
        "无",
        "1,000.00",
        "85%",
        "2024年",
        "01",
        "0501",
        "1-12",
        "2025-01-02",
        "3、",
        "(1)",
        "详见附表",
        "5人",
    ],
)
def test_words_codes_and_amounts_are_not_unreadable(printed: str) -> None:
    assert not is_unreadable(printed)


def test_an_amount_beyond_all_budgets_is_none() -> None:
    assert amount_in_yuan("1" + "0" * 30, Decimal(1)) is None
    assert amount_in_yuan("99,999.99", Decimal(100_000_000)) == Decimal("9999999000000.00")


@pytest.mark.parametrize("printed", ["", " ", "—", "－", "/", "无", "……"])
def test_marks_for_nothing_are_blank(printed: str) -> None:
    assert is_blank(printed)


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_what_is_printed_with_separators_reads_back(value: Decimal) -> None:
    assert printed_number(f"{value:,}") == value


def test_yuan_is_exact_and_half_a_cent_rounds_up() -> None:
    assert to_yuan(Decimal("44156.640120"), Decimal(10_000)) == Decimal("441566401.20")
    assert to_yuan(Decimal("0.0000005"), Decimal(10_000)) == Decimal("0.01")
