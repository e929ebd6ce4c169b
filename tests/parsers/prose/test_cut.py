"""Text that runs off the page: a sheet printed wider than its paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.prose import read_prose
from parsers.values.document import Box, TextBlock
from parsers.values.results import Check
from tests.parsers.builders import reading
from tests.parsers.prose.prose_reading import HEAD

WIDTH, SIZE = 595.0, 11.0


def fails(right: float, *, page: int = 1) -> list[Check]:
    """What fails of a rate whose line ends at `right`, and whose next line holds the rest of another number.
    The rate stands on page 1; on `page` stands the line that ends there."""

    def line(text: str, y: float, x1: float, page: int) -> TextBlock:
        return TextBlock(text, page=page, box=Box(55.0, y, x1, y + SIZE), size=SIZE)

    text = (
        line("2024年度收入预算总计1,000.00万元，比上年增加100.00万元，增长25.00%。", 100, 500, 1),
        line("本单位无政府性基金预算财政拨款安排的支出，也无国有资本经营", 130, right, page),
    )
    document = replace(reading(*text), pages=3, page_sizes=((WIDTH, 842.0),) * 3)
    return [check for check in read_prose(document, (), HEAD)[1] if check.status == "fails"]


@pytest.mark.parametrize("page", [1, 2])
def test_a_page_whose_text_is_cut_accuses_no_one(page: int) -> None:
    [check] = fails(WIDTH - SIZE / 2, page=page)
    assert (check.rule, check.severity, check.fault) == ("I15-percent", "info", "reading")


@pytest.mark.parametrize(("right", "page"), [(WIDTH - 55, 1), (WIDTH - SIZE / 2, 3)])
def test_text_within_its_margins_is_held_against_itself(right: float, page: int) -> None:
    [check] = fails(right, page=page)
    assert (check.rule, check.severity, check.fault) == ("I15-percent", "error", "unclear")
