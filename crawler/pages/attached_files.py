"""The files a page attaches, in every form they are linked.

Invariant: a file is found by the form of its link, listed once, in the page's order, with the best name the
page gives it; nothing is fetched to find out. Knowledge: `attached_files.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from functools import cache
from html import unescape
from itertools import chain
from typing import Annotated, cast
from urllib.parse import parse_qs, unquote, unquote_to_bytes, urlsplit, urlunsplit

from lxml import etree
from lxml.html import HtmlElement
from pydantic import BeforeValidator

from crawler.pages.page import Page, once, squeeze
from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge

_L = lexicon_of(__name__)

# An anchor printed by a script: quotes may be escaped or broken, so only the parts that matter are matched.
_SCRIPT_ANCHOR = re.compile(
    r"""<a\b[^<>]{0,500}?\bhref\s*=\s*\\?["']([^"'\\<>\s]+)\\?["'][^<>]{0,500}>(.{0,600}?)<\\?/a>""",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")
_TOKEN = re.compile(r"[\w+/-]{20,}(?:={1,2}|%3[dD](?:%3[dD])?)?")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_LONGEST_NAME = 120
_NEAR = 400
_TAG = re.compile(r"<[^<>]*>")
_MORE = _L.pattern("more", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A linked file: its absolute address and the name shown for it ("" if the page shows none)."""

    url: str
    name: str


AnyCase = Annotated[re.Pattern[str], BeforeValidator(lambda source: re.compile(source, re.IGNORECASE))]
OneOf = Annotated[AnyCase, BeforeValidator(lambda sources: "|".join(f"(?:{one})" for one in sources))]


class _AttachedFiles(Knowledge):
    """`attached_files.yaml`."""

    extensions: tuple[str, ...]
    addresses: OneOf
    name_parameters: tuple[str, ...]
    viewers: AnyCase
    viewed_parameters: tuple[str, ...]
    attributes: tuple[str, ...]
    pages: AnyCase
    file_services: AnyCase
    attached: re.Pattern[str]
    doubtful: OneOf
    not_a_file: AnyCase
    never: OneOf


def _knowledge() -> _AttachedFiles:
    return knowledge("crawler.pages", "attached_files.yaml", _AttachedFiles)


def extension(name: str) -> str | None:
    """The known file ending of a name or path, lower case without dot, or None."""
    name = name.partition(";")[0] if "/" in name else name  # /a.pdf;jsessionid=…
    ending = name.rsplit(".", 1)[-1].lower().replace("%20", " ").strip() if "." in name else ""
    return ending if ending in _knowledge().extensions else None


def is_attachment(url: str) -> bool:
    """Does the form of this address say that a file lies behind it?"""
    if _knowledge().never.search(url):
        return False
    if extension(urlsplit(url).path) or _knowledge().addresses.search(url):
        return True
    return extension(_parameter_name(url)) is not None


def identity(url: str) -> str:
    """The address without what changes from visit to visit: a signed token that is the whole query of a path
    that names its file (`/attachment/x.pdf?aNrfDG_N6prI…==`)."""
    parts = urlsplit(url) if "?" in url else None
    signed = parts and extension(parts.path) and _TOKEN.fullmatch(parts.query)
    return urlunsplit(parts._replace(query="")) if parts and signed else url


def attachments(page: Page, further: Iterable[tuple[str, ...]] = ()) -> tuple[Attachment, ...]:
    """Every attached file of the page, with its best name: anchors, then what scripts print, then `further`
    links (href, names…) that the page's platform has in forms of its own, then what scripts name."""
    names: dict[str, list[str]] = {}
    for href, *candidates in chain(_links(page), further):
        url = _viewed(page, page.absolute(href))
        if url and (is_attachment(url) or _is_served(url, candidates)):
            names.setdefault(url, []).extend(map(squeeze, candidates))
    linked = {_leaf(url) for url in names}
    for href, *candidates in _variables(page):
        url = page.absolute(href)
        if url and is_attachment(url) and _leaf(url) not in linked:
            names.setdefault(url, [squeeze(name) for name in candidates])
    return tuple(Attachment(url, best_name(url, shown)) for url, shown in names.items())


