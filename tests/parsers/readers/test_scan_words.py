"""Words of scanned tables without vertical rules: which of them are parted, and where."""

from __future__ import annotations

import numpy as np
import pytest

from parsers.readers.page.lines.columns import pieces_of_line
from parsers.readers.page.lines.geometry import Glyph
from parsers.readers.page.lines.text import TextLine, line_of
from parsers.readers.page.lines.white import gutters
from parsers.readers.scan import reader
from parsers.readers.scan.pixels import Image
from parsers.readers.scan.words import (
    apart,
    between_lines,
    is_dust,
    is_more_than_dirt,
    outermost,
    parted,
    without_dust,
    without_overlaps,
)

HIGH = 20  # pixels


def inked(*marks: tuple[int, int], low: tuple[int, int] = (0, 0)) -> Image:
    """A line of full-height marks, and one at its foot."""
    mask = np.zeros((HIGH, 400), np.uint8)
    for begin, end in marks:
        mask[:, begin:end] = 255
    mask[HIGH - 6 :, low[0] : low[1]] = 255
    return mask


AMOUNT = [(0, 12), (14, 26), (28, 40)]
WORD = [(60, 78), (80, 98), (100, 118)]


@pytest.mark.parametrize(
    ("marks", "low", "words"),
    [
        pytest.param([*AMOUNT, *WORD], (0, 0), [(0, 40), (60, 118)], id="an amount and the next label"),
        pytest.param([(0, 18), (45, 63)], (0, 0), [(0, 63)], id="a spaced-out word"),
        pytest.param([(0, 18), (38, 56), (58, 76)], (20, 24), [(0, 76)], id="white behind a comma"),
        pytest.param([*AMOUNT, (53, 57), (60, 80)], (0, 0), [(0, 80)], id="white before a bracket"),
    ],
)
def test_a_line_is_parted_where_the_white_of_columns_stands(
    marks: list[tuple[int, int]], low: tuple[int, int], words: list[tuple[int, int]]
) -> None:
    found = parted((0, 0, 120, HIGH), inked(*marks, low=low))
    assert [(x0, x1) for x0, _, x1, _ in found] == words


@pytest.mark.parametrize(
    ("text", "marks", "words"),
    [
        ("8.00 本年支出", [*AMOUNT, *WORD], [("8.00", 0, 40), ("本年支出", 60, 118)]),
        ("210 行政", [*AMOUNT, *WORD[:2]], [("210", 0, 40), ("行政", 60, 118)]),
        ("8.001、本", [*AMOUNT, (52, 58), (64, 82), (84, 102)], [("8.00", 0, 40), ("1、本", 52, 118)]),
        ("类款项", [(0, 18), (60, 78), (100, 118)], [("类", 0, 18), ("款", 60, 78), ("项", 100, 118)]),
        ("三个字", WORD, [("三个字", 0, 118)]),
        ("8.00万元", [(0, 118)], [("8.00万元", 0, 118)]),
    ],
)
def test_what_was_read_together_stands_apart(
    text: str, marks: list[tuple[int, int]], words: list[tuple[str, int, int]]
) -> None:
    found = apart(text, (0, 0, 118, HIGH), inked(*marks))
    assert [(word, x0, x1) for word, (x0, _, x1, _) in found] == words


def test_boxes_that_reach_into_the_next_line_are_cut_between_the_lines() -> None:
    mask = np.zeros((60, 100), np.uint8)
    mask[2:18, 5:90] = mask[24:40, 5:60] = 255
    assert between_lines([(5, 0, 90, 30), (5, 12, 60, 42)], mask) == [(5, 0, 90, 21), (5, 21, 60, 42)]
    assert between_lines([(5, 0, 90, 30), (5, 12, 60, 58)], mask)[0] == (5, 0, 90, 21), "white below both"
    beside = [(0, 0, 40, HIGH), (30, 2, 90, HIGH)]
    assert between_lines(beside, mask) == beside


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        ("其他收入.", "其他收入"),
        ("一般公共预算 .", "一般公共预算"),
        ("、财政拨款", "财政拨款"),
        ("1,000.", "1,000."),
        ("预算数", "预算数"),
    ],
)
def test_specks_behind_a_name_are_no_points(seen: str, name: str) -> None:
    assert without_dust(seen) == name


def test_points_alone_are_dust_and_a_dash_is_not() -> None:
    assert is_dust(" .") and not is_dust("-") and not is_dust("0")
    zero, speck = (0, 0, 10, HIGH), (0, 0, 4, 8)
    assert is_more_than_dirt("0", zero, HIGH) and not is_more_than_dirt("0", speck, HIGH)
    assert not is_more_than_dirt("1", zero, HIGH), "a stroke"


def test_a_box_within_another_is_not_read_twice() -> None:
    whole, part, beside = (0, 0, 80, HIGH), (70, 2, 78, HIGH), (90, 0, 118, HIGH)
    assert outermost([part, whole, beside]) == [whole, beside]


def test_a_digit_that_two_boxes_hold_goes_to_the_number_it_ends() -> None:
    boxes = [(0, 0, 40, HIGH), (27, 0, 118, HIGH)]
    assert without_overlaps(boxes, inked(*AMOUNT, *WORD)) == [(0, 0, 40, HIGH), (60, 0, 118, HIGH)]


def test_words_side_by_side_are_not_one_spaced_out_word() -> None:
    heads = [Glyph("编制预算", 0, 0, 40, 10, 10), Glyph("上年结转", 70, 0, 110, 10, 10)]
    assert [piece.text for piece in pieces_of_line(line_of(heads))] == ["编制预算", "上年结转"]
    letters = [Glyph("收", 0, 0, 10, 10, 10), Glyph("入", 40, 0, 50, 10, 10)]
    assert len(pieces_of_line(line_of(letters))) == 1


def test_a_label_with_a_mark_by_hand_before_it_does_not_join_two_columns() -> None:
    def line(y: int, *words: tuple[str, int, int]) -> list[TextLine]:
        return [line_of([Glyph(text, x0, y, x1, y + 10, 10)]) for text, x0, x1 in words]

    header = line(0, ("预算数", 0, 40), ("项目", 60, 90))
    body = [p for n in range(2, 14) for p in line(15 * n, ("1,000.00", 0, 40), ("外交支出", 46, 90))]
    assert gutters(header, [*body, *line(300, ("V公共安全支出", 38, 95))]) == [43]
    assert gutters(header, [*body[:8], *line(300, ("V公共安全支出", 38, 95))]) == []


@pytest.mark.parametrize(("text", "high"), [("208.08", 72), ("2,040.08", 88), ("(208)", 88), ("合计", 92)])
def test_the_type_of_a_word_is_as_large_whatever_reaches_below_it(text: str, high: int) -> None:
    assert {round(glyph.size) for glyph in reader._glyphs(text, (0, 0, 300, high), 1.0)} == {100}
