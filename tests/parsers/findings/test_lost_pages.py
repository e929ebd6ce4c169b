"""Pages that were not read: what a document may still be said to lack or to contradict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers import accounting
from parsers.findings.doubt import doubted
from parsers.findings.unread import Coverage
from parsers.tables import budget_tables
from parsers.values.document import Note
from parsers.values.messages import message
from parsers.values.results import Check
from parsers.values.vocabulary import AmountSource, CheckStatus, Fault, Severity, TextLayer
from tests.parsers.builders import grid, reading
from tests.wording import both


def failing(*notes: Note) -> list[Check]:
    """The failing checks of a table on page 4 whose sum is wrong."""
    lines = (
        "科目编码|科目名称|合计|基本支出|项目支出",
        "|合计|9.00|6.00|3.00",
        "213|农林水支出|7.00|5.00|2.00",
        "214|交通运输支出|1.00|1.00|0.00",
    )
    tables, checks = accounting.check(
        budget_tables(reading("支出总表", "单位：万元", grid(*lines, page=4), page=4))
    )
    found = doubted(checks, tables, Coverage(), notes)
    return [check for check in found if check.status == "fails"]


def test_the_sum_is_wrong_where_every_page_was_read() -> None:
    assert any(check.fault != "reading" for check in failing())


@pytest.mark.parametrize("code", ["unread_time", "unread_memory", "image_page", "page_damaged"])
@pytest.mark.parametrize("page", [3, 4, 5])
def test_a_lost_page_on_or_beside_a_table_makes_its_sums_a_doubt(code: str, page: int) -> None:
    found = failing(Note(code, "", page))
    assert found
    assert {(check.severity, check.fault) for check in found} == {("info", "reading")}
    assert all(f"第{page}页未能读取" in both(check.message) for check in found)


def test_a_lost_page_elsewhere_leaves_a_sum_within_its_table_wrong() -> None:
    assert failing(Note("unread_time", "", 9)) == failing()


@pytest.mark.parametrize(
    "note", [Note("unread_time", "", 9), Note("pages_left_out", "only the first 5 of 9")]
)
def test_nothing_is_called_absent_that_a_lost_page_may_hold(note: Note) -> None:
    absent = Check(
        "complete-table",
        (),
        message("blank"),
        CheckStatus.FAILS,
        Severity.WARNING,
        message("required_table_lacking", name="缺表"),
        fault=Fault.PUBLISHER,
    )
    (found,) = doubted([absent], [], Coverage(), [note])
    assert (found.severity, found.fault) == ("info", "reading")


def test_what_was_recognised_in_an_image_accuses_nobody() -> None:
    """A code lost by the recogniser looks like one the publisher left blank, and a digit like a wrong sum."""
    lines = (
        "科目编码|科目名称|合计",
        "|合计|9.00",
        "208|社会保障和就业支出|9.00",
        "20805|行政事业单位养老支出|9.00",
        "2080501|行政单位离退休|3.00",
        "|机关事业单位基本养老保险缴费支出|5.00",
    )
    scanned = replace(grid(*lines), source=AmountSource.SCAN)
    (table,) = budget_tables(reading("支出总表", "单位：万元", scanned))
    tables, checks = accounting.check([table])
    found = doubted(checks, tables, Coverage(), layer=TextLayer.SCAN)
    failed = [check for check in found if check.status == "fails"]
    assert any(check.rule.startswith("CODE") for check in failed)
    assert {(check.severity, check.fault) for check in failed} == {("info", "reading")}
