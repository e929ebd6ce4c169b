"""A thousand sites in one run, one in five hostile: every one ends with an outcome, and memory stays flat.

`python -m tests.bench.many_sites [--sites 1000]` crawls sites on loopback addresses (`hostile_server`) with
limits of 20 s and 8 MiB, delays off. Prints the outcomes by kind of site, and the memory of
the crawl's own process and its peak so far when a quarter of the sites, a half, three quarters and all were
done. Exits with 1 if a site has no outcome, a good site is not complete, or the last quarter added more than
a quarter of the memory.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from crawler.jobs.crawling import crawl
from crawler.reports.results import CrawlReport, Progress
from crawler.sites import Site
from tests.bench.hostile_server import kind_of, url

SETTINGS = {
    "GONGKAI_ALLOW_LOOPBACK": True,
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_TIMEOUT": 20,
    "DOWNLOAD_MAXSIZE": 8 << 20,
    "RETRY_TIMES": 1,
    "GONGKAI_BACKOFF": 0.1,
    "GONGKAI_MAX_RATE": 0,
}
MOST_GROWTH = 0.25


def memory() -> tuple[int, int]:
    """Resident memory of this process now and at most, in MiB."""
    told = Path("/proc/self/status").read_text("ascii")
    now, peak = (re.search(rf"{name}:\s+(\d+) kB", told) for name in ("VmRSS", "VmHWM"))
    assert now and peak
    return int(now[1]) // 1024, int(peak[1]) // 1024


class Watch:
    """Memory as the sites are done: (sites done, MiB now, MiB at most) at each quarter."""

    def __init__(self, sites: int) -> None:
        self._marks = [sites * part // 4 for part in (1, 2, 3, 4)]
        self.seen: list[tuple[int, int, int]] = []

    def __call__(self, progress: Progress) -> None:
        while self._marks and progress.sites_done >= self._marks[0]:
            self.reach()

    def reach(self) -> None:
        """Note the next quarter."""
        self.seen.append((self._marks.pop(0), *memory()))
        print("{:5} sites done: {} MiB, {} MiB at most".format(*self.seen[-1]), flush=True)

    def end(self) -> None:
        """Whatever is left to note was reached with the end of the run."""
        while self._marks:
            self.reach()


def told(report: CrawlReport, wall: float, processor: float) -> bool:
    """Print the outcomes; is all as it should be?"""
    by_kind: defaultdict[str, Counter[str]] = defaultdict(Counter)
    good = True
    for number, site in enumerate(report.sites):
        kind = kind_of(number)
        by_kind[kind][site.outcome + (", complete" if site.complete else "")] += 1
        good &= site.outcome not in ("", "not_run") and (kind == "good") == site.complete
    for kind, outcomes in sorted(by_kind.items()):
        print(f"{kind:10} {', '.join(f'{count} {name}' for name, count in outcomes.most_common())}")
    print(
        f"{len(report.sites)} sites, {report.exchanges} exchanges, {wall:.0f} s, processor {processor:.0f} s"
    )
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=1000)
    count = parser.parse_args().sites
    command = [sys.executable, "-m", "tests.bench.hostile_server"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout
        try:
            port = int(server.stdout.readline())
            sites = [Site(f"site{n:04d}", None, f"第{n}县", url(n, port)) for n in range(count)]
            watch, begun = Watch(count), (time.monotonic(), time.process_time())
            report = crawl(f"{folder}/store", sites, settings=SETTINGS, progress=watch)
            watch.end()
            good = told(report, time.monotonic() - begun[0], time.process_time() - begun[1])
        finally:
            server.terminate()
    before, after = watch.seen[-2][1], watch.seen[-1][1]
    flat = after - before <= MOST_GROWTH * before
    print("every site as it should be" if good else "NOT every site as it should be")
    print("memory is flat" if flat else "memory is NOT flat")
    return 0 if good and flat else 1


if __name__ == "__main__":
    sys.exit(main())
