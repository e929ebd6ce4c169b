"""The documents of an ingest, in order: which drafts of documents become rows of the dataset.

Invariant: every file that `archive.ingest.planning` wants read gets rows, whatever became of its reading.
Drafts are taken in the order of the runs and of their articles, so that what a name or an article hints at
does not depend on chance; when and where they were read does not matter (see `readings`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from archive.dataset.rows.documents import DocumentRow, VersionRow
from archive.dataset.schema import empty_table
from archive.dataset.snapshots import Change, Snapshot
from archive.ids import disclosure_id
from archive.ingest.disclosures import Documents
from archive.ingest.planning import Selection
from archive.ingest.reading.readings import Draft, Reader, Reading
from archive.ingest.sightings import Seen
from archive.monitoring.anew import Verdicts
from parsers import PARSER_VERSION
from parsers.values.media import HTML
from parsers.values.vocabulary import DocumentOutcome, Severity

Progress = Callable[["Parsed"], None]
GOOD = frozenset({DocumentOutcome.PARSED, DocumentOutcome.NO_TABLES, DocumentOutcome.CONTAINER})
"""Outcomes of documents that need no person."""


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
    failing: Mapping[Severity, int] = field(default_factory=dict)
    error_rules: tuple[str, ...] = ()
    known: bool = False
    known_as: str | None = None
    known_at: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The outcome of an ingest. `snapshot` is None if there was no news; `missing` are attachments of which
    no version is archived, as (url, outcome), `left` the pending runs that another process is reading, and
    `verdicts` where every body stands as of today, also without news."""

    snapshot: Snapshot | None
    runs: tuple[str, ...]
    documents: tuple[Parsed, ...]
    missing: tuple[tuple[str, str], ...]
    left: tuple[str, ...] = ()
    verdicts: Verdicts | None = None

    @property
    def deadlines(self) -> pa.Table:
        """Where every body stands: rows of that table as of today."""
        return self.verdicts.deadlines if self.verdicts else empty_table("deadlines")

    @property
    def outcomes(self) -> dict[str, int]:
        """The number of documents by outcome."""
        return dict(sorted(Counter(document.outcome for document in self.documents).items()))

    @property
    def need_a_person(self) -> tuple[Parsed, ...]:
        """Documents that could not be read, and those with pages or with the amounts of a table that were not
        read: of documents with tables, only such have a detail."""
        return tuple(
            document
            for document in self.documents
            if document.outcome not in GOOD
            or (document.outcome == DocumentOutcome.PARSED and document.detail)
        )


class Pages:
    """The pages that are documents, by what their tables print (or their text says): a page that differs only
    in its menu or counter is the same document."""

    def __init__(self, documents: Documents, versions: Iterable[VersionRow]) -> None:
        self._known: dict[tuple[str, str | None], str] = {}
        for version in sorted(versions, key=lambda version: str(version.first_seen)):
            row = documents.rows.get(version.document_id)
            if row and row.media_type == HTML and row.parser_version == PARSER_VERSION:
                self._known.setdefault((version.disclosure_id, row.content), row.document_id)

    def same(self, url: str, page: Draft) -> str:
        """The first document of this article that says the same; this one if there was none."""
        key = (disclosure_id(url), (page.row and page.row.content) or page.document_id)
        return self._known.setdefault(key, page.document_id)


