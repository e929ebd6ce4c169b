"""Crawls of one province take turns; crawls of different ones do not wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.stores import open_store
from archive.stores.lock import Locked
from crawler.jobs.turns import turn
from crawler.sites import Site

MIAN, NANZHENG, JISHAN = (
    Site(f"{code}", code, code, f"http://{code}.example.org/") for code in ("610725", "610703", "140824")
)
UNCODED = Site("x-1", None, "x", "http://x.example.org/")


def test_one_province_at_a_time(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    with turn(store, [MIAN, UNCODED]):
        with turn(store, [JISHAN]):
            pass
        with pytest.raises(Locked, match="crawl-61"), turn(store, [JISHAN, NANZHENG]):
            pass
        with turn(store, [JISHAN]):  # what was refused as a whole holds no part
            pass
    with turn(store, [NANZHENG, UNCODED]):
        pass
