"""What the journals of runs say of each site: a crawl of a few sites opens no journal of a run of all.

Invariant: the index of a snapshot has a line for every site that a run of it was to visit, and for every
announcement that the run found, as they stand in its journals.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.dataset.datafiles import read_columns, reporting
from archive.dataset.index_files import IndexSchema, added
from archive.dataset.manifest import DataFile, Snapshot
from archive.dataset.schema import TABLES
from archive.stores import Store
from archive.stores.base import KEY
from archive.warc.captures import RUN, Article, VisitedSite, article_from_json, journal_key
from archive.warc.journal import article_lines, read_run

JOURNALS = IndexSchema(
    "journals",
    pa.schema([("site", pa.string()), ("run", pa.string()), ("number", pa.int32()), ("line", pa.string())]),
    repeated=("site", "run"),
    row_group=1 << 11,
    merge_bytes=8 << 20,
)
"""`site` is "" where there is none; `number` is that of an announcement in its run, from 1 on, and 0 of the
visit; `line` is JSON."""


@dataclass(slots=True)
class Said:
    """What one run says of some sites."""

    visits: list[VisitedSite] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)


def indexed(
    store: Store, base: Snapshot | None, runs: Sequence[DataFile], new: pa.Table | None
) -> tuple[DataFile, ...]:
    """The index of a snapshot with these files of runs, of which `new` rows are not in that of its base."""
    if base is not None and base.journals is None:
        return built(store, runs)
    before = base.journals or () if base else ()
    return before if new is None else added(store, JOURNALS, before, lines_of(store, _ids(new)))


def built(store: Store, runs: Iterable[DataFile]) -> tuple[DataFile, ...]:
    """The index of all runs in these files."""
    files: tuple[DataFile, ...] = ()
    for file in runs:
        for run_id in _ids(read_columns(store, TABLES["runs"], ["run_id"], file)):
            files = added(store, JOURNALS, files, lines_of(store, [run_id]))
    return files


def lines_of(store: Store, run_ids: Iterable[str]) -> pa.Table:
    """The entries of runs; none of a run whose journals are not there."""
    keys = {run_id: journal_key(run_id, RUN) for run_id in run_ids}
    there = (run_id for run_id, key in keys.items() if KEY.fullmatch(key) and store.exists(key))
    rows = [entry for run_id in there for entry in _entries(store, run_id)]
    columns = zip(*rows, strict=True) if rows else [()] * len(JOURNALS.columns)
    arrays = [pa.array(one, kind.type) for one, kind in zip(columns, JOURNALS.columns, strict=True)]
    return pa.table(arrays, schema=JOURNALS.columns)


def said_of(
    store: Store, snapshot: Snapshot, sites: Collection[str], run_ids: Collection[str]
) -> dict[str, Said]:
    """What runs say of sites ("": of none), by run_id."""
    files = [file.key for file in snapshot.journals or ()]
    found: defaultdict[str, Said] = defaultdict(Said)
    if not files:
        return found
    with reporting(f"the index of journals in {store.uri}"):
        rows = pq.read_table(
            files,
            schema=JOURNALS.columns,
            filesystem=store.open_arrow_filesystem(),
            filters=pc.field("site").isin([*sites]) & pc.field("run").isin([*run_ids]),
            use_threads=False,
        )
    places: set[tuple[str, int, str]] = set()
    for row in rows.sort_by([("run", "ascending"), ("number", "ascending")]).to_pylist():
        place = row["run"], row["number"], row["site"]
        if place in places:
            continue  # a run that was added again
        places.add(place)
        if row["number"]:
            found[row["run"]].articles.append(article_from_json(row["line"]))
        else:
            found[row["run"]].visits.append(VisitedSite(**json.loads(row["line"])))
    return found


def _entries(store: Store, run_id: str) -> Iterator[tuple[str, str, int, str]]:
    for visit in read_run(store, run_id).sites:
        yield visit.site_id, run_id, 0, json.dumps(asdict(visit), ensure_ascii=False)
    for number, line in enumerate(article_lines(store, run_id), 1):
        yield json.loads(line)["site_id"] or "", run_id, number, line


def _ids(runs: pa.Table) -> list[str]:
    found: list[str] = runs.column("run_id").to_pylist()
    return found
