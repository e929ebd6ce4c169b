"""PDF files become text lines and grids, whatever draws their rules."""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
import pypdfium2
import pytest
from pdfplumber.utils.exceptions import PdfminerException
from PIL import Image
from reportlab.lib.utils import ImageReader

from parsers.readers.limits import Limits
from parsers.readers.pdf.page import OpenPage
from parsers.readers.pdf.pdfium.characters import Fonts, page_characters
from parsers.readers.pdf.pdfium.glyphs import placed_glyphs
from parsers.readers.pdf.plumber import Plumber, glyph_of
from parsers.readers.pdf.reader import read_pdf
from parsers.values.document import Grid, TextBlock
from parsers.values.errors import DocumentError
from tests.parsers.readers.drawing import HEIGHT, WIDTH, Page, grids, lines, pdf, raw_pdf, rows

TEXT_ONLY = Limits(ocr=False)

UNMAPPED = (
    b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] "
    b"/Resources << /Font << /F2 7 0 R >> >> /Length 52 >>\n"
    b"stream\nBT /F2 10 Tf 50 700 Td <00210022002300240025> Tj ET\nendstream",
    b"<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [8 0 R] >>",
    b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /CIDSystemInfo "
    b"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 9 0 R >>",
    b"<< /Type /FontDescriptor /FontName /Own /Flags 4 /Ascent 800 /Descent -200 /ItalicAngle 0 >>",
)
"""Objects 6 to 9: a form that prints in a font of which nothing says what its characters are."""


def budget_table(page: Page) -> None:
    page.text(220, 60, "2024年收支总表", size=16)
    page.text(50, 90, "部门名称：某某局")
    page.text(450, 90, "单位：万元")
    page.lattice([50, 200, 300, 450, 545], [100, 120, 140, 160])
    for x, text in zip((60, 210, 310, 460), ("收入项目", "预算数", "支出项目", "预算数"), strict=True):
        page.text(x, 114, text)
    page.text(52, 134, "一、财政拨款收入")
    page.right(298, 134, "1,053.43")
    page.text(302, 134, "一、一般公共服务")
    page.right(543, 134, "91.09")
    page.text(52, 154, "收入总计")
    page.right(298, 154, "1,053.43")


BUDGET_ROWS = [
    ["收入项目", "预算数", "支出项目", "预算数"],
    ["一、财政拨款收入", "1,053.43", "一、一般公共服务", "91.09"],
    ["收入总计", "1,053.43", "", ""],
]


def test_a_character_of_a_font_of_the_machine_is_as_wide_as_the_file_says() -> None:
    data = pdf(lambda page: page.text(50, 100, "f", 20, "Times-Roman"))
    with OpenPage.of(pypdfium2.PdfDocument(data), 1) as page:
        text = page.raw.get_textpage()
        characters = page_characters(text, page.objects, np.zeros(len(page.objects), np.bool_))
        text.close()
        placed = placed_glyphs(characters, page.objects, Fonts.of(page.objects), page.box)
    assert placed.boxes[0, [0, 2]] == pytest.approx([50, 56.66])  # its ink reaches beyond


