"""Reads one document in a process of its own and measures what came out, how fast and at what memory.

Invariant: nothing here knows the truth; it only counts what the parsers say.
"""

from __future__ import annotations

import re
import resource
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from parsers import parse_document
from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.tables.layout.titles import is_title, table_type
from parsers.tables.renditions import without_repeats
from parsers.values.document import Grid, Reading, TextBlock
from parsers.values.errors import DocumentError
from parsers.values.messages import Message
from parsers.values.results import BudgetTable, Fact, Hints, ParsedDocument
from parsers.values.text import fold

FACT_COLUMNS = (
    "page",
    "table_type",
    "row_label",
    "functional_code",
    "economic_code",
    "column_path",
    "amount_yuan",
    "gov_economic_code",
    "flow",
    "fund",
    "nature",
    "object",
    "period",
    "subject",
)
MEANING = ("flow", "fund", "nature", "object", "period")
# What a table of contents may name without a grid of its own: listed among the explanations, or forms.
_NOT_COUNTED = frozenset(
    {"contents", "other", "project_performance", "unit_performance", "earmarked_performance"}
)
_LEADER = re.compile(r"[.…·\s]*\d*$")


@dataclass(slots=True)
class Measured:
    """One file: outcome, headline, counts, and the facts in the columns the scorer wants."""

    file: str
    outcome: str
    detail: Message | None
    text_layer: str
    pages: int | None
    seconds: float
    peak_mib: float
    headline: dict[str, Any]
    tables: dict[str, int]
    missing: list[str]
    checks: dict[str, int]
    amounts: int = 0
    proved: int = 0
    understood: int = 0
    facts: list[dict[str, Any]] = field(default_factory=list)


def measure(path: Path, ocr: bool = True) -> Measured:
    """Parse one file, and the members of a container as `ingest` would."""
    data = path.read_bytes()
    started = time.perf_counter()
    documents = without_repeats(list(_documents(data, Hints(file_name=path.name), Limits(ocr=ocr))))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    first = max(documents, key=lambda document: sum(len(table.facts) for table in document.tables))
    tables = [table for document in documents for table in document.tables]
    facts = [fact for table in tables for fact in table.facts]
    money = [fact for fact in facts if fact.amount_yuan]
    return Measured(
        file=path.name,
        outcome=documents[0].outcome,
        detail=documents[0].outcome_detail,
        text_layer=first.text_layer,
        pages=first.pages,
        seconds=seconds,
        peak_mib=peak,
        headline=asdict(first.headline),
        tables=dict(Counter(table.table_type for table in tables)),
        missing=missing_tables(data, first.tables) if first.text_layer == "text" else [],
        checks=dict(Counter(f"{check.rule} {check.status}" for d in documents for check in d.checks)),
        amounts=len(money),
        proved=sum(fact.status == "proved" for fact in money),
        understood=sum(all(getattr(fact, name) for name in MEANING) for fact in facts),
        facts=[_row(path.name, table, fact) for table in tables for fact in table.facts],
    )


def _documents(data: bytes, hints: Hints, limits: Limits) -> Iterator[ParsedDocument]:
    document = parse_document(data, hints, limits)
    yield document
    for member in document.members:
        yield from _documents(member.data, Hints(file_name=member.name), limits)


def _row(file: str, table: BudgetTable, fact: Fact) -> dict[str, Any]:
    values = {"table_type": table.table_type}
    row = {name: values.get(name) or getattr(fact, name, None) for name in FACT_COLUMNS}
    return {"file": file, **{name: "" if value is None else str(value) for name, value in row.items()}}


def missing_tables(data: bytes, tables: tuple[BudgetTable, ...]) -> list[str]:
    """The standard tables that the document's own contents (目录) announce and that were not found."""
    try:
        reading = read(data, Limits())
    except DocumentError:
        return []
    found = {table.table_type for table in tables}
    announced = {line: table_type(line) for line in _contents(reading)}
    return [line for line, kind in announced.items() if kind not in found | _NOT_COUNTED]


def _contents(reading: Reading) -> Iterator[str]:
    """Titles in the table of contents: text lines from 目录 to the first table, or the contents grid."""
    inside = False
    for block in reading.blocks:
        if isinstance(block, TextBlock):
            inside = inside or fold(block.text).startswith("目录")
            line = _LEADER.sub("", block.text.replace("\t", ""))
            if inside and is_title(line):
                yield line
        elif isinstance(block, Grid):
            words = [cell.text for cell in block.cells]
            if any("空表" in fold(word) for word in words[:8]):
                yield from (word for word in words if is_title(word))
            elif inside:
                return
