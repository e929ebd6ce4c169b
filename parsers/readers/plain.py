"""Plain text files, and tables of values separated by tabs or commas.

Invariant: a file is taken for a table only when its lines agree on the number of columns.
"""

from __future__ import annotations

import csv
import io
from collections import Counter

from parsers.readers.encoding import decode
from parsers.readers.limits import Limits
from parsers.values import media
from parsers.values.document import Block, Cell, Grid, Reading, TextBlock
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import AmountSource, DocumentOutcome, TextLayer

AGREEMENT = 0.8
"""Share of the lines that must have the usual number of columns."""


def read_text(data: bytes, limits: Limits) -> Reading:
    """Read a text file. Raises DocumentError: too_large."""
    limits.check_bytes(data)
    text, _ = decode(data)
    grid = _separated(text, limits)
    blocks: tuple[Block, ...]
    if grid is not None:
        blocks = (grid,)
    else:
        blocks = tuple(TextBlock(line.strip()) for line in text.splitlines() if line.strip())
    return Reading(media.TEXT, blocks, text_layer=TextLayer.TEXT)


def _separated(text: str, limits: Limits) -> Grid | None:
    """A text is a table only if nearly all its rows have one width; otherwise commas are punctuation."""
    for delimiter in "\t,":
        try:
            rows = [
                row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))
            ]
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows)
        width, agreeing = widths.most_common(1)[0] if widths else (0, 0)
        if width < 2 or len(rows) < 2 or agreeing < AGREEMENT * len(rows):
            continue
        n_cols = max(widths)
        if n_cols * len(rows) > limits.max_cells:
            raise DocumentError(
                DocumentOutcome.TOO_LARGE, message("table_too_large", rows=len(rows), columns=n_cols)
            )
        cells = (
            Cell(row_no, col_no, text.strip())
            for row_no, row in enumerate(rows)
            for col_no, text in enumerate(row)
            if text.strip()
        )
        return Grid(tuple(cells), len(rows), n_cols, source=AmountSource.SHEET)
    return None
