"""The same character as pdfplumber and as PDFium see it.

Invariant: two characters are one only where both start their base line from the same point; each is matched
once, so that of two equal ones printed on one another one stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from parsers.readers.pdf_visibility import Character
from parsers.text import fold

NEAR = 0.6  # points between the two starts of one character


def matching(chars: Sequence[dict[str, Any]], characters: Iterable[Character], page: Any) -> set[int]:
    """`id` of those `chars` of a pdfplumber page that are `characters` of PDFium's page."""
    wanted = list(characters)
    if not wanted:
        return set()
    places: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for char in chars:
        places[_place(char["matrix"][4], char["matrix"][5])].append(char)
    found: set[int] = set()
    for character in wanted:
        x, y = _turned(character, page)
        across, down = _place(x, y)
        near = [
            char
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for char in places.get((across + i, down + j), ())
            if id(char) not in found
            and abs(char["matrix"][4] - x) < NEAR
            and abs(char["matrix"][5] - y) < NEAR
        ]
        same = [char for char in near if fold(char["text"]) == fold(character.text)] or near[:1] * (
            len(near) == 1
        )
        if same:
            found.add(id(same[0]))
    return found


def _place(x: float, y: float) -> tuple[int, int]:
    return int(x // 1), int(y // 1)


def _turned(character: Character, page: Any) -> tuple[float, float]:
    """The character's start in pdfminer's space: after /Rotate, origin at the corner of the media box."""
    x0, y0, x1, y1 = page.page_obj.mediabox
    x, y = character.x, character.y
    turn = page.page_obj.rotate % 360
    if turn == 90:
        return y - y0, x1 - x
    if turn == 180:
        return x1 - x, y1 - y
    if turn == 270:
        return y1 - y, x - x0
    return x - x0, y - y0
