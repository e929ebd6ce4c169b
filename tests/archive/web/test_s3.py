"""The pages over a real S3 store: made ready, asked, watched; and what health says when a store is away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from archive.dataset.snapshots import commit
from archive.monitoring import verdicts
from archive.stores import Store, open_store
from archive.web.app import create_app
from tests.archive.samples import Sample, changes

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def served(store: Store) -> Starlette:
    return create_app(store, lambda snapshot, day: verdicts.board(store, snapshot, day))


def test_pages_over_s3(s3_uri: str) -> None:
    store, sample = open_store(s3_uri), Sample("勉县水利局")
    commit(store, changes([sample]), message="", run_id=None, now=NOW)
    app = served(store)
    with TestClient(app) as visitor:
        assert visitor.get("/").status_code == 200
        assert "勉县水利局" in visitor.get(f"/documents/{sample.document_id}").text
        assert "勉县水利局" in visitor.get("/sql", params={"q": "SELECT title FROM documents"}).text
        assert visitor.get("/health").json()["snapshot"] == 1
        commit(store, changes([Sample("市教育局")]), message="", run_id=None, now=NOW)
        assert visitor.get("/health").json()["snapshot"] == 1, "until it is ready"
        app.state.dataset.look()
        assert visitor.get("/health").json()["snapshot"] == 2
        assert "№ 2" in visitor.get("/").text


def test_health_tells_that_the_store_is_away(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    commit(store, changes([Sample("勉县水利局")]), message="", run_id=None, now=NOW)
    app = served(store)
    with TestClient(app) as visitor:
        told = visitor.get("/health").json()
        assert told["status"] == "ok" and told["snapshot"] == 1 and told["store_reachable"]
        assert told["age_seconds"] is not None
        (tmp_path / "store").rename(tmp_path / "unplugged")
        app.state.dataset.look()
        answer = visitor.get("/health")
        assert answer.status_code == 503 and "no snapshot" in answer.json()["problem"]
        assert visitor.get("/").status_code == 200, "what was ready is still shown"
        (tmp_path / "unplugged").rename(tmp_path / "store")
        app.state.dataset.look()
        assert visitor.get("/health").status_code == 200
