"""Crawls in processes of their own: a reactor runs once per process.

`python -m tests.crawler.child STORE SITES SETTINGS` makes one crawl and prints its report. Without arguments
it loads what a crawl needs and forks for each order: most of what a short crawl costs is loading.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from itertools import chain

import pyarrow as pa
from scrapy.settings import Settings

from crawler.http import replay
from crawler.jobs.crawling import crawl
from crawler.sites import Site, load
from tests.wording import english

QUICK = {
    "GONGKAI_ALLOW_LOOPBACK": True,
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "GONGKAI_BACKOFF": 0.05,
    "DOWNLOAD_TIMEOUT": 1.5,
    "RETRY_TIMES": 1,
}


def main(store: str, sites: str, settings: str) -> None:
    chosen = [Site(**{"region_code": None, "name": "x", **site}) for site in json.loads(sites)]
    given = json.loads(settings)
    replaying = replay.replay_settings(()) if "GONGKAI_REPLAY" in given else {}
    calls: list[str] = []
    report = crawl(
        store,
        chosen,
        settings={**QUICK, **replaying, **given},
        progress=lambda progress: calls.append(progress.outcome),
    )
    found = {
        "run_id": report.run.run_id,
        "finished": report.run.finished_at is not None,
        "interrupted": report.interrupted,
        "outcomes": dict(report.outcomes),
        "exchanges": report.exchanges,
        "kept": report.kept,
        "bytes": report.bytes,
        "articles": report.articles,
        "attachments": report.attachments,
        "progress": len(calls),
        "sites": {
            site.site.site_id: {
                "outcome": site.outcome,
                "complete": site.complete,
                "platform": site.platform,
                "entries": site.entries,
                "articles": site.articles,
                "new_articles": site.new_articles,
                "known": site.known,
                "attachments": site.attachments,
                "gaps": [gap.outcome or f"{gap.kind} {english(gap.evidence)}".strip() for gap in site.gaps],
            }
            for site in report.sites
        },
    }
    print(json.dumps(found, ensure_ascii=False))


def preload() -> None:
    """Load what Scrapy and Arrow load when a crawl begins, and the registry."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    middlewares = (settings.getwithbase(f"{place}_MIDDLEWARES") for place in ("DOWNLOADER", "SPIDER"))
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS").values()
    for path in (*handlers, *settings["RETRY_EXCEPTIONS"], *chain(*middlewares)):
        if isinstance(path, str):
            import_module(path.rpartition(".")[0])
    pa.array(["one"])
    load()
    assert "twisted.internet.reactor" not in sys.modules


def obey() -> None:
    """Make the crawl of each line of standard input in a fork of this process, and answer with its exit code.

    A line is `[arguments, environment, file for the output, file for the errors]`.
    """
    preload()
    while line := sys.stdin.readline():
        arguments, environment, *files = json.loads(line)
        child = os.fork()
        if not child:
            os.environ.clear()
            os.environ.update(environment)
            for number, path in enumerate((os.devnull, *files)):
                os.dup2(os.open(path, os.O_RDWR), number)
            main(*arguments)
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else obey()
