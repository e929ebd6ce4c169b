"""What one document may cost, as the operator sets it.

Invariant: a value that is set and cannot be understood stops the program before anything is read; nothing
falls back in silence.

| variable | default | means |
|---|---|---|
| `GONGKAI_READ_WORKERS` | 2 | documents read at a time, each in a process of its own |
| `GONGKAI_READ_SECONDS` | 300 | time for one document |
| `GONGKAI_READ_MEMORY_MIB` | 2048 | memory of one worker and its helpers |
| `GONGKAI_READ_PAGES` | 500 | pages read of one document; later ones are left out with a note |
| `GONGKAI_READ_OCR` | 1 | 0: scanned pages get the outcome `needs_ocr` |

No page is started after three quarters of the time or with nine tenths of the memory in use: such pages are
unread, each with a note, and those before them are kept. The rest of the time is for tables and checks. The
pages of a scan are recognised side by side, as many as there are cores (four at most); none starts with less
time than the slowest took. The image of one page may take three tenths of the time; one that takes longer is
unread, and the pages behind it are read.

The members of one archive share what follows from these; see `Share`. Memory is resident bytes (RSS): address
space is not counted, for onnxruntime and OpenBLAS reserve gigabytes that they never touch.
"""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive import StoreError
from parsers.readers.limits import MIB, Limits

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
PAGES_TIME, PAGES_MEMORY = 0.75, 0.9
"""Shares of a document's time and memory after which no page of it is started."""
IMAGE_TIME = 0.3
"""Share of a document's time that the image of one page may take."""
FAILING_TIMES, READING_TIMES, BYTES_TIMES = 3, 12, 2
LEAST_SECONDS = 1.0
"""With less time than this a member is not started."""


def descendants(pid: int) -> list[int]:
    """The processes that a process started, those they started, and so on; none where the system does not
    say."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, children) for found in (child, *descendants(child))]


def usage(pid: int) -> tuple[int, int]:
    """Bytes that a process and its descendants hold now, and how many they are; 0 of each where the system
    does not say."""
    try:
        held = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0, 0
    parts = [usage(int(child)) for child in children]
    return held + sum(part[0] for part in parts), 1 + sum(part[1] for part in parts)


def held() -> int:
    """What this process and its descendants hold now; 0 where the system does not say."""
    return usage(os.getpid())[0]


def peak() -> int:
    """The most that this process, or any one helper that has ended, ever held."""
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # Not ru_maxrss of this process: Linux starts it at what the parent held when it forked.
    with suppress(OSError):
        match = _PEAK.search(Path("/proc/self/status").read_text())
        if match is not None:
            return max(int(match[1]), helpers) * 1024
    return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, helpers) * 1024


def limit_private(size: int) -> None:
    """Let this process and its helpers allocate no more than `size` bytes of private memory each, touched or
    not; an allocation beyond fails in them."""
    with suppress(OSError, ValueError):  # a lower limit that the operator set stays
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


class BudgetError(StoreError):
    """A budget in the environment is not a number."""


@dataclass(frozen=True, slots=True)
class Budget:
    """`max_memory` in bytes per worker."""

    workers: int = 2
    max_memory: int = 2048 * MIB
    limits: Limits = field(default_factory=Limits)


def for_document(limits: Limits, seconds: float, max_memory: int) -> Limits:
    """The limits for one document that may take `seconds` and hold `max_memory` bytes."""
    return replace(
        limits,
        max_seconds=seconds,
        page_seconds=PAGES_TIME * seconds,
        image_seconds=IMAGE_TIME * seconds,
        page_memory=PAGES_MEMORY * max_memory,
        held=held,
    )


@dataclass(slots=True)
class Allowance:
    """What everything in one archive, nested archives included, may still cost together: time for members
    that fail (`FAILING_TIMES` the time of a document), time in all (`READING_TIMES`), files (as many as one
    archive may have) and bytes (`BYTES_TIMES` those of a document)."""

    limits: Limits
    failing: float
    reading: float
    files: int
    bytes: int

    @classmethod
    def of(cls, limits: Limits) -> Allowance:
        """The share of an archive nothing of which has been read."""
        seconds = limits.max_seconds
        return cls(
            limits,
            FAILING_TIMES * seconds,
            READING_TIMES * seconds,
            limits.max_members,
            BYTES_TIMES * limits.max_bytes,
        )

    def admit(self, size: int) -> bool:
        """Whether a member of `size` bytes is still taken out of the archive."""
        if self.files < 1 or size > self.bytes:
            return False
        self.files -= 1
        self.bytes -= size
        return True

    def grant(self) -> float | None:
        """Seconds for the next member: the usual time, less after others failed, None if no time is left. A
        slow member shortens the time of later ones, but a few of them never take all of it."""
        seconds = min(self.limits.max_seconds, self.failing / 2, self.reading)
        if seconds < min(LEAST_SECONDS, self.limits.max_seconds):
            return None
        self.failing -= seconds
        return seconds

    def settle(self, granted: float, took: float, failed: bool) -> None:
        """A member that was granted time has been read, or not."""
        self.failing += 0 if failed else granted
        self.reading -= took


def budget(environment: Mapping[str, str] = os.environ) -> Budget:
    """The budgets in force. Raises BudgetError for a value that is not a positive number."""
    default = Budget()
    return Budget(
        workers=_number(environment, "GONGKAI_READ_WORKERS", default.workers),
        max_memory=_number(environment, "GONGKAI_READ_MEMORY_MIB", default.max_memory // MIB) * MIB,
        limits=Limits(
            max_seconds=_number(environment, "GONGKAI_READ_SECONDS", int(default.limits.max_seconds)),
            max_pages=_number(environment, "GONGKAI_READ_PAGES", default.limits.max_pages),
            ocr=environment.get("GONGKAI_READ_OCR", "1") != "0",
        ),
    )


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise BudgetError(f"{name}={text!r} is not a positive whole number")
    return int(text)
