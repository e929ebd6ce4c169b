"""Which hosts are left alone: those that keep failing, and those that have had their share.

Invariant: a host that failed so many times in a row is not asked again before its rest is over, and then once
first; a host is never asked for more than its budget in one run. What was not asked for is reported as
`given_up`, and keeps its site from being complete.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from scrapy.exceptions import IgnoreRequest

from archive.vocabulary import CHALLENGED, TROUBLED, CaptureOutcome

# Answers that say the host is in trouble, or wants to be left alone. A single refusal concerns the page.
_FAILURES = TROUBLED | CHALLENGED
_BROKEN = "server"  # of error_page: 5xx; a page of errors may be about the page


class GivenUp(IgnoreRequest):
    """The host is left alone."""


@dataclass(frozen=True, slots=True)
class Patience:
    """`failures` in a row open the circuit for `rest` seconds; `requests` and `bytes` bound a run, 0 does
    not."""

    failures: int = 10
    rest: float = 600.0
    requests: int = 0
    bytes: int = 0


@dataclass(slots=True)
class _Host:
    requests: int = 0
    bytes: int = 0
    failures: int = 0
    rests_until: float = 0.0


@dataclass(slots=True)
class Hosts:
    """The hosts of a run. Times are seconds of any one clock."""

    patience: Patience
    _hosts: defaultdict[str, _Host] = field(default_factory=lambda: defaultdict(_Host))

    def why_not(self, host: str, now: float) -> str | None:
        """Why the host must not be asked now, or None; a request that may go is counted."""
        state, patience = self._hosts[host], self.patience
        if now < state.rests_until:
            return f"{host} failed {state.failures} times in a row"
        if patience.requests and state.requests >= patience.requests:
            return f"{host} was asked {state.requests} times in this run"
        if patience.bytes and state.bytes >= patience.bytes:
            return f"{host} sent {state.bytes} bytes in this run"
        if state.failures >= patience.failures:  # one request finds out; the others wait for another rest
            state.rests_until = now + patience.rest
        state.requests += 1
        return None

    def note_answer(self, host: str, outcome: str, kind: str, size: int, now: float) -> None:
        """The host has answered, or failed to."""
        state = self._hosts[host]
        state.bytes += size
        if outcome in _FAILURES or (outcome == CaptureOutcome.ERROR_PAGE and kind == _BROKEN):
            state.failures += 1
            if state.failures == self.patience.failures:
                state.rests_until = now + self.patience.rest
        elif outcome not in (CaptureOutcome.GIVEN_UP, CaptureOutcome.ROBOTS):
            state.failures, state.rests_until = 0, 0.0
