"""One local file, read and given back as rows of the dataset; nothing is stored.

Invariant: the rows are those that `ingest` would commit, with the name of the file in front.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.rows.facts import CheckRow
from archive.dataset.rows.typed import rows_of as rows_as
from archive.ingest.reading.rows import DOCUMENT_TABLES, document_rows
from archive.isolation.pool import parse_bounded
from archive.isolation.tasks import Task
from archive.rendering.messages import said, word
from archive.rendering.texts import language, t
from archive.vocabulary import NOTED, shown_result
from archive.warc.writer import file_name
from parsers.values.results import Hints, ParsedDocument
from parsers.values.vocabulary import CheckStatus, DocumentOutcome, FactStatus, Severity

READABLE = frozenset({DocumentOutcome.PARSED, DocumentOutcome.NO_TABLES, DocumentOutcome.CONTAINER})
"""Outcomes that leave nothing for a person to do."""

HEADLINE = ("title", "body_name", "region_code", "fiscal_year", "document_kind", "outcome", "outcome_detail")
TABLE = ("table_no", "table_type", "title", "unit_text", "pages", "facts", "empty_reason")
CHECK = ("severity", "rule", "page", "precision", "message")
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)

Rows = Mapping[str, pa.Table]
Parsed = Sequence[tuple[Task, ParsedDocument]]


def parsed(file: Path) -> Parsed:
    """A file and, if it is an archive, its members. Raises OSError if the file cannot be opened."""
    return parse_bounded(file.read_bytes(), Hints(file_name=file_name(file)))


def rows_of(file: Path, documents: Parsed) -> Rows:
    """Rows of `documents`, `tables`, `facts` and `checks`; every table has the column `file` in front."""
    name = file_name(file)
    rows = [
        document_rows(document, task.parent_id, task.name if task.parent_id else name)
        for task, document in documents
    ]
    whole = {name: pa.concat_tables(part[name] for part in rows) for name in DOCUMENT_TABLES}
    return {
        key: table.add_column(0, "file", pa.repeat(pa.scalar(name), len(table)))
        for key, table in whole.items()
    }


def for_screen(rows: Rows) -> Rows:
    """What a person wants to see first: who and when, the tables and how many amounts each holds, and what
    does not add up. What is empty is left out."""
    documents, tables, checks = rows["documents"], rows["tables"], rows["checks"]
    amounts = Counter(rows["facts"].column("table_id").to_pylist())
    counts = [amounts[identity] for identity in tables.column("table_id").to_pylist()]
    tables = tables.append_column("facts", pa.array(counts, pa.int32()))
    failing = rows_as(checks.filter(pc.equal(checks.column("status"), CheckStatus.FAILS.value)), CheckRow)
    if len(documents) > 1:
        holder = pc.index_in(tables.column("document_id"), documents.column("document_id").combine_chunks())
        names = pc.take(documents.column("name"), holder)
        views = {
            "documents": documents.select(["name", *HEADLINE]),
            "tables": tables.select(TABLE).add_column(0, "name", names),
        }
    else:
        views = {"documents": documents.select(HEADLINE), "tables": tables.select(TABLE)}
    views["documents"] = _explained(views["documents"])
    views["checks that fail"] = _readable([row for row in failing if row.severity is not Severity.INFO])
    views["noted, not an accusation"] = _readable([row for row in failing if row.severity is Severity.INFO])
    # On a screen the heads are words in the language in use, not names of columns.
    return {
        name: view.rename_columns([t(column, context="head") for column in view.column_names])
        for name, view in views.items()
        if len(view)
    }


def _explained(documents: pa.Table) -> pa.Table:
    """Documents in one language: in Chinese their kinds and outcomes, in English the words of the dataset."""
    shown: dict[str, Callable[[str | None], str | None]] = {"outcome_detail": said}
    if language() == "zh":
        shown |= {"document_kind": _word, "outcome": partial(_word, group="outcome")}
    for name, say in shown.items():
        values = pa.array(map(say, documents.column(name).to_pylist()), pa.string())
        documents = documents.set_column(documents.column_names.index(name), name, values)
    return documents


def _word(value: str | None, group: str = "word") -> str | None:
    return value and word(value, group=group)


def _readable(failing: Sequence[CheckRow]) -> pa.Table:
    """Failing checks in one language, errors first, with the precision of their rule."""
    rows = sorted(failing, key=lambda row: SEVERITIES.index(row.severity))
    types = [pa.int32() if name == "page" else pa.string() for name in CHECK]
    columns = [
        [word(row.severity) for row in rows],
        [row.rule for row in rows],
        [row.page for row in rows],
        [_precision(row) for row in rows],
        [said(row.message) for row in rows],
    ]
    return pa.table(columns, pa.schema(list(zip(CHECK, types, strict=True))))


def _precision(check: CheckRow) -> str:
    """How many findings of its rule were right, of those judged on real documents."""
    if not check.rule_judged:
        return t("not judged yet")
    return t("{right} of {judged} right", right=check.rule_right, judged=check.rule_judged)


def tally(rows: Rows) -> str:
    """One line: how many amounts are proved or disputed, how many checks hold or fail."""
    facts = Counter(rows["facts"].column("status").to_pylist())
    checks = Counter(shown_result(row.status, row.severity) for row in rows_as(rows["checks"], CheckRow))
    return t(
        "{tables} tables, {amounts} amounts: {proved} proved, {single} not tested, {disputed} disputed; "
        "{checks} checks: {holds} hold, {rounding} rounding, {fails} fail, "
        "{noted} noted, {untestable} untestable",
        tables=len(rows["tables"]),
        amounts=facts.total(),
        proved=facts[FactStatus.PROVED],
        single=facts[FactStatus.SINGLE],
        disputed=facts[FactStatus.DISPUTED],
        checks=checks.total(),
        holds=checks[CheckStatus.HOLDS],
        rounding=checks[CheckStatus.ROUNDING],
        fails=checks[CheckStatus.FAILS],
        noted=checks[NOTED],
        untestable=checks[CheckStatus.UNTESTABLE],
    )


def recognition(documents: Parsed) -> str | None:
    """One line: how many page images were recognised, and how long a page took; None without any."""
    done = [document.recognition for _, document in documents]
    pages = sum(one.pages for one in done)
    if not pages:
        return None
    seconds = sum(one.seconds for one in done) / pages
    return t("Page images recognised: {pages}, {seconds:.1f} seconds a page", pages=pages, seconds=seconds)
