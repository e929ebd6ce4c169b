"""What PDFium knows of the objects on a page: where each stands, in which order, how it is painted.

Invariant: an object is described, never judged; coordinates are PDFium's (points, origin bottom left), and
objects inside form XObjects stand where the form puts them. Row i of every array is the object painted i-th.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from parsers.readers.pdf.pdfium import calls as calls
from parsers.readers.pdf.pdfium.calls import Floats

DIAGONAL = 45.0  # degrees: text that turns more is upright
DEEPEST_FORM = 8
MOST_OBJECTS = 200_000  # a map or a drawing: no page of tables has so many
FLAT = 0.02  # of the type size: a text lower than this has no outlines
_CORNERS = 3  # points of a clip path that make a rectangle
_MOST_CORNERS = 64  # of a clip path that are looked at

IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Matrix = tuple[float, float, float, float, float, float]
Bounds = tuple[float, float, float, float]  # left, bottom, right, top


def meet(a: Bounds, b: Bounds) -> bool:
    """Whether two boxes have an area in common."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@dataclass(frozen=True, slots=True)
class PageObjects:
    """All painted objects of a page, from the bottom up. What is said of texts is 0 for other kinds."""

    handles: NDArray[np.int64]
    kinds: NDArray[np.int64]  # pdfium.FPDF_PAGEOBJ_*
    bounds: Floats  # (n, 4): left, bottom, right, top
    placed: Floats  # (n, 6): matrix of the form the object is in
    fill: NDArray[np.int16]  # (n, 4): red, green, blue, alpha; all 0 where nothing is filled
    filled: NDArray[np.bool_]
    stroked: NDArray[np.bool_]  # paths only
    modes: NDArray[np.int64]  # render mode of texts
    matrices: Floats  # (n, 6): of the object on the page; texts only
    sizes: Floats  # height of the type, as printed
    clips: Floats  # (n, 4): box an object is clipped to, infinite where nothing clips it
    drawn: NDArray[np.bool_]  # False: text in a font that is neither in the file nor on this machine
    fonts: NDArray[np.int64]  # handle of the font of a text

    def __len__(self) -> int:
        return len(self.handles)

    @property
    def texts(self) -> NDArray[np.bool_]:
        """Which objects are texts."""
        return np.asarray(self.kinds == pdfium.FPDF_PAGEOBJ_TEXT)

    @property
    def paths(self) -> NDArray[np.bool_]:
        """Which objects are paths."""
        return np.asarray(self.kinds == pdfium.FPDF_PAGEOBJ_PATH)

    @property
    def angles(self) -> Floats:
        """Degrees by which the lines of texts are turned counter-clockwise."""
        return np.degrees(np.arctan2(self.matrices[:, 1], self.matrices[:, 0]))

    @property
    def widths(self) -> Floats:
        """Widths of the bounding boxes, in points."""
        return np.asarray(self.bounds[:, 2] - self.bounds[:, 0])

    @property
    def heights(self) -> Floats:
        """Heights of the bounding boxes, in points."""
        return np.asarray(self.bounds[:, 3] - self.bounds[:, 1])


def page_objects(page: int) -> PageObjects:
    """All painted objects of the page with this handle."""
    runs = list(_runs(page, IDENTITY, 0))
    handles = [handle for run, _, _ in runs for handle in run][:MOST_OBJECTS]
    kinds = np.concatenate([kinds for _, kinds, _ in runs] or [np.zeros(0, np.int64)])[:MOST_OBJECTS]
    matrices = np.array([matrix for _, _, matrix in runs]).reshape(-1, 6)
    placed = np.repeat(matrices, [len(run) for run, _, _ in runs], axis=0)[:MOST_OBJECTS]
    texts, paths = (np.flatnonzero(kinds == k) for k in (pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH))
    known = np.array(handles, np.int64)
    filled, stroked = _painted(known, paths)
    bounds = _moved(calls.quadruples(calls.object_bounds, handles), placed)
    fill = np.zeros((len(handles), 4), np.int16)
    colored = np.sort(np.concatenate([texts, paths[filled[paths]]]))
    fill[colored] = calls.colors(calls.fill_color, _at(known, colored))
    own = _at(known, texts)
    matrices, sizes = np.zeros((len(handles), 6)), np.zeros(len(handles))
    modes, fonts = np.zeros(len(handles), np.int64), np.zeros(len(handles), np.int64)
    matrices[texts] = applied(calls.matrices(calls.object_matrix, own), placed[texts])
    across = np.hypot(matrices[texts, 2], matrices[texts, 3])
    sizes[texts] = np.abs(calls.singles(calls.font_size, own)) * across
    modes[texts], fonts[texts] = calls.integers(calls.render_mode, own), calls.integers(calls.font_of, own)
    clips = np.tile(np.array([-np.inf, -np.inf, np.inf, np.inf]), (len(handles), 1))
    clips[texts] = _moved(_clips(own), placed[texts])
    drawn = np.ones(len(handles), np.bool_)
    least = np.minimum(bounds[texts, 2] - bounds[texts, 0], bounds[texts, 3] - bounds[texts, 1])
    drawn[texts] = least >= FLAT * sizes[texts]
    objects = PageObjects(
        known,
        kinds,
        bounds,
        placed,
        fill,
        filled,
        stroked,
        modes,
        matrices,
        sizes,
        clips,
        drawn,
        fonts,
    )
    _raise_flat(objects)
    return objects


