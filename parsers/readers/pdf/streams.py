"""Bounds on what the streams of a PDF may inflate to, for pdfminer, which has none.

Invariant: no stream yields more than `MOST_BYTES`, and a stream packed several times over is refused before
it is unpacked: three FlateDecode filters make gigabytes of one kilobyte. A refused stream costs its page.
"""

from __future__ import annotations

import re
import zlib
from typing import Any

from pdfminer import pdftypes as _pdftypes

pdftypes: Any = _pdftypes

MOST_BYTES = 64 * 1024 * 1024
"""A content stream of a page has kilobytes; pictures are not unpacked here."""
MOST_FILTERS = 2
"""That compress. Producers use one; two happen by accident."""
_COMPRESSING = frozenset(
    {"FlateDecode", "Fl", "LZWDecode", "LZW", "RunLengthDecode", "RL", "CCITTFaxDecode", "CCF"}
)


class StreamTooLarge(_pdftypes.PDFException):
    """A stream inflates beyond bounds."""


class _BoundedZlib:
    """As much of `zlib` as pdfminer uses."""

    error = zlib.error
    decompressobj = staticmethod(zlib.decompressobj)

    @staticmethod
    def decompress(data: bytes) -> bytes:
        inflating = zlib.decompressobj()
        inflated = inflating.decompress(data, MOST_BYTES)
        if inflating.unconsumed_tail:
            raise StreamTooLarge(f"a stream inflates to more than {MOST_BYTES} bytes")
        if not inflating.eof:
            raise zlib.error("incomplete or truncated stream")
        return inflated


_STACKED = re.compile(
    rb"\[(?:\s*/(?:FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL)(?=[\s/\]])){%d,}" % (MOST_FILTERS + 1)
)


def defused(data: bytes) -> bytes:
    """The file with the names of filters that are stacked too high made unknown, the length unchanged: for
    PDFium, which unpacks whatever it meets. Dictionaries of streams are never packed themselves."""
    return _STACKED.sub(lambda match: match[0].replace(b"e", b"_").replace(b"F", b"_"), data)


_decode = pdftypes.PDFStream.decode


def _decode_bounded(stream: Any) -> None:
    names = [getattr(name, "name", name) for name, _ in stream.get_filters()]
    if sum(name in _COMPRESSING for name in names) > MOST_FILTERS:
        raise StreamTooLarge(f"a stream is compressed {len(names)} times over")
    _decode(stream)
    if stream.data is not None and len(stream.data) > MOST_BYTES:
        stream.data = b""
        raise StreamTooLarge(f"a stream inflates to more than {MOST_BYTES} bytes")


def bound_streams() -> None:
    """Let pdfminer inflate within bounds from now on, in this process."""
    pdftypes.zlib = _BoundedZlib
    pdftypes.PDFStream.decode = _decode_bounded
