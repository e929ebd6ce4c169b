"""Documents of the dataset that have to be read again.

Invariant: what is said of a document does not depend on when it was read, or how often. It is read among the
files it was first seen with (see `archive.ingest.documents`); a name, an article or a container that came
later does not count, and a run that is ingested late counts as it would have in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.history.runs import Past
from archive.ingest.disclosures import Documents
from archive.ingest.sightings import Seen, Sighting
from parsers import PARSER_VERSION


def read_again(
    seen: Iterable[Seen], stated: Mapping[str, Mapping[str, Any]], documents: Documents, past: Past
) -> set[str]:
    """The known documents, with the containers they are in, that these runs call for: another version of the
    parsers read them, an operator states what their rows do not say, or the run is older than all that the
    dataset knows to have seen them."""
    first = _first_runs(past)
    found: set[str] = set()
    for run in seen:
        operators = {sighting.location.sha256 for sighting in run.local_files} if run.run.stated else set()
        for sighting in run.sightings():
            identity = sighting.location.sha256
            row = documents.rows.get(identity)
            if row and (
                row["parser_version"] != PARSER_VERSION
                or first.get(identity, run.run.run_id) > run.run.run_id
                or (identity in operators and _differs(row, stated[identity]))
            ):
                found.update(_with_containers(identity, documents))
    return found


def calls_for(sightings: Iterable[Sighting], again: set[str]) -> bool:
    """Is one of these files to be read again?"""
    return any(sighting.location.sha256 in again for sighting in sightings)


def _first_runs(past: Past) -> dict[str, str]:
    """The first run of the dataset that archived or confirmed each payload, by SHA-256."""
    first: dict[str, str] = {}
    for run_id in sorted(past.captures):
        for capture in past.captures[run_id]:
            if capture.sha256:
                first.setdefault(capture.sha256, run_id)
    return first


def _differs(row: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    return any(row[name] != value for name, value in stated.items())


def _with_containers(identity: str | None, documents: Documents) -> Iterator[str]:
    while identity and identity in documents.rows:
        yield identity
        identity = documents.rows[identity]["parent_id"]
