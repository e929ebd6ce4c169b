"""Small drawn pages for the tests of page readers, and a view of grids that is easy to compare.

Invariant: coordinates are points from the top left corner, as everywhere in the parsers.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from reportlab.lib import pdfencrypt
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from parsers.document import Cell, Grid, Reading, TextBlock

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
WIDTH, HEIGHT = 595.0, 842.0


class Page:
    """A page to draw on; `pdf(draw)` makes the file."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def text(self, x: float, y: float, text: str, size: float = 10.0, font: str = "STSong-Light") -> None:
        """Text whose base line is at `y`."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HEIGHT - y, text)

    def right(self, x: float, y: float, text: str, size: float = 10.0) -> None:
        """Text that ends at `x`."""
        self.canvas.setFont("Helvetica", size)
        self.canvas.drawRightString(x, HEIGHT - y, text)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5) -> None:
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def box(self, x0: float, y0: float, x1: float, y1: float, **style: Any) -> None:
        self.canvas.rect(x0, HEIGHT - y1, x1 - x0, y1 - y0, **style)

    def lattice(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """All lines of a grid."""
        for x in xs:
            self.line(x, ys[0], x, ys[-1])
        for y in ys:
            self.line(xs[0], y, xs[-1], y)


def pdf(*draw: Callable[[Page], None], password: str | None = None, rotate: int = 0) -> bytes:
    """A PDF with one page per function; `password` ("" opens for everyone) encrypts it."""
    buffer = io.BytesIO()
    encrypt = None if password is None else pdfencrypt.StandardEncryption(password, "owner", strength=128)
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), encrypt=encrypt)
    for drawing in draw:
        if rotate:
            canvas.setPageRotation(rotate)
        drawing(Page(canvas))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def grids(reading: Reading) -> list[Grid]:
    return [block for block in reading.blocks if isinstance(block, Grid)]


def lines(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks if isinstance(block, TextBlock)]


def rows(grid: Grid) -> list[list[str | None]]:
    """Texts by position; None where a merged cell covers."""
    table: list[list[str | None]] = [[None] * grid.n_cols for _ in range(grid.n_rows)]
    for cell in grid.cells:
        table[cell.row][cell.col] = cell.text
    return table


def cell(grid: Grid, row: int, col: int) -> Cell:
    return next(c for c in grid.cells if (c.row, c.col) == (row, col))
