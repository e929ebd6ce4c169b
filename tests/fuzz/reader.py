"""A process that reads damaged documents, watched from outside.

Invariant: every run has an outcome, also of a process that hung, died or wanted too much memory.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from archive.isolation.limits import limit_private
from parsers import parse_document
from parsers.readers.limits import MIB, Limits
from parsers.values.attempts import where
from parsers.values.results import Hints
from tests.fuzz.mutate import mutated
from tests.wording import english

MEMORY = 2048 * MIB
AS_IT_IS = -1
"""The seed of a document that is read without damage."""
LIMITS = Limits(max_pages=2, max_seconds=20, ocr=False)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the outcome, how many seconds it took, and the places of errors that cost a part."""

    name: str
    seed: int
    outcome: str
    seconds: float
    lost: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return self.outcome.startswith(("crashed", "raised", "hangs", "died", "memory"))


def read_one(data: bytes, name: str, limits: Limits = LIMITS) -> tuple[str, tuple[str, ...]]:
    """The outcome of reading, with the place for one that crashed, and the errors that cost a part."""
    try:
        document = parse_document(data, Hints(file_name=name), limits)
    except MemoryError:
        return "memory", ()
    except Exception as error:
        return f"raised {where(error)}", ()
    lost = tuple(
        english(note.detail)
        for note in document.notes
        if note.code == "not_read" and "line " in english(note.detail)
    )
    crashed = f"crashed {english(document.outcome_detail)}"
    return crashed if document.outcome == "crashed" else document.outcome, lost


def work(pipe: Connection) -> None:
    """The life of a reader."""
    limit_private(MEMORY)
    logging.disable(logging.ERROR)
    while True:
        try:
            name, data, seed = pipe.recv()
        except EOFError:
            return
        pipe.send(read_one(data if seed == AS_IT_IS else mutated(data, seed), name))


class Reader:
    """A process that reads, started again after it hung or died."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=work, args=(other,), daemon=True)
        self._process.start()
        other.close()

    def run(self, name: str, data: bytes, seed: int) -> Run:
        begun = time.monotonic()
        self._pipe.send((name, data, seed))
        try:
            if self._pipe.poll(self._seconds):
                outcome, lost = self._pipe.recv()
                return Run(name, seed, outcome, time.monotonic() - begun, lost)
            outcome = "hangs"
        except (EOFError, OSError):
            outcome = "died"
        self.stop()
        self._start()
        return Run(name, seed, outcome, time.monotonic() - begun)

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()
