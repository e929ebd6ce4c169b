"""What is found in the pixels of a scanned page before anything is read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from parsers.readers.scan.pixels import Image, PixelBox

pytest.importorskip("cv2")
import cv2

from parsers.readers.scan import page_image, ruling_lines

DPI = 100.0
PAPER, DARK = 240, 40
PALER = np.uint8(18)  # than paper, a rule that is hard to see


def paper(width: int = 800, height: int = 1100) -> Image:
    noise = np.random.default_rng(1).integers(-6, 7, (height, width))
    return (PAPER + noise).astype(np.uint8)


def rules_of(gray: Image, lines: Sequence[PixelBox] = ()) -> list[tuple[str, int]]:
    found, _ = ruling_lines.ruling(gray, DPI, lines)
    return sorted((rule.axis, round(rule.at)) for rule in found)


def test_pale_rules_count_where_no_rule_is_dark() -> None:
    page = paper()
    page[[300, 500], 100:700] -= PALER
    page[300:500, 400] -= PALER
    assert rules_of(page) == [("h", 300), ("h", 500), ("v", 400)]
    page[200, 100:700] = DARK
    assert rules_of(page) == [("h", 200)], "pale ones may have bled through"


def test_a_rule_goes_on_where_it_fades() -> None:
    page = paper()
    page[300, 100:300] = DARK
    page[300, 300:700] -= PALER
    (rule,), _ = ruling_lines.ruling(page, DPI, ())
    assert abs(rule.lo - 100) < 9 and abs(rule.hi - 700) < 9


def test_the_pale_edges_of_characters_above_a_rule_do_not_lengthen_it() -> None:
    page = np.full((1100, 800), PAPER, np.uint8)
    page[[255, 300, 500], 100:700] = page[300:500, 400] = DARK
    cv2.putText(page, "2023", (385, 295), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (DARK,), 2, cv2.LINE_AA)
    blurred = cv2.GaussianBlur(page, (0, 0), 0.7).astype(np.int16) + paper().astype(np.int16) - PAPER
    found, _ = ruling_lines.ruling(blurred.clip(0, 255).astype(np.uint8), DPI, [(383, 268, 480, 299)])
    (side,) = (rule for rule in found if rule.axis == "v")
    assert abs(side.lo - 300) < 5


def test_rules_of_dots_count_and_strokes_in_a_line_do_not() -> None:
    page = paper()
    page[[300, 500], 100:700:2] = page[300:500:2, 400] = DARK
    page[400, 450:650:2] = DARK  # strokes of neighbouring characters
    assert rules_of(page, [(448, 390, 652, 410)]) == [("h", 300), ("h", 500), ("v", 400)]


def test_strokes_of_a_title_and_of_the_line_below_it_are_no_rule() -> None:
    page = paper()
    page[100:130, 400] = page[138:150, 400] = DARK
    assert rules_of(page, [(300, 95, 500, 135), (300, 136, 500, 152)]) == []


def test_streaks_of_the_glass_and_the_sides_of_a_stamp_are_no_rules() -> None:
    page = paper()
    page[:700, 200] = DARK
    page[300:340, [500, 580]] = DARK
    assert rules_of(page) == []
    page[300:340, [420, 660]] = DARK  # cells of a row
    assert rules_of(page) == [("v", 420), ("v", 500), ("v", 580), ("v", 660)]
    page[[300, 340], 420:661] = page[320:370, 460] = DARK  # and the round of a seal
    assert [at for axis, at in rules_of(page) if axis == "v"] == [420, 500, 580, 660]


def test_dirt_beside_a_line_makes_it_neither_higher_nor_longer() -> None:
    mask = np.zeros((100, 400), np.uint8)
    mask[40:60, 100:300] = 255
    mask[25:29, 200:204] = mask[48:52, 320:324] = 255
    assert page_image.ink_box(mask, 90, 20, 340, 70, 4) == (100, 40, 300, 60)
    mask[50:52, 70:85] = 255  # an ordinal of one thin stroke
    assert page_image.ink_box(mask, 60, 20, 340, 70, 4) == (70, 40, 300, 60)


def test_grey_paper_made_level_has_no_rules_at_its_edges() -> None:
    assert rules_of(page_image.rotated(np.full((1100, 800), 150, np.uint8), 0.5)) == []


def test_a_code_between_words_that_were_found_is_not_passed_over() -> None:
    mask = np.zeros((200, 400), np.uint8)
    mask[20:40, 100:300] = mask[60:80, 100:300] = 255  # lines of text
    mask[62:78, 40:60] = 255  # a code on the second of them
    mask[65:67, 350:352] = mask[150:170, 40:60] = 255  # a speck, and what is on no line
    found = page_image.missed([(100, 20, 300, 40), (100, 60, 300, 80)], mask)
    assert found == [(40, 62, 60, 78)]


@pytest.mark.parametrize(("across", "fold"), [(False, 700), (True, None)])
def test_two_pages_side_by_side_are_told_from_a_wide_table(across: bool, fold: int | None) -> None:
    sheet = paper(1400, 1000)
    for x in (100, 800):
        sheet[200, x : x + 500] = sheet[600, x : x + 500] = DARK
    if across:
        sheet[150, 100:1300] = DARK
    found = ruling_lines.fold_of(sheet, DPI)
    assert found == fold if fold is None else found is not None and abs(found - fold) < 5


def test_ink_of_a_seal_turns_white_and_thin_print_below_it_stays() -> None:
    rgb = np.full((60, 60, 3), PAPER, np.uint8)
    rgb[20:40] = (200, 40, 45)
    rgb[30, 10:50] = (130, 30, 30)  # a thin stroke, blurred
    gray = page_image.without_seal(rgb)
    assert gray[25, 30] > 250 and gray[30, 30] < 200
