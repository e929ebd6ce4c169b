"""Transfers (转移支付) of a government by item: what its tables of transfers print.

Invariant: a line is one printed amount; nothing is added up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from archive.dataset.query.governments import definition
from archive.web.data.dataset import Opened
from archive.web.government.figures import TransferLine
from parsers.values.vocabulary import AmountScope, Flow, Stage

MOST = 40
COLUMNS = 6
ITEMS = """
    SELECT f.fact_id, f.table_id, f.row_label, f.column_path, f.flow, f.stage, f.amount_year AS year,
           f.amount_yuan AS amount, f.scope, f.row_region_code, f.row_region_name
    FROM {facts} f JOIN (SELECT document_id, region_code FROM {documents} WHERE superseded_by IS NULL) d
         USING (document_id)
    WHERE d.region_code = ? AND f.flow IN ('transfers_received', 'transfers_paid') AND f.amount_yuan <> 0
          AND f.status <> 'disputed' AND f.amount_year IS NOT NULL AND f.period IS DISTINCT FROM 'change'
          AND (f.scope IS DISTINCT FROM 'region' OR f.row_region_code IS NOT NULL)
    ORDER BY f.document_id, f.table_id, f.row_no, f.col_no
"""


@dataclass(frozen=True, slots=True)
class TransferGrid:
    """Lines by label and columns by header: each cell is one printed amount, or None."""

    columns: Sequence[str]
    lines: Sequence[tuple[str, Sequence[TransferLine | None]]]
    more: int
    """Lines that are not shown."""


@dataclass(frozen=True, slots=True)
class Transfers:
    """The newest year of one direction: amounts by item, and by region where the rows name regions."""

    flow: Flow
    year: int
    stage: Stage | None
    items: TransferGrid | None
    regions: TransferGrid | None


def transfers_of(version: Opened, code: str) -> list[Transfers]:
    """Transfers received and paid, each of its newest year and of the best stage of that year."""
    rows = version.of_region(code[:2]).ask(TransferLine, ITEMS, code)
    found = []
    for flow in (Flow.TRANSFERS_RECEIVED, Flow.TRANSFERS_PAID):
        mine = [row for row in rows if row.flow == flow]
        newest = max(((row.year, -_order(row.stage)) for row in mine), default=None)
        mine = [row for row in mine if (row.year, -_order(row.stage)) == newest]
        items = _grid([row for row in mine if row.scope is not AmountScope.REGION])
        by_region = _grid(
            [row for row in mine if row.scope is AmountScope.REGION and row.row_region_code != code]
        )
        if items or by_region:
            found.append(Transfers(flow, mine[0].year, mine[0].stage, items, by_region))
    return found


def _order(stage: str | None) -> int:
    order = definition().order
    return order.index(stage) if stage in order else len(order)


def _grid(rows: Sequence[TransferLine]) -> TransferGrid | None:
    """The lines of the table that prints most of them, the largest first, in the columns that most have:
    headers of several tables (金额, 预算数) would not be of one thing."""
    if not rows:
        return None
    printed = Counter(table for table, _ in {(row.table_id, row.row_label) for row in rows})
    fullest = max(printed, key=lambda table: printed[table])
    others = sum(printed.values()) - printed[fullest]
    rows = [row for row in rows if row.table_id == fullest]
    counts = Counter(row.column_path or "" for row in rows)
    columns = sorted(sorted(counts, key=lambda path: -counts[path])[:COLUMNS], key=list(counts).index)
    lines: dict[str, dict[str, TransferLine]] = defaultdict(dict)
    for row in rows:
        label = row.row_region_name if row.scope is AmountScope.REGION else row.row_label
        lines[label or ""].setdefault(row.column_path or "", row)
    cells = [(label, [mine.get(path) for path in columns]) for label, mine in lines.items()]
    cells = [one for one in cells if any(one[1])]
    cells.sort(key=lambda one: -max(cell.amount for cell in one[1] if cell))
    return TransferGrid(columns, cells[:MOST], max(len(cells) - MOST, 0) + others)
