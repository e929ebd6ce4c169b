"""What `--cluster` takes, and what it says without Dask."""

from __future__ import annotations

import sys

import pytest

from archive.ingest import cluster
from crawler.jobs.main import engine_at
from parsers.values.errors import UsageError


@pytest.mark.parametrize(
    "address", ["", "local", "local:0", "local:-1", "scheduler:8786", "http://x:1", "tcp://"]
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(UsageError, match="is not tcp://HOST:PORT or local:N"):
        engine_at(address)


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "archive.ingest.cluster.engine", raising=False)
    monkeypatch.delattr(cluster, "engine", raising=False)  # where another test has loaded it
    with pytest.raises(UsageError, match=r"pip install 'gongkai\[cluster\]'"):
        engine_at("tcp://scheduler:8786")
    assert engine_at(None) is None
