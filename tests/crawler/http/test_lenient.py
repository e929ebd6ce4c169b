"""Servers that do not speak HTTP by the letter are read as browsers read them, and archived as they are."""

from __future__ import annotations

import asyncio
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pytest
from scrapy import Request
from scrapy.exceptions import DownloadFailedError
from scrapy.utils.test import get_crawler

from archive.stores import LocalStore
from archive.warc.records import Exchange, read_records
from archive.warc.writer import WarcWriter
from crawler.http.handler import ArchivingHandler
from crawler.http.request_meta import RequestMeta, meta_of

PAGE = "<html><body>预算公开</body></html>".encode() * 30
OPEN = "<html><body>预算公开".encode() * 30  # a page without its end
HEAD = b"HTTP/1.1 200 OK\r\n"


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


def sized(data: bytes, *fields: bytes, head: bytes = HEAD, line: bytes = b"\r\n") -> bytes:
    return head + b"".join(one + line for one in (*fields, b"Content-Length: %d" % len(data))) + line + data


CHUNKS = chunk(PAGE) + b"0\r\n\r\n"
SLOPPY = {
    "length twice": sized(PAGE, b"Content-Length: %d" % len(PAGE)),
    "two lengths": sized(PAGE, b"Content-Length: %d" % (len(PAGE) + 5)),
    "length list": HEAD + b"Content-Length: %d, %d\r\n\r\n" % (len(PAGE), len(PAGE)) + PAGE,
    "negative length": HEAD + b"Content-Length: -1\r\n\r\n" + PAGE,
    "length and chunks": HEAD + b"Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "chunks and length": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n" + CHUNKS,
    "chunked that is not": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + PAGE,
    "chunk extension": HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + chunk(PAGE, b" ; a = b")
    + b"0  \r\n\r\n",
    "chunks without end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(PAGE),
    "blank before colon": sized(PAGE, b"Content-Type : text/html"),
    "blank before name": sized(PAGE, b" X-Powered-By: x"),
    "name in GBK": sized(PAGE, "服务器".encode("gbk") + b": x"),
    "no name": sized(PAGE, b": x"),
    "no field": sized(PAGE, b"Garbage line"),
    "folded": sized(PAGE, b"X-A: a", b"  b"),
    "bare line feeds": sized(PAGE, head=b"HTTP/1.1 200 OK\n", line=b"\n"),
    "no reason": sized(PAGE, head=b"HTTP/1.1 200\r\n"),
    "no blank behind the status": sized(PAGE, head=b"HTTP/1.1 200OK\r\n"),
    "lower case": sized(PAGE, head=b"http/1.1 200 ok\r\n"),
    "a version without a point": sized(PAGE, head=b"HTTP/2 200 OK\r\n"),
    "two returns": sized(PAGE, head=b"HTTP/1.1 200 OK\r\r\n", line=b"\r\r\n"),
    "blank lines before the status": b"\r\n\r\n" + sized(PAGE),
    "no head": PAGE,
    "brotli unasked": sized(pa.compress(PAGE, "brotli", asbytes=True), b"Content-Encoding: br"),
    "Zstandard unasked": sized(pa.compress(PAGE, "zstd", asbytes=True), b"Content-Encoding: zstd"),
    "chunks of gzip": HEAD
    + b"Transfer-Encoding: gzip, chunked\r\n\r\n"
    + chunk(gzip.compress(PAGE))
    + b"0\r\n\r\n",
    "a transfer in gzip": HEAD + b"Transfer-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE),
    "early hints": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n" + sized(PAGE),
    "bare deflate": HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(PAGE)[2:-4],
    "gzip without its trailer": sized(gzip.compress(PAGE)[:-8], b"Content-Encoding: gzip"),
    "gzip that is not": sized(PAGE, b"Content-Encoding: gzip"),
}
CUT = {
    "half a body": HEAD + b"Content-Length: 100000\r\n\r\n" + OPEN,
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(OPEN)[:-40],
    "half a gzip stream": HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(OPEN)[:-12],
}


@contextmanager
def server(answer: bytes) -> Iterator[str]:
    """A server on loopback that gives one answer to everything and closes."""
    loop = asyncio.new_event_loop()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    listening = loop.run_until_complete(asyncio.start_server(talk, "127.0.0.1", 0))
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listening.close()
        loop.close()


def ask(answer: bytes, **meta: object) -> Exchange:
    async def asked(url: str) -> Exchange:
        handler = ArchivingHandler(
            get_crawler(settings_dict={"GONGKAI_ALLOW_LOOPBACK": True, "RETRY_TIMES": 2})
        )
        request = Request(url, meta={**RequestMeta("test", "article").as_meta(), **meta})
        try:
            await handler.download_request(request)
        finally:
            await handler.close()
        exchange = meta_of(request).exchange
        assert exchange is not None
        return exchange

    with server(answer) as url:
        return asyncio.run(asked(url))


@pytest.mark.parametrize("name", SLOPPY)
def test_what_browsers_read_is_read_and_archived(name: str, tmp_path: Path) -> None:
    exchange = ask(SLOPPY[name])
    assert (exchange.status, exchange.truncated) == (200, None)
    assert exchange.payload == PAGE
    store = LocalStore(tmp_path / "store")
    with WarcWriter(store, "20261122T000000Z-0000aa", spool=tmp_path / "spool") as writer:
        location = writer.write(exchange)
    with io.BytesIO(store.read(location.warc_path, location.offset, location.length)) as stream:
        (record,) = read_records(stream)  # as warcio reads it, digests checked
    assert (record.status, record.payload) == (200, PAGE)


@pytest.mark.parametrize("name", CUT)
def test_a_body_cut_short_is_asked_for_again_and_then_kept_as_such(name: str) -> None:
    with pytest.raises(DownloadFailedError, match="ended early"):
        ask(CUT[name])
    exchange = ask(CUT[name], retry_times=2)
    assert exchange.truncated == "disconnect"
    assert OPEN.startswith(exchange.payload[:200]) and len(exchange.payload) > 100
