"""`python -m tests.bench.growth`: what one new PDF costs in stores of 1,000, 10,000 and 100,000 documents.

Each store has rows of documents, announcements and their versions, and of ten captures for each document:
what an ingest has to hold a new document against. There are no facts in it: they have no part in that, and a
hundred thousand documents would have twenty million. A store is written in one process; in another, a PDF is
handed over and read (`archive_files`, `ingest`, the deadlines included), as `gongkai ingest FILE` does; then
the board of deadlines is asked for, as `gongkai deadlines` does. Seconds are those of the processor, without
the process in which the PDF is read, which costs the same in every store; memory is the most that the process
held. Then, each in a process of its own, what goes through more than that: the past that a crawl reads before
its first request, and until it has asked all provinces; all alerts, all verdicts after a change of their
rules; what is gone through before documents are read again, of one portion and of all; and files, keys and
index of the dataset (`gongkai verify`).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from reportlab.pdfgen import canvas

from archive.alerts import Channel, deliver, detect
from archive.alerts.delivery import seen_by, unsent
from archive.dataset.manifest import Snapshot, snapshot_key
from archive.dataset.schema import build_table
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import Change, commit, commit_onto, find_edits, latest, read_table
from archive.evidence.archived import verify_run
from archive.evidence.verification import verify_dataset
from archive.history.local_files import archive_files
from archive.history.runs import run_row
from archive.ids import disclosure_id
from archive.ingest.agenda import of_part, parts_of
from archive.ingest.disclosures import Documents
from archive.ingest.job import ingest
from archive.ingest.sights import Sights
from archive.monitoring import verdicts
from archive.monitoring.anew import judged_by_region
from archive.monitoring.bodies import NOTHING_REGISTERED
from archive.monitoring.carried import standing
from archive.stores import Store, open_store
from archive.warc.captures import (
    ARTICLES,
    RUN,
    Article,
    Run,
    VisitedSite,
    article_to_json,
    journal_key,
    run_to_json,
)
from crawler.history.resume import Past
from parsers import PARSER_VERSION
from parsers.reference import regions
from tests.bench.figures import print_figures
from tests.bench.madeup import rows_of

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000)
PART = 10_000
CAPTURES = 10
"""Captures of one document."""
MIB = 1 << 20
SENT = Channel("bench", "webhook", "http://bench.example/")
"""A channel that was sent everything."""
STEPS = ("hand over", "ingest", "deadlines", "verify run")
"""Of one PDF."""
NEAR = 9
"""Sites of a province that a crawl of one of them reads about: as many in every store."""


def filled(store: Store, documents: int) -> None:
    """A run of each ten thousand documents, with their announcements. Each visits all sites, as a nightly run
    does: what is known of a site comes from all of them."""
    runs = max(1, documents // PART)
    for number in range(runs):
        chosen = range(number, documents, runs)
        begun = NOW - timedelta(days=runs - number)
        run_id = f"{begun:%Y%m%dT%H%M%SZ}-abcdef"
        rows = rows_of_documents(chosen, documents)
        announced = list(_announced(chosen, rows, begun))
        run = _run(run_id, begun, announced)
        store.write(journal_key(run_id, ARTICLES), "".join(map(_article, announced)).encode())
        store.write(journal_key(run_id, RUN), run_to_json(run))
        changes = {
            "runs": [asdict(run_row(run))],
            "sites": [asdict(site) for site in run.sites],
            "disclosures": [one for one, _ in announced],
            "versions": [one for _, one in announced],
            "captures": list(_captures(run_id, begun, announced)),
        }
        built = (Change(name, build_table(name, found)) for name, found in changes.items())
        commit(store, [Change("documents", rows), *built], message="", run_id=None, now=begun)
    _judge(store)
    snapshot = latest(store)
    assert snapshot
    deliver(store, [SENT], detect(store, snapshot, NOW.date()), NOW, process="bench", of=snapshot)


def rows_of_documents(chosen: range, documents: int) -> pa.Table:
    """A body has a document for each of twelve years, a county ten bodies."""
    rows = rows_of(chosen, documents, tables=("documents",))["documents"]
    bodies = [f"第{number // 12}局" for number in chosen]
    counties = _counties()
    codes = [counties[number // 120 % len(counties)] for number in chosen]
    years = pa.array([2015 + number % 12 for number in chosen], pa.int32())
    made = {"parser_version": [PARSER_VERSION] * len(rows), "body_name": bodies, "region_code": codes}
    for name, values in {**{name: pa.array(one) for name, one in made.items()}, "fiscal_year": years}.items():
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(place), values.cast(rows.schema.field(place).type))
    return rows


def _site(region_code: str) -> str:
    return f"bench-{region_code}"


def _run(run_id: str, begun: datetime, announced: list[tuple[Any, Any]]) -> Run:
    sites = sorted({row["site_id"] for row, _ in announced})
    rows = (VisitedSite(site, site[-6:], last_outcome="content") for site in sites)
    return Run(run_id, begun, "bench", "0", begun, sites=tuple(rows), complete_sites=tuple(sites))


def _article(announced: tuple[Any, Any]) -> str:
    """A line of the journal."""
    row, version = announced
    taken = {name: row[name] for name in ("site_id", "url", "title", "published_on", "published_basis",
             "body_name", "region_code", "fiscal_year", "document_kind")}  # fmt: skip
    return article_to_json(Article(**taken, capture_id=None, attachments=((version["url"], None),))) + "\n"


@cache
def _counties() -> list[str]:
    codes = map(str, range(110_000, 660_000))
    return [code for code in codes if (found := regions.region(code)) and found.county]


def _announced(
    chosen: range, rows: pa.Table, moment: datetime
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """An announcement of each document, and the version it shows."""
    columns = ("document_id", "title", "body_name", "region_code", "fiscal_year")
    for number, row in zip(chosen, rows.select(columns).to_pylist(), strict=True):
        url = f"http://www.example.gov.cn/{number}.html"
        seen = {"first_seen": moment, "last_seen": moment}
        identity = disclosure_id(url)
        about = {name: row[name] for name in columns if name != "document_id"}
        disclosure = {"disclosure_id": identity, "site_id": _site(row["region_code"]), "url": url,
                      "published_on": moment.date(), "published_basis": "metadata", "state": "live",
                      "document_kind": "budget", "document_ids": [row["document_id"]],
                      **about, **seen}  # fmt: skip
        yield disclosure, {"disclosure_id": identity, "url": url.replace(".html", ".pdf"),
                           "document_id": row["document_id"], **seen}  # fmt: skip


def _captures(run_id: str, moment: datetime, announced: list[tuple[Any, Any]]) -> Iterator[dict[str, Any]]:
    """The page and the file of an announcement, and eight pages on which it was listed."""
    for number, (disclosure, version) in enumerate(announced):
        pages = [f"http://www.example.gov.cn/list/{number}-{page}.html" for page in range(CAPTURES - 2)]
        for place, url in enumerate((*pages, disclosure["url"], version["url"])):
            is_file = place == CAPTURES - 1
            sha256 = f"{'' if is_file else place}{version['document_id']}"[:64]
            where = {
                "path": f"warc/{run_id}.warc.gz",
                "offset": 5000 * (CAPTURES * number + place),
                "length": 4000,
            }
            yield {
                "capture_id": f"{run_id}-{CAPTURES * number + place:06d}", "run_id": run_id,
                "site_id": disclosure["site_id"], "url": url, "fetched_at": moment, "status": 200,
                "outcome": "content", "bytes": 9000, "sha256": sha256, "digest": sha256,
                "media_type": "application/pdf" if is_file else "text/html",
                "referrer": disclosure["url"] if is_file else None,
                **{f"warc_{name}": value for name, value in where.items()},
                **{f"payload_{name}": value for name, value in where.items()},
            }  # fmt: skip


def _judge(store: Store) -> None:
    """Commit bodies and deadlines, as an ingest does."""
    base = latest(store)
    assert base
    verdicts = standing(store, base, NOW.date(), NOTHING_REGISTERED)
    commit_onto(store, base, verdicts.changes, message="", run_id=None, now=NOW, judged=verdicts.judged)


def measured(store: Store, folder: Path) -> dict[str, float]:
    """Seconds of every step and the peak of memory in bytes, of taking in one PDF."""
    pdf = folder / "new.pdf"
    page = canvas.Canvas(str(pdf), invariant=1)
    page.drawString(72, 720, f"a notice without tables {time.time_ns()}")
    page.save()
    found, last = {}, _busy()

    def done(step: str) -> None:
        nonlocal last
        now = _busy()
        found[step], last = now - last, now

    run_id = archive_files(store, [pdf], spool=folder / "spool", now=NOW, command="bench", version="0")
    done(STEPS[0])
    assert ingest(store, now=NOW).snapshot
    done(STEPS[1])
    newest = latest(store)
    assert newest
    verdicts.board(store, newest, date(2026, 11, 22))
    done(STEPS[2])
    assert not list(verify_run(store, run_id))
    done(STEPS[3])
    found["manifest"] = len(store.read(snapshot_key(newest.number)))
    found["peak"] = _peak()
    return found


def _peak() -> int:
    """The most bytes that this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _start(store: Store, snapshot: Snapshot, sites: int | None = None, parts: int | None = 1) -> None:
    """What `gongkai run` reads of the first sites or of all, before its first request, or until it has asked
    all of them."""
    known = read_table(store, snapshot, "disclosures", ["site_id"]).column(0).unique().to_pylist()
    provinces = {site: site.removeprefix("bench-")[:2] for site in sorted(known)[:sites]}
    past = Past(store, NOW - timedelta(days=1), parts=provinces)
    assert past.sites
    for one in list(dict(zip(provinces.values(), provinces, strict=True)).values())[:parts]:
        past.of(one)


