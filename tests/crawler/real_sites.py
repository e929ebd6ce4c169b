"""Sites made of the recorded list and article pages of real ones, crawled twice: `python -m tests.crawler.real_sites`.

Each list stands at its real address with all its markup; its further pages are the same page with other
numbers and titles; behind every line stands a real article page of the same system with that title, and files
of its own. No request leaves the machine: a download handler answers for the hosts. What the sites link
besides is not there, so that gaps of kinds `dead_column` and `foreign_file` say nothing here.

Prints a line per site; exits with 1 if one of them misses the targets of issue 13 (disclosures, files and
precision 99 %, 2.7 requests a disclosure, a second visit of 10 % of the requests). Pages: `../shared/real/html`.
"""

# ruff: noqa: E501 -- addresses stay on their lines
from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from urllib.parse import unquote, urljoin

from lxml.html import HtmlElement
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Headers, Response

from archive.stores import open_store
from archive.warc.journal import read_articles, read_captures, stored_runs
from archive.warc.records import Exchange
from crawler.http.request_meta import meta_of, note
from crawler.jobs.crawling import crawl
from crawler.pages.page import Page, squeeze
from crawler.sites import Site
from tests.crawler.real_pages import EXPECTED, FOLDER

SETTINGS = {
    "DOWNLOAD_HANDLERS": {scheme: "tests.crawler.real_sites.Offline" for scheme in ("http", "https")},
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "RETRY_ENABLED": False,
    "GONGKAI_MAX_RATE": 0,
}


@dataclass(frozen=True, slots=True)
class Town:
    """A list page, where it stands, its lines, its further pages (`#` is their number, from `first`), and the
    article page of the same system that is shown behind every line."""

    list: str
    url: str
    line: str
    article: str
    pages: int = 1
    further: str = ""
    first: int = 1


TOWNS = (
    Town("002-beijing", "https://www.beijing.gov.cn/gongkai/caizheng/czxx/bmys2026/", r"\./2026\d\d/t\d+_\d+\.html", "032-xiamen"),
    Town("004-chongqing_yingji", "https://yjj.cq.gov.cn/zwgk_230/fdzdgknr/czyjs/", r"\./20\d{4}/t\d+_\d+\.html", "004-chongqing_shenjiju", 10, "index_#.html"),
    Town("015-changsha_jiaotong", "http://www.changsha.gov.cn/szf/ztzl/czyjs/bmyjs/jtj/", r"\./20\d{4}/t\d+_\d+\.html", "004-chongqing_2026nian", 4, "index_#.html"),
    Town("034-shijiazhuang", "https://www.sjz.gov.cn/yjsgk/columns/f642cf94-0260-4dd4-b1da-c97ada2f2d33/index.html", r"https://www\.sjz\.gov\.cn/yjsgk/columns/f642\S+?/20\d{4}/\d\d/[0-9a-f-]{36}\.html", "014-wuxi"),
)  # fmt: skip


def page_named(name: str) -> Page:
    (path,) = FOLDER.glob(f"{name}*")
    return Page.from_bytes("", path.read_bytes())


def numbered(markup: str, town: Town, number: int) -> str:
    """Page `number` of a list, from 0: other articles, of earlier years."""
    if not number:
        return markup

    def other(line: re.Match[str]) -> str:
        href = line[1].replace(".html", f"{number:02}.html")
        title = re.sub(r"20\d\d(?=年)", lambda year: str(int(year[0]) - number), line[2])
        return f'href="{href}"{title}'

    markup = re.sub(rf"""href=["']({town.line})["'](.*?</a>)""", other, markup, flags=re.DOTALL)
    return re.sub(r"(createPage\w*\(\d+, )0", rf"\g<1>{number}", markup)


