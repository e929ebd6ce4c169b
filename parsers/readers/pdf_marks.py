"""One PDF page to marks: characters, drawn rules and how much of it is picture.

Invariant: a page is read from what is drawn on it - characters with positions, lines, thin rectangles -
never from the order or the structure tags of the file. The crop box is the page; white marks are erasures.
Text that nobody sees and watermarks are no marks, save where the seen page is a picture of that very text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from parsers.readers.geometry import (
    Direction,
    Glyph,
    PageMarks,
    Rule,
    distinct_glyphs,
    rule_from_box,
    rules_of_rectangle,
)
from parsers.readers.page_text import upright
from parsers.readers.pdf_matching import matching
from parsers.readers.pdf_visibility import Unprinted

THIN = 3.0  # points: a filled shape no thicker than this is a rule
UNREADABLE = 0.3  # share of characters without Unicode from which a text layer is worthless
SPARSE = 8  # characters: a picture page may still carry a page number or a stamp's words
PICTURE = 0.4  # share of the page an image must fill to be the page
OUTLINES = 300  # curves on a page without characters: text set as drawings
DESCENTS = (-0.6, 0.1)  # of the type size: how far below the baseline (minus) the boxes of real fonts begin
DESCENT = -0.2  # what is supposed of a font that states anything else
UNDERLAID = 0.5  # share of hidden characters from which they are the text layer of a picture
_DINGBATS = re.compile(r"dingbat|wingding|webding", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """Marks of a page and what its text layer is worth."""

    marks: PageMarks
    picture: float  # share of the page the largest image covers
    outlines: int  # drawn curves
    unreadable: float  # share of characters without a Unicode value
    turned: int = 0  # quarter turns clockwise that set its lines upright
    recognised: bool = False  # its text is a hidden layer that somebody's OCR laid over a picture
    hidden: str = ""  # text left out because nobody sees it
    watermark: str = ""  # text left out because it is one

    @property
    def is_picture(self) -> bool:
        """Whether the page holds content that only recognition can read."""
        few = sum(not g.text.isspace() for g in self.marks.glyphs) <= SPARSE
        return few and (self.picture >= PICTURE or self.outlines >= OUTLINES)

    @property
    def has_bad_text(self) -> bool:
        """Whether most of the text layer cannot be read although the page can."""
        return self.unreadable > UNREADABLE


def drawn_page(page: Any, unprinted: Unprinted | None = None) -> DrawnPage:
    """What is drawn on a pdfplumber page, without what is `unprinted`."""
    left, top, right, bottom = page.cropbox or page.bbox
    inside = [char for char in page.chars if _within(char, left, top, right, bottom)]
    area = max(float((right - left) * (bottom - top)), 1.0)
    pictures = [_visible_area(image, left, top, right, bottom) / area for image in page.images]
    outlines = len(page.objects.get("curve", ()))
    watermark = matching(inside, unprinted.watermark if unprinted else (), page)
    hidden = matching(inside, unprinted.hidden if unprinted else (), page)
    pictured = sum(pictures) >= PICTURE or outlines >= OUTLINES
    recognised = pictured and len(hidden) >= UNDERLAID * max(len(inside), 1)
    chars = [c for c in inside if id(c) not in watermark and (recognised or id(c) not in hidden)]
    glyphs = [_glyph(char, left, top) for char in chars]
    rules = [rule for shape in _shapes(page) for rule in _shape_rules(shape, left, top)]
    marks = PageMarks(
        number=page.page_number,
        width=round(float(right - left), 2),
        height=round(float(bottom - top), 2),
        glyphs=tuple(distinct_glyphs(glyphs)),
        rules=tuple(rules),
    )
    marks, turned = upright_marks(marks)
    return DrawnPage(
        marks=marks,
        picture=max(pictures, default=0.0),
        outlines=outlines,
        unreadable=_unreadable_share(glyphs),
        turned=turned,
        recognised=recognised and bool(hidden),
        hidden="" if recognised else "".join(c["text"] for c in inside if id(c) in hidden),
        watermark="".join(c["text"] for c in inside if id(c) in watermark),
    )


def upright_marks(marks: PageMarks) -> tuple[PageMarks, int]:
    """Marks of a page whose lines run up or down, turned so that they run to the right."""
    for direction, turns in (("up", 1), ("down", 3)):
        sideways = sum(g.direction == direction for g in marks.glyphs)
        if sideways > 0.6 * len(marks.glyphs):
            return _turned(marks, turns), turns
    return marks, 0


def _turned(marks: PageMarks, turns: int) -> PageMarks:
    dx, dy = (marks.height, 0.0) if turns == 1 else (0.0, marks.width)
    glyphs = [
        Glyph(g.text, g.x0 + dx, g.y0 + dy, g.x1 + dx, g.y1 + dy, g.size) for g in upright(marks.glyphs)
    ]
    return PageMarks(
        number=marks.number,
        width=marks.height,
        height=marks.width,
        glyphs=tuple(glyphs),
        rules=tuple(_turned_rule(rule, marks, turns) for rule in marks.rules),
    )


def _turned_rule(rule: Rule, marks: PageMarks, turns: int) -> Rule:
    clockwise = turns == 1
    if rule.axis == "h":
        at = marks.height - rule.at if clockwise else rule.at
        lo, hi = (rule.lo, rule.hi) if clockwise else (marks.width - rule.hi, marks.width - rule.lo)
        return Rule("v", at, lo, hi, rule.width)
    at = rule.at if clockwise else marks.width - rule.at
    lo, hi = (marks.height - rule.hi, marks.height - rule.lo) if clockwise else (rule.lo, rule.hi)
    return Rule("h", at, lo, hi, rule.width)


def _within(item: dict[str, Any], left: float, top: float, right: float, bottom: float) -> bool:
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return bool(left <= x <= right and top <= y <= bottom)


def _visible_area(image: dict[str, Any], left: float, top: float, right: float, bottom: float) -> float:
    width = min(image["x1"], right) - max(image["x0"], left)
    height = min(image["bottom"], bottom) - max(image["top"], top)
    return max(float(width), 0.0) * max(float(height), 0.0)


def _unreadable_share(glyphs: list[Glyph]) -> float:
    printed = [g.text for g in glyphs if not g.text.isspace()]
    return sum(_is_unreadable(text) for text in printed) / len(printed) if printed else 0.0


def _is_unreadable(text: str) -> bool:
    """`(cid:12)` (no ToUnicode), the replacement character, and private use characters."""
    return text.startswith("(cid:") or any(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" for c in text)


def _shapes(page: Any) -> Iterator[dict[str, Any]]:
    for kind in ("line", "rect", "curve"):
        yield from page.objects.get(kind, ())


def _glyph(char: dict[str, Any], left: float, top: float) -> Glyph:
    down = _misplaced(char)
    return Glyph(
        text=_text(char),
        x0=char["x0"] - left,
        y0=char["top"] - top - down,
        x1=char["x1"] - left,
        y1=char["bottom"] - top - down,
        size=char["size"],
        direction=_direction(char),
    )


def _text(char: dict[str, Any]) -> str:
    """The character; a digit of a font of signs is a tick or a cross, no number."""
    text = str(char["text"])
    return "✔" if text.isdigit() and _DINGBATS.search(char["fontname"] or "") else text


def _misplaced(char: dict[str, Any]) -> float:
    """How far below its place the box of a character lies whose font states a descent no type has: its
    amounts would stand a row below their labels."""
    if not char["upright"] or char["size"] <= 0:
        return 0.0
    descent = (char["y0"] - char["matrix"][5]) / char["size"]
    return 0.0 if DESCENTS[0] <= descent <= DESCENTS[1] else float((DESCENT - descent) * char["size"])


def _direction(char: dict[str, Any]) -> Direction:
    if char["upright"]:
        return "right"
    return "up" if char["matrix"][1] > 0 else "down"


def _shape_rules(shape: dict[str, Any], left: float, top: float) -> tuple[Rule, ...]:
    x0, x1 = shape["x0"] - left, shape["x1"] - left
    y0, y1 = shape["top"] - top, shape["bottom"] - top
    stroked = shape["stroke"] and not _is_white(shape["stroking_color"])
    filled = shape["fill"] and not _is_white(shape["non_stroking_color"])
    if not (stroked or filled):
        return ()
    rule = rule_from_box(x0, y0, x1, y1, THIN)
    if rule is not None:
        return (rule if filled else _with_width(rule, float(shape["linewidth"] or 0.5)),)
    if stroked and shape["object_type"] == "rect":
        return rules_of_rectangle(x0, y0, x1, y1)
    if stroked and shape["object_type"] == "curve":
        return _polyline_rules(shape["pts"], left, top)
    return ()


def _with_width(rule: Rule, width: float) -> Rule:
    return Rule(rule.axis, rule.at, rule.lo, rule.hi, width)


def _polyline_rules(points: list[tuple[float, float]], left: float, top: float) -> tuple[Rule, ...]:
    sides = (
        rule_from_box(a[0] - left, a[1] - top, b[0] - left, b[1] - top, 0.5) for a, b in pairwise(points)
    )
    return tuple(side for side in sides if side is not None)


def _is_white(color: Any) -> bool:
    """White in grey (1), RGB (1, 1, 1) or CMYK (0, 0, 0, 0)."""
    if color is None:
        return False
    parts = [color] if isinstance(color, int | float) else list(color)
    if not parts or not all(isinstance(part, int | float) for part in parts):
        return False
    return all(p == 0 for p in parts) if len(parts) == 4 else all(p > 0.98 for p in parts)
