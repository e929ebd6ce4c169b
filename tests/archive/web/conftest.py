"""A store with three snapshots, served: two documents as typeset, a third with hostile texts, and news."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from archive.dataset import snapshots
from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change
from archive.history.local_files import archive_files
from archive.ingest.job import ingest
from archive.monitoring import verdicts
from archive.stores import Store, open_store
from archive.web.app import create_app
from archive.web.site import write_site
from archive.web.static_copy import Bounds
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
    known = snapshots.latest(store)
    assert known is not None
    run = snapshots.read_table(store, known, "runs").to_pylist()[0]
    hostile = Sample(HOSTILE)
    body = {"body_id": "0123456789abcdef", "name": HOSTILE, "region_code": "610725", "level": "department"}
    bodies = Change("bodies", build_table("bodies", [body]), frozenset([body["body_id"]]))
    carriers = _announcements(hostile)
    came = [*changes([hostile]), bodies, carriers[0], *_visits_with_gaps(run)]
    assert snapshots.commit(store, came, message="hostile", run_id=None, now=NOW)
    assert snapshots.commit(store, carriers[1:], message="news", run_id=None, now=NOW)
    app = create_app(store, lambda snapshot, day: verdicts.board(store, snapshot, day))
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


def _visits_with_gaps(run: Mapping[str, object]) -> list[Change]:
    """A visit that left aside what may be anything, and one by this `run` that left aside what is older."""
    site: dict[str, object] = {
        "site_id": "610725",
        "region_code": "610725",
        "name": HOSTILE,
        "url": "http://www.county.gov.cn/",
    }
    run_id = "20261122T120000Z-0000aa"
    capture = {
        "capture_id": f"{run_id}-00001", "run_id": run_id, "site_id": "610725",
        "url": site["url"], "fetched_at": NOW, "status": 200, "outcome": "content",
    }  # fmt: skip
    gap: dict[str, object] = {
        "gap_id": f"{run_id}-00001", "run_id": run_id, "site_id": "610725", "kind": "pager",
        "url": site["url"], "title": HOSTILE, "evidence": HOSTILE,
    }  # fmt: skip
    run_of = {"run_id": str(run["run_id"]), "site_id": "610726"}
    rows: dict[str, tuple[list[dict[str, object]], str]] = {
        "sites": ([site, site | {"site_id": "610726", "region_code": "610726"}], "site_id"),
        "captures": ([capture, capture | run_of | {"capture_id": f"{run['run_id']}-09999"}], "capture_id"),
        "gaps": ([gap, gap | run_of | {"gap_id": f"{run['run_id']}-00001", "kind": "list_end"}], "run_id"),
        "runs": ([{**run, "complete_sites": ["610726"]}], "run_id"),
    }
    return [
        Change(table, build_table(table, found), frozenset(str(row[key]) for row in found))
        for table, (found, key) in rows.items()
    ]


def _announcements(hostile: Sample) -> list[Change]:
    """Three that are new; then one of them altered and one gone, and what was altered."""

    def row(name: str, state: str = "live", documents: int = 1) -> dict[str, object]:
        return {
            "disclosure_id": hashlib.sha256(name.encode()).hexdigest()[:16],
            "site_id": "610725",
            "region_code": "610725",
            "url": f"http://www.county.gov.cn/{name}.html",
            "title": f"{HOSTILE}{name}",
            "published_on": NOW.date(),
            "published_basis": "stated",
            "first_seen": NOW,
            "last_seen": NOW,
            "state": state,
            "body_name": HOSTILE,
            "document_ids": [hostile.document_id, Sample("later").document_id][:documents],
        }

    def change(table: str, rows: list[dict[str, object]]) -> Change:
        return Change(table, build_table(table, rows), frozenset(str(one["disclosure_id"]) for one in rows))

    altered, gone = row("altered", documents=2), row("gone", "gone")
    alteration = {
        "change_id": "altered-1",
        **{name: altered[name] for name in ("disclosure_id", "url")},
        "kind": "altered",
        "old_document_id": hostile.document_id,
        "new_document_id": Sample("later").document_id,
    }
    return [
        change("disclosures", [row("new"), row("altered"), row("gone")]),
        change("disclosures", [altered, gone]),
        change("changes", [alteration]),
    ]


def archive_documents(store: Store, folder: Path) -> None:
    """Snapshot 1: the typeset documents, archived and read like an operator's local files."""
    paths = []
    for name, (disclosure, form) in FILES.items():
        path = folder / name
        path.write_bytes(typeset(disclosure, form))
        paths.append(path)
    archive_files(store, paths, spool=folder / "spool", now=NOW, command="test", version="0")
    assert ingest(store, now=NOW).snapshot


@pytest.fixture(autouse=True)
def no_cookie_is_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that asks for a language leaves the visitor of the session as it found it."""
    yield
    if "served" in request.fixturenames:
        served: Served = request.getfixturevalue("served")
        served.client.cookies.clear()


@pytest.fixture(scope="session")
def governments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A prefecture's budget and accounts, with debt and transfers by county, as typeset for the demo."""
    folder = tmp_path_factory.mktemp("governments")
    store, paths = open_store(str(folder / "store")), []
    for name, form in (("yanbian-government-2024", "xlsx"), ("yanbian-government-2023", "pdf")):
        paths.append(folder / f"{name}.{form}")
        paths[-1].write_bytes(typeset(name, form))
    archive_files(store, paths, spool=folder / "spool", now=NOW, command="test", version="0")
    assert ingest(store, now=NOW).snapshot
    app = create_app(store, partial(verdicts.board, store))
    with TestClient(app, headers={"accept-language": "en"}, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def site(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of one province as files."""
    folder = tmp_path_factory.mktemp("site")
    bounds = Bounds.of("22", None)
    board = partial(verdicts.board, served.store)
    assert write_site(served.store, board, folder, bounds=bounds, language="zh") > 20
    return folder
