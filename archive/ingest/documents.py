"""The documents of an ingest: each parsed once, and turned into rows.

Invariant: a document that the dataset has in the current version of the parsers is not parsed again without
a reason; every other one that a run saw gets rows, whatever became of its reading. Documents are taken in the
order of the runs and of their articles, so that what a name or an article hints at does not depend on chance,
and one that is read again is read where it was first seen (see `archive.ingest.reread`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from archive.dataset.schema import empty_table
from archive.dataset.snapshots import Change
from archive.errors import IntegrityError
from archive.ids import disclosure_id
from archive.ingest.disclosures import Documents
from archive.ingest.reread import calls_for
from archive.ingest.rows import DOCUMENT_TABLES, content_of, document_rows
from archive.ingest.sightings import Seen, Sighting
from archive.isolation.pool import Pool, Task
from archive.stores import Store
from archive.warc.records import sha256
from archive.warc.writer import read_payload
from parsers import PARSER_VERSION
from parsers.prose import tells_a_budget
from parsers.renditions import without_repeats
from parsers.values.document import Note
from parsers.values.media import HTML, UNKNOWN
from parsers.values.results import ParsedDocument

BATCH = 16
"""Disclosures parsed at a time: enough to keep the workers busy, few enough to hold in memory."""

NOT_BUDGET = frozenset({"other", "contents"})


Progress = Callable[["Parsed"], None]


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document as the last run saw it; `known` if it was in the dataset already and was not parsed again.
    Then `known_as` is its name there, and `known_at` the announcement or the container it is of, if any."""

    name: str
    document_id: str
    parent_id: str | None
    outcome: str
    detail: str | None
    tables: int
    facts: int
    failing_checks: int
    errors: int = 0  # failing checks of severity error: the others are warnings and notes
    error_rules: tuple[str, ...] = ()
    known: bool = False
    known_as: str | None = None
    known_at: str | None = None
    run_id: str | None = None


class Pages:
    """The pages that are documents, by what their tables print (or their text tells): a page whose menu or
    counter alone is another is no other document."""

    def __init__(self, documents: Documents, versions: Iterable[Mapping[str, Any]]) -> None:
        self._known: dict[tuple[str, str], str] = {}
        for version in sorted(versions, key=lambda row: row["first_seen"]):
            row = documents.rows.get(version["document_id"])
            if row and row["media_type"] == HTML and row["parser_version"] == PARSER_VERSION:
                self._known.setdefault((version["disclosure_id"], row["content"]), row["document_id"])

    def same(self, url: str, document: ParsedDocument) -> str:
        """The first document of this article that says the same; this one if there was none."""
        key = (disclosure_id(url), content_of(document) or document.document_id)
        return self._known.setdefault(key, document.document_id)


