"""Headers at one side and at the foot of cells that are not drawn: rules and words say how far they reach."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from parsers.readers.page.headers.sided import Sided, sided_header
from parsers.readers.page.headers.topics import are_two, is_fragment, stands_over
from parsers.readers.page.lines.columns import pieces_of_line
from parsers.readers.page.lines.geometry import Ruling
from parsers.readers.page.lines.text import TextLine, visual_lines
from parsers.values.document import Box
from tests.parsers.readers.test_open_layouts import Text, glyphs_of

LEFT = ("科目名称", "合计", "小计", "人员经费", "公用经费", "项目支出")
AT = (50, 150, 220, 290, 360, 430)
EDGES = (145, 215, 285, 355, 425)


def pieces(texts: Sequence[Text]) -> list[TextLine]:
    return [piece for line in visual_lines(glyphs_of(texts)) for piece in pieces_of_line(line)]


def header(heads: Sequence[Text], leaves: Sequence[str] = LEFT, rules: Sequence[Ruling] = ()) -> Sided | None:
    """A header of two rows, all texts set to the left, between edges that rules prove."""
    texts = [*heads, *((text, float(x), 30.0) for text, x in zip(leaves, AT, strict=True))]
    return sided_header(pieces(texts), (), Box(48, 0, 500, 44), rules, EDGES)


def spans(found: Sided | None) -> dict[str, int]:
    """How many columns each header of several stands over."""
    assert found is not None
    return {
        "".join(piece.text for piece in head.pieces): sum(head.first <= x <= head.last for x in MIDDLES)
        for head in found.spanning
    }


MIDDLES = [x + 5 * len(text) for text, x in zip(LEFT, AT, strict=True)]


def test_words_say_how_far_a_header_at_the_foot_reaches() -> None:
    found = header([("基本支出", 220, 10)])
    assert spans(found) == {"基本支出": 3}
    assert found is not None and found.is_sure


def test_a_header_whose_words_say_nothing_is_not_sure() -> None:
    found = header([("按来源", 220, 10)])
    assert spans(found) == {"按来源": 4}
    assert found is not None and not found.is_sure


def test_a_rule_below_a_header_says_how_far_it_reaches() -> None:
    found = header([("按来源", 220, 10)], rules=[Ruling("h", 24, 215, 355, 0.5)])
    assert spans(found) == {"按来源": 2}
    assert found is not None and found.is_sure


def test_no_text_runs_on_below_a_rule() -> None:
    """收入 and 预算数 stand as near as two lines of one text."""
    texts: list[Text] = [
        ("收入", 150, 17),
        *((text, float(x), 30.0) for text, x in zip(LEFT, AT, strict=True)),
    ]
    rules = [Ruling("h", 28.5, 145, 285, 0.5)]
    found = sided_header(pieces(texts), (), Box(48, 0, 500, 44), rules, EDGES)
    assert spans(found) == {"收入": 2}


def test_a_rule_below_one_header_alone_runs_below_no_other_columns() -> None:
    """Else the two texts only happen to begin at one place: the header is not set to the left."""
    rules = [Ruling("h", 24, 145, 425, 0.5)]
    assert header([("基本支出", 220, 10)], rules=rules) is None


def test_codes_head_nothing_but_their_parts_however_many_texts_stand_as_low() -> None:
    leaves = ("类", "款", "项", "科目名称", "合计", "项目支出")
    found = header([("科目编码", 50, 10)], leaves)
    assert found is not None and found.is_sure
    ends = {head.last for head in found.spanning}
    assert len(ends) == 1 and EDGES[1] < ends.pop() < EDGES[2]


@pytest.mark.parametrize(
    ("head", "below", "mirrored", "count", "known"),
    [
        ("单位资金", ("事业收入", "其他收入", "上年结余、结转"), False, 2, True),
        ("财政拨款收入", ("小计", "一般公共预算", "政府性基金", "财政专户管理资金"), False, 3, True),
        ("支出", ("项目", "合计", "一般公共预算"), False, 3, True),
        ("收入", ("项目", "行次", "决算数", "项目"), False, 3, True),
        ("收入", ("决算数", "行次", "项目", "决算数"), True, 3, True),
        ("收入", ("上年结转", "编制预算", "项目", "序号"), True, 3, True),
        ("基本支出", ("公用经费", "人员经费", "小计", "合计"), True, 3, True),
        ("科目编码", ("类", "款", "项", "科目名称", "合计"), False, 3, True),
        ("2024年", ("小计", "甲", "乙"), False, 3, False),
    ],
)
def test_which_headers_stand_over_which(
    head: str, below: tuple[str, ...], mirrored: bool, count: int, known: bool
) -> None:
    assert stands_over(head, below, mirrored=mirrored) == (count, known)


@pytest.mark.parametrize(
    ("upper", "lower", "two"),
    [
        ("基本支出", "小计", True),
        ("收入", "项目", True),
        ("支出", "预算数", True),
        ("项目", "科目编码", True),
        ("财政拨款", "收入", False),
        ("财政拨款", "预算数", False),
        ("科目", "编码", False),
        ("科目编码", "款", True),
        ("公用经费支", "出", False),
    ],
)
def test_two_lines_are_two_headers(upper: str, lower: str, two: bool) -> None:
    assert are_two(upper, lower) is two


def test_one_character_is_part_of_a_header_but_for_the_parts_of_a_code() -> None:
    assert [text for text in ("算", "类", "款", "合计", "数") if is_fragment(text)] == ["算", "数"]
