"""Excel 2003 XML workbooks (SpreadsheetML), which reporting systems export under the name .xls.

Invariant: cells land where `ss:Index`, merges and omitted blanks put them.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from lxml import etree

from parsers.readers.limits import Limits
from parsers.readers.package import parse_xml
from parsers.readers.sheet.number_format import display, exact
from parsers.readers.sheet.worksheet import Merge, Sheet, Value, keep_withdrawn, shown, struck_note

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_NAMED_FORMATS = {"Fixed": "0.00", "Standard": "#,##0.00", "Percent": "0.00%", "Currency": "#,##0.00"}
_MAX_INDEX = 1 << 20


def read_xml_sheets(data: bytes, limits: Limits) -> list[Sheet]:
    """The worksheets of an XML workbook. Raises DocumentError: damaged, too_large."""
    limits.check_bytes(data)
    root = parse_xml(data)
    formats = {
        style.get(f"{_SS}ID", ""): code
        for style in root.iter(f"{_SS}Style")
        for number_format in style.iterfind(f"{_SS}NumberFormat")
        if (code := number_format.get(f"{_SS}Format"))
    }
    struck = {
        style.get(f"{_SS}ID", "")
        for style in root.iter(f"{_SS}Style")
        if any(font.get(f"{_SS}StrikeThrough") == "1" for font in style.iterfind(f"{_SS}Font"))
    }
    return [_sheet(worksheet, formats, struck) for worksheet in root.iterfind(f"{_SS}Worksheet")]


def _sheet(worksheet: etree._Element, formats: dict[str, str], struck: set[str]) -> Sheet:
    """Rows and cells may carry an index, which skips empty ones."""
    visible = worksheet.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible", "")
    sheet = Sheet(worksheet.get(f"{_SS}Name", ""), hidden=visible in ("SheetHidden", "SheetVeryHidden"))
    struck_cells: list[str] = []
    row = -1
    for line in worksheet.iterfind(f"{_SS}Table/{_SS}Row"):
        row = _index(line, row + 1)
        if line.get(f"{_SS}Hidden") == "1":
            sheet.hidden_rows.append(row)
        col = -1
        for cell in line.iterfind(f"{_SS}Cell"):
            col = _index(cell, col + 1)
            value = _value(cell, formats)
            if value is not None and cell.get(f"{_SS}StyleID") in struck:
                struck_cells.append(f"row {row + 1}, column {col + 1} {value.text}")
                keep_withdrawn(sheet, (row, col), value.text)
            elif value is not None:
                sheet.values[row, col] = value
            across, down = _number(cell, "MergeAcross"), _number(cell, "MergeDown")
            if across or down:
                sheet.merges.append(Merge(row, col, row + down, col + across))
            col += across
        row += _number(line, "Span")
    sheet.notes.extend(struck_note(sheet.name, struck_cells))
    return sheet


def _number(element: etree._Element, name: str) -> int:
    text = element.get(f"{_SS}{name}", "0")
    return min(int(text), _MAX_INDEX) if text.isascii() and text.isdigit() else 0


def _index(element: etree._Element, expected: int) -> int:
    """The zero-based position of a row or cell: its one-based ss:Index, else right after the previous one."""
    return max(_number(element, "Index") - 1, expected)


def _value(cell: etree._Element, formats: dict[str, str]) -> Value | None:
    content = cell.find(f"{_SS}Data")
    if content is None:
        return None
    text = "".join(str(part) for part in content.itertext()).replace("\r\n", "\n").strip()
    if not text:
        return None
    if content.get(f"{_SS}Type") != "Number":
        return Value(text)
    try:
        # Excel stores doubles and writes them with 17 digits: 0.1 is 0.10000000000000001 here.
        number = exact(float(Decimal(text)))
    except (InvalidOperation, OverflowError):
        return Value(text)
    code = formats.get(cell.get(f"{_SS}StyleID", ""), "General")
    return shown(number, display(number, _NAMED_FORMATS.get(code, code)))
