"""Formats that a kept library writes are not written by hand; what is, says why at its head."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = [
    ROOT / "gongkai.py",
    *(file for room in ("archive", "crawler", "parsers") for file in (ROOT / room).rglob("*.py")),
]
OURS = (
    "archive/warc/writer.py",
    "archive/warc/cdxj.py",
    "archive/web/api/description.py",
    "crawler/http/handler.py",
    "parsers/readers/sheet/number_format.py",
)
MARKS = (
    "BEGIN:VCALENDAR",
    "BEGIN:VEVENT",
    "# HELP",
    "# TYPE",
    "http://www.w3.org/2005/Atom",
    "<rss",
    "<feed",
)
"""What only a writer of iCalendar, of Prometheus's text format, of Atom or RSS would hold."""


@pytest.mark.parametrize("file", OURS)
def test_what_is_kept_by_hand_says_why(file: str) -> None:
    head = ast.get_docstring(ast.parse((ROOT / file).read_text()))
    assert head and "\nBy hand: " in head


def test_calendars_feeds_and_metrics_are_written_by_libraries() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {mark}" for file in PRODUCT for mark in MARKS if mark in file.read_text()
    ]
    assert not found


def test_one_library_writes_workbooks() -> None:
    """openpyxl reads; its `Workbook` is for writing."""
    makers = {
        (str(file.relative_to(ROOT)), node.module)
        for file in PRODUCT
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and any(name.name == "Workbook" for name in node.names)
    }
    assert {module for _, module in makers} == {"xlsxwriter"}
