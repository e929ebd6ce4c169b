"""Crawl replicas and say what was found of what they publish."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.stores import open_store
from archive.warc.captures import Article, Capture
from archive.warc.journal import read_articles, read_captures, stored_runs
from crawler import settings
from tests.crawler.loopback import serve
from tests.crawler.replicas import catalogue_skins, data_skins, pages_skins
from tests.crawler.replicas.content import Announcement, File, announcements
from tests.crawler.replicas.server import FORBIDDEN, Replica
from tests.crawler.spiders.crawling import crawl, site

SKINS: dict[str, Callable[[Replica, Sequence[Announcement]], str]] = {
    skin.__name__: skin
    for skin in (
        pages_skins.trs, pages_skins.ucap, data_skins.jpaas, data_skins.jcms, pages_skins.anhui,
        pages_skins.hebei, pages_skins.vsb, data_skins.gkmlpt, pages_skins.nfcms, pages_skins.rcms,
        data_skins.truecms, data_skins.jiangsu, pages_skins.ningbo, pages_skins.static,
        catalogue_skins.neimenggu, catalogue_skins.epoint, catalogue_skins.xxgk, catalogue_skins.ilist,
        catalogue_skins.jtopcms,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a crawl of one replica; `requests_again` and `bytes_again` are what a second one of the
    unchanged site cost, as shares of the first."""

    platform: str
    named: str | None
    expected: int
    found: int
    right: int
    files: int
    files_found: int
    names_right: int
    days_right: int
    requests: int
    requests_again: float
    bytes_again: float
    at_once: int
    forbidden: int
    gaps: frozenset[str]
    seconds: float
    missed: tuple[str, ...]

    @property
    def recall(self) -> float:
        return self.right / self.expected

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def attachments(self) -> float:
        return self.files_found / self.files

    def __str__(self) -> str:
        return (
            f"{self.platform:8} as {self.named or '?':8} "
            f"recall {self.recall:.3f} ({self.right}/{self.expected}) precision {self.precision:.3f} "
            f"attachments {self.attachments:.3f} ({self.files_found}/{self.files}) "
            f"names {self.names_right}/{self.files} dates {self.days_right}/{self.expected} "
            f"{self.requests} requests (again {self.requests_again:.1%}, bytes {self.bytes_again:.1%}), "
            f"{self.at_once} at once, {self.forbidden} forbidden, "
            f"gaps: {' '.join(sorted(self.gaps)) or 'none'}, {self.seconds:.0f} s"
        )


def manners(speed: float) -> dict[str, Any]:
    """Those of `crawler.settings`, with delays divided by `speed`."""
    return {
        "DOWNLOAD_DELAY": settings.DOWNLOAD_DELAY / speed,
        "AUTOTHROTTLE_ENABLED": settings.AUTOTHROTTLE_ENABLED,
        "AUTOTHROTTLE_START_DELAY": settings.AUTOTHROTTLE_START_DELAY / speed,
        "AUTOTHROTTLE_MAX_DELAY": settings.AUTOTHROTTLE_MAX_DELAY / speed,
        "GONGKAI_BACKOFF": settings.GONGKAI_BACKOFF / speed,
        "DOWNLOAD_TIMEOUT": settings.DOWNLOAD_TIMEOUT,
        "RETRY_TIMES": settings.RETRY_TIMES,
    }


def measure(platform: str, count: int, folder: Path, speed: float) -> Result:
    """Crawl the replica of `platform` with `count` articles twice into a store in `folder`."""
    some = announcements(count)
    begun = time.monotonic()
    with serve(Replica()) as web:
        assert isinstance(web, Replica)
        start = SKINS[platform](web, some)
        web.html("/robots.txt", f"User-agent: *\nDisallow: {FORBIDDEN}\nCrawl-delay: {1 / speed}\n")
        county = site("replica", web.url + start, name="勉县", region_code="610725")
        report = crawl(folder / platform, [county], seconds=900, **manners(speed))
        requests, sent = len(web.asked), web.sent
        crawl(folder / platform, [county], seconds=900, **manners(speed))
        requests_again, bytes_again = len(web.asked) / requests - 1, web.sent / sent - 1
        forbidden = sum(path.startswith(FORBIDDEN) for path in web.paths)
    store = open_store(str(folder / platform))
    run_id, _ = stored_runs(store)
    reported = report["sites"]["replica"]
    return _compared(
        platform, reported["platform"], some, read_articles(store, run_id), read_captures(store, run_id),
        requests=requests, requests_again=requests_again, bytes_again=bytes_again,
        at_once=web.most_at_once, forbidden=forbidden, gaps=frozenset(reported["gaps"]),
        seconds=time.monotonic() - begun,
    )  # fmt: skip


def _compared(
    platform: str,
    named: str | None,
    some: Sequence[Announcement],
    articles: Sequence[Article],
    captures: Sequence[Capture],
    **counted: Any,
) -> Result:
    expected = {one.title: one for one in some if one.relevant}
    found = {article.title or "": article for article in articles}
    bytes_of = {capture.url: capture.sha256 for capture in captures}
    pairs = [(one, found[title]) for title, one in expected.items() if title in found]
    named_files = [
        (file, {bytes_of.get(url): name for url, name in article.attachments})
        for one, article in pairs
        for file in one.files
    ]
    come = [(file, names[digest]) for file, names in named_files if (digest := _digest(file)) in names]
    return Result(
        platform=platform,
        named=named,
        expected=len(expected),
        found=len(articles),
        right=len(pairs),
        files=sum(len(one.files) for one in expected.values()),
        files_found=len(come),
        names_right=sum((name or "").removesuffix(f".{file.ending}") == file.stem for file, name in come),
        days_right=sum(article.published_on == one.day for one, article in pairs),
        **counted,
        missed=tuple(title for title in expected if title not in found),
    )


def _digest(file: File) -> str:
    return hashlib.sha256(file.body).hexdigest()
