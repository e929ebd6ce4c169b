"""Pieces to logical tables: titles found, pages joined, halves printed side by side put together.

Invariant: two pieces become one table only on evidence: the second has no title of its own and fits the
first (same columns, the same rows on the facing page, or a header that the page break cut), or repeats title
and header and goes on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from parsers.tables.layout.columns import columns_fit
from parsers.tables.layout.fragments import is_rest, joined, with_whole_amounts, with_whole_totals
from parsers.tables.layout.header import header_height, repeats
from parsers.tables.layout.pieces import Piece
from parsers.tables.layout.rows import EDGE_TOLERANCE, Row, edges_agree, folded, texts
from parsers.tables.layout.titles import DEPARTMENT, TitleReader, printed_no, same_title
from parsers.tables.layout.words import is_total_word
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold, one_line
from parsers.values.units import Unit, first_unit, whole_statements
from parsers.values.vocabulary import AmountSource, UnitBasis

_L = lexicon_of(__name__)
_TABLE = _L.text("table")

_OF_A_REGION = _L.pattern("of_a_region")  # 鸡西市合计: one row of a table by region, 分地区


@dataclass(slots=True)
class Wing:
    """The right-hand columns of a table printed over two pages side by side, while they are collected."""

    header: list[Row]
    body: list[Row]
    pieces: int = 1


@dataclass(slots=True)
class Draft:
    """A logical table while its pieces are collected; `chunks` counts the body rows each piece brought."""

    title: str | None
    number: str | None
    unit: Unit | None
    header: list[Row]
    body: list[Row]
    notes: list[str]
    source: AmountSource
    sheet: str | None
    edges: tuple[float, ...] | None
    last_page: int | None
    pages: list[int]
    chunks: list[int]
    wing: Wing | None = None
    shared_basis: UnitBasis | None = None

    @property
    def unit_basis(self) -> UnitBasis:
        """Where the unit is known from: printed with the table, unless it was taken from elsewhere."""
        return self.shared_basis or (UnitBasis.PRINTED if self.unit else UnitBasis.NONE)

    @property
    def width(self) -> int:
        """The number of columns."""
        rows = self.header or self.body
        return len(rows[0]) if rows else 0


def assemble(found: Sequence[Piece], titles: TitleReader = DEPARTMENT) -> list[Draft]:
    """Logical tables in reading order."""
    drafts: list[Draft] = []
    for piece in found:
        title = _title(piece, titles)
        previous = drafts[-1] if drafts else None
        if previous is not None and _goes_on(previous, piece, title):
            _append_rows(previous, piece)
        elif previous is not None and _is_right_half(previous, piece, title):
            _append_wing(previous, piece)
        elif previous is not None and title is None and _begins_in_header(previous, piece):
            _append_to_header(previous, piece)
        else:
            drafts.append(_begin(piece, title))
    whole = [_with_wing(draft) for draft in drafts]
    return [replace(draft, body=with_whole_totals(with_whole_amounts(draft.body))) for draft in whole]


def _title(piece: Piece, titles: TitleReader) -> str | None:
    """The nearest line above that reads like a title; a title broken over two lines is joined."""
    lines = [one_line(part) for line in piece.lines for part in line.split("\t")]
    is_title = titles.is_title
    for i in range(len(lines) - 1, -1, -1):
        if is_title(lines[i]):
            return titles.whole(lines[i - 1] if i else "", lines[i])
        if (
            i
            and (len(fold(lines[i])) >= 2 or lines[i] == _TABLE)
            and is_title(lines[i - 1] + lines[i])
            and not is_title(lines[i - 1])
        ):
            return lines[i - 1] + lines[i]
    if piece.sheet and titles.table_type(piece.sheet):
        return piece.sheet
    return None


def _begin(piece: Piece, title: str | None) -> Draft:
    """The nearest statement of number and unit wins: lines above from the bottom up, title, header, notes."""
    height = header_height(piece.rows)
    header = list(piece.rows[:height])
    near = list(reversed(whole_statements([part for line in piece.lines for part in line.split("\t")])))
    header_texts = whole_statements([text for row in header for text in texts(row)])
    return Draft(
        title=title,
        number=printed_no([*([title] if title else []), *near[:4]]),
        unit=first_unit([*near, *([title] if title else []), *header_texts, *piece.notes]),
        header=header,
        body=list(piece.rows[height:]),
        notes=list(piece.notes),
        source=piece.source,
        sheet=piece.sheet,
        edges=piece.edges,
        last_page=piece.page,
        pages=[piece.page] if piece.page is not None else [],
        chunks=[len(piece.rows) - height],
    )


def _goes_on(draft: Draft, piece: Piece, title: str | None) -> bool:
    """Whether the piece continues the draft's rows."""
    if not _is_next(draft, piece) or not piece.rows or len(piece.rows[0]) != draft.width:
        return False
    again = _repeated(draft, piece)
    if title is not None:
        same = draft.title is not None and same_title(title, draft.title)
        rest = piece.rows[again:]
        goes_on = again > 0 or _is_headless(draft, piece)
        return same and goes_on and (not _starts_over(rest) or _repeats_total(draft, rest))
    if again or _is_headless(draft, piece):
        return True
    return edges_agree(draft.edges, piece.edges) and piece.page is not None and not piece.lines


