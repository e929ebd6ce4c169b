"""A store with two snapshots, served: two documents as typeset, and a third with hostile texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from archive import monitor, snapshots
from archive.ingest import archive_files, ingest
from archive.schema import build_table
from archive.snapshots import Change
from archive.stores import Store, open_store
from archive.web.app import create_app
from archive.web.site import Bounds, write_site
from tests.archive.samples import Sample, changes
from tests.site.typeset import typeset

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = """<script>alert(1)</script>'"&{{7*7}}"""
FILES = {"yanbian-2024.pdf": ("yanbian-2024", "pdf"), "accounts-2022.xlsx": ("sample-accounts-2022", "xlsx")}


@dataclass(frozen=True, slots=True)
class Served:
    """The application under test. `pdf`, `xlsx` and `hostile` are document ids."""

    client: TestClient
    store: Store
    pdf: str
    xlsx: str
    hostile: str
    body: str


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("web")
    store = open_store(str(folder / "store"))
    archive_documents(store, folder)
    hostile = Sample(HOSTILE)
    body = {"body_id": "0123456789abcdef", "name": HOSTILE, "region_code": "610725", "level": "department"}
    bodies = Change("bodies", build_table("bodies", [body]), frozenset([body["body_id"]]))
    assert snapshots.commit(store, [*changes([hostile]), bodies], message="hostile", run_id=None, now=NOW)
    app = create_app(store, lambda snapshot, day: monitor.board(store, snapshot, day))
    with TestClient(app, raise_server_exceptions=False) as client:
        found = client.get("/api/documents").json()["data"]
        ids = {row["media_type"] or "hostile": row["document_id"] for row in found}
        listed = client.get("/api/bodies").json()["data"]
        yield Served(
            client,
            store,
            pdf=ids["application/pdf"],
            xlsx=next(ids[name] for name in ids if name.endswith("sheet")),
            hostile=ids["hostile"],
            body=next(row["body_id"] for row in listed if "延边" in row["name"]),
        )


def archive_documents(store: Store, folder: Path) -> None:
    """Snapshot 1: the typeset documents, archived and read like an operator's local files."""
    paths = []
    for name, (disclosure, form) in FILES.items():
        path = folder / name
        path.write_bytes(typeset(disclosure, form))
        paths.append(path)
    archive_files(store, paths, spool=folder / "spool", now=NOW, command="test", version="0")
    assert ingest(store, now=NOW).snapshot


@pytest.fixture(scope="session")
def site(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of one province as files."""
    folder = tmp_path_factory.mktemp("site")
    bounds = Bounds.of("22", None)
    board = partial(monitor.board, served.store)
    assert write_site(served.store, board, folder, bounds=bounds, language="zh") > 20
    return folder
