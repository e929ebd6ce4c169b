"""The report of a job in words: what was crawled, read and committed, and what a person must look at.

Invariant: every number comes from the job's own reports; what needs a person is counted by kind, and named:
all of it in the report as a file, the first of each kind on a screen that would not hold it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.cells import cell_len, set_cell_size

from archive.ingest.documents import IngestReport, Parsed
from archive.rendering.messages import said
from archive.rendering.texts import language, t
from archive.vocabulary import UNANSWERED, CaptureOutcome, GapKind
from crawler.jobs.reports import JobReport
from crawler.pages.outcomes import OUTCOMES
from crawler.reports.gap_words import gap_kind_words, gap_line
from crawler.reports.results import CrawlReport, SiteReport
from parsers.findings.claims import measured
from parsers.values.vocabulary import DocumentOutcome, Severity

MOST_NAMED = 20
"""Lines on what needs a person that a screen holds."""
EXAMPLES = 3
"""Lines of each kind where there are more."""

Kinds = defaultdict[str, dict[str, None]]
"""Lines by kind, each once, in their order."""

_READING = {outcome.value: outcome.meaning for outcome in DocumentOutcome}


def report_text(job: JobReport, *, whole: bool = True, place: Path | None = None) -> str:
    """The report, headings in a column of their own. Unless it is printed as a `whole`, long lists are cut to
    examples; `place` is the file that holds all of it."""
    pairs = [*_crawl_lines(job.crawled), *_ingest_lines(job)]
    width = max(cell_len(heading) for heading, _ in pairs) + 2
    lines = [set_cell_size(heading, width) + line for heading, line in pairs]
    if left := _left_aside(job):
        lines += [
            "",
            t("Gaps on sites that were otherwise visited to the end:"),
            *_named(left, whole),
        ]
    if known := _known(job):
        lines += ["", t("In the dataset already, not read again:"), *_named(known, whole)]
    if job.twice:
        lines += ["", t("In two files, so that sums count it twice:"), *_named(_twice(job), whole)]
    if found := troubles(job):
        lines += ["", t("Needs a person:"), *_by_kind(found, whole or not is_long(job))]
        if place:
            lines.append(t("The whole list: {path}", path=place))
    return "\n".join(lines) + "\n"


def standing(statuses: Mapping[str, int], presumed: int) -> str:
    """Deadlines by status, and how many of them rest on a presumed date."""
    counts = _counts(statuses)
    if not presumed:
        return counts
    return t("{counts}; the date is presumed for {count} of them", counts=counts, count=f"{presumed:,}")


def is_long(job: JobReport) -> bool:
    """Are there more things to look at than a screen holds?"""
    return len(to_look_at(job)) > MOST_NAMED


def to_look_at(job: JobReport) -> list[str]:
    """What needs a person, one line each: sites, documents, attachments that could not be had."""
    return [f"{kind}: {line}" for kind, lines in troubles(job).items() for line in lines]


def troubles(job: JobReport) -> dict[str, list[str]]:
    """What needs a person by kind. Sites that an interrupted crawl did not reach, or left in their midst, do
    not count."""
    found: Kinds = defaultdict(dict)
    for site in job.crawled.troubled if job.crawled else ():
        if not (job.crawled and job.crawled.interrupted and _is_unfinished(site)):
            _add_site(found, site)
    for alarm in job.crawled.alarms if job.crawled else ():
        found[t("Worse than before")][f"{alarm.about} ({alarm.numbers})"] = None
    for document in job.ingested.need_a_person if job.ingested else ():
        kind = (
            t("Document: amounts not read")
            if document.outcome == DocumentOutcome.PARSED
            else t("Document: {outcome}", outcome=_explained(document.outcome, _READING))
        )
        found[kind][f"{document.name} ({said(document.detail)})"] = None
    for url, outcome in job.ingested.missing if job.ingested else ():
        found[t("Address: {outcome}", outcome=_explained(outcome))][url] = None
    return {kind: list(lines) for kind, lines in found.items()}


def _is_unfinished(site: SiteReport) -> bool:
    """Is there nothing amiss but that the crawl ended before the site?"""
    return site.outcome == CaptureOutcome.NOT_RUN or {gap.kind for gap in site.gaps} == {GapKind.INTERRUPTED}


def _add_site(found: Kinds, site: SiteReport) -> None:
    """A site that is not as it should be, and each address of it that did not answer."""
    outcome, why = _explained(site.outcome), said(site.detail)
    if site.outcome == CaptureOutcome.CONTENT:
        outcome = t("not visited to the end")
        why = t("addresses or links that were left: {count}", count=len(site.gaps))
    name = " ".join(part for part in (site.site.name, site.site.url) if part)
    found[t("Site: {outcome}", outcome=outcome)][f"{name} ({why})"] = None
    for gap in site.gaps:
        if (gap.url, gap.outcome) == (site.site.url, site.outcome):
            continue
        if gap.outcome:
            found[t("Address: {outcome}", outcome=_explained(gap.outcome))][gap.url] = None
        else:
            found[t("Not followed: {what}", what=gap_kind_words(gap))][gap_line(gap)] = None


def _left_aside(job: JobReport) -> list[str]:
    """What hides only the bodies or years that it names, on sites that need no person."""
    sites = job.crawled.sites if job.crawled else ()
    gaps = (gap for site in sites if site.complete for gap in site.gaps)
    return list(dict.fromkeys(f"{gap_kind_words(gap)}: {gap_line(gap)}" for gap in gaps))


def _by_kind(found: Mapping[str, list[str]], whole: bool) -> Iterator[str]:
    for kind, lines in found.items():
        yield f"  {len(lines):,} × {kind}"
        yield from (f"  {line}" for line in _named(lines, whole))


def _named(lines: list[str], whole: bool) -> Iterator[str]:
    shown = lines if whole else lines[:EXAMPLES]
    yield from (f"  {line}" for line in shown)
    if len(shown) < len(lines):
        yield "  " + t("… and {left} more", left=f"{len(lines) - len(shown):,}")


def _known(job: JobReport) -> list[str]:
    """Of the files that were handed over, those that the dataset had: as what, and where."""
    documents = job.ingested.documents if job.ingested else ()
    return [_said_of_known(one) for one in documents if one.known and one.run_id == job.handed_over]


def _twice(job: JobReport) -> list[str]:
    """Whose budgets or accounts are in two files that are both in force, and in which."""
    return [
        f"{one.body_name} {one.fiscal_year} {t(one.document_kind)}: {one.one} = {one.other}"
        for one in job.twice
    ]


def _said_of_known(document: Parsed) -> str:
    return t(
        "{name}: {called}, document {identity}, of {place}",
        name=document.name,
        called=document.known_as or t("without a name"),
        identity=document.document_id[:16],
        place=document.known_at or t("a local file"),
    )


def _crawl_lines(crawled: CrawlReport | None) -> Iterator[tuple[str, str]]:
    if crawled is None:
        return
    complete = sum(site.complete for site in crawled.sites)
    whole = sum(site.whole for site in crawled.sites)
    waiting = sum(site.outcome == CaptureOutcome.NOT_RUN for site in crawled.sites)
    yield (
        t("Sites"),
        t(
            "{all} visited, {whole} to the end, {named} to the end except for named gaps",
            all=len(crawled.sites) - waiting,
            whole=whole,
            named=complete - whole,
        ),
    )
    if waiting:
        yield t("Sites not visited"), t("{count}; the same command goes on there", count=f"{waiting:,}")
    # What was not asked for or not answered says nothing about the sites, and is counted apart.
    answers = {name: count for name, count in crawled.outcomes.items() if name not in UNANSWERED}
    silence = {name: count for name, count in crawled.outcomes.items() if name in UNANSWERED}
    got = sum(answers.values())
    each = f": {_counts(answers, 'answer')}; {crawled.bytes / 1e6:,.1f} MB" if got else ""
    yield t("Answers"), f"{got:,}{each}"
    if silence:
        yield t("No answer"), f"{sum(silence.values()):,}: {_counts(silence, 'answer')}"
    yield t("Disclosures"), t(
        "articles {articles}, with files {files}; known and not due {known}",
        articles=crawled.articles, files=crawled.attachments, known=sum(site.known for site in crawled.sites),
    )  # fmt: skip


def _ingest_lines(job: JobReport) -> Iterator[tuple[str, str]]:
    if job.ingested is None:
        return
    yield from _document_lines(job.ingested)
    yield t("Deadlines"), standing(job.standing, job.presumed) or t("no body is known yet")
    if job.ingested.snapshot:
        yield t("Snapshot"), f"{job.ingested.snapshot.number}: {job.ingested.snapshot.message}"
    else:
        yield t("Snapshot"), t("nothing new: none was needed")


def _document_lines(ingested: IngestReport) -> Iterator[tuple[str, str]]:
    new = [document for document in ingested.documents if not document.known]
    if not new:
        yield t("Documents"), t("nothing new")
        return
    yield t("Documents"), f"{len(new):,}: {_counts(Counter(document.outcome for document in new))}"
    yield t("Tables"), f"{sum(document.tables for document in new):,}"
    yield t("Facts"), f"{sum(document.facts for document in new):,}"
    failing = sum((Counter(document.failing) for document in new), Counter[Severity]())
    errors = failing[Severity.ERROR]
    # An error accuses a publisher: beside it stands how often such errors were right before.
    yield t("Checks that fail"), t(
        "errors {errors}, warnings {warnings}; noted besides {noted}",
        errors=errors, warnings=failing[Severity.WARNING], noted=failing[Severity.INFO],
    )  # fmt: skip
    if errors:
        found = [measured(rule) for rule in sorted({rule for d in new for rule in d.error_rules})]
        names, judged = ", ".join(one.rule for one in found), sum(one.judged for one in found)
        yield t("Precision of the errors"), t(
            "findings of {rules}: {right} of {judged} judged on real documents were right",
            rules=names, right=sum(one.right for one in found), judged=judged,
        ) if judged else t("findings of {rules}: not judged on real documents yet", rules=names)  # fmt: skip


def _explained(outcome: str, meanings: Mapping[str, str] = OUTCOMES) -> str:
    """An outcome in words. The Chinese texts are words already."""
    if language() == "zh" or outcome not in meanings:
        return t(outcome, context="answer")
    return f"{outcome} ({meanings[outcome].removesuffix(' (of a site)')})"


def _counts(counts: Mapping[str, int], context: str | None = None) -> str:
    return ", ".join(f"{count:,} {t(name, context=context)}" for name, count in counts.items())
