"""The report of a job in words: what was crawled, read and committed, and what a person must look at.

Invariant: every number comes from the job's own reports; what needs a person is named, never only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from rich.cells import cell_len, set_cell_size

from archive.ingest import IngestReport
from archive.texts import t
from crawler.job import JobReport
from crawler.report import CrawlReport

MOST_NAMED = 20
"""Lines on what needs a person; the rest is in the dataset."""


def report_text(job: JobReport) -> str:
    """The whole report, headings in a column of their own."""
    pairs = [*_crawl_lines(job.crawled), *_ingest_lines(job.ingested, job.standing)]
    width = max(cell_len(heading) for heading, _ in pairs) + 2
    lines = [set_cell_size(heading, width) + line for heading, line in pairs]
    if found := to_look_at(job):
        lines += ["", t("Needs a person:"), *(f"  {line}" for line in found[:MOST_NAMED])]
        if len(found) > MOST_NAMED:
            left = len(found) - MOST_NAMED
            lines.append(
                t("  … and {left} more: ask for documents.outcome and sites.last_outcome", left=left)
            )
    return "\n".join(lines) + "\n"


def to_look_at(job: JobReport) -> list[str]:
    """What needs a person, one line each: sites, documents, attachments that could not be had."""
    lines = []
    for site in job.crawled.troubled if job.crawled else ():
        lines.append(f"{site.site.name}: {_answer(site.outcome)} ({site.detail})")
        further = [gap for gap in site.gaps if gap != (site.site.url, site.outcome)]
        lines += [f"  {url}: {_answer(outcome)}" for url, outcome in further]
    for alarm in job.crawled.alarms if job.crawled else ():
        lines.append(t("Worse than before: {about} ({told})", about=alarm.about, told=alarm.told))
    if job.ingested:
        for document in job.ingested.need_a_person:
            lines.append(f"{document.name}: {t(document.outcome)} ({document.detail})")
        lines += [f"{url}: {_answer(outcome)}" for url, outcome in job.ingested.missing]
    return lines


def _crawl_lines(crawled: CrawlReport | None) -> Iterator[tuple[str, str]]:
    if crawled is None:
        return
    complete = sum(site.complete for site in crawled.sites)
    yield t("Sites"), t("{all} visited, {complete} to the end", all=len(crawled.sites), complete=complete)
    yield (
        t("Pages"),
        f"{crawled.exchanges:,}: {_counts(crawled.outcomes, 'answer')}; {crawled.bytes / 1e6:,.1f} MB",
    )
    yield t("Disclosures"), t(
        "{articles} articles with {files} files; {known} known ones were not due",
        articles=crawled.articles, files=crawled.attachments, known=sum(site.known for site in crawled.sites),
    )  # fmt: skip


def _ingest_lines(ingested: IngestReport | None, standing: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    if ingested is None:
        return
    new = [document for document in ingested.documents if not document.known]
    if new:
        yield t("Documents"), f"{len(new):,}: {_counts(Counter(document.outcome for document in new))}"
        yield t("Tables"), f"{sum(document.tables for document in new):,}"
        yield t("Facts"), f"{sum(document.facts for document in new):,}"
        failing, errors = sum(d.failing_checks for d in new), sum(d.errors for d in new)
        counted = t("{all} in all, {errors} of them errors", all=failing, errors=errors)
        yield t("Checks that fail"), counted
    else:
        yield t("Documents"), t("nothing new")
    yield t("Deadlines"), _counts(standing) or t("no body is known yet")
    if ingested.snapshot:
        yield t("Snapshot"), f"{ingested.snapshot.number}: {ingested.snapshot.message}"
    else:
        yield t("Snapshot"), t("nothing new: none was needed")


def _answer(outcome: str) -> str:
    return t(outcome, context="answer")


def _counts(counts: Mapping[str, int], context: str | None = None) -> str:
    return ", ".join(f"{count:,} {t(name, context=context)}" for name, count in counts.items())
