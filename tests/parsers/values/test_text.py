from __future__ import annotations

import pytest

from parsers.values.text import fold, ideographs, one_line, unnumbered


def test_radicals_become_the_characters_they_look_like() -> None:
    assert ideographs("⼀般公共预算⽀出 ⻓期") == "一般公共预算支出 长期"
    assert fold("⽀ 出") == "支出"
    assert fold("财政专戶管理资金") == "财政专户管理资金"  # one glyph of browsers' fonts


def test_what_is_no_radical_stays_as_printed() -> None:
    assert ideographs("（一）Ａ①㎡") == "（一）Ａ①㎡"


@pytest.mark.parametrize(
    ("printed", "line"),
    [
        ("公务用车\n运行维护费", "公务用车运行维护费"),
        ("  12,847.\n65 ", "12,847. 65"),
        ("Beijing\nOffice", "Beijing Office"),
    ],
)
def test_a_break_between_chinese_characters_is_no_space(printed: str, line: str) -> None:
    assert one_line(printed) == line


@pytest.mark.parametrize(
    ("label", "name"),
    [("一、财政拨款", "财政拨款"), ("其中：1、工资", "工资"), ("（三）其他", "其他"), ("2024年", "2024年")],
)
def test_ordinals_are_no_part_of_a_name(label: str, name: str) -> None:
    assert unnumbered(label) == name
