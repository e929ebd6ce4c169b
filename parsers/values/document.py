"""Value types that pass between the stages of reading one document.

Invariant: plain immutable data. Nothing here reads, guesses or stores; a value that is not known is
`None`, never a default that looks like a finding.

Geometry is in PDF points (1/72 inch) on the page *as a person sees it* (after /Rotate), with the origin
at the top left corner. Formats without geometry have `page=None` and `box=None`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, NamedTuple

from parsers.values.messages import Message
from parsers.values.vocabulary import AmountSource, TextLayer

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
    header rows, <thead>), else None.
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
