"""One crawl with capture: `python -m tests.bench.ours URL STORE CONCURRENCY` prints seconds by the clock and
of the processor from the first answer until everything is in the store, exchanges, and the peak of memory in
MiB."""

from __future__ import annotations

import resource
import sys
import time

from crawler.jobs.crawling import crawl
from crawler.reports.results import Progress
from crawler.sites import Site


def main(url: str, store: str, concurrency: str) -> None:
    settings = {
        "GONGKAI_ALLOW_LOOPBACK": True,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": int(concurrency),
        "GONGKAI_MAX_RATE": 0,
        "GONGKAI_HOST_REQUESTS": 0,
        "GONGKAI_MAX_ARTICLES": 10**7,
        "GONGKAI_MAX_LISTINGS": 10**6,
    }
    begun: list[tuple[float, float]] = []

    def begin(_: Progress) -> None:
        if not begun:
            begun.append((time.perf_counter(), time.process_time()))

    report = crawl(
        store, (Site("bench", None, "bench", url),), settings=settings,
        progress=begin,
    )  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (clock, processor) = begun[0]
    print(time.perf_counter() - clock, time.process_time() - processor, report.exchanges, peak)


if __name__ == "__main__":
    main(*sys.argv[1:])