class DocumentWork:
    """The documents of one ingest: parsed once each, in the order of the runs.

    `stated` is what operators say of documents, by document_id; of a container it holds for its members too.
    `again` are the documents of the dataset to read again; `holders` says where those of the dataset belong.
    """

    def __init__(
        self,
        store: Store,
        documents: Documents,
        pages: Pages,
        pool: Pool,
        stated: Mapping[str, Mapping[str, Any]],
        again: Iterable[str],
        reparse: bool,
        progress: Progress,
        holders: Mapping[str, str],
    ) -> None:
        self.report: dict[str, Parsed] = {}
        self._store, self._documents, self._versions, self._pool = store, documents, pages, pool
        self._stated, self._reparse, self._progress = dict(stated), reparse, progress
        self._again = set(again)
        self._holders = holders
        self._run_id: str | None = None  # of the run being parsed; none while earlier ones are gone through
        self._looked_at: set[str] = set()
        self._seen_before: set[str] = set()
        self._untold: dict[str, Parsed] = {}
        self._pages: set[str] = set()
        self._alone: set[str] = set()
        self._replaced: set[str] = set()
        self._rows: dict[str, list[pa.Table]] = {name: [] for name in DOCUMENT_TABLES}

    def parse(self, run: Seen) -> None:
        """Parse what a run saw, unless the dataset has it and there is no reason to read it again."""
        self._run_id = run.run.run_id
        groups = run.groups()
        for start in range(0, len(groups), BATCH):
            self._parse_batch(groups[start : start + BATCH])

    def read_again(self, run: Seen) -> None:
        """Parse those documents to read again that this run of the dataset saw first, and what it saw first
        in the same announcements: files of one announcement are looked at together. They are told of where a
        run to parse sees them."""
        self._run_id = None
        for name, sightings in run.groups():
            new = [one for one in sightings if one.location.sha256 not in self._seen_before]
            if calls_for(new, self._again):
                self._again.update(one.location.sha256 for one in new)
                self._parse_batch([(name, new)])
            for sighting in sightings:
                self._seen_before.update(self._documents.with_members(sighting.location.sha256))

    def _parse_batch(self, groups: Sequence[tuple[str, Sequence[Sighting]]]) -> None:
        """Parse the documents of some disclosures; each disclosure is looked at as a whole."""
        tasks = (task for name, sightings in groups for task in self._tasks(sightings, name))
        results = list(self._pool.map_with_members(tasks))
        for name in dict.fromkeys(task.group for task, _ in results):
            mine = [(task, document) for task, document in results if task.group == name]
            documents = without_repeats([document for _, document in mine])
            for (task, _), document in zip(mine, documents, strict=True):
                self._take(task, document)

    def _take(self, task: Task, document: ParsedDocument) -> None:
        if task.parent_id in self._again and document.document_id not in self._seen_before:
            self._again.add(document.document_id)
        if task.depth and not self._is_new(document.document_id):
            self._tell_known(document.document_id, task.name)
            return
        self._looked_at.add(document.document_id)
        alone = document.document_id in self._alone
        if document.document_id in self._pages and not _has_budget(document, alone):
            self._drop(document.document_id)
            return
        document = self._with_statements(document, task.parent_id)
        if document.document_id in self._pages:
            same = self._versions.same(task.group, document)
            if same != document.document_id:
                self._documents.take_for(document.document_id, same)
                self._drop(document.document_id)
                return
        self._keep(document, task.parent_id, task.name, task.hints.file_name or task.hints.article_title)

    def changes(self) -> Iterator[Change]:
        """The rows of all documents parsed; whatever the dataset had of them, or of what is no document any
        more, goes."""
        replaced = frozenset(self._replaced)
        for name, tables in self._rows.items():
            yield Change(name, pa.concat_tables([empty_table(name), *tables]), replaced)

    def message(self, runs: int) -> str:
        """What a person reads in the list of snapshots."""
        new = sum(not document.known for document in self.report.values())
        ends = ["" if count == 1 else "s" for count in (new, runs)]
        return f"{new} document{ends[0]} parsed, {runs} run{ends[1]} added"

    def _tasks(self, sightings: Iterable[Sighting], group: str) -> Iterator[Task]:
        for sighting in sightings:
            identity, place = sighting.location.sha256, sighting.location
            if not self._is_new(identity):
                if not sighting.page:
                    self._tell_known(identity, sighting.hints.file_name)
                continue
            self._looked_at.add(identity)
            if sighting.page:
                self._pages.add(identity)
            if sighting.alone:
                self._alone.add(identity)
            try:
                data = read_payload(
                    self._store, place.payload_path, place.payload_offset, place.payload_length
                )
                if sha256(data) != identity:  # a damaged header may hide the digest that would tell
                    raise IntegrityError("other bytes than were stored")
            except IntegrityError as error:
                lost = ParsedDocument(
                    identity, UNKNOWN, "damaged", f"the archived bytes are damaged: {error}"
                )
                self._keep(lost, None, sighting.name, sighting.hints.file_name or place.payload_url)
                continue
            hints = replace(sighting.hints, **self._stated.get(identity, {}))
            yield Task(data, hints, group=group, name=sighting.name)

    def _with_statements(self, document: ParsedDocument, parent_id: str | None) -> ParsedDocument:
        stated = self._stated.get(document.document_id) or self._stated.get(parent_id or "")
        if not stated:
            return document
        self._stated[document.document_id] = stated
        read = document.headline
        sources = read.sources | dict.fromkeys(stated, "operator")
        contradicted = tuple(
            Note("overridden", f"{name}: the operator states {value}, the document {getattr(read, name)}")
            for name, value in stated.items()
            if getattr(read, name) not in (None, value)
        )
        headline = replace(read, **stated, sources=sources)
        return replace(document, headline=headline, notes=(*document.notes, *contradicted))

    def _is_new(self, identity: str) -> bool:
        if identity in self._looked_at:
            return False
        if identity in self._again:
            return True
        row = self._documents.rows.get(identity)
        return self._reparse or row is None or row["parser_version"] != PARSER_VERSION

    def _keep(
        self, document: ParsedDocument, parent_id: str | None, name: str | None, told: str | None
    ) -> None:
        """Keep the rows of a document, called `name` where it was seen now, and tell of it as `told`."""
        self._replaced.add(document.document_id)
        rows = document_rows(document, parent_id, name)
        for table, found in rows.items():
            self._rows[table].append(found)
        row = rows["documents"].to_pylist()[0]
        self._documents.add(row)
        checks = rows["checks"].select(["status", "severity", "rule"]).to_pylist()
        failing = [check for check in checks if check["status"] == "fails"]
        self._tell(row, told, failing, known=False)

    def _drop(self, identity: str) -> None:
        """A page without a budget is no document, even if an older parser saw one in it."""
        if identity in self._documents.rows:
            self._documents.drop(identity)
            self._replaced.add(identity)

    def _tell_known(self, identity: str, name: str | None) -> None:
        for member in self._documents.with_members(identity):
            if member in self._untold:
                told = self._untold.pop(member)
                self._report(replace(told, name=name or told.name) if member == identity else told)
        row = self._documents.rows.get(identity)
        if row is not None and identity not in self._looked_at:
            called = row["name"] or row["title"]
            self._tell(row, name, (), known=True, known_as=called, known_at=self._holders.get(identity))

    def _tell(
        self,
        row: Mapping[str, Any],
        name: str | None,
        failing: Sequence[Mapping[str, Any]],
        *,
        known: bool,
        known_as: str | None = None,
        known_at: str | None = None,
    ) -> None:
        errors = [check["rule"] for check in failing if check["severity"] == "error"]
        parsed = Parsed(
            name=name or "",
            document_id=row["document_id"],
            parent_id=row["parent_id"],
            outcome=row["outcome"],
            detail=row["outcome_detail"],
            tables=row["tables"],
            facts=row["facts"],
            failing_checks=len(failing),
            errors=len(errors),
            error_rules=tuple(sorted(set(errors))),
            known=known,
            known_as=known_as,
            known_at=known_at,
        )
        if self._run_id:
            self._report(parsed)
        elif not known:
            self._untold[parsed.document_id] = parsed

    def _report(self, parsed: Parsed) -> None:
        is_new = parsed.document_id not in self.report
        self.report[parsed.document_id] = replace(parsed, run_id=self._run_id)
        if is_new:
            self._progress(parsed)


def _has_budget(document: ParsedDocument, alone: bool) -> bool:
    """A web page is a document only if a budget table stands in it; one that leads to no file, also if its
    text tells the budget."""
    if any(table.facts or table.table_type not in NOT_BUDGET for table in document.tables):
        return True
    return alone and tells_a_budget(document.statements)
