"""Work on archived files and a visitor's SQL, in processes of their own.

Invariant: whatever a file or a question does, the server goes on, and gets bytes or a `SandboxError`. A
process does one task, so that no task affects another; the fork server has the libraries of all tasks, so
that starting one takes a hundredth of the time that loading them takes. SQL reads one snapshot through
`archive.dataset.query.connection` and nothing else.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from threading import BoundedSemaphore
from typing import Any

import pyarrow as pa

from archive.dataset import snapshots
from archive.dataset.query.connection import run_sql
from archive.isolation import process
from archive.isolation.process import CannotStart, Failure, Isolated, ProcessLimits
from archive.stores import Store, open_store
from parsers.readers.limits import MIB
from parsers.values.errors import DocumentError, GongkaiError

TASKS = {
    "pages": "archive.web.data.images:pages_of",
    "render": "archive.web.data.images:render",
    "member": "archive.web.data.images:member_of",
    "members": "archive.web.data.images:members_of",
    "query": "archive.web.data.sandbox:answer",
}
LIBRARIES = (
    "archive.stores.s3",
    "pypdfium2",
    "PIL.Image",
    *(name.partition(":")[0] for name in TASKS.values()),
)
_DONE, _REFUSED = b"+", b"-"
_NO_VALUES: Mapping[str, object] = {}
_slots = BoundedSemaphore(4)
"""Requests of one client are queued."""
SECONDS = 20.0
MEMORY = 1536 * MIB
MAX_SQL = 20_000


class SandboxError(GongkaiError):
    """The work was refused, took too long or needed too much; the message is for the visitor."""


def prepare() -> None:
    """Load what tasks need before the first one comes."""
    process.preload(LIBRARIES)


def call(
    task: str,
    options: Mapping[str, Any],
    data: bytes = b"",
    *,
    seconds: float = 20.0,
    memory: int = 1536 * MIB,
) -> bytes:
    """The bytes that a task of `TASKS` makes of options and data; raises SandboxError."""
    with _slots:
        try:
            child = Isolated(_do, ProcessLimits(memory, memory))
        except CannotStart as error:
            raise SandboxError("the sandbox cannot be started") from error
        try:
            result = child.ask((task, dict(options), data), seconds)
        finally:
            child.end()
    if isinstance(result, Failure):
        raise _error(result, seconds, memory)
    ending, answer = result.parts
    if ending == _REFUSED:
        refusal = json.loads(answer)
        raise SandboxError(refusal["text"], **refusal["values"])
    return answer


def _error(failure: Failure, seconds: float, memory: int) -> SandboxError:
    match failure.kind:
        case "time":
            return SandboxError("stopped after {n} seconds", n=f"{seconds:g}")
        case "memory":
            return SandboxError("needs more than {n} MiB of memory", n=memory // MIB)
        case "died" | "raised":
            return SandboxError(
                "stopped: it needs more than {n} MiB of memory or breaks its reader", n=memory // MIB
            )


def _do(order: tuple[str, dict[str, Any], bytes]) -> tuple[bytes, bytes]:
    """In the process: the answer of a task, or why it is refused."""
    name, options, data = order
    module, _, function = TASKS[name].partition(":")
    task: Callable[[dict[str, Any], bytes], bytes] = getattr(importlib.import_module(module), function)
    try:
        return _DONE, task(options, data)
    except MemoryError:
        raise
    except DocumentError as error:
        return _refusal(str(error.detail))
    except GongkaiError as error:
        return _refusal(error.text, error.values)
    except Exception as error:  # the visitor gets the sentence, the server goes on
        return _refusal(str(error) or type(error).__name__)


def _refusal(text: str, values: Mapping[str, object] = _NO_VALUES) -> tuple[bytes, bytes]:
    shown = {name: str(value) for name, value in values.items()}
    return _REFUSED, json.dumps({"text": text, "values": shown}).encode()


def ask(store: Store, number: int, sql: str) -> pa.Table:
    """The answer of snapshot `number`; raises SandboxError with the reason."""
    options = {"store": store.uri, "snapshot": number, "sql": sql[:MAX_SQL]}
    data = call("query", options, seconds=SECONDS, memory=MEMORY)
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
