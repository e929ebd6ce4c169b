"""Text files are lines, or a table when their lines agree on it."""

from __future__ import annotations

from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.values.document import Grid, TextBlock


def test_prose_is_lines() -> None:
    blocks = read("一、部门职责\r\n\r\n负责预算, 决算。\r\n".encode("gbk"), Limits()).blocks
    assert [block.text for block in blocks if isinstance(block, TextBlock)] == [
        "一、部门职责",
        "负责预算, 决算。",
    ]


def test_separated_values_are_a_grid() -> None:
    (grid,) = read('项目,金额\n合计,"12,847.65"\n其中,\n'.encode("utf-8-sig"), Limits()).blocks
    assert isinstance(grid, Grid)
    assert [(c.row, c.col, c.text) for c in grid.cells] == [
        (0, 0, "项目"),
        (0, 1, "金额"),
        (1, 0, "合计"),
        (1, 1, "12,847.65"),
        (2, 0, "其中"),
    ]
