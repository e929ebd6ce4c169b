"""The main job: crawl, then read and commit what is archived, then see where every body stands.

Invariant: each part can be had alone and the whole is nothing but the parts, so a job that ends anywhere is
taken up by the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.dataset.snapshots import latest
from archive.history.local_files import archive_files
from archive.ingest.job import ingest
from archive.ingest.reading.readings import Engine
from archive.monitoring.double_counting import printed_twice
from archive.monitoring.verdicts import presumed, status_counts
from archive.rendering.texts import t
from archive.stores import Store
from archive.warc.recovery import recover_runs
from crawler import sites as registry
from crawler.http.recorder import spool_of
from crawler.jobs import demo
from crawler.jobs.registry import registered
from crawler.jobs.reports import Interrupted, JobReport
from crawler.jobs.shards import WHOLE, Shard, turn
from crawler.reports.progress import ProgressReporter, log
from crawler.reports.results import CrawlReport
from crawler.settings import CONTACT, VERSION
from crawler.sites.decisions import active, entries
from parsers.values.errors import UsageError

CLUSTER = re.compile(r"(tcp|tls)://[^/\s]+|local:[1-9][0-9]{0,3}")
MANY_SITES = 1000
"""A number of sites that may be more than the operator meant."""


def run(
    store: Store,
    selector: str,
    reporter: ProgressReporter,
    *,
    command: str,
    year: int | None = None,
    shard: Shard = WHOLE,
    cluster: str | None = None,
) -> JobReport:
    """Both halves over the sites a selector names, or over a shard of them. Raises Interrupted, UnknownSites,
    Locked."""
    engine = engine_at(cluster)
    chosen = shard.of(registry.select(selector, active(store)))
    with turn(store, chosen, shard):
        half = crawl_sites(store, chosen, reporter, command=command, year=year)
        return read_archive(store, reporter, crawled=half.crawled, engine=engine)


def crawl(
    store: Store,
    selector: str,
    reporter: ProgressReporter,
    *,
    command: str,
    year: int | None = None,
    shard: Shard = WHOLE,
    warcs: Sequence[Path] = (),
) -> JobReport | None:
    """The first half, over the network or over WARC files; None if no chosen site was crawled into these."""
    if not warcs:
        visited = shard.of(registry.select(selector, active(store)))
        with turn(store, visited, shard):
            return crawl_sites(store, visited, reporter, command=command, year=year)
    from crawler.http import replay

    known = _as_visited(store, active(store), replay.sites_beside(warcs))
    wanted = shard.of(registry.select(selector, known))
    chosen = replay.sites_in(warcs, wanted)
    if not chosen:
        log.warning(t("None of these sites was crawled into these files."))
        log.info(t("Own and replaced addresses: copy registry/ of the store that crawled them."))
        return None
    if left := len(wanted) - len(chosen):
        log.info(t("sites that do not start in these files, left out: {count}", count=left))
    with turn(store, chosen, shard):
        settings = replay.replay_settings(warcs)
        return crawl_sites(store, chosen, reporter, command=command, year=year, settings=settings)


def _as_visited(
    store: Store, known: Iterable[registry.Site], visited: Iterable[registry.Site]
) -> list[registry.Site]:
    """The registered sites with those that a run visited, at its addresses, but for what is set aside."""
    aside = {entry.site.site_id for entry in entries(store) if entry.status != "active"}
    found = {site.site_id: site for site in known}
    for site in visited:
        if site.site_id not in aside:
            found[site.site_id] = replace(found.get(site.site_id, site), url=site.url)
    return list(found.values())


def hand_over(store: Store, paths: Sequence[Path], command: str, stated: Mapping[str, Any]) -> str:
    """Archive local files; the id of their run. `stated` is what the operator says of all of them."""
    return archive_files(
        store, paths, spool=spool_of(store), now=datetime.now(UTC), command=command, version=VERSION,
        stated=stated,
    )  # fmt: skip


def visit_replica(
    store: Store, entries: Iterable[Mapping[str, Any]], reporter: ProgressReporter, *, command: str
) -> JobReport:
    """The main job over the sites of the replica, which a loopback server shows."""
    chosen = [registry.Site(**entry) for entry in entries]
    half = crawl_sites(store, chosen, reporter, command=command, settings=demo.SETTINGS)
    return read_archive(store, reporter, crawled=half.crawled)


def crawl_sites(
    store: Store,
    sites: Sequence[registry.Site],
    reporter: ProgressReporter,
    *,
    command: str,
    year: int | None = None,
    settings: Mapping[str, Any] | None = None,
) -> JobReport:
    """Crawl and archive. Raises Interrupted, or KeyboardInterrupt if it was ended at once."""
    from crawler.jobs import crawling as crawling  # Scrapy takes a second to load: only a crawl waits for it

    if len(sites) >= MANY_SITES:
        log.warning(t("Sites to visit: {count}. --sites chooses some; Ctrl-C ends it.", count=len(sites)))
    if not CONTACT and not settings:
        log.warning(t("No site can reach you about these requests: set GONGKAI_CONTACT to an address."))
    crawled = crawling.crawl(
        store, sites, year=year, command=command, progress=reporter.crawled, settings=settings
    )
    if crawled.interrupted:
        raise Interrupted(JobReport(crawled))
    return JobReport(crawled)


def read_archive(
    store: Store,
    reporter: ProgressReporter,
    *,
    crawled: CrawlReport | None = None,
    handed_over: str | None = None,
    reparse: str | None = None,
    engine: Engine | None = None,
) -> JobReport:
    """Read what is archived and not read yet, and commit it; then again what the sites gave that the selector
    `reparse` names, `all` for everything. Runs that died are taken in first. `engine` reads on other machines
    (see `engine_at`). Raises UnknownSites, Locked."""
    chosen = None
    if reparse and reparse != "all":
        chosen = [site.site_id for site in registry.select(reparse, active(store))]
    recover_runs(store, spool_of(store))
    now = datetime.now(UTC)
    known = registered(store)
    ingested = ingest(
        store, now=now, reparse=reparse is not None, sites=chosen, engine=engine, registered=known,
        progress=reporter.parsed,
    )  # fmt: skip
    if ingested.left:
        log.info(t("Runs that another process is reading: {count}", count=len(ingested.left)))
    newest, standing = latest(store), ingested.deadlines
    fresh = [one.document_id for one in ingested.documents if not one.known]
    twice = printed_twice(store, newest, fresh) if newest else ()
    return JobReport(crawled, ingested, status_counts(standing), presumed(standing), handed_over, twice)


def engine_at(cluster: str | None) -> Engine | None:
    """What reads with the Dask workers at an address (`tcp://host:8786`, `local:N`); None for this machine
    alone. Raises UsageError for anything else, or without Dask."""
    if cluster is None:
        return None
    if not CLUSTER.fullmatch(cluster):
        raise UsageError(t("{given} is not tcp://HOST:PORT or local:N", given=repr(cluster)))
    try:
        from archive.ingest.cluster import engine as cluster_engine
    except ModuleNotFoundError as error:
        raise UsageError(t("this needs: pip install 'gongkai[cluster]'")) from error
    return cluster_engine.engine_at(cluster)
