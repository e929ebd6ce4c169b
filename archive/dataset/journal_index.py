"""What the journals of runs say of each site: a crawl of a few sites opens no journal of a run of all.

Invariant: the index of a snapshot has a line for every site that a run of it was to visit, and for every
announcement that the run found, as they stand in its journals.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.dataset.datafiles import reporting
from archive.dataset.index_files import IndexSchema
from archive.dataset.manifest import Snapshot
from archive.stores import Store
from archive.stores.base import KEY
from archive.warc.captures import RUN, Article, VisitedSite, article_from_json, journal_key
from archive.warc.journal import article_lines, read_run

_COLUMNS = pa.schema(
    [("site", pa.string()), ("run", pa.string()), ("number", pa.int32()), ("line", pa.string())]
)


@dataclass(slots=True)
class Said:
    """What one run says of some sites."""

    visits: list[VisitedSite] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)


def lines_of(store: Store, runs: pa.Table) -> pa.Table:
    """The entries of rows of runs, sorted; none of a run whose journals are not there."""
    keys = {run_id: journal_key(run_id, RUN) for run_id in runs.column("run_id").to_pylist()}
    there = (run_id for run_id, key in keys.items() if KEY.fullmatch(key) and store.exists(key))
    rows = [entry for run_id in there for entry in _entries(store, run_id)]
    columns = zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)
    arrays = [pa.array(one, kind.type) for one, kind in zip(columns, _COLUMNS, strict=True)]
    return JOURNALS.sorted(pa.table(arrays, schema=_COLUMNS))


JOURNALS = IndexSchema(
    "journals",
    table="runs",
    takes=("run_id",),
    entries=lines_of,
    at_once=1,
    columns=_COLUMNS,
    repeated=("site", "run"),
    row_group=1 << 11,
    merge_bytes=8 << 20,
)
"""`site` is "" where there is none; `number` is that of an announcement in its run, from 1 on, and 0 of the
visit; `line` is JSON."""


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
            schema=_COLUMNS,
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
