"""One PDF page to marks: characters, drawn rules and how much of it is picture.

Invariant: a page is read from what is drawn on it - characters with positions, lines, thin rectangles -
never from the order or the structure tags of the file. The crop box is the page; white marks are erasures.
Invisible text and watermarks are not marks, except where the visible page is a picture of that very text.
Where what PDFium reports of the characters is doubtful, pdfplumber places them. A line that ends where its
characters end and touches no other rule is drawn through text or under it, and no rule of a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from parsers.readers.page.lines.geometry import Glyph, PageMarks, Ruling, distinct_glyphs
from parsers.readers.pdf.concealed import suspects, watermark_texts
from parsers.readers.pdf.page import OpenPage
from parsers.readers.pdf.pdfium.calls import Floats
from parsers.readers.pdf.pdfium.characters import Characters, Fonts, page_characters
from parsers.readers.pdf.pdfium.glyphs import DESCENT, DESCENTS, doubt_of, placed_glyphs
from parsers.readers.pdf.pdfium.objects import PageObjects
from parsers.readers.pdf.pdfium.ruled_lines import drawing_of
from parsers.readers.pdf.plumber import descent_of, glyph_of, matching
from parsers.readers.pdf.visibility import hidden_characters, moved_away

UNREADABLE = 0.3  # share of characters without Unicode from which a text layer is worthless
SPARSE = 8  # characters: a picture page may still carry a page number or a stamp's words
PICTURE = 0.4  # share of the page an image must fill to be the page
OUTLINES = 300  # curves on a page without characters: text set as drawings
LEAST_TYPE = 2.0  # points: smaller type is a speck, beside type SPECK times as large
SPECK = 0.3
UNDERLAID = 0.5  # share of hidden characters from which they are the text layer of a picture

Second = Callable[[], Sequence[dict[str, Any]]]
"""pdfplumber's characters of the page."""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """Marks of a page and what its text layer is worth."""

    marks: PageMarks
    picture: float  # share of the page the largest image covers
    outlines: int  # drawn curves
    unreadable: float  # share of characters without a Unicode value
    turned: int = 0  # quarter turns clockwise that set its lines upright
    recognised: bool = False  # its text is a hidden layer that somebody's OCR laid over a picture
    struck: str = ""  # text left out because a line is drawn through it
    hidden: str = ""  # text left out because it is invisible
    watermark: str = ""  # text left out because it is one
    title: str = ""  # text read from pictures above the others (`pictured_title`)

    @property
    def is_picture(self) -> bool:
        """Whether the page holds content that only recognition can read."""
        if self.picture < PICTURE and self.outlines < OUTLINES:
            return False
        return sum(not g.text.isspace() for g in self.marks.glyphs) <= SPARSE

    @property
    def has_bad_text(self) -> bool:
        """Whether most of the text layer cannot be read although the page can."""
        return self.unreadable > UNREADABLE