def _other_rules(store: Store, snapshot: Snapshot) -> None:
    changes = judged_by_region(store, snapshot, (), NOW.date(), NOTHING_REGISTERED).changes
    find_edits(store, snapshot, changes, set())


def _reading_again(store: Store, snapshot: Snapshot, some: slice = slice(None)) -> None:
    """What is gone through before documents are read again."""
    for part in parts_of(store, snapshot)[some]:
        documents = Documents(stored=StoredRows(store, snapshot, "documents"))
        of_part(part, store, snapshot, Sights(store, snapshot), documents, ())


def _dataset(store: Store, snapshot: Snapshot) -> None:
    list(verify_dataset(store, [snapshot]))  # its documents have no files


def _alerts(store: Store, snapshot: Snapshot) -> None:
    """What `gongkai alerts` looks for where all was sent."""
    asked, since = unsent(store, [SENT]), seen_by(store, [SENT])
    assert since and not detect(store, snapshot, NOW.date(), asked=asked, since=since)


WHOLE: dict[str, Callable[[Store, Snapshot], object]] = {
    "start of one": lambda store, snapshot: _start(store, snapshot, NEAR),
    "crawl start": _start,
    "crawl of all": lambda store, snapshot: _start(store, snapshot, parts=None),
    "alerts": _alerts,
    "all alerts": lambda store, snapshot: detect(store, snapshot, NOW.date()),
    "other rules": _other_rules,
    "reparse of one": lambda store, snapshot: _reading_again(store, snapshot, slice(1, 2)),
    "reparse": _reading_again,
    "verify": _dataset,
}
"""What goes through more than one PDF touches."""


