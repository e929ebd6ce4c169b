"""What sort of page this is: a list, an announcement, another article, a stub, or no content at all.

Invariant: the sort follows from the page itself and its outcome. What the page says of itself (the metadata
of 国办发〔2017〕47号) counts more than its looks.
"""

from __future__ import annotations

from typing import Literal

from crawler import relevance
from crawler.articles import ArticlePage, body_text, published, read_article
from crawler.outcomes import Outcome
from crawler.pages import Page
from crawler.platforms import Listing, Platform

PageKind = Literal["list", "disclosure", "article", "stub", "blocked", "missing"]
_MANY = 8  # entries; an article shows a few related ones
_PROSE = 500  # characters of body that make a page without metadata an article
_STUBS = {"redirect"}
_BLOCKED = {"blocked", "captcha", "robots", "refused"}


def kind_of(page: Page, outcome: Outcome, platform: Platform) -> PageKind:
    """The sort of a page received with `outcome` and read by `platform`."""
    if outcome.name in _STUBS:
        return "stub"
    if outcome.name in _BLOCKED:
        return "blocked"
    if outcome.name not in ("content", "unchanged"):
        return "missing"
    if not shows_article(page, platform.listing(page)):
        return "list"
    return "disclosure" if announces(page, read_article(page, platform)) else "article"


def announces(page: Page, article: ArticlePage) -> bool:
    """Does this article announce a budget or final accounts, by its title or by that in its column?"""
    return relevance.judge(article.title, page.meta.get("columnname", "")).relevant


def shows_article(page: Page, listing: Listing) -> bool:
    """Is the page one article, rather than a list, a home page or the shell of one?"""
    title, column = page.meta.get("articletitle", ""), page.meta.get("columnname", "")
    # Templates of columns put the column's name where an article has its title.
    stated = title if title != column else page.meta.get("pubdate")
    if stated:
        return True
    if listing.further or len(listing.entries) >= _MANY:
        return False
    if title:
        return True
    if len(listing.entries) > len(listing.attachments) + 2:
        return False
    dated = published(page)[1] in ("text", "address")
    return (dated and bool(listing.attachments)) or len(body_text(page)) >= _PROSE
