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

The members of one archive share what follows from these; see `Share`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from archive.errors import StoreError
from archive.isolation.memory import held
from parsers.readers.limits import MIB, Limits


class BudgetError(StoreError):
    """A budget in the environment is not a number."""


@dataclass(frozen=True, slots=True)
class Budget:
    """`max_memory` in bytes per worker."""

    workers: int = 2
    max_memory: int = 2048 * MIB
    limits: Limits = field(default_factory=Limits)


PAGES_TIME, PAGES_MEMORY = 0.75, 0.9
"""Shares of a document's time and memory after which no page of it is started."""
IMAGE_TIME = 0.3
"""Share of a document's time that the image of one page may take."""


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


FAILING_TIMES, READING_TIMES, BYTES_TIMES = 3, 12, 2
LEAST_SECONDS = 1.0
"""With less time than this a member is not started."""


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
