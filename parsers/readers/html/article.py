"""Where on a web page the article is, as against menus and footers; and pages that are not documents at all.

Invariant: a table of amounts is always inside the content that is chosen. A page is refused only when it
clearly is not a document: it shows next to nothing, or it is short and says so itself. A short article is a
document.
"""

from __future__ import annotations

import re

from lxml import etree

from parsers.readers.html.tables import amounts_in, is_layout
from parsers.readers.html.text import SILENT_TAGS, is_hidden
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message

_CONTAINER_IDS = re.compile(
    r"zoom|ucap-content|vsb_content.*|content_?body|article_?(?:content|body)|news_?content|trs_?editor|"
    r"div_?zoom|font_?zoom|newscontent|zoomcon|mainText|ivs_content|text_?content",
    re.I,
)
_CONTAINER_CLASSES = re.compile(
    r"trs_editor|trs_editor_view|trs_ueditor|article[-_]?(?:content|con|body|text)|v_news_content|"
    r"(?:news|detail|text|info|xl|content)[-_](?:content|text|main|body)|pages_content|ucap-content|"
    r"view|conTxt|art_con|xxgk_?content|bt_content|ewb-article-(?:info|content)|j-fontContent|fontzoom",
    re.I,
)
_SURROUNDINGS = re.compile(
    r"(?:^|[-_])(?:nav|menu|header|footer|foot|crumbs?|breadcrumbs?|share|copyright|toolbar|sidebar)(?:$|[-_\d])",
    re.I,
)
_SURROUNDING_TAGS = frozenset(("nav", "header", "footer", "aside"))
_GENERIC = frozenset(("body", "div", "section", "article", "main", "center", "form", "td"))
ENOUGH_CHARACTERS = 10
DOMINANT = 0.8
"""Share of the page's text a node must keep for the search to descend into it."""
NAMED_SHARE = 0.2
"""Share of the densest node's text that a container with a known name must hold: a box around the date and
the source of an article bears such a name, too."""
BUDGET_AMOUNTS = 3
"""A table with this many printed amounts belongs to the article."""
BLANK = 10  # characters; a page that shows fewer shows nothing
_L = lexicon_of(__name__)
SHORT = 300
"""Characters of shown text; an error page of a government site has fewer."""
_ERROR_TITLE = _L.pattern("error_title", re.I)
_ERROR_TEXT = _L.pattern("error_text", re.I)


def main_content(body: etree._Element) -> etree._Element:
    """The node that holds the article: a container known from the common systems, else the densest node."""
    weights = _weights(body)
    named = [
        element
        for element in weights
        if element is not body and _is_container(element) and _has_content(element, weights)
    ]
    densest = _densest(body, weights)
    heaviest = max((weights[element] for element in named), default=0)
    pictures = any(weights[element] < ENOUGH_CHARACTERS for element in named)
    if named and (pictures or heaviest >= NAMED_SHARE * weights[densest]):
        chosen = [element for element in named if weights[element] >= 0.1 * heaviest]
    else:
        chosen = [densest]
    chosen += [table for table in body.iter("table") if amounts_in(table) >= BUDGET_AMOUNTS]
    return _common_ancestor(chosen, body)


def is_surrounding(element: etree._Element) -> bool:
    """Whether `element` calls itself a menu, head or foot of the page, and holds no table of amounts."""
    if element.tag not in _SURROUNDING_TAGS:
        if element.tag not in ("div", "ul", "section"):
            return False
        names = [element.get("id") or "", *(element.get("class") or "").split()]
        if not any(_SURROUNDINGS.search(name) for name in names):
            return False
    return all(amounts_in(table) < BUDGET_AMOUNTS for table in element.iter("table"))


def _is_container(element: etree._Element) -> bool:
    if element.tag not in _GENERIC:
        return False
    if _CONTAINER_IDS.fullmatch(element.get("id") or ""):
        return True
    return any(_CONTAINER_CLASSES.fullmatch(name) for name in (element.get("class") or "").split())


def _has_content(element: etree._Element, weights: dict[etree._Element, int]) -> bool:
    return weights[element] >= ENOUGH_CHARACTERS or next(element.iter("img"), None) is not None


def _weights(body: etree._Element) -> dict[etree._Element, int]:
    """Characters of shown text outside links below each element of the page."""
    weights: dict[etree._Element, int] = {}
    walker = etree.iterwalk(body, events=("start", "end"))
    in_link = 0
    for event, element in walker:
        if event == "start":
            weights[element] = 0
            in_link += element.tag == "a"
            if element.tag in SILENT_TAGS or is_hidden(element):
                walker.skip_subtree()
            elif not in_link:
                weights[element] += _length(element.text)
            continue
        in_link -= element.tag == "a"
        parent = element.getparent()
        if element is not body and parent is not None:
            weights[parent] += weights[element] + (0 if in_link else _length(element.tail))
    return weights


def _length(text: str | None) -> int:
    return len("".join(text.split())) if text else 0


def _densest(body: etree._Element, weights: dict[etree._Element, int]) -> etree._Element:
    """The smallest generic node that keeps most of the text of the page."""
    node = body
    while True:
        heaviest = max(node, key=lambda child: weights.get(child, 0), default=None)
        if heaviest is None or weights.get(heaviest, 0) < DOMINANT * max(weights[node], 1):
            return node
        if heaviest.tag not in _GENERIC and heaviest.tag not in ("table", "tbody", "tr"):
            return node
        if heaviest.tag == "table" and not is_layout(heaviest):
            return node
        node = heaviest


def _common_ancestor(elements: list[etree._Element], body: etree._Element) -> etree._Element:
    paths = [[element, *element.iterancestors()][::-1] for element in elements]
    common = body
    for level in zip(*paths, strict=False):
        if any(element is not level[0] for element in level):
            break
        common = level[0]
    # Inside one table there is no content to choose: rows alone are not read.
    while common.tag in ("table", "tbody", "thead", "tfoot", "tr") and common is not body:
        parent = common.getparent()
        if parent is None:
            break
        common = parent
    return common


def why_no_document(root: etree._Element) -> Message | None:
    """Why the page is not a document; None when it is one."""
    if next(root.iter("img", "table", "embed", "object", "iframe"), None) is None:
        shown = _shown_text(root, SHORT)
        if len(shown) < BLANK:
            return _why_blank(root, shown)
    else:
        shown = _shown_text(root, SHORT)
    if len(shown) >= SHORT:
        return None
    title = " ".join(str(part) for element in root.iter("title") for part in element.itertext()).strip()
    if _ERROR_TITLE.match(title):
        return message("error_page", text=title[:100])
    match = _ERROR_TEXT.search(shown)
    return message("error_page", text=shown[:100]) if match else None


def _why_blank(root: etree._Element, shown: str) -> Message:
    if any((meta.get("http-equiv") or "").lower() == "refresh" for meta in root.iter("meta")):
        return message("forwarding_page")
    if next(root.iter("script"), None) is not None:
        return message("script_shell")
    return message("blank_page_with_words", text=shown) if shown else message("blank_page")


def _shown_text(root: etree._Element, at_most: int) -> str:
    """The shown text of the page, cut once it is longer than `at_most`."""
    parts: list[str] = []
    length = 0
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        skipped = element.tag in SILENT_TAGS or is_hidden(element)
        if event == "start" and skipped:
            walker.skip_subtree()
            continue
        text = " ".join(((element.text if event == "start" else element.tail) or "").split())
        if text:
            parts.append(text)
            length += len(text)
            if length > at_most:
                break
    return " ".join(parts)
