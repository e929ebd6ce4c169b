"""What is found in the pixels of a scanned page before anything is read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from parsers.readers.page.lines.geometry import Ruling
from parsers.readers.scan.pixels import Image, PixelBox

pytest.importorskip("cv2")
import cv2

from parsers.readers.scan import bending, page_image, ruling_lines
from parsers.readers.scan.orientation import is_askew, level
from parsers.readers.scan.paper import without_back, without_watermark

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


def test_a_character_close_above_a_rule_down_does_not_lengthen_it() -> None:
    page = paper()
    page[300:700, 400] = page[292:298, 400] = DARK  # its last stroke
    found, _ = ruling_lines.ruling(page, DPI, [(350, 285, 402, 299)])
    assert [298 < rule.lo < 303 for rule in found] == [True]
    page[285:300:2, 400] = DARK
    found, _ = ruling_lines.ruling(page, DPI, ())
    assert [rule.lo < 295 for rule in found] == [True], "a rule that begins with dots"


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
    page[[310, 331], 520:561] = page[310:332, [520, 560]] = DARK  # the frame of a stamp
    found = rules_of(page)
    assert [at for axis, at in found if axis == "v"] == [420, 500, 580, 660]
    assert not {("h", 310), ("h", 331)} & set(found)


def test_a_streak_over_the_whole_page_is_cleaned_and_what_it_crosses_stays() -> None:
    page = paper()
    page[500:520, 395:420] = DARK
    page[:, 400:402] -= 60
    page[:, 700:702] = 0
    page[600:620, 690:715] = 0
    clean = page_image.without_streaks(page)
    assert np.ptp(clean[:400].mean(axis=0)) < 8
    assert clean[500:520, 395:420].max() < 100 and clean[600:620, 690:715].max() < 50
    assert np.array_equal(page_image.without_streaks(paper()), paper())


def test_a_rule_is_erased_and_a_digit_that_stands_on_it_stays() -> None:
    page = paper()
    page[300:302, 100:700] = page[500:502, 100:700] = DARK
    page[282:300, 400:406] = DARK
    _, mask = ruling_lines.ruling(page, DPI, [(398, 280, 408, 302)])
    clean = ruling_lines.erased(page, mask)
    assert clean[282:299, 400:406].max() < 100 and clean[298:304, 200:390].min() > 200


def test_a_bent_page_is_straightened_and_a_flat_one_left_alone() -> None:
    page, across = paper(), np.arange(800)
    for row in range(200, 1000, 100):
        page[row + np.round(12 * np.sin(np.pi * across / 800)).astype(int), across] = DARK
    flat = bending.straightened(page, bending.traces(page, DPI), DPI)
    dark = [np.flatnonzero(flat[:, x] < 140) for x in range(50, 750, 50)]
    assert {len(rows) for rows in dark} <= {8, 9, 10, 16} and np.ptp([rows[0] for rows in dark]) <= 1
    page = paper()
    page[200:1000:100, 100:700] = DARK
    assert bending.straightened(page, bending.traces(page, DPI), DPI) is page


@pytest.mark.parametrize("degrees", [-1.6, 0.4, 2.3])
def test_a_page_with_rules_down_alone_is_made_level_by_them(degrees: float) -> None:
    page = paper()
    page[200:900, 100:701:150] = page[200:900, 101:702:150] = DARK
    page[300, 320:430] = DARK  # strokes that touch look like a rule across
    tops = np.array([[(150, y), (330, y + 4), (330, y + 24), (150, y + 20)] for y in (300, 400, 500)])
    lying, quads = page_image.rotated(page, -degrees), list(tops.astype(np.float32))
    _, _, turned = level(lying, [page_image.rotated_points(q, lying, -degrees) for q in quads], DPI)
    assert abs(turned - degrees) < 0.08


def test_a_rule_that_the_round_of_a_stamp_touches_is_one_still() -> None:
    page = paper()
    page[300:900:200, 100:700] = page[200:900, 400:402] = DARK
    cv2.circle(page, (466, 500), 62, (DARK,), 5)
    assert ("v", 400) in rules_of(page)


@pytest.mark.parametrize(("wide", "fall", "stamp"), [(90, 12, True), (90, 2, False), (20, 9, False)])
def test_lines_that_climb_on_a_level_page_are_of_a_stamp(wide: int, fall: int, stamp: bool) -> None:
    corners = [(0, 0), (wide, fall), (wide, fall + 20), (0, 20)]
    assert is_askew(np.array(corners, dtype=np.float32)) is stamp


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
    mask[20:40, 314:320] = 255  # a last digit, and one behind a rule
    lines = [(100, 20, 300, 40), (100, 60, 300, 80)]
    assert page_image.missed(lines, mask, ()) == ([(100, 20, 320, 40), lines[1]], [(40, 62, 60, 78)])
    assert page_image.missed(lines, mask, [Ruling("v", 307, 0, 200, 2)])[0] == lines


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


def printed(dark: int, *, mirrored: bool = False) -> Image:
    page = np.full((1100, 800), PAPER, np.uint8)
    for row in range(200, 1000, 40):
        cv2.putText(page, "2,040.08 318.50", (100, row), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (PAPER - dark,), 3)
    page[150:152, 100:700] = PAPER - dark
    return np.ascontiguousarray(page[:, ::-1]) if mirrored else page


def test_what_shows_through_from_the_back_goes_and_pale_print_alone_stays() -> None:
    front, back = printed(200), np.roll(printed(40, mirrored=True), 20, axis=0)
    clean = without_back(np.minimum(front, back))
    assert clean[front > 200].min() > 220 and clean[front < 60].max() < 60
    for alone in (front, printed(40), cv2.GaussianBlur(front, (0, 0), 1.5)):
        assert without_back(np.asarray(alone, np.uint8)) is alone


def test_a_watermark_goes_and_dark_print_over_it_stays() -> None:
    front, mark = printed(200), np.full((1100, 800), PAPER, np.uint8)
    cv2.putText(mark, "COPY", (60, 700), cv2.FONT_HERSHEY_SIMPLEX, 9, (PAPER - 60,), 16)
    cv2.ellipse(mark, (600, 300), (90, 90), 0, 0, 360, (PAPER - 90,), 9)  # a seal, grey
    clean = without_watermark(np.minimum(front, mark))
    assert np.percentile(clean[(front > 230) & (mark < 220)], 99) > 220 and clean[front < 60].max() < 60
    desk = np.full((1100, 800), 120, np.uint8)
    desk[60:1040, 60:740] = front[60:1040, 60:740]
    for alone in (front, printed(40), cv2.GaussianBlur(front, (0, 0), 1.5), desk):
        assert without_watermark(np.asarray(alone, np.uint8)) is alone


def test_grey_paper_beside_an_erased_rule_is_no_ink() -> None:
    page = np.full((400, 400), 150, np.uint8)
    page[200:208] = page[:, 200:208] = 30
    mask = np.where(page < 100, 255, 0).astype(np.uint8)
    assert not page_image.ink(ruling_lines.erased(page, mask)).any()
