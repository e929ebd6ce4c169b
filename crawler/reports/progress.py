"""What a run reports while it works, on standard error: a line that moves on a terminal, plain lines
elsewhere, JSON lines for machines.

Invariant: a report changes nothing and owns nothing of the run; standard output stays free for results.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Self

from archive.rendering.texts import t

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from archive.ingest.documents import Parsed
    from crawler.reports.results import Progress

log = logging.getLogger("gongkai")
"""What the program itself has to say, other than results."""

PLAIN_SECONDS = 5.0
"""Between two plain lines on a crawl."""

LogFormat = Literal["text", "json"]


@cache
def stderr() -> Console:
    """The terminal, or whatever stands in for it."""
    from rich.console import Console  # half as long to load as all the rest of a quick command

    return Console(stderr=True, highlight=False)


class ProgressReporter:
    """Reports the progress of a crawl (`crawled`) and of the reading of its documents (`parsed`)."""

    def __init__(self, log_format: LogFormat, console: Console | None = None) -> None:
        self._console, self._json = console or stderr(), log_format == "json"
        self._status: Status | None = None
        if self._console.is_terminal and not self._json:
            self._status = self._console.status(t("Starting …"))
        self._last = 0.0
        self._read = 0

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def crawled(self, moment: Progress) -> None:
        """After an exchange."""
        if self._json:
            print_json("crawl", **asdict(moment))
            return
        line = t(
            "sites {sites_done}/{sites}, answers {answers}, requests without one {unanswered}, "
            "articles {articles}, files {attachments}",
            **asdict(moment),
            answers=moment.exchanges - moment.unanswered,
        )
        if self._status:
            self._status.update(f"{line}  {moment.url[-60:]}")
        elif moment.sites_done == moment.sites or time.monotonic() - self._last > PLAIN_SECONDS:
            self._last = time.monotonic()
            self._console.print(line, soft_wrap=True)

    def parsed(self, document: Parsed) -> None:
        """After a document has been read."""
        if self._json:
            print_json("document", **asdict(document))
            return
        self._read += not document.known
        line = t(
            "{name}: {outcome}, {tables} tables, {facts} amounts",
            **(asdict(document) | {"outcome": t(document.outcome)}),
        )
        if self._status:
            self._status.update(f"{self._read}  {line}")
        elif not document.known:
            self._console.print(line, soft_wrap=True, markup=False)


def print_json(event: str, **values: Any) -> None:
    """One JSON line on standard error."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event} | values
    print(json.dumps(line, ensure_ascii=False, default=str), file=sys.stderr, flush=True)


def log_to(log_format: LogFormat) -> None:
    """Send the log to standard error: what the program itself says (`log`), and warnings of libraries."""
    logging.basicConfig(handlers=[_Handler(log_format)], format="%(message)s", force=True)
    log.setLevel(logging.INFO)


def _is_said(record: logging.LogRecord) -> bool:
    # Judged here, not by the root logger's level: Scrapy sets that.
    return record.name == log.name or record.levelno >= logging.WARNING


class _Handler(logging.Handler):
    """The program's own words as they are, those of libraries with their names; or all as JSON lines."""

    def __init__(self, log_format: LogFormat) -> None:
        super().__init__()
        self._json = log_format == "json"
        self.addFilter(_is_said)

    def emit(self, record: logging.LogRecord) -> None:
        if self._json:
            print_json("log", level=record.levelname, logger=record.name, message=self.format(record))
            return
        source = "" if record.name == log.name else f"{record.name}: "
        style = "red" if record.levelno >= logging.ERROR else None
        stderr().print(f"{source}{self.format(record)}", style=style, markup=False, soft_wrap=True)
