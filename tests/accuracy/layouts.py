"""Tables as a browser and LibreOffice print them, against the same tables as a workbook: `python -m
tests.accuracy.layouts [WORD]`, for all layouts or those whose name contains WORD.

Invariant: as in `three_lines`, nothing but the drawing differs. Chromium draws what ReportLab does not: rules
in strokes from cell to cell, texts spread over their cells, rows broken by pages; Writer and Calc draw as
offices print. Without a program its layouts are left out, and why is said.
"""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from tests.accuracy import office
from tests.accuracy.three_lines import compared
from tests.site.disclosure import Cell, Table, load
from tests.site.typeset.measure import column_widths

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
A4 = (595, 842)
MARGIN = 51
NARROW = 0.55  # of their widths: what narrow columns of labels keep


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is drawn: its rules, the side and the height of headers in their cells, the height of texts
    in rows, whether columns of labels are narrow, rows broken by pages, every other row grey, and how its
    pages are turned after printing: `rotate` lays them on their side, `two` puts two side by side on one."""

    rules: str = "three"  # three, rows, columns, none
    header: str = "center"
    header_height: str = "middle"
    height: str = "middle"
    narrow: bool = False
    broken: bool = False
    zebra: bool = False
    turned: str = ""


LAYOUTS = {
    "three rules": Layout(),
    "no rules": Layout("none"),
    "rules between columns alone": Layout("columns"),
    "headers spread over their cells": Layout(header="justify"),
    "headers spread, a rule below each row": Layout("rows", header="justify"),
    "headers at the left and the foot": Layout(header="left", header_height="bottom"),
    "texts at the top of rows": Layout(height="top", narrow=True),
    "texts at the foot of rows": Layout(height="bottom", narrow=True),
    "rows broken by pages": Layout(narrow=True, broken=True),
    "every other row grey, no rules": Layout("none", zebra=True),
    "three rules, pages turned on their side": Layout(turned="rotate"),
    "three rules, two pages on one": Layout(turned="two"),
}
OFFICE = {
    "three rules": ("three", ("center", "middle")),
    "no rules": ("none", ("center", "middle")),
    "a rule below each row, headers at the foot": ("rows", ("center", "bottom")),
    "rules between columns alone": ("columns", ("center", "middle")),
    "headers at the left": ("three", ("left", "middle")),
    "headers spread over their cells": ("three", ("justify", "middle")),
}
"""The rules, and the side and the height of headers, of what Writer and Calc draw."""


def printed(name: str, layout: Layout) -> bytes:
    """The PDF of a disclosure's tables."""
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(_page(name, layout), encoding="utf-8")
        command = [
            browser,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder}/profile",
        ]
        command += ["--no-pdf-header-footer", f"--print-to-pdf={out}", str(page)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return _turned(out.read_bytes(), layout.turned)


def _page(name: str, layout: Layout) -> str:
    disclosure = load(name)
    style = f"""@page {{ size: A4; margin: {MARGIN}pt }}
        @page wide {{ size: A4 landscape; margin: {MARGIN}pt }}
        .wide {{ page: wide }} body {{ font-family: 'Noto Serif CJK SC', serif; font-size: 12pt }}
        table {{ border-collapse: collapse; width: 100%; table-layout: fixed }}
        h3 {{ text-align: center; font-size: 16pt; margin: 2pt }}
        .cover {{ font-size: 26pt; text-align: center }}
        .unit {{ display: flex; justify-content: space-between; font-size: 10pt }}
        tr {{ break-inside: {"auto" if layout.broken else "avoid"} }}
        td {{ padding: 3pt; line-height: 1.25; word-break: break-all; vertical-align: {layout.height} }}
        .header {{ text-align: {layout.header}; vertical-align: {layout.header_height} }}
        {".header { text-align-last: justify }" if layout.header == "justify" else ""}
        .amount {{ text-align: right }} .middle {{ text-align: center }}"""
    parts = [f"<p class=cover>{escape(line)}</p>" for line in disclosure.cover]
    for block in disclosure.content:
        parts += _table(block, layout) if isinstance(block, Table) else [f"<p>{escape(block.text)}</p>"]
    return (
        f"<html><head><meta charset=utf-8><style>{style}</style></head><body>{''.join(parts)}</body></html>"
    )


def _table(table: Table, layout: Layout) -> list[str]:
    size = 10.0 if table.columns < 9 else 9.0 if table.columns < 15 else 7.5
    room = A4[table.wide] - 2 * MARGIN
    widths = column_widths(table, room / size)
    if layout.narrow and table.amount_columns:
        labels = [index for index in range(table.columns) if index not in table.amount_columns]
        freed = sum(widths[index] * (1 - NARROW) for index in labels) / len(table.amount_columns)
        widths = [w * NARROW if index in labels else w + freed for index, w in enumerate(widths)]
    title = escape(" ".join(filter(None, (table.number, table.title))))
    unit = f"<span>{escape('　'.join(table.caption))}</span><span>{escape(table.unit or '')}</span>"
    before = "break-before: page" if len(table.rows) > 5 else ""
    height = len(table.header)
    rows = [""] * (height + len(table.rows))
    for cell in table.cells():
        rows[cell.row] += _cell(cell, table, layout)
    grey = [" style='background: #ddd'" if layout.zebra and at % 2 else "" for at in range(len(rows))]
    lines = [f"<tr{shade}>{row}</tr>" for shade, row in zip(grey, rows, strict=True)]
    return [
        f"<div class={'wide' if table.wide else 'tall'} style='{before}'>",
        f"<h3>{title}</h3><div class=unit>{unit}</div>",
        f"<table style='font-size: {size}pt'><colgroup>",
        *(f"<col style='width: {width * size / room * 100:.3f}%'>" for width in widths),
        f"</colgroup><thead>{''.join(lines[:height])}</thead><tbody>{''.join(lines[height:])}</tbody></table>",
        *(f"<p>{escape(note)}</p>" for note in table.notes),
        "</div>",
    ]


def _cell(cell: Cell, table: Table, layout: Layout) -> str:
    kind = "middle" if cell.role == "label" and cell.centred else cell.role
    spans = f"colspan={cell.colspan} rowspan={cell.rowspan}"
    return f"<td class={kind} {spans} style='{_borders(cell, table, layout)}'>{escape(cell.text)}</td>"


def _borders(cell: Cell, table: Table, layout: Layout) -> str:
    height = len(table.header)
    below = cell.row + cell.rowspan
    sides: dict[str, float] = {}
    if layout.rules == "columns":
        sides = {"left": 0.6, "right": 0.6}
    elif layout.rules != "none":
        sides |= {"top": 1.0} if cell.row == 0 else {}
        sides |= {"bottom": 0.3} if layout.rules == "rows" and cell.row >= height else {}
        sides |= {"bottom": 0.6} if below == height else {}
        sides |= {"bottom": 1.0} if below == height + len(table.rows) else {}
    return "; ".join(f"border-{side}: {width}pt solid black" for side, width in sides.items())


def _turned(data: bytes, how: str) -> bytes:
    document = pypdfium2.PdfDocument(data)
    if how == "two":
        document = pypdfium2.PdfDocument(pdfium.FPDF_ImportNPagesToOne(document.raw, A4[1], A4[0], 2, 1))
    elif how == "rotate":
        for page in document:
            page.set_rotation(90)
    else:
        return data
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def main() -> int:
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # of the fonts Chromium embeds
    ways: dict[str, Callable[[str], bytes]] = {}
    if any(map(shutil.which, BROWSERS)):
        ways |= {name: partial(printed, layout=layout) for name, layout in LAYOUTS.items()}
    else:
        print("no Chromium: its layouts are left out", file=sys.stderr)
    if program := next(filter(None, map(shutil.which, office.PROGRAMS)), None):
        ways |= {
            f"{application}: {name}": partial(
                office.printed, application=application, rules=rules, header=header, program=program
            )
            for application in office.ENDS
            for name, (rules, header) in OFFICE.items()
        }
    else:
        print("no LibreOffice: its layouts are left out", file=sys.stderr)
    for name, draw in ways.items():
        if all(word in name for word in sys.argv[1:]):
            print(f"{name}: {compared(draw)}", flush=True)
    return 0 if ways else 3


if __name__ == "__main__":
    raise SystemExit(main())
