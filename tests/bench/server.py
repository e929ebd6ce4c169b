"""The site that is crawled: `python -m tests.bench.server ARTICLES KIB` prints its port and serves till
killed. Nothing is held: a page is made when it is asked for, so a site may be of any size."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from functools import cache

_PER_PAGE = 100
_HEAD = b"HTTP/1.1 %d x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
_LIST = re.compile(r"/czyjs/(?:index_(\d+)\.html)?")
_ARTICLE = re.compile(r"/czyjs/202602/t20260212_(\d+)\.html")
_FILE = re.compile(r"/czyjs/202602/P(\d+)\.pdf")


def paths(articles: int) -> Iterator[str]:
    """Every address of a TRS list in pages of a hundred, its articles, and a file of each."""
    yield "/robots.txt"
    for page in range(_pages(articles)):
        yield f"/czyjs/index_{page}.html" if page else "/czyjs/"
    for number in range(articles):
        yield f"/czyjs/202602/t20260212_{number}.html"
        yield f"/czyjs/202602/P{number}.pdf"


def body(path: str, articles: int, kib: int) -> bytes | None:
    """What stands at an address: articles have about `kib` KiB, files twice that."""
    if path == "/robots.txt":
        return b""
    if match := _LIST.fullmatch(path):
        return _list(int(match[1] or 0), articles)
    if match := _ARTICLE.fullmatch(path):
        return _article(int(match[1]), kib)
    if match := _FILE.fullmatch(path):
        return b"%%PDF-1.4 %d\n" % int(match[1]) + _filling(kib)
    return None


def _pages(articles: int) -> int:
    return -(-articles // _PER_PAGE)


def _list(page: int, articles: int) -> bytes:
    rows = "".join(
        f'<li><a href="202602/t20260212_{n}.html">第{n}中学2026年单位预算</a>2026-02-12</li>'
        for n in range(page * _PER_PAGE, min(articles, (page + 1) * _PER_PAGE))
    )
    pager = f'<script>createPageHTML({_pages(articles)}, {page}, "index", "html");</script>'
    return f"<title>单位预算</title><ul>{rows}</ul>{pager}".encode()


def _article(number: int, kib: int) -> bytes:
    title = f"第{number}中学2026年单位预算"
    return (
        f'<html><head><title>{title}</title><meta name="ArticleTitle" content="{title}">'
        '<meta name="PubDate" content="2026-02-12 09:36"></head><body>'
        f'<div class="TRS_Editor">{_text(kib)}</div>'
        f'<a href="P{number}.pdf">{title}.pdf</a></body></html>'
    ).encode()


@cache
def _text(kib: int) -> str:
    return "<p>一般公共预算财政拨款支出情况说明。</p>" * (kib * 1024 // 58)


@cache
def _filling(kib: int) -> bytes:
    return b"0123456789abcdef" * (kib * 128)


async def serve(articles: int, kib: int) -> None:
    """Serve the site on a free port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                path = line.split()[1].decode()
                found = body(path, articles, kib)
                kind = b"application/pdf" if path.endswith(".pdf") else b"text/html"
                status = 404 if found is None else 200
                writer.write(_HEAD % (status, kind, len(found or b"")) + (found or b""))
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:3])))
