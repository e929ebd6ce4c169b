"""三公 of a document is the sum of its parts, however its table is drawn up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.tables import budget_tables
from parsers.values.document import Grid
from parsers.values.results import Headline, ParsedDocument
from parsers.values.vocabulary import DocumentKind, DocumentOutcome
from tests.accuracy.three_public import differing, three_public
from tests.parsers.builders import grid, reading

TITLE = "一般公共预算“三公”经费支出表"
UNIT = "单位：万元"
COLUMNS = grid(
    "合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费",
    "合计|因公出国（境）费|小计|公务用车购置费|公务用车运行费|公务接待费",
    "9.00|1.00|5.00|2.00|3.00|3.00",
)
ROWS = grid(
    "项目|预算数",
    "合计|9.00",
    "1.因公出国（境）费|1.00",
    "2.公务接待费|3.00",
    "3.公务用车购置及运行维护费|5.00",
    "其中：公务用车购置费|2.00",
    "公务用车运行维护费|3.00",
)
WITH_OTHERS = grid(
    "合计|“三公”经费|<|<|<|<|<|会议费|培训费",
    "合计|小计|因公出国（境）费|公务用车购置及运行维护费|<|<|公务接待费|会议费|培训费",
    "合计|小计|因公出国（境）费|小计|公务用车购置费|公务用车运行维护费|公务接待费|会议费|培训费",
    "20.00|9.00|1.00|5.00|2.00|3.00|3.00|7.00|4.00",
)
TWO_YEARS = grid(
    "项目|2023年预算数|2024年预算数|增减变化金额",
    "合计|8.00|9.00|1.00",
    "因公出国（境）费|1.00|1.00|0.00",
    "公务接待费|3.00|3.00|0.00",
    "公务用车购置费|2.00|2.00|0.00",
    "公务用车运行维护费|2.00|3.00|1.00",
)
YEARS_AS_ROWS = grid(
    "年度|合计|因公出国（境）费|公务用车购置费|公务用车运行费|公务接待费",
    "2023年|8.00|1.00|2.00|2.00|3.00",
    "2024年|9.00|1.00|2.00|3.00|3.00",
    "增减变化金额|1.00|0.00|0.00|1.00|0.00",
)
OF_UNITS = grid(
    "单位名称|合计|因公出国（境）费|公务用车购置费|公务用车运行费|公务接待费",
    "某局机关|4.00|1.00|0.00|1.00|2.00",
    "某中心|5.00|0.00|2.00|2.00|1.00",
    "合计|9.00|1.00|2.00|3.00|3.00",
)
NO_WHOLE = grid(
    "单位名称|因公出国（境）费|公务用车购置费|公务用车运行费|公务接待费",
    "合计|1.00|2.00|3.00|3.00",
    "某局|1.00|2.00|3.00|3.00",
)


def _document(*blocks: Grid | str) -> ParsedDocument:
    tables = budget_tables(reading(*blocks), 2024)
    head = Headline(body_name="某局", fiscal_year=2024, document_kind=DocumentKind.BUDGET)
    return ParsedDocument("0" * 64, "application/pdf", DocumentOutcome.PARSED, headline=head, tables=tables)


@pytest.mark.parametrize(
    "table", [COLUMNS, ROWS, WITH_OTHERS, TWO_YEARS, YEARS_AS_ROWS, OF_UNITS, NO_WHOLE],
    ids=["columns", "rows", "with others", "two years", "years as rows", "of units", "no whole"],
)  # fmt: skip
def test_the_amount_shown_is_the_sum_of_its_parts(table: Grid) -> None:
    found = three_public(_document(TITLE, UNIT, table))
    assert (found.whole, found.reason, found.adds_up) == (Decimal(90_000), None, True)
    assert sum(found.parts.values()) == 90_000


@pytest.mark.parametrize("table", [COLUMNS, WITH_OTHERS], ids=["columns", "with others"])
@pytest.mark.parametrize(
    "lines", [("“三公”经费、会议费、培训费支出预算", "表"), ()], ids=["cut title", "no title"]
)
def test_a_table_whose_title_is_cut_or_lost_is_known_by_its_items(
    lines: tuple[str, ...], table: Grid
) -> None:
    document = _document(*lines, UNIT, table)
    assert [one.table_type for one in document.tables] == ["three_public"]
    assert three_public(document).whole == 90_000


def test_columns_of_all_expenses_are_no_table_of_three_public() -> None:
    others = "基本工资|津贴补贴|奖金|绩效工资|办公费|印刷费|水费|电费|邮电费|差旅费|维修费|租赁费|会议费"
    head = f"合计|{others}|因公出国（境）费用|公务接待费|公务用车运行维护费"
    document = _document(UNIT, grid(head, "|".join(["1.00"] * 17)))
    assert [one.table_type for one in document.tables] == ["other"]


def test_a_whole_that_its_parts_contradict_is_listed() -> None:
    wrong = grid("合计|因公出国（境）费|公务用车运行费|公务接待费", "90.00|1.00|5.00|3.00")
    found = three_public(_document(TITLE, UNIT, wrong))
    assert (found.whole, found.adds_up) == (None, False)


def test_a_document_without_the_table_is_not_listed() -> None:
    assert three_public(_document("收入总表", UNIT, grid("单位名称|总计", "合计|9.00"))).adds_up


def test_of_every_body_and_year_the_parts_are_added_up() -> None:
    rows = [
        ("某局", 2024, "budget", "a", "three_public", Decimal(90_000)),
        ("某局", 2024, "budget", "a", "abroad", Decimal(60_000)),
        ("某局", 2024, "budget", "a", "reception", Decimal(30_000)),
        ("某局", 2025, "budget", "b", "three_public", Decimal(90_000)),
        ("某局", 2025, "budget", "b", "vehicles", Decimal(30_000)),
        ("某院", 2025, "budget", "c", "vehicles", Decimal(30_000)),
    ]
    assert differing(rows) == (2, [("某局", 2025, "budget", "b")])
