"""Addresses of bundled files, and which file of a site without a server stands for which address.

Invariant: every link of a page leads to a file that is written, or to the page that says what this copy has
not; links are relative, so the folder may stand anywhere. The address of a bundled file changes when the file
does, so that browsers may keep it for good.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import quote

ABSENT = "absent.html"
FIXED = {
    "/": "index.html",
    "/dictionary": "dictionary.html",
    "/data": "data.html",
    "/deadlines.csv": "deadlines.csv",
    "/documents.csv": "data/documents.csv",
    "/deadlines.ics": "deadlines.ics",
}
LISTS = {
    "/deadlines": ("deadlines", "status"),
    "/bodies": ("bodies",),
    "/documents": ("documents", "status", "body"),
    "/scores": ("scores", "level", "region"),
    "/scores.csv": ("scores", "level"),
}
"""What the files of a list are called after, and which parameters beside `start` have files of their own."""
FACT = re.compile(r"([0-9a-f]{16})-t(\d+)-(r\d+-c\d+)")
DOCUMENT = re.compile(r"/documents/([0-9a-f]{64})(?:/tables/(\d+)|/pages/(\d+\.\w+)|/(original))?")


_GOVERNMENTS = re.compile(r"/governments(?:/(\d{6}))?")


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy holds: documents and what their originals end in (None: no original), bodies, regions,
    statuses of the board."""

    documents: Mapping[str, str | None]
    bodies: frozenset[str]
    regions: frozenset[str]
    starts: Mapping[str, str]
    """Documents by the first digits of their ids, which begin the ids of their facts."""
    governments: frozenset[str] = frozenset()
    """The files of governments' own budgets: their ranks, and a page for each place and scope."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The links of one file of the copy. `file` is relative to the top."""

    held: Held
    file: str

    def link(self, path: str, values: Mapping[str, object]) -> str:
        """The address of another file, from this one."""
        target, _, place = file_of(self.held, path, values).partition("#")
        relative = posixpath.relpath(target, posixpath.dirname(self.file) or ".")
        return quote(relative, safe="/.-_~") + (f"#{place}" if place else "")


def file_of(held: Held, path: str, values: Mapping[str, object]) -> str:
    """The file that stands for an address, perhaps with `#place`; ABSENT if none does."""
    if path in FIXED:
        return FIXED[path]
    if path == "/scores" and values.get("region") and values["region"] not in held.regions:
        return ABSENT
    if kind_and_name := _GOVERNMENTS.fullmatch(path):
        return _file_of_government(held, kind_and_name[1], values)
    if path in LISTS:
        name, *choices = LISTS[path]
        parts = [name, *(values.get(choice) for choice in (*choices, "start"))]
        return "-".join(str(part) for part in parts if part) + (posixpath.splitext(path)[1] or ".html")
    if found := DOCUMENT.fullmatch(path):
        return _file_of_document(held, *found.groups())
    kind, _, name = path.strip("/").partition("/")
    if kind == "static":
        return f"static/{name}"
    if kind == "facts" and (found := FACT.fullmatch(name)) and found[1] in held.starts:
        return f"documents/{held.starts[found[1]]}/table-{int(found[2])}.html#{found[3]}"
    if (kind == "bodies" and name in held.bodies) or (kind == "regions" and name in held.regions):
        return f"{kind}/{name}.html"
    return ABSENT


def _file_of_government(held: Held, code: str | None, values: Mapping[str, object]) -> str:
    chosen = ("scope",) if code else ("measure", "scope", "level", "year")
    parts = [code or "governments", *(str(values[name]) for name in chosen if values.get(name))]
    name = ("governments/" if code else "") + "-".join(parts) + ".html"
    return name if name in held.governments and not values.get("region") else ABSENT


def _file_of_document(
    held: Held, identity: str, table: str | None, picture: str | None, original: str | None
) -> str:
    if identity not in held.documents:
        return ABSENT
    if original:
        suffix = held.documents[identity]
        return f"documents/{identity}/original.{suffix}" if suffix else ABSENT
    name = f"table-{table}.html" if table else f"page-{picture}" if picture else "index.html"
    return f"documents/{identity}/{name}"


@cache
def static(name: str) -> str:
    """The address of a bundled file on the server."""
    return f"/static/{name}?v={hashlib.sha256(bundled(name)).hexdigest()[:12]}"


def bundled(name: str) -> bytes:
    """The bytes of a file in `archive/web/static`."""
    return resources.files("archive.web").joinpath("static", name).read_bytes()


def bundled_files() -> Iterator[str]:
    """All bundled files."""
    return (
        file.name for file in resources.files("archive.web").joinpath("static").iterdir() if file.is_file()
    )
