"""Verdicts on all bodies and deadlines, made from the rows of a dataset alone, and what made them.

Invariant: how they differ from those of a snapshot is said with them; `carried` gives the same for less.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import pyarrow as pa

from archive.dataset.rows.monitoring import BodyRow, DeadlineRow
from archive.dataset.rows.typed import column_names, table_of
from archive.dataset.schema import empty_table
from archive.dataset.selecting import LoadedRows, StoredRows
from archive.dataset.snapshots import ALL, Change, Judged, Snapshot
from archive.monitoring.bodies import MonitoredDisclosure, MonitoredDocument, Registered
from archive.monitoring.judging import (
    NOTHING_RENEWED,
    RegionJudge,
    Regions,
    Renewed,
    VisitsBySite,
    judge,
    rows_above,
    runs_before,
)
from archive.stores import Store
from archive.warc.captures import Run
from parsers import PARSER_VERSION

STANDING = ("body_id", "fiscal_year", "document_kind", "status", "backdated")
"""What of a verdict is news; days that merely pass are not."""
PROVINCE = 2
"""Digits of a region code that say the province."""
NO_VERDICTS = (empty_table("bodies"), empty_table("deadlines"))


@dataclass(frozen=True)
class Verdicts:
    """How the bodies and deadlines as of a day differ from those of a snapshot: `changes`, and whether a body
    stands `otherwise`. `whole` gives all of them."""

    changes: tuple[Change, Change]
    otherwise: bool
    judged: Judged
    whole: Callable[[], tuple[pa.Table, pa.Table]]

    @cached_property
    def _tables(self) -> tuple[pa.Table, pa.Table]:
        return self.whole()

    @property
    def bodies(self) -> pa.Table:
        """All rows of `bodies`."""
        return self._tables[0]

    @property
    def deadlines(self) -> pa.Table:
        """All rows of `deadlines`."""
        return self._tables[1]


def judged_anew(
    documents: Iterable[MonitoredDocument],
    disclosures: Iterable[MonitoredDisclosure],
    runs: Iterable[Run],
    as_of: date,
    registered: Registered,
    before: pa.Table,
) -> Verdicts:
    """All verdicts, made without those of a snapshot; `before` are its deadlines."""
    found, verdicts = judge(documents, disclosures, runs, as_of, registered)
    return _all_new(table_of(BodyRow, found), table_of(DeadlineRow, verdicts), before, as_of, registered)


def judged_by_province(
    store: Store,
    snapshot: Snapshot | None,
    as_of: date,
    registered: Registered,
    renewed: Renewed = NOTHING_RENEWED,
) -> Verdicts:
    """The same of a snapshot and `renewed` rows, with no more at a time in memory than a province needs."""
    documents, disclosures = (
        LoadedRows(rows_above(kind, [StoredRows(store, snapshot, name).columns(column_names(kind))], above))
        for name, kind, above in (
            ("documents", MonitoredDocument, renewed.documents),
            ("disclosures", MonitoredDisclosure, renewed.disclosures),
        )
    )
    visits = VisitsBySite(runs_before(store, snapshot))
    province = RegionJudge(documents, disclosures, visits.to, as_of, registered)
    by_province: dict[str, Regions] = defaultdict(set)
    registry = (*registered.listed, *registered.governments)
    for code in {*documents.distinct("region_code"), *(one.region_code for one in registry)}:
        by_province[(code or "")[:PROVINCE]].add(code)
    parts = [province.of(by_province[one]) for one in sorted(by_province)] or [NO_VERDICTS]
    bodies, deadlines = (pa.concat_tables(tables).sort_by("body_id") for tables in zip(*parts, strict=True))
    before = StoredRows(store, snapshot, "deadlines").columns(STANDING)
    return _all_new(bodies, deadlines, before, as_of, registered)


def _all_new(
    bodies: pa.Table, deadlines: pa.Table, before: pa.Table, as_of: date, registered: Registered
) -> Verdicts:
    return Verdicts(
        (Change("bodies", bodies, ALL), Change("deadlines", deadlines, ALL)),
        not what_stands(deadlines).equals(what_stands(before)),
        Judged(as_of, rules(registered)),
        lambda: (bodies, deadlines),
    )


def rules(registered: Registered) -> str:
    """What verdicts are made by, as a hash: the registry, the statutes and the code of this room."""
    known = (sorted(registered.approvals.items(), key=repr), registered.listed, registered.governments)
    return hashlib.sha256(f"{_code()} {known!r}".encode()).hexdigest()[:16]


@cache
def _code() -> str:
    digest = hashlib.sha256(PARSER_VERSION.encode())
    for path in sorted(Path(__file__).parent.glob("*.[py]*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def what_stands(rows: pa.Table) -> pa.Table:
    """What of verdicts is news, in one order."""
    return rows.select(STANDING).sort_by([(name, "ascending") for name in STANDING[:3]]).combine_chunks()