def _busy() -> float:
    """Seconds of the processor: of this process, of its children, and of theirs. Those that read documents
    are children of a fork server, of which the system says nothing to us before it ends."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    ended = sum(one.ru_utime + one.ru_stime for one in used)
    stats: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended since it was listed
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
    below, alive = {os.getpid()}, 0.0
    while found := {pid for pid, stat in stats.items() if int(stat[1]) in below and pid not in below}:
        below |= found
        alive += sum(int(ticks) for pid in found for ticks in stats[pid][11:15])
    return ended + alive / os.sysconf("SC_CLK_TCK")


def _in_process(step: str, store: Path, documents: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.growth", "--step", step, str(store), str(documents)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout or "{}")
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--sizes", default=",".join(map(str, SIZES)), help="documents, with commas")
    arguments.add_argument("--step", nargs=3, metavar=("STEP", "STORE", "N"), help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.step:
        step, folder, count = given.step
        store = open_store(folder)
        if step == "fill":
            filled(store, int(count))
        elif step in WHOLE:
            snapshot, begun = latest(store), time.process_time()
            assert snapshot
            WHOLE[step](store, snapshot)
            print(json.dumps({"seconds": time.process_time() - begun, "peak": _peak()}))
        else:
            print(json.dumps(measured(store, Path(folder).parent)))
        return
    first: float | None = None
    print(
        f"{'documents':>10}{'captures':>10}"
        + "".join(f"{step:>12}" for step in STEPS)
        + "   all    ×     MiB  manifest"
    )
    for size in map(int, given.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            _in_process("fill", Path(folder) / "store", size)
            place = Path(folder) / "store"
            others = {step: _in_process(step, place, size) for step in WHOLE}
            found = _in_process("measure", place, size)
        whole = sum(found[step] for step in STEPS)
        first = first or whole
        steps = "".join(f"{found[step]:>10.2f} s" for step in STEPS)
        print(
            f"{size:>10,}{CAPTURES * size:>10,}{steps}{whole:>6.2f}{whole / first:>6.2f}"
            f"{found['peak'] / MIB:>7.0f}"
            f"{found['manifest'] / 1024:>6.0f} KiB",
            flush=True,
        )
        for step, one in others.items():
            print(f"{step:>20}{one['seconds']:>10.2f} s{one['peak'] / MIB:>7.0f} MiB", flush=True)
    # Of the largest store.
    figures = {"captures": [float(CAPTURES * size)]}
    for step, one in others.items():
        figures |= {f"{step}, CPU s": [one["seconds"]], f"{step}, memory, bytes": [one["peak"]]}
    print_figures(figures)


if __name__ == "__main__":
    main()
