"""A process that does one task at a time on hostile input, within bounds.

Invariant: whatever a task does, `Isolated.look` or `ask` gives an `Result` or a `Failure` for it; and what
the parent receives is bytes, which are never unpickled.

The process is a child of the fork server of `multiprocessing`, and the leader of a group of its own. It has
limits of the system on what it allocates, opens, writes and computes. The parent watches the clock, the
memory that is really in use (RSS of the process and of its helpers, such as LibreOffice) and how many
processes there are; what comes and goes between two looks is not missed, for each answer carries the most
that was ever held. Over a bound, its group and those of its helpers are killed. An orphan ends itself by an
alarm.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import math
import multiprocessing
import os
import resource
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from archive import StoreError
from archive.isolation.limits import descendants, limit_private, peak, usage
from parsers.readers.limits import MIB
from parsers.values.attempts import where

Work = Callable[[Any], Iterable[bytes]]
"""What a process does with an order: an importable function; its answer is any number of byte strings."""

WATCH_SECONDS = 0.1
START_SECONDS = 120.0
RECEIVE_SECONDS = 60.0
"""A process that has started to answer must end within this time."""
_ALARM_SECONDS = 60
_COMPUTED = 8
"""Seconds of processor time for each second of a task: helpers and threads compute side by side."""
_DONE, _NO_MEMORY, _RAISED, _STILL_BUSY = 0, 1, 2, 3
_HEAD = struct.Struct("!BQI")
"""How the task ended, the most bytes ever held, and how many byte strings follow."""
_CONTEXT = multiprocessing.get_context("forkserver")
_starting = threading.Lock()


class CannotStart(StoreError):
    """The system gives no process, or the process ended before it was ready."""


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """What a process and its helpers may use. `memory` are resident bytes, watched; `allocated` private
    bytes that each of them may allocate; `answer` bytes of one answer; `written` bytes of one file."""

    memory: int
    allocated: int
    answer: int = 2048 * MIB
    processes: int = 64
    open_files: int = 1024
    written: int = 4096 * MIB


@dataclass(frozen=True, slots=True)
class Result:
    """What the work gave, the most bytes that the process or one helper ever held, and whether a thread of
    the work goes on."""

    parts: tuple[bytes, ...]
    most_held: int
    still_busy: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """The reason why a task has no answer. `detail` names the signal or exit code of the process, or the
    exception of the work."""

    kind: Literal["time", "memory", "died", "raised"]
    detail: str = ""


class Isolated:
    """One process, ready for a task; with none in hand it ends when its parent does. Raises CannotStart."""

    def __init__(self, work: Work, bounds: ProcessLimits) -> None:
        self._bounds = bounds
        self._deadline = math.inf
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(
            target=_live, args=(theirs, work, bounds, dict(os.environ)), daemon=True
        )
        with _without_main():
            self.process.start()
        theirs.close()
        ready = False
        with contextlib.suppress(EOFError, OSError):
            ready = self.pipe.poll(START_SECONDS) and self.pipe.recv_bytes(1) == b"!"
        if not ready:
            self.end()
            raise CannotStart(f"a process for hostile input cannot start ({self._exit()})")

    def give(self, order: object, seconds: float) -> None:
        """Hand over a task that may take `seconds`."""
        self._deadline = time.monotonic() + seconds
        with contextlib.suppress(OSError):  # a process that has just died is recognised by its exit code
            self.pipe.send((order, seconds))

    def look(self) -> Result | Failure | None:
        """The result of the task, if it has one by now. After a failure other than `raised` the process has
        ended."""
        if self.pipe.poll():
            return self._received()
        if time.monotonic() > self._deadline:
            self.end()
            return Failure("time")
        held, processes = usage(self.process.pid or 0)
        if held > self._bounds.memory or processes > self._bounds.processes:
            self.end()
            return Failure("memory")
        return None

    def ask(self, order: object, seconds: float) -> Result | Failure:
        """Hand over a task, and wait for its result."""
        self.give(order, seconds)
        while (result := self.look()) is None:
            self.pipe.poll(min(WATCH_SECONDS, max(0.0, self._deadline - time.monotonic())))
        return result

    def kill(self) -> None:
        """Kill the process and all it started; who waits for its answer gets a failure."""
        if self.process.exitcode is None and self.process.pid is not None:
            # Its own group, and those of helpers that lead another: LibreOffice has a session of its own.
            for pid in (*descendants(self.process.pid), self.process.pid):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
            self.process.kill()  # one that is not yet the leader of its group

    def end(self) -> None:
        """Kill the process and all it started, and release what belongs to it."""
        self.kill()
        self.process.join()
        self.pipe.close()

    def _received(self) -> Result | Failure:
        # An answer that begins and does not end is cut off by the death of the process.
        watchdog = threading.Timer(RECEIVE_SECONDS, self.process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            ending, most_held, count = _HEAD.unpack(self.pipe.recv_bytes(_HEAD.size))
            parts, left = [], self._bounds.answer
            for _ in range(count):
                parts.append(self.pipe.recv_bytes(left))
                left -= len(parts[-1])
        except (EOFError, OSError, struct.error):
            self.process.join(1.0)
            return self._died()
        finally:
            watchdog.cancel()
        if ending == _NO_MEMORY or most_held > self._bounds.memory:
            self.end()
            return Failure("memory")
        if ending == _RAISED:
            return Failure("raised", b"".join(parts).decode(errors="replace"))
        return Result(tuple(parts), most_held, ending == _STILL_BUSY)

    def _died(self) -> Failure:
        kind: Literal["memory", "died"] = "died"
        if self.process.exitcode == -signal.SIGABRT:  # how Rust and C++ end where an allocation is refused
            kind = "memory"
        detail = self._exit()
        self.end()
        return Failure(kind, detail)

    def _exit(self) -> str:
        code = self.process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"


def preload(modules: Iterable[str]) -> None:
    """Let the fork server load these modules before it forks, so that no process has to. What counts is the
    first call in a program, before its first process."""
    _CONTEXT.set_forkserver_preload(list(modules))
    with _starting, _one_thread():
        forkserver.ensure_running()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Idle threads of a library would not come along into the children of the fork server."""
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """A new process imports the main module of its parent, unless there is none: a reader needs the
    parsers, not the command line with its crawler and its database."""
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


