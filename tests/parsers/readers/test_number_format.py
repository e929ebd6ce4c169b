"""Number formats show what Excel shows."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from parsers.readers.sheet.number_format import display, display_moment, exact, is_date_format

ACCOUNTING = r'_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("12847.65", "#,##0.00", "12,847.65"),
        ("1234567.895", "#,##0.00", "1,234,567.90"),
        ("-1234.5", "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        ("-1234.5", "#,##0.00_ ;[Red]-#,##0.00 ", "-1,234.50"),
        ("0", "#,##0.00;-#,##0.00;", ""),
        ("0", ACCOUNTING, "-"),
        ("85", ACCOUNTING, "85.00"),
        ("12345", "0!.0,", "1.2"),
        ("12847650", "#,##0,", "12,848"),
        ("0.125", "0.00%", "12.50%"),
        ("123", "000000", "000123"),
        ("0.5", "#.##", ".5"),
        ("100", "###,###.##", "100"),
        ("12", ".00", "12.00"),
        ("0", "#", ""),
        ("-0.001", "0.00", "0.00"),
        ("1234.5", "[$¥-804]#,##0.00", "¥1,234.50"),
        ("12", '"约"0"万元"', "约12万元"),
        ("5", '[>=10]"多";[<10]0.0', "5.0"),
        ("2010101", "@", "2010101"),
        ("12847.65", "General", "12847.65"),
        ("12847.65", "G/通用格式", "12847.65"),
        ("33.3333333333333", "General", "33.33333333"),
        ("0.000000000012", "General", "0.000000000012"),
        ("1.5", "# ?/?", "1.5"),
    ],
)
def test_numbers(value: str, code: str, shown: str) -> None:
    assert display(Decimal(value), code) == shown


def test_a_stored_double_is_the_decimal_that_was_typed() -> None:
    assert exact(12847.65) == Decimal("12847.65")
    assert str(exact(12847.650000000001)) == "12847.65"
    assert str(exact(0.1 + 0.2)) == "0.3"
    assert str(exact(1e6)) == "1000000"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('yyyy"年"m"月"d"日";@', "2024年2月3日"),
        ("yyyy/mm/dd", "2024/02/03"),
        ("yyyy/m/d h:mm:ss", "2024/2/3 14:05:09"),
        (r"[$-F800]dddd\,\ mmmm\ dd\,\ yyyy", "2024年2月3日"),
        ("上午/下午h:mm", "下午2:05"),
        ("aaaa", "星期六"),
        ("0.00", "2024-02-03 14:05:09"),
    ],
)
def test_dates(code: str, shown: str) -> None:
    assert display_moment(datetime.datetime(2024, 2, 3, 14, 5, 9), code) == shown


def test_a_colour_or_a_quoted_letter_makes_no_date() -> None:
    assert not is_date_format('[Red]#,##0"d"')
    assert is_date_format("[$-804]m/d")
