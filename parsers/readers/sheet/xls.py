"""XLS (BIFF 2 to 8, WPS .et included) through xlrd, which knows merges and number formats.

Invariant: nothing of a broken file escapes as anything but a `DocumentError`. Old workbooks (BIFF 2 to 5) may
declare a wrong code page or none: another one is taken only where words of budgets show it to be GBK. Of
passwords only the one that Excel itself tries is tried (MS-OFFCRYPTO 2.4.2.3: VelvetSweatshop): such files
open without a question, so they were not locked on purpose; one with its own stays `encrypted`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import xlrd
from xlrd.compdoc import CompDocError
from xlrd.formula import colname

from parsers.readers.limits import Limits
from parsers.readers.sheet.number_format import (
    CHINESE_DATE_FORMATS,
    display,
    display_moment,
    exact,
    is_date_format,
)
from parsers.readers.sheet.worksheet import Merge, Sheet, Value, keep_withdrawn, shown, struck_note
from parsers.values.amounts import is_amount
from parsers.values.document import Note
from parsers.values.errors import DocumentError
from parsers.values.lexicon import lexicon_of
from parsers.values.media import ole_has_stream
from parsers.values.messages import Message, message
from parsers.values.vocabulary import DocumentOutcome

_WHITE = (255, 255, 255)
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

GBK = "gb18030"
_WORDS = lexicon_of(__name__).pattern("words")
_ENOUGH_WORDS = 2
_DEFAULT_PASSWORD = message("password_of_excel")
_GUESSED = message("bytes_read_as_gbk")
DEFAULT_PASSWORD = "VelvetSweatshop"


def read_xls_sheets(data: bytes, limits: Limits) -> list[Sheet]:
    """The worksheets of an XLS workbook. Raises DocumentError: damaged, encrypted."""
    try:
        sheets = _read(data, None, limits)
    except DocumentError as error:
        if error.outcome == DocumentOutcome.ENCRYPTED:
            return _with_note(
                _read(decrypted(data, limits), None, limits), "default_password", _DEFAULT_PASSWORD
            )
        if not _is_undecodable(error):
            raise
        sheets = []
    texts = _texts(sheets)
    if is_old(data) and (not sheets or _looks_garbled(texts)):
        with suppress(DocumentError):
            guessed = _read(data, GBK, limits)
            if _speaks_of_budgets(_texts(guessed)):
                return _with_note(guessed, "code_page_guessed", _GUESSED)
    return sheets or _read(data, None, limits)


def is_old(data: bytes) -> bool:
    """Whether the workbook may be older than BIFF 8, whose texts are Unicode and have no code page."""
    return not ole_has_stream(data, "Workbook")


def _is_undecodable(error: DocumentError) -> bool:
    return isinstance(error.__cause__, UnicodeError | LookupError)


def _texts(sheets: list[Sheet]) -> list[str]:
    return [text for sheet in sheets for text in (sheet.name, *(v.text for v in sheet.values.values()))]


def _with_note(sheets: list[Sheet], code: str, detail: Message) -> list[Sheet]:
    for sheet in sheets[:1]:
        sheet.notes.append(Note(code, detail))
    return sheets


def _read(data: bytes, encoding: str | None, limits: Limits) -> list[Sheet]:
    """The worksheets, texts in `encoding` where the file's own declaration is not used."""
    try:
        # Ragged rows: one cell in the last column of the last row must not make a sheet of 16 million cells.
        workbook = xlrd.open_workbook(
            file_contents=data,
            formatting_info=True,
            logfile=_Silence(),
            encoding_override=encoding,
            ragged_rows=True,
            on_demand=True,
        )
        # A cell whose format the file does not have is a number like any other.
        workbook._xf_index_to_xl_type_map = _NumberByDefault(workbook._xf_index_to_xl_type_map)
        return list(_sheets(workbook, limits))
    except DocumentError:
        raise
    except xlrd.XLRDError as error:
        encrypted = "encrypted" in str(error).lower()
        outcome = DocumentOutcome.ENCRYPTED if encrypted else DocumentOutcome.DAMAGED
        raise DocumentError(outcome, _unreadable(str(error))) from error
    # xlrd raises whatever its record parsers raise on damage, assertions included.
    except (*_DAMAGE, OSError) as error:
        raise DocumentError(
            DocumentOutcome.DAMAGED, _unreadable(f"{type(error).__name__} {error}")
        ) from error


def _unreadable(error: str) -> Message:
    return message("workbook_unreadable", program="xlrd", error=error)


class _NumberByDefault(dict[int, int]):
    """Type of a numeric cell by its format: number or date."""

    def __missing__(self, _: int) -> int:
        return int(xlrd.XL_CELL_NUMBER)


