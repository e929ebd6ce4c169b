from __future__ import annotations

from dataclasses import replace

from parsers.accounting import check
from parsers.tables import budget_tables
from parsers.tables.renditions import without_repeats
from parsers.values.document import Grid
from parsers.values.results import ParsedDocument
from parsers.values.vocabulary import DocumentOutcome
from tests.parsers.builders import grid, reading

ROWS = ("科目编码|科目名称|合计", "221|住房保障支出|4.00", "22102|住房改革支出|4.00")
FUND = ("科目名称|合计", "城乡社区支出|1.00")


def document(identity: str, *rows: str, fund: bool = False) -> ParsedDocument:
    blocks: list[Grid | str] = ["支出总表", "单位：万元", grid(*rows)]
    if fund:
        blocks += ["政府性基金预算支出表", "单位：万元", grid(*FUND)]
    tables, checks = check(budget_tables(reading(*blocks)))
    return ParsedDocument(identity, "application/pdf", DocumentOutcome.PARSED, tables=tables, checks=checks)


def test_the_fuller_document_speaks_and_the_other_points_to_it() -> None:
    short, full = without_repeats([document("a", *ROWS), document("b", *ROWS, fund=True)])
    assert (short.tables[0].repeats, short.tables[0].facts, short.checks) == (("b", 1), (), ())
    assert [len(table.facts) for table in full.tables] == [2, 1]
    assert full.checks


def test_one_other_amount_is_another_table() -> None:
    other = (*ROWS[:2], "22102|住房改革支出|3.00")
    first, second = without_repeats([document("a", *ROWS), document("b", *other)])
    assert first.tables[0].repeats is None
    assert second.tables[0].repeats is None


def test_a_document_may_repeat_itself_without_losing_both() -> None:
    once = document("a", *ROWS)
    twice = replace(once, tables=(once.tables[0], replace(once.tables[0], table_no=2)))
    assert sum(len(table.facts) for table in without_repeats([twice])[0].tables) == 4


def test_empty_tables_stay_as_they_are() -> None:
    empty = document("a", "科目编码|科目名称|合计", "|合计|")
    assert without_repeats([empty, empty]) == [empty, empty]
