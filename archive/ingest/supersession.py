"""Versions of documents brought up to date: what is in force, what replaced it, and what that changed.

Invariant: the same sights give the same rows, whether they came in one ingest or in many; only announcements
whose versions differ from what the snapshot says are written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.edits import ALL, Change, rows_of_keys
from archive.dataset.schema import TABLES, build_table
from archive.dataset.snapshots import Snapshot, read_table
from archive.ingest.alterations import Version, change_rows
from archive.ingest.disclosures import Documents
from archive.ingest.sightings import Seen
from archive.ingest.versions import Replacement, replacements, superseded, version_rows
from archive.stores import Store

Row = Mapping[str, Any]


class Succession:
    """The versions after an ingest. `parsed` are the changes of document tables that it makes; `documents`
    learns which of its documents are superseded."""

    def __init__(
        self, store: Store, base: Snapshot | None, parsed: Iterable[Change], documents: Documents
    ) -> None:
        self._store, self._base, self._documents = store, base, documents
        self._parsed = {change.table: change for change in parsed}
        renewed = self._parsed["documents"].replaced
        assert renewed is not ALL
        self._renewed: frozenset[str] = renewed

    def changes(self, seen: Sequence[Seen], moves: Mapping[str, str]) -> list[Change]:
        """All changes of tables that hold documents or their versions. `moves` are announcements that stand
        at another address now, by disclosure_id."""
        before = self._stored("versions")
        rows = version_rows(before, seen, self._documents)
        replaced = replacements(rows.values(), self._documents, moves)
        later = superseded(rows.values(), replaced, self._documents)
        others = [change for name, change in self._parsed.items() if name != "documents"]
        return [
            self._document_change(later),
            *others,
            _by_announcement("versions", before, list(rows.values())),
            self._alterations(replaced),
        ]

    def _document_change(self, later: Mapping[str, str]) -> Change:
        """The documents parsed, and those that are newly superseded, or in force again."""
        known = self._documents.rows
        altered = [row for row in known.values() if row["superseded_by"] != later.get(row["document_id"])]
        for row in altered:
            self._documents.add({**row, "superseded_by": later.get(row["document_id"])})
        touched = self._renewed | {row["document_id"] for row in altered}
        rows = [known[identity] for identity in sorted(touched) if identity in known]
        return Change("documents", build_table("documents", rows), frozenset(touched))

    def _alterations(self, replaced: Sequence[Replacement]) -> Change:
        """Rows of a disclosure are written again only if its pairs of versions changed or one was read
        anew."""
        stored = self._stored("changes")
        written: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for row in stored:
            written[row["disclosure_id"]].add((row["old_document_id"], row["new_document_id"]))
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
        unique = {row["change_id"]: row for row in rows}
        return Change("changes", build_table("changes", unique.values()), frozenset(touched))

    def _is_renewed(self, found: Replacement) -> bool:
        documents = self._documents
        return not self._renewed.isdisjoint(
            [*documents.with_members(found.old), *documents.with_members(found.new)]
        )

    def _version(self, identity: str) -> Version:
        members = self._documents.with_members(identity)
        return Version(
            self._documents.rows[identity]["content"],
            self._rows_of("tables", members),
            self._rows_of("facts", members),
        )

    def _rows_of(self, table: str, documents: Sequence[str]) -> list[Row]:
        """Rows of some documents as they will be after the ingest."""
        change, wanted = self._parsed[table], pa.array(documents, pa.string())
        fresh = change.rows.filter(pc.is_in(change.rows.column("document_id"), wanted))
        adopted = rows_of_keys(self._store, TABLES[table], change.files, wanted)
        rows: list[Row] = [*fresh.to_pylist(), *adopted.to_pylist()]
        kept = pa.array(sorted(set(documents) - self._renewed), pa.string())
        if self._base and len(kept):
            stored = rows_of_keys(self._store, TABLES[table], self._base.files(table), kept)
            rows += stored.to_pylist()
        return rows

    def _stored(self, name: str) -> list[Row]:
        rows: list[Row] = read_table(self._store, self._base, name).to_pylist() if self._base else []
        return rows


def _by_announcement(name: str, before: Sequence[Row], after: Sequence[Row]) -> Change:
    """The rows of the announcements of which any row differs."""
    sides: list[defaultdict[str, list[Row]]] = [defaultdict(list), defaultdict(list)]
    for side, rows in zip(sides, (before, after), strict=True):
        for row in sorted(rows, key=lambda row: (row["url"], row["document_id"])):
            side[row["disclosure_id"]].append(row)
    touched = sorted(one for one in sides[0].keys() | sides[1].keys() if sides[0][one] != sides[1][one])
    return Change(
        name, build_table(name, [row for one in touched for row in sides[1][one]]), frozenset(touched)
    )
