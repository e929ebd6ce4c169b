"""Budgets that bound the reading of one document.

Invariant: every reader receives a `Limits` and never reads, inflates or builds more than it allows;
a reader that reaches a bound raises `DocumentError("too_large", …)` or says so in a `Note`.

Time and memory are enforced from outside as well (each document is read in a process of its own);
the defaults suit a machine with two cores and a few gigabytes of memory.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from parsers.values.document import Block, Grid
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

MIB = 1024 * 1024


def _unknown() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one document.

    `max_pages`    pages read of a paged document; later ones are left out with a note
    `max_bytes`    bytes after decompression, summed over all parts of a package or archive
    `max_seconds`  wall time for one document, helpers such as LibreOffice included
    `page_seconds` wall time after which no page of a paged document is started; later ones are unread
    `image_seconds` processor time for one page image, by the clock four times that; one that takes longer is
                   unread
    `page_memory`  bytes held after which no page of a paged document is started; later ones are unread
    `max_members`  files in one archive or package
    `max_ratio`    inflated / stored size, tested once the inflated size exceeds 16 MiB
    `max_depth`    nesting of archives: 0 opens none; also bounds tables nested in tables
    `max_cells`    cells over all grids of one document
    `ocr`          whether page images may be recognised
    `clock`        seconds since any moment
    `held`         bytes that this process and its helpers hold; 0 where that is not known

    Without `page_seconds`, `image_seconds` and `page_memory` a reading depends on the bytes alone. The limits
    are pickled, because they are sent to the processes that read: `clock` and `held` are functions of a
    module.
    """

    max_pages: int = 500
    max_bytes: int = 512 * MIB
    max_seconds: float = 300.0
    page_seconds: float = math.inf
    image_seconds: float = math.inf
    page_memory: float = math.inf
    max_members: int = 2000
    max_ratio: float = 400.0
    max_depth: int = 3
    max_cells: int = 2_000_000
    ocr: bool = True
    clock: Callable[[], float] = time.monotonic
    held: Callable[[], int] = _unknown

    def check_bytes(self, data: bytes) -> None:
        """Raises DocumentError, too_large, for more bytes than may be read."""
        if len(data) > self.max_bytes:
            many = message("too_many_bytes", n=len(data), limit=self.max_bytes)
            raise DocumentError(DocumentOutcome.TOO_LARGE, many)

    def check_cells(self, blocks: Iterable[Block]) -> None:
        """Raises DocumentError, too_large, for more cells in all grids than may be read."""
        area = sum(block.n_rows * block.n_cols for block in blocks if isinstance(block, Grid))
        if area > self.max_cells:
            many = message("too_many_cells_in_tables", n=area, limit=self.max_cells)
            raise DocumentError(DocumentOutcome.TOO_LARGE, many)
