"""What is done with a page that no scan proved harmless, in a process of its own.

Invariant: a page leaves here so small that reading it was measured to take no more than `READING_SECONDS` of
a processor, or with the outcome that says why not. The reading that is measured is the one the crawl does.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from archive.vocabulary import CaptureOutcome
from crawler import platforms
from crawler.pages import relevance
from crawler.pages.outcomes import LARGEST_PAGE, LOOKED_AT, Expected, Headers, Outcome, classify
from crawler.pages.page import Page
from crawler.pages.reduction import Reduced, Size, is_harmless, reduce
from crawler.platforms import data_files, forms, further, lines, lists, page_links, postback
from crawler.platforms.protocol import Platform
from crawler.reading import offers
from crawler.reading.articles import body_links, prose, read_article, shows_something, shows_title
from crawler.reading.diagnosis import diagnose
from crawler.reading.groups import headings, menus
from crawler.reading.kinds import calls_itself_article, opens_list
from crawler.reading.listed_days import with_days
from crawler.reading.unopened import unopened_columns, unopened_titles
from crawler.sites import Site
from crawler.sites.territory import Territory
from parsers.values.media import sniff
from parsers.values.messages import message

READ = ("html", "any")
"""What is read as a page if it is one; of anything else a page's beginning is judged."""
READING_SECONDS = 2.0
_HALVINGS = 6
_NO_SITE = Site("examined", None, "examined", None)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A page as received: what `classify` wants, in plain values."""

    status: int
    headers: Headers
    payload: bytes
    expected: Expected
    url: str
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """The outcome of a page and, where there is something to read, the page made small."""

    outcome: Outcome
    reduced: Reduced | None = None


def needs_examining(sealed: Sealed) -> bool:
    """Is it a page that may cost more than the crawl's own process can spare?"""
    if len(sealed.payload) > LARGEST_PAGE.get(sealed.expected, len(sealed.payload)):
        return False  # it is not read at all
    if sniff(sealed.payload) not in ("text/html", "text/plain"):
        return False
    return not is_harmless(sealed.payload if sealed.expected in READ else sealed.payload[:LOOKED_AT])


def examine(sealed: Sealed) -> Examined:
    """Judge a page and make it small."""
    outcome = classify(sealed.status, sealed.headers, sealed.payload, sealed.expected, sealed.url)
    if outcome.name != CaptureOutcome.CONTENT or sealed.expected not in READ:
        return Examined(outcome)
    fields = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in sealed.headers}
    page = Page.from_bytes(sealed.url, sealed.payload, fields.get("content-type"))
    if page.text.lstrip()[:1] in ("{", "["):  # data of a platform, which is not markup
        return _measured_data(outcome, page, sealed)
    size = Size()
    for _ in range(_HALVINGS):
        reduced = reduce(page, size)
        if _seconds(reduced, sealed) <= READING_SECONDS:
            return Examined(outcome, reduced)
        size = size.half()
    return Examined(
        Outcome("too_large", "reading", message("seen_takes_long", seconds=f"{READING_SECONDS:g}"))
    )


def _measured_data(outcome: Outcome, page: Page, sealed: Sealed) -> Examined:
    whole = Reduced(page.text.encode(page.encoding, "replace"), page.encoding)
    if (took := _seconds(whole, sealed)) <= READING_SECONDS:
        return Examined(outcome, whole)
    return Examined(Outcome("too_large", "reading", message("seen_took", seconds=f"{took:.1f}")))


def _seconds(reduced: Reduced, sealed: Sealed) -> float:
    """Processor time that the crawl will need for the page."""
    begun = time.process_time()
    page = Page.from_bytes(sealed.url, reduced.body, f"text/html; charset={reduced.encoding}")
    platform = platforms.of(page, sealed.platform)
    if sealed.expected == "any":
        _read_article(page, platform)
    else:
        _read_list(page, platform)
    return time.process_time() - begun


def _read_list(page: Page, platform: Platform) -> None:
    """All that the crawl does with a list: only what is done here is measured."""
    listing, above = platform.listing(page), headings(page)
    for one in listing.entries:
        relevance.judge(above.get(one.url, "") + one.title, page.title)
    shown = len(listing.entries) + len(listing.attachments)
    lines.lines_of(page, {file.url for file in listing.attachments})
    calls_itself_article(page)
    diagnose(page, thorough=True)
    further.unread_pager(page, shown)
    page_links.has_unread_pages(page)
    page_links.series(page)
    postback.following_page(page)
    data_files.addresses_of(page)
    lists.framed_pages(page)
    sum(1 for _ in menus(page))
    sum(1 for _ in offers.unreachable(page, _NO_SITE))
    sum(1 for _ in unopened_titles(page, page.title))
    sum(1 for _ in unopened_columns(page))
    with_days(page, listing.entries)
    forms.form_pages(page)
    offers.candidates(page, listing.columns, 1.0, _NO_SITE, Territory(()), announces=False)


def _read_article(page: Page, platform: Platform) -> None:
    opens_list(page, platform, page.title)
    read = read_article(page, platform)
    shows_title(page, read.title)
    shows_something(page)
    prose(page)
    for node, _ in body_links(page):
        relevance.judge(lines.title_of(node), read.title)
