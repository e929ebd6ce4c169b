"""How a page lies in its picture: level, aslant, seen from the side, or curved at a book's back.

Invariant: a page whose long rules are straight and level stays as it is, pixel for pixel; another is moved
by as much as makes its own rules straight, and nothing is invented beyond the reach of those rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.readers.scan.page_image import ink, weighted_median
from parsers.readers.scan.pixels import Image, Points
from parsers.readers.scan.ruling_lines import (
    LONG_RULE,
    SHORTEST_RULE_H,
    THICKEST_RULE,
    dotted_lines,
    line_mask,
    outlined,
)

BENT, MOST = 0.015, 75  # inches by which so many in a hundred of the long rules may leave the level
LARGEST_DRIFT = 0.06  # of a rule's length: more is not a rule but marks grown together
TRACE_STEP = 0.03  # inches between two points along a rule
FEW_ACROSS = 4.0  # times as long as the rules across, rules down are the only ones
FEWEST = 3  # rules that show how a page is bent
STEP = 16  # pixels between two points for which the way is worked out
ROUNDS = 4  # of finding the point that is moved to a given one
STIFF = 1e-4  # how much a bend costs that few points of rules ask for


@dataclass(frozen=True, slots=True)
class _Bend:
    """How far points lie off their rule, as a polynomial within the reach of the rules. `axis` 1: up or down,
    0: to the sides."""

    axis: int
    size: float
    middle: Points
    low: Points
    high: Points
    factors: NDArray[np.float64]

    def at(self, points: Points) -> NDArray[np.float64]:
        """How far to move each point."""
        return self._terms(np.clip(points, self.low, self.high)) @ self.factors

    def _terms(self, points: Points) -> NDArray[np.float64]:
        along, beside = ((points - self.middle) / self.size).T[:: 1 if self.axis else -1]
        powers = [along**n for n in (1, 2, 3, 4)]
        return np.stack([*powers, *(beside * power for power in powers), along * beside**2], axis=1)


def traces(gray: Image, dpi: float) -> tuple[list[Points], list[Points]]:
    """Points along the long rules that run across, and down."""
    dark = ink(gray)
    across = _traced(line_mask(dark, round(SHORTEST_RULE_H * dpi), 1, horizontal=True), dpi)
    across = across or _traced(dotted_lines(dark, dpi, horizontal=True), dpi)
    down = _traced(line_mask(dark, round(SHORTEST_RULE_H * dpi), 1, horizontal=False).T, dpi)
    return across, [rule[:, ::-1] for rule in down]


def showing(traces: tuple[Sequence[Points], Sequence[Points]]) -> Sequence[Points]:
    """The rules that show how a page lies, as they run to the right: those across, or, where they are few
    and short beside those down, these on the page seen from its side: strokes that touch look like rules."""
    across, down = traces
    on_side = [rule[:, ::-1] * np.array([1, -1], dtype=np.float32) for rule in down]
    return on_side if length(on_side) > FEW_ACROSS * length(across) else across


def length(rules: Sequence[Points]) -> float:
    """Pixels from left to right of all of these."""
    return sum(float(np.ptp(rule[:, 0])) for rule in rules)


def slope(rules: Sequence[Points]) -> float | None:
    """Degrees by which these fall to the right, None without any; good to a few hundredths."""
    if not rules:
        return None
    slopes = [float(np.polyfit(rule[:, 0], rule[:, 1], 1)[0]) for rule in rules]
    widths = [length([rule]) for rule in rules]
    return float(np.degrees(np.arctan(weighted_median(np.asarray(slopes), np.asarray(widths)))))


def _traced(lines: Image, dpi: float) -> list[Points]:
    """The middles of the long marks from left to right."""
    found = []
    for mark, (left, top, width, height) in outlined(np.ascontiguousarray(lines)):
        if width < LONG_RULE * dpi or height > LARGEST_DRIFT * width:
            continue
        part = np.zeros((height, width), np.uint8)
        cv2.drawContours(part, [mark], -1, 1, cv2.FILLED, offset=(-left, -top))
        part &= lines[top : top + height, left : left + width]
        columns = part.sum(axis=0)
        drawn = np.flatnonzero(columns)
        middles = (part * np.arange(height)[:, None]).sum(axis=0)[drawn] / columns[drawn]
        points = np.stack([drawn + left, middles + top], axis=1)[:: max(1, round(TRACE_STEP * dpi))]
        if columns[drawn].mean() <= THICKEST_RULE * dpi:
            found.append(points.astype(np.float32))
    return found


def straightened(gray: Image, traces: tuple[Sequence[Points], Sequence[Points]], dpi: float) -> Image:
    """The page, moved so that its long rules are straight. `traces` are points along its rules across, and
    down."""
    bends = [_bend(rules, axis, gray.shape) for rules, axis in zip(traces, (1, 0), strict=True)]
    if not any(_is_bent(rules, axis, dpi) for rules, axis in zip(traces, (1, 0), strict=True)):
        return gray
    known = [bend for bend in bends if bend is not None]
    height, width = gray.shape
    rows, columns = -(-height // STEP), -(-width // STEP)
    places = np.indices((rows, columns), dtype=np.float32)[::-1] * STEP + (STEP - 1) / 2
    wanted = places.reshape(2, -1).T.astype(np.float32)
    source = wanted
    for _ in range(ROUNDS):
        source = wanted - _moved(known, source)
    across, down = (
        cv2.resize(part.reshape(rows, columns), None, fx=STEP, fy=STEP)[:height, :width] for part in source.T
    )
    flat = cv2.remap(gray, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, dtype=np.uint8)


def _moved(bends: Sequence[_Bend], points: Points) -> Points:
    ways = np.zeros_like(points)
    for bend in bends:
        ways[:, bend.axis] += bend.at(points)
    return ways


def _is_bent(rules: Sequence[Points], axis: int, dpi: float) -> bool:
    return len(rules) >= FEWEST and bool(
        np.percentile([np.ptp(rule[:, axis]) for rule in rules], MOST) > BENT * dpi
    )


def _bend(rules: Sequence[Points], axis: int, shape: tuple[int, ...]) -> _Bend | None:
    """What moves the points of each rule to one height: least squares over all of them, none of which says
    how high its rule lies."""
    if len(rules) < FEWEST:
        return None
    points = np.concatenate(rules)
    middle = np.array([shape[1] / 2, shape[0] / 2], dtype=np.float32)
    bend = _Bend(axis, float(max(shape)), middle, points.min(axis=0), points.max(axis=0), np.zeros(9))
    terms = [bend._terms(rule) for rule in rules]
    system = np.concatenate([one - one.mean(axis=0) for one in terms])
    target = np.concatenate([rule[:, axis].mean() - rule[:, axis] for rule in rules])
    stiff = np.sqrt(STIFF * len(target)) * np.eye(system.shape[1])
    factors = np.linalg.lstsq(
        np.concatenate([system, stiff]), np.concatenate([target, np.zeros(len(stiff))]), rcond=None
    )[0]
    return _Bend(axis, bend.size, middle, bend.low, bend.high, factors)
