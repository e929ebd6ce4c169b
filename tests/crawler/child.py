"""One crawl in a process of its own: `python -m tests.crawler.child STORE SITES SETTINGS`.

It prints its report."""

from __future__ import annotations

import json
import sys

from crawler.http import replay
from crawler.jobs.crawling import crawl
from crawler.reports.progress import log_to
from crawler.sites import Site
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
    log_to("text")
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
                # Most made-up sites publish budgets alone, in lists that do not say where they end.
                "gaps": [
                    gap.outcome or f"{gap.kind} {english(gap.evidence)}".strip()
                    for gap in site.gaps
                    if gap.kind not in ("no_kind", "list_end")
                ],
            }
            for site in report.sites
        },
    }
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
