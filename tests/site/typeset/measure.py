"""Column widths in ems, shared by every format.

Invariant: where labels can give way, an amount keeps its whole width; the widths always fill the room given.
"""

from __future__ import annotations

from math import ceil

from ..disclosure import Table

LABEL_LIMIT = 17.0
LABEL_MINIMUM = 3.0
PADDING = 1.2


def width(text: str) -> float:
    """Width of a text in ems: a Chinese character is one, a digit or Latin letter one half."""
    return sum(0.5 if ord(char) < 0x2000 else 1.0 for char in text)


def column_widths(table: Table, room: float) -> list[float]:
    """Widths of the columns, padding included, that together fill `room` ems."""
    natural = [2.0 + PADDING] * table.columns
    for cell in table.cells():
        if cell.colspan == 1:
            text = width(cell.text)
            wanted = {"header": min(text, 4.0), "amount": text, "label": min(text, LABEL_LIMIT)}[cell.role]
            natural[cell.col] = max(natural[cell.col], wanted + PADDING)
    slack = [
        0.0 if col in table.amount_columns else max(0.0, value - LABEL_MINIMUM - PADDING)
        for col, value in enumerate(natural)
    ]
    excess = min(max(0.0, sum(natural) - room), sum(slack))
    if excess:
        natural = [value - excess * give / sum(slack) for value, give in zip(natural, slack, strict=True)]
    return [value * room / sum(natural) for value in natural]


def row_lines(table: Table, widths: list[float]) -> list[int]:
    """How many lines of text each printed row needs at these widths."""
    lines = [1] * (len(table.header) + len(table.rows))
    for cell in table.cells():
        room = sum(widths[cell.col : cell.col + cell.colspan]) - PADDING / 2
        needed = ceil(ceil(width(cell.text) / room) / cell.rowspan)
        for row in range(cell.row, cell.row + cell.rowspan):
            lines[row] = max(lines[row], needed)
    return lines
