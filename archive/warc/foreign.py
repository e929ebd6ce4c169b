"""WARC files that other programs made: compressed as a whole, or not at all.

Invariant: what `readable` gives holds the same records in the same order, each at an offset of its own.

WARC 1.1 recommends a gzip member for each record, so that one can be read alone; files that were compressed
as a whole are common all the same.
"""

from __future__ import annotations

import gzip
import re
import shutil
import zlib
from pathlib import Path

_MAGIC = b"\x1f\x8b"
_PIECE = 1 << 20
_LONGEST_HEAD = 1 << 16
_LENGTH = re.compile(rb"\r?\nContent-Length:[ \t]*(\d+)", re.IGNORECASE)
_BREAKS = 8  # bytes of line breaks that may follow a record


def readable(path: Path, folder: Path) -> Path:
    """The file itself, or an uncompressed copy in `folder` if its gzip members hold several records. Raises
    OSError, and EOFError or zlib.error where the compressed stream is damaged."""
    if not _holds_several(path):
        return path
    copy = folder / f"{len(list(folder.iterdir()))}.warc"
    with gzip.open(path) as packed, copy.open("wb") as plain:
        shutil.copyfileobj(packed, plain, _PIECE)
    return copy


def _holds_several(path: Path) -> bool:
    """Does the first gzip member go on after its first record?"""
    with path.open("rb") as file:
        packed = file.read(_PIECE)
        if not packed.startswith(_MAGIC):
            return False
        unpacker, head, size = zlib.decompressobj(zlib.MAX_WBITS | 16), b"", 0
        while packed:
            piece = unpacker.decompress(packed, _PIECE)
            head, size = (head + piece)[:_LONGEST_HEAD], size + len(piece)
            record = _size_of_record(head)
            if record is not None and size > record + _BREAKS:
                return True
            if unpacker.eof:
                return False
            packed = unpacker.unconsumed_tail or file.read(_PIECE)
    return False


def _size_of_record(head: bytes) -> int | None:
    """The size of the record with this start: head, blank line and block; None if it is not stated."""
    begun, blank, _ = head.partition(b"\r\n\r\n")
    length = _LENGTH.search(begun)
    return len(begun) + len(blank) + int(length[1]) if blank and length else None
