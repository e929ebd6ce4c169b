"""Workbooks become one grid per sheet: places, merges, shown text and exact numbers."""

from __future__ import annotations

import datetime
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.values import media
from parsers.values.document import Cell, Grid, Reading, TextBlock
from parsers.values.errors import DocumentError
from tests.wording import english


def grids(reading: Reading) -> list[Grid]:
    return [block for block in reading.blocks if isinstance(block, Grid)]


def cell(grid: Grid, row: int, col: int) -> Cell:
    return next(c for c in grid.cells if (c.row, c.col) == (row, col))


def xlsx(fill: str = "plain") -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer)
    money = workbook.add_format({"num_format": "#,##0.00"})
    sheet = workbook.add_worksheet("收支总表")
    sheet.merge_range("B2:E2", "2024年部门收支总表")
    sheet.merge_range("B3:B4", "项目")
    sheet.merge_range("C3:D3", "预算数")
    sheet.write("C4", "小计")
    sheet.write("D4", "其中：\n财政拨款")
    sheet.write("E4", "备注")
    sheet.write("B5", "一、本年收入")
    sheet.write_number("C5", 12847.65, money)
    sheet.write_string("D5", "12,847.65")
    sheet.write_formula("C6", "=C5*2", money, 25695.3)
    sheet.write_datetime("E6", datetime.datetime(2024, 2, 3), workbook.add_format({"num_format": 31}))
    sheet.write_blank("H30", None, money)
    workbook.add_worksheet("空表")
    hidden = workbook.add_worksheet("底稿")
    hidden.write("A1", "内部")
    hidden.hide()
    workbook.close()
    return buffer.getvalue()


def test_xlsx_keeps_places_merges_text_and_numbers() -> None:
    reading = read(xlsx(), Limits())
    assert reading.media_type == media.XLSX
    assert [b.text for b in reading.blocks if isinstance(b, TextBlock)] == ["收支总表", "空表", "底稿"]
    grid, hidden = grids(reading)
    assert (grid.n_rows, grid.n_cols, grid.hidden, grid.source) == (5, 4, False, "sheet")
    assert cell(grid, 0, 0) == Cell(0, 0, "2024年部门收支总表", 1, 4)
    assert cell(grid, 1, 0) == Cell(1, 0, "项目", 2, 1)
    assert cell(grid, 1, 1) == Cell(1, 1, "预算数", 1, 2)
    assert cell(grid, 2, 2).text == "其中：\n财政拨款"
    assert cell(grid, 3, 1) == Cell(3, 1, "12,847.65", number=Decimal("12847.65"))
    assert cell(grid, 3, 2) == Cell(3, 2, "12,847.65", number=None)
    assert cell(grid, 4, 1) == Cell(4, 1, "25,695.30", number=Decimal("25695.3"))
    assert cell(grid, 4, 3) == Cell(4, 3, "2024年2月3日")
    assert hidden.hidden
    assert ("hidden_sheet", "底稿") in [(note.code, english(note.detail)) for note in reading.notes]


def test_a_formula_without_cached_value_stands_in_its_cell_and_is_noted() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "合计"
    workbook.active["B1"] = "=1+1"
    buffer = io.BytesIO()
    workbook.save(buffer)
    reading = read(buffer.getvalue(), Limits())
    assert [c.text for c in grids(reading)[0].cells] == ["合计", "=1+1"]
    assert [note.code for note in reading.notes] == ["formula_without_value"]
    assert "B1" in english(reading.notes[0].detail)


def test_hidden_rows_columns_and_suppressed_zeros() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in range(1, 5):
        for col in range(1, 4):
            sheet.cell(row, col, 0 if row == 4 else row * col)
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.sheet_view.showZeros = False
    buffer = io.BytesIO()
    workbook.save(buffer)
    reading = read(buffer.getvalue(), Limits())
    assert [(n.code, english(n.detail)) for n in reading.notes] == [
        ("hidden_rows", "Sheet: 2"),
        ("hidden_columns", "Sheet: 3"),
    ]
    assert cell(grids(reading)[0], 3, 0) == Cell(3, 0, "", number=Decimal(0))


def test_a_stray_cell_at_the_far_corner_does_not_blow_up_the_grid() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["B2"], workbook.active["XFD1048576"] = "项目", "金额", "误"
    buffer = io.BytesIO()
    workbook.save(buffer)
    reading = read(buffer.getvalue(), Limits())
    (grid,) = grids(reading)
    assert [(c.row, c.col, c.text) for c in grid.cells] == [(0, 0, "项目"), (1, 1, "金额"), (2, 2, "误")]
    assert [note.code for note in reading.notes] == ["blank_rows_left_out"]


