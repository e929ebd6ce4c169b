"""The archived bytes of a document.

Invariant: bytes leave only if their SHA-256 is the document's id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from archive.errors import IntegrityError, ObjectNotFound
from archive.stores import Store
from archive.warc.writer import read_payload
from archive.web.data import queries, sandbox
from archive.web.data.dataset import Opened

MAX_DEPTH = 4


def original(store: Store, version: Opened, document_id: str, depth: int = 0) -> bytes:
    """The file as published; a member is taken out of its container again. Raises ObjectNotFound."""
    capture = queries.payload_capture(version, document_id)
    if capture is None:
        data = _member(store, version, document_id, depth)
    else:
        data = read_payload(store, capture.payload_path, capture.payload_offset, capture.payload_length)
    if hashlib.sha256(data).hexdigest() != document_id:
        raise IntegrityError(f"the archive holds other bytes for document {document_id}")
    return data


def _member(store: Store, version: Opened, document_id: str, depth: int) -> bytes:
    document = queries.document(version, document_id)
    if document is None or document.parent_id is None or depth >= MAX_DEPTH:
        raise ObjectNotFound("the archive holds no file {name}", name=document_id)
    container = original(store, version, document.parent_id, depth + 1)
    return sandbox.call("member", {"sha256": document_id}, container)


def members_in(data: bytes) -> Sequence[tuple[str, str]]:
    """SHA-256 and name of each file in a container; raises SandboxError."""
    return [(identity, name) for identity, name in json.loads(sandbox.call("members", {}, data))]


def members_of(_: dict[str, Any], data: bytes) -> bytes:
    """In the sandbox: the files in a container, as JSON."""
    from parsers.readers.containers import members
    from parsers.readers.limits import Limits
    from parsers.values.media import sniff

    found = members(data, sniff(data), Limits())
    return json.dumps([(hashlib.sha256(one.data).hexdigest(), one.name) for one in found]).encode()


def member_of(options: dict[str, Any], data: bytes) -> bytes:
    """In the sandbox: the member of a container that has this hash."""
    from parsers.readers.containers import members
    from parsers.readers.limits import Limits
    from parsers.values.media import sniff

    for member in members(data, sniff(data), Limits()):
        if hashlib.sha256(member.data).hexdigest() == options["sha256"]:
            found: bytes = member.data
            return found
    raise ObjectNotFound("the container holds no file {name}", name=options["sha256"])
