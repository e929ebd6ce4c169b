"""XLS (BIFF 2 to 8, WPS .et included) through xlrd, which knows merges and number formats.

Invariant: nothing of a broken file escapes as anything but a `DocumentError`.
"""

from __future__ import annotations

import struct
from typing import Any

import xlrd
from xlrd.compdoc import CompDocError

from parsers.errors import DocumentError
from parsers.readers.limits import Limits
from parsers.readers.number_format import CHINESE_DATE_FORMATS, display, display_moment, exact, is_date_format
from parsers.readers.sheet import Merge, Sheet, Value

_DAMAGE = (
    CompDocError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    OverflowError,
    NotImplementedError,
    struct.error,
)


def read_xls_sheets(data: bytes, limits: Limits) -> list[Sheet]:
    """The worksheets of an XLS workbook. Raises DocumentError: damaged, encrypted."""
    try:
        workbook = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=_Silence())
        return [_sheet(workbook, source) for source in workbook.sheets()]
    except xlrd.XLRDError as error:
        outcome = "encrypted" if "encrypted" in str(error).lower() else "damaged"
        raise DocumentError(outcome, f"xlrd cannot read the workbook: {error}") from error
    # xlrd meets damage by whatever its record parsers raise, assertions included.
    except (*_DAMAGE, OSError) as error:
        raise DocumentError(
            "damaged", f"xlrd cannot read the workbook: {type(error).__name__} {error}"
        ) from error


class _Silence:
    """A log file that keeps nothing: xlrd prints its warnings otherwise."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return None


def _sheet(workbook: Any, source: Any) -> Sheet:
    sheet = Sheet(source.name, hidden=bool(source.visibility))
    zeros = bool(getattr(source, "show_zero_values", 1))
    for row in range(source.nrows):
        for col in range(source.row_len(row)):
            value = _value(workbook, source.cell(row, col), zeros)
            if value is not None:
                sheet.values[row, col] = value
    for top, bottom, left, right in source.merged_cells:
        sheet.merges.append(Merge(top, left, bottom - 1, right - 1))
    sheet.hidden_rows = [row for row, line in source.rowinfo_map.items() if line.hidden]
    sheet.hidden_cols = [col for col, line in source.colinfo_map.items() if line.hidden]
    return sheet


def _value(workbook: Any, cell: Any, zeros: bool) -> Value | None:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return Value("TRUE" if cell.value else "FALSE")
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Value(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype == xlrd.XL_CELL_TEXT:
        text = str(cell.value).replace("\r\n", "\n").replace("\r", "\n").strip()
        return Value(text) if text else None
    key, code = _format(workbook, cell)
    if key in CHINESE_DATE_FORMATS or (cell.ctype == xlrd.XL_CELL_DATE and is_date_format(code)):
        try:
            moment = xlrd.xldate_as_datetime(cell.value, workbook.datemode)
            return Value(display_moment(moment, CHINESE_DATE_FORMATS.get(key, code)))
        except (ValueError, OverflowError):
            code = "General"
    number = exact(cell.value)
    return Value(display(number, code) if number or zeros else "", number)


def _format(workbook: Any, cell: Any) -> tuple[int, str]:
    """The number and the code of a cell's format; General where the file names none."""
    if cell.xf_index is None or cell.xf_index >= len(workbook.xf_list):
        return 0, "General"
    key = workbook.xf_list[cell.xf_index].format_key
    known = workbook.format_map.get(key)
    return key, known.format_str if known is not None else "General"
