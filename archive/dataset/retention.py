"""Which snapshots are kept.

Invariant: the newest one is, and every one with a tag.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.dataset.manifest import Snapshot

GRACE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept: the newest `count` snapshots, those of the last `age`, and every one with a tag."""

    count: int = 10
    age: timedelta = timedelta(days=30)
    grace: timedelta = GRACE

    def kept(self, snapshots: Iterable[Snapshot], tagged: set[int], now: datetime) -> set[int]:
        """Numbers of the snapshots to keep; `snapshots` are given the newest first."""
        young = now - max(self.age, self.grace)
        return {
            one.number
            for place, one in enumerate(snapshots)
            if place < max(1, self.count) or one.number in tagged or one.created_at >= young
        }
