"""Which archived files are to be read, and in which order.

Invariant: a document that the dataset has in the current version of the parsers is not read again without a
reason (see `read_again`), and none is read twice in one ingest. What is chosen depends on the runs in their
order, on the dataset and on what was found in containers so far, on nothing else.

What is said of a document does not depend on when it was read, or how often. It is read again among the files
it was first seen with; a name, an article or a container that came later does not count, and a run that is
ingested late counts as it would have in time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from archive.dataset.rows.documents import DocumentRow
from archive.ingest.disclosures import Documents
from archive.ingest.reading.readings import Draft, File, Reading, Statement
from archive.ingest.sightings import Seen, Sighting
from parsers import PARSER_VERSION

Anew = Callable[[DocumentRow], bool]
"""Whether a document of the dataset is read again wherever it is seen."""


class StatedOf(Protocol):
    """What operators state of documents."""

    def of(self, identity: str) -> Mapping[str, Any] | None:
        """What is stated of a document; None if nothing is."""


class Selection:
    """What to read of one announcement after the other.

    `stated` is what operators say of documents; `again` are the documents of the dataset to
    read again, and those of which `anew` says so. Of announcements that are not among `own`, by address,
    nothing is read, nor what was `read` before. `looked_at` are all that were chosen, or found in what was,
    or are not read.
    """

    def __init__(
        self,
        documents: Documents,
        stated: StatedOf,
        again: Iterable[str],
        anew: Anew | None = None,
        own: Container[str] | None = None,
        read: Iterable[str] = (),
    ) -> None:
        self.looked_at = set(read)
        self._documents, self._again, self._anew = documents, set(again), anew or is_old
        self._stated, self._own = stated, own
        self._seen_before: set[str] = set()

    def turns(self, run: Seen, *, again: bool) -> Iterator[tuple[str, Sequence[Sighting]]]:
        """The announcements of a run, each with its files.

        `again` is for a run of the dataset: those whose files are to be read again and were first seen here,
        and what it saw first beside them: files of one announcement are looked at together.
        """
        if not again:
            yield from run.groups()
            return
        for group, sightings in run.groups():
            new = [one for one in sightings if one.location.sha256 not in self._seen_before]
            if any(one.location.sha256 in self._again for one in new):
                self._again.update(one.location.sha256 for one in new)
                yield group, new
            for sighting in sightings:
                self._seen_before.update(self._documents.with_members(sighting.location.sha256))

    def choose(self, group: str, sightings: Iterable[Sighting]) -> tuple[Reading, list[Sighting]]:
        """What of an announcement is to be read, and what is not."""
        files, others = [], []
        if self._own is not None and group not in self._own:
            for sighting in sightings:
                self.looked_at.update(self._documents.with_members(sighting.location.sha256))
            return Reading(group, ()), []
        for sighting in sightings:
            identity = sighting.location.sha256
            if self.is_new(identity):
                self.looked_at.add(identity)
                files.append(_file(sighting))
            else:
                others.append(sighting)
        return Reading(group, tuple(files), self._statements(file.document_id for file in files)), others

    def is_new(self, identity: str) -> bool:
        """Is a document to be read?"""
        if identity in self.looked_at:
            return False
        if identity in self._again:
            return True
        row = self._documents.rows.get(identity)
        return row is None or self._anew(row)

    def found(self, draft: Draft) -> None:
        """Learn a document that was read: what is in a container that is read again is, too."""
        if draft.parent_id in self._again and draft.document_id not in self._seen_before:
            self._again.add(draft.document_id)

    def with_statements(self, reading: Reading, drafts: Iterable[Draft]) -> Reading:
        """The reading with all that is stated of the documents found: of a file in a container, what is
        stated of the file itself stands above what is stated of the container."""
        found = {draft.document_id for draft in drafts}
        return replace(reading, stated=self._statements({*dict(reading.stated), *found}))

    def _statements(self, identities: Iterable[str]) -> tuple[tuple[str, Statement], ...]:
        stated = ((one, self._stated.of(one)) for one in sorted(set(identities)))
        return tuple((one, tuple(sorted(said.items()))) for one, said in stated if said)


def is_old(row: DocumentRow) -> bool:
    """Did another version of the parsers read it?"""
    return row.parser_version != PARSER_VERSION


def planned(runs: Iterable[tuple[Seen, bool]], selection: Selection) -> list[tuple[str, Reading]]:
    """What will be asked for if nothing unforeseen is found in containers: the readings of all runs with
    their run_id, in order. A run comes with whether it is gone through `again`. The selection is used up."""
    return [
        (run.run.run_id, reading)
        for run, again in runs
        for group, sightings in selection.turns(run, again=again)
        if (reading := selection.choose(group, sightings)[0]).files
    ]


def _file(sighting: Sighting) -> File:
    place = sighting.location
    return File(
        document_id=place.sha256,
        path=place.payload_path,
        offset=place.payload_offset,
        length=place.payload_length,
        url=place.payload_url,
        hints=sighting.hints,
        name=sighting.name,
        page=sighting.page,
        alone=sighting.alone,
    )


def read_again(
    seen: Sequence[Seen],
    stated: StatedOf,
    documents: Documents,
    first_runs: Callable[[Collection[str]], Mapping[str, str]],
    anew: Anew = is_old,
) -> set[str]:
    """The known documents, with the containers they are in, that these runs call for: they are to be read
    `anew`, an operator states what their rows do not say, or the run is older than all that the dataset knows
    to have seen them. `first_runs` says for payloads, by SHA-256, which run of the dataset was
    the first to archive or confirm each."""
    identities = {sighting.location.sha256 for run in seen for sighting in run.sightings()}
    documents.load(identities)
    first = first_runs({identity for identity in identities if identity in documents.rows})
    found: set[str] = set()
    for run in seen:
        operators = {sighting.location.sha256 for sighting in run.local_files} if run.run.stated else set()
        for sighting in run.sightings():
            identity = sighting.location.sha256
            row = documents.rows.get(identity)
            if row and (
                anew(row)
                or first.get(identity, run.run.run_id) > run.run.run_id
                or (identity in operators and _differs(row, stated.of(identity) or {}))
            ):
                found.update(_with_containers(identity, documents))
    return found


def _differs(row: DocumentRow, stated: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in stated.items())


def _with_containers(identity: str | None, documents: Documents) -> Iterator[str]:
    while identity and identity in documents.rows:
        yield identity
        identity = documents.rows[identity].parent_id
