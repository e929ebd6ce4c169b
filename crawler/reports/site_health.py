"""How the registered sites are: the outcomes of their visits, from the journals of all runs.

Invariant: every number follows from captures, articles and runs in the store; a site that was never visited
says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa

from archive import CHINA
from archive.dataset.rows.typed import rows_of
from archive.ids import disclosure_id
from archive.rendering.texts import t
from archive.stores import Store
from archive.vocabulary import GOOD, CaptureOutcome
from archive.warc.captures import Article, Capture, Run
from archive.warc.gaps import Gap
from archive.warc.journal import read_articles, read_captures, read_run, stored_runs
from crawler import platforms
from crawler.reports.gap_words import diagnosis_of
from crawler.sites import Site

SCHEMA = pa.schema(
    [
        ("site_id", pa.string()),
        ("region_code", pa.string()),
        ("name", pa.string()),
        ("outcome", pa.string()),
        ("last_visit", pa.timestamp("s", "UTC")),
        ("last_success", pa.timestamp("s", "UTC")),
        ("entries", pa.int64()),
        ("newest", pa.date32()),
        ("days_silent", pa.int64()),
        ("platform", pa.string()),
        ("url", pa.string()),
        ("notes", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """A row of SCHEMA."""

    site_id: str
    region_code: str | None
    name: str
    outcome: str
    last_visit: datetime | None
    last_success: datetime | None
    entries: int
    newest: date | None
    days_silent: int | None
    platform: str | None
    url: str | None
    notes: str | None


@dataclass(slots=True)
class _Seen:
    """`outcome` is that of the last run that visited the site, `diagnosis` the first gap it left;
    `articles` their days of publication by disclosure_id, the day first seen where none is printed."""

    outcome: str | None = None
    platform: str | None = None
    diagnosis: str = ""
    last_visit: datetime | None = None
    last_success: datetime | None = None
    articles: dict[str, date] = field(default_factory=dict)


def health(store: Store | None, sites: Iterable[Site], today: date) -> pa.Table:
    """A row per site with the columns of SCHEMA. `days_silent` counts from the newest publication, null
    where nothing was ever found."""
    seen = _seen(store) if store else {}
    rows = [_row(site, seen.get(site.site_id, _Seen()), today) for site in sites]
    return pa.table([[getattr(row, name) for row in rows] for name in SCHEMA.names], SCHEMA)


def needs_a_person(row: SiteHealth) -> bool:
    """No address or code, or the last visit did not reach a list."""
    gap = not row.url or not row.region_code
    return gap or (row.last_visit is not None and row.outcome not in GOOD)


def worth_showing(table: pa.Table) -> pa.Table:
    """The sites that were visited, and those that need a person: of thousands, the ones there is something
    to say of."""
    return table.filter([bool(row.last_visit) or needs_a_person(row) for row in rows_of(table, SiteHealth)])


def _seen(store: Store) -> dict[str, _Seen]:
    found: defaultdict[str, _Seen] = defaultdict(_Seen)
    for run_id in stored_runs(store):
        run = read_run(store, run_id)
        _add_captures(found, read_captures(store, run_id))
        _add_run(found, run)
        _add_articles(found, run, read_articles(store, run_id))
    return dict(found)


def _add_captures(found: dict[str, _Seen], captures: Sequence[Capture]) -> None:
    for capture in captures:
        if capture.site_id and not capture.url.endswith("/robots.txt"):
            site = found[capture.site_id]
            site.last_visit = max(capture.fetched_at, site.last_visit or capture.fetched_at)
            if capture.outcome in GOOD:
                site.last_success = max(capture.fetched_at, site.last_success or capture.fetched_at)


def _add_run(found: dict[str, _Seen], run: Run) -> None:
    gaps = defaultdict[str, list[Gap]](list)
    for gap in run.gaps:
        gaps[gap.site_id].append(gap)
    for row in run.sites:
        if row.visited:
            site = found[row.site_id]
            site.outcome, site.platform = row.last_outcome, row.platform
            site.diagnosis = diagnosis_of(gaps.get(row.site_id, ()))
            site.last_visit = site.last_visit or run.started_at


def _add_articles(found: dict[str, _Seen], run: Run, articles: Iterable[Article]) -> None:
    for article in articles:
        days = found[article.site_id or ""].articles
        day = article.published_on or run.started_at.astimezone(CHINA).date()
        days.setdefault(disclosure_id(article.url), day)


def _row(site: Site, seen: _Seen, today: date) -> SiteHealth:
    newest = max(seen.articles.values(), default=None)
    # The registry was checked by a person; what the crawl saw may be one page of another make.
    platform = site.platform or seen.platform
    return SiteHealth(
        site_id=site.site_id,
        region_code=site.region_code,
        name=site.name,
        outcome=seen.outcome or (CaptureOutcome.NOT_RUN if site.url else CaptureOutcome.NO_URL),
        last_visit=seen.last_visit,
        last_success=seen.last_success,
        entries=len(seen.articles),
        newest=newest,
        days_silent=(today - newest).days if newest else None,
        platform=platform,
        url=site.url,
        notes="; ".join(filter(None, (site.notes, _warning(platform), seen.diagnosis))) or None,
    )


def _warning(platform: str | None) -> str | None:
    """That an empty list says nothing about a government whose platform cannot be read."""
    if not platforms.only_recognised(platform):
        return None
    return t("recognised only: its lists cannot be read yet")
