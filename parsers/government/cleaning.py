"""What a workbook carries besides what it publishes: marks of the ministry's template.

Invariant: only what no reader of the page sees is taken out: names of fields of a database (`YBXE_Y1#`,
`AND T.AD_CODE_GK=1508`), row marks (`VALID#`), columns that hold nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from parsers.values.document import Block, Grid
from parsers.values.vocabulary import AmountSource

_MARK = re.compile(r"^(?:VALID#|[A-Z][A-Z0-9_]*#.*|AND T\..*|DEBT_T_[A-Z_]+|.*[A-Z]_CODE.*[=#].*)$")
_FILLER = frozenset({"0", ""})


def without_template_marks(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, sheets of the template without its marks."""
    for block in blocks:
        yield _cleaned(block) if isinstance(block, Grid) and block.source == AmountSource.SHEET else block


def _cleaned(grid: Grid) -> Grid:
    """A sheet without the rows and columns of the template's marks, and without filler beside them."""
    marked = [cell for cell in grid.cells if _MARK.match(cell.text.strip())]
    if not marked:
        return grid
    rows = {cell.row for cell in marked if not cell.text.startswith("VALID#")}
    columns = {cell.col for cell in marked if cell.text.startswith("VALID#")}
    columns |= {
        column
        for column in range(grid.n_cols)
        if all(c.text.strip() in _FILLER for c in grid.cells if c.col == column and c.row not in rows)
    }
    kept = [cell for cell in grid.cells if cell.row not in rows and cell.col not in columns]
    new_row = {row: i for i, row in enumerate(r for r in range(grid.n_rows) if r not in rows)}
    new_col = {col: i for i, col in enumerate(c for c in range(grid.n_cols) if c not in columns)}
    cells = tuple(replace(cell, row=new_row[cell.row], col=new_col[cell.col]) for cell in kept)
    return replace(grid, cells=cells, n_rows=len(new_row), n_cols=len(new_col), col_edges=None)
