"""Workbooks at the border of what libraries read: strict OOXML, names in other case, old code pages, Excel's
own password, struck-out cells, formulas without a result, formats that show yuan as 万."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal

import msoffcrypto
import openpyxl
import pytest
import xlsxwriter
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.cell.rich_text import CellRichText
from openpyxl.cell.rich_text import TextBlock as Run
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from parsers import parse_document
from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.values.document import Grid
from parsers.values.errors import DocumentError
from parsers.values.results import Fact, ParsedDocument
from parsers.values.text import withdrawn

LINES: tuple[tuple[str | float, ...], ...] = (
    ("部门收支总表", "", "", ""),
    ("部门名称：青石县档案馆", "", "", "单位：万元"),
    ("收 入", "", "支 出", ""),
    ("项 目", "预算数", "项 目", "预算数"),
    ("一、一般公共预算拨款收入", 1200.5, "一、一般公共服务支出", 1000.0),
    ("二、政府性基金预算拨款收入", "", "二、教育支出", 200.5),
    ("本年收入合计", 1200.5, "本年支出合计", 1200.5),
    ("收入总计", 1200.5, "支出总计", 1200.5),
)


def xlsx(number_format: str = "General", times: int = 1, **cells: object) -> bytes:
    """The table as XLSX; amounts `times` as large and in a format, single cells replaced."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for line in LINES:
        sheet.append([value * times if isinstance(value, float) else value or None for value in line])
    for row in sheet.iter_rows(min_row=5):
        for cell in row:
            cell.number_format = number_format if isinstance(cell.value, float) else "General"
    for place, content in cells.items():
        sheet[place] = content
    return saved(workbook)


def saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def repacked(data: bytes, name: Callable[[str], str], content: Callable[[bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(buffer, "w") as out:
        for entry in package.infolist():
            out.writestr(name(entry.filename), content(package.read(entry)))
    return buffer.getvalue()


def facts(data: bytes) -> dict[str, Fact]:
    return {fact.row_label: fact for fact in facts_in_order(parse_document(data))}


def facts_in_order(document: ParsedDocument) -> list[Fact]:
    return [fact for table in document.tables for fact in table.facts]


def notes(data: bytes) -> list[str]:
    return [note.code for note in parse_document(data).notes]


def assert_proved(data: bytes) -> None:
    found = facts(data)
    assert len(found) == 7
    assert found["一、一般公共服务支出"].amount_yuan == 10_000_000
    assert {fact.status for fact in found.values()} == {"proved"}


def strict(content: bytes) -> bytes:
    return re.sub(
        rb"http://schemas\.openxmlformats\.org/(spreadsheetml|officeDocument|drawingml)/2006/",
        rb"http://purl.oclc.org/ooxml/\1/",
        content,
    )


def test_strict_ooxml_is_read() -> None:
    assert_proved(repacked(xlsx(), str, strict))


@pytest.mark.parametrize(
    "name",
    [
        str.upper,
        str.lower,
        lambda name: name.replace("xl/", "XL/"),
        lambda name: name.replace("worksheets/sheet1", "Worksheets/Sheet1"),
        lambda name: name.replace("workbook.xml", "Workbook.xml"),
        lambda name: name.replace("/", "\\"),
    ],
)
def test_part_names_in_other_case_are_found(name: Callable[[str], str]) -> None:
    assert_proved(repacked(xlsx(), name, bytes))


def test_strict_ooxml_in_other_case_is_read() -> None:
    assert_proved(repacked(xlsx(), str.upper, strict))


def test_a_package_with_usual_names_is_left_as_it_is() -> None:
    from parsers.readers.package import standard_package

    data = xlsx()
    assert standard_package(data, Limits()) is data


def encrypted(data: bytes, password: str) -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def test_the_password_that_excel_tries_by_itself_is_tried() -> None:
    data = encrypted(xlsx(), "VelvetSweatshop")
    assert msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted()
    assert_proved(data)
    assert "default_password" in notes(data)


def test_another_password_stays_unknown() -> None:
    with pytest.raises(DocumentError, match="password") as caught:
        read(encrypted(xlsx(), "secret"), Limits())
    assert caught.value.outcome == "encrypted"


# value in yuan is ten thousand times the amount in 万元
@pytest.mark.parametrize(
    ("number_format", "times", "shown"),
    [
        ("0!.0,", 10_000, "1000.0"),
        ('0"."0,', 10_000, "1000.0"),
        ("0\\.0,", 10_000, "1000.0"),
        ('0!.0,"万元"', 10_000, "1000.0万元"),
        ('0"."0,"万元"', 10_000, "1000.0万元"),
        ("0!.0000", 10_000, "1000.0000"),
        ("#!.0000万", 10_000, "1000.0000万"),
        ("[Red]0!.0,;[Blue]-0!.0,", 10_000, "1000.0"),
        ('[>=10000]0!.0,"万";0"元"', 10_000, "1000.0万"),
        ('[$¥-804]#,##0.00"元"', 10_000, "¥10,000,000.00元"),
        ('#,##0.00,"千元"', 10_000, "10,000.00千元"),
        ('0.00,,"百万元"', 10_000, "10.00百万元"),
        ('0!.00,,"亿元"', 10_000, "0.10亿元"),
        ("#,##0.00", 1, "1,000.00"),
        ('#,##0.00"万元"', 1, "1,000.00万元"),
        ('#,##0.00_);[Red]\\(#,##0.00\\)', 1, "1,000.00"),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 1, "1,000.00"),
        ('G/通用格式"万元"', 1, "1000万元"),
    ],
)  # fmt: skip
def test_what_a_number_format_shows_times_the_unit_is_the_amount(
    number_format: str, times: int, shown: str
) -> None:
    for data in (xlsx(number_format, times), xls(number_format, times)):
        fact = facts(data)["一、一般公共服务支出"]
        assert (fact.amount_text, fact.amount_yuan) == (shown, 10_000_000)


def xls(number_format: str, times: int) -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("部门收支总表")
    style = xlwt.easyxf(num_format_str=number_format)
    for row, line in enumerate(LINES):
        for col, value in enumerate(line):
            if isinstance(value, float):
                sheet.write(row, col, value * times, style)
            elif value:
                sheet.write(row, col, value)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_thousands_shown_of_yuan_are_times_the_unit_printed() -> None:
    fact = facts(xlsx("#,##0.00,", 10_000, D2="单位：千元"))["一、一般公共服务支出"]
    assert (fact.amount_text, fact.amount_yuan) == ("10,000.00", 10_000_000)


@pytest.mark.parametrize("text", ["#DIV/0!", "#REF!", "1,0OO.00", "1,000。00"])
def test_a_cell_that_cannot_be_read_is_kept_and_accuses_nobody(text: str) -> None:
    document = parse_document(xlsx(D5=text))
    unread = [fact for fact in facts_in_order(document) if fact.is_unread]
    assert [(fact.amount_text, fact.row_label) for fact in unread] == [(text, "一、一般公共服务支出")]
    assert not [check for check in document.checks if check.status == "fails" and check.severity == "error"]


def test_a_number_beyond_all_budgets_is_unreadable() -> None:
    document = parse_document(xlsx(D5=1e30))
    assert [fact.row_label for fact in facts_in_order(document) if fact.is_unread] == ["一、一般公共服务支出"]


def test_a_formula_without_a_result_is_not_blank() -> None:
    data = xlsx(D5="=D7-D6")
    document = parse_document(data)
    assert [fact.amount_text for fact in facts_in_order(document) if fact.is_unread] == ["=D7-D6"]
    assert {"formula_without_value", "unreadable_cell"} <= set(notes(data))
    assert not [check for check in document.checks if check.status == "fails" and check.severity == "error"]


def test_a_struck_out_cell_is_no_amount() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx(B6=77.5)))
    workbook.worksheets[0]["B6"].font = Font(strike=True)
    data = saved(workbook)
    found = facts(data)
    struck = found.pop("二、政府性基金预算拨款收入")
    assert (struck.amount_yuan, struck.status) == (None, "single")
    assert {fact.status for fact in found.values()} == {"proved"}  # the sum holds without it
    assert "struck_out" in notes(data)


@pytest.mark.parametrize("way", ["struck", "white", "format"])
def test_a_sum_over_a_cell_that_nobody_sees_accuses_nobody(way: str) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx()))
    cell = workbook.worksheets[0]["D5"]
    if way == "format":
        cell.number_format = ";;;"
    else:
        cell.font = Font(strike=True) if way == "struck" else Font(color="FFFFFFFF")
    document = parse_document(saved(workbook))
    (hidden,) = (fact for fact in facts_in_order(document) if fact.is_unread)
    assert hidden.row_label == "一、一般公共服务支出"
    assert {check.severity for check in document.checks if check.status == "fails"} <= {"info"}


def test_hidden_sheets_give_no_facts_and_hidden_rows_no_accusation() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx(D5=900.0)))
    old = workbook.copy_worksheet(workbook.worksheets[0])
    old.sheet_state = "hidden"
    failed = [check for check in parse_document(saved(workbook)).checks if check.status == "fails"]
    assert {check.table_nos for check in failed if check.severity == "error"} == {(1,)}
    workbook.worksheets[0].row_dimensions[5].hidden = True
    document = parse_document(saved(workbook))
    assert len(document.tables) == 1
    failed = [check for check in document.checks if check.status == "fails"]
    assert {(check.severity, check.fault) for check in failed} == {("info", "reading")}


