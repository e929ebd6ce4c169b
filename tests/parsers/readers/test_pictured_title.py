"""A title that stands as pictures above the text of page 1 is read; other pictures beside text are not."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest

from parsers.readers.limits import Limits
from parsers.readers.pdf.reader import read_pdf
from tests.parsers.readers.drawing import HEIGHT, WIDTH, Page, lines, pdf

pytest.importorskip("rapidocr")

SIZE = 18.0  # points
# Characters as strokes (x0, y0, x1, y1 of their square): not every machine has a type for them.
STROKES = {
    "中": ((12, 25, 88, 25), (12, 65, 88, 65), (12, 25, 12, 65), (88, 25, 88, 65), (50, 2, 50, 98)),
    "山": ((50, 5, 50, 88), (10, 35, 10, 88), (90, 35, 90, 88), (10, 88, 90, 88)),
    "王": ((15, 12, 85, 12), (22, 50, 78, 50), (8, 90, 92, 90), (50, 12, 50, 90)),
    "田": (
        (15, 12, 85, 12), (15, 50, 85, 50), (15, 90, 85, 90),
        (15, 12, 15, 90), (50, 12, 50, 90), (85, 12, 85, 90),
    ),
}  # fmt: skip
TITLE = "中山王田中"


def _words(page: Page) -> None:
    for place, character in enumerate(TITLE):
        left = SIZE * (0.5 + 1.1 * place)
        for stroke in STROKES[character]:
            x0, y0, x1, y1 = (SIZE * share / 100 for share in stroke)
            page.line(left + x0, 5 + y0, left + x1, 5 + y1, width=1.3)


def _amount(page: Page) -> None:
    page.text(SIZE / 2, 1.1 * SIZE, "8,123.45", SIZE, "Helvetica")


def pictured(print_line: Callable[[Page], None], top: float) -> Callable[[Page], None]:
    """A line of a page as a picture, at a distance from the page's top."""
    width, height = SIZE * (1.1 * len(TITLE) + 1), SIZE + 10

    def draw(page: Page) -> None:
        whole = pypdfium2.PdfDocument(pdf(print_line))[0].render(scale=200 / 72).to_pil()
        image = whole.crop((0, 0, round(width * 200 / 72), round(height * 200 / 72)))
        page.canvas.drawInlineImage(image, (WIDTH - width) / 2, HEIGHT - top - height, width, height)

    return draw


def cover(*draw: Callable[[Page], None]) -> bytes:
    def page(sheet: Page) -> None:
        for one in draw:
            one(sheet)
        sheet.text(60, 300, "第一部分部门概况")

    return pdf(page)


def test_a_title_of_pictures_is_read_and_noted() -> None:
    reading = read_pdf(cover(pictured(_words, 100)), Limits())
    assert lines(reading) == [TITLE, "第一部分部门概况"]
    assert [(note.code, note.detail, note.page) for note in reading.notes] == [("pictured_title", TITLE, 1)]


@pytest.mark.parametrize(
    ("draw", "ocr"),
    [(pictured(_amount, 100), True), (pictured(_words, 400), True), (pictured(_words, 100), False)],
    ids=["an amount", "below the text", "recognition switched off"],
)
def test_other_pictures_are_not_read(draw: Callable[[Page], None], ocr: bool) -> None:
    reading = read_pdf(cover(draw), Limits(ocr=ocr))
    assert (lines(reading), reading.notes) == (["第一部分部门概况"], ())
