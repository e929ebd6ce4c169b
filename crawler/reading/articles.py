"""What an article page says of itself: title, date of publication, source, body, attachments.

Invariant: a date is given with where it was read (`DATE_BASES`), the most explicit place first; nothing is
given that the page does not print.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from lxml import etree, html

from crawler.pages import relevance
from crawler.pages.addresses import is_governments, same_site
from crawler.pages.attached_files import Attachment, attachments, extension
from crawler.pages.dates import first_date, recorded_date, url_date
from crawler.pages.page import Page, once, squeeze
from crawler.platforms import links, unfolded
from crawler.platforms.protocol import Platform
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)
_SHORTEST_TITLE = 6  # characters; a shorter heading names a column
_SITE_NAME = re.compile(r"\s*[-_|—–]")
_PARAGRAPH = 20  # characters that only a text has
DATE_BASES: dict[str, str] = {
    "metadata": "<meta name=PubDate> and its kin",
    "text": "a day of publication printed in the page, and named so",
    "list": "the date printed beside the link in the list",
    "address": "the day in the URL",
}
_PUBDATE = (
    "pubdate", "publishdate", "publishtime", "article:published_time", "articlepubdate", "publish_date",
    "published", "releasedate", "datepublished", "dc.date.issued", "dcterms.issued",
)  # fmt: skip
_CREATED = ("dc.date", "createdate")  # of the page, which may be a list
# Labels that say it outright, those that say something like it, then any 日期 or 时间 that is not somebody
# else's (报名时间, 考试日期).
_LABELLED = _L.patterns("labelled")
# A date without a label, in the line below the title: with a time, in brackets, beside 来源 or 浏览次数.
_BELOW_TITLE = _L.pattern("below_title")
_SOURCE = _L.pattern("source")
# Where systems put the body, by id or class; the first that holds text counts.
_BODIES = (
    "trs_editor_view", "TRS_Editor", "TRS_UEDITOR", "UCAP-CONTENT", "ucapcontent", "vsb_content",
    "vsb_content_2", "vsb_content_4", "vsb_content_6", "vsb_content_100", "vsb_content_500", "j-fontContent",
    "v_news_content", "zoom", "Zoom", "article-content", "article_content", "articleContent", "article-con",
    "zwxl-article", "content-txt", "xxgk_content", "pages_content", "view-content", "detail-content",
    "news_content", "newsContent", "content-text", "article", "contentText", "content",
)  # fmt: skip
_BODY_NAMES = frozenset(_BODIES)
_HEADINGS = ("//h1", "//*[contains(concat(' ', normalize-space(@class), ' '), ' article-title ')]", "//h2")
_TITLE_BREAK = _L.pattern("title_break")


_OUTSIDE_LINKS = etree.XPath(
    ".//text()[not(ancestor::a or ancestor::title or parent::script or parent::style or parent::noscript)]",
    smart_strings=False,
)
_FEW_ROWS = 3
_NEXT = _L.pattern("next")
_ATTACHED = _L.pattern("attached")
_PLAIN = re.compile(r"[\W_]")
_TITLE_BEGINS = 12  # characters that distinguish one title from another
_SOME_PROSE = 100  # characters; fewer say no more than that something is published
_TITLE_AT_LEAST = 6  # characters; a shorter title stands anywhere
_DAY = _L.pattern("day")
_CALLED = etree.XPath("//*[@id or @class] | //zoom | //article | //ucapcontent | //content")


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One article as its page shows it. `published_basis` is a key of DATE_BASES, None with the date."""

    page: Page = field(repr=False)
    title: str
    published_on: date | None
    published_basis: str | None
    attachments: tuple[Attachment, ...]

    @property
    def url(self) -> str:
        """The address of the page."""
        return self.page.url

    @property
    def source(self) -> str | None:
        """Who wrote it: ContentSource, or what stands behind 来源."""
        return self.page.meta.get("contentsource") or _labelled_source(self.page)


def read_article(page: Page, platform: Platform, listed_on: date | None = None) -> ArticlePage:
    """Read a page as an article; `listed_on` is the date its list printed beside the link."""
    page = unfolded(page, platform)
    published_on, basis = published(page, listed_on)
    return ArticlePage(
        page=page,
        title=title(page),
        published_on=published_on,
        published_basis=basis,
        attachments=attachments(page, links(page, platform)),
    )


@once
def title(page: Page) -> str:
    """ArticleTitle, else the heading that <title> begins with, else the first part of <title>."""
    if given := page.meta.get("articletitle"):
        return given
    headings = [squeeze(node.text_content()) for path in _HEADINGS for node in page.tree.xpath(path)]
    for heading in headings:
        if len(heading) >= _SHORTEST_TITLE and squeeze(page.title).startswith(heading[:12]):
            return heading
    return _TITLE_BREAK.split(page.title)[0].strip() or next(filter(None, headings), "")


def published(page: Page, listed_on: date | None = None) -> tuple[date | None, str | None]:
    """(date, basis) from the most explicit place that has one."""
    for found, basis in _dates(page, listed_on):
        if found is not None:
            return found, basis
    return None, None


def _dates(page: Page, listed_on: date | None) -> Iterator[tuple[date | None, str]]:
    for name in (*_PUBDATE, *_CREATED):
        yield recorded_date(page.meta.get(name)), "metadata"
    text = page.visible
    for label in _LABELLED:
        for stated in label.findall(text):
            yield first_date(stated), "text"
    yield _below_title(page, text), "text"
    yield listed_on, "list"
    yield url_date(page.url), "address"