def test_a_stylesheet_openpyxl_cannot_read_does_not_lose_the_workbook() -> None:
    original = zipfile.ZipFile(io.BytesIO(xlsx()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as broken:
        for name in original.namelist():
            content = original.read(name)
            if name == "xl/styles.xml":
                content = content.replace(
                    b'<patternFill patternType="none"/>', b'<patternFill patternType="x"/>'
                )
            broken.writestr(name, content)
    reading = read(buffer.getvalue(), Limits())
    assert "plain_values" in [note.code for note in reading.notes]
    grid = grids(reading)[0]
    assert cell(grid, 0, 0).colspan == 4
    assert cell(grid, 3, 1).number == Decimal("12847.65")


def xls() -> bytes:
    workbook = xlwt.Workbook(encoding="utf-8")
    sheet = workbook.add_sheet("三公经费")
    money = xlwt.easyxf(num_format_str="#,##0.00")
    sheet.write_merge(0, 0, 0, 2, "三公经费支出表")
    sheet.write_merge(1, 2, 0, 0, "单位")
    sheet.write(1, 1, "预算数")
    sheet.write(3, 0, "县财政局")
    sheet.write(3, 1, 12847.65, money)
    sheet.write(3, 2, "0.00")
    sheet.write(4, 1, 45325, xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日"'))
    sheet.row(3).hidden = True
    workbook.add_sheet("底稿").visibility = 1
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_xls_keeps_merges_formats_and_hidden_parts() -> None:
    reading = read(xls(), Limits())
    assert reading.media_type == media.XLS
    (grid,) = grids(reading)
    assert cell(grid, 0, 0) == Cell(0, 0, "三公经费支出表", 1, 3)
    assert cell(grid, 1, 0).rowspan == 2
    assert cell(grid, 3, 1) == Cell(3, 1, "12,847.65", number=Decimal("12847.65"))
    assert cell(grid, 3, 2) == Cell(3, 2, "0.00")
    assert cell(grid, 4, 1) == Cell(4, 1, "2024年2月3日")
    assert [note.code for note in reading.notes] == ["hidden_rows", "hidden_amounts", "hidden_sheet"]


@pytest.mark.parametrize("keep", [600, 2000])
def test_a_truncated_workbook_is_damaged(keep: int) -> None:
    for data in (xlsx(), xls()):
        with pytest.raises(DocumentError) as caught:
            read(data[:keep], Limits())
        assert caught.value.outcome in ("damaged", "unsupported")


NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
ODS_CONTENT = f"""<office:document-content {NAMESPACES}>
<office:body><office:spreadsheet><table:table table:name="收入总表">
<table:table-header-rows><table:table-row>
  <table:table-cell table:number-columns-spanned="2"><text:p>收入</text:p></table:table-cell>
  <table:covered-table-cell/>
</table:table-row></table:table-header-rows>
<table:table-row>
  <table:table-cell><text:p>事业<text:s text:c="2"/>收入</text:p></table:table-cell>
  <table:table-cell office:value-type="float" office:value="12847.65">
    <text:p>12,847.65</text:p>
  </table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="1048574">
  <table:table-cell table:number-columns-repeated="16384"/>
</table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_ods_keeps_shown_text_and_value() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", media.ODS)
        archive.writestr("content.xml", ODS_CONTENT)
    (grid,) = grids(read(buffer.getvalue(), Limits()))
    assert (grid.n_rows, grid.n_cols) == (2, 2)
    assert cell(grid, 0, 0).colspan == 2
    assert cell(grid, 1, 0).text == "事业  收入"
    assert cell(grid, 1, 1) == Cell(1, 1, "12,847.65", number=Decimal("12847.65"))


XML_WORKBOOK = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="m"><NumberFormat ss:Format="#,##0.00"/></Style></Styles>
<Worksheet ss:Name="支出总表"><Table>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">支出总表</Data></Cell></Row>
<Row ss:Index="4"><Cell ss:Index="2"><Data ss:Type="String">2010101</Data></Cell>
<Cell ss:StyleID="m"><Data ss:Type="Number">12847.65</Data></Cell></Row></Table></Worksheet></Workbook>"""


def test_xml_workbook_honours_index_and_merge() -> None:
    (grid,) = grids(read(XML_WORKBOOK.encode(), Limits()))
    assert [(c.row, c.col, c.text, c.colspan) for c in grid.cells] == [
        (0, 0, "支出总表", 3),
        (3, 1, "2010101", 1),
        (3, 2, "12,847.65", 1),
    ]


def test_external_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    hostile = XML_WORKBOOK.replace(
        "<Workbook", f'<!DOCTYPE w [<!ENTITY e SYSTEM "{secret.as_uri()}">]><Workbook', 1
    ).replace("2010101", "&e;x")
    (grid,) = grids(read(hostile.encode(), Limits()))
    assert "secret" not in "".join(c.text for c in grid.cells)


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\x00" * (64 << 20))
    with pytest.raises(DocumentError) as caught:
        read(buffer.getvalue(), Limits())
    assert caught.value.outcome == "too_large"
