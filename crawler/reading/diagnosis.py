"""Why a page that should list disclosures lists none.

Invariant: a diagnosis names what stands in the page: the fields of a form, the scripts that are loaded, the
addresses they call, a frame of another site. Nothing is sent and nothing is run to find out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.ids import is_front_page
from archive.vocabulary import GapKind
from crawler.pages import relevance
from crawler.pages.addresses import same_site
from crawler.pages.page import Page, squeeze
from crawler.reading.articles import prose
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Seen, message

_L = lexicon_of(__name__)

_LITTLE_TEXT = 400  # characters; a page of more says something of its own
_FEW_WORDS = 200  # characters
_ADDRESS = re.compile(
    r"""["'][^"'\s<>]{0,300}(?:\.(?:[sj]?html?|json|jspx?|do|action|php|aspx?|js)\b|/api/)"""
)
_MOST_NAMED = 4
_MOST_FORMS = 20
_MOST_LINES = 200
_CALLED = re.compile(
    r"""(?:ajax|fetch|axios|\.(?:get|post|getJSON)|open)\s*\(?[^;]{0,120}?["'](/[\w/.-]{4,120}(?:\?[^"']*)?)["']"""
    r"""|\burl\s*:\s*["']([^"'\s]{4,160})["']""",
    re.IGNORECASE,
)
_SEARCH = _L.pattern("search", re.IGNORECASE)
_COUNTER = re.compile(
    r"(?<!ac)count(?!y)|visit|\bstats?\b|statist|click|hits|weather|log(?:in|out)|analytics|beacon|pushinfo"
    r"|calendar",
    re.IGNORECASE,
)
_LISTS = re.compile(r"list|query|search|page|data|find|json|\.do\b|/api/", re.IGNORECASE)
_LIBRARY = re.compile(
    r"jquery|bootstrap|swiper|slick|layer|layui|common|base|public|share|nav|footer|header|head|foot|menu"
    r"|carousel|superslide|html5|respond|ie\w{0,30}\.js|statistics|slh|wza|gov\w{0,30}\.js|qrcode|font|print|min\.js$",
    re.IGNORECASE,
)
_NOTHING = _L.pattern("nothing")
_BOX = re.compile(r"list|news|data|grid|table|tbody|result|content|article|info", re.IGNORECASE)
# What is chosen where disclosures are asked for: a year, a body, a kind.
_CHOICE = _L.pattern("choice")
_AROUND = re.compile(
    r"page|nav|menu|tab(?!le|ody)|slide|share|friend|link|crumb|btn|tool|search", re.IGNORECASE
)
_ROOT = re.compile(r"^(?:app|root|main|container|__next|__nuxt)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`kind` is a kind of gap (form, shell, frame, empty_list), `evidence` what was seen."""

    kind: GapKind
    evidence: Seen


def diagnose(page: Page, thorough: bool = False, listed: bool = False) -> Diagnosis | None:
    """What a page is that shows no list of disclosures, or None if it says something of its own, or that
    there is nothing. `thorough` is for a page on which a list was to be: around the place its script fills
    may stand any amount of text. What is `listed` beside, news or notices, may be all there is: then only a
    form and a place that is plainly a script's show that it is not."""
    if form := _form(page) or _choices(page):
        return Diagnosis(GapKind.FORM, message("seen_fields", names=form))
    if listed:
        empty = Diagnosis(GapKind.EMPTY_LIST, message("seen_list_without_lines"))
        return (_shell(page) or empty) if _has_place(page) else None
    if says_nothing(page):
        return None
    text = len(prose(page))
    if foreign := _foreign_frame(page):
        return Diagnosis(GapKind.FRAME, foreign)
    place = _is_root(page) or _has_empty_box(page)
    if text > _LITTLE_TEXT and not place and not (thorough and _services(page)):
        return None
    if place or text < _LITTLE_TEXT // 8 or _services(page):
        return _shell(page) or Diagnosis(GapKind.EMPTY_LIST, message("seen_characters", n=text))
    return Diagnosis(GapKind.EMPTY_LIST, message("seen_characters", n=text))


def says_nothing(page: Page) -> bool:
    """Does a page say that there is nothing?"""
    return bool(_NOTHING.search(page.visible)) and not _is_root(page)


def leads_nowhere(page: Page) -> bool:
    """Has a page a few words, and nothing that leads on within its site: no link but to itself or to its
    front page, no frame, no choice, no script of the site's own, no address that one holds? Such are the
    pages of walls before a site; a list or a menu is none. One that calls itself after
    disclosures, or says that there is nothing, is the site's."""
    if (
        len(page.visible) > _FEW_WORDS
        or says_nothing(page)
        or _is_root(page)
        or _form(page)
        or _choices(page)
    ):
        return False
    host = urlsplit(page.url).netloc
    linked = (url for _, url in page.anchors if same_site(url, page.url))
    own = {url for url in linked if not is_front_page(url) or urlsplit(url).netloc != host}
    loaded = [node.get("src") for node in page.tree.iter("script", "iframe", "frame", "object", "embed")]
    within = any(url and same_site(url, page.url) for url in map(page.absolute, loaded))
    named = relevance.judge(page.title).seen or relevance.judge(page.visible).seen
    return not (own - {page.url} or within or _ADDRESS.search(page.scripts) or named)


def is_cut_off(page: Page) -> bool:
    """Does a page end in the middle of a tag or of its body?"""
    text = page.text.lower()
    begun, ended = text.rfind("<body"), text.rfind("</body") + text.rfind("</html")
    return begun >= 0 and ended < 0 and text.rfind("<") > text.rfind("</")


def without_list(page: Page) -> Diagnosis:
    """What a page is whose name says that it lists disclosures, and which says something else."""
    return Diagnosis(GapKind.EMPTY_LIST, message("seen_characters", n=len(prose(page))))


def _shell(page: Page) -> Diagnosis | None:
    """What a page loads and calls, if it does."""
    called = _services(page)
    paths = (urlsplit(page.absolute(node.get("src")) or "").path for node in page.tree.iter("script"))
    loaded = [path.rpartition("/")[2] for path in paths if path and not _LIBRARY.search(path)]
    found = [message("seen_calls", names=tuple(called[:_MOST_NAMED]))] if called else []
    found += [message("seen_loads", names=tuple(loaded[:_MOST_NAMED]))] if loaded else []
    return Diagnosis(GapKind.SHELL, message("seen_parts", parts=tuple(found))) if found else None


def _services(page: Page) -> list[str]:
    """The addresses of the site that the page's scripts call, but for those that count its visitors."""
    own = (url for url in _calls(page) if same_site(page.absolute(url) or "", page.url))
    return [url for url in own if not _COUNTER.search(url)]


def _has_place(page: Page) -> bool:
    """Is there a place that only a script fills: a program's root, an empty list that is called one, a
    service that is asked for data?"""
    lists = page.tree.iter("ul", "ol", "tbody")
    vacant = (node for node in lists if not len(node) and not squeeze(node.text))
    named = (f"{node.get('id') or ''} {node.get('class') or ''} {node.tag}" for node in vacant)
    empty = any(_BOX.search(name) and not _AROUND.search(name) for name in named)
    return _is_root(page) or empty or any(map(_LISTS.search, _services(page)))


def _form(page: Page) -> str:
    """The fields of a form that is neither a search box nor a login."""
    for form in islice(page.tree.iter("form"), _MOST_FORMS):
        fields = [
            node.get("name") or node.get("id") or ""
            for node in form.iter("input", "select", "textarea")
            if (node.get("type") or "").lower() not in ("submit", "button", "reset", "image")
        ]
        named = " ".join((form.get("action") or "", form.get("id") or "", form.get("class") or "", *fields))
        choices = any(_CHOICE.search(squeeze(node.text)) for node in islice(form.iter("option"), _MOST_LINES))
        asks = len(fields) > 1 and not _SEARCH.search(named + squeeze(form.text_content()))
        if fields and (choices or asks):
            return ", ".join(filter(None, fields[:_MOST_NAMED])) or "—"
    return ""


def _choices(page: Page) -> str:
    """The menus that stand in no form, and whose lines lead nowhere by themselves: a script sends them."""
    leading = {node for node, _ in page.anchors if node.tag == "option"}
    names = []
    for node in islice(page.tree.iter("select"), _MOST_FORMS):
        lines = list(islice(node.iter("option"), _MOST_LINES))
        chosen = len(lines) > 1 and any(_CHOICE.search(squeeze(line.text)) for line in lines)
        alone = next(node.iterancestors("form"), None) is None
        if chosen and alone and leading.isdisjoint(lines):
            names.append(node.get("name") or node.get("id") or "without a name")
    return ", ".join(names[:_MOST_NAMED])


def unread_choices(page: Page, titles: Sequence[str]) -> str:
    """The menu of years or kinds that a script reads, of which a list with these titles shows the chosen line
    alone; "" where the list is not limited by one."""
    leading = {node for node, _ in page.anchors if node.tag == "option"}
    for menu in islice(page.tree.iter("select"), _MOST_FORMS):
        lines = list(islice(menu.iter("option"), _MOST_LINES))
        if len(lines) < 2 or not leading.isdisjoint(lines) or _is_searched(menu):
            continue
        chosen = next((line for line in lines if line.get("selected") is not None), lines[0])
        others = [squeeze(line.text) for line in lines if line is not chosen]
        limits = _CHOICE.search(squeeze(chosen.text))
        if limits and any(_CHOICE.search(text) and not _is_among(text, titles) for text in others):
            return menu.get("name") or menu.get("id") or "without a name"
    return _unread_buttons(page, titles)


def _unread_buttons(page: Page, titles: Sequence[str]) -> str:
    """The same of buttons that are chosen from, and of what a field suggests."""
    groups: dict[str, list[str]] = {}
    for node in islice(page.tree.iter("input"), _MOST_LINES):
        if (node.get("type") or "").lower() in ("radio", "checkbox") and node.get("name"):
            label = next(node.iterancestors("label"), None)
            text = (node.tail if label is None else label.text_content()) or node.get("value")
            groups.setdefault(str(node.get("name")), []).append(squeeze(text))
    for field in islice(page.tree.iter("datalist"), _MOST_FORMS):
        lines = islice(field.iter("option"), _MOST_LINES)
        groups[field.get("id") or "list"] = [squeeze(one.get("value") or one.text) for one in lines]
    for name, texts in groups.items():
        some = [text for text in texts if _CHOICE.search(text)]
        if len(some) > 1 and any(not _is_among(text, titles) for text in some):
            return name
    return ""


def _is_searched(menu: HtmlElement) -> bool:
    """Does a menu stand in a form in which something is searched for?"""
    form = next(menu.iterancestors("form"), None)
    fields = () if form is None else form.iter("input")
    return any((node.get("type") or "text").lower() in ("text", "search") for node in fields)


def _is_among(choice: str, titles: Sequence[str]) -> bool:
    """Is what a line of a menu asks for among these titles: its year, or its words?"""
    years = relevance.years(choice)
    if years:
        return any(years[0] in relevance.years(title) for title in titles)
    return any(choice in title for title in titles)


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
