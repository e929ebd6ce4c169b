"""A store in a local directory.

Invariant: a name appears only by `os.link` of a finished, synced file, so a reader never sees half an object
and of two writers exactly one gets the name, also over NFS and also when either is killed.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from filecmp import cmp
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from archive import AlreadyExists, ObjectNotFound, StoreUnusable
from archive.stores.base import Found, Item, StoredObject, check_key

if TYPE_CHECKING:
    import pyarrow.fs as pafs

SCRATCH = ".tmp"
"""Folder of unfinished files; no key can name it, because no part of a key begins with a dot."""

ABANDONED_SECONDS = 7 * 24 * 3600


class LocalStore:
    """Keys are paths below `root`, which is created by the first write."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    @property
    def uri(self) -> str:
        return str(self.root)

    def __repr__(self) -> str:
        return f"LocalStore({self.uri!r})"

    def path(self, key: str) -> Path:
        """Where an object lies; for programs that want a file name."""
        return self.root / check_key(key)

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        with self._reporting(key), self.path(key).open("rb") as file:
            file.seek(start)
            return file.read(-1 if length is None else length)

    def create(self, key: str, data: bytes) -> None:
        self._place(key, lambda file: file.write(data))

    def write(self, key: str, data: bytes) -> None:
        with suppress(ObjectNotFound, FileNotFoundError):  # not there, or an expiry was faster
            if self.read(key) == data:
                os.utime(self.path(key))
                return
        self.create(key, data)

    def upload(self, key: str, path: Path) -> None:
        with path.open("rb") as source:
            self._place(key, lambda file: shutil.copyfileobj(source, file, 1 << 20))

    def exists(self, key: str) -> bool:
        return self.path(key).is_file()

    def size(self, key: str) -> int:
        with self._reporting(key):
            return self.path(key).stat().st_size

    def list(self, prefix: str) -> Iterator[StoredObject]:
        with self._reporting(prefix):
            yield from sorted(self._walk("", prefix), key=lambda found: found.key)

    def delete(self, key: str) -> None:
        with self._reporting(key):
            self.path(key).unlink(missing_ok=True)

    def each(self, read: Callable[[Item], Found], items: Iterable[Item]) -> Iterator[Found]:
        # One by one: Arrow keeps megabytes for every thread that ever read, and nothing is waited for.
        return map(read, items)

    def open_arrow_filesystem(self) -> pafs.FileSystem:
        import pyarrow.fs as pafs  # a store is listed and read without Arrow

        return pafs.SubTreeFileSystem(self.uri, pafs.LocalFileSystem())

    def sweep(self) -> None:
        """Remove unfinished files that killed writers left a week ago or earlier."""
        limit = time.time() - ABANDONED_SECONDS
        with self._reporting(SCRATCH):
            for path in (self.root / SCRATCH).glob("*"):
                with suppress(FileNotFoundError):  # its writer was faster
                    if path.stat().st_mtime < limit:
                        path.unlink()

    def _walk(self, folder: str, prefix: str) -> Iterator[StoredObject]:
        """Objects below `folder` ("" or ending in a slash); enters only folders a wanted key can be in."""
        try:
            entries = list(os.scandir(self.root / folder))
        except FileNotFoundError:
            return
        for entry in entries:
            key = folder + entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                if f"{key}/".startswith(prefix) or prefix.startswith(f"{key}/"):
                    yield from self._walk(f"{key}/", prefix)
            elif key.startswith(prefix):
                with suppress(FileNotFoundError):  # an expiry was faster: what is gone is not listed
                    status = entry.stat()
                    yield StoredObject(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def _place(self, key: str, fill: Callable[[BinaryIO], object]) -> None:
        target = self.path(key)
        scratch = self.root / SCRATCH / uuid.uuid4().hex
        with self._reporting(key):
            try:
                _make_folder(scratch.parent)
                _make_folder(target.parent)
            except FileNotFoundError as error:  # /proc: a folder that takes none
                raise StoreUnusable(f"cannot use {self.uri}: {error}") from error
            try:
                with scratch.open("xb") as file:
                    fill(file)
                    file.flush()
                    os.fsync(file.fileno())
                while not _link(scratch, target):
                    with suppress(FileNotFoundError):  # an expiry was faster: the name is free again
                        if cmp(scratch, target, shallow=False):
                            break
                        raise AlreadyExists(f"{key} exists with other content")
                _sync_folder(target.parent)
            finally:
                scratch.unlink(missing_ok=True)

    @contextmanager
    def _reporting(self, key: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise ObjectNotFound(f"{self.uri} has no {key}") from error
        except OSError as error:
            raise StoreUnusable(f"cannot use {self.uri}: {error}") from error


def _link(source: Path, target: Path) -> bool:
    """Give a file a second name; False if the name is taken."""
    try:
        os.link(source, target)
    except FileExistsError:
        return False
    return True


def _make_folder(folder: Path) -> None:
    """Create a folder and make its name durable, and its parents' names."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
