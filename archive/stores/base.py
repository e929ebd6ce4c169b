"""What every store promises.

Invariant: an object never changes. It is created whole or not at all; creating it again with the same bytes
is not an error, and with other bytes is `AlreadyExists`. Keys are ASCII: percent-encoded Chinese breaks some
clients.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import pyarrow.fs as pafs

Item = TypeVar("Item")
Found = TypeVar("Found")
KEY = re.compile(r"(?!\.)[A-Za-z0-9._+=-]+(/(?!\.)[A-Za-z0-9._+=-]+)*")


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as listed: size in bytes, time of its creation (UTC)."""

    key: str
    bytes: int
    modified: datetime


class Store(Protocol):
    """A directory or a bucket prefix. Every method may raise StoreUnusable; reading raises ObjectNotFound."""

    @property
    def uri(self) -> str:
        """The address `open_store` opens again."""

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes from `start`, at most `length`; fewer where the object ends, none past its end."""

    def create(self, key: str, data: bytes) -> None:
        """Create an object, whole, exactly once among all writers; durable on return.

        Raises AlreadyExists if the key holds other bytes. An answer that got lost on the way back is
        distinguished from a lost race by reading the object.
        """

    def write(self, key: str, data: bytes) -> None:
        """`create`, for a key that names its content and may be there already: then nothing is sent, and the
        object counts as young again (see `archive.dataset.versions.expiry`)."""

    def upload(self, key: str, path: Path) -> None:
        """`write` from a local file of any size (it is never read into memory whole)."""

    def exists(self, key: str) -> bool:
        """Whether there is an object of this key."""

    def size(self, key: str) -> int:
        """Length of an object in bytes. Raises ObjectNotFound."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Objects whose key starts with `prefix`; sorted within a folder, but servers differ on folders."""

    def delete(self, key: str) -> None:
        """Remove an object; it is not an error if it is gone already."""

    def each(self, read: Callable[[Item], Found], items: Iterable[Item]) -> Iterator[Found]:
        """What `read` gives of each item, in order; side by side where reading is waiting."""

    def open_arrow_filesystem(self) -> pafs.FileSystem:
        """An Arrow file system on which keys are paths."""


def check_key(key: str) -> str:
    """The key itself; ValueError if it is not ASCII, not relative, or has an empty or hidden part."""
    if not KEY.fullmatch(key):
        raise ValueError(f"not a key: {key!r}")
    return key
