"""A page of glyphs and rules as SVG: what an OFD prints, without a viewer for OFD.

Invariant: every character stands in the box that the reader read it from, so that what is seen is what was
read; the picture has no script, no link, and no style of its own.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from parsers.readers.page.lines.geometry import Glyph, PageMarks, Ruling

DESCENT = 0.14
"""Of the type size below the base line."""
FONTS = "SimSun, Songti SC, Noto Serif CJK SC, serif"
TURNS = {"right": 0, "down": 90, "up": -90}


def drawn(page: PageMarks) -> bytes:
    """The page as an SVG file, a point of the page for each unit."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {page.width:g} {page.height:g}" '
        f'width="{page.width:g}" height="{page.height:g}" font-family={quoteattr(FONTS)}>',
        f'<rect width="{page.width:g}" height="{page.height:g}" fill="#fff"/>',
        *map(_line, page.rules),
        *(_character(glyph) for glyph in page.glyphs if glyph.text.strip()),
        "</svg>",
    ]
    return "".join(parts).encode()


def _line(rule: Ruling) -> str:
    ends = (rule.lo, rule.at, rule.hi, rule.at) if rule.axis == "h" else (rule.at, rule.lo, rule.at, rule.hi)
    x1, y1, x2, y2 = (f"{end:.2f}" for end in ends)
    width = max(rule.width, 0.3)
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#000" stroke-width="{width:.2f}"/>'


def _character(glyph: Glyph) -> str:
    turn = TURNS[glyph.direction]
    if not turn:
        x, y, long = glyph.x0, glyph.y1 - DESCENT * glyph.size, glyph.x1 - glyph.x0
        place = f'x="{x:.2f}" y="{y:.2f}"'
    else:
        inset = DESCENT * glyph.size
        x, y = (glyph.x0 + inset, glyph.y0) if turn > 0 else (glyph.x1 - inset, glyph.y1)
        long = glyph.y1 - glyph.y0
        place = f'transform="translate({x:.2f} {y:.2f}) rotate({turn})"'
    fit = f'textLength="{long:.2f}" lengthAdjust="spacingAndGlyphs"' if long > 0 else ""
    return f'<text {place} font-size="{glyph.size:.2f}" {fit}>{escape(glyph.text)}</text>'
