"""Rows and columns that no rule parts: framed tables with white between their rows."""

from __future__ import annotations

from parsers.readers.page.lines.geometry import Glyph, Ruling
from tests.parsers.readers.drawing import rows
from tests.parsers.readers.test_grids import grid_of, lattice_rules, printed

XS = [50.0, 300.0, 380.0, 460.0]


def stacked(*lines: tuple[str, str, str], pitch: float = 25.0) -> list[Glyph]:
    return [
        glyph
        for row, texts in enumerate(lines)
        for text, x in zip(texts, (55.0, 320.0, 400.0), strict=True)
        for glyph in printed(text, x, 125.0 + pitch * row)
    ]


def frame(bottom: float) -> list[Ruling]:
    return [*lattice_rules(XS, [100.0, 120.0, bottom])]


def test_rows_below_a_ruled_header_are_parted_where_a_stroke_ends_at_the_border() -> None:
    glyphs = [
        *(g for text, x in (("项目", 160), ("预算数", 320), ("执行数", 400)) for g in printed(text, x, 105)),
        *stacked(
            ("一、年末债务余额实际数", "", "4,217.23"),
            ("二、年末债务余额限额", "4,687.88", ""),
            ("三、债务发行额", "", "1, 072. 58"),
        ),
    ]
    grid = grid_of(glyphs, [*frame(200.0), Ruling("h", 160.0, 48.0, 54.0)])
    assert rows(grid) == [
        ["项目", "预算数", "执行数"],
        ["一、年末债务余额实际数", "", "4,217.23"],
        ["二、年末债务余额限额", "4,687.88", ""],
        ["三、债务发行额", "", "1, 072. 58"],
    ]


def merged_labels(first: str, second: str, formulas: tuple[str, str] | None) -> list[list[str | None]]:
    """Two labels in one cell beside two ruled rows of amounts, below a header without vertical rules."""
    rules = [
        *(Ruling("h", y, 50, 460) for y in (100, 120, 170)),
        Ruling("h", 145, 380, 460),
        *(Ruling("v", x, 100, 170) for x in (50, 460)),
        *(Ruling("v", x, 120, 170) for x in (300, 380)),
    ]
    glyphs = [
        *(g for text, x in (("项目", 160), ("公式", 330), ("本级", 410)) for g in printed(text, x, 105)),
        *printed(first, 55, 127),
        *printed(second, 55, 152),
        *(g for text, y in zip(formulas or (), (127, 152), strict=False) for g in printed(text, 335, y)),
        *printed("2,833.91", 405, 127),
        *printed("422.01", 405, 152),
    ]
    return rows(grid_of(glyphs, rules))


def test_labels_stacked_in_a_merged_cell_stand_beside_their_amounts() -> None:
    assert merged_labels("其中：一般债务限额", "专项债务限额", ("B", "C")) == [
        ["项目", "公式", "本级"],
        ["其中：一般债务限额", "B", "2,833.91"],
        ["专项债务限额", "C", "422.01"],
    ]


def test_a_wrapped_label_stays_whole() -> None:
    wrapped = "某某市某某区基础设施建设和改造工程第一期项", "目及其配套设施"
    found = merged_labels(*wrapped, None)
    assert found[1][0] == "某某市某某区基础设施建设和改造工程第一期项\n目及其配套设施"


def test_a_footer_of_three_texts_is_no_header() -> None:
    glyphs = [
        *stacked(("项目", "预算数", "执行数"), ("合计", "10.00", "12.00")),
        *(g for text, x in (("填表人", 60), ("审核人", 320), ("日期", 400)) for g in printed(text, x, 175)),
    ]
    rules = [*lattice_rules(XS, [120.0, 145.0, 170.0]), *lattice_rules([50.0, 460.0], [170.0, 195.0])]
    assert rows(grid_of(glyphs, rules))[-1][0] == "填表人 审核人 日期"


def test_a_number_that_the_edge_of_the_page_cuts_is_no_amount() -> None:
    """The page is 595 points wide; what stands outside it is not read."""
    rules = lattice_rules([450.0, 550.0, 640.0], [100.0, 120.0, 140.0, 160.0])
    glyphs = [*printed("项目", 460, 105), *printed("金额", 560, 105), *printed("接待费", 460, 125)]
    glyphs += [*printed("2,897", 568, 125), *printed("出国费", 460, 145), *printed("3.00", 560, 145)]
    assert [row[1] for row in rows(grid_of(glyphs, rules))] == ["金额", "2,897…", "3.00"]
