"""How a job ends: its report printed, written as files (JSON for programs, a page for people, metrics for
Prometheus), its files stamped where asked for, and whether a person must look.

Invariant: the report is the only thing on standard output, and what is True needs a person. All forms of the
report say the same as the words on the screen; a file is replaced whole, so that a process that watches the
folder never reads half of one. Nothing of a web page is markup in ours. Every sample is of a metric that says
what it is; labels are few (statuses, tables), never addresses or names, so that the number of series does not
grow with the dataset.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from archive.dataset.schema import TABLES
from archive.dataset.snapshots import Snapshot, latest
from archive.evidence import stamps
from archive.rendering import formats
from archive.rendering.messages import said
from archive.rendering.texts import t
from archive.stores import LocalStore, Store
from crawler.http.recorder import spool_of
from crawler.jobs.reports import JobReport
from crawler.jobs.summary import is_long, report_text, to_look_at
from crawler.reports.progress import log
from parsers.values.errors import GongkaiError

STAMP_COMMAND = "GONGKAI_STAMP_COMMAND"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
pre { background: #f4f4f4; overflow-x: auto; padding: 1rem; }
table { border-collapse: collapse; }
td, th { border-bottom: 1px solid #ccc; padding: .2rem .6rem; text-align: left; }
"""


def dataset_metrics(snapshot: Snapshot, standing: Mapping[str, int]) -> Iterator[Metric]:
    """What the dataset holds. `standing` counts the deadlines by status."""
    yield single("gongkai_snapshot_number", "Number of the newest snapshot", snapshot.number)
    created = snapshot.created_at.timestamp()
    yield single("gongkai_snapshot_created_timestamp_seconds", "When it was committed", created)
    rows = {name: snapshot.rows(name) for name in TABLES}
    yield by_label("gongkai_rows", "Rows of the newest snapshot by table", rows, "table")
    yield by_label("gongkai_deadlines", "Deadlines by status, as of today", standing, "status")


def single(name: str, help_text: str, value: float) -> Metric:
    """A metric without label."""
    return GaugeMetricFamily(name, help_text, value=value)


def by_label(name: str, help_text: str, samples: Mapping[str, float], label: str) -> Metric:
    """A metric with a sample for each value of a label."""
    metric = GaugeMetricFamily(name, help_text, labels=[label])
    for value, number in samples.items():
        metric.add_metric([value], number)
    return metric


def exposition(metrics: Iterable[Metric]) -> str:
    """The text format of Prometheus, version 0.0.4."""
    registry = CollectorRegistry()
    registry.register(_Listed(list(metrics)))
    return generate_latest(registry).decode()


class _Listed(Collector):
    """Metrics that are known already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """The metrics."""
        return self._metrics


def report_for_screen(store: Store, done: JobReport, folder: Path | None, now: datetime) -> str:
    """The report for a screen. It is written as files too: into `folder` if one is given, else only if a
    screen does not hold it."""
    place = None
    if folder or is_long(done):
        try:
            written = write_report(folder or reports_of(store), done, latest(store), now)
            place = next(path for path in written if path.suffix == ".html")
        except (OSError, GongkaiError) as error:  # the work is done all the same
            log.warning(t("The report could not be written: {error}", error=error))
    return report_text(done, whole=not is_long(done), place=place)


def reports_of(store: Store) -> Path:
    """Where reports go by default: inside a local store, else beside the spool."""
    return store.root / "reports" if isinstance(store, LocalStore) else spool_of(store).parent / "reports"


def write_report(folder: Path, done: JobReport, newest: Snapshot | None, now: datetime) -> list[Path]:
    """Write `<run>.json` and `<run>.html`, the same as `latest.…`, and `gongkai.prom`; their paths."""
    name = done.crawled.run.run_id if done.crawled else f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    data = json.dumps(content(done, now), ensure_ascii=False, indent=1) + "\n"
    html = report_page(done, now)
    files = {f"{stem}.json": data for stem in (name, "latest")}
    files |= {f"{stem}.html": html for stem in (name, "latest")}
    files["gongkai.prom"] = exposition(metrics(done, newest, now))
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        part = folder / f".{file}.{os.getpid()}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(folder / file)
    return [folder / file for file in files]


def content(done: JobReport, now: datetime) -> dict[str, Any]:
    """The report as plain values."""
    crawled, ingested = done.crawled, done.ingested
    return {
        "written_at": now.isoformat(),
        "run": None
        if crawled is None
        else {
            "run_id": crawled.run.run_id,
            "started_at": crawled.run.started_at.isoformat(),
            "exchanges": crawled.exchanges,
            "bytes": crawled.bytes,
            "articles": crawled.articles,
            "attachments": crawled.attachments,
            "outcomes": dict(crawled.outcomes),
            "alarms": [asdict(alarm) for alarm in crawled.alarms],
        },
        "sites": list(_sites(done)),
        "gaps": [
            asdict(gap) | {"evidence": said(gap.evidence)}
            for site in (done.crawled.sites if done.crawled else ())
            for gap in site.gaps
        ],
        "documents": [asdict(document) for document in ingested.documents] if ingested else [],
        "missing": [list(pair) for pair in ingested.missing] if ingested else [],
        "snapshot": ingested.snapshot.number if ingested and ingested.snapshot else None,
        "deadlines": dict(done.standing),
        "needs_a_person": to_look_at(done),
    }


def report_page(done: JobReport, now: datetime) -> str:
    """The report as a page that needs nothing else: no script, no request."""
    sites = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in site.values()) + "</tr>\n"
        for site in _sites(done)
    )
    heads = "".join(f"<th>{escape(name)}</th>" for name in next(_sites(done), {}))
    title = escape(t("Report of a run"))
    return f"""<!doctype html>
