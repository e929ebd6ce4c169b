"""Announcements that are not new though their address is: a site changed its system, or shows them twice.

Invariant: of announcements that publish the same under the same title, the first alone is new; and one that
another moved to is that other one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.ids import title_key

Row = Mapping[str, Any]

_ABOUT = ("body_name", "fiscal_year", "document_kind")


def not_repeated(rows: Iterable[Row]) -> Iterator[Row]:
    """Those of some announcements that are new, of the columns of `disclosures` with `contents`, what their
    documents print. They come in the order in which they were seen first."""
    places: set[str] = set()
    first: defaultdict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        keys = [
            (scope, row[scope], title_key(row["title"])) for scope in ("site_id", "region_code") if row[scope]
        ]
        before = (one for key in keys for one in first[key])
        place = row["moved_to"] if row["state"] == "moved" else row["disclosure_id"]
        if not (place in places or any(_is_same(one, row) for one in before)):
            yield row
        places.add(place)
        for key in keys:
            first[key].append(row)


def _is_same(one: Row, other: Row) -> bool:
    if not set(one["contents"]) & set(other["contents"]):
        return False
    return all(one[name] == other[name] or None in (one[name], other[name]) for name in _ABOUT)
