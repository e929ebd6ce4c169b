"""A thousand sites on one port, each on a loopback address of its own, some of them hostile.

`python -m tests.bench.hostile_server` prints its port and serves till killed. Invariant: what a site does
follows from its number, and what it sends is made while it is sent, so the server stays small.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from functools import cache

from tests.bench.server import body

ARTICLES, KIB = 3, 4
EVERY = 5
"""One site in so many is hostile."""
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_ROBOTS = b"HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n"
_FILLING = "<p>一般公共预算财政拨款支出情况说明。</p>".encode() * 1000
Writer = asyncio.StreamWriter


def address(number: int) -> str:
    """The loopback address of a site."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def kind_of(number: int) -> str:
    """What the site is: one of HOSTILE, `dead`, `nameless`, `tls`, or `good`."""
    return KINDS[number // EVERY % len(KINDS)] if number % EVERY == 0 else "good"


def url(number: int, port: int) -> str:
    """Where the registry says the site starts."""
    match kind_of(number):
        case "dead":
            return f"http://{address(number)}:9/czyjs/"  # nothing listens there
        case "nameless":
            return f"http://site{number}.invalid/czyjs/"
        case "tls":
            return f"https://{address(number)}:{port}/czyjs/"
    return f"http://{address(number)}:{port}/czyjs/"


async def _silent(writer: Writer, path: str) -> None:
    await asyncio.sleep(3600)


async def _slow(writer: Writer, path: str) -> None:
    writer.write(_OK + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"<p>")
        await writer.drain()
        await asyncio.sleep(0.5)


async def _redirects(writer: Writer, path: str) -> None:
    place = b"/czyjs/%d/" % (len(path) if path.count("/") > 2 else 0)
    writer.write(b"HTTP/1.1 302 x\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (place + b"x" * len(path)))
    await writer.drain()


async def _huge(writer: Writer, path: str) -> None:
    writer.write(_OK + b"Content-Length: %d\r\n\r\n" % (1 << 40))
    await _endlessly(writer, _FILLING)


async def _bomb(writer: Writer, path: str) -> None:
    writer.write(_OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(_packed()) + _packed())
    await writer.drain()


async def _broken(writer: Writer, path: str) -> None:
    writer.write(b"\x00\xff<html>" * 200 + b"\r\n\r\n")
    await writer.drain()
    writer.close()


async def _chunks(writer: Writer, path: str) -> None:
    writer.write(_OK + b"Transfer-Encoding: chunked\r\n\r\n")
    await _endlessly(writer, b"%x\r\n%s\r\n" % (len(_FILLING), _FILLING))


async def _headers(writer: Writer, path: str) -> None:
    writer.write(_OK)
    await _endlessly(writer, b"X-Filling: 1\r\n" * 1000)


async def _half(writer: Writer, path: str) -> None:
    writer.write(_OK + b"Content-Length: 90000\r\n\r\n" + _FILLING[:30000])
    await writer.drain()
    writer.close()


async def _tags(writer: Writer, path: str) -> None:
    page = b"<html>" + b"<div a=1 " * 20_000
    writer.write(_OK + b"Content-Length: %d\r\n\r\n" % len(page) + page)
    await writer.drain()


async def _endlessly(writer: Writer, piece: bytes) -> None:
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.002)


@cache
def _packed() -> bytes:
    return gzip.compress(bytes(300 << 20), 6)


HOSTILE: dict[str, Callable[[Writer, str], Awaitable[None]]] = {
    "silent": _silent, "slow": _slow, "redirects": _redirects, "huge": _huge, "bomb": _bomb,
    "broken": _broken, "chunks": _chunks, "headers": _headers, "half": _half, "tags": _tags,
}  # fmt: skip
KINDS = (*HOSTILE, "dead", "nameless", "tls")


async def _handle(reader: asyncio.StreamReader, writer: Writer) -> None:
    try:
        place = writer.get_extra_info("sockname")[0].split(".")
        number = int(place[2]) * 250 + int(place[3]) - 1
        while line := await reader.readline():
            while (await reader.readline()).strip():
                pass
            path = line.split()[1].decode() if line.count(b" ") > 1 else ""
            if path == "/robots.txt":
                writer.write(_ROBOTS)
            elif act := HOSTILE.get(kind_of(number)):
                await act(writer, path)
            else:
                found = body(path, ARTICLES, KIB) or b""
                kind = b"application/pdf" if path.endswith(".pdf") else b"text/html"
                head = b"HTTP/1.1 200 x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                writer.write(head % (kind, len(found)) + found)
            await writer.drain()
    except (OSError, ValueError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(_handle, "0.0.0.0", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
