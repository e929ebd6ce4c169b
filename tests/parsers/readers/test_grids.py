"""Rules and glyphs become complete grids."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.readers.page.grids import page_blocks
from parsers.readers.page.headers.columns import by_edges
from parsers.readers.page.headers.open import columns_of, spanned_edges
from parsers.readers.page.lines.columns import pieces_of_line
from parsers.readers.page.lines.geometry import Glyph, PageMarks, Ruling, distinct_glyphs, join_collinear
from parsers.readers.page.lines.rows import breaks_numbers, row_breaks
from parsers.readers.page.lines.text import cell_text, visual_lines
from parsers.readers.page.page_pairs import fold_of
from parsers.readers.page.ruled import Tolerances, connected_rules, lattice_of
from parsers.values.document import Box, Grid, TextBlock
from parsers.values.vocabulary import AmountSource
from tests.parsers.readers.drawing import cell, rows

TOLERANCE = Tolerances.for_type(10)


def printed(text: str, x: float, y: float, size: float = 10.0) -> list[Glyph]:
    """Glyphs of a text whose box starts at (x, y); digits are half as wide as Han characters."""
    glyphs = []
    for char in text:
        width = size / 2 if char.isascii() else size
        glyphs.append(Glyph(char, x, y, x + width, y + size, size))
        x += width
    return glyphs


def lattice_rules(xs: list[float], ys: list[float]) -> list[Ruling]:
    return [
        *(Ruling("v", x, ys[0], ys[-1]) for x in xs),
        *(Ruling("h", y, xs[0], xs[-1]) for y in ys),
    ]


def blocks_of(glyphs: list[Glyph], rules: list[Ruling]) -> list[Grid | TextBlock]:
    return page_blocks(PageMarks(1, 595.0, 842.0, tuple(glyphs), tuple(rules)), AmountSource.TEXT)


def grid_of(glyphs: list[Glyph], rules: list[Ruling]) -> Grid:
    (grid,) = (block for block in blocks_of(glyphs, rules) if isinstance(block, Grid))
    return grid


class TestLattice:
    def test_header_cells_merge_where_no_rule_parts_them(self) -> None:
        rules = [
            *(Ruling("h", y, 50, 350) for y in (100, 140, 160)),
            Ruling("h", 120, 150, 350),
            *(Ruling("v", x, 100, 160) for x in (50, 150, 350)),
            Ruling("v", 250, 120, 160),
        ]
        glyphs = [
            *printed("项目", 60, 115),
            *printed("预算数", 200, 105),
            *printed("小计", 160, 125),
            *printed("其中", 260, 125),
            *printed("合计", 60, 145),
            *printed("1,234.50", 200, 145),
        ]
        grid = grid_of(glyphs, rules)
        assert rows(grid) == [["项目", "预算数", None], [None, "小计", "其中"], ["合计", "1,234.50", ""]]
        assert (cell(grid, 0, 0).rowspan, cell(grid, 0, 1).colspan) == (2, 2)
        assert list(grid.col_edges or ()) == [50, 150, 250, 350]
        assert cell(grid, 0, 1).box == Box(150, 100, 350, 120)

    def test_outer_sides_left_out_are_supplied(self) -> None:
        rules = [
            *(Ruling("h", y, 50, 350) for y in (100, 120, 140)),
            Ruling("v", 150, 100, 140),
            Ruling("v", 250, 100, 140),
        ]
        (group,) = connected_rules(rules, TOLERANCE)
        lattice = lattice_of(group, TOLERANCE)
        assert lattice is not None
        assert lattice.xs == (50, 150, 250, 350)

    def test_rows_cut_by_the_page_break_are_supplied(self) -> None:
        rules = [Ruling("v", x, 80, 140) for x in (50, 150)] + [Ruling("h", y, 50, 150) for y in (120, 140)]
        (group,) = connected_rules(rules, TOLERANCE)
        lattice = lattice_of(group, TOLERANCE)
        assert lattice is not None
        assert lattice.ys == (80, 120, 140)

    def test_rules_between_columns_alone_say_where_cells_over_several_columns_end(self) -> None:
        rules = [
            *(Ruling("v", x, 100, 200) for x in (50, 150, 350)),
            Ruling("v", 250, 120, 200),  # below the header of two columns
            Ruling("v", 100, 140, 160),  # above and below it, cells over two columns of codes
        ]
        glyphs = [
            *printed("科目", 85, 115),
            *printed("预算数", 230, 103),
            *printed("小计", 190, 123),
            *printed("其中", 290, 123),
            *printed("208", 60, 143),
            *printed("05", 115, 143),
            *printed("1,000.50", 200, 143),
            *printed("234.00", 310, 143),
            *printed("合计", 90, 163),
            *printed("1,234.50", 200, 163),
            *printed("234.00", 310, 163),
        ]
        grid = grid_of(glyphs, rules)
        assert rows(grid) == [
            ["科目", None, "预算数", None],
            [None, None, "小计", "其中"],
            ["208", "05", "1,000.50", "234.00"],
            ["合计", None, "1,234.50", "234.00"],
        ]

    def test_two_rules_down_the_page_part_no_columns(self) -> None:
        rules = [Ruling("v", x, 100, 200) for x in (50, 350)]
        assert not any(isinstance(block, Grid) for block in blocks_of(printed("职责", 60, 115), rules))

    def test_rows_of_whole_numbers_are_parted_where_they_stand_beside_labels(self) -> None:
        rules = lattice_rules([50, 150, 250, 350], [100, 120, 200])
        glyphs = [*printed("地区", 60, 105), *printed("合计", 160, 105), *printed("其中", 260, 105)]
        body = [("济南市", "669102", "50977"), ("青岛市", "157568", "8679"), ("合计", "826670", "59656")]
        for at, texts in enumerate(body):
            for x, text in zip((60, 160, 260), texts, strict=True):
                glyphs += printed(text, x, 125 + 20 * at)
        assert rows(grid_of(glyphs, rules)) == [["地区", "合计", "其中"], *map(list, body)]
        alone = [glyph for glyph in glyphs if glyph.y0 < 120 or glyph.x0 < 250]
        assert rows(grid_of(alone, rules))[1:] == [[place, whole, ""] for place, whole, _ in body]
        listed = [g if g.x0 < 150 else g._replace(y0=g.y0 + 9, y1=g.y1 + 9) for g in alone]  # of codes
        assert len(rows(grid_of(listed, rules))) == 2

    def test_a_text_in_the_middle_of_its_cell_heads_the_rows_beside_it(self) -> None:
        rules = lattice_rules([50, 150, 250, 350], [100, 120, 180])
        glyphs = [*printed("项目", 60, 105), *printed("类型", 160, 105), *printed("余额", 260, 105)]
        glyphs += printed("一般债券", 60, 145)
        body = [("合计", "7,766.41"), ("新增债券", "1,378.56"), ("再融资债券", "6,387.85")]
        for at, (label, amount) in enumerate(body):
            glyphs += [*printed(label, 160, 125 + 20 * at), *printed(amount, 260, 125 + 20 * at)]
        assert rows(grid_of(glyphs, rules))[1:] == [
            ["一般债券", "合计", "7,766.41"],
            [None, "新增债券", "1,378.56"],
            [None, "再融资债券", "6,387.85"],
        ]

    def test_numbers_of_columns_are_a_row_below_a_header_without_rules(self) -> None:
        rules = lattice_rules([50, 150, 250, 350], [100, 140, 160])
        columns = list(zip((80, 180, 280), ("项目", "合计", "其中"), ("1.00", "2.00", "3.00"), strict=True))
        glyphs = [glyph for x, head, _ in columns for glyph in printed(head, x, 105)]
        glyphs += [glyph for at, (x, _, _) in enumerate(columns) for glyph in printed(str(at + 1), x, 125)]
        glyphs += [glyph for x, _, amount in columns for glyph in printed(amount, x, 145)]
        assert rows(grid_of(glyphs, rules)) == [
            ["项目", "合计", "其中"],
            ["1", "2", "3"],
            ["1.00", "2.00", "3.00"],
        ]

    def test_double_rules_are_one_boundary(self) -> None:
        rules = lattice_rules([50, 52, 150, 250, 252], [100, 102, 120, 140, 142])
        (group,) = connected_rules(rules, TOLERANCE)
        lattice = lattice_of(group, TOLERANCE)
        assert lattice is not None
        assert (lattice.n_rows, lattice.n_cols) == (2, 2)

    def test_dashes_are_one_rule(self) -> None:
        dashes = [Ruling("h", 100, x, x + 3) for x in range(50, 150, 5)]
        assert [(r.lo, r.hi) for r in join_collinear(dashes, 1.0, 3.0)] == [(50, 148)]

    @given(
        xs=st.lists(st.integers(1, 40), min_size=2, max_size=6),
        ys=st.lists(st.integers(1, 40), min_size=2, max_size=6),
        dropped=st.sets(st.integers(0, 30), max_size=4),
    )
    @settings(max_examples=60, deadline=None)
    def test_every_position_has_one_rectangular_owner(
        self, xs: list[int], ys: list[int], dropped: set[int]
    ) -> None:
        across = [sum(xs[: i + 1]) + 20.0 * i for i in range(len(xs))]
        down = [sum(ys[: i + 1]) + 20.0 * i for i in range(len(ys))]
        pieces = [Ruling("h", y, a, b) for y in down for a, b in pairwise(across)]
        pieces += [Ruling("v", x, a, b) for x in across for a, b in pairwise(down)]
        kept = [piece for index, piece in enumerate(pieces) if index not in dropped]
        for group in connected_rules(kept, TOLERANCE):
            lattice = lattice_of(group, TOLERANCE)
            if lattice is None:
                continue
            covered = [
                (row, col)
                for region in lattice.regions
                for row in range(region.row, region.row + region.rowspan)
                for col in range(region.col, region.col + region.colspan)
            ]
            assert sorted(covered) == [(r, c) for r in range(lattice.n_rows) for c in range(lattice.n_cols)]


class TestCellText:
    RULES = lattice_rules([50, 150, 250], [100, 130, 160])

    def test_lines_of_a_cell(self) -> None:
        glyphs = [*printed("一般公共预算", 55, 103), *printed("拨款", 55, 115), *printed("1.00", 220, 110)]
        assert rows(grid_of(glyphs, self.RULES))[0] == ["一般公共预算\n拨款", "1.00"]

    def test_label_over_the_rule_returns_to_its_cell(self) -> None:
        glyphs = [*printed("一般公共预算财政拨款收入", 60, 110), *printed("1.00", 220, 140)]
        assert rows(grid_of(glyphs, self.RULES))[0] == ["一般公共预算财政拨款收入", ""]

    def test_number_over_the_rule_goes_to_the_cell_it_ends_in(self) -> None:
        glyphs = [*printed("合计", 55, 140), *printed("123,456,789.00", 120, 110)]
        assert rows(grid_of(glyphs, self.RULES))[0] == ["", "123,456,789.00"]

    def test_amounts_that_fill_their_cells_stay_two(self) -> None:
        glyphs = [*printed("168,441.81", 99.5, 110), *printed("154,304.22", 150, 110)]
        assert rows(grid_of(glyphs, self.RULES))[0] == ["168,441.81", "154,304.22"]

    def test_label_that_runs_on_below_an_amount_leaves_it_alone(self) -> None:
        label = printed("气象服务保障中心气象服务保障中心", 55, 110)
        glyphs = [*label, *printed("1839311.66", 190, 109.6)]
        assert rows(grid_of(glyphs, self.RULES))[0] == ["气象服务保障中心气象服务保障中心", "1839311.66"]

    def test_heading_wider_than_its_column_leaves_its_neighbour_alone(self) -> None:
        glyphs = [*printed("预算数", 85, 110), *printed("政府预算支出经济科目", 130, 110)]
        assert rows(grid_of(glyphs, self.RULES))[0] == ["预算数", "政府预算支出经济科目"]

    def test_amount_touching_the_next_label_stays(self) -> None:
        glyphs = [*printed("39,238.43", 105, 110), *printed("一、本年支出", 150.5, 110)]
        assert rows(grid_of(glyphs, self.RULES))[0] == ["39,238.43", "一、本年支出"]

    def test_bold_by_printing_twice_is_one_text(self) -> None:
        twice = [*printed("合计11", 55, 110), *printed("合计11", 55.4, 110)]
        assert "".join(g.text for g in distinct_glyphs(twice)) == "合计11"

    def test_turned_text_reads_upwards(self) -> None:
        glyphs = [
            Glyph(char, 60, 150 - 10 * i, 70, 160 - 10 * i, 10, "up") for i, char in enumerate("收入")
        ] + printed("1.00", 220, 140)
        assert rows(grid_of(glyphs, self.RULES))[1][0] == "收入"


class TestRowsWithoutRules:
    def test_columns_ruled_rows_not(self) -> None:
        rules = lattice_rules([50, 150, 250], [100, 120, 180])
        glyphs = [*printed("项目", 60, 105), *printed("金额", 160, 105)]
        for index, (label, amount) in enumerate(
            (("办公费", "12.00"), ("印刷费", "3.50"), ("差旅费", "1.20"))
        ):
            glyphs += [*printed(label, 60, 123 + 18 * index), *printed(amount, 200, 123 + 18 * index)]
        grid = grid_of(glyphs, rules)
        assert rows(grid) == [["项目", "金额"], ["办公费", "12.00"], ["印刷费", "3.50"], ["差旅费", "1.20"]]

    def test_lines_of_a_label_beside_one_amount_stay_one_row(self) -> None:
        rules = lattice_rules([50, 150, 250], [100, 150])
        glyphs = [*printed("一般公共", 60, 110), *printed("预算", 60, 123), *printed("12.00", 200, 117)]
        assert grid_of(glyphs, rules).n_rows == 1

    def test_numbers_broken_by_narrow_cells_stay_one_row(self) -> None:
        begun = [*printed("20", 55, 102), *printed("5,828.124", 75, 102)]
        rules = lattice_rules([50, 70, 125], [100, 130])
        assert grid_of([*begun, *printed("8", 55, 115), *printed("8", 115, 115)], rules).n_rows == 1
        two = [*begun, *printed("21", 55, 115), *printed("1,200.000", 75, 115)]
        assert grid_of(two, rules).n_rows == 2
        small = [
            g for x in (53, 98, 143) for g in (*printed("128.19196", x, 102, 7), *printed("0", x, 110.3, 7))
        ]
        as_word_pads_it = lattice_rules([50, 95, 140, 185], [100, 119])
        assert grid_of(small, as_word_pads_it).n_rows == 1

    def test_the_last_line_of_a_row_too_low_for_it_stays_with_its_row(self) -> None:
        glyphs = [*printed("2130306-运行与维", 55, 102), *printed("护", 55, 113), *printed("12.00", 200, 104)]
        glyphs += [*printed("2130310-水土保持", 55, 118), *printed("3.50", 200, 120)]
        found = rows(grid_of(glyphs, lattice_rules([50, 150, 250], [100, 116, 132])))
        assert found == [["2130306-运行与维\n护", "12.00"], ["2130310-水土保持", "3.50"]]

    def test_whole_numbers_broken_by_narrow_cells_stay_one_row(self) -> None:
        rules = lattice_rules([50, 90, 130, 170], [100, 130])
        for begun, n_rows in (("127059", 1), ("1270", 2)):
            cells = [printed(begun, x, 102) + printed("901", x + 10, 115) for x in (55, 95, 135)]
            assert grid_of([glyph for cell in cells for glyph in cell], rules).n_rows == n_rows
        numbers = enumerate(("836018", "33081", "29130", "662"))
        below = [glyph for row, n in numbers for glyph in printed(n, 55, 102 + 11 * row)]
        assert breaks_numbers([(visual_lines(below[:11]), 40)])
        assert not breaks_numbers([(visual_lines(below), 40)])  # four rows without rules

    def test_blank_row_between_horizontal_rules_is_kept(self) -> None:
        rules = [Ruling("h", y, 50, 350) for y in (100, 120, 140, 160, 180)]
        glyphs = [*printed("项目", 60, 105), *printed("金额", 290, 105)]
        for y, label, amount in ((125, "办公费", "12.00"), (165, "合计", "12.00")):
            glyphs += [*printed(label, 60, y), *printed(amount, 290, y)]
        assert rows(grid_of(glyphs, rules)) == [
            ["项目", "金额"],
            ["办公费", "12.00"],
            ["", ""],
            ["合计", "12.00"],
        ]

    def test_frame_with_horizontal_rules_only(self) -> None:
        rules = [*lattice_rules([50, 350], [100, 120, 140, 160])]
        glyphs = [*printed("项目", 60, 105), *printed("金额", 290, 105)]
        glyphs += [*printed("办公费", 60, 125), *printed("12.00", 290, 125)]
        glyphs += [*printed("印刷费", 60, 145), *printed("3.50", 295, 145)]
        assert rows(grid_of(glyphs, rules)) == [["项目", "金额"], ["办公费", "12.00"], ["印刷费", "3.50"]]


class TestNotTables:
    def test_frame_around_narrative_is_text(self) -> None:
        blocks = blocks_of(printed("本部门主要职责是", 60, 110), lattice_rules([50, 500], [100, 700]))
        assert [type(block) for block in blocks] == [TextBlock]

    def test_blank_lattice_is_nothing(self) -> None:
        assert blocks_of([], lattice_rules([50, 150, 250], [100, 130, 160])) == []

    def test_table_inside_a_frame_is_a_table(self) -> None:
        rules = lattice_rules([20, 560], [50, 800]) + lattice_rules([50, 150, 250], [100, 130])
        blocks = blocks_of([*printed("项目", 60, 110), *printed("说明", 60, 300)], rules)
        assert [type(block) for block in blocks] == [Grid, TextBlock]

    def test_prose_with_amounts_is_text(self) -> None:
        glyphs = [
            glyph
            for index, line in enumerate(
                ("收入1,234.50万元，支出99.10万元", "其中基本支出12.00万元", "比上年增加3.40万元")
            )
            for glyph in printed(line, 60, 100 + 16 * index)
        ]
        assert all(isinstance(block, TextBlock) for block in blocks_of(glyphs, []))


class TestLines:
    def test_glyphs_of_no_character_indent_words_and_stay_in_amounts(self) -> None:
        assert cell_text(printed("\x00\x0020103办公事务", 50, 100)) == "20103办公事务"
        assert cell_text(printed("收\x00\x00入", 50, 100)) == "收 入"
        assert cell_text(printed("共1\x0000万元", 50, 100)) == "共1\x0000万元"
        assert cell_text(printed("\x001.00", 50, 100)) == "\x001.00"

    def test_wide_gap_is_a_tab_and_justified_gap_is_nothing(self) -> None:
        glyphs = [*printed("部门", 50, 100), *printed("名称", 74, 100), *printed("单位：万元", 400, 100)]
        (line,) = visual_lines(glyphs)
        assert line.text == "部门名称\t单位：万元"

    def test_continued_label_joins_the_nearer_row(self) -> None:
        body = [
            *printed("1.00", 200, 106),
            *printed("延边朝鲜族自治州", 50, 94),
            *printed("社会医疗保险管理", 50, 106),
            *printed("局", 50, 118),
            *printed("2.00", 200, 150),
            *printed("运行经费", 50, 150),
            *printed("3.00", 200, 175),
        ]
        assert [round(y) for y in row_breaks(body, 90, 190, ())] == [139, 168]

    def test_rows_set_as_close_as_the_lines_of_a_cell_are_told_by_how_cells_stand(self) -> None:
        """Amounts stand in the middle of labels of three lines, of two and of one."""
        labels = ("机关事业", "单位养老", "支出", "行政运行", "支出", "医疗救助", "城乡医疗", "救助")
        body = [glyph for at, text in enumerate(labels) for glyph in printed(text, 50, 100 + 12 * at)]
        for middle in (112, 142, 160, 178):
            body += printed("1.00", 200, middle)
        edges = (48.0, 150.0, 230.0)
        assert [round(y) for y in row_breaks(body, 98, 198, (), edges)] == [135, 159, 171]

    def test_one_rule_under_two_headers_is_shared_out(self) -> None:
        columns = columns_of((0.0, 100.0, 200.0, 300.0, 400.0), (), exact=True)
        headers = visual_lines(printed("本年", 90, 10)) + visual_lines(printed("上年", 290, 10))
        assert spanned_edges(Ruling("h", 25, 0, 400), columns, headers) == [1, 3]

    def test_a_header_stands_over_the_columns_whose_edges_say_so(self) -> None:
        """A text in the middle of three columns stands in the middle of the second, too."""
        texts = (
            ("财政拨款", 155, 10),
            ("小计", 115, 26),
            ("一般", 165, 20),
            ("公共", 165, 32),
            ("基金", 215, 26),
        )
        header = visual_lines([glyph for text in (("合计", 40, 20), *texts) for glyph in printed(*text)])
        header = [piece for line in header for piece in pieces_of_line(line)]
        found = by_edges(header, Box(0, 5, 250, 47), (0.0, 100.0, 150.0, 200.0, 250.0)) or ()
        assert [(one.first, one.last) for one in found] == [(125, 225)]


@pytest.mark.parametrize("fold", [400.0, None])
def test_of_two_pages_side_by_side_the_left_comes_first(fold: float | None) -> None:
    """A table that goes on overleaf has its columns where they were, and its boxes where they are."""
    rules, glyphs = [], []
    for left in (0.0, 400.0):
        rules += lattice_rules([left + 50, left + 150, left + 350], [100, 120, 140])
        for row in range(2):
            glyphs += printed("行", left + 60, 105 + 20 * row) + printed("1.00", left + 320, 105 + 20 * row)
    marks = PageMarks(1, 800.0, 560.0, tuple(glyphs), tuple(rules), fold=fold)
    marks = replace(marks, fold=fold or fold_of(marks))
    first, second = page_blocks(marks, AmountSource.SCAN)
    assert isinstance(first, Grid) and isinstance(second, Grid)
    assert rows(first) == rows(second) == [["行", "1.00"]] * 2 and first.col_edges == second.col_edges
    assert first.box and second.box and round(second.box.x0 - first.box.x0) == 400
