from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.tables.amounts import is_blank, printed_number, to_yuan


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
    ],
)
def test_an_amount_is_read_exactly(printed: str, number: str) -> None:
    assert printed_number(printed) == Decimal(number)


@pytest.mark.parametrize(
    "printed",
    ["", "—", "-", "**", "≥18", "85%", "2024年", "1.2亿", "01", "0501", "12,34.5", "1-12", "无", "1.2.3"],
)
def test_anything_else_is_no_amount(printed: str) -> None:
    assert printed_number(printed) is None


@pytest.mark.parametrize("printed", ["", " ", "—", "－", "/", "无", "……"])
def test_marks_for_nothing_are_blank(printed: str) -> None:
    assert is_blank(printed)


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_what_is_printed_with_separators_reads_back(value: Decimal) -> None:
    assert printed_number(f"{value:,}") == value


def test_yuan_is_exact_and_half_a_cent_rounds_up() -> None:
    assert to_yuan(Decimal("44156.640120"), Decimal(10_000)) == Decimal("441566401.20")
    assert to_yuan(Decimal("0.0000005"), Decimal(10_000)) == Decimal("0.01")
