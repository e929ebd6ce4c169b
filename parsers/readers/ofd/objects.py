"""Objects of an OFD page (GB/T 33190 §8, §11): text and paths with their positions.

Invariant: positions are millimetres on the page; an object's own coordinates pass through its CTM, then
its Boundary, in that order.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

from parsers.readers.page.lines.geometry import Direction, Glyph, Ruling, rule_from_box

_WHITE = 250  # of 255
THIN = 1.0  # millimetres: a filled shape no thicker than this is a rule
ASCENT = 0.86  # of the type size above the base line
UNREAD_ANNOTATIONS = frozenset({"Watermark", "Stamp", "Link"})
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_PATH_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_PATH_ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    """A glyph in millimetres."""

    glyph: Glyph

    def moved(self, dx: float, dy: float, scale: float) -> Glyph:
        """The glyph in other units, the page's corner moved to the origin."""
        g = self.glyph
        return g._replace(
            x0=(g.x0 + dx) * scale,
            y0=(g.y0 + dy) * scale,
            x1=(g.x1 + dx) * scale,
            y1=(g.y1 + dy) * scale,
            size=g.size * scale,
        )


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule in millimetres."""

    rule: Ruling

    def moved(self, dx: float, dy: float, scale: float) -> Ruling:
        """The rule in other units, the page's corner moved to the origin."""
        r = self.rule
        across, along = (dy, dx) if r.axis == "h" else (dx, dy)
        return Ruling(
            r.axis, (r.at + across) * scale, (r.lo + along) * scale, (r.hi + along) * scale, r.width * scale
        )


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image resource and how large it is shown, in millimetres."""

    resource: str
    width: float
    height: float


@dataclass(slots=True)
class Objects:
    """What was found on a page so far."""

    glyphs: list[PlacedGlyph] = field(default_factory=list)
    rules: list[PlacedRule] = field(default_factory=list)
    images: list[PlacedImage] = field(default_factory=list)


def page_objects(root: etree._Element, found: Objects) -> None:
    """Adds the visible objects of a page, template or annotation part to `found`."""
    for element, dx, dy in _visible(root, 0.0, 0.0):
        name = _name(element)
        if name == "TextObject":
            found.glyphs.extend(PlacedGlyph(g) for g in _text_glyphs(element, dx, dy))
        elif name == "PathObject":
            found.rules.extend(PlacedRule(r) for r in _path_rules(element, dx, dy))
        elif name == "ImageObject":
            _, _, width, height = millimetres(element.get("Boundary"), 4) or [0.0] * 4
            found.images.append(PlacedImage(str(element.get("ResourceID")), width, height))


def _visible(element: etree._Element, dx: float, dy: float) -> Iterator[tuple[etree._Element, float, float]]:
    for item in element:
        name = _name(item)
        if item.get("Visible") == "false" or (name == "Annot" and item.get("Type") in UNREAD_ANNOTATIONS):
            continue
        if name in ("TextObject", "PathObject", "ImageObject"):
            yield item, dx, dy
        elif name in ("Content", "Layer", "PageBlock", "Annot", "Appearance"):
            box = millimetres(item.get("Boundary"), 4) if name == "Appearance" else None
            yield from _visible(item, dx + (box[0] if box else 0.0), dy + (box[1] if box else 0.0))


def _placement(element: etree._Element, dx: float, dy: float) -> tuple[Matrix, Point]:
    box = millimetres(element.get("Boundary"), 4) or [0.0, 0.0, 0.0, 0.0]
    a, b, c, d, e, f = millimetres(element.get("CTM"), 6) or [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    return (a, b, c, d, e, f), (box[0] + dx, box[1] + dy)


def _placed(matrix: Matrix, corner: Point, x: float, y: float) -> Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e + corner[0], b * x + d * y + f + corner[1]


def _text_glyphs(element: etree._Element, dx: float, dy: float) -> Iterator[Glyph]:
    matrix, corner = _placement(element, dx, dy)
    size = float((millimetres(element.get("Size"), 1) or [3.5])[0])
    stretch = float((millimetres(element.get("HScale"), 1) or [1.0])[0])
    for code in children(element, "TextCode"):
        text = code.text or ""
        x = float((millimetres(code.get("X"), 1) or [0.0])[0])
        y = float((millimetres(code.get("Y"), 1) or [size])[0])
        steps_x, steps_y = deltas(code.get("DeltaX")), deltas(code.get("DeltaY"))
        for index, char in enumerate(text):
            step = steps_x[index] if index < len(steps_x) else 0.0
            yield _glyph(char, matrix, corner, x, y, size, _width(char, step, size * stretch))
            x += step
            y += steps_y[index] if index < len(steps_y) else 0.0


def _width(char: str, step: float, size: float) -> float:
    """Width of a character: its step to the next one, but no more than such a character fills."""
    natural = 0.6 * size if char.isascii() else size
    return min(step, natural) if step > 0 else natural


def _glyph(char: str, matrix: Matrix, corner: Point, x: float, y: float, size: float, width: float) -> Glyph:
    ends = [
        _placed(matrix, corner, px, py)
        for px in (x, x + width)
        for py in (y - ASCENT * size, y + (1 - ASCENT) * size)
    ]
    xs, ys = [p[0] for p in ends], [p[1] for p in ends]
    direction: Direction = "right"
    if abs(matrix[1]) > abs(matrix[0]):
        direction = "down" if matrix[1] > 0 else "up"
    across = (max(xs) - min(xs)) if direction != "right" else (max(ys) - min(ys))
    return Glyph(char, min(xs), min(ys), max(xs), max(ys), across, direction)


def deltas(value: str | None) -> list[float]:
    """Steps between characters; `g n v` stands for n times v (GB/T 33190 §11.3)."""
    steps: list[float] = []
    tokens = iter((value or "").split())
    for token in tokens:
        if token == "g":
            count, step = millimetres(next(tokens, None), 1), millimetres(next(tokens, None), 1)
            if count and step:
                steps.extend(step * min(int(count[0]), 10_000))
        else:
            steps.extend(millimetres(token, 1) or ())
    return steps


def _path_rules(element: etree._Element, dx: float, dy: float) -> Iterator[Ruling]:
    """A path with a thin box is one rule; otherwise each thin side is one, if the path is stroked."""
    stroked = element.get("Stroke") != "false" and not _is_white(child(element, "StrokeColor"))
    filled = element.get("Fill") == "true" and not _is_white(child(element, "FillColor"))
    if not (stroked or filled):
        return
    matrix, corner = _placement(element, dx, dy)
    data = child(element, "AbbreviatedData")
    for points in subpaths("" if data is None else data.text or ""):
        placed = [_placed(matrix, corner, x, y) for x, y in points]
        xs, ys = [p[0] for p in placed], [p[1] for p in placed]
        whole = rule_from_box(min(xs), min(ys), max(xs), max(ys), THIN)
        if whole is not None:
            yield whole
        elif stroked:
            sides = (rule_from_box(*a, *b, 0.2) for a, b in pairwise(placed))
            yield from (side for side in sides if side is not None)


def subpaths(data: str) -> list[list[Point]]:
    """Points of each subpath of AbbreviatedData; curves count as their end points."""
    paths: list[list[Point]] = []
    tokens = _PATH_TOKEN.findall(data)
    index = 0
    while index < len(tokens):
        command = tokens[index].upper()
        index += 1
        wanted = _PATH_ARGUMENTS.get(command, 0)
        numbers = [float(t) for t in tokens[index : index + wanted] if _NUMBER.fullmatch(t)]
        if len(numbers) < wanted:
            continue
        index += wanted
        if command in "SM":
            paths.append([(numbers[0], numbers[1])])
        elif command == "C" and paths:
            paths[-1].append(paths[-1][0])
        elif wanted and paths:
            paths[-1].append((numbers[-2], numbers[-1]))
    return [path for path in paths if len(path) >= 2]


def _is_white(color: etree._Element | None) -> bool:
    parts = millimetres(None if color is None else color.get("Value"), 3)
    return parts is not None and all(part >= _WHITE for part in parts)


def millimetres(value: str | None, count: int) -> list[float] | None:
    """The first `count` numbers of an attribute; None when there are fewer."""
    numbers = [float(n) for n in _NUMBER.findall(value or "")]
    return numbers[:count] if len(numbers) >= count else None


def children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """Child elements by local name: producers disagree about the namespace."""
    if element is not None:
        yield from (item for item in element if _name(item) == name)


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along a path of local names."""
    for name in path:
        element = next(children(element, name), None)
    return element


def joined(folder: str, location: str | None) -> str:
    """A location inside the package: absolute from its root, else relative to `folder`."""
    location = (location or "").strip()
    if location.startswith("/"):
        return location.lstrip("/")
    return posixpath.normpath(posixpath.join(folder, location))


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
