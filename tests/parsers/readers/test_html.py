"""Web pages: the article apart from its surroundings, data tables apart from layout."""

from __future__ import annotations

import base64
from decimal import Decimal
from pathlib import Path

import pytest

from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.values import media
from parsers.values.document import Grid, Reading, TextBlock
from parsers.values.errors import DocumentError
from parsers.values.text import withdrawn
from tests.wording import english

WORDS = "根据预算法的规定，现将本部门收支预算公开如下，欢迎社会各界监督。"


def page(body: str, head: str = "") -> Reading:
    return read(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(), Limits())


def grids(reading: Reading) -> list[Grid]:
    return [block for block in reading.blocks if isinstance(block, Grid)]


def article(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, TextBlock) and b.style != "furniture"]


def furniture(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, TextBlock) and b.style == "furniture"]


def shape(grid: Grid) -> list[tuple[int, int, str, int, int]]:
    return [(c.row, c.col, c.text, c.rowspan, c.colspan) for c in grid.cells]


def table(*rows: str, attributes: str = "") -> str:
    """A table of cells separated by `|`."""
    lines = ("".join(f"<td>{text}</td>" for text in row.split("|")) for row in rows)
    return f"<table {attributes}>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def test_the_article_stands_apart_from_menus_and_footers() -> None:
    reading = page(
        table("首页|政务公开")
        + '<div class="position">您现在的位置</div>'
        + f'<div class="TRS_Editor"><h2>一、概况</h2><p>{WORDS}</p>{table("项目|金额", "合计|12.50")}</div>'
        + f'<div class="footer">{table("主办：县政府|网站标识码：6107250001")}</div>',
        head='<meta name="ArticleTitle" content="勉县2024年预算"><title>勉县2024年预算_政府网</title>',
    )
    assert reading.title == "勉县2024年预算"
    assert article(reading) == ["一、概况", WORDS]
    assert furniture(reading) == ["首页\t政务公开", "您现在的位置", "主办：县政府\t网站标识码：6107250001"]
    assert [[c.text for c in grid.cells] for grid in grids(reading)] == [["项目", "金额", "合计", "12.50"]]
    assert [b.style for b in reading.blocks if isinstance(b, TextBlock) and b.text == "一、概况"] == [
        "heading"
    ]


def test_without_a_known_container_the_densest_node_is_the_article() -> None:
    menu = "".join(f'<li><a href="/{n}">栏目{n}</a></li>' for n in range(30))
    reading = page(f"<ul>{menu}</ul><div><div><p>{WORDS * 3}</p></div></div><p>版权所有</p>")
    assert article(reading) == [WORDS * 3]


def test_a_table_of_amounts_outside_the_container_belongs_to_the_article() -> None:
    amounts = table("项目|合计|基本", "一|1.00|2.00", "二|3.00|4.00")
    reading = page(f'<div id="box"><div id="zoom"><p>{WORDS}</p></div><div>{amounts}</div></div><p>页脚</p>')
    assert len(grids(reading)) == 1
    assert article(reading) == [WORDS]


def test_spans_that_overflow_are_cut_and_later_cells_move_on() -> None:
    reading = page(
        "<table><tr><td rowspan=3>甲</td><td colspan=2>乙</td></tr>"
        "<tr><td rowspan=99>丙</td><td>1.00</td></tr>"
        "<tr><td>2.00</td></tr></table>"
    )
    assert shape(grids(reading)[0]) == [
        (0, 0, "甲", 3, 1),
        (0, 1, "乙", 1, 2),
        (1, 1, "丙", 2, 1),
        (1, 2, "1.00", 1, 1),
        (2, 2, "2.00", 1, 1),
    ]


