"""Page images are turned, levelled and read into the same grids as drawn pages."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw

from parsers.errors import DocumentError
from parsers.readers.limits import Limits
from parsers.readers.scan import read_image
from tests.parsers.readers.drawing import Page, grids, pdf, rows

pytest.importorskip("rapidocr")

ROWS = [
    ["Item", "2023", "2024"],
    ["Revenue", "1,053.43", "1,144.52"],
    ["Taxes", "383.33", "436.61"],
    ["Total", "1,436.76", "1,581.13"],
]


def table(page: Page) -> None:
    xs, ys = [80, 240, 380, 520], [120, 150, 180, 210, 240]
    page.lattice(xs, ys)
    page.text(200, 90, "Budget of the County", size=18, font="Helvetica")
    for y, texts in zip(ys, ROWS, strict=False):
        page.text(86, y + 20, texts[0], size=12, font="Helvetica")
        for x, text in zip(xs[2:], texts[1:], strict=True):
            page.right(x - 6, y + 20, text, size=12)


def photographed(*, degrees: float = 0.0, seal: bool = False) -> bytes:
    """The page as a PNG of 150 dpi: turned clockwise, with a red seal over the amounts."""
    image = pypdfium2.PdfDocument(pdf(table))[0].render(scale=150 / 72).to_pil().convert("RGB")
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


@pytest.mark.parametrize("degrees", [0.0, 1.2, 90.0, 180.0, 270.0])
def test_turned_page(degrees: float) -> None:
    reading = read_image(photographed(degrees=degrees), Limits())
    (grid,) = grids(reading)
    assert rows(grid) == ROWS
    assert (grid.source, reading.text_layer, reading.media_type) == ("scan", "scan", "image/png")
    assert [note.code for note in reading.notes] == (["turned_page"] if degrees >= 90 else [])


def test_seal_over_the_amounts() -> None:
    (grid,) = grids(read_image(photographed(seal=True), Limits()))
    assert rows(grid) == ROWS


def test_same_pixels_same_reading() -> None:
    data = photographed(degrees=-0.8)
    assert read_image(data, Limits()) == read_image(data, Limits())


def test_recognition_switched_off() -> None:
    with pytest.raises(DocumentError) as caught:
        read_image(photographed(), Limits(ocr=False))
    assert caught.value.outcome == "needs_ocr"


def test_broken_image() -> None:
    with pytest.raises(DocumentError) as caught:
        read_image(photographed()[:5000], Limits())
    assert caught.value.outcome == "damaged"