class _Silence:
    """A log file that keeps nothing: xlrd prints its warnings otherwise."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return None


def _sheets(workbook: Any, limits: Limits) -> Iterator[Sheet]:
    """One sheet at a time: xlrd forgets each before the next is read. Raises DocumentError: too_large."""
    cells = 0
    for number in range(workbook.nsheets):
        sheet = _sheet(workbook, workbook.sheet_by_index(number))
        workbook.unload_sheet(number)
        cells += len(sheet.values)
        if cells > limits.max_cells:
            raise DocumentError(DocumentOutcome.TOO_LARGE, message("too_many_cells", limit=limits.max_cells))
        yield sheet


def _sheet(workbook: Any, source: Any) -> Sheet:
    sheet = Sheet(source.name, hidden=bool(source.visibility))
    zeros = bool(getattr(source, "show_zero_values", 1))
    struck: list[str] = []
    for row in range(source.nrows):
        for col in range(source.row_len(row)):
            cell = source.cell(row, col)
            value = _value(workbook, cell, zeros)
            if value is not None and value.text and _is_struck(workbook, cell):
                # What is struck out was withdrawn before publication; it is named in a note.
                struck.append(f"{colname(col)}{row + 1} {value.text}")
                keep_withdrawn(sheet, (row, col), value.text)
            elif value is not None and _is_white(workbook, cell) and is_amount(value.text):
                keep_withdrawn(sheet, (row, col), value.text)
            elif value is not None:
                sheet.values[row, col] = value
    sheet.notes.extend(struck_note(sheet.name, struck))
    for top, bottom, left, right in source.merged_cells:
        sheet.merges.append(Merge(top, left, bottom - 1, right - 1))
    sheet.hidden_rows = [row for row, line in source.rowinfo_map.items() if line.hidden]
    sheet.hidden_cols = [col for col, line in source.colinfo_map.items() if line.hidden]
    return sheet


def _value(workbook: Any, cell: Any, zeros: bool) -> Value | None:
    """A date out of range is shown as the number it is stored as."""
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
    return shown(number, display(number, code), zeros)


def _is_struck(workbook: Any, cell: Any) -> bool:
    """Whether the cell's font is struck out: what it printed no longer holds."""
    font = _font(workbook, cell)
    return font is not None and bool(font.struck_out)


def _is_white(workbook: Any, cell: Any) -> bool:
    """Whether the text is white on the white of the sheet."""
    font = _font(workbook, cell)
    if font is None or workbook.xf_list[cell.xf_index].background.fill_pattern:
        return False
    return bool(workbook.colour_map.get(font.colour_index) == _WHITE)


def _font(workbook: Any, cell: Any) -> Any:
    """The font of a cell; None where the file names none."""
    if cell.xf_index is None or cell.xf_index >= len(workbook.xf_list):
        return None
    font = workbook.xf_list[cell.xf_index].font_index
    return workbook.font_list[font] if font < len(workbook.font_list) else None


def _format(workbook: Any, cell: Any) -> tuple[int, str]:
    """The number and the code of a cell's format; General where the file names none."""
    if cell.xf_index is None or cell.xf_index >= len(workbook.xf_list):
        return 0, "General"
    key = workbook.xf_list[cell.xf_index].format_key
    known = workbook.format_map.get(key)
    return key, known.format_str if known is not None else "General"


def _looks_garbled(texts: Iterable[str]) -> bool:
    """Whether texts hold characters beyond ASCII and none of the words that every budget has."""
    found = [text for text in texts if not text.isascii()]
    return bool(found) and not any(_WORDS.search(text) for text in found)


def _speaks_of_budgets(texts: Iterable[str]) -> bool:
    """Whether texts hold words of budgets, more than one by accident."""
    return sum(len(_WORDS.findall(text)) for text in texts) >= _ENOUGH_WORDS


def decrypted(data: bytes, limits: Limits) -> bytes:
    """The file without its default encryption. Raises DocumentError: encrypted, too_large."""
    try:
        import msoffcrypto
        from cryptography.exceptions import UnsupportedAlgorithm
        from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
    except ModuleNotFoundError as error:
        detail = message("password_not_tried", package=error.name)
        raise DocumentError(DocumentOutcome.ENCRYPTED, detail) from error
    limits.check_bytes(data)
    failures = (DecryptionError, FileFormatError, InvalidKeyError, ParseError, UnsupportedAlgorithm)
    damage = (ValueError, TypeError, LookupError, AttributeError, AssertionError, OSError, struct.error)
    out = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=DEFAULT_PASSWORD)
        office.decrypt(out)
    except (*failures, *damage, NotImplementedError, OverflowError) as error:
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_document")) from error
    if not out.getvalue() or out.getvalue() == data:
        raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_document"))
    return out.getvalue()
