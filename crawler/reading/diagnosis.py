"""Why a page that should list disclosures lists none.

Invariant: a diagnosis names what stands in the page: the fields of a form, the scripts that are loaded, the
addresses they call, a frame of another site. Nothing is sent and nothing is run to find out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.pages.addresses import same_site
from crawler.pages.page import Page, squeeze

_LITTLE_TEXT = 400  # characters; a page of more says something of its own
_MOST_NAMED = 4
_CALLED = re.compile(
    r"""(?:ajax|fetch|axios|\.(?:get|post|getJSON)|open)\s*\(?[^;]{0,120}?["'](/[\w/.-]{4,120}(?:\?[^"']*)?)["']"""
    r"""|\burl\s*:\s*["']([^"'\s]{4,160})["']""",
    re.IGNORECASE,
)
_SEARCH = re.compile(
    r"search|query|keyword|sousuo|login|passw|captcha|validate|搜索|检索|登录", re.IGNORECASE
)
_COUNTER = re.compile(
    r"count|visit|stat|click|hits|weather|log(?:in|out)|counter|analytics|beacon", re.IGNORECASE
)
_BOX = re.compile(r"list|news|data|grid|table|result|content|article|info", re.IGNORECASE)
_ROOT = re.compile(r"^(?:app|root|main|container|__next|__nuxt)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`kind` is a kind of gap (form, shell, frame, empty_list), `evidence` what was seen."""

    kind: str
    evidence: str


def diagnose(page: Page, thorough: bool = False) -> Diagnosis | None:
    """What a page without entries is, or None if it says something of its own. `thorough` is for a page on
    which a list was to be: around the place its script fills may stand any amount of text."""
    if form := _form(page) or _choices(page):
        return Diagnosis("form", f"fields {form}")
    text = len(page.visible)
    if foreign := _foreign_frame(page):
        return Diagnosis("frame", foreign)
    called = [url for url in _calls(page) if not _COUNTER.search(url)]
    scripts = [
        urlsplit(page.absolute(node.get("src")) or "").path.rpartition("/")[2]
        for node in page.tree.iter("script")
        if node.get("src")
    ]
    place = _is_root(page) or (bool(called or scripts) and _has_empty_box(page))
    if text > _LITTLE_TEXT and not place and not (thorough and called):
        return None
    if called or (scripts and (text < _LITTLE_TEXT // 8 or place)):
        told = [f"calls {', '.join(called[:_MOST_NAMED])}"] if called else []
        told += [f"loads {', '.join(scripts[:_MOST_NAMED])}"] if scripts else []
        return Diagnosis("shell", "; ".join(told).replace("; ", ", "))
    return Diagnosis("empty_list", f"{text} characters")


def _form(page: Page) -> str:
    """The fields of a form that is no search box and no login."""
    for form in page.tree.iter("form"):
        fields = [
            node.get("name") or node.get("id") or ""
            for node in form.iter("input", "select", "textarea")
            if (node.get("type") or "").lower() not in ("submit", "button", "reset", "image")
        ]
        told = " ".join((form.get("action") or "", form.get("id") or "", form.get("class") or "", *fields))
        choices = next(form.iter("select"), None) is not None
        if fields and (choices or not _SEARCH.search(told + squeeze(form.text_content()))):
            return ", ".join(filter(None, fields[:_MOST_NAMED])) or "without names"
    return ""


def _choices(page: Page) -> str:
    """The menus that stand in no form, and whose lines lead nowhere by themselves: a script sends them."""
    leading = {node for node, _ in page.anchors if node.tag == "option"}
    names = [
        node.get("name") or node.get("id") or "without a name"
        for node in page.tree.iter("select")
        if len(node.findall(".//option")) > 1
        and not leading.intersection(node.iter("option"))
        and next(node.iterancestors("form"), None) is None
    ]
    return ", ".join(names[:_MOST_NAMED])


def _has_empty_box(page: Page) -> bool:
    """Is there a place for a list, with nothing in it?"""
    empty = (
        node
        for node in page.tree.iter("ul", "ol", "tbody", "table", "div", "dl")
        if not len(node) and not squeeze(node.text)
    )
    return any(_BOX.search(f"{node.get('id') or ''} {node.get('class') or ''}") for node in empty)


def _foreign_frame(page: Page) -> str | None:
    for node in page.tree.iter("iframe", "frame"):
        url = page.absolute(node.get("src"))
        if url and not same_site(url, page.url):
            return url
    return None


def _calls(page: Page) -> list[str]:
    found = (one or other for one, other in _CALLED.findall(page.scripts))
    return list(dict.fromkeys(url[:120] for url in found))


def _is_root(page: Page) -> bool:
    return any(_ROOT.match(node.get("id") or "") and not len(node) for node in page.tree.iter("div"))
