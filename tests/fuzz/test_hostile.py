"""Nothing crashes: what once raised has an outcome, and costs no more than a cell, a table or a page.

Invariant: every input is read in a process of its own, watched from outside; what hangs or dies fails.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from parsers import parse_document
from parsers.values.results import Hints
from tests.fuzz.reader import AS_IT_IS, Reader
from tests.fuzz.test_fuzz import documents
from tests.parsers.readers.test_ofd import FIRST_ROW, TABLE, page
from tests.parsers.readers.test_ofd import ofd as package

HOSTILE = Path(__file__).parents[2].parent / "shared/cases/hostile"
SECONDS = 600.0  # far beyond the limits of the readers themselves, also on a busy machine


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    started = Reader(SECONDS)
    yield started
    started.stop()


def cases() -> list[Path]:
    return sorted(path for path in HOSTILE.iterdir() if path.is_file()) if HOSTILE.is_dir() else []


@pytest.mark.skipif(not cases(), reason="../shared/cases/hostile is not here")
def test_kept_inputs_that_once_crashed_have_an_outcome(reader: Reader) -> None:
    """What asks for more memory than a reader may have ends its process: the pool of the archive says so."""
    runs = [reader.run(path.name, path.read_bytes(), AS_IT_IS) for path in cases()]
    failed = [(run.name, run.outcome) for run in runs if run.failed]
    assert [one for one in failed if not ("GB" in one[0] and one[1] in ("died", "memory"))] == []


@cache
def small() -> dict[str, bytes]:
    """One small input for each exception that once ended a document."""
    return {
        "overflow of an amount in a sentence": _report("9" * 400 + "亿元"),
        "exponent of an amount in a sentence": _report("1E999999亿元"),
        "exponent of an amount in a cell": _table("1E999999", "-1E-400", "NaN", "Infinity"),
        "a table without columns": "<html><body><h1>2026年部门预算公开</h1><p>单位：万元</p>"
        "<table><tr></tr><tr><td></td></tr></table></body></html>".encode(),
        "a member whose method is unknown": _zip(method=97),
        "a member whose size is untrue": _zip(size=1 << 31),
        "a package with a directory that ends early": documents()["a.docx"][:-30],
        "a workbook whose parts are missing": _without("a.xlsx", "xl/workbook.xml"),
        "a text document whose parts are empty": _without("a.docx", "word/document.xml", b""),
        "an OFD with a place that is no number": package(page(TABLE + FIRST_ROW).replace("10", "NaN")),
        "a PDF that is only its head": b"%PDF-1.7\n%%EOF\n",
        "a PDF whose pages are not there": documents()["a.pdf"].replace(b"/Type /Page", b"/Type /Pagf"),
        "an image of a billion pixels": _png(40_000, 40_000),
    }


def _report(amount: str) -> bytes:
    sentences = (
        f"2025年，全区一般公共预算收入完成{amount}，增长3%。",
        f"2025年，全区政府性基金收入完成{amount}。",
    )
    title = "关于临河区2025年预算执行情况的报告"
    return f"<html><body><h1>{title}</h1><p>{''.join(sentences)}</p></body></html>".encode()


def _table(*amounts: str) -> bytes:
    """A table of revenue: twelve usual rows, then one for each of the amounts, then 企业所得税 of 400."""
    rows = [("项目", "预算数"), *((f"契税{at}", "500") for at in range(12))]
    rows += [*((f"增值税{at}", amount) for at, amount in enumerate(amounts)), ("企业所得税", "400")]
    cells = "".join(f"<tr><td>{label}</td><td>{amount}</td></tr>" for label, amount in rows)
    title = "<h1>2026年全区一般公共预算收入表</h1><p>单位：万元</p>"
    return f"<html><body>{title}<table>{cells}</table></body></html>".encode()


def _zip(*, method: int = 8, size: int | None = None) -> bytes:
    """An archive with one document whose directory names another method or size than the member has."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("预算.html", _table("1"))
    data = bytearray(out.getvalue())
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 10, method)
    if size is not None:
        struct.pack_into("<I", data, at + 24, size)
    return bytes(data)


def _without(name: str, part: str, body: bytes | None = None) -> bytes:
    """A package without one part, or with another body in its place."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(documents()[name])) as whole, zipfile.ZipFile(out, "w") as archive:
        for info in whole.infolist():
            if info.filename != part:
                archive.writestr(info, whole.read(info))
            elif body is not None:
                archive.writestr(part, body)
    return out.getvalue()


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("name", small())
def test_what_once_raised_has_an_outcome(name: str, reader: Reader) -> None:
    run = reader.run(name, small()[name], AS_IT_IS)
    assert not run.failed, run.outcome


def test_an_amount_beyond_all_budgets_costs_a_cell_and_no_other() -> None:
    document = parse_document(_table("1E999999", "9" * 400), Hints(file_name="a.html"))
    amounts = {fact.row_label: fact.amount_yuan for table in document.tables for fact in table.facts}
    assert document.outcome == "parsed" and amounts["企业所得税"] == 4_000_000 and len(amounts) >= 13
    assert not {amount for label, amount in amounts.items() if label.startswith("增值税")} - {None}
