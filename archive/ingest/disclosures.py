"""Announcements over time: what all runs saw of an article, as one row.

Invariant: a row does not depend on the order in which runs are ingested: first and last sight are the
earliest and the latest, and the attributes are those of the latest. What was seen once stays on record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from archive.dataset.rows.crawl import DisclosureRow
from archive.dataset.rows.documents import DocumentRow
from archive.dataset.rows.typed import column_names
from archive.dataset.selecting import StoredRows
from archive.history.stored import LazyRows
from archive.ids import disclosure_id
from archive.ingest.sightings import Announcement, Lost, Seen
from archive.ingest.takedown import bare_visits, first_sight, last_sight, state_of_bare
from archive.monitoring.naming import Named, bare_name, is_of_another, plain
from archive.rendering.redaction import redacted
from archive.vocabulary import GONE, PRESENT, State
from archive.warc.captures import Article
from parsers.values.media import HTML
from parsers.values.vocabulary import Act

_COLUMNS = tuple(column_names(DisclosureRow))
FROM_DOCUMENTS = ("body_name", "fiscal_year", "document_kind")


class Documents:
    """The documents of the dataset by id, with the members of containers. Those that are `stored` are read
    when they are asked for."""

    def __init__(self, rows: Iterable[DocumentRow] = (), stored: StoredRows | None = None) -> None:
        self._lazy = LazyRows(stored, DocumentRow, "document_id") if stored else None
        self.rows: MutableMapping[str, DocumentRow] = {} if self._lazy is None else self._lazy
        self._members: dict[str, set[str]] = defaultdict(set)
        self._asked: set[str] = set()
        self._same: dict[str, str] = {}
        for row in rows:
            self.add(row)

    def load(self, identities: Iterable[str]) -> None:
        """Read these documents together, with the containers they are in and what is in them."""
        if self._lazy is None:
            return
        found = set(identities)
        self._lazy.load(found)
        while found:
            self._ask_members(found)
            inside = {one for identity in found for one in self._members[identity]}
            around = {row.parent_id for one in found if (row := self.rows.get(one)) and row.parent_id}
            self._lazy.load(around)
            found = (inside | around) - self._asked

    def load_all(self) -> None:
        """Read all documents."""
        if self._lazy is not None:
            self._lazy.load_all()
            for row in list(self.rows.values()):
                if row.parent_id:
                    self._members[row.parent_id].add(row.document_id)
            self._asked.update(self.rows)

    def load_content(self, contents: Iterable[str]) -> set[str]:
        """Read the documents that print the same as others, by `content`; their ids."""
        return self._lazy.load_where("content", contents) if self._lazy is not None else set(self.rows)

    def before(self, identity: str) -> DocumentRow | None:
        """The row of a document before this ingest."""
        return self._lazy.before(identity) if self._lazy is not None else None

    def __contains__(self, identity: object) -> bool:
        """Was this a document before this ingest?"""
        return isinstance(identity, str) and self.before(identity) is not None

    def containers(self, identity: str) -> set[str]:
        """The containers a document is in, one in another."""
        found: set[str] = set()
        row = self.rows.get(identity)
        while row and (parent := row.parent_id) and parent not in found:
            found.add(parent)
            row = self.rows.get(parent)
        return found

    def add(self, row: DocumentRow) -> None:
        """Learn a document, or its new row."""
        self.rows[row.document_id] = row
        if row.parent_id:
            self._members[row.parent_id].add(row.document_id)

    def _ask_members(self, identities: Iterable[str]) -> None:
        new = set(identities) - self._asked
        self._asked |= new
        if self._lazy is not None and new:
            for member in self._lazy.load_where("parent_id", new):
                inside = self._lazy.before(member)
                if inside and inside.parent_id:
                    self._members[inside.parent_id].add(member)

    def take_for(self, document_id: str, same: str) -> None:
        """Count these bytes as another sight of a document that says the same."""
        self._same[document_id] = same

    def resolve(self, document_id: str) -> str:
        """The document that these bytes count as."""
        return self._same.get(document_id, document_id)

    def with_members(self, document_id: str) -> list[str]:
        """A document and all that is in it; nothing if it is not in the dataset."""
        found: list[str] = []
        waiting = [self.resolve(document_id)]
        while waiting:
            identity = waiting.pop()
            if identity in self.rows and identity not in found:
                found.append(identity)
                self._ask_members([identity])
                waiting += sorted(self._members[identity], reverse=True)
        return found

    def files(self, identities: Iterable[str]) -> set[str]:
        """What is in those that are files, not pages (a page changes with its menus and counters): what the
        tables print, so that a file exported anew is the same."""
        rows = (self.rows[found] for found in identities)
        return {row.content or row.document_id for row in rows if row.media_type != HTML}

    def editions(self, identities: Iterable[str]) -> set[tuple[str, ...]]:
        """What these documents publish: of whom and of which year the tables are, and what they print; pages
        are among them."""
        rows = (self.rows[found] for found in identities if found in self.rows)
        return {
            (row.content, *(str(getattr(row, name)) for name in FROM_DOCUMENTS)) if row.content
            else (row.document_id,)
            for row in rows
        }  # fmt: skip

    def drop(self, identity: str) -> None:
        """Forget a document."""
        del self.rows[identity]


class Announcements(MutableMapping[str, DisclosureRow]):
    """Rows of `disclosures` by id, as they are after some runs. Those of before are taken as they are asked
    for; only those that were taken are gone through."""

    def __init__(self, before: LazyRows[DisclosureRow], documents: Documents) -> None:
        self.before, self._documents = before, documents
        self._rows: dict[str, DisclosureRow] = {}

    def load(self, identities: Iterable[str]) -> None:
        """Take those of these that there are."""
        wanted = set(identities)
        self.before.load(wanted)
        rows = [row for one in wanted - self._rows.keys() if (row := self.before.before(one))]
        self._documents.load(document for row in rows for document in row.document_ids or ())
        for identity in wanted:
            self.get(identity)

    def load_where(self, column: str, values: Iterable[str | None]) -> set[str]:
        """Take those that had one of these values in a column; their ids."""
        found = self.before.load_where(column, values)
        self.load(found)
        return found

    def load_all(self) -> None:
        """Take all."""
        self.before.load_all()
        self.load(list(self.before))

    def altered(self) -> dict[str, DisclosureRow]:
        """Those that differ from before, in order of id."""
        return {one: row for one, row in sorted(self._rows.items()) if self.before.get(one) != row}

    def __getitem__(self, identity: str) -> DisclosureRow:
        if identity not in self._rows:
            row = self.before[identity]
            self._documents.load(row.document_ids or ())
            self._rows[identity] = _kept(row, self._documents)
        return self._rows[identity]

    def __setitem__(self, identity: str, row: DisclosureRow) -> None:
        self._rows[identity] = row

    def __delitem__(self, identity: str) -> None:
        raise TypeError("what was announced once stays on record")

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def merged(current: Announcements, seen: Iterable[Seen], documents: Documents) -> None:
    """Bring announcements to what the runs saw."""
    for run in seen:
        announced = set()
        for announcement in run.announcements:
            identity = disclosure_id(announcement.article.url)
            announced.add(identity)
            before, row = current.get(identity), _row(identity, announcement, run, documents)
            if row.evidence and not (before and before.document_ids):  # there was nothing to lose
                row = replace(row, state=State(announcement.article.state), evidence=None)
            current[identity] = _joined(before, row, documents) if before else row
        for url, lost in run.lost.items():
            identity = disclosure_id(url)
            if identity in current and identity not in announced:
                current[identity] = _lost(current[identity], lost, current)


def _kept(row: DisclosureRow, documents: Documents) -> DisclosureRow:
    """A row without the documents that a new version of the parsers does not take for documents any more, and
    with what its own say now, if they were read again: the body that its title names stands."""
    kept = [found for found in row.document_ids or () if found in documents.rows]
    own = _own(row, row.title, kept, documents)
    stated = {name: _first(name, own, documents) for name in FROM_DOCUMENTS}
    new = {name: one for name, one in stated.items() if one not in (None, getattr(row, name))}
    return replace(row, document_ids=kept, **new) if new or kept != row.document_ids else row


def _row(identity: str, announcement: Announcement, run: Seen, documents: Documents) -> DisclosureRow:
    article, capture = announcement.article, announcement.capture
    moment = capture.fetched_at if capture else run.run.started_at
    found = (documents.with_members(sighting.location.sha256) for sighting in announcement.sightings)
    identities = list(dict.fromkeys(identity for group in found for identity in group))
    named = replace(article, region_code=announcement.region_code)
    own = _own(named, article.title, identities, documents)
    # No files, and none that only failed to come: a page without the files it may have had.
    is_bare = capture and not identities and all(found in GONE for _, found in announcement.missing)
    is_bare = is_bare and article.url not in run.with_files
    visit = [capture.capture_id] if capture and is_bare else None
    withdrawn = list(announcement.withdrawn) if is_bare else []
    return DisclosureRow(
        disclosure_id=identity,
        site_id=article.site_id,
        region_code=announcement.region_code,
        url=article.url,
        title=article.title and redacted(article.title),
        published_on=article.published_on,
        published_basis=article.published_basis,
        approved_act=Act(article.approved_act) if article.approved_act else None,
        approved_year=article.approved_year,
        approved_on=article.approved_on,
        first_seen=moment,
        last_seen=moment,
        state=State.STUB if withdrawn else State(article.state),
        **{name: _first_known(name, own, documents, article) for name in FROM_DOCUMENTS},
        document_ids=identities,
        evidence=withdrawn or visit,
        list_heading=article.list_heading,
    )


def _joined(one: DisclosureRow, other: DisclosureRow, documents: Documents) -> DisclosureRow:
    """Two sights of one article; of the same moment, the second is the later."""
    older, newer = sorted((one, other), key=last_sight)
    known = {name: value for name in _COLUMNS if (value := getattr(newer, name)) not in (None, [])}
    before, now = older.document_ids or [], newer.document_ids or []
    if before and not now:  # what documents said overrules what a page without them says
        known |= {name: value for name in FROM_DOCUMENTS if (value := getattr(older, name)) is not None}
    differ = bool(before and now) and documents.files(before) != documents.files(now)
    changed = newer.state == State.LIVE and (differ or older.state == State.CHANGED)
    state, evidence = State.CHANGED if changed else newer.state, newer.evidence
    if newer.state in PRESENT:
        evidence = bare_visits(older, newer)
        state = state_of_bare(evidence) if evidence else state
    joined = known | {
        "first_seen": min(first_sight(older), first_sight(newer)),
        "state": state,
        "evidence": evidence or None,
        "moved_to": newer.moved_to,
    }
    return replace(older, **joined)


def _lost(row: DisclosureRow, lost: Lost, rows: Mapping[str, DisclosureRow]) -> DisclosureRow:
    """A row after a visit that did not find it, or found it elsewhere. A state keeps its first evidence."""
    target = disclosure_id(lost.target) if lost.target else None
    if lost.capture.fetched_at < last_sight(row) or (target and target not in rows):
        return row
    if row.state == State.MOVED and target is None:
        return row  # its absence from the address it left is not news
    evidence = row.evidence if lost.state == row.state else list(lost.evidence)
    return replace(row, state=lost.state, evidence=evidence, moved_to=target)


def _own(row: Named, title: str | None, identities: Iterable[str], documents: Documents) -> Iterable[str]:
    """The documents that are not of another body than the one that the title of their announcement names; all
    where it names none."""
    if bare_name(row.body_name or "", row.region_code) not in plain(title):
        return identities
    return [one for one in identities if not is_of_another(row, documents.rows[one])]


def _first_known(name: str, identities: Iterable[str], documents: Documents, article: Article) -> Any:
    """What the documents say, else what the announcement does."""
    found = _first(name, identities, documents)
    return getattr(article, name) if found is None else found


def _first(name: str, identities: Iterable[str], documents: Documents) -> Any:
    values = (getattr(documents.rows[identity], name) for identity in identities)
    return next((value for value in values if value is not None), None)
