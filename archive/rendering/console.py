"""Arrow tables as text for people: lines for a pipe or a file, a fitted table or records for a screen.

Invariant: every value is there to its last character. A pipe gets one line a row, as wide as it must be; on a
screen long values go on in the next line, and rows that would have to be squeezed stand one value a line.
What is printed moves no cursor and sets no colour: control characters are shown as pictures of themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from parsers.values.messages import is_message

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

GAP = "   "
LEGIBLE = 14
"""Cells of a column of words that can still be read when its values go on in the next line."""

_CONTROLS = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_PICTURES = _CONTROLS | dict.fromkeys(range(0x80, 0xA0), 0xFFFD) | {ord("\n"): "↵", ord("\t"): " "}


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of a few rows that needs no Arrow: names and rows of values; integers stand to the right."""

    column_names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def to_pylist(self) -> list[dict[str, Any]]:
        """The rows as dicts by column name, as of an Arrow table."""
        return [dict(zip(self.column_names, row, strict=True)) for row in self.rows]


def as_text(table: pa.Table | Listing, title: str | None = None) -> str:
    """A plain table, one line a row and nothing left out, numbers to the right: for pipes and files."""
    names, right, rows = _cells(table)
    widths = _widths(names, rows)
    lines = [] if title is None else [title]
    for row in (names, ["─" * width for width in widths], *rows):
        padded = (
            _filled(value, width, to_right) for value, width, to_right in zip(row, widths, right, strict=True)
        )
        lines.append(GAP.join(padded).rstrip())
    return "\n".join(lines) + "\n"


def print_fitted(table: pa.Table | Listing, console: Console, title: str | None = None) -> None:
    """Print a table as wide as the screen at most; as records if its columns would be too narrow to read."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    names, right, rows = _cells(table)
    widths = _widths(names, rows)
    least = [
        width if to_right else min(width, max(LEGIBLE, cell_len(name)))
        for name, width, to_right in zip(names, widths, right, strict=True)
    ]
    if len(rows) and sum(least) + len(GAP) * (len(least) - 1) > console.width:
        for line in _records(names, rows, title):
            console.print(Text(line), soft_wrap=True)
        return
    shown = Table(
        box=box.SIMPLE_HEAD,
        title=title,
        title_justify="left",
        show_edge=False,
        pad_edge=False,
        padding=(0, 1),
    )
    for name, to_right, width in zip(names, right, least, strict=True):
        shown.add_column(
            Text(name), justify="right" if to_right else "left", overflow="fold", min_width=width
        )
    for row in rows:
        shown.add_row(*map(Text, row))  # Text, not str: printed brackets are not markup
    console.print(shown)


def as_sentence(value: object) -> object:
    """A message of the dataset as its sentence in the language in use, or several of them; else the value."""
    if isinstance(value, str) and is_message(value):
        from archive.rendering.messages import said  # its catalogue is not needed to start

        return said(value)
    return [as_sentence(one) for one in value] if isinstance(value, list) else value


def for_eyes(value: object) -> str:
    """A value as a person reads it."""
    value = as_sentence(value)
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        return " ".join(map(for_eyes, value))
    return str(value)


def rows_of(table: pa.Table | Listing) -> list[tuple[Any, ...]]:
    """By position: the columns of a query's answer may share a name."""
    if isinstance(table, Listing):
        return list(table.rows)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _to_right(table: pa.Table | Listing) -> list[bool]:
    if isinstance(table, Listing):
        return [all(isinstance(value, int) for value in column) for column in zip(*table.rows, strict=True)]
    import pyarrow as pa

    return [pa.types.is_decimal(kind) or pa.types.is_integer(kind) for kind in table.schema.types]


def _cells(table: pa.Table | Listing) -> tuple[list[str], list[bool], list[list[str]]]:
    """The names of the columns, whether they stand to the right, and the rows."""
    names = [name.translate(_PICTURES) for name in table.column_names]
    return (
        names,
        _to_right(table),
        [[for_eyes(value).translate(_PICTURES) for value in row] for row in rows_of(table)],
    )


def _widths(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return [max(map(cell_len, (name, *column))) for name, column in zip(names, columns, strict=True)]


def _filled(value: str, width: int, to_right: bool) -> str:
    blank = " " * (width - cell_len(value))
    return blank + value if to_right else value + blank


def _records(names: Sequence[str], rows: Sequence[Sequence[str]], title: str | None) -> Iterator[str]:
    if title is not None:
        yield title
    width = max(map(cell_len, names))
    for number, row in enumerate(rows, 1):
        yield f"── {number} " + "─" * width
        for name, value in zip(names, row, strict=True):
            yield f"{_filled(name, width, False)}  {value}".rstrip()