class Answers:
    """What the hosts answer, by address; `titles` and `files` (sha256 by address) are what they publish."""

    def __init__(self, town: Town) -> None:
        self.bodies: dict[str, tuple[str, bytes]] = {}
        self.titles: dict[str, str] = {}
        self.files: dict[str, str] = {}
        page = page_named(town.list)
        for number in range(town.pages):
            markup = numbered(page.text, town, number)
            place = town.further.replace("#", str(number + town.first - 1)) if number else ""
            self.bodies[urljoin(town.url, place)] = "text/html", markup.encode(page.encoding)
            for node in Page(town.url, markup).tree.iter("a"):
                if re.fullmatch(town.line, node.get("href") or ""):
                    self._article(town, urljoin(town.url, node.get("href")), node)

    def _article(self, town: Town, url: str, node: HtmlElement) -> None:
        title = squeeze(node.get("title") or "".join(node.itertext()))
        if url in self.titles or not re.search("预算|决算|三公", title):
            return
        self.titles[url] = title
        page = page_named(town.article)
        markup, was = page.text, page.meta["articletitle"]
        markup = markup.replace(was, title)
        entry = next(one for name, one in EXPECTED.items() if name.startswith(town.article))
        for file in entry["files"]:
            stem = file.rpartition("/")[2]
            own = f"P{len(self.files):06}{stem[-8:]}"
            markup = markup.replace(stem, own)
            body = b"%PDF-1.4\n%" + f"{url} {own}".encode() * 999
            where = urljoin(
                url,
                f"{file.rpartition('/')[0]}/{own}".lstrip("/")
                if "/" not in file
                else file.replace(stem, own),
            )
            self.files[where] = hashlib.sha256(body).hexdigest()
            self.bodies[where] = "application/pdf", body
        self.bodies[url] = "text/html", markup.encode(page.encoding)


@cache
def answers(name: str) -> Answers:
    return Answers(next(town for town in TOWNS if town.list == name))


class Offline(BaseDownloadHandler):
    """Answers for every host from what `GONGKAI_TOWN` publishes."""

    lazy = True

    async def download_request(self, request: Request) -> Response:
        known = answers(self.crawler.settings["GONGKAI_TOWN"]).bodies
        kind, body = known.get(request.url, known.get(unquote(request.url), ("", b"")))
        status, headers = (200, ((b"Content-Type", kind.encode()),)) if kind else (404, ())
        if request.url.endswith("/robots.txt") or not kind:
            body = b"<html><title>404</title></html>"
        exchange = Exchange(
            url=request.url, fetched_at=datetime.now(UTC), status=status, response_headers=headers, body=body,
            method=request.method, request_body=request.body, ip="203.0.113.1", via=meta_of(request).via,
        )  # fmt: skip
        note(request, exchange=exchange)
        return Response(request.url, status, Headers(list(headers)), body)


def visit(name: str, store: str) -> None:
    """One crawl, in a process of its own; prints its requests and its gaps."""
    town = next(one for one in TOWNS if one.list == name)
    site = Site("real", None, "市人民政府", town.url)
    report = crawl(store, [site], settings={**SETTINGS, "GONGKAI_TOWN": name})
    gaps = [f"{gap.kind} {gap.evidence or gap.title or ''} {gap.url}" for gap in report.sites[0].gaps]
    print(json.dumps({"requests": report.exchanges, "complete": report.sites[0].complete, "gaps": gaps}))


def measure(town: Town) -> bool:
    """Crawl a site twice and say what was found."""
    served = answers(town.list)
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "tests.crawler.real_sites", town.list, store]
        first, again = (
            json.loads(
                subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
            )
            for _ in range(2)
        )
        run_id = stored_runs(open_store(store))[0]
        articles = read_articles(open_store(store), run_id)
        captures = read_captures(open_store(store), run_id)
    expected = set(served.titles.values())
    right = {article.title for article in articles} & expected
    came = {capture.sha256 for capture in captures} & set(served.files.values())
    found, files = len(right) / len(expected), len(came) / len(served.files)
    precision = len(right) / max(len({article.title for article in articles}), 1)
    # Six announcements of Changsha have the title of another: each is one, with files of its own.
    cost, second = first["requests"] / len(served.titles), again["requests"] / first["requests"]
    print(
        f"{town.list:22} disclosures {len(right)}/{len(expected)} precision {precision:.3f} files {len(came)}/{len(served.files)} "
        f"{cost:.2f} requests a disclosure, again {second:.1%}, complete {first['complete']}"
    )
    for gap in first["gaps"]:
        print("    gap:", gap)
    return min(found, files, precision) >= 0.99 and cost - files_each(served) <= 1.7 and second <= 0.1


def files_each(served: Answers) -> float:
    return len(served.files) / len(served.titles)


if __name__ == "__main__":
    if sys.argv[1:]:
        visit(*sys.argv[1:])
    else:
        sys.exit(0 if all([measure(town) for town in TOWNS]) else 1)
