"""`make bench-web`: how fast the pages answer over a large dataset: 1 million facts of 20,000 documents.

The dataset is made up of one typeset budget: every document has its tables, cut to their first amounts, and
every body the documents of four years. The server is the real `gongkai serve`. Cold is the first request
after the server said that it is up, each in a server of its own; of the answers after it the median and the
95th percentile are printed, and the processor time of one, which another load does not lengthen.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import pyarrow as pa

from archive.dataset.schema import arrow_schema, build_table
from archive.dataset.snapshots import Change, commit, commit_onto, latest, read_table
from archive.ingest.reading.rows import document_rows
from archive.monitoring.bodies import NOTHING_REGISTERED, body_id
from archive.monitoring.carried import standing
from archive.stores import Store, open_store
from archive.web.view.knowledge import examples
from parsers import parse_document
from parsers.reference import regions
from tests.site.typeset import typeset

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AMOUNTS_OF_A_TABLE = 7
"""So that a document has about 50 amounts."""
YEARS = (2023, 2024, 2025, 2026)
KINDS = ("budget", "accounts")
COUNTIES = 100
SIZES = ("facts", "documents", "checks", "bodies", "deadlines")
PART = 2_500
TICKS = os.sysconf("SC_CLK_TCK")


# -- the dataset -------------------------------------------------------------------------------------------


def build(folder: Path, documents: int) -> Store:
    """A store of so many documents."""
    store = open_store(str(folder))
    template = _template()
    listed = _documents(documents)
    for start in range(0, documents, PART):
        part = listed.slice(start, PART)
        changes = [
            Change(name, _fill(name, template, part)) for name in ("documents", "tables", "facts", "checks")
        ]
        changes.append(Change("disclosures", _carriers(part)))
        commit(store, changes, message="", run_id=None, now=NOW)
    sites = sorted({f"s{code}" for code in listed["region_code"].to_pylist()})
    run = {"run_id": "20261101T000000Z-000000", "started_at": NOW, "finished_at": NOW, "command": "bench",
           "outcomes": "{}", "errors": [], "complete_sites": sites, "stated": "{}"}  # fmt: skip
    commit(store, [Change("runs", build_table("runs", [run]))], message="", run_id=None, now=NOW)
    _judge(store)
    return store


def _judge(store: Store) -> None:
    """Commit bodies and deadlines, as an ingest does."""
    base = latest(store)
    assert base
    verdicts = standing(store, base, NOW.date(), NOTHING_REGISTERED)
    changes = verdicts.changes
    commit_onto(store, base, changes, message="", run_id=None, now=NOW, judged=verdicts.judged)


def _template() -> duckdb.DuckDBPyConnection:
    """The tables of one document, cut, on a connection."""
    rows = dict(document_rows(parse_document(typeset("yanbian-2024", "pdf")), None))
    connection = duckdb.connect()
    connection.register("whole", rows["facts"])
    rank = "row_number() OVER (PARTITION BY table_id ORDER BY row_no, col_no)"
    rows["facts"] = connection.execute(
        f"SELECT * FROM whole QUALIFY {rank} <= {AMOUNTS_OF_A_TABLE}"
    ).to_arrow_table()
    kept = set(rows["facts"]["fact_id"].to_pylist())
    cut = [set(ids or ()) <= kept for ids in rows["checks"]["fact_ids"].to_pylist()]
    rows["checks"] = rows["checks"].filter(pa.array(cut, pa.bool_()))
    for name, table in rows.items():
        connection.register(f"template_{name}", table)
    return connection


def _documents(count: int) -> pa.Table:
    """Whose the documents are: number, document_id, place, body, year and kind."""
    codes = map(str, range(110_000, 660_000))
    places = [found for code in codes if (found := regions.region(code)) and found.county]
    places = places[:: max(1, len(places) // COUNTIES)]
    each = len(YEARS) * len(KINDS)
    rows = []
    for n in range(count):
        office, county = divmod(n // each, len(places))
        place = places[county]
        rows.append(
            {
                "n": n,
                "region_code": place.code,
                "province": place.province,
                "city": place.city,
                "county": place.county,
                "body_name": f"{place.name}第{office + 1}局",
                "fiscal_year": YEARS[n % len(YEARS)],
                "document_kind": KINDS[n // len(YEARS) % len(KINDS)],
            }
        )
    return pa.Table.from_pylist(rows)


def _fill(name: str, template: duckdb.DuckDBPyConnection, documents: pa.Table) -> pa.Table:
    """The template's rows of a table once for each document, under its ids and with its own amounts."""
    template.register("listed", documents)
    whole, start = "sha256(n::VARCHAR)", "substr(sha256(n::VARCHAR), 1, 16)"
    forms = {
        "document_id": whole,
        **{key: f"{start} || substr(t.{key}, 17)" for key in ("table_id", "fact_id", "check_id")},
        **{key: f"[{start} || substr(x, 17) FOR x IN t.{key}]" for key in ("table_ids", "fact_ids")},
        "amount_yuan": "CAST(t.amount_yuan * (1 + n % 89) AS DECIMAL(20, 2))",
        **{key: f"listed.{key}" for key in documents.column_names},
    }
    if name == "documents":
        forms |= {"title": "listed.body_name || t.title", "body_level": "'department'"}
        forms["facts"] = "(SELECT count(*) FROM template_facts)::INTEGER"
    asked = ", ".join(f"{forms[key]} AS {key}" for key in arrow_schema(name).names if key in forms)
    sql = f"SELECT t.* REPLACE ({asked}) FROM template_{name} t CROSS JOIN listed"
    return template.execute(sql).to_arrow_table().cast(arrow_schema(name))


