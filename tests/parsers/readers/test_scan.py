"""Page images are turned, levelled and read into the same grids as drawn pages."""

from __future__ import annotations

import threading
from functools import partial

import numpy as np
import pytest

from parsers.readers.limits import Limits
from parsers.readers.page.lines.geometry import PageMarks
from parsers.readers.page.pages import Pages
from parsers.readers.scan import ocr
from parsers.readers.scan.reader import read_image
from parsers.readers.scan.side_by_side import ScannedPage, Scans
from parsers.values.attempts import Attempts
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


def test_a_page_with_nothing_on_it_costs_no_detection() -> None:
    """Dust is not looked at, and far from print only print is."""
    page = np.full((2000, 1400), 250, dtype=np.uint8)
    page[300, 200] = page[301, 200] = 0
    assert ocr.inked_regions(page) == [] and ocr.detect(page) == []
    page[400:430, 600:700] = page[1500:1530, 100:1300] = 0
    assert ocr.inked_regions(page) == [(568, 368, 732, 462), (68, 1468, 1332, 1562)]


def test_pages_are_added_in_their_order_whichever_ends_first() -> None:
    first_may_end = threading.Event()

    def scan(number: int) -> ScannedPage:
        if number == 1:
            assert first_may_end.wait(60)
        else:
            first_may_end.set()
        return ScannedPage(PageMarks(number, 100, 200, (), ()), 0, 0.0, number)

    pages = Pages(Limits())
    with Scans(pages, at_a_time=2) as scans:
        scans.begin((100, 200), Attempts(page=1), partial(scan, 1))
        scans.begin((100, 200), Attempts(page=2), partial(scan, 2))
        scans.begin((100, 300), Attempts(page=3), None)
        assert scans.next_number == 4
    assert [(note.code, note.page) for note in pages.notes] == [
        ("ocr_doubtful", 1),
        ("ocr_doubtful", 2),
        ("image_page", 3),
    ]
    assert (pages.sizes[2], pages.recognised) == ((100, 300), 2)
