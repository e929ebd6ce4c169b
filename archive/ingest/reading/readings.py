"""The files of one announcement, read together: what is asked for, and what comes of it.

Invariant: what comes of a reading follows from its value and the archived bytes alone: not from who reads it,
where, how often, or in which order. So it may be read ahead, elsewhere, or a second time.

A `Reading` says which files are read, `Reader`s are the engines that do it, and `Draft`s are the documents
found. Which of these become rows of the dataset is decided by `archive.ingest.documents`, in order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pyarrow as pa

from archive import IntegrityError
from archive.dataset.rows.documents import DocumentRow
from archive.dataset.rows.typed import row_of, rows_of
from archive.dataset.schema import empty_table
from archive.dataset.snapshots import Change, DataFile
from archive.ingest.reading.rows import DOCUMENT_TABLES, Rows, document_rows
from archive.isolation.pool import Pool
from archive.isolation.tasks import Results, Task
from archive.stores import Store
from archive.warc.records import sha256
from archive.warc.writer import read_payload
from parsers.prose import publishes_budget
from parsers.tables.renditions import without_repeats
from parsers.values.document import Note
from parsers.values.media import UNKNOWN
from parsers.values.messages import message
from parsers.values.results import Hints, ParsedDocument
from parsers.values.table_types import NOT_BUDGET
from parsers.values.vocabulary import CheckStatus, DocumentOutcome, Severity

Statement = tuple[tuple[str, Any], ...]
"""What an operator states of a document: names of columns with values, in order of name."""


@dataclass(frozen=True, slots=True)
class File:
    """Archived bytes to read: where they lie, what is known of them beforehand, and what they are called. A
    `page` and one that is `alone` are those of `archive.ingest.sightings.Sighting`."""

    document_id: str
    path: str
    offset: int
    length: int
    url: str
    hints: Hints
    name: str | None
    page: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The files of one announcement (its address is `group`; a local file's is its hash) that are to be
    read. `stated` is what operators say of documents among them, or inside them, by document_id; of a
    container it holds for its members too."""

    group: str
    files: tuple[File, ...]
    stated: tuple[tuple[str, Statement], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that was read. `row` is its row of `documents`, `rows` those of all tables if they are at
    hand, else `files` those that hold them beside others, by table; `failing` rule and severity of each check
    that fails, `stated` the statement that its rows follow, `reported_name` its name in a report. A `page`
    without a budget is not a document, and has no rows."""

    document_id: str
    parent_id: str | None
    depth: int
    name: str | None
    reported_name: str | None
    page: bool = False
    has_budget: bool = True
    row: DocumentRow | None = None
    failing: tuple[tuple[str, Severity], ...] = ()
    stated: Statement | None = None
    rows: Rows | None = None
    files: Mapping[str, DataFile] = field(default_factory=dict)


@row_of("checks")
@dataclass(frozen=True, slots=True)
class _Checked:
    rule: str
    status: CheckStatus
    severity: Severity


class Reader(Protocol):
    """An engine that reads."""

    def expect(self, readings: Iterable[Reading]) -> None:
        """Learn what will be asked for, most probably, and in which order."""

    def read(self, reading: Reading) -> Sequence[Draft]:
        """The documents found; files in their order, then their members, level by level. Asked for again, the
        same."""

    def forget(self) -> None:
        """Nothing that was read so far is asked for again."""

    def changes(
        self, kept: Sequence[Draft], replaced: frozenset[str], known: Container[str]
    ) -> Iterator[Change]:
        """The rows of these drafts as a change of each document table; `replaced` goes. `known` are the
        documents of the dataset."""


Engine = Callable[[Store], AbstractContextManager[Reader]]
"""Gives a reader for a store, for the time of an ingest."""


class PoolReader:
    """Reads with the processes of a pool, on this machine."""

    def __init__(self, store: Store, pool: Pool) -> None:
        self._store, self._pool = store, pool
        self._planned: deque[Reading] = deque()
        self._waiting: set[Reading] = set()
        self._stream = read_all(store, pool, deque())
        self._done: dict[Reading, Sequence[Draft]] = {}

    def expect(self, readings: Iterable[Reading]) -> None:
        """Plan these readings, so that processes can read ahead."""
        self._planned.extend(one for one in readings if one not in self._waiting and one not in self._done)
        self._waiting.update(self._planned)

    def read(self, reading: Reading) -> Sequence[Draft]:
        """The drafts of a reading, members after their containers; waits until they are there."""
        if reading not in self._done and reading not in self._waiting:
            self._planned.appendleft(reading)
            self._waiting.add(reading)
        while reading not in self._done:
            found = next(self._stream, None)
            if found is None:
                self._stream = read_all(self._store, self._pool, self._planned)
            else:
                self._done[found[0]] = found[1]
                self._waiting.discard(found[0])
        return self._done[reading]

    def forget(self) -> None:
        """Let go of the rows."""
        self._done.clear()

    def close(self) -> None:
        """Leave what was read ahead and is not asked for."""
        self._stream.close()

    def changes(
        self, kept: Sequence[Draft], replaced: frozenset[str], known: Container[str]
    ) -> Iterator[Change]:
        """One change per document table: the rows of all drafts in place of the `replaced` documents."""
        for name in DOCUMENT_TABLES:
            tables = (draft.rows[name] for draft in kept if draft.rows)
            yield Change(name, pa.concat_tables([empty_table(name), *tables]), replaced)


@contextmanager
def pooled(store: Store, pool: Pool | None) -> Iterator[Reader]:
    """The engine of this machine: a pool that stays open, or one for this ingest alone."""
    with nullcontext(pool) if pool else Pool() as workers:
        reader = PoolReader(store, workers)
        try:
            yield reader
        finally:
            reader.close()


def read_all(
    store: Store, pool: Pool, readings: deque[Reading]
) -> Generator[tuple[Reading, Sequence[Draft]]]:
    """Take readings from the left and read them with a pool, some ahead; each with its drafts, in order."""
    begun: deque[tuple[Reading, dict[str, ParsedDocument]]] = deque()

    def groups() -> Iterator[Iterable[Task]]:
        while readings:
            lost: dict[str, ParsedDocument] = {}
            begun.append((readings.popleft(), lost))
            yield _tasks(store, begun[-1][0], lost)

    for results in pool.map_groups(groups()):
        reading, lost = begun.popleft()
        yield reading, drafts_of(reading, results, lost)


def drafts_of(
    reading: Reading, results: Results, lost: Mapping[str, ParsedDocument] | None = None
) -> tuple[Draft, ...]:
    """The drafts of a reading whose files gave `results`, members after their containers; `lost` are
    those whose archived bytes are damaged, by document_id."""
    files = {file.document_id: file for file in reading.files}
    stated = dict(reading.stated)
    found = [
        _draft(document, None, files[identity].hints.file_name or files[identity].url, files[identity])
        for identity, document in (lost or {}).items()
    ]
    documents = without_repeats([document for _, document in results])
    for (task, _), document in zip(results, documents, strict=True):
        identity = document.document_id
        statement = stated.get(identity) or stated.get(task.parent_id or "")
        if statement:
            stated[identity] = statement
        name = task.hints.file_name or task.hints.article_title
        found.append(_draft(document, statement, name, None if task.depth else files[identity], task))
    return tuple(found)


def _draft(
    document: ParsedDocument,
    statement: Statement | None,
    reported_name: str | None,
    file: File | None,
    task: Task | None = None,
) -> Draft:
    """`task` is None for bytes that could not be had: they are a document, whatever they were."""
    page = bool(file and file.page and task)
    parent_id = task.parent_id if task else None
    name = task.name if task else file.name if file else None
    depth = task.depth if task else 0
    if page and not _has_budget(document, bool(file and file.alone)):
        return Draft(document.document_id, parent_id, depth, name, reported_name, page=True, has_budget=False)
    rows = document_rows(_with_statement(document, statement), parent_id, name)
    checks = rows_of(rows["checks"], _Checked)
    return Draft(
        document_id=document.document_id,
        parent_id=parent_id,
        depth=depth,
        name=name,
        reported_name=reported_name,
        page=page,
        row=rows_of(rows["documents"], DocumentRow)[0],
        failing=tuple((one.rule, one.severity) for one in checks if one.status is CheckStatus.FAILS),
        stated=statement,
        rows=rows,
    )


def _tasks(store: Store, reading: Reading, lost: dict[str, ParsedDocument]) -> Iterator[Task]:
    """The files as tasks; `lost` learns those whose archived bytes are damaged."""
    stated = dict(reading.stated)
    for file in reading.files:
        try:
            data = read_payload(store, file.path, file.offset, file.length)
            if sha256(data) != file.document_id:  # a damaged header may hide the digest that would show it
                raise IntegrityError("other bytes than were stored")
        except IntegrityError as error:
            detail = message("archived_bytes_damaged", error=str(error))
            lost[file.document_id] = ParsedDocument(
                file.document_id, UNKNOWN, DocumentOutcome.DAMAGED, detail
            )
            continue
        hints = replace(file.hints, **dict(stated.get(file.document_id, ())))
        yield Task(data, hints, group=reading.group, name=file.name)


def _with_statement(document: ParsedDocument, statement: Statement | None) -> ParsedDocument:
    if not statement:
        return document
    stated, read = dict(statement), document.headline
    sources = read.sources | dict.fromkeys(stated, "operator")
    # The operator wins, who may know what the file does not say; that the file says otherwise is kept.
    contradicted = tuple(
        Note(
            "overridden",
            message(
                "operator_against_document", field=name, stated=str(value), printed=str(getattr(read, name))
            ),
        )
        for name, value in stated.items()
        if getattr(read, name) not in (None, value)
    )
    headline = replace(read, **stated, sources=sources)
    return replace(document, headline=headline, notes=(*document.notes, *contradicted))


def _has_budget(document: ParsedDocument, alone: bool) -> bool:
    """A web page is a document only if a budget table stands in it; one that leads to no file, also if its
    text states the budget."""
    if any(table.facts or table.table_type not in NOT_BUDGET for table in document.tables):
        return True
    return alone and publishes_budget(document.statements)
