"""Pages that are not documents at all: error pages, challenges, script shells.

Invariant: a page is refused only when it clearly is not a document: it shows next to nothing, or it is short
and says so itself. A short article is a document.
"""

from __future__ import annotations

import re

from lxml import etree

from parsers.readers.html.text import SILENT_TAGS, is_hidden
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message

BLANK = 10  # characters; a page that shows fewer shows nothing
_L = lexicon_of(__name__)

SHORT = 300
"""Characters of shown text; an error page of a government site has fewer."""
_ERROR_TITLE = _L.pattern("error_title", re.I)
_ERROR_TEXT = _L.pattern("error_text", re.I)


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
