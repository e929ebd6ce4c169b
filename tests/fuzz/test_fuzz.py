"""A small part of `python -m tests.fuzz`, on fixtures of the project: damaged documents have an outcome."""

from __future__ import annotations

import io
from functools import cache

import docx
import openpyxl
import pytest
import xlwt

from tests.fuzz.mutate import mutated
from tests.fuzz.reader import Run, read_one
from tests.parsers.readers import drawing
from tests.parsers.readers.test_ofd import FIRST_ROW, TABLE, page
from tests.parsers.readers.test_ofd import ofd as package

TITLE = "2026年全市一般公共预算收入表"
ROWS = (("项目", "预算数"), ("增值税", "754.00"), ("企业所得税", "400.00"), ("税收收入合计", "1,154.00"))
SEEDS = range(6)


@cache
def documents() -> dict[str, bytes]:
    """One small document of each format."""
    return {
        "a.html": _html(), "a.xlsx": _xlsx(), "a.xls": _xls(), "a.docx": _docx(),
        "a.pdf": drawing.pdf(_draw), "a.ofd": package(page(TABLE + FIRST_ROW)),
    }  # fmt: skip


def _html() -> bytes:
    cells = "".join(f'<tr><td>{a}</td><td colspan="1">{b}</td></tr>' for a, b in ROWS)
    return f"<html><body><h1>{TITLE}</h1><p>单位：万元</p><table>{cells}</table></body></html>".encode()


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ((TITLE,), ("单位：万元",), *ROWS):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("收入")
    for number, row in enumerate(((TITLE,), ("单位：万元",), *ROWS)):
        for column, words in enumerate(row):
            sheet.write(number, column, words)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _docx() -> bytes:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("单位：万元")
    table = document.add_table(len(ROWS), 2)
    for row, words in zip(table.rows, ROWS, strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _draw(sheet: drawing.Page) -> None:
    sheet.text(86, 90, TITLE)
    sheet.lattice([80, 240, 380], [120, 150, 180, 210, 240])
    for number, (name, amount) in enumerate(ROWS):
        sheet.text(86, 140 + 30 * number, name)
        sheet.text(246, 140 + 30 * number, amount)


@pytest.mark.parametrize("name", documents())
def test_whole_documents_are_read(name: str) -> None:
    outcome, lost = read_one(documents()[name], name)
    assert (outcome, lost) == ("parsed", ())


@pytest.mark.parametrize("name", documents())
def test_damaged_documents_have_an_outcome(name: str) -> None:
    runs = [Run(name, seed, read_one(mutated(documents()[name], seed), name)[0], 0.0) for seed in SEEDS]
    assert [run for run in runs if run.failed] == []


def test_a_seed_gives_the_same_damage() -> None:
    data = documents()["a.xlsx"]
    assert mutated(data, 5) == mutated(data, 5) != data
