"""The data dictionary as a page, written from the declared schema; to run it is to print the page.

Invariant: nothing about a column is written here; the page is what `archive/dataset/schema` says.
"""

from __future__ import annotations

import sys

from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import Column, TableSchema

INTRODUCTION = """\
# Data dictionary

Written by `make docs` from `archive/dataset/schema`; do not edit by hand. The same descriptions
stand in the metadata of every Parquet file and in `dataset/snapshot-*.json` (a Frictionless Data Package).

Column names are English, values stay as published. Money is exact decimal yuan, codes are text, times are
UTC, what is not known is null.
"""


def page() -> str:
    """The whole dictionary in Markdown."""
    contents = "\n".join(f"- [{table.name}](#{table.name}): {table.description}" for table in TABLES.values())
    return "\n".join([INTRODUCTION, contents, *(_section(table) for table in TABLES.values())])


def _section(table: TableSchema) -> str:
    keys = ", ".join(f"`{column}`" for column in table.primary_key)
    lines = ["", f"## {table.name}", "", table.description, "", f"Primary key: {keys}."]
    lines += [f"`{key.column}` refers to `{key.table}.{key.target}`." for key in table.foreign_keys]
    lines += [
        "",
        "| column | type | Chinese | description | unit | values | source |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(column) for column in table.columns]
    return "\n".join(lines)


def _row(column: Column) -> str:
    required = "" if column.nullable else ", required"
    values = ", ".join(f"`{value}`" for value in column.values)
    cells = (
        f"`{column.name}`",
        f"{column.type}{required}",
        column.chinese or "",
        column.description,
        column.unit or "",
        values,
        column.source or "",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(page() + "\n")
