"""HTTP/1 as browsers read it, for servers whose answers a strict parser refuses.

Invariant: reads what RFC 9112 forbids and browsers accept (two lengths, a length beside chunks, blanks around
the names of fields, names in GBK or none, lines that are not fields, odd chunk extensions, no status line),
never more than the limit of bytes, and never longer than the time given. A body that ended early is kept and
marked.

Not a client for everyday use: one request, one connection, HTTP/1.1 with `Connection: close`.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver

Fields = Sequence[tuple[bytes, bytes]]
Head = tuple[int, str, str, tuple[tuple[bytes, bytes], ...]]
Truncated = Literal["disconnect", "time"]
MAX_HEAD = 256 * 1024
_PIECE = 64 * 1024
_FINAL = (101, *range(200, 1000))
_STATUS = re.compile(rb"\s*(?i:HTTP)/(?P<version>\d(?:\.\d)?)\s+(?P<status>\d{3})[ \t]*(?P<reason>[^\r\n]*)")
_HEAD_END = re.compile(rb"\r{0,2}\n\r{0,2}\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[^\n]*\n")
_WHOLE = re.compile(rb"</html\s*>\s*(?:<!--.*-->\s*)?$|%%EOF\s*$", re.IGNORECASE | re.DOTALL)
_TAIL = 2048


class NotHttp(OSError):
    """No byte arrived, or the head had no end."""


class TooLong(OSError):
    """The body is over the limit."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as received: fields in order and spelling, the body with its content coding on and without
    chunks. `truncated` says why the body may not be whole."""

    status: int
    reason: str
    protocol: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    peer: str | None = None
    truncated: Truncated | None = None


def parse_head(head: bytes) -> Head | None:
    """Status, reason, protocol and fields of a head; None if it does not begin with a status line. A folded
    line goes on with the field before it; a line without a name is left out."""
    lines = re.split(rb"\r{0,2}\n", head)
    match = _STATUS.match(lines[0])
    if match is None:
        return None
    fields: list[tuple[bytes, bytes]] = []
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t") and fields and not (colon and re.fullmatch(rb"\s+[\w-]+\s*", name)):
            fields[-1] = (fields[-1][0], fields[-1][1] + b" " + line.strip())
        elif colon and name.strip():
            fields.append((name.strip(), value.strip()))
    reason = match["reason"].decode("latin-1").strip()
    return int(match["status"]), reason, f"HTTP/{match['version'].decode()}", tuple(fields)


def _head_of(data: bytes | bytearray) -> tuple[Head | None, int | None]:
    """The final head and where it ends, interim ones (103 Early Hints) left aside; None for the end where it
    has not come, None for the head where there is none. Blank lines may stand before it."""
    start = len(data) - len(data.lstrip(b"\r\n"))
    while end := _HEAD_END.search(data, start, start + MAX_HEAD):
        head = parse_head(bytes(data[start : end.start()]))
        if head is None or head[0] in _FINAL:
            return head, end.end()
        start = end.end()
    return parse_head(bytes(data[start : start + MAX_HEAD])), None


def unchunked(data: bytes) -> tuple[bytes, bool, bool]:
    """The body in `data`, whether its end was there, and whether it was chunked at all."""
    pieces: list[bytes] = []
    position = 0
    while match := _CHUNK_SIZE.match(data, position):
        size, start = int(match[1], 16), match.end()
        if size == 0:
            return b"".join(pieces), True, True
        pieces.append(data[start : start + size])
        if len(data) < start + size:
            return b"".join(pieces), False, True
        position = start + size
        position += 2 if data[position : position + 2] == b"\r\n" else 1
    if not pieces:
        return data, False, False
    return b"".join(pieces), False, True


def announced(fields: Fields) -> int | None:
    """The length the fields announce: the largest of several; None if there is none that is a number."""
    values = [value for name, value in fields if name.lower() == b"content-length"]
    sizes = [int(part) for value in values for part in value.split(b",") if part.strip().isdigit()]
    return max(sizes, default=None)


def is_chunked(fields: Fields) -> bool:
    """Whether the fields announce chunks."""
    return any(name.lower() == b"transfer-encoding" and b"chunked" in value.lower() for name, value in fields)


def looks_whole(body: bytes) -> bool:
    """Whether a body that ended early has its end all the same: a page's, or a PDF's."""
    return bool(_WHOLE.search(body[-_TAIL:]))


def body_of(fields: Fields, data: bytes, ended: bool) -> tuple[bytes, bool]:
    """The body in what came behind the head, and whether that is all of it. `ended`: the server closed."""
    if is_chunked(fields):
        body, whole, chunked = unchunked(data)
        if chunked:
            return body, whole
        return data, ended
    size = announced(fields)
    if size is None:
        return data, ended
    several = len([name for name, _ in fields if name.lower() == b"content-length"]) > 1
    return data[:size], len(data) >= size or (several and ended)


async def fetch(
    url: str,
    method: str,
    headers: Fields,
    body: bytes,
    *,
    resolver: AbstractResolver,
    context: ssl.SSLContext,
    limit: int,
    timeout: float,
) -> Answer:
    """One request and its answer. Raises TooLong, NotHttp and other OSErrors, ssl.SSLError, TimeoutError."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    async with asyncio.timeout(timeout):
        found = await resolver.resolve(host, port)
        reader, writer = await asyncio.open_connection(
            found[0]["host"], port, ssl=context if secure else None, server_hostname=host if secure else None
        )
    try:
        writer.write(_request(url, method, headers, body))
        data, ended = await _received(reader, method, limit, timeout)
    finally:
        writer.close()
    return _answer(data, ended, method, found[0]["host"])


