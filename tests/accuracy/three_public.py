"""三公 of every document beside the sum of its parts: `python -m tests.accuracy.three_public FILES`.

Invariant: it asks the same definition as pages, ranks and charts (`archive/dataset/query/measures.yaml`) and
adds the parts
up anew; a document whose 三公 table prints amounts and that shows none is listed, too. Amounts are yuan.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from archive.dataset.query.measures import SLACK_YUAN, measures_sql
from archive.ingest.rows import document_rows
from parsers import parse_document
from parsers.readers.limits import Limits
from parsers.values.results import Hints, ParsedDocument

PARTS = ("abroad", "vehicles", "reception")


@dataclass(frozen=True, slots=True)
class ThreePublic:
    """What a document says of 三公; `whole` is None where no amount is shown, for `reason`. `printed`:
    whether a table of 三公 prints an amount at all."""

    whole: Decimal | None
    basis: str | None
    reason: str | None
    parts: dict[str, Decimal]
    printed: bool

    @property
    def adds_up(self) -> bool:
        """Whether the amount shown is the sum of its parts, and one is shown where a table prints any."""
        if self.whole is None:
            return not self.printed
        return abs(self.whole - sum(self.parts.values(), Decimal(0))) <= SLACK_YUAN


def three_public(document: ParsedDocument) -> ThreePublic:
    """The measures of one document."""
    facts = document_rows(document)["facts"]
    with duckdb.connect() as connection:
        connection.register("facts", facts)
        answer = connection.execute(measures_sql("facts")).fetchall()
    found = {measure: (amount, basis, reason) for _, measure, amount, basis, _, reason in answer}
    whole, basis, reason = found.get("three_public", (None, None, None))
    parts = {name: found[name][0] for name in PARTS if name in found and found[name][0] is not None}
    tables = (table for table in document.tables if table.table_type == "three_public")
    printed = any(fact.amount_yuan is not None for table in tables for fact in table.facts)
    return ThreePublic(whole, basis, reason, parts, printed)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    shown = wrong = 0
    for path in parser.parse_args(arguments).files:
        document = parse_document(path.read_bytes(), Hints(file_name=path.name), Limits(ocr=False))
        found = three_public(document)
        shown += found.whole is not None
        wrong += not found.adds_up
        if not found.adds_up:
            print(path.name, found.whole, found.basis, found.reason, found.parts, sep="\t")
    print(f"{shown} documents show 三公; {wrong} do not show the sum of its parts")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
