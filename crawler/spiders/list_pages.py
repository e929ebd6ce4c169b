"""A list page as read: its entries, what was there before, and what it is worth.

Invariant: what two visits to a list are compared by are its entries, columns and pages, whatever else on the
page differs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urljoin

from scrapy.http import Response

from archive.ids import normalised_url
from crawler import platforms
from crawler.http.recorder import Recorded
from crawler.http.request_meta import meta_of
from crawler.pages import relevance
from crawler.pages.attached_files import is_attachment
from crawler.pages.loaded_scripts import with_scripts
from crawler.pages.outcomes import Outcome
from crawler.pages.page import Page, squeeze
from crawler.platforms import lines, lists, page_links, pager
from crawler.platforms.forms import form_pages
from crawler.platforms.postback import following_page
from crawler.platforms.protocol import Entry, Listing, PageRequest, Platform
from crawler.reading.diagnosis import leads_nowhere
from crawler.reports.tally import SiteTally
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message

_L = lexicon_of(__name__)

SILENT = "no budget word"
"""Why a title is not relevant that says nothing of what it is."""
_OF_MONEY = _L.pattern("of_money")
_NEXT = re.compile(r"""<([^<>]{1,500})>\s*;[^,]{0,200}?\brel\s*=\s*"?next\b""", re.IGNORECASE)
UNSEEN = "…"
"""The title of a line of which nothing is shown: it is judged when its page is read."""
_YEAR = re.compile(r"20\d\d")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_SMALL = 8 * 1024
MANY = 3
"""With so many entries on a list, it is not chance that none is relevant."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list page as read.

    `before` is the version archived last, `newest` the addresses that were on the first page of the list
    then; `context` is what the list is about, `promise` what it is worth (see `crawler.reading.discovery`);
    `announces` says that disclosures are among its entries; `headings` are the bodies links stand under.
    """

    tally: SiteTally
    response: Response
    recorded: Recorded
    page: Page
    platform: Platform
    listing: Listing
    before: Listing | None
    newest: frozenset[str]
    context: str
    promise: float
    announces: bool
    headings: Mapping[str, str]

    @property
    def subject(self) -> str:
        """What its further lines are about: what it is about itself, "" where it shows lines of another
        year."""
        year, own = relevance.holds_only(self.context)[1], {*self.own}
        shown = {relevance.holds_only(one.title)[1] for one in self.listing.entries if one.url in own}
        return self.context if year is None or shown <= {year, None} else ""

    @property
    def announces_some(self) -> bool:
        """Does a line of its own announce a budget or accounts?"""
        own = {*self.own}
        shown = (one.title for one in self.listing.entries if one.url in own)
        return self.announces or any(relevance.judge(title).relevant for title in shown)

    def ended_before(self, day: date) -> bool:
        """Are all dated lines of its own from before this day, and are there such?"""
        own = {*self.own}
        days = [one.published_on for one in self.listing.entries if one.url in own and one.published_on]
        return bool(days) and max(days) < day

    @property
    def own(self) -> list[str]:
        """The addresses of its lines and files that the page before did not show: those of the frame of the
        site, such as its news, stand on both."""
        offered = meta_of(self.response).offered
        urls = [one.url for one in self.listing.entries] + [one.url for one in self.listing.attachments]
        return [url for url in urls if url not in offered]


def with_pages(page: Page, listing: Listing) -> Listing:
    """The list with the pages that a script counts or a form asks for, where its platform knows none."""
    if listing.next_pages or listing.further or not (listing.entries or listing.attachments):
        return listing
    pages = pager.numbered_pages(page) or pager.counted_pages(page)
    if others := tuple(url for url in pages if url != page.url):
        return replace(listing, next_pages=others)
    return replace(listing, further=form_pages(page) or following_page(page))


def with_scripted(page: Page, listing: Listing, offered: Collection[str]) -> Listing:
    """The list with the lines that a script of the page holds, where all others stand in the frame of the
    site: `offered` are the links of the page before."""
    if not offered or listing.further or any(one.url not in offered for one in listing.entries):
        return listing
    return replace(listing, entries=lines.unique((*listing.entries, *lists.scripted(page))))


def with_series(page: Page, listing: Listing) -> Listing:
    """The list of a column of disclosures with every page that a row of numbers links."""
    known = {page.url, *listing.next_pages, *(asked.url for asked in listing.further)}
    more = tuple(url for url in page_links.series(page) if url not in known)
    if not more or not (listing.entries or listing.attachments):
        return listing
    pages = {*listing.next_pages, *more}
    return replace(
        listing, next_pages=(*listing.next_pages, *more),
        entries=tuple(one for one in listing.entries if one.url not in pages),
        columns=tuple(one for one in listing.columns if one.url not in pages),
    )  # fmt: skip


