"""XLSX through openpyxl.

Invariant: only cells that exist in the file are visited, whatever dimensions the sheet claims.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib
from decimal import Decimal, InvalidOperation
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.cell.rich_text import CellRichText
from openpyxl.cell.rich_text import TextBlock as RichTextRun
from openpyxl.reader import excel
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet._reader import WorksheetReader
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange

from parsers.readers.limits import Limits
from parsers.readers.package import open_package, read_part
from parsers.readers.sheet.number_format import CHINESE_DATE_FORMATS, display, display_moment, exact
from parsers.readers.sheet.worksheet import (
    MOST_NAMED,
    Merge,
    Sheet,
    Value,
    keep_withdrawn,
    shown,
    struck_note,
)
from parsers.values.amounts import is_amount
from parsers.values.document import Note
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.text import superscript
from parsers.values.vocabulary import DocumentOutcome

_DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    EOFError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    etree.LxmlError,
)
"""The errors that openpyxl's descriptors raise on foreign stylesheets or parts."""
_PLAIN_FORMULA = re.compile(r"^=[A-Za-z0-9():,+*/ $.-]{1,40}$")
"""Without names of sheets and texts, which would read like words of the table."""
_WHITE = "FFFFFFFF"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class RangesOnly(WorksheetReader):  # type: ignore[misc]  # openpyxl has no types
    """Binds merged ranges without their covered cells, and no links: nothing of ours reads either, and a
    range over the whole sheet (A1:XFD1048576) must not cost more than its own cells."""

    def bind_merged_cells(self) -> None:
        """Keep the merged ranges; openpyxl would also create an object for every covered cell."""
        merged = self.parser.merged_cells
        found = [CellRange(one.ref) for one in merged.mergeCell] if merged else []
        self.ws.merged_cells = MultiCellRange(dict.fromkeys(found))

    def bind_hyperlinks(self) -> None:
        """Leave links out."""
        return None


excel.WorksheetReader = RangesOnly  # what `openpyxl.load_workbook` reads sheets with, in this process


def read_xlsx_sheets(data: bytes, limits: Limits) -> list[Sheet]:
    """The worksheets of an XLSX package whose size was tested. Raises DocumentError: damaged, too_large."""
    workbook = _load(data, data_only=True)
    with open_package(data, limits) as package:
        has_formulas = _has_formulas(package)
    formulas = _load(data, data_only=False) if has_formulas else None
    sheets: list[Sheet] = []
    for index, name in enumerate(workbook.sheetnames):
        source = workbook[name]
        if not hasattr(source, "merged_cells"):  # a chart on a sheet of its own
            continue
        sheet = _sheet(source, workbook.epoch)
        if formulas is not None:
            _keep_uncached(formulas[formulas.sheetnames[index]], source, sheet)
        sheets.append(sheet)
    return sheets


def _load(data: bytes, data_only: bool) -> Any:
    try:
        return openpyxl.load_workbook(
            io.BytesIO(data), data_only=data_only, keep_links=False, rich_text=data_only
        )
    except (*_DAMAGE, OSError) as error:
        raise DocumentError(
            DocumentOutcome.DAMAGED, message("workbook_unreadable", program="openpyxl", error=str(error))
        ) from error


def _has_formulas(package: zipfile.ZipFile) -> bool:
    for name in package.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            content = read_part(package, name) or b""
            if b"<f>" in content or b"<f " in content or b":f>" in content:
                return True
    return False


def _sheet(source: Any, epoch: datetime.datetime) -> Sheet:
    sheet = Sheet(source.title, hidden=source.sheet_state != "visible")
    zeros = source.sheet_view.showZeros is not False
    # `_cells` holds the cells of the file; the public iterators would fill in the whole claimed rectangle.
    struck: list[str] = []
    for (row, col), cell in source._cells.items():
        if cell.value is not None:
            value = _value(cell, epoch, zeros)
            if _is_struck(cell):
                struck.append(f"{cell.coordinate} {value.text}")
                keep_withdrawn(sheet, (row - 1, col - 1), value.text)
            elif _is_white(cell) and is_amount(value.text):
                keep_withdrawn(sheet, (row - 1, col - 1), value.text)
            elif value.text or value.number is not None:
                sheet.values[row - 1, col - 1] = value
    sheet.notes.extend(struck_note(sheet.name, struck))
    for area in source.merged_cells.ranges:
        sheet.merges.append(Merge(area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1))
    sheet.hidden_rows = [row - 1 for row, line in source.row_dimensions.items() if line.hidden]
    for column in source.column_dimensions.values():
        if column.hidden:
            sheet.hidden_cols.extend(range((column.min or 1) - 1, min(column.max or 1, 16384)))
    return sheet