class TestRuled:
    def test_lines(self) -> None:
        reading = read_pdf(pdf(budget_table), TEXT_ONLY)
        assert lines(reading) == ["2024年收支总表", "部门名称：某某局\t单位：万元"]
        (grid,) = grids(reading)
        assert rows(grid) == BUDGET_ROWS
        assert (grid.page, grid.source, reading.text_layer, reading.pages) == (1, "text", "text", 1)
        assert grid.col_edges == (50, 200, 300, 450, 545)

    def test_thin_filled_rectangles(self) -> None:
        def draw(page: Page) -> None:
            for y in (100, 120, 140):
                page.box(50, y, 250, y + 0.8, stroke=0, fill=1)
            for x in (50, 150, 250):
                for y in (100, 120):
                    page.box(x, y, x + 0.8, y + 20, stroke=0, fill=1)
            page.text(60, 114, "项目")
            page.right(248, 134, "8.00")

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid) == [["项目", ""], ["", "8.00"]]

    def test_a_stroked_rectangle_for_every_cell(self) -> None:
        def draw(page: Page) -> None:
            for x in (50, 150):
                for y in (100, 120):
                    page.box(x, y, x + 100, y + 20)
            page.text(60, 114, "项目")
            page.right(248, 134, "8.00")

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid) == [["项目", ""], ["", "8.00"]]

    def test_white_rules_are_not_seen(self) -> None:
        def draw(page: Page) -> None:
            page.lattice([50, 150, 250], [100, 120])
            page.canvas.setStrokeColorRGB(1, 1, 1)
            page.line(200, 100, 200, 120)
            page.text(160, 114, "合计数列")

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid) == [["", "合计数列"]]

    def test_pages_in_order_with_their_numbers_as_furniture(self) -> None:
        def numbered(number: int, page: Page) -> None:
            budget_table(page)
            page.text(290, 820, f"— {number} —")

        reading = read_pdf(pdf(lambda p: numbered(1, p), lambda p: numbered(2, p)), TEXT_ONLY)
        assert [grid.page for grid in grids(reading)] == [1, 2]
        furniture = [b.text for b in reading.blocks if isinstance(b, TextBlock) and b.style == "furniture"]
        assert [text.replace(" ", "") for text in furniture] == ["—1—", "—2—"]


class TestTurnedPages:
    def test_rotate_entry(self) -> None:
        def draw(page: Page) -> None:
            page.canvas.translate(HEIGHT, 0)  # the media box lies on its side and is turned for the reader
            page.canvas.rotate(90)
            budget_table(page)

        reading = read_pdf(pdf(draw, rotate=90), TEXT_ONLY)
        assert reading.page_sizes == ((WIDTH, HEIGHT),)
        assert reading.notes == ()
        assert rows(grids(reading)[0]) == BUDGET_ROWS

    def test_lines_printed_upwards(self) -> None:
        def draw(page: Page) -> None:
            page.canvas.rotate(90)
            page.canvas.translate(0, -HEIGHT)
            budget_table(page)

        reading = read_pdf(pdf(draw), TEXT_ONLY)
        assert rows(grids(reading)[0]) == BUDGET_ROWS
        assert [note.code for note in reading.notes] == ["turned_page"]
        assert reading.page_sizes == ((HEIGHT, WIDTH),)


