"""A visitor's SQL, answered in the sandbox.

Invariant: the SQL reads one snapshot through `archive.dataset.query.connection` and nothing else, for a
limited time and with limited memory; the answer is an Arrow stream.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from archive.dataset import snapshots
from archive.dataset.query.connection import run_sql
from archive.stores import Store, open_store
from archive.web.data import sandbox
from parsers.readers.limits import MIB

SECONDS = 20.0
MEMORY = 1536 * MIB
MAX_SQL = 20_000


def ask(store: Store, number: int, sql: str) -> pa.Table:
    """The answer of snapshot `number`; raises SandboxError with the reason."""
    options = {"store": store.uri, "snapshot": number, "sql": sql[:MAX_SQL]}
    data = sandbox.call("query", options, seconds=SECONDS, memory=MEMORY)
    return pa.ipc.open_stream(data).read_all()


def answer(options: dict[str, Any], _: bytes) -> bytes:
    """In the sandbox: run the query."""
    pa.set_cpu_count(1)
    store = open_store(options["store"])
    table = run_sql(store, snapshots.load(store, options["snapshot"]), options["sql"])
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    data: bytes = out.getvalue().to_pybytes()
    return data
