"""What the style sheets of a page say of text inside its tables: that it is hidden, or struck out.

Invariant: only cells and what stands in them are styled here. A whole block that a style sheet hides may be
the closed half of a page with tabs, which a reader opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cssselect import SelectorError
from lxml import etree

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.S)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]|\{[^{}]*\})*\})")
_RULE = re.compile(r"(?<![^{}])([^{}]+)\{([^{}]*)\}")  # a selector begins where a rule ended
_MATTERS = re.compile(
    r"(?<![\w-])(display|visibility|opacity|font-size|position|left|top|text-indent|text-decoration(?:-line)?"
    r"|mso-hide|vertical-align)\s*:\s*([^;]+)",
    re.I,
)
_HIDES = re.compile(r"none|hidden|collapse|^0|^-\d|line-through|absolute|fixed|all|super|sub", re.I)
_IN_CELL = ("tr", "td", "th")
_MOST_RULES = 5000
_LONGEST = 200  # characters of one selector


def apply_style_sheets(root: etree._Element) -> None:
    """Write into the `style` of the elements of tables what the page's own style sheets say of them, where it
    hides, strikes out or raises their text; what an element says itself stands behind it and wins."""
    inside = {element for tag in _IN_CELL for cell in root.iter(tag) for element in cell.iter()}
    if not inside:
        return
    said: dict[etree._Element, dict[str, str]] = {}
    for selector, declarations in _rules(root):
        for element in _selected(root, selector):
            if element in inside and next(element.iter("table"), None) is None:
                said.setdefault(element, {}).update(declarations)
    for element, declarations in said.items():
        own = element.get("style") or ""
        known = {name.lower() for name, _ in _MATTERS.findall(own)}
        counted = [f"{n}:{v}" for n, v in declarations.items() if n not in known and _HIDES.search(v)]
        if counted:
            element.set("style", ";".join([*counted, own]))


def _rules(root: etree._Element) -> Iterator[tuple[str, dict[str, str]]]:
    """Each selector with the declarations that matter here, in the order of the sheets; none of print, or of
    screens of one size. What shows text again stands there too: it takes an earlier one back."""
    sheets = ("".join(map(str, style.itertext())) for style in root.iter("style"))
    text = _AT_RULE.sub("", _COMMENT.sub("", "\n".join(sheets)))
    for number, (selectors, block) in enumerate(_RULE.findall(text)):
        if number > _MOST_RULES:
            return
        declarations = {name.lower(): value.strip() for name, value in _MATTERS.findall(block)}
        if declarations:
            yield from ((selector.strip(), declarations) for selector in selectors.split(","))


def _selected(root: etree._Element, selector: str) -> list[etree._Element]:
    """The elements of a selector; none of what depends on a reader's deeds (:hover), or cannot be read."""
    if not selector or len(selector) > _LONGEST or ":" in selector:
        return []
    try:
        return root.cssselect(selector)
    except (SelectorError, etree.XPathError):
        return []
