"""The journals of a run: appended in the spool while it runs, put in the store when it ends.

Invariant: a run is in the store as a whole (its `run.json` is there, and all it names) or it is in the spool,
where `archive.recovery` finds it after a crash.

Order matters: a WARC record is written before its journal line, WARC files are uploaded before the index
that points into them, and `run.json` comes last.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TextIO

from archive.captures import (
    ARTICLES,
    CDXJ,
    RUN,
    UNREPLAYED,
    Article,
    Capture,
    Run,
    article_from_json,
    article_to_json,
    capture_from_cdxj,
    capture_from_json,
    capture_to_cdxj,
    capture_to_json,
    journal_key,
    lines_of,
    run_from_json,
    run_to_json,
)
from archive.records import Exchange
from archive.spool import OPEN, hand_over, hand_over_warcs, hold, replace_file
from archive.stores import Store
from archive.warc import Location

UNJUDGED = "unjudged"

CAPTURES_OPEN = "captures.jsonl"
ARTICLES_OPEN = "articles.jsonl"
RUN_OPEN = "run.json"


class RunJournal:
    """The open journals of one run; holds the lock of its spool directory.

    Use it around the run's `WarcWriter` (the same spool and run id), so that it closes after it.
    """

    def __init__(self, store: Store, run: Run, spool: Path) -> None:
        self._store, self._run, self._folder = store, run, spool / run.run_id
        self._lock = hold(self._folder)
        replace_file(self._folder / RUN_OPEN, run_to_json(run))
        self._captures = (self._folder / CAPTURES_OPEN).open("a", encoding="utf-8")
        self._articles = (self._folder / ARTICLES_OPEN).open("a", encoding="utf-8")
        self._count = 0
        self._finished: Run | None = None

    def capture(
        self,
        exchange: Exchange,
        location: Location,
        *,
        outcome: str,
        media_type: str | None,
        site_id: str | None,
    ) -> Capture:
        """Note an exchange that `WarcWriter.write` archived."""
        return self._note(
            Capture(
                capture_id=self._next_id(),
                run_id=self._run.run_id,
                site_id=site_id,
                url=exchange.url,
                fetched_at=exchange.fetched_at,
                status=exchange.status,
                outcome=outcome,
                media_type=media_type,
                etag=_header(exchange, b"etag"),
                last_modified=_header(exchange, b"last-modified"),
                referrer=exchange.via,
                **_place(location),
            )
        )

    def resource(self, url: str, moment: datetime, location: Location, media_type: str) -> Capture:
        """Note a local file that `WarcWriter.write_resource` archived."""
        return self._note(
            Capture(
                capture_id=self._next_id(),
                run_id=self._run.run_id,
                site_id=None,
                url=url,
                fetched_at=moment,
                outcome="content",
                media_type=media_type,
                **_place(location),
            )
        )

    def failure(
        self, url: str, moment: datetime, *, outcome: str, site_id: str | None, referrer: str | None = None
    ) -> Capture:
        """Note a request that got no answer: there is nothing to archive but the fact."""
        return self._note(
            Capture(
                self._next_id(), self._run.run_id, site_id, url, moment, outcome=outcome, referrer=referrer
            )
        )

    def article(self, article: Article) -> None:
        """Note an announcement, with the captures of its attachments made before or after it."""
        _append(self._articles, article_to_json(article))

    def finish(self, run: Run) -> None:
        """Say how the run ended. A run that was closed without counts as interrupted."""
        self._finished = run

    def close(self) -> None:
        """Put a finished run in the store and clear the spool; leave any other to `archive.recovery`."""
        with self._lock:
            self._captures.close()
            self._articles.close()
            if self._finished is None:
                return
            replace_file(self._folder / RUN_OPEN, run_to_json(self._finished))
            publish(self._store, self._folder, self._finished)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _next_id(self) -> str:
        self._count += 1
        return capture_id(self._run.run_id, self._count)

    def _note(self, capture: Capture) -> Capture:
        _append(self._captures, capture_to_json(capture))
        return capture


def read_captures(store: Store, run_id: str) -> list[Capture]:
    """The captures of a run in the store, by number."""
    captures = [capture_from_cdxj(line) for line in _lines(store, run_id, CDXJ)]
    captures += [capture_from_json(line) for line in _lines(store, run_id, UNREPLAYED)]
    return sorted(captures, key=lambda capture: capture.capture_id)


def read_articles(store: Store, run_id: str) -> list[Article]:
    """The articles of a run in the store, in the order found."""
    return [article_from_json(line) for line in _lines(store, run_id, ARTICLES)]


def read_run(store: Store, run_id: str) -> Run:
    """The run itself."""
    return run_from_json(store.read(journal_key(run_id, RUN)))


def stored_runs(store: Store) -> list[str]:
    """Ids of all runs that are in the store as a whole, oldest first."""
    names = (found.key.removeprefix("cdx/") for found in store.list("cdx/"))
    return sorted(name.removesuffix(RUN) for name in names if name.endswith(RUN))


def publish(store: Store, folder: Path, run: Run) -> None:
    """Upload what is left of the WARC files, then the journals, then the run; only then clear the spool.

    Everything is made from what lies in the spool, so doing it again after a crash uploads the same bytes.
    """
    hand_over_warcs(store, folder)
    if any(folder.glob("warc/**/*" + OPEN)):
        raise RuntimeError(f"run {run.run_id} still has an open WARC file: close its WarcWriter first")
    captures = [capture_from_json(line) for line in spooled_lines(folder, CAPTURES_OPEN)]
    kept = sorted(capture_to_cdxj(capture) for capture in captures if capture.replayable)
    others = [capture_to_json(capture) for capture in captures if not capture.replayable]
    if not run.outcomes:
        run = replace(run, outcomes=dict(sorted(Counter(c.outcome or UNJUDGED for c in captures).items())))
    journals = {CDXJ: kept, UNREPLAYED: others, ARTICLES: spooled_lines(folder, ARTICLES_OPEN)}
    for suffix, lines in journals.items():
        if lines or suffix == CDXJ:
            path = folder / f"{run.run_id}{suffix}"
            path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
            hand_over(store, journal_key(run.run_id, suffix), path)
    store.write(journal_key(run.run_id, RUN), run_to_json(run))
    shutil.rmtree(folder)


def _place(location: Location) -> dict[str, Any]:
    return {
        "bytes": location.bytes,
        "sha256": location.sha256,
        "warc_path": location.warc_path,
        "warc_offset": location.offset,
        "warc_length": location.length,
        "digest": location.digest,
        "payload_path": location.payload_path,
        "payload_offset": location.payload_offset,
        "payload_length": location.payload_length,
    }


def _header(exchange: Exchange, name: bytes) -> str | None:
    return next(
        (value.decode("latin-1") for found, value in exchange.response_headers if found.lower() == name), None
    )


def capture_id(run_id: str, number: int) -> str:
    """Ids of captures sort in the order of the run."""
    return f"{run_id}-{number:06d}"


def spooled_lines(folder: Path, name: str) -> list[str]:
    """The whole lines of a journal in the spool."""
    path = folder / name
    return list(lines_of(path.read_bytes())) if path.exists() else []


def _lines(store: Store, run_id: str, suffix: str) -> Iterator[str]:
    key = journal_key(run_id, suffix)
    if store.exists(key):
        yield from lines_of(store.read(key))


def _append(journal: TextIO, line: str) -> None:
    journal.write(line + "\n")
    journal.flush()
