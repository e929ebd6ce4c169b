"""The process that reads documents for a `Pool`: one at a time, until its parent is gone.

Invariant: it answers every document once: with the document read, with what went wrong, or with None if
memory ran out; always together with the most bytes that it or a helper of it ever held.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

from archive.isolation.memory import limit_private, peak
from parsers.readers.limits import MIB, Limits
from parsers.values.attempts import where
from parsers.values.results import Hints, ParsedDocument

Parse = Callable[[bytes, Hints, Limits], ParsedDocument]

ALARM_SECONDS = 60
UNTOUCHED = 2048 * MIB
"""Private memory that libraries may reserve and not touch; beyond, allocations fail inside the worker."""


@contextlib.contextmanager
def without_main() -> Iterator[None]:
    """A spawned process imports the main module of its parent, unless there is none: a reader needs the
    parsers, not the command line with its crawler and its database."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def work(pipe: Connection, parse: Parse, max_memory: int) -> None:
    """The life of a worker: read a document, parse it, answer."""
    os.setsid()  # its own group, so that its helpers die with it and the terminal's Ctrl-C is the parent's
    os.dup2(2, 1)  # native libraries print; standard output belongs to results
    logging.disable(logging.WARNING)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
    limit_private(max_memory + UNTOUCHED)
    pipe.send("ready")
    while True:
        try:
            data, hints, limits = pipe.recv()
        except (EOFError, OSError):
            return
        signal.alarm(int(limits.max_seconds + ALARM_SECONDS))
        try:
            answer: ParsedDocument | str | None = parse(data, hints, limits)
        except MemoryError:
            answer = None
        except Exception as error:
            answer = where(error)
        signal.alarm(0)
        try:
            pipe.send((answer, peak()))
        except OSError:
            return
