"""One worksheet, whatever file it came from, and the grid it makes.

Invariant: a cell keeps its place relative to its neighbours; only blank rows and columns at the edges of
the used range are cut, and a merge is cut to that range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl.utils import get_column_letter

from parsers.readers.limits import Limits
from parsers.values.amounts import read_amount, withdrawn_amount
from parsers.values.attempts import Attempts
from parsers.values.document import Block, Cell, Grid, Note, Reading, TextBlock
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.text import withdrawn
from parsers.values.vocabulary import AmountSource, DocumentOutcome, TextLayer

_MOST_PLACES = 1_000_000
MOST_NAMED = 20  # places in one note


@dataclass(frozen=True, slots=True)
class Value:
    """What one cell shows, and the number it stores if it stores one."""

    text: str
    number: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: zero-based, both ends inclusive."""

    row: int
    col: int
    last_row: int
    last_col: int


@dataclass(slots=True)
class Sheet:
    """Cells of a worksheet by (row, col), zero-based; blank cells are absent."""

    name: str
    values: dict[tuple[int, int], Value] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    hidden_cols: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def reading_of_sheets(
    media_type: str, sheets: list[Sheet], limits: Limits, notes: tuple[Note, ...] = ()
) -> Reading:
    """The `Reading` of a workbook: for each sheet its name, then its used range as one grid.

    A sheet without any content gives its name alone, one that fails costs itself. Raises DocumentError:
    too_large.
    """
    attempts = Attempts(ends=(DocumentError,))
    if sum(len(sheet.values) for sheet in sheets) > limits.max_cells:
        raise DocumentError(DocumentOutcome.TOO_LARGE, message("too_many_cells", limit=limits.max_cells))
    blocks: list[Block] = []
    for sheet in sheets:
        blocks.append(TextBlock(sheet.name, style="sheet"))
        grid = attempts.run(message("step_sheet", name=sheet.name), None, grid_of, sheet, limits.max_cells)
        if grid is not None:
            blocks.append(grid)
        notes += tuple(sheet.notes) + _hidden_notes(sheet)
    notes += tuple(attempts.notes)
    layer = TextLayer.TEXT if any(sheet.values for sheet in sheets) else TextLayer.NONE
    return Reading(media_type, tuple(blocks), text_layer=layer, notes=notes)


def grid_of(sheet: Sheet, max_cells: int) -> Grid | None:
    """The used range of `sheet`, or None for a blank sheet. Raises DocumentError: too_large.

    A stray entry far from everything else would make the range as large as the sheet: rows and columns
    are then counted without the blank ones (note `blank_rows_left_out`).
    """
    shown = {place for place, value in sheet.values.items() if value.text or value.number is not None}
    if not shown:
        return None
    top, bottom = min(row for row, _ in shown), max(row for row, _ in shown)
    left, right = min(col for _, col in shown), max(col for _, col in shown)
    if (bottom - top + 1) * (right - left + 1) > max_cells:
        compact = _without_blanks(sheet, shown)
        if len(compact.notes) > len(sheet.notes):
            sheet.notes[:] = compact.notes
            return grid_of(compact, max_cells)
        raise DocumentError(
            DocumentOutcome.TOO_LARGE, message("sheet_spans_too_much", sheet=sheet.name, limit=max_cells)
        )
    cells: list[Cell] = []
    covered: set[tuple[int, int]] = set()
    looked_at = 0
    for merge in sheet.merges:
        first_row, last_row = max(merge.row, top), min(merge.last_row, bottom)
        first_col, last_col = max(merge.col, left), min(merge.last_col, right)
        if first_row > last_row or first_col > last_col:
            continue
        looked_at += (last_row - first_row + 1) * (last_col - first_col + 1)
        if looked_at > 2 * max_cells:
            sheet.notes.append(Note("merges_left_out", message("merges_overlap", sheet=sheet.name)))
            break
        places = _places(first_row, last_row, first_col, last_col, covered)
        if places is None:
            continue
        covered |= places
        value = sheet.values.get((merge.row, merge.col), Value(""))
        rowspan, colspan = last_row - first_row + 1, last_col - first_col + 1
        cells.append(
            Cell(first_row - top, first_col - left, value.text, rowspan, colspan, number=value.number)
        )
    for row, col in shown - covered:
        value = sheet.values[row, col]
        cells.append(Cell(row - top, col - left, value.text, number=value.number))
    cells.sort(key=lambda cell: (cell.row, cell.col))
    return Grid(
        tuple(cells), bottom - top + 1, right - left + 1, hidden=sheet.hidden, source=AmountSource.SHEET
    )