class TestDifficultFiles:
    def test_empty_password_opens(self) -> None:
        def draw(page: Page) -> None:
            page.lattice([50, 150, 250], [100, 120])
            page.right(140, 114, "20801")
            page.right(248, 114, "8.00")

        (grid,) = grids(read_pdf(pdf(draw, password=""), TEXT_ONLY))
        assert rows(grid) == [["20801", "8.00"]]

    def test_password_asked(self) -> None:
        with pytest.raises(DocumentError) as caught:
            read_pdf(pdf(budget_table, password="secret"), TEXT_ONLY)
        assert caught.value.outcome == "encrypted"

    @pytest.mark.parametrize("lost", [b"startxref", b"trailer", b"xref\n0"])
    def test_lost_index(self, lost: bytes) -> None:
        data = pdf(budget_table)
        assert rows(grids(read_pdf(data[: data.rindex(lost)], TEXT_ONLY))[0]) == BUDGET_ROWS

    def test_download_cut_short_gives_the_pages_that_arrived(self) -> None:
        data = pdf(budget_table, budget_table)
        reading = read_pdf(data[: data.rindex(b"/Type /Catalog")], TEXT_ONLY)
        assert "repaired" in [note.code for note in reading.notes]
        assert reading.pages == 2

    @pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.7\n" + b"\x00\xff" * 400])
    def test_nothing_left(self, data: bytes) -> None:
        with pytest.raises(DocumentError) as caught:
            read_pdf(data, TEXT_ONLY)
        assert caught.value.outcome == "damaged"

    def test_pages_over_the_limit_are_left_out_with_a_note(self) -> None:
        reading = read_pdf(pdf(budget_table, budget_table, budget_table), Limits(max_pages=2, ocr=False))
        assert (reading.pages, len(grids(reading))) == (3, 2)
        assert [note.code for note in reading.notes] == ["pages_left_out"]

    def test_blank_page(self) -> None:
        reading = read_pdf(pdf(lambda page: None), TEXT_ONLY)
        assert (reading.blocks, reading.text_layer) == ((), "none")

    def test_page_images_without_recognition(self) -> None:
        with pytest.raises(DocumentError) as caught:
            read_pdf(pdf(picture), TEXT_ONLY)
        assert caught.value.outcome == "needs_ocr"

    def test_page_images_among_text(self) -> None:
        reading = read_pdf(pdf(budget_table, picture), TEXT_ONLY)
        assert reading.text_layer == "mixed"
        assert [(note.code, note.page) for note in reading.notes] == [("image_page", 2)]
        assert len(reading.page_sizes) == 2

    def test_a_font_that_states_a_descent_no_type_has(self) -> None:
        stated = pdf(budget_table).replace(b"/Descent -271 ", b"/Descent -2710")
        (grid,) = grids(read_pdf(stated, TEXT_ONLY))
        assert rows(grid) == BUDGET_ROWS

    def test_the_size_of_a_turned_character_is_no_advance(self) -> None:
        # As pdfplumber states a digit of 6 points on a page that /Rotate turns.
        char: dict[str, Any]
        char = {"x0": 10.0, "x1": 16.0, "top": 20.0, "bottom": 23.3, "size": 3.3, "left": 0.0, "above": 0.0}
        char |= {"upright": False, "matrix": (0, 1, -1, 0, 10, 20)}
        assert glyph_of(char, "1", 0.0).size == 6.0

    def test_font_without_unicode_is_noted(self) -> None:
        data = raw_pdf(b"/X Do", resources=b"/XObject << /X 6 0 R >>", more=UNMAPPED)
        reading = read_pdf(data, TEXT_ONLY)
        assert [note.code for note in reading.notes] == ["cid_text"]

    def test_font_without_unicode_on_a_page_of_lines_that_run_up_is_noted(self) -> None:
        data = raw_pdf(
            b"BT /F2 10 Tf 0 1 -1 0 300 100 Tm <00210022002300240025> Tj ET", more=UNMAPPED
        ).replace(b"/F1 5 0 R", b"/F1 5 0 R /F2 7 0 R")
        reading = read_pdf(data, TEXT_ONLY)
        assert [note.code for note in reading.notes] == ["cid_text", "turned_page"]


SHOWN = b"BT /F1 10 Tf 50 700 Td (8,123.45) Tj ET"


def packed(content: bytes, times: int, keys: bytes = b"") -> bytes:
    """The body of a stream that is deflated several times over."""
    for _ in range(times):
        content = zlib.compress(content)
    filters = b" /FlateDecode" * times
    return b"<< %s /Filter [%s] /Length %d >>\nstream\n%s\nendstream" % (
        keys,
        filters,
        len(content),
        content,
    )


FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>"


