"""Text of web pages: what a browser would show of an element, as lines.

Invariant: white space is collapsed as a browser collapses it, except that a line break of the source
between two Chinese characters is not a space; hidden elements give nothing.
"""

from __future__ import annotations

import re

from lxml import etree

from parsers.values.text import superscript

BLOCK_TAGS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
        "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
SILENT_TAGS = frozenset(
    (
        "script", "style", "head", "title", "noscript", "template", "select", "datalist", "textarea",
        "button", "input", "iframe", "object", "embed", "applet", "svg", "math", "audio", "video",
        "canvas", "map", "xml", "noframes",
    )
)  # fmt: skip
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?<![-\w])(?:left|top|text-indent)\s*:\s*-\d{3,}(?:\.\d+)?\s*(?:px|pt|em|rem)"
    r"|(?<![-\w])opacity\s*:\s*0(?:\.0*)?\s*(?:;|$)",
    re.I,
)
_NO_SIZE = re.compile(r"font-size\s*:\s*0(?:\.0*)?\s*(?:[a-z]+\s*)?(?:;|$)", re.I)
_WHITE = re.compile(r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255)", re.I)
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.I)
_STRUCK_TAGS = frozenset(("del", "s", "strike"))
_FIELDS = frozenset(("text", "number", "tel", ""))  # types of `input` that show their value
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*(?:super|sub)\b", re.I)
_RAISED_TAGS = frozenset(("sup", "sub"))
_BLANKS = re.compile(r"[ \t\r\n\f\xa0\u200b\ufeff]+")
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")


def is_hidden(element: etree._Element) -> bool:
    """Whether the element's own markup hides it."""
    style = element.get("style") or ""
    if style and (_HIDDEN_STYLE.search(style) or (_NO_SIZE.search(style) and not len(element))):
        return True
    return element.get("hidden") is not None or _is_white_within(element, style)


def _is_white_within(element: etree._Element, style: str) -> bool:
    """White text without a ground of its own, in a line of text of another colour: all of a line may be white
    on a ground that the style sheet draws."""
    named = (element.get("color") or "").lower() in ("#ffffff", "#fff", "white")
    if not (named or _WHITE.search(style)) or "background" in style.lower():
        return False
    line = element.getparent()
    if line is None or "background" in (line.get("style") or "").lower():
        return False
    beside = (line.text, *(child.tail for child in line))
    return any(text and text.strip() for text in beside)


def control_text(element: etree._Element) -> str | None:
    """What a field of a form shows: its value, its text or the option that is chosen."""
    if is_hidden(element):
        return None
    if element.tag == "input":
        return element.get("value") if (element.get("type") or "text").lower() in _FIELDS else None
    if element.tag == "textarea":
        return element.text
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return "".join(option.text or "" for option in chosen)
    return None


def is_struck(element: etree._Element) -> bool:
    """Whether the text below the element is struck out."""
    return element.tag in _STRUCK_TAGS or bool(_STRUCK_STYLE.search(element.get("style") or ""))


def is_raised(element: etree._Element) -> bool:
    """Whether the text below the element stands above or below the line: digits there mark a footnote."""
    return element.tag in _RAISED_TAGS or bool(_RAISED_STYLE.search(element.get("style") or ""))


def collapse(text: str) -> str:
    """`text` with every run of white space as one space, none at the ends and none between broken Han."""
    return _BLANKS.sub(_blank, text).strip()


def _blank(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    if (
        "\n" in match[0]
        and start
        and end < len(text)
        and _HAN.match(text[start - 1])
        and _HAN.match(text[end])
    ):
        return ""
    return " "


class LineBuffer:
    """Collects inline text of one line until a block boundary or a `<br>` ends it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.raised = 0  # elements that raise the text, open at this point

    def add(self, text: str | None) -> None:
        """Append source text of the current line."""
        if text:
            self._parts.append(superscript(text) if self.raised else text)

    def take(self) -> str:
        """The collapsed line, and start a new one."""
        line = collapse("".join(self._parts))
        self._parts.clear()
        return line