def _carriers(documents: pa.Table) -> pa.Table:
    """An announcement of each document, on the site of its county, in time or late."""
    asked = """
        SELECT substr(sha256('a' || n), 1, 16) AS disclosure_id, 's' || region_code AS site_id, region_code,
               'http://www.county' || region_code || '.gov.cn/a/' || n || '.html' AS url,
               body_name || fiscal_year || '年部门公开' AS title,
               document_kind = 'accounts' AS late,
               make_date(fiscal_year + late::INTEGER, if(late, 9, 2), (1 + n % 27)::INTEGER) AS published_on,
               'stated' AS published_basis, published_on::TIMESTAMPTZ + INTERVAL 1 DAY AS first_seen,
               first_seen AS last_seen, 'live' AS state, body_name, fiscal_year, document_kind,
               [sha256(n::VARCHAR)] AS document_ids
        FROM listed"""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("listed", documents)
        rows = connection.execute(f"SELECT * EXCLUDE (late) FROM ({asked})").to_arrow_table().to_pylist()
    return build_table("disclosures", rows)


# -- the server --------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A running `gongkai serve`."""

    process: subprocess.Popen[bytes]
    port: int

    def get(self, path: str) -> tuple[float, int]:
        """Seconds and status of one request, as a browser asks."""
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Accept-Language": "zh"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return time.perf_counter() - begun, answer.status

    def shows(self) -> int:
        """The number of the snapshot that visitors see."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=60) as answer:
            return int(json.load(answer)["snapshot"])

    def processor(self) -> float:
        """Seconds of processor time so far, with those of the sandbox, which is a child of the server, and of
        its children that ended."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task").glob("*/children")
        pids = [pid, *(int(one) for listed in children for one in listed.read_text().split())]
        stats = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in pids]
        return sum(int(ticks) for fields in stats for ticks in fields[11:15]) / TICKS

    def peak(self) -> int:
        """The most memory it ever held, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024


@contextmanager
def served(folder: Path) -> Iterator[tuple[Server, float]]:
    """A server over a store, and how long it took to come up."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.perf_counter()
    command = [sys.executable, "-m", "gongkai", "--store", str(folder), "serve", "--port", str(port)]
    server = Server(subprocess.Popen(command, stderr=subprocess.DEVNULL), port)
    try:
        while True:
            try:
                server.get("/health")
                break
            except ConnectionError:
                assert server.process.poll() is None, "the server did not start"
                time.sleep(0.02)
        yield server, time.perf_counter() - begun
    finally:
        server.process.terminate()
        server.process.wait()


# -- what is asked -----------------------------------------------------------------------------------------