def test_rowspan_zero_reaches_the_end_of_its_group_and_thead_counts_as_header() -> None:
    reading = page(
        "<table><thead><tr><th>类</th><th>款</th></tr></thead>"
        "<tbody><tr><td rowspan=0>201</td><td>01</td></tr><tr><td>02</td></tr></tbody>"
        "<tbody><tr><td>202</td><td>03</td></tr></tbody></table>"
    )
    (grid,) = grids(reading)
    assert grid.header_rows == 1
    assert (1, 0, "201", 2, 1) in shape(grid)
    assert (3, 0, "202", 1, 1) in shape(grid)


def test_the_caption_of_a_table_stands_above_it() -> None:
    rows = "<tr><td>合计</td><td>1.00</td></tr><tr><td>a</td><td>1.00</td></tr>"
    table = f"<table><caption>{{}}</caption>{rows}</table>"
    shown = page(f"<p>{WORDS}</p>{table.format('收入总表<br>单位：万元')}{table.format('<i hidden>x</i>')}")
    assert [b.text if isinstance(b, TextBlock) else "grid" for b in shown.blocks] == [
        WORDS, "收入总表", "单位：万元", "grid", "grid",
    ]  # fmt: skip


def test_a_column_span_does_not_cover_a_cell_from_above() -> None:
    reading = page(
        "<table><tr><td>a</td><td>b</td><td rowspan=2>c</td></tr>"
        "<tr><td colspan=3>d</td><td>e</td></tr></table>"
    )
    covered: set[tuple[int, int]] = set()
    for c in grids(reading)[0].cells:
        places = {(c.row + i, c.col + j) for i in range(c.rowspan) for j in range(c.colspan)}
        assert not places & covered
        covered |= places


def test_hidden_rows_cells_and_scripts_give_nothing() -> None:
    reading = page(
        '<table><tr style="display:none"><td>藏</td><td>藏</td></tr>'
        '<tr><td style="display: none">藏</td><td>甲<script>var a="藏";</script></td>'
        "<td>1.00</td></tr></table>"
        '<p hidden>藏</p><div style="visibility:hidden">藏</div><!-- 藏 --><p>见</p>'
    )
    assert shape(grids(reading)[0]) == [(0, 0, "甲", 1, 1), (0, 1, "1.00", 1, 1)]
    assert article(reading) == ["见"]


def test_word_markup_line_breaks_and_source_breaks() -> None:
    reading = page(
        "<table><tr><td><p class=MsoNormal><span>公务\n用车</span><o:p></o:p></p><p>运行费</p></td>"
        "<td>一<br>二</td><td>12,847\n.65</td><td>&nbsp;</td></tr></table><p>a\n b&nbsp;c</p>"
    )
    assert [c.text for c in grids(reading)[0].cells] == ["公务用车\n运行费", "一\n二", "12,847 .65", ""]
    assert article(reading) == ["a b c"]


def test_layout_tables_are_walked_through_and_nested_tables_kept() -> None:
    inner = table("项目|金额", "合计|1.00")
    reading = page(
        f"<table><tr><td>左栏</td><td><p>{WORDS}</p>{inner}</td></tr></table>"
        f"<table><tr><td>甲</td><td>1.00</td><td>2.00</td></tr><tr><td>乙</td><td>{inner}</td><td>3.00</td></tr>"
        "<tr><td>丙</td><td>4.00</td><td>5.00</td></tr></table>"
    )
    assert article(reading) == ["左栏", WORDS]
    assert [[c.text for c in grid.cells] for grid in grids(reading)] == [
        ["项目", "金额", "合计", "1.00"],
        ["甲", "1.00", "2.00", "乙", "", "3.00", "丙", "4.00", "5.00"],
        ["项目", "金额", "合计", "1.00"],
    ]


def test_a_row_that_names_the_unit_is_a_line_of_text() -> None:
    reading = page(table("部门名称：财政局|单位：万元") + table("项目|金额", "合计|1.00"))
    assert article(reading) == ["部门名称：财政局\t单位：万元"]


