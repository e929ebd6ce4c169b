"""A folder that explains itself: a CSV file per table and the Data Package (Frictionless v2) that describes
them.

Invariant: `frictionless validate` finds every cell as the descriptor says it is; values are exactly those of
the snapshot. Columns of `facts` carry the column types of the Fiscal Data Package, so that OpenSpending
tools know what is an amount, a year or a classification.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.dataset.manifest import title_page
from archive.dataset.schema.declaration import TableSchema
from archive.export.rows import EXPORTED, Exported, replacing

DESCRIPTOR = "datapackage.json"
COLUMN_TYPES = {
    "fact_id": "budget-line-id",
    "region_code": "geo:source:code",
    "body_code": "administrative-classification:generic:code",
    "body_name": "administrative-classification:generic:label",
    "fiscal_year": "date:fiscal-year",
    "document_kind": "phase:id",
    "flow": "direction",
    "fund": "fin-source:generic:code",
    "nature": "expenditure-type:code",
    "period": "value-kind:code",
    "functional_code": "functional-classification:generic:code",
    "functional_name": "functional-classification:generic:label",
    "economic_code": "economic-classification:generic:code",
    "economic_name": "economic-classification:generic:label",
    "project_name": "activity:generic:project:label",
    "amount_yuan": "value",
}
"""Columns of `facts` in the Budget Standard Taxonomy of the Fiscal Data Package."""


def write(exported: Exported, folder: Path) -> None:
    """Write `<table>.csv` for every table and `datapackage.json`, the descriptor last."""
    resources = [_resource(exported, schema, folder) for schema in EXPORTED.values()]
    package = {
        **title_page(exported.snapshot),
        "currencyCode": "CNY",
        "countryCode": "CN",
        "resources": resources,
    }
    with replacing(folder / DESCRIPTOR) as part:
        part.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _resource(exported: Exported, schema: TableSchema, folder: Path) -> dict[str, Any]:
    path = folder / f"{schema.name}.csv"
    count = 0
    with replacing(path) as part:
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)  # ends lines as RFC 4180 says, and so quotes lone carriage returns
            writer.writerow(column.name for column in schema.columns)
            for row in exported.texts(schema.name):
                writer.writerow(row)
                count += 1
        with part.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        size = part.stat().st_size
    return {
        "name": schema.name,
        "type": "table",
        "description": schema.description,
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "bytes": size,
        "hash": f"sha256:{digest}",
        "rowCount": count,
        "schema": table_schema(schema),
    }


def table_schema(schema: TableSchema) -> dict[str, Any]:
    """The Table Schema of one file, with references to the others."""
    described: dict[str, Any] = schema.dictionary([column.name for column in schema.columns])
    for field in described["fields"]:
        if schema.name == "facts" and field["name"] in COLUMN_TYPES:
            field["columnType"] = COLUMN_TYPES[field["name"]]
    return described | {"missingValues": [""], "foreignKeys": list(_references(schema))}


def _references(schema: TableSchema) -> Iterator[dict[str, Any]]:
    """The Table Schema has no references for a list of ids."""
    types = {column.name: column.type for column in schema.columns}
    for key in schema.foreign_keys:
        if not pa.types.is_list(types[key.column]):
            # A reference of a table to itself names no resource.
            resource = "" if key.table == schema.name else key.table
            yield {"fields": [key.column], "reference": {"resource": resource, "fields": [key.target]}}