class DocumentWork:
    """The documents of one ingest, announcement by announcement.

    `selection` says what of each is to be read and `reader` reads it; `holders` says where the documents of
    the dataset belong, and `documents` learns the new ones.
    """

    def __init__(
        self,
        documents: Documents,
        pages: Pages,
        selection: Selection,
        reader: Reader,
        progress: Progress,
        holders: Callable[[str], str | None],
    ) -> None:
        self.report: dict[str, Parsed] = {}
        self._documents, self._versions, self._selection = documents, pages, selection
        self._reader, self._progress, self._holders = reader, progress, holders
        self._run_id: str | None = None  # of the run being taken; none while earlier ones are gone through
        self._unreported: dict[str, Parsed] = {}
        self._replaced: set[str] = set()
        self._kept: list[Draft] = []

    def take(self, run: Seen, *, reported: bool) -> None:
        """Take the documents of a run; of an earlier one, which is not reported, those to read again."""
        self._run_id = run.run.run_id if reported else None
        for group, sightings in self._selection.turns(run, again=not reported):
            reading, others = self._selection.choose(group, sightings)
            for sighting in others:
                if not sighting.page:
                    self._report_known(sighting.location.sha256, sighting.hints.file_name)
            if reading.files:
                for draft in self._drafts(reading):
                    self._take(draft, group)

    def _drafts(self, reading: Reading) -> Sequence[Draft]:
        """The outcome of a reading. If there is something in a container that operators state more of, it is
        read with that, too."""
        while True:
            drafts = self._reader.read(reading)
            with_statements = self._selection.with_statements(reading, drafts)
            if with_statements == reading:
                return drafts
            reading = with_statements

    def _take(self, draft: Draft, group: str) -> None:
        """A page that says the same as an earlier one of its announcement counts as that one, so that menus
        and counters do not make versions."""
        identity = draft.document_id
        self._selection.found(draft)
        if draft.depth and not self._selection.is_new(identity):
            self._report_known(identity, draft.name)
            return
        self._selection.looked_at.add(identity)
        if not draft.has_budget:
            self._drop(identity)
            return
        if draft.page:
            same = self._versions.same(group, draft)
            if same != identity:
                self._documents.take_for(identity, same)
                self._drop(identity)
                return
        self._replaced.add(identity)
        self._kept.append(draft)
        assert draft.row is not None
        self._documents.add(draft.row)
        self._report_draft(draft.row, draft.reported_name, draft.failing, known=False)

    def changes(self) -> Iterator[Change]:
        """The rows of all documents taken; whatever the dataset had of them, or of what is not a document any
        more, goes."""
        return self._reader.changes(self._kept, frozenset(self._replaced), self._documents)

    def message(self, runs: int) -> str:
        """What a person reads in the list of snapshots."""
        new = sum(not document.known for document in self.report.values())
        ends = ["" if count == 1 else "s" for count in (new, runs)]
        return f"{new} document{ends[0]} parsed, {runs} run{ends[1]} added"

    def _drop(self, identity: str) -> None:
        """A page without a budget is not a document, even if an older parser saw one in it."""
        if identity in self._documents.rows:
            self._documents.drop(identity)
            self._replaced.add(identity)

    def _report_known(self, identity: str, name: str | None) -> None:
        for member in self._documents.with_members(identity):
            if member in self._unreported:
                waiting = self._unreported.pop(member)
                self._report(replace(waiting, name=name or waiting.name) if member == identity else waiting)
        row = self._documents.rows.get(identity)
        if row is not None and identity not in self._selection.looked_at:
            called = row.name or row.title
            self._report_draft(row, name, (), known=True, known_as=called, known_at=self._holders(identity))

    def _report_draft(
        self,
        row: DocumentRow,
        name: str | None,
        failing: Sequence[tuple[str, Severity]],
        *,
        known: bool,
        known_as: str | None = None,
        known_at: str | None = None,
    ) -> None:
        """Report a document, or keep it until the run is known that it belongs to."""
        parsed = Parsed(
            name=name or "",
            document_id=row.document_id,
            parent_id=row.parent_id,
            outcome=row.outcome,
            detail=row.outcome_detail,
            tables=row.tables or 0,
            facts=row.facts or 0,
            failing=dict(Counter(severity for _, severity in failing)),
            error_rules=tuple(sorted({rule for rule, severity in failing if severity is Severity.ERROR})),
            known=known,
            known_as=known_as,
            known_at=known_at,
        )
        if self._run_id:
            self._report(parsed)
        elif not known:
            self._unreported[parsed.document_id] = parsed

    def _report(self, parsed: Parsed) -> None:
        is_new = parsed.document_id not in self.report
        self.report[parsed.document_id] = replace(parsed, run_id=self._run_id)
        if is_new:
            self._progress(parsed)
