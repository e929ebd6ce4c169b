"""What a reader of a PDF page sees is what is read: nothing hidden, and everything a form was filled with."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader

from parsers.readers.limits import Limits
from parsers.readers.pdf.reader import read_pdf
from parsers.values.document import Reading
from parsers.values.text import withdrawn
from tests.parsers.readers.drawing import HEIGHT, WIDTH, Page, grids, lines, pdf, raw_pdf, rows
from tests.wording import english

Draw = Callable[[Page], None]


def read(*draw: Draw) -> Reading:
    return read_pdf(pdf(*draw), Limits(ocr=False))


def table(page: Page) -> None:
    """Label and amount; the amount cell of the last row is free."""
    page.lattice([50, 200, 300], [100, 120, 140, 160])
    for y, label, amount in ((114, "工资", "1,000.00"), (134, "办公费", "200.00"), (154, "会议费", "")):
        page.text(52, y, label)
        page.right(298, y, amount)


SEEN = [["工资", "1,000.00"], ["办公费", "200.00"], ["会议费", ""]]


UNREAD = [*SEEN[:2], ["会议费", withdrawn("77.70")]]


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


def amount(page: Page, text: str = "77.70") -> None:
    page.right(298, 154, text)


def invisible(page: Page) -> None:
    page.canvas.drawString(252, HEIGHT - 154, "77.70", mode=3)


def white(page: Page) -> None:
    page.canvas.setFillGray(1)
    amount(page)


def nearly_white(page: Page) -> None:
    page.canvas.setFillGray(0.98)
    amount(page)


def the_color_of_its_ground(page: Page) -> None:
    page.canvas.setFillColorRGB(0.8, 0.9, 1)
    page.box(201, 141, 299, 159, stroke=0, fill=1)
    amount(page)


def transparent(page: Page) -> None:
    page.canvas.setFillAlpha(0)
    amount(page)


def under_a_white_box(page: Page) -> None:
    amount(page)
    page.canvas.setFillGray(1)
    page.box(205, 142, 299, 158, stroke=0, fill=1)


def under_a_colored_box(page: Page) -> None:
    amount(page)
    page.canvas.setFillColorRGB(0.9, 0.9, 0.6)
    page.box(205, 142, 299, 158, stroke=0, fill=1)


def under_a_picture(page: Page) -> None:
    amount(page)
    page.canvas.drawImage(_plain_picture(), 205, HEIGHT - 158, 94, 16)


def clipped_away(page: Page) -> None:
    clip = page.canvas.beginPath()
    clip.rect(10, 10, 30, 30)
    page.canvas.clipPath(clip, stroke=0, fill=0)
    amount(page)


def off_the_page(page: Page) -> None:
    page.right(WIDTH + 200, 154, "77.70")


def in_a_form_object(page: Page) -> None:
    page.canvas.beginForm("hidden", 0, 0, WIDTH, HEIGHT)
    page.canvas.drawString(0, 0, "77.70", mode=3)
    page.canvas.endForm()
    page.canvas.translate(252, HEIGHT - 154)
    page.canvas.doForm("hidden")


def _plain_picture() -> ImageReader:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 10), (255, 255, 255)).save(buffer, "PNG")
    buffer.seek(0)
    return ImageReader(buffer)


HIDDEN = [
    invisible,
    white,
    nearly_white,
    the_color_of_its_ground,
    transparent,
    under_a_white_box,
    under_a_colored_box,
    under_a_picture,
    clipped_away,
    off_the_page,
    in_a_form_object,
]


class TestHiddenText:
    @pytest.mark.parametrize("hide", HIDDEN)
    def test_is_not_read(self, hide: Draw) -> None:
        def draw(page: Page) -> None:
            table(page)
            page.canvas.saveState()
            hide(page)
            page.canvas.restoreState()

        reading = read(draw)
        assert rows(grids(reading)[0]) == (SEEN if hide is off_the_page else UNREAD)
        if hide is not off_the_page:
            assert [(n.code, english(n.detail), n.page) for n in reading.notes] == [
                ("hidden_text", "77.70", 1)
            ]

    def test_the_number_over_the_white_box_is_read(self) -> None:
        def draw(page: Page) -> None:
            table(page)
            amount(page, "900.00")
            page.canvas.setFillGray(1)
            page.box(205, 142, 299, 158, stroke=0, fill=1)
            page.canvas.setFillGray(0)
            amount(page, "1,300.00")

        assert rows(grids(read(draw))[0])[2] == ["会议费", "1,300.00"]

    def test_on_a_turned_page(self) -> None:
        def draw(page: Page) -> None:
            page.canvas.translate(HEIGHT, 0)
            page.canvas.rotate(90)
            table(page)
            invisible(page)

        reading = read_pdf(pdf(draw, rotate=90), Limits(ocr=False))
        assert rows(grids(reading)[0]) == UNREAD
        assert codes(reading) == ["hidden_text"]

    @pytest.mark.parametrize("first", ["white", "mode", "pale", "speck"])
    def test_digits_printed_again_over_what_is_hidden_are_read(self, first: str) -> None:
        """PDFium leaves out the second of two equal characters at one place."""

        def draw(page: Page) -> None:
            table(page)
            page.canvas.saveState()
            if first == "mode":
                page.canvas.drawRightString(298, HEIGHT - 154, "900.00", mode=3)
            elif first == "speck":
                page.canvas.setFontSize(1)
                page.canvas.drawString(240, HEIGHT - 154, "999")
            else:
                page.canvas.setFillGray(1 if first == "white" else 0.8)
                page.right(298 + (first == "pale"), 154, "900.00" if first == "white" else "100.00")
            page.canvas.restoreState()
            amount(page, "100.00")

        assert rows(grids(read(draw))[0])[2] == ["会议费", "100.00"]

    @pytest.mark.parametrize("y", [150.5, 152.8, 155.5])
    def test_a_line_through_an_amount_strikes_it_out_and_one_below_does_not(self, y: float) -> None:
        def draw(page: Page) -> None:
            table(page)
            amount(page)
            width = page.canvas.stringWidth("77.70")
            page.canvas.line(298 - width, HEIGHT - y, 298, HEIGHT - y)

        reading = read(draw)
        struck = y < 152
        assert rows(grids(reading)[0]) == (UNREAD if struck else [*SEEN[:2], ["会议费", "77.70"]])
        assert codes(reading) == (["struck_out"] if struck else [])

    def test_a_page_number_that_stands_upright_on_a_level_page_is_read(self) -> None:
        def draw(page: Page) -> None:
            table(page)
            page.canvas.rotate(90)
            page.canvas.drawString(400, -30, "- 62 -")

        reading = read(draw)
        assert codes(reading) == []
        assert {"6", "2"} <= set("".join(lines(reading)))

    def test_hidden_layers_are_not_read_and_shown_ones_are(self) -> None:
        content = (
            b"BT /F1 10 Tf 50 700 Td (always) Tj ET "
            b"/OC /Off BDC BT /F1 10 Tf 50 680 Td (off) Tj ET EMC "
            b"/OC /On BDC BT /F1 10 Tf 50 660 Td (on) Tj ET EMC"
        )
        layers = b"/OCProperties << /OCGs [6 0 R 7 0 R] /D << /OFF [6 0 R] /Order [6 0 R 7 0 R] >> >>"
        data = raw_pdf(
            content,
            catalog=layers,
            resources=b"/Properties << /Off 6 0 R /On 7 0 R >>",
            more=[b"<< /Type /OCG /Name (off) >>", b"<< /Type /OCG /Name (on) >>"],
        )
        assert lines(read_pdf(data, Limits(ocr=False))) == ["always", "on"]


class TestVisibleText:
    def test_white_on_a_dark_header(self) -> None:
        def draw(page: Page) -> None:
            page.canvas.setFillColorRGB(0.1, 0.2, 0.5)
            page.box(50, 100, 300, 120, stroke=0, fill=1)
            page.canvas.setFillGray(0)
            table(page)
            page.canvas.setFillGray(1)
            page.text(220, 114, "金额")

        reading = read(draw)
        assert "金额" in (rows(grids(reading)[0])[0][1] or "")
        assert codes(reading) == []

    def test_a_label_that_the_next_cell_cuts_off_keeps_its_end(self) -> None:
        def draw(page: Page) -> None:
            table(page)
            clip = page.canvas.beginPath()
            clip.rect(50, HEIGHT - 160, 40, 20)
            page.canvas.clipPath(clip, stroke=0, fill=0)
            page.text(82, 154, "及培训费")

        assert rows(grids(read(draw))[0])[2][0] == "会议费及培训费"

    @pytest.mark.parametrize("over", [False, True])
    def test_the_text_layer_of_a_scan_is_kept(self, over: bool) -> None:
        def draw(page: Page) -> None:
            if over:  # some programs put the picture over the words they recognised
                table(page)
            page.canvas.drawImage(_plain_picture(), 0, 0, WIDTH, HEIGHT)
            if not over:
                page.lattice([50, 200, 300], [100, 120])
                page.canvas.setFont("Helvetica", 10)
                page.canvas.drawString(52, HEIGHT - 114, "wages", mode=3)
                page.canvas.drawString(252, HEIGHT - 114, "77.70", mode=3)

        reading = read(draw)
        assert rows(grids(reading)[0]) == (SEEN if over else [["wages", "77.70"]])
        assert codes(reading) == []


def slanted(page: Page) -> None:
    page.canvas.translate(120, HEIGHT - 170)
    page.canvas.rotate(35)
    page.canvas.setFillGray(0.5)
    page.text(0, HEIGHT, "某某县财政局2026", size=30)


def pale_across(page: Page) -> None:
    page.canvas.setFillGray(0.75)
    page.text(60, 145, "某某县财政局2026", size=34)


def see_through(page: Page) -> None:
    page.canvas.setFillAlpha(0.2)
    page.text(60, 145, "公开", size=60)


def small_tiles(page: Page) -> None:
    page.canvas.setFillGray(0.8)
    for x in (70, 190, 310):
        for y in (108, 118, 138, 158):
            page.text(x, y, "内部资料2026", size=10)


class TestWatermarks:
    @pytest.mark.parametrize("mark", [slanted, pale_across, see_through, small_tiles])
    @pytest.mark.parametrize("first", [True, False])
    def test_are_part_of_no_cell(self, mark: Draw, first: bool) -> None:
        def marked(page: Page) -> None:
            page.canvas.saveState()
            mark(page)
            page.canvas.restoreState()

        def draw(page: Page) -> None:
            for one in (marked, table) if first else (table, marked):
                one(page)

        reading = read(draw)
        assert rows(grids(reading)[0]) == SEEN
        assert codes(reading) == ["watermark"]

    def test_grey_text_in_its_cell_is_none(self) -> None:
        def draw(page: Page) -> None:
            table(page)
            page.canvas.setFillGray(0.6)
            amount(page)

        reading = read(draw)
        assert rows(grids(reading)[0])[2] == ["会议费", "77.70"]
        assert codes(reading) == []


def field(**more: str) -> bytes:
    entries = {"Type": "/Annot", "Subtype": "/Widget", "Rect": "[220 683 298 700]", "F": "4", "P": "3 0 R"}
    entries |= {"DA": "(/F1 10 Tf 0 g)", **more}
    return ("<< " + " ".join(f"/{key} {value}" for key, value in entries.items()) + " >>").encode()


APPEARANCE = (
    b"<< /Type /XObject /Subtype /Form /BBox [0 0 78 17] "
    b"/Resources << /Font << /F1 5 0 R >> >> /Length 45 >>\n"
    b"stream\n/Tx BMC BT /F1 10 Tf 2 4 Td (77.70) Tj ET EMC   \nendstream"
)
HAN = "<FEFF" + "会议费77.70".encode("utf-16-be").hex() + ">"


class TestFields:
    def filled(self, *annotations: bytes, more: Sequence[bytes] = ()) -> Reading:
        content = b"50 680 m 300 680 l 50 702 m 300 702 l 50 680 m 50 702 l "
        content += b"200 680 m 200 702 l 300 680 m 300 702 l S "
        content += b"BT /F1 10 Tf 52 687 Td (meetings) Tj ET"
        kids = b" ".join(b"%d 0 R" % (6 + n) for n in range(len(annotations)))
        data = raw_pdf(
            content,
            catalog=b"/AcroForm << /Fields [%s] /DA (/F1 10 Tf 0 g) /DR << /Font << /F1 5 0 R >> >> >>"
            % kids,
            page=b"/Annots [%s]" % kids,
            more=[*annotations, APPEARANCE, *more],
        )
        return read_pdf(data, Limits(ocr=False))

    @pytest.mark.parametrize(
        "one",
        [
            field(FT="/Tx", T="(a)", V="(77.70)"),
            field(FT="/Tx", T="(a)", V="(77.70)", AP="<< /N 7 0 R >>"),
            field(FT="/Ch", Ff="131072", T="(a)", V="(77.70)", Opt="[(1.00) (77.70)]"),
            field(Subtype="/FreeText", Contents="(77.70)"),
            field(Subtype="/FreeText", Contents="(77.70)", AP="<< /N 7 0 R >>"),
        ],
        ids=["text", "text with appearance", "choice", "free text", "free text with appearance"],
    )
    def test_what_a_viewer_shows_is_read(self, one: bytes) -> None:
        reading = self.filled(one)
        assert rows(grids(reading)[0]) == [["meetings", "77.70"]]

    def test_chinese_without_an_appearance(self) -> None:
        (row,) = rows(grids(self.filled(field(FT="/Tx", T="(a)", V=HAN, Rect="[202 683 298 700]")))[0])
        assert (row[1] or "").replace(" ", "") == "会议费77.70"

    @pytest.mark.parametrize(
        "one",
        [
            field(FT="/Tx", T="(a)", V="(77.70)", F="2"),
            field(Subtype="/Text", Contents="(77.70)"),
            field(Subtype="/Highlight", Contents="(77.70)", QuadPoints="[52 700 90 700 52 683 90 683]"),
            field(Subtype="/Watermark", Contents="(77.70)", AP="<< /N 7 0 R >>"),
            field(FT="/Sig", T="(a)", AP="<< /N 7 0 R >>"),
        ],
        ids=["hidden", "note", "highlight", "watermark", "signature"],
    )
    def test_what_is_not_printed_is_not_read(self, one: bytes) -> None:
        assert rows(grids(self.filled(one))[0]) == [["meetings", ""]]

    def test_a_tick_is_no_number(self) -> None:
        tick = field(FT="/Btn", T="(a)", V="/Yes", AS="/Yes", AP="<< /N << /Yes 8 0 R >> >>")
        content = APPEARANCE.replace(b"/F1 5 0 R", b"/F1 9 0 R").replace(b"(77.70)", b"(4)    ")
        font = b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>"
        reading = self.filled(tick, more=(content, font))
        assert rows(grids(reading)[0]) == [["meetings", "✔"]]