def test_a_workbook_saved_as_a_page_keeps_stored_numbers() -> None:
    reading = page("<table><tr><td x:num>1.0</td><td x:num=12847.65>12,847.7</td></tr></table>")
    assert [c.number for c in grids(reading)[0].cells] == [None, Decimal("12847.65")]


def positioned_page() -> str:
    def text(left: float, top: float, content: str) -> str:
        style = f"position:absolute;left:{left}pt;top:{top}pt;font-size:10pt;line-height:10pt"
        return f'<div style="{style}">{content}</div>'

    def rule(left: float, top: float, width: float, height: float) -> str:
        side = "right" if height else "bottom"
        style = f"left:{left}pt;top:{top}pt;width:{width}pt;height:{height}pt;border-{side}:0.5pt solid #000"
        return f'<div style="{style}"> </div>'

    rows = [text(20, 40 + 20 * n, f"项目{n}") + text(120, 40 + 20 * n, f"{n}.00") for n in range(12)]
    rules = [rule(10, 35 + 20 * n, 200, 0) for n in range(13)]
    sides = [rule(x, 35, 0, 240) for x in (10, 110, 210)]
    content = text(20, 10, "公开表1") + "".join(reversed(rows)) + "".join(rules + sides)
    return f'<div id="zoom"><div style="width:595pt;height:842pt;position:relative">{content}</div></div>'


def test_positioned_text_is_read_by_its_geometry() -> None:
    reading = page(positioned_page())
    assert (reading.pages, reading.page_sizes) == (1, ((595.0, 842.0),))
    assert article(reading) == ["公开表1"] or furniture(reading) == ["公开表1"]
    (grid,) = grids(reading)
    assert (grid.n_rows, grid.n_cols, grid.source) == (12, 2, "html")
    assert [c.text for c in grid.cells][:4] == ["项目0", "0.00", "项目1", "1.00"]


def test_pages_made_of_pictures_say_which() -> None:
    picture = base64.b64encode(b"\xff\xd8\xff" + bytes(6000)).decode()
    reading = page(
        '<div id="zoom"><p><img src="./W020240101.jpg"></p><p><img data-src="/p2.png" src="/loading.gif"></p>'
        '<img src="/share.png"><img width="20" src="/a.png">'
        f'<img src="data:image/jpeg;base64,{picture}"></div>'
    )
    assert [(note.code, english(note.detail)) for note in reading.notes] == [
        ("image_body", "./W020240101.jpg\n/p2.png")
    ]
    assert [member.data[:3] for member in reading.members] == [b"\xff\xd8\xff"]
    assert reading.text_layer == "scan"


@pytest.mark.parametrize(
    "body",
    [
        "<script>document.location='/x'</script>",
        '<meta http-equiv="refresh" content="0;url=/">',
        "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1><hr>nginx</body></html>",
        "<html><title>出错了</title><body><p>您访问的页面不存在，请返回首页</p></body></html>",
        "<html><body><p>您的请求过于频繁，请稍后再试。</p></body></html>",
        "<html><body></body></html>",
    ],
)
def test_what_is_no_document_has_its_own_outcome(body: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(body.encode(), Limits())
    assert caught.value.outcome == "wrong_type"


def test_a_short_article_is_a_document() -> None:
    reading = page('<div id="zoom"><p>详见附件：</p><a href="./P0.pdf">2024年部门预算.pdf</a></div>')
    assert article(reading) == ["详见附件：", "2024年部门预算.pdf"]


def test_a_saved_web_page_is_read_part_by_part() -> None:
    sheet = "<html><body>" + table("项目|金额", "合计|1.00") + "</body></html>"
    encoded = base64.b64encode(sheet.encode("gbk")).decode()
    message = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n"
        "--B\r\nContent-Type: text/html\r\n\r\n<html><frameset></frameset></html>\r\n"
        "--B\r\nContent-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{encoded}\r\n--B--"
    )
    reading = read(message.encode(), Limits())
    assert reading.media_type == media.MHTML
    assert [c.text for c in grids(reading)[0].cells] == ["项目", "金额", "合计", "1.00"]


