"""Which announcements are new.

Invariant: of announcements that publish the same under the same title the first alone is new: a site changed
its system, or shows them twice. Of those that are not asked about no more is read than may be the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.manifest import Snapshot
from archive.dataset.query.connection import ask
from archive.dataset.selecting import StoredRows
from archive.ids import title_key
from archive.stores import Store
from archive.vocabulary import State
from parsers.values.vocabulary import DocumentKind

CHOSEN = """
WITH chosen AS (SELECT * FROM disclosures SEMI JOIN bearing USING (disclosure_id)),
held AS (
    SELECT disclosure_id, list_sort(list(DISTINCT coalesce(content, document_id))) AS contents
    FROM (SELECT disclosure_id, unnest(document_ids) AS document_id FROM chosen)
    LEFT JOIN (SELECT document_id, content FROM documents) USING (document_id)
    GROUP BY disclosure_id)
SELECT disclosure_id, site_id, region_code, title, url, first_seen, contents, state, moved_to,
       body_name, fiscal_year, document_kind
FROM chosen JOIN held USING (disclosure_id) ORDER BY first_seen, disclosure_id
"""


@dataclass(frozen=True, slots=True)
class Announced:
    """Columns of `disclosures`, with `contents`, what the documents of the announcement print."""

    disclosure_id: str
    site_id: str | None
    region_code: str | None
    title: str | None
    url: str
    first_seen: datetime
    contents: Sequence[str]
    state: State
    moved_to: str | None
    body_name: str | None
    fiscal_year: int | None
    document_kind: DocumentKind | None

    @property
    def places(self) -> tuple[tuple[str, str | None], ...]:
        """Where another announcement of the same title is the same."""
        return ("site_id", self.site_id), ("region_code", self.region_code)

    @property
    def about(self) -> tuple[object, ...]:
        """Whose documents it has, of which year and kind; None where it is not known."""
        return self.body_name, self.fiscal_year, self.document_kind


def _firsts(rows: Iterable[Announced]) -> Iterator[Announced]:
    """Those of some announcements that are new. They come in the order in which they were seen first."""
    places: set[str | None] = set()
    first: defaultdict[tuple[str, str, str], list[Announced]] = defaultdict(list)
    for row in rows:
        keys = [(scope, value, title_key(row.title)) for scope, value in row.places if value]
        before = (one for key in keys for one in first[key])
        place = row.moved_to if row.state is State.MOVED else row.disclosure_id
        if not (place in places or any(_is_same(one, row) for one in before)):
            yield row
        places.add(place)
        for key in keys:
            first[key].append(row)


def _is_same(one: Announced, other: Announced) -> bool:
    if not set(one.contents) & set(other.contents):
        return False
    return all(mine == its or None in (mine, its) for mine, its in zip(one.about, other.about, strict=True))


def announcements(store: Store, snapshot: Snapshot) -> pa.Table:
    """All announcements: the id of the alert of each, and where it stands."""
    names = ("disclosure_id", "site_id", "region_code", "moved_to")
    rows = StoredRows(store, snapshot, "disclosures").columns(names)
    return rows.append_column("alert_id", alert_ids("new", rows, "disclosure_id"))


def alert_ids(start: str, rows: pa.Table, *columns: str) -> pa.ChunkedArray:
    """Ids of alerts that name their rows by some columns."""
    return pc.binary_join_element_wise(start, *(rows.column(one).cast(pa.string()) for one in columns), ":")


def not_repeated(
    connected: Callable[[], duckdb.DuckDBPyConnection], rows: pa.Table, wanted: pa.Table
) -> Iterator[Announced]:
    """Those of the `wanted` among all announcements that are new, in the order of their first sight; with a
    connection to all tables."""
    if not len(wanted):
        return iter(())
    near = rows if len(wanted) == len(rows) else bearing(rows, wanted)
    connection = connected()
    connection.register("bearing", near.select(["disclosure_id"]))
    found = _firsts(ask(connection, Announced, CHOSEN))
    asked = {*wanted.column("disclosure_id").to_pylist()}
    return (one for one in found if one.disclosure_id in asked)


def bearing(rows: pa.Table, some: pa.Table) -> pa.Table:
    """The announcements that bear on whether `some` are new, or the other way round: of the same sites and
    regions, and those that have moved to where these are, or from there."""
    places = pa.chunked_array(
        [*some.column("disclosure_id").chunks, *some.column("moved_to").chunks], pa.string()
    )
    same = [
        pc.is_in(rows.column(name), pc.drop_null(values).combine_chunks())
        for name, values in (
            ("site_id", some.column("site_id")),
            ("region_code", some.column("region_code")),
            ("disclosure_id", places),
            ("moved_to", places),
        )
    ]
    return rows.filter(reduce(pc.or_, same))
