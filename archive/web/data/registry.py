"""What operators decided about sites, and what probes propose to decide.

Invariant: pages show it as it is now, whatever snapshot they show, and change nothing. The server is given
it: the registry of sites belongs to the crawler.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from archive.web.data.results import Placed

ADVICE = ("replace", "look", "keep")
SET_ASIDE = ("disabled", "retired")


@dataclass(frozen=True, slots=True)
class SetAside(Placed):
    """A site that is not visited: `status` is one of SET_ASIDE."""

    site_id: str
    region_code: str | None
    name: str
    url: str | None
    status: str
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Proposed(Placed):
    """What a probe saw at the address that a site has now. `advice` is one of ADVICE; `heading`, `entries`
    and `newest` are of the list found, `found_url` is where a crawl would start, `doubt` why a person must
    look and `command` what applies it, or decides otherwise; None where all can stay."""

    site_id: str
    region_code: str | None
    name: str
    url: str | None
    advice: str
    confidence: str
    outcome: str
    detail: str
    platform: str | None
    found_url: str | None
    heading: str | None
    entries: int
    newest: date | None
    probed_at: datetime
    doubt: str | None
    command: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about a site; `url` is its new address."""

    decided_at: datetime
    action: str
    url: str | None
    reason: str


class Registry:
    """The registry of sites, read when it is asked for. Of itself it knows nothing: nothing is set aside,
    nothing proposed."""

    def set_aside(self) -> Mapping[str, SetAside]:
        """The sites that are not visited, by id."""
        return {}

    def proposed(self) -> Sequence[Proposed]:
        """The newest proposal for each site that is visited, by id of the site."""
        return ()

    def decisions(self, site_id: str) -> Sequence[Decided]:
        """What was decided about a site, the oldest first."""
        return ()
