"""One document read and parsed, in a process of its own, its reading kept between runs.

Invariant: whatever goes wrong with a file is reported in its `Outcome`; no file stops the others.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from parsers.parse import _parsed
from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.values.document import Reading
from parsers.values.errors import DocumentError
from parsers.values.results import Hints, ParsedDocument


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: a document, or why there is none (`unread`, or a traceback)."""

    name: str
    document: ParsedDocument | None = None
    unread: str | None = None
    crash: str | None = None


def outcomes(paths: Sequence[Path], cache: Path | None, workers: int, site: str = "=") -> Iterator[Outcome]:
    """The outcome of every file as it comes, `workers` at a time; the largest files first."""
    work = partial(outcome_of, cache=cache, site=site)
    largest_first = sorted(paths, key=lambda path: -path.stat().st_size)
    if workers < 2:
        yield from map(work, largest_first)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(work, path) for path in largest_first]):
            yield future.result()


def outcome_of(path: Path, cache: Path | None, site: str = "=") -> Outcome:
    """Read and parse one file. The document must say all itself, except where a crawl of its site would know
    the region."""
    part, _, code = site.partition("=")
    hints = Hints(region_code=code) if code and part in path.name else Hints()
    try:
        found = reading_of(path, cache)
        document = _parsed(hashlib.sha256(path.read_bytes()).hexdigest(), found, hints)
    except DocumentError as error:
        return Outcome(path.name, unread=str(error))
    except Exception:
        return Outcome(path.name, crash=traceback.format_exc(limit=-2))
    return Outcome(path.name, document)


def reading_of(path: Path, cache: Path | None) -> Reading:
    """The reading of one file, from the cache where it is there. Raises DocumentError."""
    kept = cache / f"{path.name}.pkl" if cache else None
    if kept is not None and kept.exists():
        found = pickle.loads(kept.read_bytes())  # written by this command
        assert isinstance(found, Reading)
        return found
    reading = read(path.read_bytes(), Limits(ocr=os.environ.get("GONGKAI_READ_OCR", "1") != "0"))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(reading))
    return reading
