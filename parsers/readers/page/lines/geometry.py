"""Marks on a page - glyphs and ruling lines - and the arithmetic all page readers share.

Invariant: every coordinate is in points on the page as a person sees it, origin top left; nothing here
knows whether the marks came from a PDF, an OFD file or an image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from parsers.values.document import Box

Axis = Literal["h", "v"]
Direction = Literal["right", "up", "down"]
MANY = 100  # glyphs that are sorted faster as an array
REACH = 0.18  # of the type size: how near the second print of a character is
ROUNDED = 0.01  # points: more than the places of a page's characters lose where they are put in one order
T = TypeVar("T")


class Glyph(NamedTuple):
    """A printed character (text layer) or a recognised word (scan) and the box it fills. A page has
    thousands: a tuple is made three times as fast as a frozen dataclass.

    `size` is the height of the type; `direction` is where the line runs: "up" and "down" are lines turned
    by 90 degrees.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    direction: Direction = "right"

    @property
    def cx(self) -> float:
        """The horizontal middle."""
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        """The vertical middle."""
        return (self.y0 + self.y1) / 2


class Ruling(NamedTuple):
    """A straight ruling line: at `at` across its axis, from `lo` to `hi` along it."""

    axis: Axis
    at: float
    lo: float
    hi: float
    width: float = 0.5

    @property
    def length(self) -> float:
        """From end to end, in the unit of the page."""
        return self.hi - self.lo


