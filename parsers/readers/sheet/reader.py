"""Workbooks: XLSX, XLS (and WPS .et), XLSB, ODS and Excel 2003 XML.

Invariant: a cell's text is what the spreadsheet shows and its `number` the exact decimal it stores;
text that looks like a number stays text. Formulas are never evaluated: their cached values are read.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import python_calamine as calamine

from parsers.readers.limits import Limits
from parsers.readers.ooxml_names import standard_package
from parsers.readers.package import open_package
from parsers.readers.sheet.extent import largest_extent
from parsers.readers.sheet.number_format import display_moment, exact, general
from parsers.readers.sheet.ods import read_ods_sheets
from parsers.readers.sheet.worksheet import Merge, Sheet, Value, reading_of_sheets
from parsers.readers.sheet.xls import read_xls_sheets
from parsers.readers.sheet.xlsx import read_xlsx_sheets
from parsers.readers.sheet.xml_workbook import read_xml_sheets
from parsers.values import media
from parsers.values.attempts import where
from parsers.values.document import Note, Reading
from parsers.values.errors import DocumentError
from parsers.values.messages import Message, message
from parsers.values.vocabulary import DocumentOutcome

_NATIVE: dict[str, Callable[[bytes, Limits], list[Sheet]]] = {
    media.XLSX: read_xlsx_sheets,
    media.XLS: read_xls_sheets,
    media.ODS: read_ods_sheets,
    media.XML_WORKBOOK: read_xml_sheets,
}
DENSE = 5  # calamine keeps blank cells, too: so many more than a document may have
_PACKAGES = (media.XLSX, media.XLSB, media.ODS)


def read_spreadsheet(data: bytes, limits: Limits) -> Reading:
    """Read a workbook of any supported format.

    A file that its own reader fails on is read by calamine, which knows values and merges but not number
    formats; the note `plain_values` says so. Raises DocumentError: damaged, encrypted, too_large.
    """
    media_type = media.sniff(data)
    if media_type in _PACKAGES:
        open_package(data, limits).close()
    if media_type == media.XLSX:
        data = standard_package(data, limits)
    native = _NATIVE.get(media_type)
    if native is None:
        return _read_plainly(data, media_type, limits, message("no_formats_of_numbers"))
    try:
        return reading_of_sheets(media_type, native(data, limits), limits)
    except DocumentError as error:
        if error.outcome != DocumentOutcome.DAMAGED or media_type == media.XML_WORKBOOK:
            raise
        return _read_plainly(data, media_type, limits, error.detail)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # a fault of the reader: the other one may not have it
        if media_type == media.XML_WORKBOOK:
            raise
        return _read_plainly(data, media_type, limits, message("reader_error", error=where(error)))


def _read_plainly(data: bytes, media_type: str, limits: Limits, why: Message) -> Reading:
    if (extent := largest_extent(data, media_type)) > limits.max_cells * DENSE:
        raise DocumentError(
            DocumentOutcome.TOO_LARGE, message("cells_spread_too_far", why=why, extent=extent)
        )
    try:
        workbook = calamine.load_workbook(io.BytesIO(data))
        sheets = [_plain_sheet(workbook, entry, limits) for entry in workbook.sheets_metadata]
    except calamine.PasswordError as error:
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_workbook")) from error
    except (calamine.CalamineError, OSError, ValueError, IndexError) as error:
        raise DocumentError(DocumentOutcome.DAMAGED, _unreadable(why, error)) from error
    except BaseException as error:
        # A panic of the Rust code is a BaseException of its own, in a module that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise DocumentError(DocumentOutcome.DAMAGED, _unreadable(why, error)) from error
    return reading_of_sheets(media_type, sheets, limits, (Note("plain_values", why),))


def _unreadable(why: Message, error: BaseException) -> Message:
    return message("workbook_unreadable_plainly", why=why, error=str(error))


def _plain_sheet(workbook: calamine.CalamineWorkbook, entry: calamine.SheetMetadata, limits: Limits) -> Sheet:
    sheet = Sheet(entry.name, hidden=entry.visible != calamine.SheetVisibleEnum.Visible)
    if entry.typ != calamine.SheetTypeEnum.WorkSheet:
        return sheet
    source = workbook.get_sheet_by_name(entry.name)
    if source.height * source.width > limits.max_cells * DENSE:
        extent = message("sheet_too_large", sheet=entry.name, rows=source.height, columns=source.width)
        raise DocumentError(DocumentOutcome.TOO_LARGE, extent)
    _, left = source.start or (0, 0)
    # iter_rows begins with the first row of the sheet but with the first used column.
    for row, values in enumerate(source.iter_rows()):
        for col, content in enumerate(values, start=left):
            if (value := _plain_value(content)).text:
                sheet.values[row, col] = value
    for (first_row, first_col), (last_row, last_col) in source.merged_cell_ranges or ():
        sheet.merges.append(Merge(first_row, first_col, last_row, last_col))
    return sheet


def _plain_value(content: object) -> Value:
    match content:
        case bool():
            return Value(str(content).upper())
        case int() | float():
            number = exact(content)
            return Value(general(number), number)
        case datetime.datetime() | datetime.date():
            return Value(display_moment(content, "yyyy-mm-dd"))
        case datetime.time():
            return Value(display_moment(content, "h:mm:ss"))
        case _:
            return Value(str(content).strip())
