"""DOCX is read in document order, with its tables as Word shows them."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.values.document import Grid, Reading, TextBlock
from parsers.values.errors import DocumentError
from tests.wording import english

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    f'xmlns:r="{OFFICE}"'
)
STYLES = (
    f'<w:styles {NAMESPACES}><w:style w:styleId="a"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="b"><w:name w:val="局标题"/><w:basedOn w:val="a"/></w:style></w:styles>'
)


def docx(body: str, relations: str = "", **parts: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
        )
        archive.writestr("word/styles.xml", STYLES)
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            archive.writestr("word/" + name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(content: str, properties: str = "") -> str:
    inner = content if content.startswith("<w:") else p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def texts(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks if isinstance(block, TextBlock)]


def grids(reading: Reading) -> list[Grid]:
    return [block for block in reading.blocks if isinstance(block, Grid)]


def shape(grid: Grid) -> list[tuple[int, int, str, int, int]]:
    return [(c.row, c.col, c.text, c.rowspan, c.colspan) for c in grid.cells]


def test_spans_vertical_merges_and_omitted_cells() -> None:
    header = "<w:tblHeader/>"
    body = tbl(
        tr(
            tc("项目", '<w:vMerge w:val="restart"/>'),
            tc("预算数", '<w:gridSpan w:val="2"/>'),
            properties=header,
        ),
        tr(tc("", "<w:vMerge/>"), tc("小计"), tc("其中"), properties=header),
        tr(tc("12,847.65"), properties='<w:gridBefore w:val="2"/>'),
        tr(tc("合计", '<w:gridSpan w:val="2"/>'), properties='<w:gridAfter w:val="1"/>'),
    )
    (grid,) = grids(read(docx(body), Limits()))
    assert (grid.n_rows, grid.n_cols, grid.header_rows) == (4, 3, 2)
    assert shape(grid) == [
        (0, 0, "项目", 2, 1),
        (0, 1, "预算数", 1, 2),
        (1, 1, "小计", 1, 1),
        (1, 2, "其中", 1, 1),
        (2, 2, "12,847.65", 1, 1),
        (3, 0, "合计", 1, 2),
    ]


def test_a_continued_merge_without_a_start_keeps_its_text() -> None:
    body = tbl(tr(tc("甲", "<w:vMerge/>"), tc("乙")), tr(tc("丙", '<w:gridSpan w:val="2"/><w:vMerge/>')))
    (grid,) = grids(read(docx(body), Limits()))
    assert [c.text for c in grid.cells] == ["甲", "乙", "丙"]


def test_order_headings_and_furniture() -> None:
    body = (
        p("第一部分", '<w:pStyle w:val="a"/>')
        + p("一、职责", '<w:outlineLvl w:val="1"/>')
        + p("二、机构", '<w:pStyle w:val="b"/>')
        + tbl(tr(tc("甲"), tc("乙")))
        + "<w:p/>"
        + p("说明")
    )
    header = f"<w:hdr {NAMESPACES}>{p('部门预算')}{p('部门预算')}</w:hdr>"
    links = f'<Relationship Id="h" Type="{OFFICE}/header" Target="header1.xml"/>'
    reading = read(docx(body, links, header1_xml=header), Limits())
    assert [(b.text, b.style) if isinstance(b, TextBlock) else "grid" for b in reading.blocks] == [
        ("第一部分", "heading"),
        ("一、职责", "heading"),
        ("二、机构", "heading"),
        "grid",
        ("说明", "paragraph"),
        ("部门预算", "furniture"),
    ]


def test_a_nested_table_follows_the_outer_one() -> None:
    inner = tbl(tr(tc("内"), tc("1.00")))
    body = tbl(tr(tc("外"), tc(p("前") + inner + p("后")))) + p("尾")
    reading = read(docx(body), Limits())
    outer, nested = grids(reading)
    assert [c.text for c in outer.cells] == ["外", "前\n后"]
    assert [c.text for c in nested.cells] == ["内", "1.00"]
    assert texts(reading) == ["尾"]


def test_a_frame_of_one_cell_is_no_table() -> None:
    reading = read(docx(tbl(tr(tc(p("说明") + tbl(tr(tc("甲"), tc("乙"))))))), Limits())
    assert texts(reading) == ["说明"]
    assert [c.text for c in grids(reading)[0].cells] == ["甲", "乙"]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>正文</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
        f"<w:p><w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r></w:p>"
    )
    assert texts(read(docx(body), Limits())) == ["正文", "框内", "框内"]


def test_revisions_fields_hidden_text_and_content_controls() -> None:
    body = (
        "<w:p><w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>7</w:t></w:r>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>显</w:t><w:tab/><w:t>尾</w:t></w:r></w:p>'
        f"<w:sdt><w:sdtContent>{p('控件')}{tbl(tr(tc('甲'), tc('乙')), tr(tc('删'), properties='<w:del/>'))}"
        "</w:sdtContent></w:sdt>"
    )
    reading = read(docx(body), Limits())
    assert texts(reading) == ["增7显\t尾", "控件"]
    assert grids(reading)[0].n_rows == 1


def test_an_imported_html_chunk_is_read_in_place() -> None:
    html = "<html><body><p>导入</p><table><tr><td>甲</td><td>1.00</td></tr></table></body></html>"
    links = f'<Relationship Id="c" Type="{OFFICE}/aFChunk" Target="chunk.html"/>'
    body = p("前") + '<w:altChunk r:id="c"/>' + p("后")
    reading = read(docx(body, links, chunk_html=html), Limits())
    assert texts(reading) == ["前", "导入", "后"]
    assert [c.text for c in grids(reading)[0].cells] == ["甲", "1.00"]


def test_pictures_in_place_of_text_and_embedded_files_are_members() -> None:
    links = (
        f'<Relationship Id="i" Type="{OFFICE}/image" Target="media/image1.png"/>'
        f'<Relationship Id="e" Type="{OFFICE}/package" Target="embeddings/book.xlsx"/>'
    )
    body = '<w:p><w:r><w:drawing><x r:embed="i"/></w:drawing></w:r></w:p>'
    picture = b"\x89PNG" + bytes(30_000)
    reading = read(docx(body, links, media__image1_png=picture, embeddings__book_xlsx=b"PK"), Limits())
    assert reading.text_layer == "scan"
    assert [member.name for member in reading.members] == ["book.xlsx", "image1.png"]
    assert [note.code for note in reading.notes] == ["embedded_documents", "image_body"]


@pytest.mark.parametrize(
    "data",
    [
        docx("")[:200],
        docx("").replace(b"word/document.xml", b"word/documant.xml"),
    ],
    ids=["cut off", "no main part"],
)
def test_a_broken_package_is_damaged(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, Limits())
    assert caught.value.outcome == "damaged"


def test_deep_nesting_ends() -> None:
    body = p("底")
    for _ in range(40):
        body = tbl(tr(tc("甲"), tc(body)))
    reading = read(docx(body), Limits())
    assert "too_deep" in [note.code for note in reading.notes]


def test_struck_out_text_is_left_out_and_noted_and_raised_digits_stay_raised() -> None:
    run = "<w:r><w:rPr><w:{0}/></w:rPr><w:t>{1}</w:t></w:r>"
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    old = "<w:del><w:r><w:delText>700.00</w:delText></w:r></w:del>"
    cells = (
        f"<w:p>{run.format('strike', '900.00')}<w:r><w:t>1,000.00</w:t></w:r></w:p>",
        f"<w:p>{run.format('dstrike', '900.00')}{old}<w:r><w:t>1000</w:t></w:r>{raised}</w:p>",
    )
    table = "".join(f"<w:tc>{cell}</w:tc>" for cell in cells)
    dropped = "<w:tc><w:tcPr><w:cellDel/></w:tcPr><w:p><w:r><w:t>5.00</w:t></w:r></w:p></w:tc>"
    reading = read(docx(f"<w:tbl><w:tr>{table}{dropped}</w:tr></w:tbl>"), Limits())
    (grid,) = (block for block in reading.blocks if isinstance(block, Grid))
    assert [cell.text for cell in grid.cells] == ["1,000.00", "1000²", ""]
    assert [(note.code, english(note.detail)) for note in reading.notes] == [
        ("struck_out", "2 texts: 900.00, 900.00")
    ]


def test_a_strict_document_with_names_in_other_case_is_read() -> None:
    data = docx("<w:p><w:r><w:t>部门预算</w:t></w:r></w:p>")
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(buffer, "w") as out:
        for name in package.namelist():
            strict = re.sub(
                rb"http://schemas\.openxmlformats\.org/(wordprocessingml|officeDocument)/2006/",
                rb"http://purl.oclc.org/ooxml/\1/",
                package.read(name),
            )
            out.writestr(name.upper(), strict)
    reading = read(buffer.getvalue(), Limits())
    assert [block.text for block in reading.blocks if isinstance(block, TextBlock)] == ["部门预算"]


@pytest.mark.parametrize(
    ("properties", "shown"),
    [
        ('<w:color w:val="FFFFFF"/>', "100.00"),
        ('<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="000000"/>', "9100.00"),
        ('<w:sz w:val="2"/>', "100.00"),
        ('<w:sz w:val="18"/>', "9100.00"),
    ],
)
def test_text_that_is_not_seen_gives_nothing(properties: str, shown: str) -> None:
    run = f"<w:r><w:rPr>{properties}</w:rPr><w:t>9</w:t></w:r>"
    reading = read(docx(f"<w:p>{run}<w:r><w:t>100.00</w:t></w:r></w:p>"), Limits())
    assert [block.text for block in reading.blocks if isinstance(block, TextBlock)] == [shown]


def test_a_white_line_is_read_for_its_table_may_draw_a_dark_ground() -> None:
    white = '<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>合计</w:t></w:r>'
    reading = read(docx(f"<w:p>{white}{white}</w:p>"), Limits())
    assert [block.text for block in reading.blocks if isinstance(block, TextBlock)] == ["合计合计"]