def _runs(parent: int, placed: Matrix, depth: int) -> Iterator[tuple[list[int], NDArray[np.int64], Matrix]]:
    """Handles and kinds of the objects that paint something, in runs that stand in the same form."""
    handles = calls.children(parent, of_form=depth > 0)
    kinds = calls.integers(calls.object_kind, handles)
    begin = 0
    for form in np.flatnonzero(kinds == pdfium.FPDF_PAGEOBJ_FORM).tolist():
        yield handles[begin:form], kinds[begin:form], placed
        begin = form + 1
        if depth < DEEPEST_FORM:
            own = calls.matrices(calls.object_matrix, [handles[form]])
            a, b, c, d, e, f = applied(own, np.array([placed]))[0].tolist()
            yield from _runs(handles[form], (a, b, c, d, e, f), depth + 1)
    yield handles[begin:], kinds[begin:], placed


def _at(handles: NDArray[np.int64], indices: NDArray[np.int64]) -> list[int]:
    found: list[int] = handles[indices].tolist()
    return found


def _painted(
    handles: NDArray[np.int64], paths: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which objects fill an area, and which draw lines."""
    filled, stroked = np.ones(len(handles), np.bool_), np.zeros(len(handles), np.bool_)
    modes = calls.pairs(calls.draw_mode, _at(handles, paths), np.int32)
    filled[paths], stroked[paths] = modes[:, 0] != 0, modes[:, 1] != 0
    return filled, stroked


def _raise_flat(objects: PageObjects) -> None:
    """Gives a box of the type's height to texts of which only the places of their characters are known."""
    flat = np.flatnonzero(~objects.drawn)
    if not len(flat):
        return
    height, box = objects.sizes[flat], objects.bounds[flat]
    turn = np.abs(objects.angles[flat]) % 180.0
    level = ((turn < DIAGONAL) | (turn > 180.0 - DIAGONAL))[:, None]
    along = np.stack([0 * height, -0.15 * height, height, 0.8 * height], axis=1)
    upward = np.stack([-0.8 * height, -height, 0.8 * height, height], axis=1)
    objects.bounds[flat] = box + np.where(level, along, upward)


def runs_of(*columns: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows that differ from the row before, and for each row which of these it is, or is like."""
    begins = np.ones(len(columns[0]), np.bool_)
    begins[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(begins), np.cumsum(begins) - 1


def _clips(texts: Sequence[int]) -> Floats:
    """The box all clip paths of each text have in common, before its form is placed."""
    handles = list(map(calls.clip_of, texts))
    counts = calls.integers(calls.count_clips, handles)
    lasts = calls.last_clips(handles, counts)
    nameless = np.flatnonzero((lasts == 0) & (counts > 0))
    lasts[nameless] = np.array(handles, np.int64)[nameless]
    # A path is laid over those that were in force: texts with the same last one have all paths in common.
    # Texts one after the other mostly do.
    starts, places_of_runs = runs_of(counts, lasts)
    stacks: dict[tuple[int, int], int] = {}
    keys = zip(counts[starts].tolist(), lasts[starts].tolist(), strict=True)
    runs = [stacks.setdefault(key, len(stacks)) for key in keys]
    any_of = dict(zip(runs, starts.tolist(), strict=True))
    corners, begins, rows, paths = [list[int]() for _ in range(4)]
    known: dict[int, int] = {}  # paths by their first corner: several stacks have them
    for (count, _), row in stacks.items():
        handle = handles[any_of[row]]
        for number in range(count):
            if not (first := calls.clip_segment(handle, number, 0)):
                continue
            if first not in known:
                known[first] = len(begins)
                begins.append(len(corners))
                corners += [first, *_others(handle, number)]
            rows.append(row)
            paths.append(known[first])
    boxes = np.tile(np.array([-np.inf, -np.inf, np.inf, np.inf]), (len(stacks), 1))
    if rows:
        points = calls.pairs(calls.segment_point, corners, np.float32).astype(np.float64)
        np.maximum.at(boxes[:, :2], rows, np.minimum.reduceat(points, begins)[paths])
        np.minimum.at(boxes[:, 2:], rows, np.maximum.reduceat(points, begins)[paths])
    return boxes[np.array(runs, np.int64)[places_of_runs]]


def _others(path: int, number: int) -> Iterator[int]:
    """The corners of a clip path behind the first that give its box: two of a rectangle, else all up to a
    bound."""
    count = min(calls.count_clip_segments(path, number), _MOST_CORNERS)
    asked = _CORNERS if count in (4, 5) else count
    return filter(None, map(calls.clip_segment, repeat(path), repeat(number), range(1, asked)))


def applied(first: Floats, then: Floats) -> Floats:
    """Matrices applied one after the other, row by row."""
    if (then == IDENTITY).all():
        return first
    a, b, c, d, e, f = first.T
    p, q, r, s, t, u = then.T
    rows = [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u]
    return np.stack(rows, axis=1)


def _moved(boxes: Floats, by: Floats) -> Floats:
    """The boxes around boxes that matrices move."""
    elsewhere = by != IDENTITY
    if not elsewhere.any():
        return boxes
    rows = np.flatnonzero(elsewhere.any(axis=1) & np.isfinite(boxes).all(axis=1))
    moved = boxes.copy()
    a, b, c, d, e, f = by[rows].T
    corners = [(x, y) for x in (boxes[rows, 0], boxes[rows, 2]) for y in (boxes[rows, 1], boxes[rows, 3])]
    xs = np.stack([x * a + y * c + e for x, y in corners])
    ys = np.stack([x * b + y * d + f for x, y in corners])
    moved[rows] = np.stack([xs.min(axis=0), ys.min(axis=0), xs.max(axis=0), ys.max(axis=0)], axis=1)
    return moved