def addresses(store: Store) -> dict[str, list[str]]:
    """Pages by name; of a kind of page several, so that what one visitor warmed does not serve the next."""
    snapshot = latest(store)
    assert snapshot
    rows = read_table(store, snapshot, "documents", ["document_id", "region_code", "body_name"]).to_pylist()
    some = rows[:: max(1, len(rows) // 40)]
    bodies = [body_id(row["region_code"], row["body_name"]) for row in some]
    return {
        "overview": ["/"],
        "overview, one year": [f"/?year={year}&kind=budget" for year in YEARS],
        "province": [f"/regions/{row['region_code'][:2]}0000" for row in some],
        "deadlines": ["/deadlines", "/deadlines?status=late", "/deadlines?region=61&year=2026"],
        "scores": ["/scores", "/scores?level=city&year=2026", "/scores?region=61", "/scores?level=body"],
        "scores, API": ["/api/scores?level=body&year=2026", "/api/scores?region=61&limit=1000"],
        "documents": ["/documents", "/documents?region=61&year=2026", "/documents?body=none"],
        "documents, disputed": ["/documents?status=disputed", "/documents?status=single&region=61"],
        "body": [f"/bodies/{one}" for one in bodies],
        "document": [f"/documents/{row['document_id']}" for row in some],
        "compare": [f"/compare?body={a}&body={b}" for a, b in pairwise(bodies)],
        "rank": ["/rank?measure=general&year=2026", "/rank?measure=expenditure&year=2025&region=61"],
        "SQL page": ["/sql"],
        **{f"SQL: {one.english}": [f"/sql?{urlencode({'q': one.sql})}"] for one in examples()},
    }


def measure(folder: Path, name: str, paths: list[str], requests: int) -> str:
    """A line of the table: a fresh server asked first once and then often."""
    with served(folder) as (server, _):
        cold, status = server.get(paths[0])
        assert status == 200, f"{paths[0]} answers {status}"
        before, times = server.processor(), []
        for number in range(requests):
            seconds, status = server.get(paths[(number + 1) % len(paths)])
            assert status == 200
            times.append(seconds)
        cpu = (server.processor() - before) / requests
        times.sort()
        p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
        cells = [f"{one * 1000:.0f}" for one in (cold, statistics.median(times), p95, cpu)]
        return f"| {name} | {' | '.join(cells)} | {server.peak() / 2**20:.0f} |"


def new_snapshot(folder: Path) -> tuple[float, float]:
    """The longest wait for the overview while a new snapshot comes, and how long until it is shown."""
    with served(folder) as (server, _):
        server.get("/")
        store = open_store(str(folder))
        number = latest(store)
        assert number
        site = build_table(
            "sites", [{"site_id": f"bench-{number.number}", "url": "http://www.county.gov.cn/"}]
        )
        committed = commit(store, [Change("sites", site)], message="", run_id=None, now=NOW)
        assert committed
        begun, longest = time.perf_counter(), 0.0
        while time.perf_counter() - begun < 120:
            longest = max(longest, server.get("/")[0])
            if server.shows() == committed.number:
                return longest, time.perf_counter() - begun
            time.sleep(0.1)
    raise AssertionError("the new snapshot was never shown")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--documents", type=int, default=20_000)
    asked.add_argument("--requests", type=int, default=40, help="after the first, of every page")
    asked.add_argument("--store", type=Path, help="keep the dataset here, and use it again")
    asked.add_argument("--only", default="", help="pages whose name has this in it")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = options.store or Path(scratch) / "store"
        if not folder.exists():
            build(folder, options.documents)
        store = open_store(str(folder))
        snapshot = latest(store)
        assert snapshot
        print(", ".join(f"{snapshot.rows(name):,} {name}" for name in SIZES))
        with served(folder) as (_, seconds):
            print(f"up after {seconds:.1f} s")
        print("| page | cold, ms | p50, ms | p95, ms | processor, ms | peak MiB |")
        print("|---|---|---|---|---|---|")
        for name, paths in addresses(store).items():
            if options.only in name:
                print(measure(folder, name, paths, options.requests), flush=True)
        longest, seconds = new_snapshot(folder)
        print(f"a new snapshot is shown after {seconds:.1f} s; the longest wait is {longest * 1000:.0f} ms")


if __name__ == "__main__":
    main()
