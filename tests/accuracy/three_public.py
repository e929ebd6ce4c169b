"""三公 of every document beside the sum of its parts: `python -m tests.accuracy.three_public FILES`, or of
every body and year of a store: `… three_public --store STORE`.

Invariant: it asks the same definition as pages, ranks and charts (`archive/dataset/query/measures.yaml`) and
adds the parts
up anew; a document whose 三公 table prints amounts and that shows none is listed, too. Amounts are yuan.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb

from archive.dataset.finding import load
from archive.dataset.query.connection import run_sql
from archive.dataset.query.measures import SLACK_YUAN, measures_sql
from archive.ingest.reading.rows import document_rows
from archive.stores.local import LocalStore
from parsers import parse_document
from parsers.readers.limits import Limits
from parsers.values.results import Hints, ParsedDocument


class BodyYear(NamedTuple):
    """A document of a body and year."""

    body: str
    fiscal_year: int
    document_kind: str
    document_id: str


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


def differing(rows: Iterable[tuple[str, int, str, str, str, Decimal]]) -> tuple[int, list[BodyYear]]:
    """How many documents show 三公, and those whose amount is not the sum of its parts. A row is body, fiscal
    year, kind, document, measure, and its amount in yuan."""
    amounts: defaultdict[BodyYear, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        amounts[BodyYear(*row[:-2])][row[-2]] = row[-1]
    shown = {key: found for key, found in amounts.items() if "three_public" in found}
    parts = {
        key: sum((found.get(name, Decimal(0)) for name in PARTS), Decimal(0)) for key, found in shown.items()
    }
    return len(shown), [
        key for key, found in shown.items() if abs(found["three_public"] - parts[key]) > SLACK_YUAN
    ]


def of_store(path: Path) -> tuple[int, list[BodyYear]]:
    """The same of the newest snapshot of a store: what pages, ranks and charts show."""
    names = ", ".join(f"'{name}'" for name in ("three_public", *PARTS))
    sql = (
        "SELECT body_name, fiscal_year, document_kind, document_id, measure, amount_yuan "
        f"FROM current.measures WHERE amount_yuan IS NOT NULL AND measure IN ({names})"
    )
    store = LocalStore(path)
    return differing(tuple(row.values()) for row in run_sql(store, load(store, "latest"), sql).to_pylist())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--store", type=Path, help="a store's folder")
    options = parser.parse_args(arguments)
    if options.store:
        count, different = of_store(options.store)
        print(*different, sep="\n")
        print(
            f"{count} documents of a body and year show 三公; {len(different)} of them do not show the sum "
            "of its parts"
        )
        return 0
    shown = wrong = 0
    for path in options.files:
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
