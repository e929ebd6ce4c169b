"""Tables as LibreOffice prints them, from Writer and from Calc: what `tests.accuracy.layouts` draws with it.

Invariant: the same cells, widths and texts as in the browser. Rows of headers are as tall as their texts, for
Calc does not heighten a row for a cell that spans several.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from tests.site.disclosure import Cell, Table, load
from tests.site.typeset.measure import column_widths, row_lines

PROGRAMS = ("soffice", "libreoffice")
ENDS = {"Writer": "fodt", "Calc": "fods"}
A4 = (595, 842)
MARGIN = 51
FONT = "Noto Serif CJK SC"
SIDES = {"left": "start", "center": "center", "justify": "justify", "right": "end"}
KINDS = ["office", "style", "text", "table", "fo", "svg"]
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = {"fo": _ODF + "xsl-fo-compatible:1.0", "svg": _ODF + "svg-compatible:1.0"} | {
    kind: f"{_ODF}{kind}:1.0" for kind in KINDS[:4]
}


class Styles:
    """Styles by what they say, so that each is written once."""

    def __init__(self) -> None:
        self.names: dict[tuple[str, str, str], str] = {}

    def name(self, family: str, properties: str, more: str = "") -> str:
        """The name of a style of this family."""
        return self.names.setdefault((family, properties, more), f"s{len(self.names)}")

    def __str__(self) -> str:
        return "".join(
            f'<style:style style:name="{name}" style:family="{family}" {more}>{properties}</style:style>'
            for (family, properties, more), name in self.names.items()
        )


def printed(name: str, application: str, rules: str, header: tuple[str, str], program: str) -> bytes:
    """The PDF of a disclosure's tables: `rules` are three, rows, columns or none, `header` the side and the
    height of headers in their cells."""
    disclosure = load(name)
    styles = Styles()
    parts = [
        _table(table, number, styles, application, rules, header)
        for number, table in enumerate(disclosure.tables, start=1)
    ]
    cover = [_paragraph(line, 26, "center", styles) for line in disclosure.cover]
    text = "".join(parts) if application == "Calc" else "".join([*cover, *parts])
    body = "spreadsheet" if application == "Calc" else "text"
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document office:version="1.3" '
        f'office:mimetype="application/vnd.oasis.opendocument.{body}" '
        + " ".join(f'xmlns:{short}="{name}"' for short, name in SPACES.items())
        + f'><office:font-face-decls><style:font-face style:name="F" svg:font-family="{FONT}"/>'
        f"</office:font-face-decls><office:automatic-styles>{styles}{''.join(_layouts())}"
        f"</office:automatic-styles><office:master-styles>{''.join(_masters())}</office:master-styles>"
        f"<office:body><office:{body}>{text}</office:{body}></office:body></office:document>"
    )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"drawn.{ENDS[application]}")
        source.write_text(document, encoding="utf-8")
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return Path(folder, "drawn.pdf").read_bytes()


def _layouts() -> Iterator[str]:
    for name, (width, height) in (("tall", A4), ("wide", A4[::-1])):
        yield (
            f'<style:page-layout style:name="{name}"><style:page-layout-properties fo:page-width="{width}pt" '
            f'fo:page-height="{height}pt" fo:margin="{MARGIN}pt" style:scale-to-X="1" style:scale-to-Y="0" '
            f'style:print-orientation="{"portrait" if name == "tall" else "landscape"}"/></style:page-layout>'
        )


def _masters() -> Iterator[str]:
    off = '<style:header style:display="false"/><style:footer style:display="false"/>'
    for name in ("tall", "wide"):
        place = f'style:name="{name}" style:page-layout-name="{name}"'
        yield f"<style:master-page {place}>{off}</style:master-page>"


def _font(size: float) -> str:
    fonts = 'style:font-name="F" style:font-name-asian="F"'
    return f'<style:text-properties {fonts} fo:font-size="{size}pt" style:font-size-asian="{size}pt"/>'


def _paragraph(text: str, size: float, side: str, styles: Styles, more: str = "") -> str:
    last = 'fo:text-align-last="justify" style:justify-single-word="true"' if side == "justify" else ""
    aligned = f'<style:paragraph-properties fo:text-align="{SIDES[side]}" {last}/>'
    name = styles.name("paragraph", aligned + _font(size), more)
    return f'<text:p text:style-name="{name}">{escape(text)}</text:p>'


def _table(
    table: Table, number: int, styles: Styles, application: str, rules: str, header: tuple[str, str]
) -> str:
    size = 10.0 if table.columns < 9 else 9.0 if table.columns < 15 else 7.5
    room = A4[table.wide] - 2 * MARGIN
    widths = [width * size for width in column_widths(table, room / size)]
    page = f'style:master-page-name="{"wide" if table.wide else "tall"}"'
    title = " ".join(filter(None, (table.number, table.title)))
    above = [(title, 16.0, "center"), ("　".join([*table.caption, table.unit or ""]), 10.0, "right")]
    columns = "".join(
        f'<table:table-column table:style-name="{styles.name("table-column", properties)}"/>'
        for properties in (f'<style:table-column-properties style:column-width="{w:.2f}pt"/>' for w in widths)
    )
    rows = list(_rows(table, widths, size, styles, rules, header))
    height = len(table.header)
    head = f"<table:table-header-rows>{''.join(rows[:height])}</table:table-header-rows>"
    if application == "Calc":
        named = styles.name("table", "<style:table-properties/>", page)
        lines = [_line(text, at, side, table.columns, styles) for text, at, side in above]
        lines += [
            head,
            *rows[height:],
            *(_line(note, 9.0, "left", table.columns, styles) for note in table.notes),
        ]
        place = f'table:name="{number}" table:style-name="{named}"'
        return f"<table:table {place}>{columns}{''.join(lines)}</table:table>"
    named = styles.name("table", f'<style:table-properties style:width="{room}pt" table:align="left"/>')
    lines = [_paragraph(*above[0], styles, page), _paragraph(*above[1], styles)]
    lines += [
        f'<table:table table:style-name="{named}">{columns}{head}{"".join(rows[height:])}</table:table>'
    ]
    return "".join([*lines, *(_paragraph(note, 9.0, "left", styles) for note in table.notes)])


def _line(text: str, size: float, side: str, columns: int, styles: Styles) -> str:
    """A row of one cell above or below a table."""
    aligned = f'<style:paragraph-properties fo:text-align="{SIDES[side]}"/>{_font(size)}'
    named = styles.name("table-cell", f'<style:table-cell-properties fo:wrap-option="wrap"/>{aligned}')
    return (
        f"<table:table-row>{_drawn(named, columns, 1, f'<text:p>{escape(text)}</text:p>')}</table:table-row>"
    )


def _drawn(style: str, across: int, down: int, text: str) -> str:
    place = f'table:style-name="{style}" office:value-type="string"'
    place += f' table:number-columns-spanned="{across}" table:number-rows-spanned="{down}"'
    return f"<table:table-cell {place}>{text}</table:table-cell>" + "<table:covered-table-cell/>" * (
        across - 1
    )


def _rows(
    table: Table, widths: list[float], size: float, styles: Styles, rules: str, header: tuple[str, str]
) -> Iterator[str]:
    needed = row_lines(table, [max(width - 6, 1) / size + 0.6 for width in widths])
    cells = {(cell.row, cell.col): cell for cell in table.cells()}
    for row, lines in enumerate(needed):
        drawn = ""
        col = 0
        while col < table.columns:
            cell = cells.get((row, col))
            if cell is None:
                drawn += "<table:covered-table-cell/>"
                col += 1
                continue
            drawn += _cell(cell, table, size, styles, rules, header)
            col += cell.colspan
        fixed = f'style:row-height="{1.5 * lines * size + 6:.1f}pt" style:use-optimal-row-height="false"'
        height = fixed if row < len(table.header) else 'style:use-optimal-row-height="true"'
        named = styles.name("table-row", f"<style:table-row-properties {height}/>")
        yield f'<table:table-row table:style-name="{named}">{drawn}</table:table-row>'


def _cell(cell: Cell, table: Table, size: float, styles: Styles, rules: str, header: tuple[str, str]) -> str:
    side, height = (
        header if cell.role == "header" else ("right" if cell.role == "amount" else "left", "middle")
    )
    side = "center" if cell.role == "label" and cell.centred else side
    drawn = _sides(cell, table, rules)
    borders = " ".join(
        f'fo:border-{at}="{f"{drawn[at]}pt solid #000000" if at in drawn else "none"}"'
        for at in ("top", "bottom", "left", "right")
    )
    aligned = f'<style:paragraph-properties fo:text-align="{SIDES[side]}"/>{_font(size)}'
    properties = f'{borders} style:vertical-align="{height}" fo:wrap-option="wrap" fo:padding="3pt"'
    named = styles.name("table-cell", f"<style:table-cell-properties {properties}/>{aligned}")
    return _drawn(named, cell.colspan, cell.rowspan, _paragraph(cell.text, size, side, styles))


def _sides(cell: Cell, table: Table, rules: str) -> dict[str, float]:
    if rules == "columns":
        return {"left": 0.6, "right": 0.6}
    below = cell.row + cell.rowspan
    sides: dict[str, float] = {}
    if rules != "none":
        sides |= {"top": 1.0} if cell.row == 0 else {}
        sides |= {"bottom": 0.3} if rules == "rows" and cell.row >= len(table.header) else {}
        sides |= {"bottom": 0.6} if below == len(table.header) else {}
        sides |= {"bottom": 1.0} if below == len(table.header) + len(table.rows) else {}
    return sides
