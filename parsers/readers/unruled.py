"""Tables without vertical rules: three-line tables, tables with horizontal rules only, aligned columns.

Invariant: the lattice built here is as complete as one built from rules. Columns come from where rules
drawn cell by cell break, else from the white gutters that run through the body; partial rules in the
header say which columns a header spans.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import combinations, pairwise

from parsers.document import Box
from parsers.readers.cells import CONTINUES, FilledLattice, fill
from parsers.readers.columns import gutters, pieces_of
from parsers.readers.frames import Frame, aligned_frames, continued_frame, ruled_frames
from parsers.readers.geometry import Glyph, Rule, cluster, join_collinear, type_size
from parsers.readers.page_text import Line, visual_lines
from parsers.readers.rows import row_breaks
from parsers.readers.ruled import Lattice, complete_lattice


def open_tables(
    glyphs: Sequence[Glyph],
    rules: Sequence[Rule],
    taken: Sequence[Box],
    carried: Sequence[float] | None = None,
) -> tuple[list[FilledLattice], list[Glyph]]:
    """Tables without vertical rules among `glyphs`, and the glyphs left over.

    `rules` are the page's loose horizontal rules as drawn, `taken` the areas of tables already found,
    `carried` the columns of a table that reached the foot of the page before.
    """
    tables: list[FilledLattice] = []
    rest = list(glyphs)
    lines = visual_lines(rest)
    frames = ruled_frames(rules, lines, type_size(rest))
    if carried and lines and not any(box.y0 < lines[0].box.y1 for box in (*taken, *(f.box for f in frames))):
        continued = continued_frame(lines, carried, join_collinear(rules, 1.0, 3.0))
        frames = frames if continued is None else [continued, *frames]
    for frame in frames:
        table, outside = _read_frame(frame, rest)
        if table is not None:
            tables.append(table)
            rest = outside
    for frame in aligned_frames(visual_lines(rest), [*taken, *(t.lattice.box for t in tables)]):
        table, outside = _read_frame(frame, rest)
        if table is not None:
            tables.append(table)
            rest = outside
    return tables, rest


def _read_frame(frame: Frame, glyphs: Sequence[Glyph]) -> tuple[FilledLattice | None, list[Glyph]]:
    box = frame.box
    inside = [g for g in glyphs if box.y0 <= g.cy <= box.y1 and box.x0 - 3 <= g.cx <= box.x1 + 3]
    body = [g for g in inside if frame.header_end is None or g.cy > frame.header_end]
    header = [g for g in inside if frame.header_end is not None and g.cy <= frame.header_end]
    edges = frame.breaks or gutters(_leaf_pieces(header, frame.spans), pieces_of(body))
    if not edges:
        return None, list(glyphs)
    lattice = frame_lattice(frame, (box.x0, *edges, box.x1), header, body)
    return fill(lattice, glyphs)


def _leaf_pieces(header: Sequence[Glyph], spans: Sequence[Rule]) -> list[Line]:
    """Header pieces that name one column: those not above a partial rule."""
    return [
        piece
        for piece in pieces_of(header)
        if not any(piece.cy < s.at and piece.box.x0 < s.hi and piece.box.x1 > s.lo for s in spans)
    ]


def frame_lattice(
    frame: Frame, xs: Sequence[float], header: Sequence[Glyph], body: Sequence[Glyph]
) -> Lattice:
    """Rows and sides of a frame whose column edges are known."""
    box = frame.box
    ys = [box.y0]
    above = [[True] * (len(xs) - 1)]
    for level in cluster(frame.spans, lambda r: r.at, 2.0):
        ys.append(sum(r.at for r in level) / len(level))
        above.append([any(_covers(rule, a, b) for rule in level) for a, b in pairwise(xs)])
    header_rows = len(ys)
    body_start = box.y0
    if frame.header_end is not None:
        body_start = frame.header_end
        ys.append(body_start)
        above.append([True] * (len(xs) - 1))
    for y in row_breaks(body, body_start, box.y1, frame.levels):
        ys.append(y)
        above.append([True] * (len(xs) - 1))
    ys.append(box.y1)
    above.append([True] * (len(xs) - 1))
    return complete_lattice(xs, ys, above, _left_sides(frame, xs, ys, header_rows, (*header, *body)))


def _left_sides(
    frame: Frame, xs: Sequence[float], ys: Sequence[float], header_rows: int, glyphs: Sequence[Glyph]
) -> list[list[bool]]:
    """Vertical sides: open under a header that spans, and where a line runs across the edge."""
    left = [[True] * (len(ys) - 1) for _ in xs]
    found = pieces_of(glyphs)
    for rule in frame.spans:
        row = max(bisect_left(ys, rule.at - 2) - 1, 0)
        if row < header_rows:
            above = [
                p for p in found if ys[row] < p.cy < rule.at and rule.lo < p.box.x1 and p.box.x0 < rule.hi
            ]
            for edge in spanned_edges(rule, xs, above):
                left[edge][row] = False
    for piece in found:
        row = min(max(bisect_right(ys, piece.cy) - 1, 0), len(ys) - 2)
        for edge in range(
            max(bisect_right(xs, piece.box.x0), 1), min(bisect_left(xs, piece.box.x1), len(xs) - 1)
        ):
            if _runs_across(piece, xs[edge]):
                left[edge][row] = False
    return left


def spanned_edges(rule: Rule, xs: Sequence[float], above: Sequence[Line]) -> list[int]:
    """Column edges that the header cells above a partial rule span.

    One rule may stand under several headers side by side: its columns are then shared out so that every
    header stands as nearly as possible over the middle of its own.
    """
    edges = list(range(bisect_left(xs, rule.lo + 3), bisect_right(xs, rule.hi - 3)))
    groups = _stretches(above)
    bounds = [edges[0] - 1, *edges, edges[-1] + 1] if edges else []
    if not 1 < len(groups) < len(bounds):
        return edges
    middles = [(lo + hi) / 2 for lo, hi in groups]
    cuts = min(
        combinations(edges, len(groups) - 1),
        key=lambda cut: sum(
            abs((xs[a] + xs[b]) / 2 - middle)
            for (a, b), middle in zip(pairwise((bounds[0], *cut, bounds[-1])), middles, strict=True)
        ),
    )
    return [edge for edge in edges if edge not in cuts]


def _runs_across(piece: Line, x: float) -> bool:
    """Whether the text goes on across `x` without the white that parts two cells."""
    reach = 0.15 * piece.size
    if any(g.x0 < x - reach and g.x1 > x + reach for g in piece.glyphs):
        return True
    before = max((g.x1 for g in piece.glyphs if g.cx < x), default=x)
    after = min((g.x0 for g in piece.glyphs if g.cx >= x), default=x)
    return after - before < CONTINUES * piece.size


def _covers(rule: Rule, lo: float, hi: float) -> bool:
    return rule.lo <= (lo + hi) / 2 <= rule.hi


def _stretches(found: Sequence[Line]) -> list[tuple[float, float]]:
    """Stretches of x the pieces cover."""
    merged: list[tuple[float, float]] = []
    for piece in sorted(found, key=lambda p: p.box.x0):
        if merged and piece.box.x0 <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(piece.box.x1, merged[-1][1]))
        else:
            merged.append((piece.box.x0, piece.box.x1))
    return merged