def _repeated(draft: Draft, piece: Piece) -> int:
    return repeats(piece.rows, draft.header, recognised=piece.source == AmountSource.SCAN)


def _is_headless(draft: Draft, piece: Piece) -> bool:
    """Rows without a header, in the columns of the draft: at the same places, or, where nothing stands
    between the two, of the same kinds."""
    if header_height(piece.rows) > 0:
        return False
    if edges_agree(draft.edges, piece.edges):
        return True
    overleaf = piece.page is not None and draft.last_page is not None and piece.page == draft.last_page + 1
    return overleaf and not piece.lines and columns_fit(draft.body, piece.rows)


def _is_next(draft: Draft, piece: Piece) -> bool:
    """On the same or the next page (or where pages are unknown, with nothing between but blank lines)."""
    if piece.sheet != draft.sheet:
        return False
    if piece.page is None or draft.last_page is None:
        return not piece.lines
    return piece.page - draft.last_page in (0, 1)


def _starts_over(rows: Sequence[Row]) -> bool:
    """The first row is a total: a table of its own under a repeated title."""
    labels = [text for text in texts(rows[0]) if not fold(text).isdigit()] if rows else []
    return bool(labels) and is_total_word(labels[0]) and not _OF_A_REGION.search(fold(labels[0]))


def _repeats_total(draft: Draft, rows: Sequence[Row]) -> bool:
    """The total at the top of the draft is printed again, above other rows than those below it there."""
    return (
        len(rows) > 1
        and len(draft.body) > 1
        and folded(rows[0]) == folded(draft.body[0])
        and any(any(ch.isdigit() for ch in text) for text in texts(rows[0]))
        and all(folded(row) != folded(rows[1]) for row in draft.body)
    )


def _append_rows(draft: Draft, piece: Piece) -> None:
    rows = piece.rows[_repeated(draft, piece) :]
    if _starts_over(rows) and _repeats_total(draft, rows):
        rows = rows[1:]
    if not draft.body:  # a page break cut the last row of the header
        height = header_height(rows)
        draft.header, rows = [*draft.header, *rows[:height]], rows[height:]
    if rows and piece.page != draft.last_page and is_rest(rows[0], draft.body):
        draft.body[-1] = joined(draft.body[-1], rows[0])
        rows = rows[1:]
    draft.body.extend(rows)
    draft.chunks.append(len(rows))
    _note_page(draft, piece)