def test_hostile_spans_and_depth_end() -> None:
    reading = page("<div>" * 1000 + f"<p>{WORDS}</p>")
    assert article(reading) == [WORDS]
    with pytest.raises(DocumentError) as caught:
        page("<table>" + "<tr><td colspan=1000>1</td></tr>" * 3000 + "<tr><td>a</td><td>b</td></tr></table>")
    assert caught.value.outcome == "too_large"
    nested = "1.00"
    for _ in range(20):
        nested = (
            f"<table><tr><td>甲</td><td>1.00</td><td>2.00</td><td>3.00</td><td>{nested}</td></tr></table>"
        )
    with pytest.raises(DocumentError) as caught:
        page(nested)
    assert caught.value.outcome == "too_large"


def test_positioned_pages_of_a_real_converter_become_ruled_tables(shared: Path) -> None:
    data = next((shared / "real" / "html").glob("025-yantai*")).read_bytes()
    reading = read(data, Limits())
    assert reading.pages == 53
    revenue = next(grid for grid in grids(reading) if grid.page == 8)
    assert (revenue.n_rows, revenue.n_cols) == (18, 17)
    assert (0, 5, "财政拨款收入", 1, 4) in shape(revenue)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<del>200.00</del>100.00", "100.00"),
        ('<span style="text-decoration: line-through">200.00</span> 100.00', "100.00"),
        ("100.00<sup>1</sup>", "100.00¹"),
        ('100.00<span style="vertical-align:super">2</span>', "100.00²"),
        ('<span style="color:#fff">9</span>100.00', "100.00"),
        ('<font color="#FFFFFF">9</font>100.00', "100.00"),
        ('<span style="opacity:0">9</span>100.00', "100.00"),
        ('<span style="font-size:0">9</span>100.00', "100.00"),
        ('<span style="color:#fff">100.00</span>', "100.00"),  # the style sheet may draw its ground
        ('<span style="background-color:red;color:#fff">9</span>100.00', "9100.00"),
        ('<span style="background-color:#ffffff">1</span>00.00', "100.00"),
        ('<span class="h">9</span>100.00', "100.00"),
        ('<span class="h" style="display:inline">1</span>00.00', "100.00"),
        ('<p id="q"><b>9</b></p>100.00', "100.00"),
        ('<span class="t">1</span>00.00', "100.00"),  # taken back by a later rule
        ('<u class="s">200.00</u>100.00', "100.00"),
        ('<span style="position:absolute;left:-9999px">9</span>100.00', "100.00"),
        ('<input value="100.00"><input type="hidden" value="9">', "100.00"),
        ("<textarea>100.00</textarea>", "100.00"),
        ("<select><option>50.00</option><option selected>100.00</option></select>", "100.00"),
        ("<s>1.5</s>", withdrawn("1.5")),  # nothing stands in its place
        ('<span class="h">1.5</span>', withdrawn("1.5")),
    ],
)
def test_a_cell_holds_what_a_reader_sees(markup: str, shown: str) -> None:
    table = f"<table><tr><td>项目</td><td>金额</td></tr><tr><td>教育支出</td><td>{markup}</td></tr></table>"
    sheet = """<style>/* .x{} */ .h, .t { display: none } @media print { .s { display: none } }
    td > p#q b { visibility:hidden } .t{display:inline} u.s{text-decoration:line-through}</style>"""
    found = read(f"<html>{sheet}<body><p>支出总表</p>{table}</body></html>".encode(), Limits())
    (read_table,) = (block for block in found.blocks if isinstance(block, Grid))
    assert read_table.cells[-1].text == shown
    struck = [note.detail for note in found.notes if note.code == "struck_out"]
    taken = [text for text in ("200.00", "1.5") if f"<s>{text}" in markup or text == "200.00" in markup]
    assert struck == taken
