"""Runs are named by the moment they began."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from archive.ids import new_run_id


def test_ids_of_runs_sort_by_time() -> None:
    first = datetime(2026, 11, 22, 10, 15, 30, 998_000, tzinfo=UTC)
    ids = [new_run_id(first + timedelta(milliseconds=passed)) for passed in range(4)]
    assert ids == sorted(ids) and len({*ids}) == len(ids)
    assert all(re.fullmatch(r"20261122T1015\d\dZ-[0-9a-f]{6}", one) for one in ids)