def _leaf(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _is_served(url: str, shown: Iterable[str]) -> bool:
    """Does a link that shows the name of a file, or calls itself 附件, lead to a service for files? A name
    with an ending is enough where the address is that of no page."""
    if _knowledge().pages.search(urlsplit(url).path):
        return False
    names = [squeeze(name) for name in shown]
    if any(extension(name) for name in names):
        return True
    service = _knowledge().file_services.search(url)
    return bool(service and any(_knowledge().attached.match(name) for name in names))


def may_be_file(url: str, text: str) -> bool:
    """May a link of an announcement lead to a file, though neither its address nor its text says so? It does
    not look like a page, and its address is that of a program that hands out something by a number."""
    path = urlsplit(url).path
    if is_attachment(url) or _knowledge().pages.search(path) or not _knowledge().doubtful.search(url):
        return False
    return not _knowledge().not_a_file.search(squeeze(text))


def _viewed(page: Page, url: str | None) -> str | None:
    """The file itself where an address is a viewer's (`/pdfjs/web/viewer.html?file=/x.pdf`)."""
    if url and _knowledge().viewers.search(url):
        query = parse_qs(urlsplit(url).query, errors="replace")
        for key in _knowledge().viewed_parameters:
            for value in query.get(key, []):
                if extension(urlsplit(value).path):
                    return page.absolute(value)
    return url


@once
def _links(page: Page) -> tuple[tuple[str, ...], ...]:
    """(href, names…) of every link, in document order, then those inside scripts."""
    return tuple(_each_link(page))


def _each_link(page: Page) -> Iterator[tuple[str, ...]]:
    attributes = _knowledge().attributes
    for node in page.tree.iter("a", "iframe", "frame", "embed", "object", "param"):
        address = node.get("href") or node.get("src") or node.get("data") or ""
        href = (address if node.tag != "param" else node.get("value") or "").strip()
        if "\n" in href:  # a template printed all files into one href; its text is all their names
            yield from ((line, "") for line in href.split())
        elif node.tag == "a" and href[:11].lower() != "javascript:":
            yield href, *_names(node)
        elif node.tag != "a":
            yield href, node.get("title") or ""
    for node in cast("list[HtmlElement]", _speaking()(page.tree)):
        for name, value in node.items():
            if name == "onclick" or value[:11].lower() == "javascript:":
                yield from _called(node, value)
            elif name in attributes or (name.startswith("data-") and "/" in value):
                yield value, *_names(node)
    # Editors leave a text, and with it its links, in a field from which a script shows it.
    fields = [node.text or "" for node in page.tree.iter("textarea")]
    for href, text in _SCRIPT_ANCHOR.findall("\n".join((page.scripts, *fields))):
        yield unescape(href), unescape(_TAG.sub("", text))


@cache
def _speaking() -> etree.XPath:
    """Elements that name files in other attributes or in a script; most have none, which is asked first."""
    script = "starts-with(translate(@href, 'JAVSCRIPT', 'javscript'), 'javascript:')"
    named = " or ".join(f"@{name}" for name in _knowledge().attributes)
    return etree.XPath(f"//*[@*][@onclick or {script} or {named} or @*[starts-with(name(), 'data-')]]")


def _names(node: HtmlElement) -> tuple[str, ...]:
    """What a link calls its file; a box around half the page gives no name."""
    text = node.text_content()
    shown = text if node.tag == "a" or len(text) <= _LONGEST_NAME else ""
    return (node.get("title") or "", shown, node.get("download") or "", node.get("alt") or "")


def _called(node: HtmlElement, script: str) -> Iterator[tuple[str, ...]]:
    """Addresses handed to a script by a click, `open('/a/W1.ofd', '预算.ofd')`; the other texts are names."""
    texts = [unescape(first or second) for first, second in _QUOTED.findall(script)]
    names = [text for text in texts if "/" not in text and extension(text)]
    for text in texts:
        if "/" in text:
            yield text, *_names(node), *names


def _variables(page: Page) -> Iterator[tuple[str, ...]]:
    """Files that a script names without a link. Their name is what stands beside the address in an object
    (`{name:'预算.pdf', url:'/a/1.pdf'}`), else the article's title."""
    for match in _literal().finditer(page.scripts):
        for href in unescape(match[1]).replace("\\/", "/").split("#"):
            if "/" in href and extension(urlsplit(href).path):
                beside = _beside(page.scripts, match.start(), match.end())
                yield href, *(beside or (page.meta.get("articletitle", ""),))


def _beside(script: str, start: int, end: int) -> list[str]:
    """Names of files in the object literal around a place of a script."""
    opened, closed = script.rfind("{", max(0, start - _NEAR), start), script.find("}", end, end + _NEAR)
    literal = script[opened:closed] if -1 not in (opened, closed) else ""
    texts = [first or second for first, second in _QUOTED.findall(literal)]
    return [text for text in texts if "/" not in text and extension(text)]


@cache
def _literal() -> re.Pattern[str]:
    """A quoted path to a file in a script, not one that is put together."""
    endings = "|".join(_knowledge().extensions)
    return re.compile(
        rf"""(?<![+\\])(?<!\+\s)["']((?!\.)?[^"'<>\s+]{{0,400}}/[^"'<>\s+]{{0,400}}\.(?:{endings})(?:[?#][^"'<>\s+]*)?)["'](?!\s*\+)""",
        re.IGNORECASE,
    )


def best_name(url: str, shown: list[str]) -> str:
    """The name that says most: one with a file ending, shown or in the address, else the longest text that
    is more than 下载."""
    telling = [name for name in shown if name and not _MORE.match(name)]
    for name in telling:
        if extension(name):
            return name
    carried = _parameter_name(url)
    if _CHINESE.search(carried):
        return carried
    return max(telling, key=len, default="") or carried


def _parameter_name(url: str) -> str:
    """The name an address carries in its query; hex names of storage do not count."""
    query = parse_qs(urlsplit(url).query, errors="replace") if "?" in url else {}
    for key in _knowledge().name_parameters:
        for value in query.get(key, []):
            name = value.replace("\\", "/").rsplit("/", 1)[-1]
            if extension(name) and not re.fullmatch(r"[0-9a-fA-F_-]{16,}\.\w+", name):
                return name
    return ""


def disposition_name(value: bytes) -> str | None:
    """The file name of a Content-Disposition field as received, or None.

    RFC 5987 (`filename*=UTF-8''…`) wins; a plain `filename` may be raw UTF-8 or GBK bytes, percent-encoded
    in either, or MIME-encoded (RFC 2047), as servers have it.
    """
    if match := re.search(rb"""filename\*\s*=\s*"?([\w-]+)'[^']*'([^;"]+)""", value, re.IGNORECASE):
        name = _decoded(unquote_to_bytes(match[2].strip()), match[1].decode("ascii", "replace"))
        return _base_name(name)
    match = re.search(rb"""filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))""", value, re.IGNORECASE)
    if not match:
        return None
    raw = match[1] if match[1] is not None else match[2].strip()
    if b"=?" in raw:
        return _base_name(_mime_words(raw.decode("ascii", "replace")))
    return _base_name(_decoded(unquote_to_bytes(raw) if b"%" in raw else raw))


def _decoded(raw: bytes, declared: str = "utf-8") -> str:
    for encoding in (declared, "utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")


def _mime_words(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError):
        return text


def _base_name(name: str) -> str | None:
    return squeeze(unquote(name).replace("\\", "/").rsplit("/", 1)[-1]).strip("\"'") or None