@dataclass(frozen=True, slots=True)
class PageMarks:
    """All that is drawn on one page: what every page reader hands to `grids.page_blocks`. `withdrawn` are
    characters in their places that are struck out, or that no reader sees; `fold` is where the second begins
    of two pages that stand side by side."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Ruling, ...]
    withdrawn: tuple[Glyph, ...] = ()
    fold: float | None = None


def rule_from_box(x0: float, y0: float, x1: float, y1: float, thin: float = 3.0) -> Ruling | None:
    """The rule that a line or a thin filled rectangle draws; None for anything thick or tiny."""
    width, height = abs(x1 - x0), abs(y1 - y0)
    if height <= thin and width > height:
        return Ruling("h", (y0 + y1) / 2, min(x0, x1), max(x0, x1), height)
    if width <= thin and height > width:
        return Ruling("v", (x0 + x1) / 2, min(y0, y1), max(y0, y1), width)
    return None


def rules_of_rectangle(x0: float, y0: float, x1: float, y1: float) -> tuple[Ruling, ...]:
    """The four sides of a stroked rectangle."""
    return (
        Ruling("h", y0, x0, x1),
        Ruling("h", y1, x0, x1),
        Ruling("v", x0, y0, y1),
        Ruling("v", x1, y0, y1),
    )


_SIZE = itemgetter(Glyph._fields.index("size"))


def bounds_and_size(glyphs: Iterable[Glyph]) -> tuple[Box, float]:
    """The smallest box around glyphs and the usual height of their type; ValueError when there are none."""
    _, lefts, tops, rights, bottoms, sizes, _ = zip(*glyphs, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms)), _middle(sizes)


def type_size(glyphs: Sequence[Glyph], default: float = 10.0) -> float:
    """The usual height of type among `glyphs`."""
    sizes = list(map(_SIZE, glyphs))
    if len(sizes) > MANY:  # a page: their many values differ in the last digits
        ordered = np.sort(np.array(sizes))
        return float(ordered[(len(sizes) - 1) // 2] + ordered[len(sizes) // 2]) / 2
    return _middle(sizes) if sizes else default


def _middle(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def cluster(items: Iterable[T], key: Callable[[T], float], tolerance: float) -> list[list[T]]:
    """Groups of items whose keys follow one another within `tolerance` and span at most twice that."""
    groups: list[list[T]] = []
    first = last = 0.0
    for item in sorted(items, key=key):
        value = key(item)
        if groups and value - last <= tolerance and value - first <= 2 * tolerance:
            groups[-1].append(item)
        else:
            groups.append([item])
            first = value
        last = value
    return groups


def join_collinear(rules: Iterable[Ruling], snap: float, gap: float) -> list[Ruling]:
    """Rules on the same line, at most `gap` apart (dashes, one stroke per cell), become one rule."""
    joined: list[Ruling] = []
    for axis in ("h", "v"):
        for level in cluster((r for r in rules if r.axis == axis), lambda r: r.at, snap):
            joined.extend(_join_level(sorted(level, key=lambda r: (r.lo, r.hi)), gap))
    return joined


def _join_level(level: list[Ruling], gap: float) -> list[Ruling]:
    chains: list[list[Ruling]] = []
    end = 0.0
    for rule in level:
        if chains and rule.lo <= end + gap:
            chains[-1].append(rule)
            end = max(end, rule.hi)
        else:
            chains.append([rule])
            end = rule.hi
    return [_chain_rule(chain) for chain in chains]


def _chain_rule(chain: list[Ruling]) -> Ruling:
    weight = sum([r.length for r in chain]) or 1.0
    at = sum([r.at * r.length for r in chain]) / weight
    first = chain[0]
    if len(chain) == 1:
        return Ruling(first.axis, at, first.lo, first.hi, first.width)
    return Ruling(first.axis, at, first.lo, max([r.hi for r in chain]), max([r.width for r in chain]))


def distinct_glyphs(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Drops characters printed again on the same spot (bold faked by printing twice)."""
    if not glyphs:
        return []
    printed, lefts, tops, _, _, sizes, _ = zip(*glyphs, strict=True)
    numbers: dict[str, int] = {}
    texts = np.fromiter(map(numbers.setdefault, printed, count()), np.float64, len(glyphs))
    crowded = have_neighbours(texts, np.array(lefts), np.array(tops), max(1.0, *sizes))
    if not crowded.any():
        return list(glyphs)
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    kept: list[Glyph] = []
    for glyph, near in zip(glyphs, crowded.tolist(), strict=True):
        if not near:
            kept.append(glyph)
            continue
        step = max(glyph.size, 1.0)
        if _is_printed_again(glyph, seen, step):
            continue
        seen.setdefault((glyph.text, int(glyph.x0 // step), int(glyph.y0 // step)), []).append(glyph)
        kept.append(glyph)
    return kept


def have_neighbours(
    texts: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64], size: float
) -> NDArray[np.bool_]:
    """Which glyphs may be within reach of another of their text (a number for each), given the largest size
    of their type. Two that are share a band of one of two sets of bands across the page, half a pitch apart,
    and with them those that stand between them there."""
    found = np.zeros(len(texts), np.bool_)
    if not len(texts):
        return found
    reach = REACH * size
    pitch = 2 * reach
    wide = np.ptp(x) + 2 * pitch
    for down in (0.0, 0.5):
        bands = np.floor(y / pitch + down)
        along = (texts * (np.ptp(bands) + 1) + bands - bands.min()) * wide + x  # each band behind the last
        order = np.argsort(along)
        near = np.flatnonzero(np.diff(along[order]) < reach + ROUNDED)
        found[order[near]] = found[order[near + 1]] = True
    return found


def _is_printed_again(
    glyph: Glyph, seen: Mapping[tuple[str, int, int], Sequence[Glyph]], step: float
) -> bool:
    """Whether one of the glyphs of the squares around has the same text and place."""
    reach, text, x0, y0 = REACH * step, glyph.text, glyph.x0, glyph.y0
    for column in _squares(x0, reach, step):
        for row in _squares(y0, reach, step):
            for other in seen.get((text, column, row), ()):
                if abs(other.x0 - x0) < reach and abs(other.y0 - y0) < reach:
                    return True
    return False


def _squares(at: float, reach: float, step: float) -> tuple[int, ...]:
    """The numbers of the squares, `step` wide, that lie within reach."""
    low, high = int((at - reach) // step), int((at + reach) // step)
    return (low,) if low == high else (low, high)