def _without_blanks(sheet: Sheet, shown: set[tuple[int, int]]) -> Sheet:
    """`sheet` with only the rows and columns that hold something; the same notes if there are no others."""
    rows = {row: index for index, row in enumerate(sorted({row for row, _ in shown}))}
    cols = {col: index for index, col in enumerate(sorted({col for _, col in shown}))}
    values = {(rows[row], cols[col]): sheet.values[row, col] for row, col in shown}
    span_rows, span_cols = max(rows) - min(rows) + 1, max(cols) - min(cols) + 1
    notes = list(sheet.notes)
    if span_rows > len(rows) or span_cols > len(cols):
        detail = message(
            "blank_lines_of_sheet",
            sheet=sheet.name,
            rows=span_rows - len(rows),
            columns=span_cols - len(cols),
        )
        notes.append(Note("blank_rows_left_out", detail))
    return Sheet(sheet.name, values, hidden=sheet.hidden, notes=notes)


def _places(
    top: int, bottom: int, left: int, right: int, covered: set[tuple[int, int]]
) -> set[tuple[int, int]] | None:
    """The positions of a merge; None when it overlaps another, as only damaged files do.

    The used range is bounded by cells that exist, but a hostile file can put two at far corners: a merge
    of more than a million positions is taken for none.
    """
    if (bottom - top + 1) * (right - left + 1) > _MOST_PLACES:
        return None
    places = {(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)}
    return None if places & covered else places


def shown(number: Decimal, text: str, zeros: bool = True) -> Value:
    """A stored number as its format shows it; one that the format hides (`;;;`) is withdrawn. A zero may be
    shown as nothing."""
    if number:
        return Value(text or withdrawn(str(number)), number)
    return Value(text if zeros else "", number)


def keep_withdrawn(sheet: Sheet, place: tuple[int, int], text: str) -> None:
    """Keep an amount that is struck out, or that the sheet does not show, as withdrawn; nothing of words."""
    if kept := withdrawn_amount(text):
        sheet.values[place] = Value(kept)


def struck_note(name: str, struck: Sequence[str]) -> tuple[Note, ...]:
    """One note for the cells of a sheet that are struck out, which hold no amounts that count."""
    if not struck:
        return ()
    named = ", ".join(struck[:MOST_NAMED]) + (" …" if len(struck) > MOST_NAMED else "")
    return (Note("struck_out", message("cells_of_sheet", sheet=name, n=len(struck), cells=named)),)


def _hidden_notes(sheet: Sheet) -> tuple[Note, ...]:
    notes: list[Note] = []
    if sheet.hidden:
        notes.append(Note("hidden_sheet", sheet.name))
    rows = sorted({row for row, _ in sheet.values} & set(sheet.hidden_rows))
    cols = sorted({col for _, col in sheet.values} & set(sheet.hidden_cols))
    if rows:
        hidden = message("lines_of_sheet", sheet=sheet.name, numbers=_ranges(rows))
        notes.append(Note("hidden_rows", hidden))
    if cols:
        notes.append(
            Note("hidden_columns", message("lines_of_sheet", sheet=sheet.name, numbers=_ranges(cols)))
        )
    amounts = [f"{get_column_letter(col + 1)}{row + 1}" for row, col in _hidden_amounts(sheet)]
    if amounts:
        named = ", ".join(amounts[:MOST_NAMED]) + (" …" if len(amounts) > MOST_NAMED else "")
        detail = message("cells_of_sheet", sheet=sheet.name, n=len(amounts), cells=named)
        notes.append(Note("hidden_amounts", detail))
    return tuple(notes)


def _hidden_amounts(sheet: Sheet) -> list[tuple[int, int]]:
    """The places of amounts in hidden rows and columns. A whole number may be a code of the template."""
    rows, cols = set(sheet.hidden_rows), set(sheet.hidden_cols)
    places = (place for place in sheet.values if place[0] in rows or place[1] in cols)
    return sorted(place for place in places if _is_money(sheet.values[place].text))


def _is_money(text: str) -> bool:
    amount = read_amount(text) if "." in text or "," in text else None
    return amount is not None and bool(amount.number)


def _ranges(numbers: list[int]) -> str:
    """Zero-based sorted numbers as one-based ranges: [1, 2, 3, 6] is "2-4, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a + 1) if a == b else f"{a + 1}-{b + 1}" for a, b in runs)
