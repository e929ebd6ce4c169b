"""Look at an address that is not registered: what is there, and the registry line it deserves.

Invariant: a probe takes the way of every crawl (guard, robots.txt, delays, outcomes), asks for list pages
only, and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from archive.rendering.messages import said
from archive.rendering.texts import t
from archive.stores import LocalStore
from archive.vocabulary import GapKind
from crawler import platforms, sites
from crawler.jobs.crawling import crawl
from crawler.reading import discovery
from crawler.reports.gap_words import gap_kind_words, gap_line
from crawler.reports.results import Column, Progress, SiteReport
from crawler.sites import NoRegion, Site
from crawler.sites.edit import free_id
from crawler.sites.territory import Territory
from parsers.reference import regions
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

PROBE_SETTINGS = {
    "GONGKAI_MAX_ARTICLES": 0,
    "GONGKAI_MAX_LISTINGS": 30,
    "GONGKAI_MAX_EXPLORED": 20,
    "RETRY_TIMES": 1,
}
_COLUMNS = pa.schema(
    [
        ("heading", pa.string()),
        ("entries", pa.int64()),
        ("newest", pa.date32()),
        ("platform", pa.string()),
        ("url", pa.string()),
    ]
)
_OF_A_PROBE = (GapKind.LIMIT,)  # it asks for list pages only, and for few
_MOST_NAMED = 10
_PLACE = _L.pattern("place")


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe found. `site` is the entry proposed, `column` the list with disclosures found first, None
    if there is none. The entry starts where it was pointed to if that is a column of disclosures or none was
    found, else at the page from which all that were found are reached."""

    site: Site
    report: SiteReport
    column: Column | None


def probe(
    url: str,
    *,
    region: str | None = None,
    name: str | None = None,
    known: Iterable[Site] | None = None,
    progress: Callable[[Progress], None] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Found:
    """Visit an address and propose its entry.

    `region` is the code of the government; without it, the page has to name a region, or its host to be
    registered for one. Raises NoRegion.
    """
    registered = tuple(sites.load() if known is None else known)
    start = Site("probe", region, name or "", url)
    with TemporaryDirectory(prefix="gongkai-probe-") as folder:
        store = LocalStore(Path(folder) / "store")
        report = crawl(
            store, (start,), command="gongkai sites add", progress=progress,
            settings={**PROBE_SETTINGS, **(settings or {})},
        )  # fmt: skip
    (seen,) = report.sites
    code = region or _region(url, seen, registered)
    if code is None and not name:
        shows = f"{seen.outcome}: {seen.title or said(seen.detail)}"
        raise NoRegion(f"{url} ({shows}) does not say whose it is: give --region")
    place = regions.region(code) if code else None
    column = seen.columns[0] if seen.columns else None
    site = replace(
        start,
        site_id=free_id(code, url, registered),
        region_code=code,
        name=name or (place.name if place else ""),
        url=url if is_column(seen, url) else start_of(seen.columns) or url,
        page_type=_page_type(column, seen),
    )
    return Found(site, seen, column)


def is_column(seen: SiteReport, url: str) -> bool:
    """Whether the registered page is a column of disclosures itself."""
    return discovery.promise(seen.title, url).value >= discovery.sure()


def start_of(columns: Sequence[Column]) -> str | None:
    """The last page that the ways to all lists have in common; None where there is none."""
    shared = None
    for step in zip(*(column.way for column in columns), strict=False):
        if len(set(step)) > 1:
            break
        shared = step[0]
    return shared


def columns_of(found: Found) -> pa.Table:
    """The lists with disclosures that were found, for people."""
    rows = [
        {"heading": one.heading, "entries": one.entries, "newest": one.newest, "platform": one.platform}
        | {"url": one.url}
        for one in found.report.columns
    ]
    return pa.Table.from_pylist(rows, _COLUMNS)


def answer_words(found: Found) -> dict[str, str]:
    """The answer of the address in a few words."""
    report = found.report
    return {
        "url": report.site.url or "",
        "outcome": t(report.outcome, context="answer"),
        "platform": platform_text(report.platform),
    }


def not_followed(found: Found) -> list[str]:
    """What was seen at the address and could not be followed: the fields of a form, what a shell loads."""
    gaps = [gap for gap in found.report.gaps if gap.hides == "site" and gap.kind not in _OF_A_PROBE]
    return [
        t("Not followed: {what}", what=f"{gap_kind_words(gap)}: {gap_line(gap)}")
        for gap in gaps[:_MOST_NAMED]
    ]


def platform_text(name: str | None) -> str:
    """A platform for people, with what they must know of it."""
    if platforms.only_recognised(name):
        return f"{name} ({t('recognised only: its lists cannot be read yet')})"
    return name or "?"


def _page_type(column: Column | None, seen: SiteReport) -> str | None:
    """As in the registry: `budget` (预决算页面), `finance` (财政信息), None where neither shows."""
    heading = column.heading if column else seen.title
    worth = discovery.promise(heading, column.url if column else "").value
    if worth >= discovery.sure():
        return "budget"
    return "finance" if worth >= discovery.least() else None


def _region(url: str, seen: SiteReport, registered: Iterable[Site]) -> str | None:
    """The one region that the page or its lists name; else the one its host is registered for."""
    texts = chain([seen.title], (column.heading for column in seen.columns))
    for text in texts:
        found = {region.code for name in _PLACE.findall(text) for region in regions.find(name)}
        if len(found) == 1:
            return found.pop()
    owners = [owner for owner in Territory(registered).owners(url) if regions.region(owner)]
    return owners[0] if len(owners) == 1 else None