def _below_title(page: Page, text: str) -> date | None:
    """The date in the line below the title, where it is plainly the article's."""
    shown = title(page)
    at = text.find(shown) if len(shown) >= _TITLE_AT_LEAST else -1
    match = _BELOW_TITLE.match(text, at + len(shown)) if at >= 0 else None
    return first_date(match["day"]) if match else None


def stated_day(page: Page) -> str:
    """What the metadata has for a day of publication, as it stands."""
    return next(filter(None, (page.meta.get(name) for name in _PUBDATE)), "")


def _labelled_source(page: Page) -> str | None:
    match = _SOURCE.search(page.visible)
    return match[1].strip() if match else None


@once
def _body(page: Page) -> html.HtmlElement | None:
    called: dict[str, list[html.HtmlElement]] = {}
    for node in cast("list[html.HtmlElement]", _CALLED(page.tree)):
        for name in {node.tag, node.get("id"), *(node.get("class") or "").split()} & _BODY_NAMES:
            called.setdefault(name, []).append(node)
    for name in _BODIES:
        nodes = called.get(name, ())
        full = [
            node for node in nodes if len(squeeze(node.text_content())) >= _PARAGRAPH or _has_pictures(node)
        ]
        if full:
            return full[0] if len(full) == 1 else max(full, key=lambda node: len(etree.tostring(node)))
    return None


def _has_pictures(node: html.HtmlElement) -> bool:
    """The budget may be page images: a body of pictures is a body."""
    return next(node.iter("img"), None) is not None


def labelled_dates(page: Page) -> int:
    """How many dates of the page are given as days of publication: an article's own, or one per line."""
    stated = (label.findall(page.visible) for label in _LABELLED)
    found = max(sum(first_date(text) is not None for text in texts) for texts in stated)
    return found or int(_below_title(page, page.visible) is not None)


@once
def prose(page: Page) -> str:
    """The text outside links of the body, or of the page where the body cannot be found; dates do not count,
    they stand beside links."""
    body = _body(page)
    texts = cast("list[str]", _OUTSIDE_LINKS(page.tree if body is None else body))
    return squeeze(_DAY.sub("", "".join(texts)))


def has_body(page: Page) -> bool:
    """Can the body be distinguished from the rest of the page?"""
    return _body(page) is not None


def shows_title(page: Page, title: str) -> bool:
    """Does the page show an article's title, whole or its beginning? Blanks and brackets do not count."""
    wanted = _PLAIN.sub("", fold(title))[:_TITLE_BEGINS]
    text = _PLAIN.sub("", fold(" ".join((page.meta.get("articletitle", ""), page.title, page.visible))))
    return bool(wanted) and wanted in text


def body_links(page: Page) -> list[tuple[html.HtmlElement, str]]:
    """The links of the body with their addresses; of the page where the body cannot be found."""
    body = _body(page)
    if body is None:
        return list(page.anchors)
    return [
        (node, url)
        for node, url in page.anchors
        if node is body or any(step is body for step in node.iterancestors(body.tag))
    ]


def shows_something(page: Page) -> bool:
    """Has the body tables, pictures or prose that may be the document itself?"""
    body = _body(page)
    place = page.tree if body is None else body
    if body is not None and _has_pictures(body):
        return True
    rows = sum(1 for _ in place.iter("tr"))
    return rows > _FEW_ROWS or len(prose(page)) >= _SOME_PROSE


def body_text(page: Page) -> str:
    """The text of the body, "" where it could not be distinguished from the rest of the page."""
    body = _body(page)
    return "" if body is None else squeeze(body.text_content())


def own_files(page: Page, files: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """The files of an announcement: on hosts of governments wherever the page links them, on others those
    that its body links, for what surrounds it links to anything."""
    if not has_body(page):
        return files
    around = {url for _, url in page.anchors} - {url for _, url in body_links(page)}
    return tuple(
        file
        for file in files
        if file.url not in around or same_site(file.url, page.url) or is_governments(file.url)
    )


def promises_files(page: Page) -> bool:
    """Does the text say that its document is attached, or stored elsewhere under a code?"""
    return bool(_ATTACHED.search(prose(page)))


def continues(page: Page) -> bool:
    """Does an article go on on another page, 下一页, named after it?"""
    stem = page.url.partition("?")[0].rpartition(".")[0]
    return bool(stem) and any(
        _NEXT.fullmatch(squeeze(node.text_content())) and url.startswith(f"{stem}_")
        for node, url in page.anchors
    )


def file_name(text: str) -> str:
    """What a link calls its file, if it is a file's name."""
    return text if extension(text) else ""


def without_ending(title: str) -> str:
    """A title without the ending of a file."""
    return title.rpartition(".")[0] if extension(title) else title


def is_cut(title: str) -> bool:
    """Does a list show only the beginning of a title?"""
    return title.endswith(("…", "...", "．．．", "。。。"))


def full_title(shown: str, listed: str) -> str:
    """The title of an article that its page and its list name: the page's, if it is one of a budget or
    what the list cut short, without the name of the site that some pages set behind it."""
    begun = listed.rstrip(".…．。 ")
    if is_cut(listed) and shown.startswith(begun):
        return shown
    if shown.startswith(listed) and _SITE_NAME.match(shown, len(listed)):
        return listed
    return shown if relevance.judge(shown).relevant else listed
