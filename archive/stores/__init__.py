"""Where everything is kept: a local directory or an S3 bucket, behind one small protocol.

Invariant: nothing outside this package knows which of the two it works on.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from archive import AlreadyExists, StoreUnusable
from archive.stores.base import Store, StoredObject, check_key
from archive.stores.local import LocalStore

__all__ = ["LocalStore", "Store", "StoredObject", "check_key", "open_store", "probe_for_writing"]


def open_store(uri: str) -> Store:
    """Open a directory (a path or `file://…`) or `s3://bucket/prefix`.

    A directory that does not exist yet is an empty store; a bucket must exist. Raises StoreUnusable, with the
    reason, for anything that cannot be read.
    """
    scheme, separator, rest = uri.partition("://")
    if not separator:
        scheme, rest = "file", uri
    if scheme == "file":
        root = Path(rest).expanduser()
        if not rest or (root.exists() and not root.is_dir()):
            raise StoreUnusable(f"not a directory: {uri!r}")
        return LocalStore(root)
    if scheme == "s3":
        from archive.stores.s3 import S3Store  # boto3 takes half a second to load: only who needs it waits

        bucket, _, prefix = rest.partition("/")
        store = S3Store(bucket, prefix)
        store.require_bucket()
        return store
    raise StoreUnusable(f"a store is a directory or s3://bucket/prefix, not {uri!r}")


def probe_for_writing(store: Store) -> None:
    """Make sure that the store refuses to create a key twice; commits rely on nothing else.

    A file system always refuses; there, what killed writers left is removed. Raises StoreUnusable for a
    server that cannot be written or answers the second, different PUT of one key with success.
    """
    if isinstance(store, LocalStore):
        store.sweep()
        return
    key = f"probe/{uuid.uuid4().hex}"
    store.create(key, b"first")
    try:
        store.create(key, b"second")
    except AlreadyExists:
        return
    finally:
        store.delete(key)
    raise StoreUnusable(
        f"{store.uri} lets a second writer overwrite an object (it ignores If-None-Match: *), so two runs "
        "at once would lose data; use a server with conditional writes"
    )
