"""Which bytes an address of an announcement led to over time, and which of them count.

Invariant: every version ever seen stays a row and a document; at most one of the versions of an address is in
force. Rows do not depend on the order in which runs are ingested.

A version is superseded when a later sight of its announcement shows another in its place: at the same
address, or, where the files were uploaded anew, one of the same body, year and kind; so it is where the
announcement has moved and shows other bytes there. What was taken down and not replaced stays in force: it is
the last that was published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from archive.dataset.rows.documents import VersionRow
from archive.ids import disclosure_id, normalised_url
from archive.ingest.disclosures import Documents
from archive.ingest.sightings import Seen
from archive.ingest.takedown import first_sight, last_sight

Key = tuple[str, str, str]
HEADLINE = ("body_name", "fiscal_year", "document_kind", "media_type")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A later version in the place of an earlier one. The two addresses differ if it was uploaded anew, and
    the announcements, if it moved (`moved_from`)."""

    disclosure_id: str
    old_url: str
    url: str
    old: str
    new: str
    seen_at: datetime
    moved_from: str | None = None

    @property
    def old_place(self) -> tuple[str, str]:
        """The announcement and the address where the earlier one was."""
        return self.moved_from or self.disclosure_id, self.old_url


def version_rows(
    rows: Iterable[VersionRow], seen: Iterable[Seen], documents: Documents
) -> dict[Key, VersionRow]:
    """Rows of `versions` by primary key: those of before, with what the runs saw."""
    current = {_key(row): row for row in rows if row.document_id in documents.rows}
    for run in seen:
        for announced in run.announcements:
            moment = announced.capture.fetched_at if announced.capture else run.run.started_at
            for sighting in announced.sightings:
                identity = documents.resolve(sighting.location.sha256)
                if identity not in documents.rows:
                    continue
                row = VersionRow(
                    disclosure_id=disclosure_id(announced.article.url),
                    url=normalised_url(sighting.url),
                    document_id=identity,
                    first_seen=moment,
                    last_seen=moment,
                )
                before = current.get(_key(row), row)
                current[_key(row)] = replace(
                    row,
                    first_seen=min(first_sight(before), moment),
                    last_seen=max(last_sight(before), moment),
                )
    return current


def replacements(
    versions: Iterable[VersionRow], documents: Documents, moves: Mapping[str, str]
) -> list[Replacement]:
    """Every earlier version with the one that took its place, by announcement, address and time. `moves` say
    which announcement stands for another one now, by disclosure_id."""
    announced: defaultdict[str, list[VersionRow]] = defaultdict(list)
    for row in versions:
        announced[row.disclosure_id].append(row)
    found: list[Replacement] = []
    for _, rows in sorted(announced.items()):
        found += [*_overwritten(rows), *_uploaded_anew(rows, documents)]
    for old, new in sorted(moves.items()):
        found += _moved(announced[old], announced[new], documents)
    return found


def superseded(
    versions: Iterable[VersionRow], replaced: Iterable[Replacement], documents: Documents
) -> dict[str, str]:
    """The documents that no longer count, with the one that does; the members of a container go with it. A
    document that is in force at any address counts."""
    rows = sorted(versions, key=_recency)
    current = {_place(row): row.document_id for row in rows}
    anew = {one.old_place: (one.disclosure_id, one.url) for one in replaced
            if one.old_place != (one.disclosure_id, one.url)}  # fmt: skip
    in_force = {identity for place, identity in current.items() if place not in anew}
    alive = {member for identity in in_force for member in documents.with_members(identity)}
    found = {}
    for row in rows:
        place = _place(row)
        while place in anew:  # it ends: what was uploaded anew is younger than what it replaces
            place = anew[place]
        for member in documents.with_members(row.document_id):
            if member not in alive:
                found[member] = current[place]
    return found


def _overwritten(rows: Sequence[VersionRow]) -> Iterator[Replacement]:
    """Other bytes at the same address; also old ones that came back."""
    for url in sorted({row.url for row in rows}):
        versions = sorted((row for row in rows if row.url == url), key=_order)
        for old, new in pairwise(versions):
            yield _replacement(old, new, first_sight(new))
        last = max(versions, key=_recency)
        if last is not versions[-1]:
            yield _replacement(versions[-1], last, last_sight(last))


def _uploaded_anew(rows: Sequence[VersionRow], documents: Documents) -> Iterator[Replacement]:
    """What the last visit did not show any more, with what it showed instead for the first time."""
    last_visit = max(map(last_sight, rows))
    current = {row.url: row for row in sorted(rows, key=_recency)}
    shown = {row.document_id for row in current.values() if row.last_seen == last_visit}
    for _, old in sorted(current.items()):
        if old.last_seen == last_visit or old.document_id in shown:
            continue
        news = (new for new in current.values() if first_sight(new) > last_sight(old))
        alike = [new for new in news if _same_headline(old, new, documents)]
        if alike:
            new = min(alike, key=_order)
            yield _replacement(old, new, first_sight(new))


def _moved(
    before: Sequence[VersionRow], after: Sequence[VersionRow], documents: Documents
) -> Iterator[Replacement]:
    """What an announcement showed last, with what it shows in its place at its new address; nothing for what
    is the same there."""
    shown = {row.document_id for row in after}
    latest = {row.url: row for row in sorted(before, key=_recency)}
    for _, old in sorted(latest.items()):
        alike = [new for new in after if _same_headline(old, new, documents, HEADLINE[:-1])]
        if old.document_id in shown or not alike:
            continue
        new = min(alike, key=lambda row: (not _same_headline(old, row, documents), _order(row)))
        yield replace(_replacement(old, new, first_sight(new)), moved_from=old.disclosure_id)


def _replacement(old: VersionRow, new: VersionRow, moment: datetime) -> Replacement:
    return Replacement(new.disclosure_id, old.url, new.url, old.document_id, new.document_id, moment)


def _same_headline(
    one: VersionRow, other: VersionRow, documents: Documents, names: Sequence[str] = HEADLINE
) -> bool:
    rows = [documents.rows[row.document_id] for row in (one, other)]
    return all(getattr(rows[0], name) == getattr(rows[1], name) for name in names)


def _key(row: VersionRow) -> Key:
    return row.disclosure_id, row.url, row.document_id


def _place(row: VersionRow) -> tuple[str, str]:
    return row.disclosure_id, row.url


def _order(row: VersionRow) -> tuple[datetime, datetime, str]:
    return first_sight(row), last_sight(row), row.document_id


def _recency(row: VersionRow) -> tuple[datetime, datetime, str]:
    return last_sight(row), first_sight(row), row.document_id