# -- the other side ----------------------------------------------------------------------------------------


def _live(pipe: Connection, work: Work, bounds: ProcessLimits, environment: dict[str, str]) -> None:
    """The life of a process: take an order, do it, answer, until the parent is gone. The environment is that
    of the parent now, not what the fork server started with."""
    os.environ.clear()
    os.environ.update(environment)
    _confine(bounds)
    pipe.send_bytes(b"!")
    loaded = False
    while True:
        try:
            order, seconds = pipe.recv()
        except (EOFError, OSError):
            return
        _limit_processor(seconds)
        signal.alarm(int(seconds + _ALARM_SECONDS))
        ending, parts = _result(work, order)
        signal.alarm(0)
        try:
            pipe.send_bytes(_HEAD.pack(ending, peak(), len(parts)))
            for part in parts:
                pipe.send_bytes(part)
        except OSError:
            return
        if not loaded:  # what the first task loaded stays for the next: it is not searched for garbage again
            del order, parts
            gc.collect()
            gc.freeze()
            loaded = True


def _result(work: Work, order: Any) -> tuple[int, tuple[bytes, ...]]:
    try:
        parts = tuple(work(order))
        return _STILL_BUSY if threading.active_count() > 1 else _DONE, parts
    except MemoryError:
        return _NO_MEMORY, ()
    except Exception as error:
        return _RAISED, (where(error).encode(errors="replace"),)


def _confine(bounds: ProcessLimits) -> None:
    os.setsid()  # its own group, so that its helpers die with it and the terminal's Ctrl-C is the parent's
    os.dup2(2, 1)  # native libraries print; standard output belongs to results
    logging.disable(logging.WARNING)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
    limit_private(bounds.allocated)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, bounds.open_files),
        (resource.RLIMIT_FSIZE, bounds.written),
    ):
        with contextlib.suppress(OSError, ValueError):  # a lower limit that the operator set stays
            resource.setrlimit(what, (most, most))


def _limit_processor(seconds: float) -> None:
    """What this process may compute from now on; helpers have as much, each."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used + _COMPUTED * (seconds + 1)), hard))
