"""How large the sheets of a damaged workbook would be, before a reader builds them densely.

Invariant: nothing is allocated by what a file says; only the places of its cells are read. A file whose cells
cannot be found has no extent, and is left to its reader.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO

from xlrd.compdoc import CompDoc, CompDocError

from parsers.values import media

_PLACE, _PLACES, _NUMBER = 4, 6, 4  # bytes: row and column; row and two columns; a row or column of XLSB
Place = tuple[int, int]
_COMPOUND = b"\xd0\xcf\x11\xe0"
_BOF = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_ONE_CELL = frozenset({0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x0406, 0x00D6, 0x00FD, 0x027E})
_MANY_CELLS = frozenset({0x00BD, 0x00BE})  # MULRK, MULBLANK: their last two bytes are the last column
_PART = re.compile(r"^xl/worksheets/[^/]+\.(?:xml|bin)$", re.IGNORECASE)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_XLSB_ROW, _XLSB_CELLS = 0, range(1, 12)


def largest_extent(data: bytes, media_type: str) -> int:
    """The cells of the largest rectangle that the cells of one sheet span; 0 where none are found."""
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
