"""From a reading's blocks to pieces: one printed stretch of one table, with the lines that introduce it.

Invariant: every grid ends up in exactly one or more pieces or in the text lines; nothing is dropped unseen.

Real grids carry more than a table: the title, the body's name and the unit stand in rows of their own, two
tables share one sheet, notes follow the last row. Those rows are taken out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from parsers.tables.layout.header import header_height, repeats
from parsers.tables.layout.rows import (
    Row,
    edges_agree,
    parts_abreast,
    rows_of,
    texts,
    with_listed_rows,
    without_blank_columns,
)
from parsers.tables.layout.titles import DEPARTMENT, TitleReader
from parsers.tables.layout.words import is_numbering
from parsers.values.document import Block, Grid, TextBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold
from parsers.values.units import stated_unit, whole_statements
from parsers.values.vocabulary import AmountSource

_MOST_CAPTIONS = 4  # texts of one row above a table
_LONGEST_UNIT_LINE = 24  # characters
_L = lexicon_of(__name__)

_NOTE = _L.pattern("note")
_CAPTION = _L.pattern("caption")
_SHEET_NO = _L.pattern("sheet_no")
MAX_CONTEXT = 14


@dataclass(frozen=True, slots=True)
class Piece:
    """`lines` stand between the table before and this one (nearest last); `notes` right below it; `heads` are
    rows of one cell each above all columns, whose texts are among the lines: a caption, mostly."""

    rows: tuple[Row, ...]
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sheet: str | None = None
    page: int | None = None
    edges: tuple[float, ...] | None = None
    source: AmountSource = AmountSource.TEXT
    heads: tuple[Row, ...] = ()


def pieces_of(blocks: Iterable[Block], titles: TitleReader = DEPARTMENT) -> list[Piece]:
    """All pieces of a document in reading order, each with the text lines before it."""
    out: list[Piece] = []
    lines: list[str] = []
    sheet: str | None = None
    for block in blocks:
        if isinstance(block, TextBlock):
            if block.style == "sheet":
                lines, sheet = [], block.text
            elif block.style != "furniture" and block.text.strip():
                lines.extend(part for part in block.text.split("\n") if part.strip())
            continue
        for grid in parts_abreast(block, titles.is_title):
            rows = rows_of(grid)
            if grid.box is None:
                rows = with_listed_rows(rows)
            tabular = _is_tabular(rows)
            if not tabular and not (out and _goes_on_below(out[-1], grid)):
                lines.extend(text for row in rows for text in texts(row))
                continue
            before = tuple(lines[-MAX_CONTEXT:])
            whole = [_whole(rows, grid, before, sheet)]
            found = _split(rows, grid, before, sheet, titles) if tabular else whole
            if out and found and (notes := _leading_notes(lines)):
                out[-1] = replace(out[-1], notes=(*out[-1].notes, *notes))
            out.extend(found)
            lines = []
    if out and (notes := _leading_notes(lines)):
        out[-1] = replace(out[-1], notes=(*out[-1].notes, *notes))
    return out


def _leading_notes(lines: Sequence[str]) -> tuple[str, ...]:
    """The notes (注：…) that directly follow a table, before any other text."""
    notes: list[str] = []
    for line in lines[:4]:
        if not _NOTE.match(fold(line)):
            break
        notes.append(line)
    return tuple(notes)


def _is_tabular(rows: Sequence[Row]) -> bool:
    """At least one row with two printed cells: a box around prose is not a table, the one row a page break
    left over is."""
    return any(len(texts(row)) >= 2 for row in rows)


def _goes_on_below(piece: Piece, grid: Grid) -> bool:
    """Labels without amounts at the top of the next page, in the columns of the piece before."""
    overleaf = grid.page is not None and piece.page is not None and grid.page == piece.page + 1
    return (
        overleaf
        and grid.n_cols > 1
        and grid.col_edges is not None
        and edges_agree(piece.edges, grid.col_edges)
    )


def _whole(
    rows: Sequence[Row],
    grid: Grid,
    lines: tuple[str, ...],
    sheet: str | None,
    notes: tuple[str, ...] = (),
    heads: Sequence[Row] = (),
) -> Piece:
    return Piece(tuple(rows), lines, notes, sheet, grid.page, grid.col_edges, grid.source, tuple(heads))


def _split(
    rows: list[Row], grid: Grid, lines: tuple[str, ...], sheet: str | None, titles: TitleReader
) -> list[Piece]:
    """One piece per table inside the grid: rows that are titles or captions begin a new one."""
    found: list[Piece] = []
    intro: list[str] = list(lines)
    body: list[Row] = []
    notes: list[str] = []
    heads: list[Row] = []

    def close() -> None:
        while body and not texts(body[-1]):
            body.pop()
        if not _is_tabular(body):
            notes[:0] = [text for row in body for text in texts(row)]
        else:
            printed, above = without_blank_columns(body, heads)
            found.append(_whole(printed, grid, tuple(intro), sheet, tuple(notes), above))

    for index, row in enumerate(rows):
        kind = _row_kind(row, bool(body), titles)
        another = kind == "caption" and _begins_another(body, rows[index + 1 :])
        if another or (kind == "title" and (body or notes)):
            above, before = _last_alone(body) if another else [], len(found)
            close()
            left = notes if len(found) == before else ()
            intro = [*left, *(text for line in (*above, row) for text in texts(line))]
            body, notes, heads = [], [], []
        elif kind in ("title", "caption", "head") and not body:
            intro.extend(texts(row))
            heads += [row] if kind == "head" else []
        elif kind == "caption":
            continue
        elif kind == "data" and (not notes or len(texts(row)) > 1):
            body.append(row)
        elif kind in ("note", "data"):
            notes.extend(texts(row))
    close()
    return found


def _begins_another(body: Sequence[Row], below: Sequence[Row]) -> bool:
    """Whether a caption below the rows of a table stands above another one: it has another header."""
    height = header_height(body)
    return height < len(body) and header_height(below) > 0 and not repeats(below, body[:height])


def _last_alone(body: list[Row]) -> list[Row]:
    """Take the last rows of one cell each, and the blank ones among them, off a body: lines above the next
    table."""
    end = len(body)
    while end and len(texts(body[end - 1])) <= 1 and len(body) - end < _MOST_CAPTIONS:
        end -= 1
    alone = body[end:]
    del body[end:]
    return alone


def _row_kind(row: Row, in_body: bool, titles: TitleReader) -> str:
    """data, title, caption (body's name, unit, sheet number), head (one cell over all), note or blank."""
    printed = texts(row)
    if not printed:
        return "data" if in_body else "blank"
    first = fold(printed[0])
    if len(printed) == 1:
        is_title = titles.in_grid if in_body else titles.is_title
        if is_title(printed[0]) or any(is_title(part) for part in printed[0].split("\n")):
            return "title"
        if _NOTE.match(first):
            return "note"
    if _is_caption(printed):
        return "caption"
    if not in_body and len(printed) == 1 and len(row) > 1:
        if _SHEET_NO.match(first):
            return "caption"
        if _spans(row):
            return "head"
    return "data"


def _is_caption(printed: Sequence[str]) -> bool:
    if len(printed) > _MOST_CAPTIONS or is_numbering([fold(p) for p in printed]):
        return False
    joined = [fold(p) for p in printed]
    return any(_CAPTION.match(p) for p in joined) or any(
        stated_unit(p) is not None and len(fold(p)) <= _LONGEST_UNIT_LINE for p in whole_statements(printed)
    )


def _spans(row: Row) -> bool:
    """One cell over (nearly) the whole width."""
    widest = max((slot.cell.colspan for slot in row if slot.anchor and slot.cell), default=1)
    return widest >= max(2, len(row) - 1)
