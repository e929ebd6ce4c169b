"""Small drawn pages for the tests of page readers, and a view of grids that is easy to compare.

Invariant: coordinates are points from the top left corner, as everywhere in the parsers.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageChops, ImageDraw
from reportlab.lib import pdfencrypt
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from parsers.values.document import Cell, Grid, Reading, TextBlock

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


SCANNED_ROWS = [
    ["Item", "2023", "2024"],
    ["Revenue", "1,053.43", "1,144.52"],
    ["Taxes", "383.33", "436.61"],
    ["Total", "1,436.76", "1,581.13"],
]


def _scanned_table(page: Page) -> None:
    xs, ys = [80, 240, 380, 520], [120, 150, 180, 210, 240]
    page.lattice(xs, ys)
    page.text(200, 90, "Budget of the County", size=18, font="Helvetica")
    for y, texts in zip(ys, SCANNED_ROWS, strict=False):
        page.text(86, y + 20, texts[0], size=12, font="Helvetica")
        for x, text in zip(xs[2:], texts[1:], strict=True):
            page.right(x - 6, y + 20, text, size=12)


def photographed(*, degrees: float = 0.0, seal: bool = False) -> bytes:
    """The page as a PNG of 150 dpi: turned clockwise, with a red seal over the amounts."""
    image = pypdfium2.PdfDocument(pdf(_scanned_table))[0].render(scale=150 / 72).to_pil().convert("RGB")
    if seal:
        stamp = Image.new("RGB", image.size, "white")
        draw = ImageDraw.Draw(stamp)
        draw.ellipse((700, 260, 1000, 560), outline=(205, 60, 60), width=9)
        draw.line((700, 410, 1000, 410), fill=(205, 60, 60), width=6)
        image = ImageChops.multiply(image, stamp)  # ink lets the print below shine through
    image = image.rotate(
        -degrees, expand=degrees % 90 == 0, fillcolor=(250, 250, 250), resample=Image.Resampling.BICUBIC
    )
    noise = np.random.default_rng(7).integers(-6, 6, (image.height, image.width, 1))
    image = Image.fromarray(np.clip(np.asarray(image).astype(int) + noise, 0, 255).astype(np.uint8))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def jbig2_file(picture: bytes) -> bytes:
    """A picture in black and white as a JBIG2 file (ITU-T T.88): one page, one region of Group 4 data."""
    image = Image.open(io.BytesIO(picture)).convert("L").point(lambda level: 255 * (level > 160)).convert("1")
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", compression="group4", tiffinfo={262: 0, 278: image.height})
    strip = Image.open(buffer).tag_v2  # type: ignore[attr-defined]
    packed = buffer.getvalue()[strip[273][0] :][: strip[279][0]]

    def segment(number: int, kind: int, data: bytes = b"") -> bytes:
        return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data

    page = struct.pack(">IIIIBH", *image.size, 0, 0, 0, 0)
    region = struct.pack(">IIIIBB", *image.size, 0, 0, 0, 1) + packed
    header = b"\x97JB2\r\n\x1a\n" + struct.pack(">BI", 1, 1)
    return header + segment(0, 48, page) + segment(1, 38, region) + segment(2, 49) + segment(3, 51)


def raw_pdf(
    content: bytes,
    *,
    catalog: bytes = b"",
    page: bytes = b"",
    resources: bytes = b"",
    more: Sequence[bytes] = (),
) -> bytes:
    """A PDF of one page written by hand: its font F1 is object 5, `more` are objects from 6 on."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s "
        b"/Resources << /Font << /F1 5 0 R >> %s >> >>" % (page, resources),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *more,
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = len(objects) + 1
    index = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, index, size, len(out))
    )
