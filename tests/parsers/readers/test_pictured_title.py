"""A title that stands as pictures above the text of page 1 is read; other pictures beside text are not."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest

from parsers.readers.limits import Limits
from parsers.readers.pdf.reader import read_pdf
from tests.parsers.readers.drawing import HEIGHT, WIDTH, Page, lines, pdf

pytest.importorskip("rapidocr")

TITLE = "勉县水利局2026年部门预算"
SIZE = 18  # points


def pictured(text: str, top: float) -> Callable[[Page], None]:
    """A line of a page as a picture of its words, at a height of the page from above."""
    width = SIZE * (len(text) + 1)

    def word(page: Page) -> None:
        page.text(SIZE / 2, 1.1 * SIZE, text, SIZE)

    def draw(page: Page) -> None:
        whole = pypdfium2.PdfDocument(pdf(word))[0].render(scale=200 / 72).to_pil()
        image = whole.crop((0, 0, round(width * 200 / 72), round(1.4 * SIZE * 200 / 72)))
        left = (WIDTH - width) / 2
        page.canvas.drawInlineImage(image, left, HEIGHT - top - 1.4 * SIZE, width, 1.4 * SIZE)

    return draw


def cover(*draw: Callable[[Page], None]) -> bytes:
    def page(sheet: Page) -> None:
        for one in draw:
            one(sheet)
        sheet.text(60, 300, "第一部分部门概况")

    return pdf(page)


def test_a_title_of_pictures_is_read_and_noted() -> None:
    reading = read_pdf(cover(pictured(TITLE, 100)), Limits())
    assert lines(reading) == [TITLE, "第一部分部门概况"]
    assert [(note.code, note.detail, note.page) for note in reading.notes] == [("pictured_title", TITLE, 1)]


@pytest.mark.parametrize(
    ("draw", "ocr"),
    [(pictured("8,123.45", 100), True), (pictured(TITLE, 400), True), (pictured(TITLE, 100), False)],
    ids=["an amount", "below the text", "recognition switched off"],
)
def test_other_pictures_are_not_read(draw: Callable[[Page], None], ocr: bool) -> None:
    reading = read_pdf(cover(draw), Limits(ocr=ocr))
    assert (lines(reading), reading.notes) == (["第一部分部门概况"], ())