<html lang="{t("en")}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{STYLE}</style></head>
<body><h1>{title}</h1><p>{now.isoformat(timespec="seconds")}</p>
<pre>{escape(report_text(done))}</pre>
<table><thead><tr>{heads}</tr></thead><tbody>
{sites}</tbody></table></body></html>
"""


def metrics(done: JobReport, newest: Snapshot | None, now: datetime) -> Iterator[Metric]:
    """The job's numbers, and those of the dataset it left."""
    yield single("gongkai_run_finished_timestamp_seconds", "When the last run ended", now.timestamp())
    troubles = len(to_look_at(done))
    yield single("gongkai_run_needs_a_person", "Things of the last run that a person must look at", troubles)
    if done.crawled:
        seconds = (now - done.crawled.run.started_at).total_seconds()
        yield single("gongkai_run_duration_seconds", "How long the last run took", seconds)
        yield single("gongkai_run_bytes", "Bytes the last run received", done.crawled.bytes)
        outcomes = dict(done.crawled.outcomes)
        yield by_label("gongkai_run_exchanges", "Answers of the last run by outcome", outcomes, "outcome")
        whole = sum(site.whole for site in done.crawled.sites)
        counts = {"visited": len(done.crawled.sites), "complete": whole}
        counts["named"] = len(done.crawled.complete_sites) - whole
        counts["troubled"] = len(done.crawled.troubled)
        yield by_label("gongkai_run_sites", "Sites of the last run", counts, "state")
    if done.ingested:
        found = done.ingested.outcomes
        yield by_label("gongkai_run_documents", "Documents of the last run by outcome", found, "outcome")
    if newest:
        yield from dataset_metrics(newest, done.standing)


def _sites(done: JobReport) -> Iterator[dict[str, Any]]:
    for site in done.crawled.sites if done.crawled else ():
        yield {
            "site_id": site.site.site_id,
            "name": site.site.name,
            "outcome": site.outcome,
            "detail": said(site.detail),
            "complete": site.whole,
            "gaps": len(site.gaps),
            "platform": site.platform,
            "articles": site.articles,
            "new_articles": site.new_articles,
            "attachments": site.attachments,
        }


def reported(store: Store, done: JobReport, folder: Path | None) -> bool:
    """Print the report of a job, and write it into `folder` if one is given."""
    sys.stdout.write(report_for_screen(store, done, folder, datetime.now(UTC)))
    sys.stdout.flush()
    return bool(to_look_at(done))


def attested(store: Store, command: str | None, form: str = "", out: Path | None = None) -> bool:
    """Have what is new stamped by a program, and say so."""
    done = list(stamps.stamp(store, command))
    for problem in {one.problem for one in done if one.problem}:
        log.warning(problem)
    if form:
        rows = [asdict(one) | {"proofs": ", ".join(one.proofs)} for one in done]
        formats.give(pa.Table.from_pylist(rows), form, out)
    return any(one.problem for one in done)


def finished(store: Store, done: JobReport, folder: Path | None) -> bool:
    """Print the report of a job, and have its files stamped where that is asked for."""
    troubled, service = reported(store, done, folder), os.environ.get(STAMP_COMMAND)
    return (attested(store, service) if service else False) or troubled
