"""What the workers of the tests read with: the reader of `tests.archive.crawls`, and a way to die in it."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from pathlib import Path

from parsers.readers.limits import Limits
from parsers.values.results import Hints, ParsedDocument
from tests.archive.crawls import parse


def deadly(data: bytes, hints: Hints, limits: Limits) -> ParsedDocument:
    """`parse`, but a document with `marks` first ends the process that it names as `kill`, or the parent of
    this one, once for each file name in `marks` that is not there yet; one with `spares` ends every parent
    but that process."""
    said = json.loads(data) if data.startswith(b"{") else {}
    if said.get("spares") not in (None, _parent()):
        _end(_parent())
    for mark in said.get("marks", ()):
        try:
            Path(mark).touch(exist_ok=False)
        except FileExistsError:
            continue
        _end(said.get("kill") or _parent())
    return parse(data, hints, limits)


def _parent() -> int:
    """The process that asked for this one; the parent by descent is the fork server."""
    parent = multiprocessing.parent_process()
    assert parent and parent.pid
    return parent.pid


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    signal.pause()  # until the death of the parent, or the alarm, ends this process too
