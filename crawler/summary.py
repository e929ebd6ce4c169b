"""The report of a run: what was crawled, read and committed, and what a person must look at.

Invariant: every number comes from the reports of the crawl and the ingest or from the snapshot; whatever
needs a person is named, never only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from archive.ingest import IngestReport
from archive.texts import t
from crawler.report import CrawlReport

MOST_NAMED = 20
"""Entries of one kind that are listed; the rest are in the dataset."""


def run_report(
    crawled: CrawlReport | None, ingested: IngestReport, standing: Mapping[str, int]
) -> list[tuple[str, str]]:
    """Pairs of a heading and a line. `standing` counts deadlines by status, as of today."""
    lines = _crawl_lines(crawled) if crawled else []
    new = [document for document in ingested.documents if not document.known]
    lines.append(
        (t("Documents"), _counts(Counter(document.outcome for document in new)) if new else t("nothing new"))
    )
    if new:
        lines += [
            (t("Tables"), f"{sum(document.tables for document in new):,}"),
            (t("Facts"), f"{sum(document.facts for document in new):,}"),
            (t("Checks that fail"), f"{sum(document.failing_checks for document in new):,}"),
        ]
    if standing:
        lines.append((t("Deadlines"), _counts(standing)))
    snapshot = ingested.snapshot
    lines.append(
        (t("Snapshot"), f"{snapshot.number}: {snapshot.message}")
        if snapshot
        else (t("Snapshot"), t("nothing new: none was needed"))
    )
    return lines


def to_look_at(crawled: CrawlReport | None, ingested: IngestReport) -> list[str]:
    """What needs a person, one line each."""
    lines = []
    for site in crawled.troubled if crawled else ():
        lines.append(f"{site.site.name}: {t(site.outcome)} ({site.detail})")
        lines += [f"  {url}: {t(outcome)}" for url, outcome in site.gaps]
    for document in ingested.need_a_person:
        lines.append(f"{document.name}: {t(document.outcome)} ({document.detail})")
    lines += [f"{url}: {t(outcome)}" for url, outcome in ingested.missing]
    if len(lines) > MOST_NAMED:
        left = len(lines) - MOST_NAMED
        lines[MOST_NAMED:] = [t("… and {left} more: see documents.outcome, sites.last_outcome", left=left)]
    return lines


def _crawl_lines(crawled: CrawlReport) -> list[tuple[str, str]]:
    complete = sum(site.complete for site in crawled.sites)
    sites = t("{all} visited, {complete} to the end", all=len(crawled.sites), complete=complete)
    found = t("{articles} articles with {files} files", articles=crawled.articles, files=crawled.attachments)
    pages = f"{crawled.exchanges:,} ({_counts(crawled.outcomes)}), {crawled.bytes / 1e6:,.1f} MB"
    return [(t("Sites"), sites), (t("Pages"), pages), (t("Disclosures"), found)]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {t(name)}" for name, count in counts.items())
