"""What the tests of whole crawls share: a crawl in a process of its own, and made-up counties."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.crawler.loopback import Reply, Web
from tests.forks import ROOT, forked

__all__ = ["PDF", "ROOT", "article", "command", "crawl", "number", "put_list", "site"]

PDF = b"%PDF-1.4\n% 2026\n%%EOF\n"


def command(store: Path, sites: Sequence[Mapping[str, Any]], **settings: Any) -> list[str]:
    """A crawl as a process that a test can signal."""
    return [sys.executable, "-m", "tests.crawler.child", str(store), json.dumps(sites), json.dumps(settings)]


def crawl(
    store: Path, sites: Sequence[Mapping[str, Any]], *, seconds: float = 300, **settings: Any
) -> dict[str, Any]:
    arguments = (str(store), json.dumps(sites), json.dumps(settings))
    done = forked("tests.crawler.child", *arguments, seconds=seconds)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def site(site_id: str, url: str | None, **rest: Any) -> dict[str, Any]:
    return {"site_id": site_id, "url": url, **rest}


def article(title: str, files: str, day: str = "2026-03-02") -> str:
    return (
        f'<html><head><title>{title}</title><meta name="ArticleTitle" content="{title}">'
        f'<meta name="PubDate" content="{day} 09:36"></head><body class="TRS_Editor">{files}'
        f"{'<p>一般公共预算支出说明</p>' * 40}</body></html>"
    )


def put_list(
    web: Web, folder: str, heading: str, titles: Sequence[str], pages: int = 1, more: str = ""
) -> None:
    """A TRS list of articles with one file each under `folder`, newest first, split over pages."""
    share = -(-len(titles) // pages)
    for page in range(pages):
        shown = range(page * share, min(len(titles), (page + 1) * share))
        rows = "".join(
            f'<li><a href="{folder}202602/t20260212_{number(titles[n])}.html">{titles[n]}</a><i>2026-02-12</i></li>'
            for n in shown
        )
        pager = f'<script>createPageHTML({pages}, {page}, "index", "html");</script>' if pages > 1 else ""
        name = f"index_{page}.html" if page else ""
        web.html(folder + name, f"<title>{heading}</title><ul>{rows}</ul>{more}{pager}")
    for title in titles:
        n = number(title)
        web.html(f"{folder}202602/t20260212_{n}.html", article(title, f'<a href="P{n}.pdf">{title}.pdf</a>'))
        web.pages[f"{folder}202602/P{n}.pdf"] = Reply(PDF + b"%d" % n)


def number(title: str) -> int:
    return 10_000 + sum(ord(char) * (place + 1) for place, char in enumerate(title)) % 80_000