def test_struck_out_and_raised_runs_are_no_part_of_an_amount() -> None:
    struck = CellRichText(Run(InlineFont(strike=True), "900.00"), Run(InlineFont(), "1000"))
    raised = CellRichText(Run(InlineFont(), "1000"), Run(InlineFont(vertAlign="superscript"), "2"))
    assert_proved(xlsx(D5=struck))
    assert_proved(xlsx(D5=raised))
    assert facts(xlsx(D5=raised))["一、一般公共服务支出"].amount_text == "1000²"


def biff5(code_page: int | None) -> bytes:
    """A BIFF5 stream without its compound file: cells as LABEL records of GBK bytes and NUMBER records."""

    def record(number: int, body: bytes) -> bytes:
        return number.to_bytes(2, "little") + len(body).to_bytes(2, "little") + body

    def place(row: int, col: int) -> bytes:
        return row.to_bytes(2, "little") + col.to_bytes(2, "little") + b"\0\0"

    import struct

    xf = record(0xE0, bytes(16))
    font = record(0x31, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + b"\5Arial")
    pages = record(0x42, code_page.to_bytes(2, "little")) if code_page is not None else b""
    name = "收支".encode("gbk")
    bound = len(record(0x85, bytes(7) + name))
    head = record(0x809, struct.pack("<HHHH", 0x500, 5, 0x0DBB, 1996)) + pages + font * 4 + xf * 16
    offset = len(head) + bound + 4
    head += record(0x85, struct.pack("<IHB", offset, 0, len(name)) + name) + record(0x0A, b"")
    body = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0x0DBB, 1996))
    for row, line in enumerate(LINES):
        for col, value in enumerate(line):
            if isinstance(value, float):
                body += record(0x203, place(row, col) + struct.pack("<d", value))
            elif value:
                text = str(value).encode("gbk")
                body += record(0x204, place(row, col) + len(text).to_bytes(2, "little") + text)
    return head + body + record(0x0A, b"")


@pytest.mark.parametrize("code_page", [1252, 437, 1251, 10000, None])
def test_gbk_under_a_wrong_code_page_is_guessed_and_said(code_page: int | None) -> None:
    data = biff5(code_page)
    assert_proved(data)
    assert "code_page_guessed" in notes(data)


def test_a_right_code_page_is_taken_at_its_word() -> None:
    assert_proved(biff5(936))
    assert "code_page_guessed" not in notes(biff5(936))


def test_amounts_of_xlsxwriter_are_shown_alike() -> None:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer)
    sheet, money = workbook.add_worksheet("部门收支总表"), workbook.add_format({"num_format": '0!.0,"万元"'})
    for row, line in enumerate(LINES):
        for col, value in enumerate(line):
            if isinstance(value, float):
                sheet.write_number(row, col, value * 10_000, money)
            else:
                sheet.write(row, col, value)
    workbook.close()
    assert facts(buffer.getvalue())["二、教育支出"].amount_yuan == Decimal(2_005_000)
    assert_proved(buffer.getvalue())


STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
ODS = f"""<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="{STYLE}"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:automatic-styles>
<style:style style:name="ce1" style:family="table-cell"><style:text-properties
 style:text-line-through-style="solid"/></style:style>
<style:style style:name="T1" style:family="text"><style:text-properties
 style:text-line-through-type="single"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="表"><table:table-row>
<table:table-cell table:style-name="ce1" office:value-type="float" office:value="5"><text:p>5.00</text:p>
</table:table-cell><table:table-cell><text:p><text:span text:style-name="T1">9.00</text:span>7.00</text:p>
</table:table-cell><table:table-cell office:value-type="float" office:value="1000.5"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_struck_out_cells_and_runs_of_ods_are_left_out_and_a_missing_text_is_filled_in() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", ODS)
    reading = read(buffer.getvalue(), Limits())
    (grid,) = (block for block in reading.blocks if isinstance(block, Grid))
    assert [cell.text for cell in grid.cells] == [withdrawn("5.00"), "7.00", "1000.5"]
    assert [note.code for note in reading.notes] == ["struck_out"]


XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles>
<Style ss:ID="s1"><Font ss:StrikeThrough="1"/></Style>
<Style ss:ID="s2"><NumberFormat ss:Format="0!.0,&quot;万元&quot;"/></Style></Styles>
<Worksheet ss:Name="表"><Table><Row><Cell ss:StyleID="s1"><Data ss:Type="Number">5</Data></Cell>
<Cell ss:StyleID="s2"><Data ss:Type="Number">10000000</Data></Cell></Row></Table></Worksheet></Workbook>"""


def test_excel_2003_xml_knows_struck_out_cells_and_formats() -> None:
    reading = read(XML.encode(), Limits())
    (grid,) = (block for block in reading.blocks if isinstance(block, Grid))
    assert [cell.text for cell in grid.cells] == [withdrawn("5"), "1000.0万元"]
    assert [note.code for note in reading.notes] == ["struck_out"]
