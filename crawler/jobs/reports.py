"""The outcome of a job, as values.

Invariant: nothing is loaded for them: the command line knows an interrupted job without the crawler.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.ingest.documents import IngestReport
    from archive.monitoring.double_counting import Twice
    from crawler.reports.results import CrawlReport


@dataclass(frozen=True, slots=True)
class JobReport:
    """The outcome of a job; a part that was not run is None. `standing` counts the deadlines of the whole
    dataset by status, as of today in China, and `presumed` how many of them rest on a presumed date;
    `handed_over` is the run of the local files that were given to it, `twice` what is in two files now."""

    crawled: CrawlReport | None = None
    ingested: IngestReport | None = None
    standing: Mapping[str, int] = field(default_factory=dict)
    presumed: int = 0
    handed_over: str | None = None
    twice: tuple[Twice, ...] = ()


class Interrupted(KeyboardInterrupt):
    """The crawl was ended early, in order; `done` says what it has, which is kept."""

    def __init__(self, done: JobReport) -> None:
        super().__init__("interrupted")
        self.done = done
