"""A disclosure as the body of an article: markup as Word leaves it when it is pasted into TRS.

Invariant: the fragment holds only Word's own noise (spans, o:p, mso styles) around the same cells; every text
is escaped, and a blank cell holds a non-breaking space as Word writes it.
"""

from __future__ import annotations

from html import escape

from ..disclosure import Cell, Disclosure, Heading, Table
from .measure import column_widths

SONG = "font-family:宋体;mso-bidi-font-family:宋体;color:black"


def typeset_html(disclosure: Disclosure) -> str:
    """The fragment inside `<div class="TRS_Editor">`."""
    parts = [_paragraph(line, 22, centred=True) for line in disclosure.cover]
    for block in disclosure.content:
        if isinstance(block, Table):
            parts.append(_table(block))
        elif isinstance(block, Heading):
            parts.append(_paragraph(block.text, 16 if block.level == 1 else 15, centred=block.level == 1))
        else:
            parts.append(_paragraph(block.text, 14))
    return "\n".join(parts)


def _paragraph(text: str, size: float, *, centred: bool = False) -> str:
    align = "center" if centred else "left"
    indent = "" if centred else "text-indent:28.0pt;mso-char-indent-count:2.0;"
    return (
        f'<p class="MsoNormal" align="{align}" style="text-align:{align};{indent}line-height:28.0pt">'
        f'<span style="font-size:{size:.1f}pt;{SONG}">{_split(text)}<o:p></o:p></span></p>'
    )


def _split(text: str) -> str:
    """Word starts a new <font> where the input method changed: here before the first digit."""
    cut = next((index for index, char in enumerate(text) if char.isdigit()), 0)
    if not cut:
        return escape(text)
    return f'{escape(text[:cut])}<span lang="EN-US"><font face="宋体">{escape(text[cut:])}</font></span>'


def _table(table: Table) -> str:
    title = " ".join(filter(None, (table.number, table.title)))
    parts = [_paragraph(title, 16, centred=True)]
    if table.caption or table.unit:
        left, right = "　".join(table.caption), table.unit or ""
        parts.append(
            '<p class="MsoNormal" align="right" style="text-align:right">'
            f'<span style="font-size:10.5pt;{SONG}">'
            f"{escape(left)}{'&nbsp;' * 8 if left else ''}{escape(right)}</span></p>"
        )
    widths = [round(value * 14) for value in column_widths(table, 70)]
    rows: list[list[str]] = [[] for _ in range(len(table.header) + len(table.rows))]
    for cell in table.cells():
        rows[cell.row].append(_cell(cell, widths))
    style = f"width:{sum(widths)}px;border-collapse:collapse;mso-padding-alt:0cm 5.4pt 0cm 5.4pt"
    parts.append(
        '<div align="center"><table class="MsoNormalTable" border="1" cellspacing="0" cellpadding="0" '
        f'style="{style}"><tbody>'
    )
    for number, row in enumerate(rows):
        parts.append(f'<tr style="mso-yfti-irow:{number};height:18.0pt">{"".join(row)}</tr>')
    parts.append("</tbody></table></div>")
    parts += [_paragraph(note, 10.5) for note in table.notes]
    return "\n".join(parts)


def _cell(cell: Cell, widths: list[int]) -> str:
    span = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    span += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    align = "right" if cell.role == "amount" else "center" if cell.centred else "left"
    width = sum(widths[cell.col : cell.col + cell.colspan])
    return (
        f'<td width="{width}"{span} valign="center" style="border:1.0pt solid windowtext;padding:0cm 5.4pt">'
        f'<p class="MsoNormal" align="{align}" style="text-align:{align}">'
        f'<span style="font-size:10.0pt;{SONG}">{escape(cell.text) or "&nbsp;"}<o:p></o:p></span></p></td>'
    )
