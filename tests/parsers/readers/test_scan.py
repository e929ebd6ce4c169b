"""Page images are turned, levelled and read into the same grids as drawn pages."""

from __future__ import annotations

import pytest

from parsers.readers.limits import Limits
from parsers.readers.scan.reader import read_image
from parsers.values.errors import DocumentError
from tests.parsers.readers.drawing import SCANNED_ROWS, grids, photographed, rows

pytest.importorskip("rapidocr")


@pytest.mark.parametrize("degrees", [1.2, 90.0, 180.0, 270.0])
def test_turned_page(degrees: float) -> None:
    reading = read_image(photographed(degrees=degrees), Limits())
    (grid,) = grids(reading)
    assert rows(grid) == SCANNED_ROWS
    assert (grid.source, reading.text_layer, reading.media_type) == ("scan", "scan", "image/png")
    assert [note.code for note in reading.notes] == (["turned_page"] if degrees >= 90 else [])


def test_seal_over_the_amounts() -> None:
    (grid,) = grids(read_image(photographed(seal=True), Limits()))
    assert rows(grid) == SCANNED_ROWS


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
