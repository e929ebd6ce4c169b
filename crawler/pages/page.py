"""A page as the recognisers see it: address, text, tree.

Invariant: bytes in, values out; the same bytes always decode to the same text. The charset is the page's
own when it holds (a label of GB2312 or GBK means GB18030), else UTF-8, else GB18030: no page of a Chinese
government is in any other.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TypeVar, cast
from urllib.parse import urljoin, urlsplit

from lxml import etree, html
from w3lib.encoding import http_content_type_encoding, read_bom, resolve_encoding
from w3lib.html import get_base_url
from w3lib.url import safe_url_string

from crawler.pages.script_calls import Function, address_of_call, address_of_line, functions
from parsers.readers.html.source import bounded_tags, is_too_deep, shallow_tags

Found = TypeVar("Found")
_META_CHARSET = re.compile(
    rb"""<(?:meta[^<>]{1,200}?charset|\?xml[^<>]{1,200}?encoding)\s{0,20}=\s{0,20}["']?\s{0,20}([\w-]+)""",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\s+")
# Characters XML forbids; Word leaves them in pasted pages and lxml refuses them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Pages are glued together from pages. Browsers show what follows </html>; libxml2 2.14 drops it.
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
# An icon may say 发布日期 in place of a text.
_TEXTS = etree.XPath(
    "//text()[not(parent::script or parent::style or parent::noscript or parent::title)] | //i/@title",
    smart_strings=False,
)
# Addresses that browsers and we ask for as they stand.
_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?/[\w/.~?=&%:;,+@!*()'-]*", re.ASCII)
MOST_LINKS = 20_000
"""Links of one page that are looked at; a page has more only to keep a reader busy."""
LONGEST_TITLE = 1_000
_LONGEST_ADDRESS = 4_000
"""Characters; servers take no longer ones."""
_LINKS = etree.XPath(
    "//a | //area | //option[@value]"
    " | //*[@*][@onclick or @data-href or @data-url or @data-link][not(self::img)]"
)
# The value of a menu's line that leads to a page.
_LEADS = re.compile(r"/|\.(?:s?html?|jspx?|aspx?|php)(?:$|[?#])", re.IGNORECASE)
_HELD = ("data-href", "data-url", "data-link")
# location.href='/a/1.html', window.open("./t1.html"), openDetail('/info/1.htm'), location='index_2.jhtml'
_OPENED = re.compile(
    r"""["']((?:https?:/|\.{0,2})/[^"'\s<>+]*|\?[\w.-]+=[^"'\s<>+]*|(?:[\w-]+/)*[\w-]+\.(?:[sj]?html?|jspx?|aspx?|php)(?:\?[^"'\s<>+]*)?)"""
    r"""["'](?!\s*\+)"""
)
_HOLDS = re.compile(r"(?:^|[\w:]-|_|:)(?:href|url|link)$|^data-(?!src|original|img|image|bg|pic|icon|thumb)")
_WHERE = re.compile(
    r"(?:https?:/|\.{0,2})/[^\s<>{}'\"]{2,400}|[\w./-]{1,200}\.(?:[sj]?html?|jspx?|aspx?|php)(?:\?[^\s<>{}'\"]{0,300})?"
)
# Markup within a text of JSON: what stands between its escaped quotes is the address.
_ESCAPED_QUOTE = re.compile(r"^\\\"|\\\"$")
_PICTURE = re.compile(r"\.(?:png|gif|jpe?g|svg|webp|bmp|css|js)(?:$|\?)", re.IGNORECASE)
_BASE64 = re.compile(r"""["']([A-Za-z0-9+/]{8,2000}={0,2})["']""")
_HIDDEN = re.compile(r"(?:https?:/|\.{0,2})/[\w./?=&%:-]{3,}")
_NO_PAGE = ("#", "javascript:", "mailto:", "tel:", "data:", "about:")


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """(text, encoding) of a page; all encodings are tried strictly, only the last resort replaces."""
    marked, bom = read_bom(body)
    if marked and bom:
        return body[len(bom) :].decode(marked, "replace"), marked
    declared = http_content_type_encoding(content_type) if content_type else None
    match = _META_CHARSET.search(body[:4096])
    meta = resolve_encoding(match[1].decode("ascii")) if match else None
    for encoding in (declared, meta, "utf-8", "gb18030"):
        if encoding:
            try:
                return body.decode(encoding), encoding
            except (UnicodeDecodeError, LookupError):
                continue
    last = meta or declared or "utf-8"
    return body.decode(last, "replace"), last


def squeeze(text: str | None) -> str:
    """Text on one line, blanks of any width and length as one space."""
    return " ".join((text or "").replace("\u200b", "").split())


def _parse(text: str, parser: html.HTMLParser) -> html.HtmlElement:
    try:
        return html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, ValueError):
        return html.document_fromstring(b"<html></html>", parser=parser)


def _href(node: html.HtmlElement, known: Mapping[str, Function]) -> str | None:
    """Where an element leads, as it is written."""
    href: str | None = node.get("href")
    if node.tag == "option":
        value = node.get("value", "")
        return value if _LEADS.search(value) else address_of_line(node, known)
    if href and not href.startswith("#") and href[:11].lower() != "javascript:":
        return href
    if opened := _OPENED.search(node.get("onclick") or href or ""):
        return opened[1]
    if hidden := _in_base64(node.get("onclick") or href or ""):
        return hidden
    held: str | None = next((node.get(name) for name in _HELD if _LEADS.search(node.get(name, ""))), None)
    if held := held or _held_otherwise(node):
        return held
    calls = (node.get("onclick"), href) if known else ()
    return next((found for call in calls if call and (found := address_of_call(call, known))), None)


def _held_otherwise(node: html.HtmlElement) -> str | None:
    """An address in an attribute of another name that a script reads: to-href, ng-href, data-u."""
    for name, value in node.items():
        if _HOLDS.search(name) and _WHERE.fullmatch(value) and not _PICTURE.search(value):
            return str(value)
    return None


def _in_base64(call: str) -> str | None:
    """An address that a call is given in Base64."""
    for literal in _BASE64.findall(call):
        try:
            text = b64decode(literal, validate=True).decode("ascii")
        except ValueError:
            continue
        if _HIDDEN.fullmatch(text):
            return text
    return None


def once(read: Callable[[Page], Found]) -> Callable[[Page], Found]:
    """A reader of pages whose finding is kept with the page: it reads each once."""

    @wraps(read)
    def kept(page: Page) -> Found:
        found = page.readings
        if kept not in found:
            found[kept] = read(page)
        return cast(Found, found[kept])

    return kept


@dataclass(frozen=True)
class Page:
    """One HTML page. `url` is where it was received from; addresses are written in its `encoding`.

    `heading` is what the link to it said, `sent` the body of the request that brought it, for data that
    repeats neither. `loaded` are the scripts it loads from files of its own, `unread` the addresses of those
    that are there and could not be read.
    """

    url: str
    text: str
    encoding: str = "utf-8"
    heading: str = ""
    sent: str = ""
    loaded: str = ""
    unread: tuple[str, ...] = ()

    @classmethod
    def from_bytes(cls, url: str, body: bytes, content_type: str | None = None) -> Page:
        """Decode a page by its Content-Type, its own declarations or its bytes."""
        return cls(url, *decode(body, content_type))

    @cached_property
    def tree(self) -> html.HtmlElement:
        """The parsed page; an empty <html> where there is nothing to parse."""
        text = bounded_tags(_END.sub("", _FORBIDDEN.sub("", self.text)))
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
        tree = _parse(text, parser)
        return _parse(shallow_tags(text), parser) if is_too_deep(parser) else tree

    @cached_property
    def base(self) -> str:
        """The address that relative links are resolved against (`<base>`, else the page's own)."""
        return get_base_url(self.text, self.url)

    @cached_property
    def meta(self) -> dict[str, str]:
        """<meta name=…> contents by lower-case name without blanks; the first that is not empty counts."""
        found: dict[str, str] = {}
        for node in self.tree.iter("meta"):
            name = _BLANK.sub(
                "", node.get("name") or node.get("property") or node.get("itemprop") or ""
            ).lower()
            content = squeeze(node.get("content"))
            if name and not found.get(name):
                found[name] = content
        return found

    @cached_property
    def anchors(self) -> tuple[tuple[html.HtmlElement, str], ...]:
        """Every link to a page or a file, with its address: <a>, <area>, the <option> of a menu, and what a
        click opens."""
        nodes = cast("list[html.HtmlElement]", _LINKS(self.tree))[:MOST_LINKS]
        found = ((node, self.absolute(_href(node, self._functions))) for node in nodes)
        return tuple((node, url) for node, url in found if url)

    @cached_property
    def _functions(self) -> Mapping[str, Function]:
        return functions(self.scripts)

    @cached_property
    def title(self) -> str:
        """The text of `<title>`, at most LONGEST_TITLE characters."""
        return squeeze(self.tree.findtext(".//title"))[:LONGEST_TITLE]

    @cached_property
    def visible(self) -> str:
        """The text of the page, scripts and styles left out; pieces stay apart."""
        return squeeze(" ".join(cast("list[str]", _TEXTS(self.tree))))

    @cached_property
    def readings(self) -> dict[object, object]:
        """What readers found in the page, by reader (see `once`)."""
        return {}

    @cached_property
    def _absolutes(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def scripts(self) -> str:
        """The text of all inline scripts, and of those that were loaded."""
        return "\n".join((*(node.text or "" for node in self.tree.iter("script")), self.loaded))

    def absolute(self, href: str | None) -> str | None:
        """The address a link leads to, or None if it leads to no page (script, mail, fragment).

        As browsers have it, blanks and Chinese are percent-encoded: paths in UTF-8, queries in the encoding
        of the page. This is the address as it is asked for, and as it stands in the archive.
        """
        known = self._absolutes
        if href not in known:
            known[href or ""] = self._absolute(href or "")
        return known[href or ""]

    def _absolute(self, href: str) -> str | None:
        """Backslashes in a path are slashes, as in browsers. Plain addresses skip the slow normalisation."""
        if len(href) > _LONGEST_ADDRESS:
            return None
        href = _ESCAPED_QUOTE.sub("", href.strip())
        path, mark, query = href.partition("?")
        href = path.replace("\\", "/") + mark + query
        if not href or href[:11].lower().startswith(_NO_PAGE):
            return None
        try:
            url = urljoin(self.base, href)
            if _PLAIN.fullmatch(url):
                return url
            url = safe_url_string(url, self.encoding)
            host = urlsplit(url).hostname
        except ValueError:
            return None
        return url.partition("#")[0] if host and url.lower().startswith(("http://", "https://")) else None