class TestContentThatIsNotUnpacked:
    """A page of which something is not unpacked is not taken for a page without it."""

    def test_content_packed_too_often(self) -> None:
        data = raw_pdf(b"", more=[packed(SHOWN, 3)]).replace(b"/Contents 4 0 R", b"/Contents 6 0 R")
        with pytest.raises(DocumentError) as caught:
            read_pdf(data, TEXT_ONLY)
        assert caught.value.outcome == "needs_ocr"

    def test_a_part_of_the_content_packed_too_often(self) -> None:
        data = raw_pdf(SHOWN, more=[packed(SHOWN, 3)]).replace(b"/Contents 4 0 R", b"/Contents [4 0 R 6 0 R]")
        with pytest.raises(DocumentError) as caught:
            read_pdf(data, TEXT_ONLY)
        assert caught.value.outcome == "needs_ocr"

    def test_a_form_packed_too_often(self) -> None:
        data = raw_pdf(b"/X Do", resources=b"/XObject << /X 6 0 R >>", more=[packed(SHOWN, 3, FORM)])
        with pytest.raises(DocumentError) as caught:
            read_pdf(data, TEXT_ONLY)
        assert caught.value.outcome == "needs_ocr"

    def test_content_that_is_no_flate(self) -> None:
        noise = b"<< /Filter /FlateDecode /Length 200 >>\nstream\n%s\nendstream" % (b"\xff" * 200)
        data = raw_pdf(b"", more=[noise]).replace(b"/Contents 4 0 R", b"/Contents 6 0 R")
        with pytest.raises(DocumentError) as caught:
            read_pdf(data, TEXT_ONLY)
        assert caught.value.outcome == "needs_ocr"

    def test_content_packed_twice_is_read(self) -> None:
        data = raw_pdf(b"", more=[packed(SHOWN, 2)]).replace(b"/Contents 4 0 R", b"/Contents 6 0 R")
        assert lines(read_pdf(data, TEXT_ONLY)) == ["8,123.45"]

    def test_empty_content_that_is_packed_is_a_blank_page(self) -> None:
        data = raw_pdf(b"", more=[packed(b"", 1)]).replace(b"/Contents 4 0 R", b"/Contents 6 0 R")
        reading = read_pdf(data, TEXT_ONLY)
        assert (reading.text_layer, reading.notes) == ("none", ())

    def test_text_in_forms_too_deep_for_the_description_of_objects(self) -> None:
        deep = 12
        forms = [
            packed(b"/X Do", 1, FORM.replace(b"/Font <<", b"/XObject << /X %d 0 R >> /Font <<" % (7 + level)))
            for level in range(deep)
        ]
        data = raw_pdf(b"/X Do", resources=b"/XObject << /X 6 0 R >>", more=[*forms, packed(SHOWN, 1, FORM)])
        assert lines(read_pdf(data, TEXT_ONLY)) == ["8,123.45"]


def test_squares_where_rules_meet_draw_no_row() -> None:
    """The corners of spreadsheets' rules, drawn as squares whose sides differ by rounding."""

    def draw(page: Page) -> None:
        for y in (100.0, 140.0):
            page.box(50, y, 250, y + 0.96, fill=1, stroke=0)
        for x in (50.0, 149.52, 249.04):
            page.box(x, 100, x + 0.96, 140.96, fill=1, stroke=0)
            page.box(x, 120, x + 0.966, 120.96, fill=1, stroke=0)
        page.text(60, 125, "合计")
        page.right(240, 125, "8.00")

    (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
    assert rows(grid) == [["合计", "8.00"]]


def picture(page: Page) -> None:
    buffer = io.BytesIO()
    Image.new("L", (60, 80), 200).save(buffer, "PNG")
    page.canvas.drawImage(ImageReader(buffer), 0, 0, WIDTH, HEIGHT)


def test_grid_blocks_keep_their_place_between_lines() -> None:
    def draw(page: Page) -> None:
        budget_table(page)
        page.text(50, 180, "注：本表无其他说明")

    reading = read_pdf(pdf(draw), TEXT_ONLY)
    assert [type(block) for block in reading.blocks] == [TextBlock, TextBlock, Grid, TextBlock]


@pytest.mark.parametrize("page", [b"/MediaBox[0 0 9 9]/Group<</S/Transparency/CS>>", b"/MediaBox null"])
def test_a_file_whose_pages_cannot_be_listed_is_let_go(page: bytes) -> None:
    broken = b"".join((
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R", page, b">>endobj\n",
        b"trailer<</Root 1 0 R>>\n%%EOF",
    ))  # fmt: skip
    second = Plumber(broken)
    with pytest.raises((PdfminerException, TypeError)):
        second.characters(1)
    second.close()
