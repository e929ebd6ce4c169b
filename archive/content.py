"""Content codings of HTTP, undone.

Invariant: the same body and header always give the same bytes, in bounded memory, and never an error: a body
that does not decode (a coding nobody asked for, a lie in the header, a cut stream, a bomb) is its own
payload. The crawler asks for gzip and deflate only.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

MAX_DECODED_BYTES = 256 * 1024 * 1024
_PIECE = 64 * 1024


def content_decoded(body: bytes, fields: Iterable[str]) -> bytes:
    """`body` without its content codings; `fields` are the values of all Content-Encoding fields in order."""
    codings = [name.strip().lower() for value in fields for name in value.split(",")]
    decoded = body
    try:
        for coding in reversed(codings):
            decoded = _decode(decoded, coding)
    except (zlib.error, ValueError):
        return body
    return decoded


def _decode(body: bytes, coding: str) -> bytes:
    if coding in ("", "identity"):
        return body
    if coding in ("gzip", "x-gzip"):
        return _inflate(body, zlib.MAX_WBITS | 16)
    if coding == "deflate":
        try:
            return _inflate(body, zlib.MAX_WBITS)
        except zlib.error:  # some servers send the bare stream without the zlib frame
            return _inflate(body, -zlib.MAX_WBITS)
    raise ValueError(f"content coding {coding!r} was not asked for")


def _inflate(body: bytes, window: int) -> bytes:
    """Bounded inflate; bytes after the end of the stream are ignored, as browsers do."""
    unpacker = zlib.decompressobj(window)
    pieces = [unpacker.decompress(body, _PIECE)]
    total = len(pieces[0])
    while not unpacker.eof:
        piece = unpacker.decompress(unpacker.unconsumed_tail, _PIECE)
        if not piece and not unpacker.unconsumed_tail:
            raise ValueError("the compressed body ends early")
        total += len(piece)
        if total > MAX_DECODED_BYTES:
            raise ValueError("the body expands without measure")
        pieces.append(piece)
    return b"".join(pieces)
