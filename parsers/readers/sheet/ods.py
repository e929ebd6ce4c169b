"""ODS worksheets, read from `content.xml`: OpenDocument stores the shown text beside each value.

Invariant: repeated rows and cells are expanded only where they hold something and only within limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from lxml import etree

from parsers.readers.limits import Limits
from parsers.readers.package import open_package, parse_xml, read_part
from parsers.readers.sheet.number_format import general, plain_number
from parsers.readers.sheet.worksheet import Merge, Sheet, Value, struck_note
from parsers.values.amounts import withdrawn_amount
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

_MOST_DIGITS = 7  # of a count; a sheet has 1,048,576 rows
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_NUMERIC = ("float", "currency", "percentage")
_HIDDEN = ("collapse", "filter")
MAX_COLUMNS = 16384
MAX_REPEAT = 4096
"""A value repeated more often than this is filling, not content."""


def read_ods_sheets(data: bytes, limits: Limits) -> list[Sheet]:
    """The sheets of an OpenDocument spreadsheet. Raises DocumentError: damaged, encrypted, too_large."""
    with open_package(data, limits) as package:
        manifest = read_part(package, "META-INF/manifest.xml") or b""
        if b"encryption-data" in manifest:
            raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_spreadsheet"))
        content = read_part(package, "content.xml")
    if content is None:
        raise DocumentError(DocumentOutcome.DAMAGED, message("part_lacking", name="content.xml"))
    root = parse_xml(content)
    hidden_styles = _hidden_table_styles(root)
    struck = _take_struck(root)
    budget = [limits.max_cells]
    sheets = [
        _sheet(table, hidden_styles, budget)
        for table in root.iterfind(f".//{_OFFICE}spreadsheet/{_TABLE}table")
    ]
    for sheet in sheets[:1]:
        sheet.notes.extend(struck_note(sheet.name, struck))
    return sheets


def _hidden_table_styles(root: etree._Element) -> set[str]:
    style = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
    hidden: set[str] = set()
    for element in root.iter(f"{style}style"):
        if any(
            child.get(f"{_TABLE}display") == "false" for child in element.iter(f"{style}table-properties")
        ):
            hidden.add(element.get(f"{style}name", ""))
    return hidden


def _take_struck(root: etree._Element) -> list[str]:
    """Empty the cells and runs whose style strikes out what they print, an amount that fills its cell kept as
    withdrawn; the texts they held."""
    styles = _struck_styles(root)
    if not styles:
        return []
    taken: list[str] = []
    places = ((f"{_TABLE}table-cell", _TABLE, "table-cell"), (f"{_TEXT}span", _TEXT, "text"))
    for tag, space, family in places:
        for element in root.iter(tag):
            text = "".join(map(str, element.itertext())).strip()
            if text and (family, element.get(f"{space}style-name", "")) in styles:
                taken.append(text)
                element[:] = []
                element.text = None
                if family == "table-cell" and (kept := withdrawn_amount(text)):
                    etree.SubElement(element, f"{_TEXT}p").text = kept
                if element.get(f"{_OFFICE}value-type") is not None:
                    del element.attrib[f"{_OFFICE}value-type"]
    return taken


def _struck_styles(root: etree._Element) -> frozenset[tuple[str, str]]:
    """Family and name of the styles that strike out what they print."""
    style = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
    kinds = ("text-line-through-style", "text-line-through-type")
    return frozenset(
        (element.get(f"{style}family", ""), element.get(f"{style}name", ""))
        for element in root.iter(f"{style}style")
        for properties in element.iterfind(f"{style}text-properties")
        if any(properties.get(f"{style}{kind}", "none") != "none" for kind in kinds)
    )


def _sheet(table: etree._Element, hidden_styles: set[str], budget: list[int]) -> Sheet:
    """Repeat counts are bounded: a few bytes may declare a million rows."""
    sheet = Sheet(table.get(f"{_TABLE}name", ""), hidden=table.get(f"{_TABLE}style-name") in hidden_styles)
    col = 0
    for column in _within(table, "table-column"):
        repeat = _count(column, "number-columns-repeated")
        if column.get(f"{_TABLE}visibility") in _HIDDEN:
            sheet.hidden_cols.extend(range(col, min(col + repeat, MAX_COLUMNS)))
        col += repeat
    row = 0
    for line in _within(table, "table-row"):
        repeat = _count(line, "number-rows-repeated")
        filled = _row(line, sheet, row, min(repeat, MAX_REPEAT), budget)
        if line.get(f"{_TABLE}visibility") in _HIDDEN and filled:
            sheet.hidden_rows.extend(range(row, row + min(repeat, MAX_REPEAT)))
        row += repeat
    return sheet


def _within(table: etree._Element, name: str) -> Iterator[etree._Element]:
    """Rows or columns of `table` itself, header and grouping elements looked through."""
    for child in table:
        if child.tag == f"{_TABLE}{name}":
            yield child
        elif (
            isinstance(child.tag, str)
            and child.tag.startswith(_TABLE)
            and child.tag.endswith(("rows", "columns", "group"))
        ):
            yield from _within(child, name)


def _row(line: etree._Element, sheet: Sheet, row: int, rows: int, budget: list[int]) -> bool:
    """Put the cells of one row element, standing for `rows` rows, into `sheet`; whether it held any."""
    col, filled = 0, False
    for cell in line.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        repeat = _count(cell, "number-columns-repeated")
        rowspan, colspan = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if rowspan > 1 or colspan > 1:
            sheet.merges.append(Merge(row, col, row + rowspan - 1, col + colspan - 1))
        value = _value(cell)
        if value.text or value.number is not None:
            filled = True
            budget[0] -= rows * min(repeat, MAX_REPEAT)
            if budget[0] < 0:
                raise DocumentError(DocumentOutcome.TOO_LARGE, message("too_many_cells_in_spreadsheet"))
            for down in range(rows):
                for right in range(min(repeat, MAX_REPEAT)):
                    sheet.values[row + down, col + right] = value
        col += repeat
    return filled


def _count(element: etree._Element, name: str) -> int:
    text = element.get(f"{_TABLE}{name}", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 1


def _value(cell: etree._Element) -> Value:
    paragraphs = [_text(paragraph) for paragraph in cell.iterchildren(f"{_TEXT}p", f"{_TEXT}h")]
    text = "\n".join(paragraphs).strip()
    if cell.get(f"{_OFFICE}value-type") not in _NUMERIC:
        return Value(text)
    try:
        number = Decimal(cell.get(f"{_OFFICE}value", ""))
    except InvalidOperation:
        return Value(text)
    if not number.is_finite() or abs(number) >= Decimal("1e30"):
        return Value(text or str(number))
    number = plain_number(+number)
    return Value(text if paragraphs else general(number), number)  # some writers leave the shown text out


def _text(paragraph: etree._Element) -> str:
    """The text of a paragraph; `<text:s text:c="3"/>` are blanks, comments are left out."""
    parts = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            parts.append(" " * min(int(count) if count.isdigit() else 1, 1000))
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif child.tag != f"{_OFFICE}annotation":
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
