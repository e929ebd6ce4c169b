"""Tables without rules: what amounts, brackets, long labels and page breaks say of columns and rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from parsers.readers.page.grids import page_blocks
from parsers.readers.page.headers.columns import by_edges
from parsers.readers.page.headers.flush_amounts import edges_by_amounts
from parsers.readers.page.lines.columns import pieces_of_line
from parsers.readers.page.lines.geometry import PageMarks, Ruling
from parsers.readers.page.lines.text import visual_lines
from parsers.readers.page.page_pairs import fold_of
from parsers.values.document import Box, Grid
from parsers.values.vocabulary import AmountSource
from tests.parsers.readers.drawing import rows
from tests.parsers.readers.test_grids import printed
from tests.parsers.readers.test_headers_at_the_foot import pieces
from tests.parsers.readers.test_open_layouts import Text, glyphs_of, overleaf

EDGES = (40.0, 160.0, 240.0, 320.0, 400.0)
NAMES = ("科目名称", "合计", "人员经费", "公用经费")


def centred(text: str, lo: float, hi: float, y: float) -> Text:
    return text, (lo + hi) / 2 - 5 * len(text), y


def grids(texts: Sequence[Text], rules: Sequence[Ruling] = ()) -> list[Grid]:
    marks = PageMarks(1, 595.0, 842.0, tuple(glyphs_of(texts)), tuple(rules))
    return [block for block in page_blocks(marks, AmountSource.TEXT) if isinstance(block, Grid)]


def amounts(side: str) -> list[Text]:
    """Three rows of amounts that end, or begin, four points from the edge of their columns."""
    found = []
    for at, text in enumerate(("1,100.00", "20.00", "3.00")):
        for lo, hi in pairwise(EDGES[1:]):
            x = lo + 4 if side == "left" else hi - 4 - 5 * len(text)
            found.append((text, x, 60.0 + 16 * at))
    return found


@pytest.mark.parametrize("side", ["left", "right"])
def test_flush_amounts_below_centred_headers_say_where_columns_meet(side: str) -> None:
    printed = pieces(
        [centred(name, lo, hi, 30) for name, (lo, hi) in zip(NAMES, pairwise(EDGES), strict=True)]
    )
    rough = (60.0, 150.0, 238.0, 318.0, 398.0)
    assert edges_by_amounts(rough, printed, pieces(amounts(side))) == pytest.approx(EDGES)


def test_headers_that_disagree_say_nothing() -> None:
    places = (60.0, 170.0, 246.0, 352.0)
    printed = pieces([(name, x, 30.0) for name, x in zip(NAMES, places, strict=True)])
    assert edges_by_amounts(EDGES, printed, pieces(amounts("right"))) is None


def test_a_header_over_another_of_fewer_columns_in_one_middle_is_two_texts() -> None:
    """The header of all but the first column stands over 合计, 基本支出 and 项目支出, which is over three."""
    edges = (40.0, 100.0, 160.0, 220.0, 280.0, 340.0, 400.0)
    texts = [centred("本年预算数", 100, 400, 8), centred("基本支出", 160, 340, 24)]
    texts += [centred("项目", 40, 100, 24), centred("合计", 100, 160, 32), centred("项目支出", 340, 400, 32)]
    leaves = ("小计", "人员经费", "公用经费")
    texts += [centred(n, lo, hi, 40) for n, (lo, hi) in zip(leaves, pairwise(edges[2:6]), strict=True)]
    found = by_edges(pieces(texts), Box(40, 0, 400, 56), edges)
    assert found is not None
    spans = {"".join(p.text for p in head.pieces): (head.first, head.last) for head in found}
    assert spans == {"本年预算数": (130, 370), "基本支出": (190, 310)}


def test_a_bracket_has_white_of_its_own_behind_an_amount() -> None:
    """A typesetter that trims a bracket at the left of a cell sets its em over the edge of the column."""
    glyphs = [*glyphs_of([("1.00", 50, 10)])]
    begin = glyphs[-1].x1 + 0.3
    glyphs += [
        g._replace(x0=g.x0 + begin - 100, x1=g.x1 + begin - 100) for g in glyphs_of([("（一）教育", 100, 10)])
    ]
    (line,) = visual_lines(glyphs)
    assert [piece.text for piece in pieces_of_line(line)] == ["1.00", "（一）教育"]


def row(label: str, y: float, *amounts: str) -> list[Text]:
    return [(label, 44, y), *((text, 236 + 80 * at - 5 * len(text), y) for at, text in enumerate(amounts))]


def test_a_label_longer_than_those_of_the_page_before_ends_no_table() -> None:
    texts = [*row("办公费", 55, "1.00", "2.00", "3.00"), *row("水费", 71, "4.00", "5.00", "6.00")]
    texts += row("其他商品和服务支出的说明项", 87, "7.00", "8.00", "9.00")
    edges = (40.0, 130.0, 240.0, 320.0, 400.0)
    (grid,) = overleaf(texts, edges)
    assert [printed[0] for printed in rows(grid)] == ["办公费", "水费", "其他商品和服务支出的说明项"]


def test_a_header_and_one_row_end_a_page() -> None:
    texts: list[Text] = [("单位：万元", 350, 700)]
    texts += [centred(name, lo, hi, 720) for name, (lo, hi) in zip(NAMES, pairwise(EDGES), strict=True)]
    texts += row("合计", 740, "1,100.00", "900.00", "200.00")
    (grid,) = grids(texts)
    assert rows(grid) == [list(NAMES), ["合计", "1,100.00", "900.00", "200.00"]]
    years = [("2026.03", 190, 720), ("2025.12", 280, 720), ("2024.12", 360, 720)]
    assert grids([texts[0], *years, *texts[5:]]) == []


def test_the_last_word_of_a_header_is_part_of_it() -> None:
    """It stands alone on its line, right above the rows."""
    texts = [centred(name, lo, hi, 50) for name, (lo, hi) in zip(NAMES, pairwise(EDGES), strict=True)]
    texts.append(centred("支出", 320, 400, 62))
    for at in range(3):
        texts += row("办公费", 82.0 + 16 * at, "1.00", "2.00", f"{at}.00")
    (grid,) = grids(texts)
    assert rows(grid)[0][-1] == "公用经费\n支出"


def test_rules_between_rows_leave_a_header_that_none_closes() -> None:
    texts = [centred(name, lo, hi, 105) for name, (lo, hi) in zip(NAMES, pairwise(EDGES), strict=True)]
    for at in range(4):
        texts += row("办公费", 124.0 + 16 * at, "1.00", "2.00", f"{at}.00")
    rules = [Ruling("h", y, 40, 400, 0.5) for y in (100, *range(138, 200, 16))]
    (grid,) = grids(texts, rules)
    assert rows(grid)[0] == list(NAMES)


def test_a_page_number_is_no_row() -> None:
    texts = [centred(name, lo, hi, 105) for name, (lo, hi) in zip(NAMES, pairwise(EDGES), strict=True)]
    for at in range(4):
        texts += row("办公费", 124.0 + 16 * at, "1.00", "2.00", f"{at}.00")
    texts.append(("2", 215, 200))
    rules = [Ruling("h", y, 40, 400, 0.5) for y in (100, 120)]
    (grid,) = grids(texts, rules)
    assert rows(grid)[-1] == ["办公费", "1.00", "2.00", "3.00"]


def test_a_title_in_two_pieces_ends_the_table_above_it() -> None:
    texts: list[Text] = [("单位：万元", 350, 100)]
    texts += [centred(name, lo, hi, 115) for name, (lo, hi) in zip(NAMES, pairwise(EDGES), strict=True)]
    for at in range(3):
        texts += row("办公费", 132.0 + 16 * at, "1.00", "2.00", f"{at}.00")
    glyphs = [*glyphs_of(texts), *printed("表2", 150, 180, 15), *printed("支出总表", 190, 180, 15)]
    blocks = page_blocks(PageMarks(1, 595.0, 842.0, tuple(glyphs), ()), AmountSource.TEXT)
    (grid,) = (block for block in blocks if isinstance(block, Grid))
    assert rows(grid)[-1] == ["办公费", "1.00", "2.00", "2.00"]


def test_amounts_right_of_the_middle_beside_labels_left_of_it_are_no_second_page() -> None:
    texts: list[Text] = [("单位：万元", 700, 60)]
    texts += [("办公费", 60, 100.0 + 16 * at) for at in range(4)]
    amounts = [("1.00", 600, 100.0 + 16 * at) for at in range(4)]
    marks = PageMarks(1, 842.0, 595.0, tuple(glyphs_of([*texts, *amounts])), ())
    assert fold_of(marks) is None and fold_of(marks, paired=True) is None
    alone = [(f"差旅费{text}", x, y + 8) for text, x, y in amounts]
    two = PageMarks(1, 842.0, 595.0, tuple(glyphs_of([*texts, *alone])), ())
    assert fold_of(two) == 421.0


def test_rules_below_a_part_of_a_header_do_not_narrow_its_table() -> None:
    """The cells over several rows are drawn without the rule below them, and the rows go on overleaf."""
    texts = [("项目", 80, 112), ("合计", 180, 112), centred("本年收入", 240, 400, 105)]
    texts += [centred("人员经费", 240, 320, 124), centred("公用经费", 320, 400, 124)]
    for at in range(4):
        texts += row("办公费", 144.0 + 16 * at, "1.00", "2.00", f"{at}.00")
    rules = [Ruling("h", 100, 40, 400, 1.0), Ruling("h", 119, 240, 400, 0.5), Ruling("h", 139, 240, 400, 0.5)]
    (grid,) = grids(texts, rules)
    assert rows(grid)[:2] == [["项目", "合计", "本年收入", None], [None, None, "人员经费", "公用经费"]]
    assert rows(grid)[2] == ["办公费", "1.00", "2.00", "0.00"]
