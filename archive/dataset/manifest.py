"""What a snapshot is, and the Data Package (Frictionless v2) that says so.

Invariant: the manifest alone describes a snapshot completely: every file of every table with its size,
hash, rows and columns, and the full field dictionary. No library of ours is needed to read it.

Each data file is one resource named `<table>-<n>`; a table without rows is a resource with inline data.
Files are of type `file`, so that `frictionless validate` checks the size and the SHA-256 of every one: as
type `table` it would read Parquet through pandas, which turns missing integers into NaN and lists into
arrays, and then find its own values wrong. The first resource of a table carries the field dictionary, the
first of each older version of its columns names and types; all others name one of these (`columnsOf`), so
that a manifest of thousands of files stays small.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from archive import IntegrityError

if TYPE_CHECKING:
    from archive.dataset.schema.declaration import TableSchema

ROOT = "dataset/"
"""Resource paths are relative to the manifest, and this is where manifests are."""
INDEX = f"{ROOT}index/"
"""Where the files of indexes lie."""
INDEXES = ("index", "journals")
"""Indexes as a manifest names them."""
WORK = "work/"
"""Where files lie that no snapshot will list: those of a job, until it ends."""

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


@dataclass(frozen=True, slots=True)
class DataFile:
    """One immutable Parquet file. `group` is "<year>/<province code>", `0000/00` where the rows have none,
    `mixed` where they have several; `first_key` and `last_key` are the first characters (`key_bound`) of
    the lowest and highest replace key of its rows. `blooms` are columns and what values of them the file may
    hold (`archive.dataset.bloom`): of few values each, none of files that older versions wrote."""

    key: str
    bytes: int
    sha256: str
    rows: int
    group: str
    first_key: str
    last_key: str
    columns: tuple[str, ...]
    blooms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The day as of which the rows of `bodies` and `deadlines` hold, and what they were made by: hashes of
    the rules and of what is registered in each province (`archive.monitoring.anew.judged_as`)."""

    as_of: date
    rules: str
    registry: tuple[tuple[str, str], ...] = ()

    def made_as(self, other: Judged | None) -> bool:
        """Whether the others are made by the same, but for days of one year that passed."""
        if other is None or other.as_of.year != self.as_of.year:
            return False
        return replace(other, as_of=self.as_of) == self


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of the whole dataset. `writer` is unique to the commit that made it. `index` are the
    files of the index of captures (`archive.dataset.capture_index`), `journals` those of that of journals
    (`archive.dataset.index_files`), `judged` says what its verdicts rest on; None where a snapshot does not
    have it, or rows changed since without them."""

    number: int
    created_at: datetime
    parent: int | None
    writer: str
    message: str
    run_id: str | None
    tables: Mapping[str, tuple[DataFile, ...]]
    index: tuple[DataFile, ...] | None = None
    journals: tuple[DataFile, ...] | None = None
    judged: Judged | None = None

    def files(self, table: str) -> tuple[DataFile, ...]:
        """The files of a table; none if it has no rows, or did not exist yet."""
        return self.tables.get(table, ())

    @property
    def index_files(self) -> tuple[DataFile, ...]:
        """The files of all its indexes."""
        return (*(self.index or ()), *(self.journals or ()))

    def rows(self, table: str) -> int:
        """The number of rows of a table."""
        return sum(file.rows for file in self.files(table))


def key_bound(key: str) -> str:
    """The part of a key that the manifest gives as a bound: enough to distinguish hashes. Order is kept."""
    return key[:12]


def snapshot_key(number: int) -> str:
    """The store key of the manifest of snapshot `number`."""
    return f"{ROOT}snapshot-{number:08d}.json"


def title_page(snapshot: Snapshot) -> dict[str, Any]:
    """What every Data Package of a snapshot says of itself, whatever its resources are."""
    return {
        "$schema": PROFILE,
        "name": "gongkai",
        "title": "Budget disclosures of Chinese local governments",
        "description": snapshot.message,
        "version": str(snapshot.number),
        "created": snapshot.created_at.isoformat(),
    }


def encode(snapshot: Snapshot) -> bytes:
    """The snapshot as a Data Package descriptor."""
    from archive.dataset.schema import TABLES  # needs Arrow; reading a manifest does not

    package = {
        **title_page(snapshot),
        "gongkai": {
            "snapshot": snapshot.number,
            "parent": snapshot.parent,
            "writer": snapshot.writer,
            "run_id": snapshot.run_id,
            **({"judged": _judged_entry(snapshot.judged)} if snapshot.judged else {}),
            **{
                name: [_index_entry(one) for one in files]
                for name in INDEXES
                if (files := getattr(snapshot, name)) is not None
            },
        },
        "resources": [entry for schema in TABLES.values() for entry in _resources(schema, snapshot)],
    }
    return json.dumps(package, ensure_ascii=False, separators=(",", ":")).encode()


def decode(data: bytes) -> Snapshot:
    """Raises IntegrityError for anything but a manifest."""
    try:
        package = json.loads(data)
        about = package["gongkai"]
        tables: dict[str, list[DataFile]] = {}
        columns: dict[str, tuple[str, ...]] = {}
        for resource in package["resources"]:
            files = tables.setdefault(resource["table"], [])
            if "schema" in resource:
                columns[resource["name"]] = tuple(field["name"] for field in resource["schema"]["fields"])
            if "path" in resource:
                files.append(_data_file(resource, columns[resource.get("columnsOf", resource["name"])]))
        return Snapshot(
            number=about["snapshot"],
            created_at=datetime.fromisoformat(package["created"]),
            parent=about["parent"],
            writer=about["writer"],
            message=package["description"],
            run_id=about["run_id"],
            tables={name: tuple(files) for name, files in tables.items()},
            judged=_judged(about["judged"]) if "judged" in about else None,
            **{name: tuple(map(_index_file, about[name])) for name in INDEXES if name in about},
        )
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"not a snapshot manifest: {error!r}") from error


def _resources(schema: TableSchema, snapshot: Snapshot) -> Iterator[dict[str, object]]:
    files = snapshot.files(schema.name)
    if not files:
        header = [column.name for column in schema.columns]
        yield {
            "name": schema.name,
            "table": schema.name,
            "description": schema.description,
            "type": "table",
            "data": [header],
            "schema": schema.dictionary(header),
        }
    declared: dict[tuple[str, ...], str] = {}
    # Files that have the newest columns first, so that the dictionary of the first resource knows them all.
    for number, file in enumerate(sorted(files, key=lambda file: (-len(file.columns), file.key)), start=1):
        name = f"{schema.name}-{number}"
        like = declared.setdefault(file.columns, name)
        yield {
            "name": name,
            "table": schema.name,
            **({"description": schema.description} if number == 1 else {}),
            "type": "file",
            "path": file.key.removeprefix(ROOT),
            "format": "parquet",
            "bytes": file.bytes,
            "hash": f"sha256:{file.sha256}",
            "rowCount": file.rows,
            "group": file.group,
            "keyRange": [file.first_key, file.last_key],
            **({"bloom": dict(file.blooms)} if file.blooms else {}),
            **(
                {"schema": schema.dictionary(file.columns, full=number == 1)}
                if like == name
                else {"columnsOf": like}
            ),
        }


def _data_file(resource: Mapping[str, Any], columns: tuple[str, ...]) -> DataFile:
    first_key, last_key = map(key_bound, resource["keyRange"])
    return DataFile(
        key=ROOT + resource["path"],
        bytes=resource["bytes"],
        sha256=resource["hash"].removeprefix("sha256:"),
        rows=resource["rowCount"],
        group=resource["group"],
        first_key=first_key,
        last_key=last_key,
        columns=columns,
        blooms=tuple(resource.get("bloom", {}).items()),
    )


def _judged_entry(judged: Judged) -> dict[str, object]:
    return {"asOf": judged.as_of.isoformat(), "rules": judged.rules, "registry": dict(judged.registry)}


def _judged(entry: Mapping[str, Any]) -> Judged:
    registry = tuple(entry.get("registry", {}).items())
    return Judged(date.fromisoformat(entry["asOf"]), entry["rules"], registry)


def _index_entry(file: DataFile) -> dict[str, object]:
    return {
        "path": file.key.removeprefix(ROOT),
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "rowCount": file.rows,
        "keyRange": [file.first_key, file.last_key],
        "columns": list(file.columns),
    }


def _index_file(entry: Mapping[str, Any]) -> DataFile:
    return _data_file({**entry, "group": "index"}, tuple(entry["columns"]))
