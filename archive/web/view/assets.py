"""The files that come with the pages: styles, scripts, licences.

Invariant: the address of a file changes when the file does, so that browsers may keep it for good.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources


@cache
def static(name: str) -> str:
    """The address of a bundled file on the server."""
    return f"/static/{name}?v={hashlib.sha256(bundled(name)).hexdigest()[:12]}"


def bundled(name: str) -> bytes:
    """The bytes of a file in `archive/web/static`."""
    return resources.files("archive.web").joinpath("static", name).read_bytes()


def names() -> Iterator[str]:
    """All bundled files."""
    return (
        file.name for file in resources.files("archive.web").joinpath("static").iterdir() if file.is_file()
    )
