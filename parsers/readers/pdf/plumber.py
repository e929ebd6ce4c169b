"""The second opinion on a page: its characters as pdfminer and pdfplumber place them.

Invariant: asked only where PDFium's page is doubtful. What PDFium knows to be hidden or a watermark is left
out here too: two characters are one only where both start their base line from the same point, and each is
matched once, so that of two equal ones printed on one another one stays.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pdfplumber
from pdfminer.pdftypes import PDFStream, resolve1

from parsers.readers.page.lines.geometry import Direction, Glyph
from parsers.readers.pdf.repair import bound_streams
from parsers.values.text import fold

bound_streams()
NEAR = 0.6  # points between the two starts of one character
LEAST_PACKED = 64  # bytes: what is packed into more is not empty
Placed = tuple[str, float, float]  # a character and its start, in points from the page's bottom left corner


class Plumber:
    """A file as pdfplumber opens it: not before its first page is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pdf: Any = None

    def characters(self, number: int, data: bytes | None = None) -> list[dict[str, Any]]:
        """Characters inside the crop box of a page, from `data` instead of the file where given.

        Raises what pdfminer raises.
        """
        if data is not None:
            with pdfplumber.open(io.BytesIO(data)) as pdf:
                return _inside(pdf.pages[number - 1])
        if self._pdf is None:
            self._pdf = pdfplumber.open(io.BytesIO(self._data))
        page = self._pdf.pages[number - 1]
        try:
            return _inside(page)
        finally:
            page.close()

    def close(self) -> None:
        """Let go of the file. Each page was closed behind its characters; pdfplumber would list them all."""
        self._pdf = None


class Unpackable(ValueError):
    """What is printed on a page cannot be unpacked."""


def _unpack(page: Any) -> None:
    """Raises Unpackable where a page states content of which nothing can be unpacked."""
    for content in page.page_obj.contents:
        stream = resolve1(content)
        if not isinstance(stream, PDFStream):
            continue
        packed = len(stream.get_rawdata() or b"")
        if packed > LEAST_PACKED and not stream.get_data():
            raise Unpackable(f"nothing of {packed} bytes of content can be unpacked")


def _inside(page: Any) -> list[dict[str, Any]]:
    """Characters whose middle is inside the crop box, moved so that its corner is the origin."""
    _unpack(page)
    left, top, right, bottom = page.cropbox or page.bbox
    found = []
    for char in page.chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        if left <= x <= right and top <= y <= bottom:
            # The start counts from the bottom of the media box, as a viewer shows it.
            start = (char["matrix"][4] - left, char["matrix"][5] - (page.height - bottom))
            found.append(char | {"left": left, "above": top, "start": start})
    return found


def matching(chars: Sequence[dict[str, Any]], wanted: Iterable[Placed]) -> set[int]:
    """`id` of those `chars` that are among the `wanted` ones."""
    places: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for char in chars:
        places[_place(*char["start"])].append(char)
    found: set[int] = set()
    for text, x, y in wanted:
        across, up = _place(x, y)
        near = [
            char
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for char in places.get((across + i, up + j), ())
            if id(char) not in found and abs(char["start"][0] - x) < NEAR and abs(char["start"][1] - y) < NEAR
        ]
        same = [char for char in near if fold(char["text"]) == fold(text)] or near[:1] * (len(near) == 1)
        if same:
            found.add(id(same[0]))
    return found


def _place(x: float, y: float) -> tuple[int, int]:
    return int(x // 1), int(y // 1)


def glyph_of(char: dict[str, Any], text: str, down: float) -> Glyph:
    """The glyph of a character whose box lies `down` points too low. What pdfplumber gives as the size of a
    turned one is its advance."""
    return Glyph(
        text=text,
        x0=char["x0"] - char["left"],
        y0=char["top"] - char["above"] - down,
        x1=char["x1"] - char["left"],
        y1=char["bottom"] - char["above"] - down,
        size=char["size"] if char["upright"] else char["x1"] - char["x0"],
        direction=_direction(char),
    )


def descent_of(char: dict[str, Any]) -> float | None:
    """How far below the base line its box begins, of the type size; None for turned characters."""
    if not char["upright"] or char["size"] <= 0:
        return None
    return float((char["y0"] - char["matrix"][5]) / char["size"])


def _direction(char: dict[str, Any]) -> Direction:
    if char["upright"]:
        return "right"
    return "up" if char["matrix"][1] > 0 else "down"