def drawn_page(page: OpenPage, number: int, layered: bool, refused: bool, second: Second) -> DrawnPage:
    """What is drawn on a page, without what is invisible. `layered`: the file has optional content (图层);
    `refused`: it has streams that are not unpacked. Raises what pdfminer raises, where it is asked.
    """
    left, bottom, right, top = page.box
    objects = page.objects
    marks = watermark_texts(objects)
    doubtful = suspects(objects, layered) & ~marks
    text = page.raw.get_textpage()
    try:
        characters = page_characters(text, objects, doubtful)
        unseen = np.zeros(len(characters), np.bool_)
        unseen[hidden_characters(page.raw, objects, doubtful, characters)] = True
    finally:
        text.close()
    if len(gone := _wholly(unseen | marks[characters.owners], characters.owners, len(objects))):
        characters = _with_second_prints(page, objects, characters, gone)
        unseen = np.append(unseen, np.zeros(len(characters) - len(unseen), np.bool_))
    watermark = marks[characters.owners]
    fonts = Fonts.of(objects)
    placed = placed_glyphs(characters, objects, fonts, page.box)
    unseen |= placed.upright & _specks(placed.sizes)
    drawing = drawing_of(objects, left, top)
    pictures = _picture_shares(page)
    pictured = sum(pictures) >= PICTURE or drawing.outlines >= OUTLINES
    inside = placed.inside(right - left, top - bottom)
    hidden = unseen & inside & ~watermark
    recognised = pictured and hidden.sum() >= UNDERLAID * max(int(inside.sum()), 1)
    kept = inside & ~watermark & (recognised | ~unseen)
    distinct = False
    if refused or doubt_of(characters, objects, fonts, placed, kept):
        glyphs = _second_opinion(
            second(), characters, page, (unseen & ~watermark & ~np.bool_(recognised)) | watermark
        )
    else:
        glyphs, distinct = placed.glyphs(kept), placed.are_distinct(kept)
    glyphs, rules, struck = without_struck(glyphs, drawing.rules)
    withdrawn = struck if recognised else [*struck, *placed.glyphs(hidden)]
    return DrawnPage(
        marks=PageMarks(
            number=number,
            width=round(right - left, 2),
            height=round(top - bottom, 2),
            glyphs=tuple(glyphs if distinct else distinct_glyphs(glyphs)),
            rules=rules,
            withdrawn=tuple(withdrawn),
        ),
        picture=max(pictures, default=0.0),
        outlines=drawing.outlines,
        unreadable=_unreadable_share(glyphs),
        turned=page.turned,
        recognised=bool(recognised and hidden.any()),
        struck="".join(glyph.text for glyph in struck),
        hidden="" if recognised else _text_of(characters, hidden),
        watermark=_text_of(characters, watermark & inside),
    )


def _specks(sizes: Floats) -> NDArray[np.bool_]:
    """Characters too small for a reader beside the others of their page."""
    small = sizes < LEAST_TYPE
    return small & (sizes < SPECK * np.median(sizes)) if small.any() else small


