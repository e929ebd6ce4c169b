"""What a dataset has that an earlier snapshot did not have, as far as alerts follow from it.

Invariant: an alert that follows from the later snapshot, and not from the earlier one, follows from the rows
given here by the queries of `archive.alerts.detection`. What came is read from the files that the two do not
share; of the others only rows that it bears on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.manifest import Snapshot
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import read_table
from archive.stores import Store
from parsers.values.vocabulary import CheckStatus, FactStatus, Severity

_ANNOUNCED = ("disclosure_id", "site_id", "region_code", "title", "url", "first_seen", "last_seen", "state",
              "moved_to", "body_name", "fiscal_year", "document_kind", "document_ids")  # fmt: skip
Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Arrivals:
    """What `now` holds that `before` does not."""

    store: Store
    before: Snapshot
    now: Snapshot

    @cached_property
    def announced(self) -> pa.Table:
        """Announcements that came, went or changed, as they were and as they are, and those of documents that
        print something else than before."""
        rows = self._differing("disclosures", _ANNOUNCED)
        contents = self._differing("documents", ("document_id", "content"))
        shown = self._where("disclosures", "document_ids", _texts(contents, "document_id"))
        return pa.concat_tables([rows, shown.select(_ANNOUNCED)])

    def select(self, kind: str, sql: str) -> pa.Table | None:
        """The answer to the query that finds alerts of a kind, over what they can follow from; None without
        any such row."""
        tables: Tables = {"gone": self._gone, "altered": self._altered, "disputed": self._disputed}[kind]()
        if not any(map(len, tables.values())):
            return None
        with duckdb.connect() as connection:
            for name, rows in tables.items():
                connection.register(name, rows)
            return connection.execute(sql).to_arrow_table()

    def _gone(self) -> Tables:
        """Rows that announcements without their page follow from."""
        ids = _texts(self.announced, "disclosure_id")
        return {"disclosures": self._where("disclosures", "disclosure_id", ids)}

    def _altered(self) -> Tables:
        """Rows that altered versions follow from."""
        ids = _texts(self._changes, "disclosure_id")
        return {name: self._where(name, "disclosure_id", ids) for name in ("changes", "disclosures")}

    def _disputed(self) -> Tables:
        """Rows that sums that do not hold follow from."""
        facts = self._fresh("facts", ("document_id", "status"))
        checks = self._fresh("checks", ("document_id", "status", "severity"))
        facts = facts.filter(pc.equal(facts.column("status"), FactStatus.DISPUTED))
        failing = pc.equal(checks.column("status"), CheckStatus.FAILS)
        checks = checks.filter(pc.and_(failing, pc.equal(checks.column("severity"), Severity.ERROR)))
        ids = _texts(facts, "document_id") | _texts(checks, "document_id")
        ids |= _texts(self._changes, "new_document_id")
        return {
            "facts": self._where("facts", "document_id", ids, ("fact_id", "document_id", "status")),
            "checks": self._where("checks", "document_id", ids, ("fact_ids", "status", "severity", "fault")),
            "documents": self._where("documents", "document_id", ids),
            "changes": self._where("changes", "new_document_id", ids),
            "disclosures": self._where("disclosures", "document_ids", ids),
        }

    @cached_property
    def _changes(self) -> pa.Table:
        columns = ("change_id", "disclosure_id", "kind", "new_document_id", "seen_at")
        return self._differing("changes", columns)

    def _fresh(self, name: str, columns: Collection[str], *, side: str = "now") -> pa.Table:
        """Rows in the files of a table that one side alone has."""
        mine, other = (self.now, self.before) if side == "now" else (self.before, self.now)
        files = tuple(file for file in mine.files(name) if file not in set(other.files(name)))
        return read_table(self.store, replace(mine, tables={name: files}), name, [*columns])

    def _differing(self, name: str, columns: Collection[str]) -> pa.Table:
        """The rows that one side alone has: files are written anew for a few of theirs."""
        sides = [self._fresh(name, columns, side=side) for side in ("now", "before")]
        texts = [[repr(row) for row in rows.to_pylist()] for rows in sides]
        others = map(set, reversed(texts))
        return pa.concat_tables(
            rows.filter(pa.array([one not in other for one in mine], pa.bool_()))
            for rows, mine, other in zip(sides, texts, others, strict=True)
        )

    def _where(
        self, name: str, column: str, values: Iterable[str], columns: Collection[str] | None = None
    ) -> pa.Table:
        rows = StoredRows(self.store, self.now, name)
        return rows.where(column, set(values), [*columns] if columns else None)


def _texts(rows: pa.Table, column: str) -> set[str]:
    return set(pc.unique(pc.drop_null(rows.column(column))).to_pylist())
