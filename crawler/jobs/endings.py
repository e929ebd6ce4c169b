"""How a job ends: its report printed, its files stamped where asked for, and whether a person must look.

Invariant: the report is the only thing on standard output; what is True needs a person.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from archive.evidence import stamps
from archive.rendering import formats
from archive.stores import Store
from crawler.jobs import summary
from crawler.jobs.report_files import report_for_screen
from crawler.jobs.reports import JobReport
from crawler.reports.progress import log

STAMP_COMMAND = "GONGKAI_STAMP_COMMAND"


def reported(store: Store, done: JobReport, folder: Path | None) -> bool:
    """Print the report of a job, and write it into `folder` if one is given."""
    sys.stdout.write(report_for_screen(store, done, folder, datetime.now(UTC)))
    sys.stdout.flush()
    return bool(summary.to_look_at(done))


def attested(store: Store, command: str | None, form: str = "", out: Path | None = None) -> bool:
    """Have what is new stamped by a program, and say so."""
    done = list(stamps.stamp(store, command))
    for problem in {one.problem for one in done if one.problem}:
        log.warning(problem)
    if form:
        rows = [asdict(one) | {"proofs": ", ".join(one.proofs)} for one in done]
        formats.give(pa.Table.from_pylist(rows), form, out)
    return any(one.problem for one in done)


def finished(store: Store, done: JobReport, folder: Path | None) -> bool:
    """Print the report of a job, and have its files stamped where that is asked for."""
    troubled, service = reported(store, done, folder), os.environ.get(STAMP_COMMAND)
    return (attested(store, service) if service else False) or troubled