def _request(url: str, method: str, headers: Fields, body: bytes) -> bytes:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [f"{method} {target} HTTP/1.1".encode(), b"Host: " + host.encode()]
    lines += [name + b": " + value for name, value in headers if name.lower() not in (b"host", b"connection")]
    lines.append(b"Connection: close")
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def _received(
    reader: asyncio.StreamReader, method: str, limit: int, timeout: float
) -> tuple[bytes, Truncated | bool]:
    """The bytes received, and True if the server closed or sent all; else the reason for the end."""
    data = bytearray()
    try:
        async with asyncio.timeout(timeout):
            while piece := await reader.read(_PIECE):
                data += piece
                if len(data) > limit + MAX_HEAD:
                    raise TooLong(f"{len(data)} bytes or more, the limit is {limit}")
                if _is_complete(data, method):
                    return bytes(data), True
    except TimeoutError:
        if not data:
            raise
        return bytes(data), "time"
    except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
        if not data:
            raise
        return bytes(data), "disconnect"
    return bytes(data), True


def _is_complete(data: bytearray, method: str) -> bool:
    """Whether the announced body has come, so that a server that keeps the connection is not waited for."""
    head, end = _head_of(data)
    if end is None or head is None:
        return False
    if method == "HEAD" or head[0] in (204, 304):
        return True
    if is_chunked(head[3]):
        return bool(re.search(rb"\n0[^\n]*\n(?:\r?\n)?$", data[-64:]))
    size = announced(head[3])
    return size is not None and len(data) - end >= size


def _answer(data: bytes, ended: Truncated | bool, method: str, peer: str) -> Answer:
    if not data:
        raise NotHttp("the server closed without an answer")
    head, end = _head_of(data)
    if head is None:  # HTTP/0.9, or a server that begins with the page
        return Answer(200, "", "HTTP/0.9", (), data, peer, None if ended is True else ended or "disconnect")
    status, reason, protocol, fields = head
    if method == "HEAD" or status in (204, 304):
        return Answer(status, reason, protocol, fields, b"", peer)
    body, whole = body_of(fields, b"" if end is None else data[end:], ended is True)
    truncated: Truncated | None = None if whole else "time" if ended == "time" else "disconnect"
    return Answer(status, reason, protocol, fields, body, peer, truncated)