def unlisted(page: Page, listing: Listing, context: str, offered: Collection[str]) -> Iterator[Entry]:
    """Links of a column of disclosures that its platform took neither for lines nor for columns, and whose
    text announces a body's budget or accounts all the same, or says nothing beside a day. `offered` are the
    links of the page before."""
    known = {one.url for one in listing.entries}
    known |= {*listing.next_pages, *offered, *(file.url for file in listing.attachments)}
    columns = {one.url for one in listing.columns}
    for node, url in lines.anchors(page):
        if url in known or is_attachment(url):
            continue
        title = squeeze(lines.title_of(node))
        named, judged = relevance.body_name(title), relevance.judge(title, context)
        # The address of a line may be that of a list; its title then says all.
        whole = judged.reason == "title" and judged.fiscal_year is not None and judged.kind is not None
        # 点击查看 with a day is a line: what it announces, its page says.
        shown = lines.looks_like_article(url) if node.tag == "area" else lines.printed_date(node) is not None
        silent = lines.says_nothing(title) and shown
        if (silent or (named and judged.relevant)) and (whole or url not in columns):
            known.add(url)
            yield lines.entry(node, url) if title else Entry(url, UNSEEN)
    held = (one for one in lists.scripted(page) if one.url not in known)
    yield from (one for one in held if relevance.names_document(one.title))


def with_linked(response: Response, listing: Listing) -> Listing:
    """The list with the next page that the header of its answer names (RFC 8288)."""
    named = (_NEXT.search(field.decode("latin-1")) for field in response.headers.getlist("Link"))
    urls = (urljoin(response.url, found[1]) for found in named if found)
    more = tuple(url for url in urls if url not in (response.url, *listing.next_pages))
    return replace(listing, next_pages=(*listing.next_pages, *more)) if more else listing


def read_listing(
    payload: bytes | None, url: str, platform: str | None, column: bool = False, loaded: str = ""
) -> Listing | None:
    """An archived page read as a list, as one of a `column` of disclosures or of anything, with the scripts
    that it loads; None for none."""
    if not payload:
        return None
    page = with_scripts(Page.from_bytes(url, payload), loaded)
    listing = with_pages(page, platforms.of(page, platform).listing(page))
    return with_series(page, listing) if column else listing


def changed_shape(now: Listing | None, before: Listing | None, start: bool = False) -> Outcome | None:
    """`listing_changed` if a list has none of the lines that it had, nor one that has a date or announces
    something: the site has a new form, is broken, or a wall stands before it. The news of a `start` page are
    all new now and then; its columns are not."""
    if now is None or before is None or now.attachments or now.further or not size_of(before):
        return None
    kept = keys_of(now) & keys_of(before)
    if start and now.entries:
        kept |= {one.url for one in now.columns} & {one.url for one in before.columns}
    if kept or any(one.published_on or relevance.judge(one.title).relevant for one in now.entries):
        return None
    seen = message("seen_emptied", n=len(now.entries), had=size_of(before))
    return Outcome("listing_changed", "other" if now.entries else "empty", seen)


def no_list(payload: bytes, url: str) -> Outcome | None:
    """`error_page` if a page is too small to be a list, and leads nowhere."""
    if len(payload) > _SMALL or not leads_nowhere(page := Page.from_bytes(url, payload)):
        return None
    return Outcome("error_page", "not_the_list", message("seen_characters", n=len(page.visible)))


def size_of(listing: Listing) -> int:
    """How many entries and files a list shows."""
    return len(listing.entries) + len(listing.attachments)


def requests_of(listing: Listing) -> list[PageRequest]:
    """The other pages of a list."""
    return [*map(PageRequest, listing.next_pages), *listing.further]


def keys_of(listing: Listing | None) -> frozenset[str]:
    """The addresses of its entries, as they are compared."""
    return frozenset(normalised_url(entry.url) for entry in listing.entries) if listing else frozenset()


def oldest_first(entries: Sequence[Entry]) -> bool:
    """Are new entries put at the end?"""
    days = [entry.published_on for entry in entries if entry.published_on]
    return len(days) >= MANY and days == sorted(days) and days[0] < days[-1]


def says_nothing(title: str, judged: relevance.Relevance) -> bool:
    """Is a title a number or a word of another script, which may stand for a body, or 点击查看?"""
    return judged.reason == SILENT and (not _CHINESE.search(title) or lines.says_nothing(title))


def may_be_one(title: str, judged: relevance.Relevance) -> str | None:
    """Whose it may be, if a line of a column of disclosures leaves out what it is (教育局2026年收支情况)."""
    if judged.reason != SILENT or not _OF_MONEY.search(title) or not relevance.years(title):
        return None
    before = (_OF_MONEY.split(title)[0], _YEAR.split(title)[0])
    return next(filter(None, map(relevance.body_name, before)), None)
