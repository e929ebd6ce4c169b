"""Tables that rules draw in part: headers alone, some of the columns, or nothing overleaf."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.readers.limits import Limits
from parsers.readers.page.frames import Carried
from parsers.readers.page.grids import carried_over, page_blocks
from parsers.readers.page.headers.columns import by_edges
from parsers.readers.page.lines.columns import pieces_of_line
from parsers.readers.page.lines.geometry import Glyph, PageMarks, Ruling
from parsers.readers.page.lines.text import visual_lines
from parsers.readers.page.page_pairs import fold_of
from parsers.readers.page.pages import Pages
from parsers.values.document import Block, Box, Grid, TextBlock
from parsers.values.vocabulary import AmountSource
from tests.parsers.readers.drawing import rows
from tests.parsers.readers.test_grids import grid_of, lattice_rules, printed

Text = tuple[str, float, float]
EDGES = (50.0, 150.0, 250.0, 350.0)


def glyphs_of(texts: Sequence[Text]) -> list[Glyph]:
    return [glyph for text in texts for glyph in printed(*text)]


def line(y: float, *ends: float) -> list[Ruling]:
    """A rule drawn in strokes from end to end."""
    return [Ruling("h", y, a, b, 0.5) for a, b in pairwise(ends)]


def test_rows_below_a_header_that_alone_is_ruled() -> None:
    rules = lattice_rules(list(EDGES), [100, 120])
    texts: list[Text] = [("项目", 90, 105), ("预算数", 185, 105), ("决算数", 285, 105)]
    for at, (label, one, two) in enumerate((("合计", "11.00", "12.00"), ("办公费", "1.00", "2.00"))):
        y = 125.0 + 16 * at
        texts += [(label, 55, y), (one, 215, y), (two, 315, y)]
    grid = grid_of(glyphs_of(texts), rules)
    assert rows(grid) == [
        ["项目", "预算数", "决算数"],
        ["合计", "11.00", "12.00"],
        ["办公费", "1.00", "2.00"],
    ]


def test_prose_below_a_ruled_header_is_no_row() -> None:
    texts: list[Text] = [("项目", 90, 105), ("预算数", 185, 105), ("决算数", 285, 105)]
    texts.append(("本单位二〇二四年没有政府性基金预算安排的支出1.00万元", 55, 128))
    grid = grid_of(glyphs_of(texts), lattice_rules(list(EDGES), [100, 120]))
    assert rows(grid) == [["项目", "预算数", "决算数"]]


def overleaf(texts: Sequence[Text], edges: Sequence[float]) -> list[Grid]:
    marks = PageMarks(2, 595.0, 842.0, tuple(glyphs_of(texts)), ())
    blocks = page_blocks(marks, AmountSource.TEXT, Carried(tuple(edges), frozenset()))
    return [block for block in blocks if isinstance(block, Grid)]


def test_a_line_over_several_columns_ends_a_table_overleaf() -> None:
    texts: list[Text] = [("办公费", 55, 55), ("1.00", 180, 55), ("2.00", 300, 55)]
    texts += [("三、机关运行经费安排情况说明如下所述", 55, 75), ("5.00", 300, 75)]
    (grid,) = overleaf(texts, EDGES)
    assert rows(grid) == [["办公费", "1.00", "2.00"]]


def test_a_rule_that_breaks_at_every_column_completes_one_that_breaks_at_some() -> None:
    """Above headers of several columns a rule breaks between these alone."""
    rules = [*line(100, 50, 150, 450), *line(140, 50, 150, 250, 350, 450)]
    texts: list[Text] = [("项目", 90, 115), ("基本支出", 280, 105)]
    texts += [("合计", 190, 125), ("人员经费", 280, 125), ("公用经费", 380, 125)]
    for at in range(3):
        y = 145.0 + 16 * at
        texts += [("办公费", 55, y), (f"{at + 1}.00", 200, y), (f"{at + 2}.00", 300, y)]
    grid = grid_of(glyphs_of(texts), rules)
    assert rows(grid)[:3] == [
        ["项目", "基本支出", None, None],
        [None, "合计", "人员经费", "公用经费"],
        ["办公费", "1.00", "2.00", ""],
    ]


def test_a_rule_below_all_of_a_header_joins_no_cell_that_stands_higher() -> None:
    """功能科目 and 合计 reach down to the rule above the numbers of columns; they are two cells."""
    rules = [*line(100, 50, 150, 250, 450), *line(120, 250, 450), *line(140, 50, 150, 250, 350, 450)]
    rules += [*line(160, 50, 150, 250, 350, 450), *line(220, 50, 150, 250, 350, 450)]
    texts: list[Text] = [("功能科目", 80, 105), ("合计", 190, 105), ("基本支出", 330, 105)]
    texts += [("人员经费", 280, 125), ("公用经费", 380, 125)]
    texts += [("**", 95, 145), ("1", 200, 145), ("2", 300, 145), ("3", 400, 145)]
    for at in range(3):
        y = 165.0 + 16 * at
        texts += [("办公费", 55, y), (f"{at + 3}.00", 200, y), ("1.00", 300, y), (f"{at + 2}.00", 400, y)]
    grid = grid_of(glyphs_of(texts), rules)
    assert rows(grid)[:3] == [
        ["功能科目", "合计", "基本支出", None],
        [None, None, "人员经费", "公用经费"],
        ["**", "1", "2", "3"],
    ]


def test_narrow_columns_of_the_parts_of_a_code() -> None:
    rules = [*line(100, 50, 300), *line(120, 50, 300), *line(170, 50, 300)]
    texts: list[Text] = [("类", 52, 105), ("款", 64, 105), ("项", 76, 105), ("科目名称", 120, 105)]
    texts.append(("合计", 260, 105))
    for at, code in enumerate(("201", "202", "208")):
        y = 125.0 + 15 * at
        texts += [(digit, 54.5 + 12 * n, y) for n, digit in enumerate(code)]
        texts += [("办公费", 110, y), (f"{at + 1}.00", 260, y)]
    grid = grid_of(glyphs_of(texts), rules)
    assert rows(grid)[:2] == [["类", "款", "项", "科目名称", "合计"], ["2", "0", "1", "办公费", "1.00"]]


def test_an_ordinal_begins_the_first_row_however_near_the_header_is() -> None:
    texts: list[Text] = [("单位：元", 300, 60), ("收入", 100, 80), ("支出", 250, 80)]
    texts += [("项目", 70, 95), ("预算数", 140, 95), ("项目", 230, 95), ("预算数", 310, 95)]
    for at, (one, two) in enumerate(
        (("一、拨款", "一、公共"), ("二、事业", "二、外交"), ("三、其他", "三、国防"))
    ):
        y = 108.0 + 16 * at
        texts += [(one, 55, y), (f"{at + 1}.00", 150, y), (two, 220, y), (f"{at + 5}.00", 320, y)]
    grid = grid_of(glyphs_of(texts), [])
    assert rows(grid) == [
        ["收入", None, "支出", None],
        ["项目", "预算数", "项目", "预算数"],
        ["一、拨款", "1.00", "一、公共", "5.00"],
        ["二、事业", "2.00", "二、外交", "6.00"],
        ["三、其他", "3.00", "三、国防", "7.00"],
    ]


def test_a_page_number_in_the_foot_does_not_end_a_table() -> None:
    grid = Grid((), 2, 3, page=1, box=Box(50, 60, 350, 500), col_edges=EDGES)

    def columns(text: str) -> tuple[float, ...] | None:
        blocks: list[Block] = [grid, TextBlock(text, page=1, box=Box(400, 520, 420, 530))]
        found = carried_over(blocks, 595.0)
        return None if found is None else found.edges

    assert columns("— 4 —") == columns("第4页") == EDGES
    assert columns("四、其他说明") is None


def test_a_sheet_after_one_of_two_pages_is_of_two_pages() -> None:
    """A table that goes on has no unit line and no rule to say so."""
    numbers = [(f"{n}.00", x, 50.0 + 15 * n) for x in (250.0, 620.0) for n in range(1, 9)]
    labels = [("办公费", x, 50.0 + 15 * n) for x in (50.0, 450.0) for n in range(1, 9)]
    units = [("单位：万元", 300.0, 40.0), ("单位：万元", 700.0, 40.0)]
    pages = Pages(Limits())
    for number, texts in enumerate(([*units, *numbers, *labels], [*numbers, *labels]), start=1):
        pages.add(PageMarks(number, 842.0, 595.0, tuple(glyphs_of(texts)), ()), AmountSource.TEXT)
    found = [block.n_cols for block in pages.blocks if isinstance(block, Grid) and block.page == 2]
    assert found == [2, 2]


def test_amounts_in_whole_yuan_are_no_prose() -> None:
    """Names at the left and amounts at the right of a wide sheet are one table, not two pages."""
    texts = [("办公费", 50.0, 50.0 + 15 * n) for n in range(1, 9)]
    texts += [(f"{n}35,300", 620.0, 50.0 + 15 * n) for n in range(1, 9)]
    assert fold_of(PageMarks(1, 842.0, 595.0, tuple(glyphs_of(texts)), ())) is None


def test_a_rule_heavier_than_those_between_rows_closes_a_table_overleaf() -> None:
    """The next table's title stands below it."""
    rules = [*line(50, *EDGES), *(rule._replace(width=1.5) for rule in line(70, *EDGES))]
    texts: list[Text] = [("合计", 55, 55), ("1.00", 215, 55), ("2.00", 315, 55)]
    marks = PageMarks(
        2, 595.0, 842.0, (*glyphs_of(texts), *printed("一般公共预算表", 120, 90, 15)), tuple(rules)
    )
    found = page_blocks(marks, AmountSource.TEXT, Carried(EDGES, frozenset()))
    assert [rows(block) for block in found if isinstance(block, Grid)] == [[["合计", "1.00", "2.00"]]]
    assert [block.text for block in found if isinstance(block, TextBlock)] == ["一般公共预算表"]


