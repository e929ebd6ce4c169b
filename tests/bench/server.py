"""The site that is crawled: `python -m tests.bench.server ARTICLES KIB` prints its port and serves till
killed."""

from __future__ import annotations

import asyncio
import sys

_PER_PAGE = 100
_HEAD = b"HTTP/1.1 %d x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"


def pages(articles: int, kib: int) -> dict[str, bytes]:
    """A TRS list in pages of a hundred, articles of about `kib` KiB, files of twice that."""
    found: dict[str, bytes] = {"/robots.txt": b""}
    count = -(-articles // _PER_PAGE)
    for page in range(count):
        shown = range(page * _PER_PAGE, min(articles, (page + 1) * _PER_PAGE))
        rows = "".join(
            f'<li><a href="202602/t20260212_{n}.html">第{n}中学2026年单位预算</a>2026-02-12</li>'
            for n in shown
        )
        pager = f'<script>createPageHTML({count}, {page}, "index", "html");</script>'
        name = f"index_{page}.html" if page else ""
        found[f"/czyjs/{name}"] = f"<title>单位预算</title><ul>{rows}</ul>{pager}".encode()
    text = "<p>一般公共预算财政拨款支出情况说明。</p>" * (kib * 1024 // 58)
    for n in range(articles):
        title = f"第{n}中学2026年单位预算"
        found[f"/czyjs/202602/t20260212_{n}.html"] = (
            f'<html><head><title>{title}</title><meta name="ArticleTitle" content="{title}">'
            '<meta name="PubDate" content="2026-02-12 09:36"></head><body>'
            f'<div class="TRS_Editor">{text}</div>'
            f'<a href="P{n}.pdf">{title}.pdf</a></body></html>'
        ).encode()
        found[f"/czyjs/202602/P{n}.pdf"] = b"%%PDF-1.4 %d\n" % n + b"0123456789abcdef" * (kib * 128)
    return found


async def serve(found: dict[str, bytes]) -> None:
    """Serve these bodies by path on a free port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                path = line.split()[1].decode()
                body = found.get(path)
                kind = b"application/pdf" if path.endswith(".pdf") else b"text/html"
                writer.write(_HEAD % (404 if body is None else 200, kind, len(body or b"")) + (body or b""))
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(pages(*map(int, sys.argv[1:3]))))
