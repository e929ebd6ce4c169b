"""A workbook whose cells lie far apart is too large before anything is built for the blanks between."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from parsers import parse_document
from parsers.readers.limits import Limits
from parsers.readers.sheet.reader import _read_plainly, largest_extent
from parsers.values import media
from parsers.values.errors import DocumentError
from parsers.values.messages import message

HOSTILE = Path("../shared/cases/hostile/xls-67kB-5GB.xls")
FEW = Limits(max_cells=100)

DAMAGED = message("truncated_workbook")


def xls(row: int, col: int) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    sheet.write(2, 1, 1.5)
    sheet.write(row, col, "合计")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xlsx(row: int, col: int) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("表")
        sheet.write(2, 1, 1.5)
        sheet.write(row, col, "合计")
    return buffer.getvalue()


def xlsb(row: int, col: int) -> bytes:
    """Only the part of the sheet: two rows of a cell each (BrtRowHdr, BrtCellReal)."""

    def record(kind: int, payload: bytes) -> bytes:
        return bytes([kind, len(payload)]) + payload

    rows = b"".join(
        record(0, struct.pack("<I", at) + bytes(13)) + record(5, struct.pack("<II", column, 0) + bytes(8))
        for at, column in ((2, 1), (row, col))
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("xl/worksheets/sheet1.bin", rows)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(xls(11, 20), media.XLS), (xlsx(11, 20), media.XLSX), (xlsb(11, 20), media.XLSB)],
)
def test_the_extent_is_the_rectangle_around_the_cells(data: bytes, media_type: str) -> None:
    assert largest_extent(data, media_type) == 10 * 20


@pytest.mark.parametrize(
    ("data", "media_type"), [(xls(60_000, 250), media.XLS), (xlsx(1_000_000, 16_000), media.XLSX)]
)
def test_cells_far_apart_are_too_large_for_a_dense_reader(data: bytes, media_type: str) -> None:
    with pytest.raises(DocumentError) as error:
        _read_plainly(data, media_type, FEW, DAMAGED)
    assert error.value.outcome == "too_large"


def test_a_sheet_that_says_it_has_billions_of_rows_is_too_large() -> None:
    data = xls(11, 20)
    record = struct.pack("<HHII", 0x0200, 14, 2, 12)  # DIMENSIONS: from row 2 to before row 12
    assert record in data
    damaged = data.replace(record, struct.pack("<HHII", 0x0200, 14, 2, 0xFF000008))
    with pytest.raises(DocumentError) as error:
        _read_plainly(damaged, media.XLS, Limits(), DAMAGED)
    assert error.value.outcome == "too_large"


def test_a_small_workbook_is_read() -> None:
    assert _read_plainly(xls(11, 20), media.XLS, FEW, DAMAGED).blocks


@pytest.mark.parametrize(
    "junk", [b"", b"\xd0\xcf\x11\xe0" + bytes(600), b"PK\x03\x04junk", bytes(range(256))]
)
@pytest.mark.parametrize("media_type", [media.XLS, media.XLSX, media.XLSB])
def test_what_is_no_workbook_has_no_extent(junk: bytes, media_type: str) -> None:
    assert largest_extent(junk, media_type) in (0, 1)


@pytest.mark.skipif(not HOSTILE.exists(), reason="../shared/cases is not here")
def test_a_small_file_that_would_fill_five_gigabytes_is_too_large() -> None:
    assert parse_document(HOSTILE.read_bytes()).outcome == "too_large"
