"""OFD packages become the same text lines and grids as PDF."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import pytest

from parsers.readers.limits import Limits
from parsers.readers.ofd.objects import deltas, subpaths
from parsers.readers.ofd.reader import POINTS, read_ofd
from parsers.values.document import TextBlock
from parsers.values.errors import DocumentError
from tests.parsers.readers.drawing import SCANNED_ROWS, grids, jbig2_file, lines, photographed, rows

XMLNS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def text(x: float, y: float, words: str, *, size: float = 3.5, extra: str = "") -> str:
    """A TextObject whose box starts at (x, y) millimetres, Latin characters half an em wide."""
    steps = " ".join(str(size / 2 if char.isascii() else size) for char in words[:-1])
    return (
        f'<ofd:TextObject ID="1" Boundary="{x} {y} 100 5" Font="1" Size="{size}" {extra}>'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="{steps}">{words}</ofd:TextCode></ofd:TextObject>'
    )


def line(x0: float, y0: float, x1: float, y1: float, extra: str = "") -> str:
    return (
        f'<ofd:PathObject ID="2" Boundary="{x0} {y0} {x1 - x0} {y1 - y0}" LineWidth="0.2">{extra}'
        f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def lattice(xs: Sequence[float], ys: Sequence[float]) -> str:
    return "".join([*(line(x, ys[0], x, ys[-1]) for x in xs), *(line(xs[0], y, xs[-1], y) for y in ys)])


def page(objects: str, *, area: str = "", template: str = "") -> str:
    return (
        f"<ofd:Page {XMLNS}>{area}{template}<ofd:Content><ofd:Layer ID='3'>{objects}</ofd:Layer>"
        "</ofd:Content></ofd:Page>"
    )


def ofd(
    *pages: str, document: str = "", common: str = "", parts: dict[str, str | bytes] | None = None
) -> bytes:
    """An OFD package with the given Content.xml texts; `document` is added to Document.xml."""
    listed = "".join(
        f'<ofd:Page ID="{100 + n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages))
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(
            "OFD.xml",
            f"<ofd:OFD {XMLNS}><ofd:DocBody><ofd:DocInfo><ofd:Title>部门预算</ofd:Title></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )
        package.writestr(
            "Doc_0/Document.xml",
            f"<ofd:Document {XMLNS}><ofd:CommonData><ofd:TemplatePage ID='9' BaseLoc='Tpls/T.xml'/>"
            "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
            f"{common}</ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages>{document}</ofd:Document>",
        )
        for number, content in enumerate(pages):
            package.writestr(f"Doc_0/Pages/Page_{number}/Content.xml", content)
        for name, part in (parts or {}).items():
            package.writestr(name, part)
    return buffer.getvalue()


TABLE = lattice([20, 80, 120], [40, 48, 56]) + text(22, 42, "项目") + text(90, 42, "预算数")
FIRST_ROW = text(22, 50, "收入总计") + text(95, 50, "1,053.43")


def test_table_and_title() -> None:
    reading = read_ofd(ofd(page(text(80, 20, "收支总表", size=6) + TABLE + FIRST_ROW)), Limits())
    (grid,) = grids(reading)
    assert rows(grid) == [["项目", "预算数"], ["收入总计", "1,053.43"]]
    assert lines(reading) == ["收支总表"]
    assert (reading.title, reading.text_layer, reading.pages) == ("部门预算", "text", 1)
    assert grid.col_edges == tuple(round(x * POINTS, 2) for x in (20, 80, 120))
    assert reading.page_sizes == ((595.28, 841.89),)


def test_form_of_the_template_and_values_of_the_page() -> None:
    data = ofd(
        page(FIRST_ROW, template='<ofd:Template TemplateID="9" ZOrder="Background"/>'),
        parts={"Doc_0/Tpls/T.xml": page(TABLE)},
    )
    assert rows(grids(read_ofd(data, Limits()))[0]) == [["项目", "预算数"], ["收入总计", "1,053.43"]]


def test_page_area_moves_the_origin() -> None:
    area = "<ofd:Area><ofd:PhysicalBox>10 20 200 100</ofd:PhysicalBox></ofd:Area>"
    reading = read_ofd(ofd(page(TABLE + FIRST_ROW, area=area)), Limits())
    (grid,) = grids(reading)
    assert grid.box is not None
    assert (grid.box.x0, grid.box.y0) == (round(10 * POINTS, 2), round(20 * POINTS, 2))


def test_transformed_text() -> None:
    large = text(100, 140, "数", extra='CTM="2 0 0 2 0 0"')
    sideways = text(60, 100, "合计", extra='CTM="0 1 -1 0 0 0"')
    rules = lattice([50, 70, 90], [90, 120])
    reading = read_ofd(ofd(page(rules + large + sideways)), Limits())
    assert rows(grids(reading)[0]) == [["合计", ""]]
    (block,) = (b for b in reading.blocks if isinstance(b, TextBlock))
    assert (block.text, block.size) == ("数", pytest.approx(7 * POINTS, abs=0.01))


def test_what_a_viewer_hides_is_not_read() -> None:
    hidden = text(20, 20, "草稿", extra='Visible="false"')
    annotations = "<ofd:Annotations>Annots/A.xml</ofd:Annotations>"
    parts: dict[str, str | bytes] = {
        "Doc_0/Annots/A.xml": f"<ofd:Annotations {XMLNS}><ofd:Page PageID='100'>"
        "<ofd:FileLoc>P.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>",
        "Doc_0/Annots/P.xml": f"<ofd:PageAnnot {XMLNS}><ofd:Annot Type='Watermark' ID='5'><ofd:Appearance "
        f"Boundary='0 0 100 100'>{text(20, 60, '内部资料')}</ofd:Appearance></ofd:Annot>"
        f"<ofd:Annot Type='Highlight' ID='6'><ofd:Appearance Boundary='10 10 100 100'>"
        f"{text(20, 90, '更正')}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>",
    }
    reading = read_ofd(ofd(page(hidden + text(20, 40, "正文")), document=annotations, parts=parts), Limits())
    assert lines(reading) == ["正文", "更正"]


def test_attachments_are_members() -> None:
    data = ofd(
        page(text(20, 20, "正文")),
        document="<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>",
        parts={
            "Doc_0/Attachs/Attachments.xml": f"<ofd:Attachments {XMLNS}>"
            "<ofd:Attachment ID='7' Name='预算表.xlsx'><ofd:FileLoc>a.xlsx</ofd:FileLoc></ofd:Attachment>"
            "</ofd:Attachments>",
            "Doc_0/Attachs/a.xlsx": b"PK",
        },
    )
    (member,) = read_ofd(data, Limits()).members
    assert (member.name, member.data) == ("预算表.xlsx", b"PK")


def test_pages_over_the_limit_are_left_out_with_a_note() -> None:
    reading = read_ofd(ofd(page(FIRST_ROW), page(FIRST_ROW)), Limits(max_pages=1))
    assert (reading.pages, len(reading.page_sizes)) == (2, 1)
    assert [note.code for note in reading.notes] == ["pages_left_out"]


def test_package_without_a_document_is_damaged() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("OFD.xml", "<OFD/>")
    with pytest.raises(DocumentError) as caught:
        read_ofd(buffer.getvalue(), Limits())
    assert caught.value.outcome == "damaged"


@pytest.mark.parametrize(
    ("value", "steps"),
    [
        ("3 3 1.5", [3, 3, 1.5]),
        ("g 3 2.5 1", [2.5, 2.5, 2.5, 1]),
        ("1 g 2 4 g 1 .5", [1, 4, 4, 0.5]),
        (None, []),
        ("g x", []),
    ],
)
def test_steps_between_characters(value: str | None, steps: list[float]) -> None:
    assert deltas(value) == steps


def test_subpaths_close_and_curve() -> None:
    assert subpaths("M 0 0 L 5 0 L 5 5 C M 9 9 B 1 1 2 2 3 3") == [
        [(0, 0), (5, 0), (5, 5), (0, 0)],
        [(9, 9), (3, 3)],
    ]


def test_page_image_without_recognition() -> None:
    image = '<ofd:ImageObject ID="4" ResourceID="80" Boundary="0 0 210 297" CTM="210 0 0 297 0 0"/>'
    with pytest.raises(DocumentError) as caught:
        read_ofd(ofd(page(image)), Limits(ocr=False))
    assert caught.value.outcome == "needs_ocr"
    mixed = read_ofd(ofd(page(FIRST_ROW), page(image)), Limits(ocr=False))
    assert (mixed.text_layer, [note.code for note in mixed.notes]) == ("mixed", ["image_page"])


def scanned(name: str, data: bytes, objects: str = "", pages: int = 1) -> bytes:
    """Pages that are one image, the same on each, and what else is on them."""
    common = "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
    parts: dict[str, str | bytes] = {
        "Doc_0/DocumentRes.xml": f"<ofd:Res {XMLNS} BaseLoc='Res'><ofd:MultiMedias>"
        f"<ofd:MultiMedia ID='80' Type='Image'><ofd:MediaFile>{name}</ofd:MediaFile></ofd:MultiMedia>"
        "</ofd:MultiMedias></ofd:Res>",
        f"Doc_0/Res/{name}": data,
    }
    image = '<ofd:ImageObject ID="4" ResourceID="80" Boundary="0 0 210 297" CTM="210 0 0 297 0 0"/>'
    return ofd(*[page(image + objects)] * pages, common=common, parts=parts)


@pytest.mark.parametrize(
    "data",
    [
        scanned("scan.png", photographed()),
        scanned("scan.jb2", jbig2_file(photographed())),
        scanned("scan.png", photographed(), text(100, 285, "- 3 -")),
    ],
    ids=["png", "jbig2", "with a page number"],
)
def test_page_image_is_recognised(data: bytes) -> None:
    pytest.importorskip("rapidocr")
    reading = read_ofd(data, Limits())
    assert rows(grids(reading)[0]) == SCANNED_ROWS
    assert reading.text_layer == "scan"


def test_page_image_that_breaks_off_stays_unread() -> None:
    pytest.importorskip("rapidocr")
    whole = jbig2_file(photographed())
    for data in (whole[:12], whole[:20], whole[:40], whole[:1500], whole[:13] + whole[43:]):
        with pytest.raises(DocumentError) as caught:
            read_ofd(scanned("scan.jb2", data), Limits())
        assert caught.value.outcome == "needs_ocr"