def _value(cell: Any, epoch: datetime.datetime, zeros: bool) -> Value:
    content = cell.value
    # Formats 27 to 58 are Chinese dates that openpyxl takes for General.
    code = CHINESE_DATE_FORMATS.get(cell._style.numFmtId, cell.number_format or "General")
    match content:
        case bool():
            return Value(str(content).upper())
        case int() | float() | Decimal():
            if cell._style.numFmtId in CHINESE_DATE_FORMATS:
                return _moment(content, code, epoch)
            return _number(content, code, zeros)
        case datetime.datetime() | datetime.date() | datetime.time():
            return Value(display_moment(content, code))
        case datetime.timedelta():
            return Value(str(content))
        case CellRichText():
            return Value(_unescaped("".join(map(_run, content))))
        case _:
            return Value(_unescaped(str(content)))


def _is_struck(cell: Any) -> bool:
    """Whether the whole cell is struck out: what it printed no longer holds."""
    return bool(cell.has_style and cell.font is not None and cell.font.strike)


def _is_white(cell: Any) -> bool:
    """Whether the text is white on the white of the sheet."""
    if not cell.has_style or cell.fill.fill_type is not None or cell.font.color is None:
        return False
    colour = cell.font.color
    return bool(
        colour.rgb == _WHITE if colour.type == "rgb" else colour.type == "theme" and colour.theme == 0
    )


def _run(run: Any) -> str:
    """A run of rich text: nothing if it is struck out, raised digits as such (they mark footnotes)."""
    if not isinstance(run, RichTextRun):
        return str(run)
    if run.font is not None and run.font.strike:
        return ""
    raised = run.font is not None and run.font.vertAlign == "superscript"
    return superscript(str(run.text)) if raised else str(run.text)


def _number(content: int | float | Decimal, code: str, zeros: bool) -> Value:
    try:
        number = content if isinstance(content, Decimal) else exact(content)
        if not number.is_finite():
            return Value(str(content))
    except (InvalidOperation, ValueError, OverflowError):
        return Value(str(content))
    return shown(number, display(number, code), zeros)


def _moment(content: int | float | Decimal, code: str, epoch: datetime.datetime) -> Value:
    try:
        moment = from_excel(content, epoch)
    except (ValueError, OverflowError):
        return _number(content, "General", True)
    return Value(str(moment) if isinstance(moment, datetime.timedelta) else display_moment(moment, code))


def _unescaped(text: str) -> str:
    r"""`text` without the `_x000D_` escapes of OOXML strings, with line breaks as "\n"."""
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _keep_uncached(formulas: Any, values: Any, sheet: Sheet) -> None:
    """Formulas whose result the file does not carry: they stand in their cells, which are not blank, with one
    note for all."""
    missing = [
        (row, col, cell)
        for (row, col), cell in formulas._cells.items()
        if cell.data_type == "f"
        and ((row, col) not in values._cells or values._cells[row, col].value is None)
        and not _is_struck(cell)
    ]
    for row, col, cell in missing:
        formula = str(cell.value)
        sheet.values[row - 1, col - 1] = Value(formula if _PLAIN_FORMULA.match(formula) else "=…")
    if missing:
        named = ", ".join(cell.coordinate for *_, cell in missing[:MOST_NAMED])
        named += " …" if len(missing) > MOST_NAMED else ""
        detail = message("cells_of_sheet", sheet=formulas.title, n=len(missing), cells=named)
        sheet.notes.append(Note("formula_without_value", detail))
