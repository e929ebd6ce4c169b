"""Hash lists of runs and snapshots, for a service that attests when they existed (`docs/evidence.md`).

Invariant: a list names every file of its run, or the manifest of its snapshot, with the SHA-256 of its bytes,
and never changes; the same store gives the same lists. What the service answers is kept beside the list as it
came.

    stamps/<run>.sha256, snapshot-<number>.sha256    lists, in the form of `sha256sum`, sorted by key
    stamps/<list>.<ending>, <list>.proof             files the command left beside a list; what it printed
"""

from __future__ import annotations

import hashlib
import re
import shlex
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import AlreadyExists, ObjectNotFound
from archive.dataset.manifest import ROOT, snapshot_key
from archive.dataset.snapshots import snapshot_numbers
from archive.stores import Store
from archive.warc.journal import stored_runs
from parsers.values.messages import Message, message
from parsers.values.vocabulary import Severity

FOLDER = "stamps/"
LIST = ".sha256"
PROOF = ".proof"
CHUNK = 8 << 20
MOST_SECONDS = 600.0

_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
_SERIAL = re.compile(r"-\d{5}\.warc\.gz$")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A list: its digest, the names of its proofs, and why there is none if the command failed."""

    name: str
    sha256: str
    proofs: tuple[str, ...]
    problem: str | None = None


def stamp(store: Store, command: str | None = None) -> Iterator[Stamp]:
    """Every run and every kept snapshot with its list, written where it is missing; a list without a proof is
    given to the command. Without a command, lists are all there is."""
    stamped = _stamped(store)
    for name, keys in _subjects(store).items():
        key = f"{FOLDER}{name}{LIST}"
        if key in stamped:
            data = store.read(key)
        else:
            data = "".join(f"{digest_of(store, one)}  {one}\n" for one in sorted(keys)).encode()
            store.write(key, data)
        proofs, problem = stamped.get(key, ()), None
        if command and not proofs:
            proofs, problem = _proved(store, key, data, command)
        yield Stamp(name, hashlib.sha256(data).hexdigest(), proofs, problem)


def check(store: Store) -> Iterator[tuple[Severity, str, Message]]:
    """Errors of the lists, if there are lists: severity, key, message."""
    stamped = _stamped(store)
    if not stamped:
        return
    subjects = {f"{FOLDER}{name}{LIST}": keys for name, keys in _subjects(store).items()}
    for key in sorted(subjects.keys() | stamped.keys()):
        if key not in stamped:
            yield Severity.INFO, key, message("stamp_not_written")
        else:
            if not stamped[key]:
                yield Severity.INFO, key, message("stamp_not_attested")
            for what in _check_list(store, key, subjects.get(key, ())):
                yield Severity.ERROR, key, what


def digest_of(store: Store, key: str) -> str:
    """SHA-256 of an object, read in pieces."""
    digest, place = hashlib.sha256(), 0
    while data := store.read(key, place, CHUNK):
        digest.update(data)
        place += len(data)
    return digest.hexdigest()


def _subjects(store: Store) -> dict[str, Sequence[str]]:
    """The keys that belong in each list."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    for prefix in ("warc/", "cdx/"):
        for found in store.list(prefix):
            name = found.key.rpartition("/")[2]
            files[_SERIAL.sub("", name) if prefix == "warc/" else name.partition(".")[0]].append(found.key)
    lists: dict[str, Sequence[str]] = {run_id: files[run_id] for run_id in stored_runs(store)}
    for number in snapshot_numbers(store):
        key = snapshot_key(number)
        lists[key.removeprefix(ROOT).removesuffix(".json")] = [key]
    return lists


def _stamped(store: Store) -> dict[str, tuple[str, ...]]:
    """The lists there are, with the names of their proofs."""
    keys = sorted(found.key for found in store.list(FOLDER))
    lists: dict[str, tuple[str, ...]] = {key: () for key in keys if key.endswith(LIST)}
    for key in keys:
        subject = key.partition(f"{LIST}.")[0] + LIST
        if key not in lists and subject in lists:
            lists[subject] += (key.removeprefix(FOLDER),)
    return lists


def _proved(store: Store, key: str, data: bytes, command: str) -> tuple[tuple[str, ...], str | None]:
    """Give a list to the command; the names of what it made of it, or why it made nothing."""
    with TemporaryDirectory(prefix="gongkai-stamp-") as folder:
        path = Path(folder) / key.removeprefix(FOLDER)
        path.write_bytes(data)
        try:
            done = subprocess.run(
                [*shlex.split(command), path],
                cwd=folder,
                capture_output=True,
                timeout=MOST_SECONDS,
                check=False,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            return (), f"{command}: {error}"
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            return (), f"{command}: exit code {done.returncode}" + (f": {said}" if said else "")
        made = {one.name: one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}.*"))}
    if done.stdout:
        made[path.name + PROOF] = done.stdout
    for name, proof in made.items():
        with suppress(AlreadyExists):  # another process stamped it at the same time
            store.create(FOLDER + name, proof)
    return tuple(sorted(made)), None if made else f"{command}: neither printed nor wrote a proof"


def _check_list(store: Store, key: str, expected: Sequence[str]) -> Iterator[Message]:
    """How a list differs from what it lists. A snapshot may have expired since: its list says what it was."""
    listed = _read_list(store.read(key))
    if listed is None:
        yield message("not_a_stamp")
        return
    for name, digest in listed.items():
        try:
            if digest_of(store, name) != digest:
                yield message("stamped_bytes_differ", object=name)
        except ObjectNotFound:
            if not name.startswith(ROOT):
                yield message("stamped_object_gone", object=name)
    for name in sorted(set(expected) - listed.keys()):
        yield message("object_not_stamped", object=name)


def _read_list(data: bytes) -> Mapping[str, str] | None:
    lines = data.decode(errors="replace").splitlines()
    matches = [match for line in lines if (match := _LINE.fullmatch(line))]
    return {match[2]: match[1] for match in matches} if matches and len(matches) == len(lines) else None
