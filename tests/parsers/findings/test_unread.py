"""What stays unread is listed, and a failing check beside it doubts the reading before the publisher."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers import parse
from parsers.findings.unread import coverage, tokens, tokens_of_line
from parsers.values.document import Block, Reading, TextBlock
from parsers.values.results import Check, Hints, ParsedDocument
from parsers.values.vocabulary import AmountSource
from tests.parsers.builders import grid
from tests.wording import both

HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
ROWS = [
    ["", "合计", "9.00", "4.00", "5.00"],
    ["213", "农林水支出", "9.00", "4.00", "5.00"],
    ["21303", "水利", "9.00", "4.00", "5.00"],
    ["2130301", "行政运行", "4.00", "4.00", ""],
    ["2130305", "水利工程建设", "3.00", "", "5.00"],  # 5.00 is right
]


def parsed(*more: Block, rows: list[list[str]] = ROWS) -> ParsedDocument:
    title = [TextBlock("支出总表", page=1), TextBlock("单位：万元", page=1)]
    blocks = (*title, replace(grid(*map("|".join, (HEAD, *rows))), page=1), *more)
    return parse._parsed("0" * 64, Reading("application/pdf", blocks, pages=2), Hints())


def failing(document: ParsedDocument) -> list[Check]:
    return [check for check in document.checks if check.status == "fails" and check.rule in ("I3", "I4")]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("1,234.50", ["1,234.50"]),
        ("（3.00）", ["（3.00）"]),
        ("1,000.00*", ["1,000.00*"]),
        ("########", ["########"]),
        ("△100.00", ["△100.00"]),
        ("1.00 2.00", ["1.00", "2.00"]),
        ("2024", []),
        ("2130301", []),
        ("15%", []),
        ("项目概算 1,200.00", []),
        ("", []),
    ],
)
def test_money_like_tokens_are_told_by_their_form(cell: str, found: list[str]) -> None:
    assert list(tokens(cell)) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("合计\t2,040.08\t8.33", ["2,040.08", "8.33"]),
        ("本年收入 2,040.08 万元", []),
        ("我局2026年收入预算，共 2,040.08", []),
        ("增长 12.50 %", []),
    ],
)
def test_lines_of_sentences_hold_no_unread_amounts(line: str, found: list[str]) -> None:
    assert list(tokens_of_line(line)) == found


def test_a_table_read_whole_leaves_nothing_and_names_the_publisher() -> None:
    document = parsed()
    assert document.unread == 0 and document.tables[0].unread == ()
    assert failing(document) and any(check.severity != "info" for check in failing(document))
    assert {check.fault for check in failing(document)} <= {"publisher", "unclear"}


@pytest.mark.parametrize(
    "beside",
    [
        TextBlock("其他支出\t2.00\t\t2.00", page=1),
        replace(grid("其他支出|7.00|1.00|6.00"), page=2),
    ],
    ids=["a row that fell out of the table", "a table without a title on the next page"],
)
def test_unread_amounts_near_a_table_make_its_failures_doubts_of_the_reading(beside: Block) -> None:
    document = parsed(beside)
    assert document.unread
    for check in failing(document):
        assert (check.fault, check.severity) == ("reading", "info")
        assert "公开方" not in both(check.message) and "publisher" not in both(check.message)
    assert any(fact.status == "disputed" for fact in document.tables[0].facts)


def test_amounts_on_another_page_cast_no_doubt() -> None:
    document = parsed(TextBlock("其他支出\t2.00", page=9))
    assert document.unread == 0 and {check.fault for check in failing(document)}.isdisjoint({"reading"})


def test_an_unreadable_cell_is_listed_with_its_table() -> None:
    rows = [*ROWS[:4], ["2130305", "水利工程建设", "####", "", "5.00"]]
    document = parsed(rows=rows)
    listed = coverage(Reading("application/pdf", ()), document.tables)
    assert listed.tables == {1: ("####",)} and document.tables[0].unread == ("####",)
    assert all(check.fault == "reading" for check in failing(document))


def test_an_amount_in_a_row_without_a_name_is_a_doubt() -> None:
    for left_of_it in ("", "设", "及建设", "工程建设"):  # 水利工程建设: all, or all but its last line, hidden
        rows = [[row[0] and "", left_of_it, *row[2:]] if i == 4 else row for i, row in enumerate(ROWS)]
        document = parsed(rows=rows)
        assert all(
            check.fault == "reading" for check in document.checks if check.status == "fails" and check.facts
        )


@pytest.mark.parametrize(
    ("head", "more", "status"),
    [
        (HEAD, (), "proved"),
        (HEAD, (TextBlock("结转下年\t2,040.08", page=1),), "single"),
        (["科目编码", "科目名称", "合计", "基木攴出", "项目支出"], (), "single"),
    ],
)
def test_what_a_scan_prints_beside_its_table_leaves_its_sums_without_proof(
    head: list[str], more: tuple[Block, ...], status: str
) -> None:
    body = [*ROWS[:-1], ["2130305", "水利工程建设", "5.00", "", "5.00"]]
    title = [TextBlock("支出总表", page=1), TextBlock("单位：万元", page=1)]
    table = replace(grid(*map("|".join, (head, *body))), page=1, source=AmountSource.SCAN)
    document = parse._parsed("0" * 64, Reading("application/pdf", (*title, table, *more), pages=2), Hints())
    (read,) = document.tables
    assert {fact.status for fact in read.facts if fact.col_no == 3} == {status}


def test_a_row_of_a_scan_whose_code_was_not_read_stays_without_proof() -> None:
    body = [["", "合计", "9.00", "4.00", "5.00"], ["213", "农林水支出", "9.00", "4.00", "5.00"]]
    body += [[f"213030{n}", name, "1.00", "1.00", ""] for n, name in enumerate("甲乙丙丁", start=1)]
    body += [["", "戊", "5.00", "", "5.00"]]
    title = [TextBlock("支出总表", page=1), TextBlock("单位：万元", page=1)]
    for source, status in ((AmountSource.SCAN, "single"), (AmountSource.TEXT, "proved")):
        table = replace(grid(*map("|".join, (HEAD, *body))), page=1, source=source)
        (read,) = parse._parsed("0" * 64, Reading("application/pdf", (*title, table)), Hints()).tables
        found = {fact.row_label: fact.status for fact in read.facts if fact.col_no == 2}
        assert found["戊"] == status and found["甲"] == "proved"
