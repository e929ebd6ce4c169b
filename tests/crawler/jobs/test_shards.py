"""Crawls of one province take turns; crawls of different ones do not wait."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.stores import open_store
from archive.stores.lock import Locked
from crawler.jobs.shards import WHOLE, Shard, turn
from crawler.sites import Site
from parsers.values.errors import UsageError

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


def test_shards_of_one_division_share_a_province_and_no_host(tmp_path: Path) -> None:
    sites = [Site(f"61-{n}", "610725", "x", f"http://h{n % 20}.example.org/{n}") for n in range(60)]
    parts = [Shard(number, 3).of(sites) for number in (1, 2, 3)]
    assert sorted(site.site_id for part in parts for site in part) == sorted(site.site_id for site in sites)
    hosts = [{urlsplit(site.url or "").netloc for site in part} for part in parts]
    assert all(hosts) and sum(map(len, hosts)) == len(set.union(*hosts)) == 20
    store = open_store(str(tmp_path))
    with turn(store, parts[0], Shard(1, 3)), turn(store, parts[1], Shard(2, 3)):
        with turn(store, parts[2], Shard(3, 3)):
            pass
        for other in (WHOLE, Shard(1, 3), Shard(1, 2), Shard(4, 6)):
            with pytest.raises(Locked, match="crawl-61"), turn(store, [MIAN], other):
                pass
        with turn(store, [MIAN], Shard(3, 6)):
            pass
    with turn(store, [MIAN]), pytest.raises(Locked, match="crawl-61"), turn(store, [MIAN], Shard(1, 9)):
        pass


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1/0", "1", "a/b", "1/2/3", "-1/2"])
def test_what_is_no_shard(text: str) -> None:
    with pytest.raises(UsageError, match="shard"):
        Shard.parsed(text)
    assert Shard.parsed("2/8") == Shard(2, 8)