def over(texts: Sequence[Text], edges: Sequence[float], foot: float) -> dict[str, tuple[float, float]]:
    """The headers of several columns with the middles of the first and the last of these."""
    printed_lines = visual_lines(glyphs_of(texts))
    pieces = [piece for line in printed_lines for piece in pieces_of_line(line)]
    found = by_edges(pieces, Box(edges[0], 0, edges[-1], foot), edges) or []
    return {"".join(piece.text for piece in head.pieces): (head.first, head.last) for head in found}


def test_a_header_at_the_top_is_no_first_line_of_the_one_below() -> None:
    """合计 stands beside 基本支出, and neither at the foot of the header nor in its middle."""
    texts: list[Text] = [("支出预算", 230, 2), ("合计", 140, 16), ("基本支出", 230, 16)]
    texts += [("项目支出", 330, 16), ("类", 45, 34)]
    assert over(texts, (0, 100, 200, 300, 400), 48) == {"支出预算": (150, 350)}


def test_of_two_headers_in_one_middle_the_lower_has_fewer_columns() -> None:
    texts: list[Text] = [("预算数", 285, 2), ("基本支出", 280, 22), ("项目", 40, 42)]
    texts += [(text, 140 + 100 * at, 42) for at, text in enumerate(("合计", "人员", "公用", "项目"))]
    found = over(texts, (0, 100, 200, 300, 400, 500), 56)
    assert found == {"预算数": (150, 450), "基本支出": (250, 350)}


def test_labels_side_by_side_whose_lines_stand_at_different_heights_are_no_title() -> None:
    """Recognised type differs in size from line to line."""
    rules = [rule for y in (100, 120, 160, 200) for rule in line(y, 50.0, 350.0)]
    texts: list[Text] = [("项目", 55, 105), ("本年数", 155, 105), ("项目", 255, 105)]
    texts += [("办公费", 55, 130), ("12.00", 155, 130), ("其他费", 255, 130)]
    labels: list[Text] = [("林水支", 55, 171), ("出", 55, 184), ("业补助", 255, 177)]
    large = [glyph._replace(size=12.6) for glyph in printed("对企", 255, 165)]
    grid = grid_of([*glyphs_of([*texts, *labels]), *large], rules)
    assert rows(grid)[-1] == ["林水支\n出", "", "对企\n业补助"]
