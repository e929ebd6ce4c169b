"""Verdicts on all bodies and deadlines, made from the rows of a dataset alone, and what made them.

Invariant: how they differ from those of a snapshot is said with them; `carried` gives the same for less.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.rows.crawl import DisclosureRow
from archive.dataset.rows.documents import DocumentRow
from archive.dataset.rows.monitoring import BodyRow, DeadlineRow
from archive.dataset.rows.typed import column_names, rows_of, table_name, table_of
from archive.dataset.schema import TABLES, empty_table
from archive.dataset.selecting import StoredRows, Wanted
from archive.dataset.snapshots import ALL, Change, Judged, Snapshot
from archive.history.runs import runs_visiting
from archive.monitoring.bodies import MonitoredDisclosure, MonitoredDocument, Registered
from archive.monitoring.judging import VisitsBySite, judge
from archive.stores import Store
from archive.warc.captures import Run
from parsers import PARSER_VERSION

STANDING = ("body_id", "fiscal_year", "document_kind", "status", "backdated")
"""What of a verdict is news; days that merely pass are not."""
AT_ONCE = 10_000
"""Documents after which a province is divided: with them, their announcements and verdicts are in memory."""
_DOCUMENT = column_names(MonitoredDocument)
_DISCLOSURE = column_names(MonitoredDisclosure)
Regions = set[str | None]


def province_of(region_code: str | None) -> str:
    """The digits of a region code that say the province; "" of none."""
    return (region_code or "")[:2]


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


class RegionJudge:
    """Judges the bodies of some regions as `judge` does those of all: nothing else bears on them. `renewed`
    rows and `runs` are not in the snapshot."""

    def __init__(
        self,
        store: Store,
        snapshot: Snapshot | None,
        runs: Iterable[Run],
        as_of: date,
        registered: Registered,
        renewed: Renewed,
    ) -> None:
        self._store, self._snapshot, self._runs = store, snapshot, VisitsBySite(runs)
        self._as_of, self._registered, self._renewed = as_of, registered, renewed
        self._documents = StoredRows(store, snapshot, "documents")
        self._disclosures = StoredRows(store, snapshot, "disclosures")

    @property
    def all(self) -> Regions:
        """The regions that have a document or an announcement, or where something is registered."""
        known = (*self._registered.listed, *self._registered.governments)
        announced = self._disclosures.columns(["region_code"]).column(0)
        found = {*self._counts, *pc.unique(announced).to_pylist(), *(one.region_code for one in known)}
        renewed = (*self._renewed.documents.values(), *self._renewed.disclosures.values())
        return found | {row.region_code for row in renewed if row is not None}

    def of(self, regions: Regions) -> tuple[pa.Table, pa.Table]:
        """The rows of `bodies` and `deadlines` of some regions."""
        if not regions:
            return empty_table("bodies"), empty_table("deadlines")
        parts: list[Regions] = [set()]
        room, last = AT_ONCE, ""
        for code in sorted(regions, key=lambda one: one or ""):
            room -= self._counts.get(code, 0)
            if parts[-1] and (room < 0 or province_of(code) != last):
                parts.append(set())
                room = AT_ONCE - self._counts.get(code, 0)
            parts[-1].add(code)
            last = province_of(code)
        bodies, deadlines = zip(*map(self._of_part, parts), strict=True)
        return pa.concat_tables(bodies), pa.concat_tables(deadlines)

    # One part at a time: its documents, the announcements that carry them or are of its regions, and whatever
    # else these carry.
    def _of_part(self, regions: Regions) -> tuple[pa.Table, pa.Table]:
        here = pa.array(list(regions), pa.string())
        documents = self._above(MonitoredDocument, [self._documents.where("region_code", regions, _DOCUMENT)])
        documents = documents.filter(pc.is_in(documents.column("region_code"), here))
        mine = documents.column("document_id").combine_chunks()
        stored = self._disclosures.where("region_code", regions, _DISCLOSURE)
        others = {*self._carrying(mine)}.difference(stored.column("disclosure_id").to_pylist())
        disclosures = self._above(
            MonitoredDisclosure, [stored, self._disclosures.where("disclosure_id", others, _DISCLOSURE)]
        )
        near = pc.or_(pc.is_in(disclosures.column("region_code"), here), holding(disclosures, mine))
        disclosures = disclosures.filter(near)
        shown = documents_of(disclosures)
        beside = self._documents.where("document_id", shown.difference(mine.to_pylist()), _DOCUMENT)
        beside = self._above(MonitoredDocument, [beside])
        beside = beside.filter(pc.is_in(beside.column("document_id"), pa.array(sorted(shown), pa.string())))
        listed, governments = (
            [one for one in known if one.region_code in regions]
            for known in (self._registered.listed, self._registered.governments)
        )
        sites = {*disclosures.column("site_id").to_pylist()}
        sites |= {one.site_id for one in (*listed, *governments)}
        bodies, deadlines = judge(
            rows_of(_each_once(pa.concat_tables([documents, beside]), "document_id"), MonitoredDocument),
            rows_of(disclosures, MonitoredDisclosure),
            self._visits(sites - {None}),
            self._as_of,
            Registered(self._registered.approvals, listed, governments),
        )
        found = [body for body in bodies if body.region_code in regions]
        ids = {body.body_id for body in found}
        verdicts = [one for one in deadlines if one.body_id in ids]
        return table_of(BodyRow, found), table_of(DeadlineRow, verdicts)

    @cached_property
    def _counts(self) -> dict[str | None, int]:
        """The number of stored documents of each region."""
        codes = self._documents.columns(["region_code"]).column(0)
        return {one["values"]: one["counts"] for one in pc.value_counts(codes).to_pylist()}

    @cached_property
    def _carriers(self) -> pa.Table:
        """The documents that all stored announcements carry: what lies in another region is rarely asked for,
        and looked for once."""
        return self._disclosures.columns(["disclosure_id", "document_ids"])

    def _carrying(self, documents: pa.Array) -> list[str]:
        rows = self._carriers.filter(holding(self._carriers, documents))
        found: list[str] = rows.column("disclosure_id").to_pylist()
        return found

    def _visits(self, sites: set[str]) -> list[Run]:
        stored = runs_visiting(self._store, self._snapshot, sites) if self._snapshot else []
        return [*stored, *self._runs.to(sites)]

    def _above(self, kind: type, parts: Iterable[pa.Table]) -> pa.Table:
        """Rows of the snapshot, each once, with the renewed ones in their place; the columns of `kind`."""
        name, names = table_name(kind), column_names(kind)
        renewed: Mapping[str, object] = getattr(self._renewed, name)
        key, schema = TABLES[name].replace_key, empty_table(name).select(names).schema
        rows = _each_once(pa.concat_tables(parts), key)
        rows = rows.filter(pc.invert(pc.is_in(rows.column(key), pa.array(sorted(renewed), pa.string()))))
        above = [row for row in renewed.values() if row is not None]
        fresh = pa.table([[getattr(row, one) for row in above] for one in names], schema)
        return pa.concat_tables([rows.select(names).cast(schema), fresh])


def documents_of(disclosures: pa.Table) -> set[str]:
    """The documents that announcements carry."""
    return set(pc.list_flatten(disclosures.column("document_ids")).to_pylist())


def holding(disclosures: pa.Table, documents: pa.Array) -> pa.Array:
    """Which announcements carry one of these documents."""
    return pa.array(Wanted(documents.to_pylist()).mask(disclosures.column("document_ids")))


def _each_once(rows: pa.Table, key: str) -> pa.Table:
    """The first row of each key."""
    values = rows.column(key).combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return rows.take(pa.array(np.sort(np.unique(values, return_index=True)[1])))


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


def judged_by_region(
    store: Store,
    snapshot: Snapshot | None,
    runs: Collection[Run],
    as_of: date,
    registered: Registered,
    renewed: Renewed = NOTHING_RENEWED,
    within: tuple[str, ...] = ("",),
) -> Verdicts:
    """The same of a snapshot, `renewed` rows and `runs` that are not in the snapshot, with no more at a time
    in memory than a part of a province needs; of the regions whose codes begin so alone."""
    regions = RegionJudge(store, snapshot, runs, as_of, registered, renewed)
    bodies, deadlines = regions.of({one for one in regions.all if (one or "").startswith(within)})
    before = StoredRows(store, snapshot, "deadlines").columns(STANDING)
    return _all_new(bodies, deadlines, before, as_of, registered)


def _all_new(
    bodies: pa.Table, deadlines: pa.Table, before: pa.Table, as_of: date, registered: Registered
) -> Verdicts:
    return Verdicts(
        (Change("bodies", bodies, ALL), Change("deadlines", deadlines, ALL)),
        not what_stands(deadlines).equals(what_stands(before)),
        judged_as(as_of, registered),
        lambda: (bodies, deadlines),
    )


def judged_as(as_of: date, registered: Registered) -> Judged:
    """What verdicts as of a day are made by, as hashes: the statutes and the code of this room, and what is
    registered in each province."""
    known: dict[str, list[object]] = defaultdict(list)
    for place, days in sorted(registered.approvals.items(), key=repr):
        known[province_of(place[0])].append((place, sorted(days.items())))
    for kind, listed in (("body", registered.listed), ("government", registered.governments)):
        for one in listed:
            known[province_of(one.region_code)].append((kind, one))
    hashes = {one: hashlib.sha256(repr(found).encode()).hexdigest()[:16] for one, found in known.items()}
    return Judged(as_of, _code(), tuple(sorted(hashes.items())))


@cache
def _code() -> str:
    digest = hashlib.sha256(PARSER_VERSION.encode())
    for path in sorted(Path(__file__).parent.glob("*.[py]*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def what_stands(rows: pa.Table) -> pa.Table:
    """What of verdicts is news, in one order."""
    return rows.select(STANDING).sort_by([(name, "ascending") for name in STANDING[:3]]).combine_chunks()
