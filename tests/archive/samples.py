"""A dataset in miniature: documents with one table and a few facts each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa

from archive.dataset.schema import build_table, empty_table
from archive.dataset.snapshots import Change

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """A document named `name` whose one table prints `amounts`, one in a row."""

    name: str
    amounts: Sequence[str] = ("1.00", "2.00")
    year: int | None = 2024
    region: str | None = "610725"
    parser: str = "1"

    @property
    def document_id(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    @property
    def table_id(self) -> str:
        return f"{self.document_id[:16]}-t001"

    def document(self) -> dict[str, object]:
        return {
            "document_id": self.document_id,
            "title": self.name,
            "fiscal_year": self.year,
            "region_code": self.region,
            "outcome": "parsed",
            "parser_version": self.parser,
            "tables": 1,
            "facts": len(self.amounts),
        }

    def table(self) -> dict[str, object]:
        return {
            "table_id": self.table_id,
            "document_id": self.document_id,
            "table_no": 1,
            "title": "收支总表",
            "table_type": "summary",
            "pages": [1, 2],
            "header": [["项目", "金额"]],
            "grid": [[f"第{number}行", amount] for number, amount in enumerate(self.amounts)],
            "empty": False,
        }

    def facts(self) -> list[dict[str, object]]:
        return [
            {
                "fact_id": f"{self.table_id}-r{row}-c1",
                "document_id": self.document_id,
                "table_id": self.table_id,
                "row_no": row,
                "col_no": 1,
                "page": 1,
                "row_label": f"第{row}行",
                "column_path": "金额",
                "fiscal_year": self.year,
                "region_code": self.region,
                "is_total": False,
                "amount_yuan": Decimal(amount),
                "amount_text": amount,
                "unit_yuan": Decimal(1),
                "proofs": ["I1"] if row else None,
            }
            for row, amount in enumerate(self.amounts)
        ]


def changes(samples: Iterable[Sample]) -> list[Change]:
    """What an ingest of these documents hands to `commit`."""
    listed = list(samples)
    ids = frozenset(sample.document_id for sample in listed)
    rows = {
        "documents": build_table("documents", [sample.document() for sample in listed]),
        "tables": build_table("tables", [sample.table() for sample in listed]),
        "facts": build_table("facts", [fact for sample in listed for fact in sample.facts()]),
    }
    return [Change(name, table, ids) for name, table in rows.items()]


def removal(sample: Sample) -> list[Change]:
    """A document and all that came of it, taken out."""
    ids = frozenset([sample.document_id])
    return [Change(name, empty_table(name), ids) for name in ("documents", "tables", "facts")]


def sorted_rows(table: pa.Table, *by: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = table.sort_by([(name, "ascending") for name in by]).to_pylist()
    return rows
