"""The unit of a drawn page, wherever its line breaks."""

from __future__ import annotations

import pytest

from parsers import parse_document
from tests.parsers.readers.drawing import Page, pdf

ROWS = (
    ("科目编码", "科目名称", "预算数"),
    ("201", "一般公共服务支出", "1,000.00"),
    ("205", "教育支出", "200.50"),
    ("", "合计", "1,200.50"),
)
XS = (50.0, 200.0, 400.0, 545.0)
Lines = tuple[tuple[float, float, str], ...]


def page(lines: Lines) -> bytes:
    """A table under a title, with lines of text at (x, y) between them."""

    def draw(page: Page) -> None:
        page.text(240, 90, "支出总表", 14)
        for x, y, text in lines:
            page.text(x, y, text, 9)
        ys = [130 + 20.0 * row for row in range(len(ROWS) + 1)]
        page.lattice(XS, ys)
        for row, texts in enumerate(ROWS):
            for col, text in enumerate(texts):
                page.text(XS[col] + 3, ys[row] + 14, text, 9)

    return pdf(draw)


@pytest.mark.parametrize(
    ("lines", "yuan"),
    [
        (((490, 120, "单位：万元"),), 10_000),
        (((490, 112, "单位：万"), (490, 124, "元")), 10_000),
        (((490, 112, "单位：百"), (490, 124, "万元")), 1_000_000),
        (((490, 112, "单位"), (490, 124, "万元")), 10_000),
        (((450, 120, "单位："), (510, 120, "万元")), 10_000),
        (((50, 120, "部门：某局"), (400, 120, "单"), (450, 120, "位："), (510, 120, "万元")), 10_000),
        (((470, 112, "（金额单位：人民币"), (490, 124, "万元）")), 10_000),
        (((490, 112, "单位：万"), (50, 124, "部门：某局"), (490, 124, "元")), 10_000),
        (((490, 112, "单位：千"), (50, 124, "2026年1月1日"), (490, 124, "元")), 1_000),
    ],
)
def test_a_broken_unit_line_is_read_whole(lines: Lines, yuan: int) -> None:
    (table,) = parse_document(page(lines)).tables
    assert (table.unit_yuan, table.unit_basis) == (yuan, "printed")
    assert {fact.amount_text: fact.amount_yuan for fact in table.facts}["1,200.50"] == 1200.5 * yuan


def test_a_unit_that_cannot_be_put_together_is_none() -> None:
    lines = ((490, 102, "单位：万"), (50, 112, "甲"), (50, 118, "乙"), (50, 124, "丙"))
    (table,) = parse_document(page(lines)).tables
    assert (table.unit_yuan, table.unit_basis) == (None, "none")
    assert {fact.status for fact in table.facts} == {"single"}
