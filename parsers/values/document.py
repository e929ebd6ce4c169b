"""Value types that pass between the stages of reading one document.

Invariant: plain immutable data. Nothing here reads, guesses or stores; a value that is not known is
`None`, never a default that looks like a finding. Which pages were not read follows from the reader's notes
alone; a document in whose other pages no table was found has the outcome of the limit, never `no_tables`.

Geometry is in PDF points (1/72 inch) on the page *as a person sees it* (after /Rotate), with the origin
at the top left corner. Formats without geometry have `page=None` and `box=None`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, NamedTuple

from parsers.values.messages import Message, message
from parsers.values.vocabulary import AmountSource, DocumentOutcome, TextLayer

BlockStyle = Literal["heading", "paragraph", "sheet", "furniture"]


class Box(NamedTuple):
    """A rectangle in points, top-left origin: x0 <= x1 and y0 <= y1."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Text outside tables, in reading order.

    PDF, OFD and scans: one visual line per block, wide gaps inside the line kept as a tab (so
    "部门名称：X<tab>单位：万元" stays one block). Word and HTML: one paragraph. Spreadsheets: one block of
    style `sheet` per sheet, holding the sheet's name. `furniture` marks page numbers, running heads,
    menus: kept as evidence, never used as a title.
    """

    text: str
    style: BlockStyle = "paragraph"
    page: int | None = None
    box: Box | None = None
    size: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    r"""One printed cell, anchored at its top-left grid position and spanning `rowspan` × `colspan`.

    `text` is as printed, line breaks inside the cell kept as "\n"; blank cells have text "".
    `number` is the exact stored value where the format has one (spreadsheets): `text` is then what the
    number format shows.
    """

    row: int
    col: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    box: Box | None = None
    number: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """One rectangular piece of a table as it stands on one page, sheet or in one <table>.

    `cells` holds anchors only, sorted by (row, col); a position no cell covers is blank.
    `col_edges` are the x positions of the `n_cols + 1` column boundaries, where geometry is known:
    they show whether two pieces on successive pages are one table.
    `header_rows` is the count of leading rows the format itself declares as header (Word's repeated
    header rows, <thead>), else None. `header_open`: no rules show which columns a header spans, and its texts
    may be read in more than one way.
    """

    cells: tuple[Cell, ...]
    n_rows: int
    n_cols: int
    page: int | None = None
    box: Box | None = None
    col_edges: tuple[float, ...] | None = None
    header_rows: int | None = None
    hidden: bool = False
    source: AmountSource = AmountSource.TEXT
    header_open: bool = False


Block = TextBlock | Grid


def shows_less(blocks: Sequence[Block], characters: int) -> bool:
    """Whether blocks hold no grid, and less text than so many characters: pictures may stand for it."""
    if any(isinstance(block, Grid) for block in blocks):
        return False
    return sum(len(block.text) for block in blocks if isinstance(block, TextBlock)) < characters


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a container (an archive, or an attachment inside an OFD or Word file)."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader noticed about the file and reports."""

    code: str
    detail: Message | str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """How many page images were recognised, and in how many seconds of wall time."""

    pages: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader returns: the content of one document in reading order. `recognition` differs from run to
    run, so that it is not part of what is compared or stored."""

    media_type: str
    blocks: tuple[Block, ...] = ()
    pages: int | None = None
    page_sizes: tuple[tuple[float, float], ...] = ()
    text_layer: TextLayer = TextLayer.NONE
    title: str | None = None
    members: tuple[Member, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    recognition: Recognition = field(default=Recognition(), compare=False)

    @property
    def shown(self) -> Reading:
        """The reading without its hidden sheets, which no reader sees, unless all are hidden."""
        shown = tuple(block for block in self.blocks if not (isinstance(block, Grid) and block.hidden))
        return replace(self, blocks=shown) if any(isinstance(block, Grid) for block in shown) else self


LIMIT_OUTCOMES = {
    "unread_time": DocumentOutcome.TIMEOUT,
    "unread_memory": DocumentOutcome.TOO_LARGE,
}
"""Code of the note of a page that was not started, and the outcome of a document that has no other
content."""

_LOST = {*LIMIT_OUTCOMES, "image_page", "page_damaged", "not_read"}
"""Codes of notes on pages of which nothing, or not all, was read."""


@dataclass(frozen=True, slots=True)
class LostPages:
    """Numbers of pages that were not read, and whether pages behind the last one read were left out."""

    numbers: frozenset[int] = frozenset()
    last_ones: bool = False

    def __bool__(self) -> bool:
        return bool(self.numbers) or self.last_ones

    def beside(self, pages: Sequence[int]) -> int | None:
        """A lost page among `pages`, before the first or behind the last of them."""
        around = (*pages, *(() if not pages else (pages[0] - 1, pages[-1] + 1)))
        return next((number for number in around if number in self.numbers), None)


def lost_pages(notes: Sequence[Note]) -> LostPages:
    """The pages that the reader's notes say were not read."""
    numbers = {note.page for note in notes if note.code in _LOST and note.page is not None}
    return LostPages(frozenset(numbers), any(note.code == "pages_left_out" for note in notes))


def outcome_of_limit(notes: Sequence[Note]) -> DocumentOutcome | None:
    """The outcome that goes with the limit that cost pages; None where none did."""
    return next((LIMIT_OUTCOMES[note.code] for note in notes if note.code in LIMIT_OUTCOMES), None)


def pages_beyond_limits(notes: Sequence[Note]) -> Message | None:
    """A message that names the pages that a limit cost; None where it cost none."""
    lost = [note for note in notes if note.code in LIMIT_OUTCOMES and note.page is not None]
    if not lost:
        return None
    first, last, timed = lost[0].page, lost[-1].page, lost[0].code == "unread_time"
    if first == last:
        return message("page_beyond_time" if timed else "page_beyond_memory", number=first)
    return message("pages_beyond_time" if timed else "pages_beyond_memory", first=first, last=last)
