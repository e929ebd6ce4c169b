"""Lists of lines in the cells of one row are rows of their own."""

from __future__ import annotations

from decimal import Decimal

from parsers.tables import budget_tables
from parsers.values.results import Fact
from tests.parsers.builders import grid, reading


def facts(*lines: str, page: int | None = None) -> list[Fact]:
    tables = budget_tables(reading("支出总表", "单位：万元", grid(*lines, page=page), page=page))
    return [fact for table in tables for fact in table.facts]


HEAD = "科目编码|科目名称|合计"


def test_labels_and_amounts_line_by_line() -> None:
    found = facts(HEAD, "201\\n205|一般公共服务支出\\n教育支出|1,000.00\\n200.50", "|合计|1,200.50")
    assert [(fact.row_label, fact.functional_code, fact.amount_yuan) for fact in found] == [
        ("一般公共服务支出", "201", Decimal("10000000.00")),
        ("教育支出", "205", Decimal("2005000.00")),
        ("合计", None, Decimal("12005000.00")),
    ]


def test_lists_of_unequal_length_are_unreadable_and_not_one_amount() -> None:
    (listed, total) = facts(
        HEAD, "201|一般公共服务支出\\n教育支出|1,000.00\\n200.50\\n3.00", "|合计|1,200.50"
    )
    assert (listed.is_unread, listed.amount_text) == (True, "1,000.00\n200.50\n3.00")
    assert total.amount_yuan == Decimal("12005000.00")


def test_an_amount_broken_over_two_lines_of_a_page_is_one() -> None:
    (fact, _) = facts(HEAD, "201|一般公共\\n服务支出|1,000.\\n00", "|合计|1,200.50", page=1)
    assert (fact.row_label, fact.amount_yuan) == ("一般公共服务支出", Decimal("10000000.00"))


def test_a_label_of_two_lines_beside_one_amount_stays_one_row() -> None:
    (fact, _) = facts(HEAD, "201|一般公共\\n服务支出|1,000.00", "|合计|1,200.50")
    assert fact.row_label == "一般公共服务支出"
