"""Whether a list of disclosures says that it ends where it was left.

Invariant: a list ends where something says so: a pager that was followed, a number of pages or of entries
that were all seen, a service whose answers are understood. Of any other, what an unseen pager would hide is a
gap: what is older than its last line if it is one list that runs from new to old, and anything if it is not,
or if its page has something to use that other pages of the site do not have.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from archive.vocabulary import GapKind
from archive.warc.gaps import Gap
from crawler.http.request_meta import meta_of
from crawler.pages import relevance
from crawler.platforms import further, pager
from crawler.reading import discovery
from crawler.reading.controls import controls_around, controls_of
from crawler.reading.groups import place_of, under
from crawler.reports.tally import SiteTally
from crawler.spiders.list_pages import ListPage, requests_of
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentKind

_MOST_NAMED = 3
_FIRST_MONTH_FOR_NEXT_YEAR = 11
_Line = tuple[date | None, int | None, str | None]


@dataclass(slots=True)
class _List:
    """A list and its lines in order: (day, fiscal year, body). `ends` says that it was seen to, `parts` that
    its lines stand in several boxes, each of which may be cut short; `controls` are marks of what
    stands around them to use."""

    site_id: str
    about: str
    body: str | None = None
    kind: str | None = None
    ends: bool = False
    parts: bool = False
    controls: frozenset[str] = frozenset()
    lines: list[_Line] = field(default_factory=list)


class ListEnds:
    """The lists of disclosures of a crawl, by the address of their first page."""

    def __init__(self) -> None:
        self._lists: dict[str, _List] = {}
        self._frames = defaultdict[str, set[str]](set)  # by site, what its other pages have

    def read(self, read: ListPage, origin: str) -> None:
        """Take in a page of a list that began at `origin`."""
        known = self._lists.get(origin)
        if known is None and not read.announces:
            if read.promise < discovery.sure():
                self._frames[read.tally.site.site_id] |= controls_of(read.page)
            return
        if known is None:
            link = meta_of(read.response).heading
            known = self._lists[origin] = _List(read.tally.site.site_id, read.context)
            known.kind = relevance.judge(read.context).kind
            known.body = link if relevance.names_body(link) else None
        known.ends = known.ends or _says_end(read) or origin != read.response.url
        if not known.ends:
            urls = _lines(read, known.lines)
            known.controls |= controls_around(read.page, urls)
            boxes = Counter(place_of(node) for node, url in read.page.anchors if url in urls)
            known.parts = known.parts or (len(boxes) > 1 and max(boxes.values()) > 1)  # or each is a card

    def has(self, origin: str) -> bool:
        """Did a list of disclosures begin there?"""
        return origin in self._lists

    def unproved(self, tally: SiteTally, short: Collection[str]) -> None:
        """Note the lists of a site of which nothing says that they end, and those that are `short`: fewer
        entries were seen than they say they have."""
        for url, one in self._lists.items():
            if one.site_id == tally.site.site_id and (not one.ends or url in short):
                frame = self._frames.get(one.site_id)
                used = sorted(one.controls - frame) if frame is not None else []
                until = None if url in short or one.parts or used else _last_year(one)
                bodies = {body for _, _, body in one.lines}
                dated = all(day for day, _, _ in one.lines) and one.kind != DocumentKind.OTHER and not used
                seen = message("seen_controls", names=tuple(used[:_MOST_NAMED])) if used else one.about
                whose = one.body or (bodies.pop() if len(one.lines) > 1 and len(bodies) == 1 else None)
                tally.gaps[GapKind.LIST_END, url] = Gap(
                    tally.site.site_id, GapKind.LIST_END, url, evidence=seen or None, body_name=whose,
                    fiscal_year=until, document_kind=one.kind if dated else None,
                )  # fmt: skip


def _says_end(read: ListPage) -> bool:
    pages = pager.stated_pages(read.page)
    said = further.said_records(read.page)
    return bool(
        requests_of(read.listing)
        or meta_of(read.response).platform
        or pages is not None
        or pager.is_single(read.page)
        or (said and said[0] <= len(read.own))
    )


def _lines(read: ListPage, found: list[_Line]) -> set[str]:
    """Add what a list announces, but for what stood on the page before as well; the addresses."""
    offered, urls = meta_of(read.response).offered, set()
    shown = [(one.url, one.title, one.published_on) for one in read.listing.entries]
    shown += [(one.url, one.name, None) for one in read.listing.attachments]
    for url, title, day in shown:
        whole = under(title, read.headings.get(url, ""))
        judged = relevance.judge(whole, read.context)
        if url not in offered and judged.relevant:
            urls.add(url)
            found.append((day, judged.fiscal_year, relevance.body_name(whole)))
    return urls


def _last_year(one: _List) -> int | None:
    """The last fiscal year of what may stand below the last line; None if that is not known.

    The budget of a year is published in it, or late in the year before; accounts follow a year later.
    """
    days = [day for day, _, _ in one.lines if day]
    if days and len(days) == len(one.lines):
        last = days[-1]
        if any(after > before for before, after in pairwise(days)):
            return None
        accounts = one.kind == DocumentKind.ACCOUNTS
        return last.year - accounts + (not accounts and last.month >= _FIRST_MONTH_FOR_NEXT_YEAR)
    years = [year for _, year, _ in one.lines if year]
    if not years or len(years) < len(one.lines) or any(after > before for before, after in pairwise(years)):
        return None
    return years[-1]
