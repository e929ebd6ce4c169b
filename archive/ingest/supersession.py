"""Versions of documents brought up to date: what is in force, what replaced it, and what that changed.

Invariant: the same sights give the same rows, whether they came in one ingest or in many; only announcements
whose versions differ from what the snapshot says are written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.edits import ALL, Change, rows_of_keys
from archive.dataset.rows.documents import ChangeRow, DocumentRow, VersionRow
from archive.dataset.rows.typed import column_names, row_of, rows_of, table_name, table_of
from archive.dataset.schema import TABLES
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import Snapshot
from archive.ids import disclosure_id
from archive.ingest.alterations import PrintedAmount, PrintedTable, Version, change_rows
from archive.ingest.disclosures import Announcements, Documents
from archive.ingest.sightings import Seen
from archive.ingest.takedown import moves
from archive.ingest.versions import Replacement, replacements, superseded, version_rows
from archive.stores import Store

T = TypeVar("T")


@row_of("changes")
@dataclass(frozen=True, slots=True)
class _Compared:
    disclosure_id: str
    old_document_id: str
    new_document_id: str


@dataclass(slots=True)
class _Scope:
    """The announcements whose versions are looked at: all that is superseded may be another one of those
    `judged`, all alterations of those `compared`; `read` are these and what they depend on."""

    judged: set[str]
    compared: set[str]
    read: set[str]


class Succession:
    """The versions after an ingest. `parsed` are the changes of document tables that it makes; `documents`
    learns which of its documents are superseded. It is `thorough` if it goes through everything, else through
    what depends on the announcements that the runs saw."""

    def __init__(
        self,
        store: Store,
        base: Snapshot | None,
        parsed: Iterable[Change],
        documents: Documents,
        *,
        thorough: bool,
    ) -> None:
        self._store, self._base, self._documents, self._thorough = store, base, documents, thorough
        self._parsed = {change.table: change for change in parsed}
        self._versions = StoredRows(store, base, "versions")
        renewed = self._parsed["documents"].replaced
        assert renewed is not ALL
        self._renewed: frozenset[str] = renewed

    def changes(self, seen: Sequence[Seen], announced: Announcements) -> list[Change]:
        """All changes of tables that hold documents or their versions."""
        scope = None if self._thorough else self._scope(seen, announced)
        stored, names = StoredRows(self._store, self._base, "changes"), column_names(_Compared)
        if scope is None:
            before = rows_of(self._versions.columns(self._versions.names), VersionRow)
            changes = rows_of(stored.columns(names), _Compared)
        else:
            before = rows_of(self._versions.where("disclosure_id", scope.read), VersionRow)
            changes = rows_of(stored.where("disclosure_id", scope.compared, names), _Compared)
            self._documents.load(row.document_id for row in before)
        rows = version_rows(before, seen, self._documents)
        moved = moves(announced.values())
        if scope is not None:
            moved = {old: new for old, new in moved.items() if {old, new} <= scope.read}
        replaced = replacements(rows.values(), self._documents, moved)
        later = superseded(rows.values(), replaced, self._documents)
        others = [change for name, change in self._parsed.items() if name != "documents"]
        judged, compared = set(self._documents.rows), replaced
        if scope is not None:
            judged = self._shown_in([*before, *rows.values()], scope.judged)
            compared = [found for found in replaced if found.disclosure_id in scope.compared]
        return [
            self._document_change(later, judged),
            *others,
            _by_announcement(before, list(rows.values())),
            self._alterations(compared, changes),
        ]

    def _scope(self, seen: Sequence[Seen], announced: Announcements) -> _Scope:
        """What is judged again: announcements that were seen, those whose move changed, and all that share a
        document with them. A verdict depends on nothing else, so the rest is carried over."""
        judged = {disclosure_id(one.article.url) for run in seen for one in run.announcements}
        now, before = moves(announced.values()), moves(announced.before.values())
        changed = {one for one in now.keys() | before.keys() if now.get(one) != before.get(one)}
        judged |= changed
        with_sources(judged, announced)
        compared = judged | {before[one] for one in changed if one in before}
        _with_targets(compared, announced)
        read = set(compared)
        with_sources(read, announced)
        rows = rows_of(self._versions.where("disclosure_id", judged), VersionRow)
        shown = self._shown_in(rows, judged)
        resolve = self._documents.resolve
        for run in seen:
            for sighting in run.sightings():
                shown.update(self._documents.with_members(resolve(sighting.location.sha256)))
        shown |= {one for identity in shown for one in self._documents.containers(identity)}
        read |= set(
            self._versions.where("document_id", shown, ["disclosure_id"]).column("disclosure_id").to_pylist()
        )
        announced.load(read)
        _with_targets(read, announced)
        return _Scope(judged, compared, read)

    def _shown_in(self, versions: Iterable[VersionRow], announcements: Collection[str]) -> set[str]:
        """The documents of these versions that are in these announcements, with what is in them."""
        shown = {row.document_id for row in versions if row.disclosure_id in announcements}
        self._documents.load(shown)
        return {member for identity in shown for member in self._documents.with_members(identity)}

    def _document_change(self, later: Mapping[str, str], judged: Collection[str]) -> Change:
        """The documents parsed, and those that are newly superseded, or in force again."""
        known = self._documents.rows
        rows = (known[one] for one in sorted(judged) if one in known)
        altered = [row for row in rows if row.superseded_by != later.get(row.document_id)]
        for row in altered:
            self._documents.add(replace(row, superseded_by=later.get(row.document_id)))
        touched = self._renewed | {row.document_id for row in altered}
        changed = [known[identity] for identity in sorted(touched) if identity in known]
        return Change("documents", table_of(DocumentRow, changed), frozenset(touched))

    def _alterations(self, replaced: Sequence[Replacement], stored: Iterable[_Compared]) -> Change:
        """Rows of a disclosure are written again only if its pairs of versions changed or one was read
        anew."""
        written: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for row in stored:
            written[row.disclosure_id].add((row.old_document_id, row.new_document_id))
        wanted: defaultdict[str, list[Replacement]] = defaultdict(list)
        for found in replaced:
            wanted[found.disclosure_id].append(found)
        touched = {
            identity
            for identity in written.keys() | wanted.keys()
            if written[identity] != {(found.old, found.new) for found in wanted[identity]}
            or any(self._is_renewed(found) for found in wanted[identity])
        }
        rows = [
            row
            for identity in sorted(touched)
            for found in wanted[identity]
            for row in change_rows(found, self._version(found.old), self._version(found.new))
        ]
        unique = {row.change_id: row for row in rows}
        return Change("changes", table_of(ChangeRow, unique.values()), frozenset(touched))

    def _is_renewed(self, found: Replacement) -> bool:
        documents = self._documents
        return not self._renewed.isdisjoint(
            [*documents.with_members(found.old), *documents.with_members(found.new)]
        )

    def _version(self, identity: str) -> Version:
        members = self._documents.with_members(identity)
        return Version(
            self._documents.rows[identity].content,
            self._rows_of(PrintedTable, members),
            self._rows_of(PrintedAmount, members),
        )

    def _rows_of(self, kind: type[T], documents: Sequence[str]) -> list[T]:
        """Rows of some documents as they will be after the ingest."""
        table = table_name(kind)
        change, wanted = self._parsed[table], pa.array(documents, pa.string())
        fresh = change.rows.filter(pc.is_in(change.rows.column("document_id"), wanted))
        adopted = rows_of_keys(self._store, TABLES[table], change.files, wanted)
        rows = [*rows_of(fresh, kind), *rows_of(adopted, kind)]
        kept = pa.array(sorted(set(documents) - self._renewed), pa.string())
        if self._base and len(kept):
            stored = rows_of_keys(self._store, TABLES[table], self._base.files(table), kept)
            rows += rows_of(stored, kind)
        return rows


def with_sources(identities: set[str], announced: Announcements) -> None:
    """Add the announcements that stand in one of these now, and those that stand in them."""
    fresh = set(identities)
    while fresh:
        announced.load_where("moved_to", fresh)
        fresh = {old for old, new in moves(announced.values()).items() if new in fresh} - identities
        identities |= fresh


def _with_targets(identities: set[str], announced: Announcements) -> None:
    """Add the announcements where these stand now, and where those do."""
    fresh = set(identities)
    while fresh:
        announced.load(fresh)
        fresh = {*moves(announced[one] for one in fresh if one in announced).values()} - identities
        identities |= fresh


def _by_announcement(before: Sequence[VersionRow], after: Sequence[VersionRow]) -> Change:
    """The rows of the announcements of which any row differs."""
    sides: list[defaultdict[str, list[VersionRow]]] = [defaultdict(list), defaultdict(list)]
    for side, rows in zip(sides, (before, after), strict=True):
        for row in sorted(rows, key=lambda row: (row.url, row.document_id)):
            side[row.disclosure_id].append(row)
    touched = sorted(one for one in sides[0].keys() | sides[1].keys() if sides[0][one] != sides[1][one])
    rows = table_of(VersionRow, (row for one in touched for row in sides[1][one]))
    return Change("versions", rows, frozenset(touched))
