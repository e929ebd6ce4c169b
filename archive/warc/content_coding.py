"""Content codings of HTTP, and transfer codings other than chunks, undone.

Invariant: the same body and header always give the same bytes, in bounded memory, and never an error: a body
that does not decode (an unknown coding, a lie in the header, a bomb) is its own payload; of a stream that is
cut short the part that came is decoded. The crawler asks for gzip and deflate; some servers send brotli or
Zstandard all the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import pyarrow as pa

MAX_DECODED_BYTES = 256 * 1024 * 1024
_PIECE = 64 * 1024
_GZIP_END = 8  # bytes: checksum and length (RFC 1952)
_OF_ARROW = {"br": "brotli", "zstd": "zstd"}


def content_decoded(body: bytes, fields: Iterable[str]) -> bytes:
    """`body` without its content codings; `fields` are the values of all Content-Encoding fields in order."""
    return _decoded(body, fields)[0]


def is_cut_short(body: bytes, fields: Iterable[str]) -> bool:
    """Whether a coded body ends before its stream does."""
    return not _decoded(body, fields)[1]


def _decoded(body: bytes, fields: Iterable[str]) -> tuple[bytes, bool]:
    """The decoded body, and whether every stream is complete."""
    codings = [name.strip().lower() for value in fields for name in value.split(",")]
    decoded, whole = body, True
    try:
        for coding in reversed(codings):
            decoded, ended = _decode(decoded, coding)
            whole = whole and ended
    except (zlib.error, ValueError):
        return body, True
    return decoded, whole


def _decode(body: bytes, coding: str) -> tuple[bytes, bool]:
    if coding in ("", "identity", "chunked"):  # chunks are undone where they are received
        return body, True
    if coding in ("gzip", "x-gzip"):
        try:
            return _inflate(body, zlib.MAX_WBITS | 16)
        except zlib.error:  # the checksum at its end is wrong: what it guards is shown, as browsers do
            return _inflate(body[:-_GZIP_END], zlib.MAX_WBITS | 16)
    if coding == "deflate":
        try:
            return _inflate(body, zlib.MAX_WBITS)
        except zlib.error:  # some servers send the bare stream without the zlib frame
            return _inflate(body, -zlib.MAX_WBITS)
    if coding in _OF_ARROW:
        return _uncompressed(body, _OF_ARROW[coding])
    raise ValueError(f"content coding {coding!r} is not known")


def _uncompressed(body: bytes, codec: str) -> tuple[bytes, bool]:
    """Bounded; a stream that ends early raises once its pieces are read."""
    pieces: list[bytes] = []
    total = 0
    with pa.CompressedInputStream(pa.BufferReader(body), codec) as stream:
        try:
            while piece := stream.read(_PIECE):
                total += len(piece)
                if total > MAX_DECODED_BYTES:
                    raise ValueError("the body expands without measure")
                pieces.append(piece)
        except (OSError, pa.ArrowException):
            if not pieces:
                raise ValueError(f"not a {codec} stream") from None
            return b"".join(pieces), False
    return b"".join(pieces), True


def _inflate(body: bytes, window: int) -> tuple[bytes, bool]:
    """Bounded inflate; bytes after the end of the stream are ignored, as browsers do."""
    unpacker = zlib.decompressobj(window)
    pieces = [unpacker.decompress(body, _PIECE)]
    total = len(pieces[0])
    while not unpacker.eof:
        piece = unpacker.decompress(unpacker.unconsumed_tail, _PIECE)
        if not piece and not unpacker.unconsumed_tail:
            if not total:
                raise ValueError("the compressed body ends before it begins")
            break  # cut short: what came is shown, as browsers do
        total += len(piece)
        if total > MAX_DECODED_BYTES:
            raise ValueError("the body expands without measure")
        pieces.append(piece)
    return b"".join(pieces), unpacker.eof
