"""What an ingest reads and commits at once: the pending runs, or a part of the dataset that is read again.

Invariant: each announcement, and each file handed over, is of one part, so that each document is read in one
of them: with the announcement that showed it first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow.compute as pc

from archive.dataset.rows.typed import column_names, row_of, rows_of
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import Snapshot
from archive.ingest.disclosures import Documents
from archive.ingest.planning import Selection, is_old, read_again
from archive.ingest.sightings import Seen
from archive.ingest.sights import KnownOf, Sights
from archive.monitoring.anew import province_of
from archive.stores import Store

AT_ONCE = 4000
"""Announcements after which a province is divided: their rows are in memory until they are committed."""
HANDED_OVER = "files"


@dataclass(frozen=True, slots=True)
class Portion:
    """Sites of one province, by id (None: files that no site gave)."""

    province: str
    sites: frozenset[str | None]


@row_of("sites")
@dataclass(frozen=True, slots=True)
class _Placed:
    site_id: str
    region_code: str | None


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is to be read: the runs in `turns`, each with whether it is gone through again, of which those in
    `seen` bring rows; what to choose of them, and whether the whole dataset is gone through."""

    seen: Sequence[Seen]
    turns: Sequence[tuple[Seen, bool]]
    known_of: KnownOf
    selection: Callable[[], Selection]
    thorough: bool


def of_pending(
    pending: Sequence[str], sights: Sights, documents: Documents, reparse: bool, whole: bool, thorough: bool
) -> Agenda:
    """What pending runs saw. Before a `reparse`, of the `whole` or of some sites, nothing is read with them
    for no other reason than that the parsers are others."""
    seen, stated, known_of = sights.of_pending(pending)
    anew = (lambda row: False) if reparse else is_old
    again = set[str]()
    if not (reparse and whole):
        again = read_again(seen, stated, documents, sights.captures.first_runs, anew)
    thorough = thorough or bool(again)
    if thorough:
        documents.load_all()
    else:
        documents.load(sighting.location.sha256 for run in seen for sighting in run.sightings())
    earlier = sights.of_all() if again else []
    runs = sorted([*earlier, *seen], key=lambda one: one.run.run_id)
    turns = [(run, bool(earlier) and run.run.run_id in sights.known) for run in runs]
    return Agenda(seen, turns, known_of, partial(Selection, documents, stated, again, anew), thorough)


def of_part(
    part: Portion,
    store: Store,
    base: Snapshot | None,
    sights: Sights,
    documents: Documents,
    read: Iterable[str],
) -> Agenda:
    """What the runs of the dataset saw of the sites of a part; what was `read` just now is not read again."""
    shown = partial(shown_by, store, base, part.sites, documents)
    around, seen, stated, known_of = sights.of_sites(part.sites, shown)
    documents.load(sighting.location.sha256 for run in around for sighting in run.sightings())
    own = {group for run in seen for group, _ in run.groups()}
    selection = partial(Selection, documents, stated, (), lambda row: True, own, read)
    return Agenda(seen, [(run, False) for run in around], known_of, selection, thorough=False)


def parts_of(store: Store, base: Snapshot | None, chosen: Collection[str] | None = None) -> list[Portion]:
    """All sites of a snapshot and the files handed over; of chosen sites, by id, these alone."""
    announced = StoredRows(store, base, "disclosures").columns(["site_id"]).column(0)
    count: dict[str | None, int] = {
        one["values"]: one["counts"] for one in pc.value_counts(announced).to_pylist()
    }
    stored = rows_of(StoredRows(store, base, "sites").columns(column_names(_Placed)), _Placed)
    province: dict[str | None, str] = dict.fromkeys(count, "")
    province |= {site.site_id: province_of(site.region_code) for site in stored}
    province[None] = HANDED_OVER
    wanted = province.keys() if chosen is None else province.keys() & set(chosen)
    parts: list[list[str | None]] = []
    room, last = 0, None
    for site in sorted(wanted, key=lambda one: (province[one], one or "")):
        room -= count.get(site, 0)
        if province[site] != last or room < 0:
            parts.append([])
            room, last = AT_ONCE - count.get(site, 0), province[site]
        parts[-1].append(site)
    return [Portion(province[part[0]], frozenset(part)) for part in parts]


def shown_by(
    store: Store,
    base: Snapshot | None,
    sites: Collection[str | None],
    documents: Documents,
    handed_over: Collection[str],
) -> tuple[set[str], set[str | None]]:
    """The documents that some sites announced at any time, or that were handed over, with the containers they
    are in; and the sites that announce any of these."""
    disclosures, versions = (StoredRows(store, base, name) for name in ("disclosures", "versions"))
    rows = disclosures.where("site_id", sites, ["disclosure_id", "document_ids"])
    earlier = versions.where("disclosure_id", rows.column("disclosure_id").to_pylist(), ["document_id"])
    shown = {*pc.list_flatten(rows.column("document_ids")).to_pylist(), *handed_over}
    shown |= {*earlier.column(0).to_pylist()} - {None}
    documents.load(shown)
    shown |= {one for identity in shown for one in documents.containers(identity)}
    announcing = versions.where("document_id", shown, ["disclosure_id"])
    places = disclosures.where("disclosure_id", announcing.column(0).to_pylist(), ["site_id"])
    return shown, {*places.column(0).to_pylist()}
