"""Workbooks: XLSX, XLS (and WPS .et), XLSB, ODS and Excel 2003 XML.

Invariant: a cell's text is what the spreadsheet shows and its `number` the exact decimal it stores;
text that looks like a number stays text. Formulas are never evaluated: their cached values are read. How
large the sheets of a damaged workbook would be is asked before they are built, from the places of its cells
alone; a file whose cells cannot be found has no extent, and is left to its reader.
"""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

import python_calamine as calamine
from xlrd.compdoc import CompDoc, CompDocError

from parsers.readers.limits import Limits
from parsers.readers.package import open_package, standard_package
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
_PLACE, _PLACES, _NUMBER = 4, 6, 4  # bytes: row and column; row and two columns; a row or column of XLSB
Place = tuple[int, int]
_COMPOUND = b"\xd0\xcf\x11\xe0"
_BOF = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_ONE_CELL = frozenset({0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x0406, 0x00D6, 0x00FD, 0x027E})
_MANY_CELLS = frozenset({0x00BD, 0x00BE})  # MULRK, MULBLANK: their last two bytes are the last column
_DIMENSIONS, _MOST_ROWS = 0x0200, 65_536  # calamine makes room for as many rows as the record says
_PART = re.compile(r"^xl/worksheets/[^/]+\.(?:xml|bin)$", re.IGNORECASE)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_XLSB_ROW, _XLSB_CELLS = 0, range(1, 12)


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


def largest_extent(data: bytes, media_type: str) -> int:
    """The cells of the largest rectangle that the cells of one sheet span; 0 where none are found. More rows
    than an XLS sheet can have count as such a rectangle, if a sheet says so."""
    if media_type == media.XLS:
        return max(map(_area, _xls_sheets(data)), default=0)
    if media_type in (media.XLSX, media.XLSB):
        return max(map(_area, _package_sheets(data)), default=0)
    return 0


def _area(places: Iterable[Place]) -> int:
    found = list(places)
    if not found:
        return 0
    rows, cols = [row for row, _ in found], [col for _, col in found]
    return (max(rows) - min(rows) + 1) * (max(cols) - min(cols) + 1)


def _xls_sheets(data: bytes) -> Iterator[set[Place]]:
    """The places of the cells of each substream of a BIFF workbook."""
    stream = _workbook_stream(data)
    places: set[Place] = set()
    at = 0
    while at + 8 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if kind in _BOF:
            yield places
            places = set()
        elif kind in _ONE_CELL and length >= _PLACE:
            places.add(struct.unpack_from("<HH", stream, at))
        elif kind == _DIMENSIONS and length >= 2 * _PLACE and at + 8 <= len(stream):
            if (last := struct.unpack_from("<I", stream, at + 4)[0]) > _MOST_ROWS:
                places |= {(0, 0), (last, 0)}
        elif kind in _MANY_CELLS and _PLACES <= length <= len(stream) - at:
            row, first = struct.unpack_from("<HH", stream, at)
            places |= {(row, first), (row, struct.unpack_from("<H", stream, at + length - 2)[0])}
        at += length
    yield places


def _workbook_stream(data: bytes) -> bytes:
    """The stream of records; a file of Excel 4 or older is one itself."""
    if not data.startswith(_COMPOUND):
        return data
    try:
        compound = CompDoc(data, logfile=BytesIO())
        for name in ("Workbook", "Book"):
            memory, base, length = compound.locate_named_stream(name)
            if memory:
                return bytes(memory[base : base + length])
    except (CompDocError, AssertionError, IndexError, ValueError, TypeError, struct.error):
        pass
    return b""


def _package_sheets(data: bytes) -> Iterator[set[Place]]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            for name in package.namelist():
                if _PART.match(name):
                    part = package.read(name)
                    yield _xml_places(part) if name.lower().endswith(".xml") else set(_xlsb_places(part))
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        return


def _xml_places(part: bytes) -> set[Place]:
    return {(int(row), _column(letters)) for letters, row in _REFERENCE.findall(part)}


def _column(letters: bytes) -> int:
    """The number of a column by its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _xlsb_places(part: bytes) -> Iterator[Place]:
    """Rows and columns of the records of a binary sheet (MS-XLSB 2.1.4): kind and length in groups of seven
    bits, a row's number in its header, a cell's column in the cell."""
    at = row = 0
    while at < len(part):
        kind, at = _sevens(part, at, 2)
        length, at = _sevens(part, at, 4)
        if length >= _NUMBER and at + _NUMBER <= len(part):
            (number,) = struct.unpack_from("<I", part, at)
            if kind == _XLSB_ROW:
                row = number
            elif kind in _XLSB_CELLS:
                yield row, number
        at += length


def _sevens(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of at most `most` groups of seven bits, the lowest first, and where it ends."""
    value = 0
    for group in range(most):
        if at >= len(part):
            break
        value |= (part[at] & 0x7F) << (7 * group)
        at += 1
        if not part[at - 1] & 0x80:
            break
    return value, at
