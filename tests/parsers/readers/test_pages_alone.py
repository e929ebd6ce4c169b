"""A page that fails costs that page: the pages before and behind it are read, and a note names it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from parsers import parse_document
from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.readers.ofd import reader as ofd
from parsers.readers.page import pages
from parsers.readers.pdf import reader as pdf
from parsers.values.document import Reading
from tests.parsers.readers import drawing
from tests.parsers.readers.test_ofd import FIRST_ROW, TABLE, page, scanned
from tests.parsers.readers.test_ofd import ofd as package
from tests.wording import english

AMOUNTS = ("1,011.00", "2,022.00", "3,033.00")


def one_page(amount: str) -> Callable[[drawing.Page], None]:
    def draw(sheet: drawing.Page) -> None:
        sheet.lattice([80, 240, 380], [120, 150, 180])
        for y, words in ((140, ("项目", "预算数")), (170, ("收入总计", amount))):
            sheet.text(86, y, words[0])
            sheet.text(246, y, words[1])

    return draw


def _fails_at(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, nth: int) -> None:
    """Let the n-th call (from 1) of a step raise what it does not expect."""
    step, calls = getattr(module, name), []

    def broken(*arguments: Any, **options: Any) -> Any:
        calls.append(name)
        if len(calls) == nth:
            raise IndexError("a fault of ours")
        return step(*arguments, **options)

    monkeypatch.setattr(module, name, broken)


def _amounts(reading: Reading) -> list[str]:
    return [cell.text for found in drawing.grids(reading) for cell in found.cells if cell.text in AMOUNTS]


def _lost(reading: Reading) -> list[tuple[int | None, str]]:
    return [(n.page, english(n.detail).partition(" (")[0]) for n in reading.notes if n.code == "not_read"]


def test_a_page_of_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    data = drawing.pdf(*map(one_page, AMOUNTS))
    assert _amounts(read(data, Limits(ocr=False))) == list(AMOUNTS)
    _fails_at(monkeypatch, pages, "page_blocks", 2)
    reading = read(data, Limits(ocr=False))
    assert (reading.pages, _amounts(reading)) == (3, [AMOUNTS[0], AMOUNTS[2]])
    assert _lost(reading) == [(2, "the page: IndexError: a fault of ours")]


def test_a_page_of_an_ofd_file(monkeypatch: pytest.MonkeyPatch) -> None:
    data = package(*(page(TABLE + FIRST_ROW.replace("1,053.43", amount)) for amount in AMOUNTS))
    assert _amounts(read(data, Limits(ocr=False))) == list(AMOUNTS)
    _fails_at(monkeypatch, ofd, "_marks", 2)
    reading = read(data, Limits(ocr=False))
    assert (reading.pages, _amounts(reading)) == (3, [AMOUNTS[0], AMOUNTS[2]])
    assert _lost(reading) == [(2, "the page: IndexError: a fault of ours")]


def test_a_scanned_page_of_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    def picture(sheet: drawing.Page) -> None:
        image = Image.open(io.BytesIO(drawing.photographed()))
        sheet.canvas.drawInlineImage(image, 0, 0, drawing.WIDTH, drawing.HEIGHT)

    data = drawing.pdf(one_page(AMOUNTS[0]), picture, one_page(AMOUNTS[2]))
    _fails_at(monkeypatch, pdf, "_scan_of_page", 1)
    reading = read(data, Limits())
    assert (reading.pages, _amounts(reading)) == (3, [AMOUNTS[0], AMOUNTS[2]])
    assert _lost(reading) == [(2, "the page's image: IndexError: a fault of ours")]


def test_a_scanned_page_of_an_ofd_file(monkeypatch: pytest.MonkeyPatch) -> None:
    common = scanned("scan.png", drawing.photographed())
    _fails_at(monkeypatch, ofd, "scan_of_page", 1)
    document = parse_document(common)
    assert document.outcome == "needs_ocr" and document.tables == ()
