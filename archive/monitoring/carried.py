"""Verdicts carried over from a snapshot: only those on which something new bears are made again.

Invariant: the rows are those that `judging.judge` gives for the whole dataset, the same runs and day.

A verdict follows from the documents and announcements of its region, from the files they carry, from the
visits to the sites that announced them, from the registry and from the day. So the verdicts of a
region are made again where a row of it changed, a site of it was visited since, or a day passed that one of
its bodies was waiting for; the others stand, with as many more days late as have passed. Everything is made
again in another calendar year (there are more duties then), with another registry, or with other rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from archive.clock import CHINA
from archive.dataset.rows.crawl import DisclosureRow
from archive.dataset.rows.documents import DocumentRow
from archive.dataset.rows.monitoring import BodyRow, DeadlineRow
from archive.dataset.rows.typed import column_names, rows_of, table_of
from archive.dataset.schema import empty_table
from archive.dataset.schema.declaration import INSTANT
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import ALL, Change, Judged, Snapshot, read_as
from archive.history.runs import runs_visiting
from archive.monitoring.bodies import MonitoredDisclosure, MonitoredDocument, Registered
from archive.monitoring.judging import ids_before, judge, runs_before
from archive.stores import Store
from archive.vocabulary import DeadlineStatus
from archive.warc.captures import Run
from archive.warc.journal import read_run
from parsers import PARSER_VERSION

Regions = set[str | None]
STANDING = ("body_id", "fiscal_year", "document_kind", "status", "backdated")
"""What of a verdict is news; days that merely pass are not."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """Rows that stand above those of a snapshot, by id: None for one that is not there any more. `before` are
    those of the snapshot in their place."""

    documents: Mapping[str, DocumentRow | None] = field(default_factory=dict)
    disclosures: Mapping[str, DisclosureRow | None] = field(default_factory=dict)
    documents_before: Mapping[str, DocumentRow] = field(default_factory=dict)
    disclosures_before: Mapping[str, DisclosureRow] = field(default_factory=dict)


NOTHING_RENEWED = Renewed()


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
    before: pa.Table | None = None,
) -> Verdicts:
    """All verdicts, made without those of a snapshot; `before` are its deadlines."""
    found, verdicts = judge(documents, disclosures, runs, as_of, registered)
    bodies, deadlines = table_of(BodyRow, found), table_of(DeadlineRow, verdicts)
    return Verdicts(
        (Change("bodies", bodies, ALL), Change("deadlines", deadlines, ALL)),
        before is None or _standing(deadlines) != _standing(before),
        Judged(as_of, rules(registered)),
        lambda: (bodies, deadlines),
    )


def may_carry(snapshot: Snapshot | None, as_of: date, registered: Registered) -> bool:
    """Can the verdicts of a snapshot be carried over to a day?"""
    judged = snapshot.judged if snapshot else None
    if judged is None:
        return False
    same_year = judged.as_of <= as_of and judged.as_of.year == as_of.year
    return same_year and judged.rules == rules(registered)


def carried_over(
    store: Store,
    snapshot: Snapshot,
    runs: Collection[Run],
    as_of: date,
    registered: Registered,
    renewed: Renewed = NOTHING_RENEWED,
) -> Verdicts:
    """The verdicts as of a day, of a snapshot for which `may_carry` holds, `renewed` rows and `runs` that are
    not in the snapshot."""
    return _Carrier(store, snapshot, runs, as_of, registered, renewed).verdicts()


def standing(store: Store, snapshot: Snapshot, as_of: date, registered: Registered) -> Verdicts:
    """The verdicts on a snapshot as of a day: of its own runs and, if it is the newest, of those without
    news."""
    if may_carry(snapshot, as_of, registered):
        known = set(StoredRows(store, snapshot, "runs").columns(["run_id"]).column(0).to_pylist())
        pending = [read_run(store, one) for one in ids_before(store, snapshot) if one not in known]
        return carried_over(store, snapshot, pending, as_of, registered)
    return judged_anew(
        read_as(store, snapshot, MonitoredDocument),
        read_as(store, snapshot, MonitoredDisclosure),
        runs_before(store, snapshot),
        as_of,
        registered,
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


class _Carrier:
    def __init__(
        self,
        store: Store,
        snapshot: Snapshot,
        runs: Collection[Run],
        as_of: date,
        registered: Registered,
        renewed: Renewed,
    ) -> None:
        assert snapshot.judged is not None
        self._store, self._snapshot, self._runs, self._as_of = store, snapshot, runs, as_of
        self._since, self._registered, self._renewed = snapshot.judged.as_of, registered, renewed
        self._documents = StoredRows(store, snapshot, "documents")
        self._disclosures = StoredRows(store, snapshot, "disclosures")
        self._bodies = StoredRows(store, snapshot, "bodies")
        self._deadlines = StoredRows(store, snapshot, "deadlines")

    def verdicts(self) -> Verdicts:
        regions = self._regions()
        bodies, deadlines = self._judged(regions)
        old_bodies = self._bodies.where("region_code", regions)
        again = old_bodies.column("body_id").to_pylist()
        old = self._deadlines.where("body_id", again)
        changed_bodies, changed = _changed(old_bodies, bodies), _changed(old, deadlines)
        later = self._later(again)
        changes = (
            Change("bodies", _of(bodies, changed_bodies), frozenset(changed_bodies)),
            Change(
                "deadlines",
                pa.concat_tables([_of(deadlines, changed), later]),
                frozenset(changed | {*later.column("body_id").to_pylist()}),
            ),
        )

        def whole() -> tuple[pa.Table, pa.Table]:
            rest = _without(self._bodies.columns(self._bodies.names), again)
            stand = _without(self._deadlines.columns(self._deadlines.names), again)
            stand = _without(stand, later.column("body_id").to_pylist())
            return pa.concat_tables([rest, bodies]), pa.concat_tables([stand, later, deadlines])

        otherwise = _standing(old) != _standing(deadlines)
        return Verdicts(changes, otherwise, Judged(self._as_of, rules(self._registered)), whole)

    def _judged(self, regions: Regions) -> tuple[pa.Table, pa.Table]:
        """The bodies of some regions, and their deadlines."""
        if not regions:
            return empty_table("bodies"), empty_table("deadlines")
        documents = self._above("documents", [self._documents.where("region_code", regions, _DOCUMENT)])
        mine = documents.column("document_id").to_pylist()
        disclosures = self._above(
            "disclosures",
            [
                self._disclosures.where("region_code", regions, _DISCLOSURE),
                self._disclosures.where("document_ids", mine, _DISCLOSURE),
            ],
        )
        beside = self._documents.where("document_id", _carried(disclosures) - {*mine}, _DOCUMENT)
        documents = self._above("documents", [documents, beside])
        known = self._registered
        listed = [one for one in known.listed if one.region_code in regions]
        governments = [one for one in known.governments if one.region_code in regions]
        sites = {
            *disclosures.column("site_id").to_pylist(),
            *(one.site_id for one in (*listed, *governments)),
        }
        bodies, deadlines = judge(
            rows_of(documents, MonitoredDocument),
            rows_of(disclosures, MonitoredDisclosure),
            [*runs_visiting(self._store, self._snapshot, sites - {None}), *self._runs],
            self._as_of,
            Registered(known.approvals, listed, governments),
        )
        found = [body for body in bodies if body.region_code in regions]
        ids = {body.body_id for body in found}
        return (
            table_of(BodyRow, found),
            table_of(DeadlineRow, [one for one in deadlines if one.body_id in ids]),
        )

    def _above(self, name: str, parts: Iterable[pa.Table]) -> pa.Table:
        """Rows of the snapshot, each once, with the renewed ones in their place."""
        kind: type = MonitoredDocument if name == "documents" else MonitoredDisclosure
        renewed: Mapping[str, object] = (
            self._renewed.documents if name == "documents" else self._renewed.disclosures
        )
        key = f"{name[:-1]}_id"
        rows = pa.concat_tables(parts)
        first = _first_places(rows.column(key))
        rows = rows.take(first)
        rows = rows.filter(pc.invert(pc.is_in(rows.column(key), pa.array(sorted(renewed), pa.string()))))
        names = column_names(kind)
        schema = empty_table(name).select(names).schema
        rows_above = [row for row in renewed.values() if row is not None]
        fresh = pa.table([[getattr(row, one) for row in rows_above] for one in names], schema)
        return pa.concat_tables([rows.select(names).cast(schema), fresh])

    # -- which regions -------------------------------------------------------------------------------------

    def _regions(self) -> Regions:
        """The regions with something new."""
        renewed = self._renewed
        found: Regions = set()
        for rows in (renewed.documents, renewed.documents_before):
            found |= {row.region_code for row in rows.values() if row is not None}
        changed = [
            row
            for rows in (renewed.disclosures, renewed.disclosures_before)
            for row in rows.values()
            if row is not None
        ]
        found |= {row.region_code for row in changed}
        found |= self._of_documents({one for row in changed for one in row.document_ids or ()})
        visited = {site for run in self._runs for site in run.complete_sites}
        visited |= {gap.site_id for run in self._runs for gap in run.gaps}
        if visited:
            found |= self._of_disclosures(self._disclosures.where("site_id", visited, _PLACES))
            known = (*self._registered.listed, *self._registered.governments)
            found |= {one.region_code for one in known if one.site_id in visited}
        if self._as_of > self._since:
            found |= self._awaited()
        return found

    def _awaited(self) -> Regions:
        """The regions where a deadline passed since, or a day came that an announcement claims."""
        pending = self._deadlines.where("status", [DeadlineStatus.PENDING], ["body_id", "due_rolled"])
        passed = pc.fill_null(pc.less(pending.column("due_rolled"), pa.scalar(self._as_of)), False)
        waiting = pending.filter(passed).column("body_id").to_pylist()
        rows = self._bodies.where("body_id", waiting, ["body_id", "region_code"])
        found: Regions = {*rows.column("region_code").to_pylist()}
        seen = self._disclosures.columns([*_PLACES, "published_on", "first_seen"])
        claimed = pc.greater(seen.column("published_on"), pa.scalar(self._since))
        ended = datetime.combine(self._since + timedelta(days=1), time(), CHINA)
        first = pc.greater_equal(seen.column("first_seen"), pa.scalar(ended, INSTANT))
        came = pc.or_(pc.fill_null(claimed, False), pc.fill_null(first, False))
        return found | self._of_disclosures(seen.filter(came))

    def _of_disclosures(self, rows: pa.Table) -> Regions:
        """The regions of announcements and of what they carry."""
        return {*rows.column("region_code").to_pylist()} | self._of_documents(_carried(rows))

    def _of_documents(self, ids: Collection[str]) -> Regions:
        rows = self._documents.where("document_id", ids, ["document_id", "region_code"])
        return {*rows.column("region_code").to_pylist()}

    # -- what stands ---------------------------------------------------------------------------------------

    def _later(self, again: Collection[str]) -> pa.Table:
        """All verdicts on the other bodies that lack a document: for some days more, now."""
        days = (self._as_of - self._since).days
        if not days:
            return empty_table("deadlines")
        late = self._deadlines.where("status", [DeadlineStatus.MISSING], ["body_id"])
        bodies = {*late.column("body_id").to_pylist()}.difference(again)
        rows = self._deadlines.where("body_id", bodies)
        place = rows.schema.get_field_index("days_late")
        missing = pc.equal(rows.column("status"), DeadlineStatus.MISSING)
        before = rows.column(place)
        late = pc.if_else(missing, pc.add(before, pa.scalar(days, pa.int32())), before)
        return rows.set_column(place, rows.schema.field(place), late)


_DOCUMENT = column_names(MonitoredDocument)
_DISCLOSURE = column_names(MonitoredDisclosure)
_PLACES = ("region_code", "document_ids")


def _carried(disclosures: pa.Table) -> set[str]:
    return set(pc.list_flatten(disclosures.column("document_ids")).to_pylist())


def _without(rows: pa.Table, bodies: Collection[str]) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows.column("body_id"), pa.array(sorted(bodies), pa.string()))))


def _first_places(column: pa.ChunkedArray) -> pa.Array:
    """Where each value stands for the first time."""
    table = pa.table({"key": column, "place": pa.array(range(len(column)), pa.int64())})
    return table.group_by("key").aggregate([("place", "min")]).column("place_min").combine_chunks().sort()


def _of(rows: pa.Table, bodies: Collection[str]) -> pa.Table:
    return rows.filter(pc.is_in(rows.column("body_id"), pa.array(sorted(bodies), pa.string())))


def _changed(old: pa.Table, new: pa.Table) -> set[str]:
    """The bodies whose rows differ."""
    if old.num_rows == new.num_rows and old.equals(new):
        return set()
    sides: list[dict[str, list[tuple[object, ...]]]] = []
    for table in (old, new):
        rows: dict[str, list[tuple[object, ...]]] = {}
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            rows.setdefault(str(row[0]), []).append(row)
        sides.append({body: sorted(found, key=repr) for body, found in rows.items()})
    return {body for body in sides[0].keys() | sides[1].keys() if sides[0].get(body) != sides[1].get(body)}


def _standing(rows: pa.Table) -> set[tuple[object, ...]]:
    return set(zip(*(rows.column(name).to_pylist() for name in STANDING), strict=True))
