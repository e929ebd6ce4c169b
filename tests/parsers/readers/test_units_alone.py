"""A table or a sheet that fails costs itself: the others are read, and a note names it."""

from __future__ import annotations

import io
from typing import Any

import docx
import openpyxl
import pytest
import xlwt

from parsers.readers import read
from parsers.readers.html import reader as html
from parsers.readers.limits import Limits
from parsers.readers.sheet import worksheet, xls, xlsx
from parsers.readers.word import story as word
from parsers.values.document import Reading
from tests.parsers.readers.drawing import grids
from tests.parsers.readers.test_pages_alone import _fails_at
from tests.wording import english

AMOUNTS = ("1,011.00", "2,022.00", "3,033.00")


def document() -> bytes:
    made = docx.Document()
    for amount in AMOUNTS:
        made.add_paragraph("收支总表")
        table = made.add_table(rows=1, cols=2)
        table.cell(0, 0).text, table.cell(0, 1).text = "合计", amount
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def page() -> bytes:
    rows = "".join(
        f"<p>收支总表</p><table><tr><td>项目</td><td>金额</td></tr><tr><td>合计</td><td>{amount}</td></tr></table>"
        for amount in AMOUNTS
    )
    return f"<html><body><h1>预算公开</h1>{rows}</body></html>".encode()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for number, amount in enumerate(AMOUNTS):
        sheet = book.create_sheet(f"表{number + 1}")
        sheet.append(["合计", amount])
    book.remove(book.worksheets[0])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def old_workbook() -> bytes:
    book = xlwt.Workbook()
    for number, amount in enumerate(AMOUNTS):
        sheet = book.add_sheet(f"表{number + 1}")
        sheet.write(0, 0, "合计")
        sheet.write(0, 1, amount)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _amounts(reading: Reading) -> list[str]:
    return [cell.text for grid in grids(reading) for cell in grid.cells if cell.text in AMOUNTS]


@pytest.mark.parametrize(
    ("data", "module", "step", "lost"),
    [
        (document(), word, "read_table", "a table"),
        (page(), html, "read_table", "a table"),
        (workbook(), worksheet, "grid_of", "the sheet 表2"),
        (old_workbook(), worksheet, "grid_of", "the sheet 表2"),
    ],
)
def test_the_other_tables_are_read(
    monkeypatch: pytest.MonkeyPatch, data: bytes, module: Any, step: str, lost: str
) -> None:
    assert _amounts(read(data, Limits())) == list(AMOUNTS)
    _fails_at(monkeypatch, module, step, 2)
    reading = read(data, Limits())
    assert _amounts(reading) == [AMOUNTS[0], AMOUNTS[2]]
    details: list[Any] = [note.detail for note in reading.notes if note.code == "not_read"]
    assert [english(detail.values["step"]) for detail in details] == [lost]


@pytest.mark.parametrize(("data", "module"), [(workbook(), xlsx), (old_workbook(), xls)])
def test_a_workbook_that_its_reader_fails_on_is_read_plainly(
    monkeypatch: pytest.MonkeyPatch, data: bytes, module: Any
) -> None:
    def broken(*_: object) -> None:
        raise IndexError("a fault of ours")

    monkeypatch.setattr(module, "_sheet", broken)
    reading = read(data, Limits())
    assert _amounts(reading) == list(AMOUNTS)
    assert [note.code for note in reading.notes] == ["plain_values"]