def _wholly(rows: NDArray[np.bool_], owners: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The objects all of whose characters are among the rows."""
    marked = np.bincount(owners[rows], minlength=count)
    return np.flatnonzero((marked > 0) & (marked == np.bincount(owners, minlength=count)))


def _with_second_prints(
    page: OpenPage, objects: PageObjects, characters: Characters, gone: NDArray[np.int64]
) -> Characters:
    """The characters and those that PDFium leaves out because they are printed over others, where these
    others are not seen."""
    with moved_away(objects, gone.tolist()):
        text = page.raw.get_textpage()
        try:
            again = page_characters(text, objects, np.zeros(len(objects), np.bool_))
        finally:
            text.close()
    return characters.beside(again, ~np.isin(again.owners, gone))


def _text_of(characters: Characters, rows: NDArray[np.bool_]) -> str:
    return "".join(chr(code) for code in characters.codes[rows].tolist())


def _picture_shares(page: OpenPage) -> list[float]:
    """The share of the page that each image covers."""
    left, bottom, right, top = page.box
    boxes = page.objects.bounds[page.objects.kinds == pdfium.FPDF_PAGEOBJ_IMAGE]
    wide = np.minimum(boxes[:, 2], right) - np.maximum(boxes[:, 0], left)
    high = np.minimum(boxes[:, 3], top) - np.maximum(boxes[:, 1], bottom)
    area = max((right - left) * (top - bottom), 1.0)
    return [float(share) for share in np.maximum(wide, 0.0) * np.maximum(high, 0.0) / area]


_UNREADABLE = re.compile(r"^\(cid:|[\ufffd\ue000-\uf8ff]")
"""`(cid:12)` (no ToUnicode), the replacement character, and private use characters."""
_DINGBATS = re.compile(r"dingbat|wingding|webding", re.IGNORECASE)


def _second_opinion(
    chars: Sequence[dict[str, Any]], characters: Characters, page: OpenPage, unprinted: NDArray[np.bool_]
) -> list[Glyph]:
    """The glyphs of the page as pdfplumber has them, without those that PDFium knows to be unprinted."""
    texts = characters.texts()
    starts = page.as_stated(characters.origins).tolist()
    drop = matching(chars, [(texts[row], *starts[row]) for row in np.flatnonzero(unprinted).tolist()])
    glyphs = []
    for char in chars:
        if id(char) not in drop:
            descent = descent_of(char)
            fits = descent is None or DESCENTS[0] <= descent <= DESCENTS[1]
            down = 0.0 if descent is None or fits else float((DESCENT - descent) * char["size"])
            text = str(char["text"])
            sign = text.isdigit() and _DINGBATS.search(char["fontname"] or "")
            glyphs.append(page.as_turned(glyph_of(char, "✔" if sign else text, down)))
    return glyphs


def _unreadable_share(glyphs: Sequence[Glyph]) -> float:
    if not _UNREADABLE.search("".join([g.text for g in glyphs])):
        return 0.0
    printed = [g.text for g in glyphs if not g.text.isspace()]
    return sum(map(_is_unreadable, printed)) / len(printed) if printed else 0.0


def _is_unreadable(text: str) -> bool:
    return bool(_UNREADABLE.search(text))


MIDDLE = (0.35, 0.6)  # of a character's height, from its top: a line there strikes it out; converters set
# lines that underline up to 0.7
UNDER = 1.25  # of the same height: as low as a line lies that underlines it
ENDS = (1.0, 0.2)  # of the type size: how far a line through text, or under it, may end from the text
COVERED = 0.6  # of the line that must have characters at it
LONGEST = 400.0  # points
TOUCH = 1.5  # points


def without_struck(
    glyphs: Sequence[Glyph], rules: Sequence[Ruling]
) -> tuple[list[Glyph], tuple[Ruling, ...], list[Glyph]]:
    """The glyphs that count, the rules without lines of text, and the glyphs that are struck out."""
    short = _short(rules)
    if not glyphs or not short:
        return list(glyphs), tuple(rules), []
    x0, y0, x1, y1 = (np.array(side) for side in list(zip(*glyphs, strict=True))[1:5])
    printed = np.array([not glyph.text.isspace() for glyph in glyphs])
    struck, lines = np.zeros(len(glyphs), np.bool_), set()
    for index in short:
        rule = rules[index]
        met = printed & (x1 > rule.lo) & (x0 < rule.hi)
        depth = (rule.at - y0) / (y1 - y0)
        for band, reach in zip((MIDDLE, (MIDDLE[1], UNDER)), ENDS, strict=True):
            at = met & (depth > band[0]) & (depth <= band[1])
            if at.any() and _ends_with(rule, x0[at], x1[at], reach * float((y1 - y0)[at].max())):
                if any(_touch(rule, other) for other in rules if other is not rule):
                    break
                lines.add(index)
                if band is MIDDLE:
                    struck |= at
    kept = [glyph for glyph, gone in zip(glyphs, struck.tolist(), strict=True) if not gone]
    rest = tuple(rule for index, rule in enumerate(rules) if index not in lines)
    return kept, rest, [glyph for glyph, gone in zip(glyphs, struck.tolist(), strict=True) if gone]


def _short(rules: Sequence[Ruling]) -> list[int]:
    """The rules across, by index, that may be lines of text: most meet a rule down the page."""
    uprights = np.sort([rule.at for rule in rules if rule.axis == "v"])
    short = [index for index, rule in enumerate(rules) if rule.axis == "h" and rule.length <= LONGEST]
    ends = np.array([(rules[index].lo, rules[index].hi) for index in short]).reshape(-1, 2)
    first, last = np.searchsorted(uprights, ends - TOUCH), np.searchsorted(uprights, ends + TOUCH)
    free = np.flatnonzero((first == last).all(axis=1))
    return [short[index] for index in free.tolist()]


def _touch(rule: Ruling, other: Ruling) -> bool:
    if other.axis == "v":
        at_end = min(abs(other.at - rule.lo), abs(other.at - rule.hi)) <= TOUCH
        return at_end and other.lo - TOUCH <= rule.at <= other.hi + TOUCH
    return abs(other.at - rule.at) <= TOUCH and other.lo - TOUCH <= rule.hi and rule.lo - TOUCH <= other.hi


def _ends_with(rule: Ruling, lefts: NDArray[np.float64], rights: NDArray[np.float64], reach: float) -> bool:
    """Whether the rule begins and ends with the characters, and they fill it."""
    left, right = float(np.min(lefts)), float(np.max(rights))
    near = abs(rule.lo - left) <= reach and abs(rule.hi - right) <= reach
    return near and float((rights - lefts).sum()) >= COVERED * rule.length
