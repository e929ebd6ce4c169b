from __future__ import annotations

from collections.abc import Iterable

import pytest

from parsers.readers.furniture import mark_furniture
from parsers.values.document import Box, Grid, TextBlock

SIZE = (595.0, 842.0)


def styles_of(blocks: Iterable[TextBlock | Grid]) -> list[str]:
    assert all(isinstance(block, TextBlock) for block in blocks)
    return [block.style for block in blocks if isinstance(block, TextBlock)]


def styles(texts: list[str], y: float) -> list[str]:
    """The styles of one line per page at height `y`."""
    blocks = [TextBlock(text, page=n, box=Box(50, y, 300, y + 12)) for n, text in enumerate(texts, 1)]
    return styles_of(mark_furniture(blocks, [SIZE] * len(texts)))


@pytest.mark.parametrize(
    "line",
    ["某县水利局2024年部门预算", "— {} —", "第 {} 页 共 9 页", "http://czj.example.gov.cn/a.html {}/9"],
)
def test_lines_that_repeat_in_the_margin_are_furniture(line: str) -> None:
    assert set(styles([line.format(n) for n in range(1, 6)], 810)) == {"furniture"}


@pytest.mark.parametrize("line", ["项目支出绩效目标表", "支出总表（续）", "单位：万元", "公开02表"])
def test_what_introduces_a_table_is_none_however_often_it_repeats(line: str) -> None:
    assert set(styles([line] * 6, 40)) == {"paragraph"}


def test_only_the_margin_holds_furniture() -> None:
    assert set(styles(["某县水利局2024年部门预算"] * 6, 400)) == {"paragraph"}


def test_numbers_of_turned_sheets_stand_as_far_from_the_edge_as_those_of_upright_ones() -> None:
    blocks = [
        TextBlock("19", page=1, box=Box(293, 784, 302, 793)),
        TextBlock("20", page=2, box=Box(416, 537, 425, 546)),
        TextBlock("21.5", page=2, box=Box(416, 500, 425, 509)),
    ]
    marked = mark_furniture(blocks, [SIZE, (842.0, 595.0)])
    assert styles_of(marked) == ["furniture", "furniture", "paragraph"]
