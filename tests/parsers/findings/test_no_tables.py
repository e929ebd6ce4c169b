"""A document without tables says what it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers import parse_document
from parsers.findings.no_tables import why_no_tables
from parsers.values import media
from parsers.values.document import Reading, TextBlock
from parsers.values.results import Hints
from parsers.values.vocabulary import TextLayer
from tests.parsers.builders import grid, reading
from tests.wording import both, english

TEXT = "勉县教育局2024年部门预算说明\n一、主要职责。\n".encode()


def test_plain_text_that_is_named_a_pdf() -> None:
    document = parse_document(TEXT, Hints(file_name="2024年预算.PDF"))
    assert document.outcome == "no_tables"
    assert both(document.outcome_detail) == (
        "纯文本（文件名却以 .pdf 结尾），23 字：只有文字叙述，没有表格 | "
        "Plain text, although named .pdf, 23 characters: running text only, no table"
    )


@pytest.mark.parametrize("name", [None, "说明.txt", "说明.doc", "说明"])
def test_a_name_that_misleads_nobody_is_not_held_against_a_file(name: str | None) -> None:
    detail = english(parse_document(TEXT, Hints(file_name=name)).outcome_detail)
    assert detail and "although" not in detail


@pytest.mark.parametrize(
    ("read", "chinese", "english"),
    [
        (replace(reading("说 明"), pages=1), "PDF，1 页、2 字：只有文字", "PDF, 1 page, 2 characters: run"),
        (replace(reading("说明"), pages=2, text_layer=TextLayer.SCAN), "扫描的PDF，2 页", "Scanned PDF, 2 p"),
        (reading(grid("甲|乙", "丙|丁")), "4 字：1 处表格", "1 grid, no table of a budget"),
        (Reading(media.XLSX), "Excel 文件，0 字：没有可读的文字", "0 characters: no text that could be read"),
        (Reading(media.XLSX, blocks=(TextBlock("Sheet1", style="sheet"),)), "0 字：没", "0 characters: no "),
        (Reading("image/png"), "image/png", "image/png"),
    ],
)  # fmt: skip
def test_what_there_is_in_the_place_of_tables(read: Reading, chinese: str, english: str) -> None:
    said = both(why_no_tables(read, None)).split(" | ")
    assert chinese in said[0] and english in said[1]
