"""Header texts that were spread over spans become spans again."""

from __future__ import annotations

from archive.dataset.rows.documents import TableRow
from archive.dataset.rows.facts import FactRow
from archive.web.pages.tableview import BodyCell, HeaderCell, grid_of, header_cells
from parsers.values.table_types import TableType


def test_repeated_headers_become_spans() -> None:
    header = [["项目", "项目", "本年支出", "本年支出"], ["编码", "名称", "基本支出", "项目支出"]]
    assert header_cells(header) == [
        [HeaderCell("项目", 2, 1), HeaderCell("本年支出", 2, 1)],
        [HeaderCell(text, 1, 1) for text in ("编码", "名称", "基本支出", "项目支出")],
    ]


def test_a_cell_over_two_rows_is_one_cell() -> None:
    assert header_cells([["合计", "收入", "收入"], ["合计", "拨款", "其他"]]) == [
        [HeaderCell("合计", 1, 2), HeaderCell("收入", 2, 1)],
        [HeaderCell("拨款", 1, 1), HeaderCell("其他", 1, 1)],
    ]


def test_equal_texts_under_different_cells_stay_apart() -> None:
    assert header_cells([["甲", "乙"], ["小计", "小计"]])[1] == [HeaderCell("小计", 1, 1)] * 2


def test_blank_headers_are_not_merged() -> None:
    assert header_cells([["", "", "金额"]]) == [
        [HeaderCell("", 1, 1), HeaderCell("", 1, 1), HeaderCell("金额", 1, 1)]
    ]


def test_ragged_rows_are_filled_and_facts_without_a_cell_are_kept() -> None:
    inside, outside = (
        FactRow(
            fact_id="f",
            document_id="d",
            table_id="t",
            row_no=row,
            col_no=col,
            is_total=False,
            amount_text="1",
        )
        for row, col in ((0, 1), (5, 0))
    )
    table = TableRow(
        table_id="t",
        document_id="d",
        table_no=1,
        table_type=TableType.OTHER,
        empty=False,
        grid=[["甲", "1.00"], ["乙"]],
    )
    grid = grid_of(table, [inside, outside])
    assert grid.body == [
        [BodyCell("甲", None), BodyCell("1.00", inside)],
        [BodyCell("乙", None), BodyCell("", None)],
    ]
    assert grid.stray == [outside]
