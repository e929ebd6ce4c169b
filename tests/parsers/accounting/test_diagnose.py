"""Planted slips: the message names the cell and the slip, and innocent amounts stay proved."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from parsers.accounting import check
from parsers.accounting.slips import slip
from parsers.results import BudgetTable, Check
from tests.parsers.accounting.test_accounting import EXPENDITURE, expenditure


def failing(checks: tuple[Check, ...]) -> list[Check]:
    return [c for c in checks if c.status == "fails"]


def disputed(table: BudgetTable) -> list[str]:
    return [f"{f.row_label} {f.column_path} {f.amount_text}" for f in table.facts if f.status == "disputed"]


@pytest.mark.parametrize(
    ("line", "cell", "words"),
    [
        ("2130305|水利工程建设|2.00||2.60", "水利工程建设 项目支出 2.60", "一位数字有误"),
        ("2130305|水利工程建设|2.00||20.00", "水利工程建设 项目支出 20.00", "10的整数次方"),
        ("2130305|水利工程建设|2.00||20000.00", "水利工程建设 项目支出 20000.00", "差一万倍"),
    ],
)
def test_one_wrong_amount_is_named_and_it_alone_is_disputed(line: str, cell: str, words: str) -> None:
    (table,), checks = expenditure(row5=line)
    assert disputed(table) == [cell]
    assert all(words in c.message and "2.00 万元" in c.message for c in failing(checks))


def test_two_amounts_swapped_within_a_row_are_both_named() -> None:
    (table,), checks = expenditure(row3="21303|水利|3.00|2.00|1.00")
    assert disputed(table) == ["水利 基本支出 2.00", "水利 项目支出 1.00"]
    assert all("互换" in c.message for c in failing(checks))


def test_a_missing_row_is_told_from_a_wrong_amount() -> None:
    lines = [*EXPENDITURE[:4], "2130301|行政运行|1.00|1.00|", *EXPENDITURE[6:]]
    (table,), checks = expenditure(**{f"row{i}": line for i, line in enumerate(lines)}, row8="")
    told = [c for c in failing(checks) if "缺一行" in c.message]
    assert {c.difference_yuan for c in told} == {Decimal(20_000)}
    assert all("21303 水利" in c.message for c in told)
    assert not any(text.startswith("行政运行") for text in disputed(table))


def test_the_reading_of_a_scan_is_suspected_before_the_publisher() -> None:
    (table,), _ = expenditure(row5="2130305|水利工程建设|2.00||2.60")
    text = failing(check([table])[1])[0].message
    scan = replace(table, facts=tuple(replace(fact, source="scan") for fact in table.facts))
    assert "公开方" in text and "识别" not in text
    assert "识别" in failing(check([scan])[1])[0].message


@pytest.mark.parametrize(
    ("printed", "right", "name"),
    [
        ("12847.65", "12874.65", "transposed"),
        ("1284.76", "1284.67", "transposed"),
        ("128.47", "1284.7", "ten"),
        ("50000", "5", "unit"),
        ("1284.65", "12847.65", "length"),
        ("-3.00", "3.00", "sign"),
        ("0", "3.00", "missing"),
        ("3.00", "0", "surplus"),
        ("9.81", "3.04", "other"),
    ],
)
def test_slips_are_told_by_their_digits(printed: str, right: str, name: str) -> None:
    assert slip(Decimal(printed), Decimal(right), Decimal("0.01")).name == name
