"""Whether a page is one article, or a list of them.

Invariant: the answer follows from the page itself. What the page says of itself (the metadata
of 国办发〔2017〕47号) counts more than its looks.
"""

from __future__ import annotations

from crawler.pages import relevance
from crawler.pages.page import Page
from crawler.platforms import unfolded
from crawler.platforms.protocol import Listing, Platform
from crawler.reading.articles import (
    body_text,
    has_body,
    labelled_dates,
    prose,
    published,
    stated_day,
)

_MANY = 8  # entries; an article shows a few related ones
_PROSE = 500  # characters of body that make a page without metadata an article
_SOME_PROSE = 100  # characters outside links that do so where no entries are, or a date of publication is
_PROSE_OF_PAGE = 250  # the same, where the body cannot be distinguished from header and footer
_LONGEST_COLUMN = 12


def says_article(page: Page) -> bool:
    """Does the page call itself an article, by the metadata every government site must carry?

    Templates of columns put the column's name where an article has its title.
    """
    title, column = page.meta.get("articletitle", ""), page.meta.get("columnname", "")
    return bool(title if title != column else stated_day(page))


def calls_itself_article(page: Page) -> bool:
    """Does the page name itself as one article, and not as a column?"""
    named = bool(page.meta.get("articletitle"))
    return named and says_article(page) and not _is_column_name(page)


def shows_article(page: Page, listing: Listing) -> bool:
    """Is the page one article, rather than a list, a home page or the shell of one?"""
    enough = len(prose(page)) >= (_SOME_PROSE if has_body(page) else _PROSE_OF_PAGE)
    many = len(listing.entries) >= _MANY
    if says_article(page):
        return not (many and not listing.attachments and not enough and _names_no_body(page))
    if listing.further:
        return False
    # Beside an article stand lists of others; one date of publication is the article's own.
    if labelled_dates(page) == 1 and (listing.attachments or enough):
        return True
    if many:
        return False
    if page.meta.get("articletitle"):
        return True
    if len(listing.entries) > len(listing.attachments) + 2:
        return False
    dated = published(page)[1] in ("text", "address")
    return (
        (dated and bool(listing.attachments))
        or len(body_text(page)) >= _PROSE
        or (enough and not listing.entries)
    )


def _is_column_name(page: Page) -> bool:
    """部门预算, 预决算公开: a title without a body or a year, as columns have."""
    title = page.meta.get("articletitle", "")
    return 0 < len(title) <= _LONGEST_COLUMN and not relevance.years(title) and not relevance.body_name(title)


def _names_no_body(page: Page) -> bool:
    """2026年部门预算公开: a title that no body's announcement would have."""
    title = page.meta.get("articletitle", "")
    return bool(title) and relevance.body_name(title) is None


def opens_list(page: Page, platform: Platform, context: str) -> bool:
    """Did a link that promised an announcement lead to a list of them instead? `context` is what the list
    that held the link is about."""
    page = unfolded(page, platform)
    if says_article(page) and not _names_no_body(page):
        return False
    listing = platform.listing(page)
    if listing.further and not says_article(page):
        return True
    announced = sum(relevance.judge(entry.title, context).relevant for entry in listing.entries)
    return announced > len(listing.attachments) and not shows_article(page, listing)