def _begins_in_header(draft: Draft, piece: Piece) -> bool:
    """Whether a page break cut the header that is all of the draft: the rest of it stands overleaf, above the
    rows, and each edge of the draft is one of the piece."""
    if draft.body or piece.lines or piece.edges is None or draft.edges is None or draft.last_page is None:
        return False
    inside = all(min(abs(edge - other) for other in piece.edges) <= EDGE_TOLERANCE for edge in draft.edges)
    known = len(piece.edges) == len(piece.rows[0]) + 1 and len(draft.edges) == draft.width + 1
    return (
        inside and known and piece.page == draft.last_page + 1 and header_height(piece.rows) < len(piece.rows)
    )


def _append_to_header(draft: Draft, piece: Piece) -> None:
    """The cells of the header so far, over the columns of the piece that stand below each."""
    assert draft.edges is not None and piece.edges is not None
    height, edges = header_height(piece.rows), draft.edges
    over = [bisect_right(edges, (left + right) / 2) - 1 for left, right in pairwise(piece.edges)]
    draft.header = [
        *(
            tuple(
                row[at]._replace(anchor=row[at].anchor and at not in over[:index])
                for index, at in enumerate(over)
            )
            for row in draft.header
        ),
        *piece.rows[:height],
    ]
    draft.body, draft.chunks, draft.edges = list(piece.rows[height:]), [len(piece.rows) - height], piece.edges
    _note_page(draft, piece)


def _is_right_half(draft: Draft, piece: Piece, title: str | None) -> bool:
    """Right-hand columns of a table too wide for one page: as many body rows as the left page it belongs
    to, no words in them, no other title. Left and right pages may alternate or follow each other."""
    if title is not None and (draft.title is None or not same_title(title, draft.title)):
        return False
    if piece.page is None or draft.last_page is None or piece.page - draft.last_page != 1:
        return False
    turn = draft.wing.pieces if draft.wing else 0
    body = piece.rows[header_height(piece.rows) :]
    return turn < len(draft.chunks) and len(body) == draft.chunks[turn] and not any(map(_has_words, body))


def _has_words(row: Row) -> bool:
    return any("\u4e00" <= ch <= "\u9fff" for text in texts(row) for ch in text)


def _append_wing(draft: Draft, piece: Piece) -> None:
    height = header_height(piece.rows)
    if draft.wing is None:
        draft.wing = Wing([*piece.heads, *piece.rows[:height]], list(piece.rows[height:]))
    else:
        draft.wing.body.extend(piece.rows[height:])
        draft.wing.pieces += 1
    draft.unit = draft.unit or first_unit(
        whole_statements([part for line in piece.lines for part in line.split("\t")])
    )
    _note_page(draft, piece)


def _with_wing(draft: Draft) -> Draft:
    """The draft with its right-hand columns beside the left ones; headers of unequal height end together."""
    wing = draft.wing
    if wing is None or len(wing.body) != len(draft.body):
        return draft
    height = max(len(draft.header), len(wing.header))
    pairs = zip(_stretched(draft.header, height), _stretched(wing.header, height), strict=True)
    header = [left + _going_on(left, right) for left, right in pairs]
    body = [left + right for left, right in zip(draft.body, wing.body, strict=True)]
    return replace(draft, header=header, body=body, wing=None)


def _going_on(left: Row, right: Row) -> Row:
    """A header row of the right-hand columns; those that it leaves blank at its beginning, before others, are
    still below a header of several columns that ends the left page."""
    last = left[-1] if left else None
    if last is None or last.cell is None or last.cell.colspan == 1 or not any(slot.text for slot in right):
        return right
    blank = next(index for index, slot in enumerate(right) if slot.text)
    return (*(slot._replace(cell=last.cell, anchor=False) for slot in right[:blank]), *right[blank:])


def _stretched(header: list[Row], height: int) -> list[Row]:
    """The header with its first row spanning down until it has `height` rows."""
    return [*header[:1] * (height - len(header)), *header] if header else header


def _note_page(draft: Draft, piece: Piece) -> None:
    draft.notes.extend(piece.notes)
    draft.last_page = piece.page
    if piece.page is not None and piece.page not in draft.pages:
        draft.pages.append(piece.page)
