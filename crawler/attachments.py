"""The files a page attaches, in every form they are linked.

Invariant: a file is found by the form of its link, listed once, in the page's order, with the best name the
page gives it; nothing is fetched to find out. Knowledge: `attachments.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from functools import cache
from html import unescape
from importlib.resources import files
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, unquote, unquote_to_bytes, urlsplit

import yaml

from crawler.pages import Page, squeeze

# An anchor printed by a script: quotes may be escaped or broken, so only the parts that matter are matched.
_SCRIPT_ANCHOR = re.compile(
    r"""<a\b[^<>]*?\bhref\s*=\s*\\?["']([^"'\\<>\s]+)\\?["'][^<>]*>(.*?)<\\?/a>""", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"<[^<>]*>")
_MORE = re.compile(r"^(?:点击|查看|下载|附件|预览|文件|详情|原文|pdf|download|[:：\d\s.、])+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A linked file: its absolute address and the name shown for it ("" if the page shows none)."""

    url: str
    name: str


@cache
def _knowledge() -> dict[str, Any]:
    return dict(yaml.safe_load(files("crawler").joinpath("attachments.yaml").read_text("utf-8")))


@cache
def _any_of(key: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in _knowledge()[key]), re.IGNORECASE)


def extension(name: str) -> str | None:
    """The known file ending of a name or path, lower case without dot, or None."""
    ending = name.rsplit(".", 1)[-1].lower().strip() if "." in name else ""
    return ending if ending in _knowledge()["extensions"] else None


def is_attachment(url: str) -> bool:
    """Does the form of this address say that a file lies behind it?"""
    if _any_of("never").search(url):
        return False
    if extension(urlsplit(url).path) or _any_of("addresses").search(url):
        return True
    return extension(_parameter_name(url)) is not None


def attachments(page: Page, further: Iterable[tuple[str, ...]] = ()) -> tuple[Attachment, ...]:
    """Every attached file of the page, with its best name: anchors, then what scripts print, then `further`
    links (href, names…) that the page's platform has in forms of its own."""
    names: dict[str, list[str]] = {}
    for href, *candidates in chain(_links(page), further):
        url = page.absolute(href)
        if url and is_attachment(url):
            names.setdefault(url, []).extend(map(squeeze, candidates))
    return tuple(Attachment(url, best_name(url, shown)) for url, shown in names.items())


def _links(page: Page) -> Iterator[tuple[str, ...]]:
    """(href, names…) of every link, in document order, then those inside scripts."""
    for node in page.tree.iter("a", "iframe", "embed", "object"):
        href = (node.get("href") or node.get("src") or node.get("data") or "").strip()
        if "\n" in href:  # a template printed all files into one href; its text is all their names
            yield from ((line, "") for line in href.split())
        elif node.tag == "a":
            yield href, node.get("title") or "", node.text_content(), node.get("download") or ""
        else:
            yield href, ""
    for href, text in _SCRIPT_ANCHOR.findall(page.scripts):
        yield unescape(href), unescape(_TAG.sub("", text))


def best_name(url: str, shown: list[str]) -> str:
    """The name that says most: one with a file ending, else the longest text that is more than 下载."""
    telling = [name for name in shown if name and not _MORE.match(name)]
    for name in telling:
        if extension(name):
            return name
    return max(telling, key=len, default="") or _parameter_name(url)


def _parameter_name(url: str) -> str:
    """The name an address carries in its query; hex names of storage are no names."""
    query = parse_qs(urlsplit(url).query, errors="replace")
    for key in _knowledge()["name_parameters"]:
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
