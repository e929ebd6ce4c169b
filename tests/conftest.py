"""Fixtures that every package's tests share.

Invariant: a test that reads the reference material beside the repository skips with a reason where that
material is absent; all other tests stand on fixtures of the repository alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from archive.isolation.process import preload
from archive.web.data.sandbox import LIBRARIES

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")  # the same stories in every run, however busy the machine


@pytest.fixture(scope="session", autouse=True)
def fork_server() -> None:
    """One fork server for all tests of this process, with what any of them needs: the first call counts."""
    preload((*LIBRARIES, "archive.isolation.pool"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference documents: `GONGKAI_SHARED`, or `shared` beside the repository."""
    default = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("GONGKAI_SHARED", default))
    if not folder.is_dir():
        pytest.skip(f"reference documents are not at {folder} (set GONGKAI_SHARED)")
    return folder


def pytest_xdist_auto_num_workers() -> int:
    """Four processes for two cores: spiders wait for the sites they visit, others for programs they start."""
    return (os.cpu_count() or 1) * 2


LONGEST = (
    "tests/season/",
    "tests/archive/web/test_browser.py",
    "tests/archive/ingest/test_bearing.py",
    "tests/archive/ingest/cluster/",
    "tests/test_gongkai.py",
    "tests/crawler/replicas/",
    "tests/crawler/spiders/",
)
"""Files of tests that take minutes, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that several workers end at about the same time."""

    def rank(item: pytest.Item) -> int:
        places = (place for place, prefix in enumerate(LONGEST) if item.nodeid.startswith(prefix))
        return next(places, len(LONGEST))

    items.sort(key=rank)
