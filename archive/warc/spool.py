"""The spool: where the files of a run lie until the store has them.

Invariant: a file without `.open` after its name is whole; a run's directory is locked (by its
journal) while the run lives.

`<spool>/<run_id>/` mirrors the paths of the store, so that a file left behind says by itself where it
belongs. WARC members are appended one by one: of a killed process at most the last one is torn.
"""

from __future__ import annotations

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

OPEN = ".open"
_LOCK = "lock"


class UploadStore(Protocol):
    """What the spool asks of a store (see `archive.stores`): immutable, idempotent uploads."""

    def upload(self, key: str, path: Path) -> None:
        """Store a local file; repeating it changes nothing."""


def hold(run_folder: Path) -> BinaryIO:
    """Lock the run's directory until the returned file is closed; BlockingIOError if the run is alive."""
    run_folder.mkdir(parents=True, exist_ok=True)
    lock = (run_folder / _LOCK).open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise
    return lock


@contextmanager
def spool_lock(run_folder: Path) -> Iterator[bool]:
    """True while the caller holds the run's directory; False if the run is alive."""
    try:
        lock = hold(run_folder)
    except BlockingIOError:
        yield False
        return
    with lock:
        yield True


def finish(path: Path) -> Path:
    """Take `.open` off the name of a file that is complete and on the disk."""
    finished = path.with_name(path.name.removesuffix(OPEN))
    path.rename(finished)
    folder = os.open(finished.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return finished


def replace_file(path: Path, data: bytes) -> None:
    """The file has its old content or the new one, never half of it."""
    scratch = path.with_name(path.name + ".new")
    with scratch.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def hand_over(store: UploadStore, key: str, path: Path) -> None:
    """Upload a finished file, then forget it here; safe to repeat."""
    store.upload(key, path)
    path.unlink(missing_ok=True)


def finish_torn(run_folder: Path) -> None:
    """Finish the WARC files that a dead run was writing.

    A torn last member is cut off; a file without one whole member is removed.
    """
    for path in sorted(run_folder.glob("warc/**/*" + OPEN)):
        whole = whole_members(path)
        if whole:
            os.truncate(path, whole)
            finish(path)
        else:
            path.unlink()


def hand_over_warcs(store: UploadStore, run_folder: Path) -> list[str]:
    """Hand over the finished WARC files of one run; returns their keys in the store."""
    keys = []
    for path in sorted(run_folder.glob("warc/**/*.warc.gz")):
        key = path.relative_to(run_folder).as_posix()
        hand_over(store, key, path)
        keys.append(key)
    return keys


def whole_members(path: Path) -> int:
    """Bytes up to the end of the last gzip member that is whole."""
    whole = position = 0
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    with path.open("rb") as file:
        while data := file.read(64 * 1024):
            while data:
                try:
                    unpacker.decompress(data)
                except zlib.error:
                    return whole
                position += len(data) - len(unpacker.unused_data)
                data = unpacker.unused_data
                if unpacker.eof:
                    whole = position
                    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    return whole
