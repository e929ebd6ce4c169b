"""The words of the dataset that say what was seen, each with what follows from it.

Invariant: a set of such words is formed here, from their properties, and nowhere else.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What the last visits found of an announcement (`disclosures.state`)."""

    LIVE = "live"
    CHANGED = "changed"
    GONE = "gone"
    STUB = "stub"
    MOVED = "moved"
    BLOCKED = "blocked"

    @property
    def present(self) -> bool:
        """Whether the announcement is there and shows its files."""
        return self in (State.LIVE, State.CHANGED)

    @property
    def withdrawn(self) -> bool:
        """Whether several days agree that it is not published any more."""
        return self in (State.GONE, State.STUB)

    @property
    def away(self) -> bool:
        """Whether it is not at its address, wherever it is."""
        return self.withdrawn or self is State.MOVED


PRESENT = frozenset(state for state in State if state.present)
WITHDRAWN = frozenset(state for state in State if state.withdrawn)
AWAY = frozenset(state for state in State if state.away)
