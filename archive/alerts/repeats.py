"""Announcements that are not new though their address is: a site changed its system, or shows them twice.

Invariant: of announcements that publish the same under the same title, the first alone is new; and one that
another moved to is that other one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.ids import title_key
from archive.vocabulary import State
from parsers.values.vocabulary import DocumentKind


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


def not_repeated(rows: Iterable[Announced]) -> Iterator[Announced]:
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
