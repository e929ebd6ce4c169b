"""Reference documents read as far as their printed tables: what the mutation commands plant slips in.

Invariant: a document that cannot be read is reported and left out; nothing is recognised from page images.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from parsers.cover.headlines import headline
from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.tables import budget_tables
from parsers.values.document import Reading
from parsers.values.errors import DocumentError
from parsers.values.results import BudgetTable, Headline, Hints


@dataclass(frozen=True, slots=True)
class TextDocument:
    """A document, who publishes it, and its tables before any check."""

    name: str
    reading: Reading
    head: Headline
    tables: tuple[BudgetTable, ...]


def text_documents(paths: Iterable[Path]) -> Iterator[TextDocument]:
    """The documents in the order of their paths."""
    for path in paths:
        try:
            reading = read(path.read_bytes(), Limits(ocr=False))
        except DocumentError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        head = headline(reading, budget_tables(reading), Hints(file_name=path.name))
        yield TextDocument(path.name, reading, head, budget_tables(reading, head.fiscal_year))
