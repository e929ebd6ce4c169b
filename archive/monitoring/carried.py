"""Verdicts carried over from a snapshot: only those on which something new bears are made again.

Invariant: the rows are those that `judging.judge` gives for the whole dataset, the same runs and day.

A verdict follows from the documents and announcements of its region, from the files they carry, from the
visits to the sites that announced them, from the registry and from the day. So the verdicts of a
region are made again where a row of it changed, a site of it was visited since, or a day passed that one of
its bodies was waiting for, and those of a province of which the registry says something else; the others
stand, with as many more days late as have passed. Everything is made again in another calendar year, when
there are more duties, or with other rules.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from archive import CHINA
from archive.dataset.schema import empty_table
from archive.dataset.schema.declaration import INSTANT
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import Change, Snapshot
from archive.monitoring.anew import (
    NOTHING_RENEWED,
    RegionJudge,
    Regions,
    Renewed,
    Verdicts,
    documents_of,
    judged_as,
    judged_by_region,
    province_of,
    what_stands,
)
from archive.monitoring.bodies import Registered
from archive.monitoring.judging import without_news
from archive.stores import Store
from archive.vocabulary import DeadlineStatus
from archive.warc.captures import Run


def may_carry(snapshot: Snapshot | None, as_of: date, registered: Registered) -> bool:
    """Can the verdicts of a snapshot be carried over to a day?"""
    judged = snapshot.judged if snapshot else None
    if judged is None:
        return False
    same_year = judged.as_of <= as_of and judged.as_of.year == as_of.year
    return same_year and judged.rules == judged_as(as_of, registered).rules


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


def standing(
    store: Store, snapshot: Snapshot, as_of: date, registered: Registered, within: tuple[str, ...] = ("",)
) -> Verdicts:
    """The verdicts on a snapshot as of a day: of its own runs and, if it is the newest, of those without
    news. Those of other regions than `within`, the beginnings of their codes, may be left out, or be those
    of the snapshot."""
    runs = without_news(store, snapshot)
    if may_carry(snapshot, as_of, registered):
        return _Carrier(store, snapshot, runs, as_of, registered, NOTHING_RENEWED, within).verdicts()
    return judged_by_region(store, snapshot, runs, as_of, registered, within=within)


class _Carrier:
    def __init__(
        self,
        store: Store,
        snapshot: Snapshot,
        runs: Collection[Run],
        as_of: date,
        registered: Registered,
        renewed: Renewed,
        within: tuple[str, ...] = ("",),
    ) -> None:
        assert snapshot.judged is not None
        self._runs, self._as_of, self._within = runs, as_of, within
        self._before, self._registered, self._renewed = snapshot.judged, registered, renewed
        self._since, self._now = snapshot.judged.as_of, judged_as(as_of, registered)
        self._documents = StoredRows(store, snapshot, "documents")
        self._disclosures = StoredRows(store, snapshot, "disclosures")
        self._bodies = StoredRows(store, snapshot, "bodies")
        self._deadlines = StoredRows(store, snapshot, "deadlines")
        self._judge = RegionJudge(store, snapshot, runs, as_of, registered, renewed)

    def verdicts(self) -> Verdicts:
        regions = {one for one in self._regions() if (one or "").startswith(self._within)}
        bodies, deadlines = self._judge.of(regions)
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

        otherwise = not what_stands(old).equals(what_stands(deadlines))
        return Verdicts(changes, otherwise, self._now, whole)

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
        return found | self._registered_otherwise()

    def _registered_otherwise(self) -> Regions:
        """The regions of provinces of which the registry says something else."""
        changed = {province for province, _ in {*self._before.registry} ^ {*self._now.registry}}
        if not changed:
            return set()
        codes = self._bodies.columns(["region_code"]).column(0)
        known = (*self._registered.listed, *self._registered.governments)
        there: Regions = {*pc.unique(codes).to_pylist(), *(one.region_code for one in known)}
        return {one for one in there if province_of(one) in changed}

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
        return {*rows.column("region_code").to_pylist()} | self._of_documents(documents_of(rows))

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


_PLACES = ("region_code", "document_ids")


def _without(rows: pa.Table, bodies: Collection[str]) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows.column("body_id"), pa.array(sorted(bodies), pa.string()))))


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
