"""A snapshot registered in an Iceberg catalog, by metadata alone, for Trino, Spark, Athena and their like.

Invariant: after `publish` each table of the catalog lists exactly the files that the snapshot lists, where
they lie in the store; nothing is copied. Publishing again changes nothing, and a publication that broke off
is completed by the next one.

Iceberg commits table by table. A reader who wants all tables of one moment asks each for the tag
`gongkai-<number>`, which every publication sets last. Tags of snapshots that have expired go, and with them
what Iceberg remembers of them: their files may be gone. `gc.enabled` is false, which says to every engine
that the files are not its own to delete.

The files carry no field ids: they are found by the names in `schema.name-mapping.default`. A column that is
newer than a file is null. Tables are not partitioned: the bounds of every column of every file are in the
metadata and leave out files as partitions would.

Catalogs are configured as PyIceberg has it (`~/.pyiceberg.yaml`, or the environment). Needs the extra
`iceberg`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, cast

import pyarrow as pa
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError, RESTError
from pyiceberg.io.pyarrow import parquet_files_to_data_files
from pyiceberg.manifest import DataFile as IcebergFile
from pyiceberg.table import Table
from pyiceberg.table.refs import SnapshotRefType
from pyiceberg.utils.config import Config

from archive.dataset.manifest import DataFile, Snapshot
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import TableSchema
from archive.dataset.snapshots import snapshot_numbers
from archive.stores import LocalStore, Store
from parsers.values.errors import GongkaiError

if TYPE_CHECKING:
    from archive.stores.s3 import S3Store

NAMESPACE = "gongkai"
SNAPSHOT = "gongkai.snapshot"
"""Property of an Iceberg snapshot: the number of ours."""


class CatalogUnusable(GongkaiError):
    """A catalog that is not configured as PyIceberg wants it."""


PROPERTIES = {"gc.enabled": "false", "write.metadata.metrics.default": "truncate(32)"}


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication changed in one table: files added and removed, and its rows now."""

    table: str
    added: int
    removed: int
    rows: int


def open_catalog(name: str, store: Store) -> Catalog:
    """The configured catalog of that name. What its configuration does not say of S3, the store does.

    Raises CatalogUnusable.
    """
    known = {} if isinstance(store, LocalStore) else _s3_properties(cast("S3Store", store))
    try:
        configured = cast("dict[str, str]", Config().get_catalog_config(name) or {})
        return load_catalog(name, **{**known, **configured})
    except (ValueError, ImportError) as error:
        raise CatalogUnusable(f"catalog {name}: {error}") from error


def published(store: Store, snapshot: Snapshot, catalog: str) -> pa.Table:
    """Publish in a catalog of PyIceberg's configuration; a row per table."""
    done = publish(store, snapshot, open_catalog(catalog, store))
    return pa.Table.from_pylist([asdict(one) for one in done])


def publish(
    store: Store, snapshot: Snapshot, catalog: Catalog, namespace: str = NAMESPACE
) -> Iterator[Published]:
    """Make the tables of a namespace those of a snapshot, one after the other. Raises CatalogUnusable."""
    kept = {f"gongkai-{number}" for number in snapshot_numbers(store)}
    try:
        catalog.create_namespace_if_not_exists(namespace)
        for schema in TABLES.values():
            table = _table(catalog, (namespace, schema.name), schema)
            files = {_location(store, file) for file in snapshot.files(schema.name)}
            added, removed = _replace_files(table, files, snapshot)
            _tag(table, f"gongkai-{snapshot.number}", kept)
            yield Published(schema.name, added, removed, snapshot.rows(schema.name))
    except (CommitFailedException, RESTError) as error:
        raise CatalogUnusable(f"catalog {catalog.name}: {error}; publish again") from error


def _table(catalog: Catalog, identifier: tuple[str, str], schema: TableSchema) -> Table:
    """The table, created or brought up to today's columns."""
    columns = _optional(schema)
    try:
        table = catalog.load_table(identifier)
    except NoSuchTableError:
        table = catalog.create_table(identifier, columns, properties=PROPERTIES)
        mapping = table.schema().name_mapping.model_dump_json()
        table.transaction().set_properties({"schema.name-mapping.default": mapping}).commit_transaction()
        return table
    if not set(columns.names) <= {field.name for field in table.schema().fields}:
        with table.update_schema() as update:
            update.union_by_name(columns)
    return table


def _optional(schema: TableSchema) -> pa.Schema:
    """The columns as Iceberg declares them. None is required: files may be older than a column."""
    return pa.schema(
        pa.field(column.name, column.type, metadata={"doc": column.description}) for column in schema.columns
    )


def _replace_files(table: Table, wanted: set[str], snapshot: Snapshot) -> tuple[int, int]:
    """Make the table list the wanted files and no others, in one commit; how many came and went."""
    listed = {file.file_path: file for file in _listed(table)}
    new = sorted(wanted - listed.keys())
    old = sorted(listed.keys() - wanted)
    if (
        not new and not old and table.current_snapshot()
    ):  # a table without rows has a snapshot too, for its tag
        return 0, 0
    with table.transaction() as transaction:
        added = list(parquet_files_to_data_files(table.io, transaction.table_metadata, iter(new)))
        properties = {SNAPSHOT: str(snapshot.number)}
        with transaction.update_snapshot(snapshot_properties=properties).overwrite() as change:
            for file in added:
                change.append_data_file(file)
            for path in old:
                change.delete_data_file(listed[path])
    return len(new), len(old)


def _listed(table: Table) -> Iterator[IcebergFile]:
    current = table.current_snapshot()
    for manifest in current.manifests(table.io) if current else ():
        for entry in manifest.fetch_manifest_entry(table.io):
            yield entry.data_file


def _tag(table: Table, name: str, kept: set[str]) -> None:
    """Name what the table is now, and forget what it was in snapshots that are not kept."""
    tags = {
        tag: ref.snapshot_id
        for tag, ref in table.refs().items()
        if ref.snapshot_ref_type == SnapshotRefType.TAG and tag.startswith("gongkai-")
    }
    current = table.current_snapshot()
    assert current
    moved = tags.get(name) != current.snapshot_id
    gone = {tag for tag in tags if tag not in kept} | ({name} & tags.keys() if moved else set())
    if gone or moved:
        with table.manage_snapshots() as references:
            for tag in sorted(gone):
                references.remove_tag(tag)
            if moved:
                references.create_tag(current.snapshot_id, name)
    named = {ref.snapshot_id for ref in table.refs().values()}
    nameless = [one.snapshot_id for one in table.snapshots() if one.snapshot_id not in named]
    if nameless:
        table.maintenance.expire_snapshots().by_ids(nameless).commit()


def _location(store: Store, file: DataFile) -> str:
    """The address of a file for an engine."""
    if isinstance(store, LocalStore):
        return f"file://{store.path(file.key)}"
    return f"{store.uri}/{file.key}"


def _s3_properties(store: S3Store) -> dict[str, str]:
    found = {"s3.endpoint": store.endpoint, "s3.region": store.client.meta.region_name}
    credentials = store.session.get_credentials()
    if credentials:
        frozen = credentials.get_frozen_credentials()
        found |= {
            "s3.access-key-id": frozen.access_key,
            "s3.secret-access-key": frozen.secret_key,
            "s3.session-token": frozen.token,
        }
    return {key: value for key, value in found.items() if value}
