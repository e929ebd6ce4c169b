"""What the tests of whole crawls share: a crawl in a process of its own, and made-up counties."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from typing import Any

from tests.crawler.loopback import Reply, Web

ROOT = Path(__file__).resolve().parents[3]
PDF = b"%PDF-1.4\n% 2026\n%%EOF\n"


CHILD = (sys.executable, "-m", "tests.crawler.child")


def command(store: Path, sites: Sequence[Mapping[str, Any]], **settings: Any) -> list[str]:
    """A crawl as a process that a test can signal."""
    return [*CHILD, str(store), json.dumps(sites), json.dumps(settings)]


def crawl(
    store: Path, sites: Sequence[Mapping[str, Any]], *, seconds: float = 100, **settings: Any
) -> dict[str, Any]:
    """The report of a crawl, made by a fork of a process that has loaded what it needs."""
    with TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("output", "errors")]
        for file in files:
            file.touch()
        arguments = [str(store), json.dumps(sites), json.dumps(settings)]
        code = ordered([arguments, dict(os.environ), *map(str, files)], seconds)
        output, errors = (file.read_text() for file in files)
    assert code == 0 and "Traceback" not in errors, errors
    found: dict[str, Any] = json.loads(output)
    return found


def ordered(order: list[Any], seconds: float) -> int:
    """The exit code of what was ordered of `tests.crawler.child`."""
    loaded = loaded_child()
    assert loaded.stdin and loaded.stdout
    print(json.dumps(order), file=loaded.stdin, flush=True)
    if not select([loaded.stdout], [], [], seconds)[0]:
        os.killpg(loaded.pid, signal.SIGKILL)
        loaded_child.cache_clear()
        raise TimeoutError(f"a crawl of more than {seconds} seconds")
    return int(loaded.stdout.readline())


@cache
def loaded_child() -> subprocess.Popen[str]:
    child = subprocess.Popen(
        CHILD, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    atexit.register(child.communicate)
    return child


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
