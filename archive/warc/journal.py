"""The journals of a run: appended in the spool while it runs, put in the store when it ends.

Invariant: a run is in the store as a whole (its `run.json` is there, and all it names) or it is in the spool,
where `archive.warc.recovery` finds it after a crash.

Order matters: a WARC record is written before its journal line, WARC files are uploaded before the index
that points into them, and `run.json` comes last.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Self, TextIO

from archive.stores import Store
from archive.vocabulary import CaptureOutcome
from archive.warc.captures import (
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
from archive.warc.records import Exchange
from archive.warc.spool import OPEN, hand_over, hand_over_warcs, hold, replace_file
from archive.warc.writer import Location

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
                outcome=CaptureOutcome.CONTENT,
                media_type=media_type,
                **_place(location),
            )
        )

    def failure(
        self, url: str, moment: datetime, *, outcome: str, site_id: str | None, referrer: str | None = None
    ) -> Capture:
        """Note a request that got no answer: only the fact can be recorded."""
        return self._note(
            Capture(
                self._next_id(), self._run.run_id, site_id, url, moment, outcome=outcome, referrer=referrer
            )
        )

    def article(self, article: Article) -> None:
        """Note an announcement, with the captures of its attachments made before or after it."""
        _append(self._articles, article_to_json(article))

    def finish(self, run: Run) -> None:
        """Say how the run ended. A run closed without it counts as interrupted."""
        self._finished = run

    def close(self) -> None:
        """Put a finished run in the store and clear the spool; leave any other to `archive.warc.recovery`."""
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
    return list(map(article_from_json, article_lines(store, run_id)))


def article_lines(store: Store, run_id: str) -> Iterator[str]:
    """The same as they stand in the journal."""
    return _lines(store, run_id, ARTICLES)


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
    outcomes = _write_captures(folder, run.run_id)
    if not run.outcomes:
        run = replace(run, outcomes=dict(sorted(outcomes.items())))
    _write(folder / f"{run.run_id}{ARTICLES}", (line for _, line in _spooled(folder, ARTICLES_OPEN)))
    for suffix in (CDXJ, UNREPLAYED, ARTICLES):
        path = folder / f"{run.run_id}{suffix}"
        if suffix == CDXJ or path.stat().st_size:
            hand_over(store, journal_key(run.run_id, suffix), path)
    store.write(journal_key(run.run_id, RUN), run_to_json(run))
    shutil.rmtree(folder)


def _write_captures(folder: Path, run_id: str) -> Counter[str]:
    """Write the replay index, sorted, and the captures that are not in it; the outcomes of all.

    A run may have hundreds of thousands of captures: what is held in memory of each is its place.
    """
    outcomes: Counter[str] = Counter()
    places: list[tuple[str, int]] = []

    def others() -> Iterator[str]:
        for offset, line in _spooled(folder, CAPTURES_OPEN):
            capture = capture_from_json(line)
            outcomes[capture.outcome or UNJUDGED] += 1
            if capture.replayable:
                places.append((_sort_key(capture_to_cdxj(capture)), offset))
            else:
                yield capture_to_json(capture)

    _write(folder / f"{run_id}{UNREPLAYED}", others())
    _write(folder / f"{run_id}{CDXJ}", _index(folder / CAPTURES_OPEN, sorted(places)))
    return outcomes


def _index(journal: Path, places: list[tuple[str, int]]) -> Iterator[str]:
    """The replay lines of captures, given their sort keys and places in the journal in order."""
    if not places:
        return
    with journal.open("rb") as file:
        for _, group in groupby(places, key=itemgetter(0)):
            lines = []
            for _, offset in group:
                file.seek(offset)
                lines.append(capture_to_cdxj(capture_from_json(file.readline().decode())))
            yield from sorted(lines)


def _sort_key(line: str) -> str:
    return " ".join(line.split(" ", 2)[:2]) + " "


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)


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
    return [line for _, line in _spooled(folder, name)]


def _spooled(folder: Path, name: str) -> Iterator[tuple[int, str]]:
    """The whole lines of a journal in the spool, each with its offset; a line torn by a kill is not one."""
    path = folder / name
    if not path.exists():
        return
    with path.open("rb") as file:
        offset = 0
        for line in file:
            if line.endswith(b"\n") and line != b"\n":
                yield offset, line[:-1].decode()
            offset += len(line)


def _lines(store: Store, run_id: str, suffix: str) -> Iterator[str]:
    key = journal_key(run_id, suffix)
    if store.exists(key):
        yield from lines_of(store.read(key))


def _append(journal: TextIO, line: str) -> None:
    journal.write(line + "\n")
    journal.flush()
