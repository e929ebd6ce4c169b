"""Tables without vertical rules: three-line tables, tables with horizontal rules only, aligned columns.

Invariant: the lattice built here is as complete as one built from rules. Columns come from where rules
drawn cell by cell break, else from the white gutters that run through the body; partial rules in the
header say which columns a header spans.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from parsers.readers.page.aligned import (
    aligned_frames,
    announced_frames,
    header_above_data,
    sides_closed,
)
from parsers.readers.page.cells import CONTINUES, FilledLattice, fill, header_doubtful
from parsers.readers.page.frames import MANY, UNIT_LINE, Carried, Frame, ruled_frames
from parsers.readers.page.headers.columns import by_edges, by_widths
from parsers.readers.page.headers.flush_amounts import edges_by_amounts
from parsers.readers.page.headers.open import (
    Columns,
    columns_hold,
    columns_of,
    group_pieces,
    implied_rules,
    rules_below,
    spanned_edges,
)
from parsers.readers.page.headers.rows import Spanning, likeliest, readings_of, spanning_headers
from parsers.readers.page.headers.sided import Sided, sided_header
from parsers.readers.page.headers.spread import spread_pieces
from parsers.readers.page.lines.columns import (
    header_pieces,
    inked,
    parted_at_gutters,
    pieces_of,
    pieces_of_line,
)
from parsers.readers.page.lines.geometry import Glyph, Ruling, cluster, join_collinear, type_size
from parsers.readers.page.lines.rows import row_breaks
from parsers.readers.page.lines.text import TextLine, visual_lines
from parsers.readers.page.lines.white import gutters
from parsers.readers.page.mistaken import are_jumbled, hold_two_amounts
from parsers.readers.page.overleaf import continued_frame
from parsers.readers.page.ruled import Lattice, complete_lattice
from parsers.values.document import Box
from parsers.values.text import fold

NEAR = 2.5  # of the type size: lines of a header and the rule below it are nearer than this

SAME_RULE = 2.0  # points by which the strokes of one rule may differ


def open_tables(
    glyphs: Sequence[Glyph],
    rules: Sequence[Ruling],
    taken: Sequence[Box],
    carried: Carried | None = None,
) -> tuple[list[FilledLattice], list[TextLine]]:
    """Tables without vertical rules among `glyphs`, and the lines left over.

    `rules` are the page's loose rules as drawn, `taken` the areas of tables already found,
    `carried` what a table left that reached the foot of the page before.
    """
    tables: list[FilledLattice] = []
    rest = list(glyphs)
    lines = visual_lines(rest)
    rules = sides_closed(rules)
    heads = carried.heads if carried else frozenset()
    frames = [_with_header(frame, lines, heads) for frame in ruled_frames(rules, lines, type_size(rest))]
    if carried and lines and not any(box.y0 < lines[0].box.y1 for box in (*taken, *(f.box for f in frames))):
        continued = continued_frame(lines, carried.edges, join_collinear(rules, 1.0, 3.0))
        if continued is not None:
            frames = [continued if continued.breaks else _with_header(continued, lines, heads), *frames]
    edges = carried.edges if carried else None
    for index, frame in enumerate(frames):
        table, outside = read_frame(frame, rest, edges if index == 0 else None)
        if table is not None:
            tables.append(table)
            rest = outside
    if tables:
        lines = visual_lines(rest)
    for rest_of in (partial(announced_frames, carried=carried), aligned_frames):
        known = len(tables)
        for frame in rest_of(lines, [*taken, *(t.lattice.box for t in tables)]):
            table, outside = read_frame(frame, rest, edges)
            if table is not None:
                tables.append(table)
                rest = outside
        if len(tables) > known:
            lines = visual_lines(rest)
    return tables, lines


def _with_header(frame: Frame, lines: Sequence[TextLine], heads: frozenset[str]) -> Frame:
    """A frame whose rules do not say where its header ends, with the end that its rows say."""
    frame = _with_header_above(frame, lines, heads)
    if frame.header_end is not None:
        return frame
    box = frame.box._replace(y1=min(frame.levels, default=frame.box.y1))
    inside = [
        line for line in lines if box.y0 < line.cy < box.y1 and line.box.x1 > box.x0 and line.box.x0 < box.x1
    ]
    return replace(frame, header_end=header_above_data(inside))


def _with_header_above(frame: Frame, lines: Sequence[TextLine], heads: frozenset[str]) -> Frame:
    """A frame with the header right above its first rule: lines of several words, where the rules enclose
    rows alone, or those that head the table of the page before (`heads`)."""
    header: list[TextLine] = []
    top = frame.box.y0
    for line in reversed([line for line in lines if line.cy < frame.box.y0]):
        found = pieces_of_line(line)
        repeated = all(fold(piece.text) in heads for piece in found)
        near = top - line.box.y1 < NEAR * line.size and len(found) > 1 and not UNIT_LINE.search(line.text)
        if not repeated and not (near and frame.header_end is None):
            break
        header.append(line)
        top = line.box.y0
    if not any(len(pieces_of_line(line)) >= MANY or fold(line.text) in heads for line in header):
        return frame
    white = max(frame.box.y0 - header[0].box.y1, 0.1)
    return replace(frame, box=frame.box._replace(y0=top - white), header_end=frame.box.y0, spans=())


def read_frame(
    frame: Frame, glyphs: Sequence[Glyph], carried: Sequence[float] | None = None
) -> tuple[FilledLattice | None, list[Glyph]]:
    """Column edges come from breaks in the rules, else from the table that goes on here, else from the
    gutters between texts."""
    box = frame.box
    inside = [g for g in glyphs if box.y0 <= g.cy <= box.y1 and box.x0 - 3 <= g.cx <= box.x1 + 3]
    body = [g for g in inside if frame.header_end is None or g.cy > frame.header_end]
    header = [g for g in inside if frame.header_end is not None and g.cy <= frame.header_end]
    found = pieces_of(body)
    if hold_two_amounts(found, frame.breaks):
        frame = replace(frame, breaks=())
    printed = _header_texts(frame, header, found)
    sided = _sided(frame, printed, found)
    if sided is not None and sided.spanning:  # it says more than rules that may run on below two headers
        frame = replace(frame, spans=())
    spanning = _spanning(frame, printed) if sided is None or frame.spans else sided.spanning
    groups = (
        group_pieces(printed, frame.spans) if spanning is None else [p for s in spanning for p in s.pieces]
    )
    leaf = [piece for piece in printed if piece not in groups]
    edges: Sequence[float] = frame.breaks
    if not edges and carried and columns_hold((*leaf, *found), carried, box):
        edges = carried[1:-1]
    if not edges:
        edges = gutters(leaf, found) if sided is None else sided.edges
    if not edges:
        return None, list(glyphs)
    if sided is None and not frame.breaks and _is_open(frame, spanning, groups):
        exact = _by_amounts(frame, edges, printed, found)
        if exact is not None:
            edges, spanning = exact
            groups = [piece for header in spanning for piece in header.pieces]
            leaf = [piece for piece in printed if piece not in groups]
    columns = columns_of((box.x0, *edges, box.x1), (*leaf, *found), exact=bool(frame.breaks))
    implied = (
        implied_rules(groups, leaf, frame.spans, columns)
        if spanning is None
        else rules_below(spanning, printed, columns)
    )
    spanned = replace(frame, spans=(*frame.spans, *implied))
    lattice = frame_lattice(spanned, columns, header, body)
    if are_jumbled(found, lattice):
        return None, list(glyphs)
    table, outside = fill(lattice, glyphs)
    if frame.header_end is None:
        return table, outside
    is_sure = _is_sure(sided, spanning, groups, frame.spans)
    return replace(table, header_open=not is_sure or header_doubtful(table, frame.header_end)), outside


def _is_open(frame: Frame, spanning: Sequence[Spanning] | None, groups: Sequence[TextLine]) -> bool:
    """Whether neither rules nor the places of the headers say over which columns some of them stand."""
    if frame.header_end is None or frame.spans or not groups:
        return False
    return spanning is None or not all(header.is_centred for header in spanning)


def _by_amounts(
    frame: Frame, edges: Sequence[float], printed: Sequence[TextLine], body: Sequence[TextLine]
) -> tuple[Sequence[float], Sequence[Spanning]] | None:
    """The edges between the columns, and the headers of several, as flush amounts prove them."""
    xs = edges_by_amounts((frame.box.x0, *edges, frame.box.x1), printed, body)
    area = frame.box if frame.header_end is None else frame.box._replace(y1=frame.header_end)
    spanning = None if xs is None else by_edges(printed, area, xs)
    return None if xs is None or spanning is None else (xs[1:-1], spanning)


def _is_sure(
    sided: Sided | None,
    spanning: Sequence[Spanning] | None,
    groups: Sequence[TextLine],
    rules: Sequence[Ruling],
) -> bool:
    """Whether the headers of several columns can stand over no others."""
    if spanning is None:
        return bool(rules) or not groups
    return (sided is None or sided.is_sure) and all(header.is_sure for header in spanning)


def _header_texts(frame: Frame, header: Sequence[Glyph], body: Sequence[TextLine]) -> list[TextLine]:
    printed = header_pieces(header)
    edges = (frame.box.x0, *frame.breaks, frame.box.x1) if frame.breaks else ()
    spread = spread_pieces(printed, body, edges)
    return parted_at_gutters(printed, body) if spread is None else spread


def _sided(frame: Frame, printed: Sequence[TextLine], body: Sequence[TextLine]) -> Sided | None:
    """The columns of a header whose texts are all set to one side of their cells."""
    if frame.header_end is None:
        return None
    return sided_header(printed, body, frame.box._replace(y1=frame.header_end), frame.spans, frame.breaks)


def _spanning(frame: Frame, printed: Sequence[TextLine]) -> Sequence[Spanning] | None:
    """The headers of several columns that stand in the middle of cells that are not drawn, or None."""
    if frame.header_end is None or frame.spans:
        return None
    area = frame.box._replace(y1=frame.header_end)
    if frame.breaks:
        edges = (area.x0, *frame.breaks, area.x1)
        if (exact := by_edges(printed, area, edges)) is not None:
            return exact
    found = spanning_headers(printed, area)
    if found is not None and all(header.is_centred for header in found):
        return found
    by_width = likeliest(by_widths(cells, inner) for cells, inner, _ in readings_of(printed, area))
    return found if by_width is None else by_width


def frame_lattice(frame: Frame, columns: Columns, header: Sequence[Glyph], body: Sequence[Glyph]) -> Lattice:
    """Rows and sides of a frame whose column edges are known."""
    box, xs = frame.box, columns.xs
    ys = [box.y0]
    above = [[True] * (len(xs) - 1)]
    for level in cluster(frame.spans, lambda r: r.at, 2.0):
        ys.append(sum(r.at for r in level) / len(level))
        above.append([any(_covers(rule, *column) for rule in level) for column in columns.stretches])
    header_rows = len(ys)
    body_start = box.y0
    if frame.header_end is not None:
        body_start = frame.header_end
        ys.append(body_start)
        above.append([True] * (len(xs) - 1))
    for y in row_breaks(body, body_start, box.y1, frame.levels, xs):
        ys.append(y)
        above.append([True] * (len(xs) - 1))
    ys.append(box.y1)
    above.append([True] * (len(xs) - 1))
    return complete_lattice(xs, ys, above, _left_sides(frame, columns, ys, header_rows, header, body))


def _left_sides(
    frame: Frame,
    columns: Columns,
    ys: Sequence[float],
    header_rows: int,
    header: Sequence[Glyph],
    body: Sequence[Glyph],
) -> list[list[bool]]:
    """Vertical sides: open under a header that spans, and where a line runs across the edge."""
    xs = columns.xs
    left = [[True] * (len(ys) - 1) for _ in xs]
    rows = pieces_of(body)
    found = [*_header_texts(frame, header, rows), *rows]
    for rule in frame.spans:
        row = max(bisect_left(ys, rule.at - 2) - 1, 0)
        if row < header_rows:
            above = [p for p in found if p.cy < rule.at and _is_over(p, rule, frame.spans)]
            for edge in spanned_edges(rule, columns, above):
                left[edge][row] = False
    for piece in found:
        row = min(max(bisect_right(ys, piece.cy) - 1, 0), len(ys) - 2)
        for edge in range(
            max(bisect_right(xs, piece.box.x0), 1), min(bisect_left(xs, piece.box.x1), len(xs) - 1)
        ):
            if _runs_across(piece, xs[edge]):
                left[edge][row] = False
    return left


def _is_over(piece: TextLine, rule: Ruling, rules: Sequence[Ruling]) -> bool:
    """Whether a text stands above a rule with no other of the header between."""
    middle = (piece.box.x0 + piece.box.x1) / 2
    between = [r for r in rules if piece.cy < r.at < rule.at - SAME_RULE and r.lo < middle < r.hi]
    return rule.lo < middle < rule.hi and not between


def _runs_across(piece: TextLine, x: float) -> bool:
    """Whether the text goes on across `x` without the white that parts two cells; one character does not."""
    if len(piece.text) < 2:
        return False
    reach = 0.15 * piece.size
    if any(lo < x - reach and hi > x + reach for lo, hi in map(inked, piece.glyphs)):
        return True
    before = [g.x1 for g in piece.glyphs if g.cx < x]
    after = [g.x0 for g in piece.glyphs if g.cx >= x]
    return bool(before and after) and min(after) - max(before) < CONTINUES * piece.size


def _covers(rule: Ruling, lo: float, hi: float) -> bool:
    return rule.lo - 1 <= (lo + hi) / 2 <= rule.hi + 1
