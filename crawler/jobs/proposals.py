"""What probes propose to do about registered addresses, and what of it holds.

Invariant: a proposal is one object in the store that never changes; it says something only as long as the
site has the address that was probed, and nothing changes until it is applied.

    registry/probes/<site id>/<time>.json
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from archive.rendering.messages import said
from archive.rendering.texts import t
from archive.stores import Store
from archive.vocabulary import GOOD
from crawler.pages.outcomes import OUTCOMES
from crawler.sites import Site
from crawler.sites.decisions import Decision, decide
from parsers.values.messages import Seen

FOLDER = "registry/probes/"
READERS = 16

Confidence = Literal["high", "medium", "low"]
Advice = Literal["keep", "replace", "look"]
Doubt = Literal["old", "undated", "no_list"]
"""Why a person must look: the newest entry is old, the entries have no dates, or no list was found."""


class Proposal(BaseModel):
    """What a probe saw at one site. `proposed_url` is where its lists of disclosures start.

    `advice`: keep (the registered page is, or leads to, a living list), replace (another start is better),
    look (a person must: no list was found, or no answer came). `confidence` says how sure the list is one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    site_id: str
    name: str
    url: str | None
    probed_at: datetime
    outcome: str
    detail: Seen
    platform: str | None = None
    proposed_url: str | None = None
    heading: str | None = None
    entries: int = 0
    newest: date | None = None
    confidence: Confidence = "low"
    advice: Advice = "look"

    @property
    def doubt(self) -> Doubt | None:
        """Why a person must look; None where none must."""
        if self.advice != "look":
            return None
        return "old" if self.newest else "undated" if self.entries else "no_list"


SCHEMA = pa.schema(
    [
        ("site_id", pa.string()),
        ("name", pa.string()),
        ("advice", pa.string()),
        ("confidence", pa.string()),
        ("outcome", pa.string()),
        ("platform", pa.string()),
        ("entries", pa.int64()),
        ("newest", pa.date32()),
        ("heading", pa.string()),
        ("why", pa.string()),
        ("url", pa.string()),
        ("proposed_url", pa.string()),
        ("probed_at", pa.timestamp("s", "UTC")),
    ]
)


class Proposals:
    """The proposals of a store. What was read once is not read again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[str, Proposal] = {}

    def newest(self) -> tuple[Proposal, ...]:
        """The newest of each site, by site id."""
        newest: dict[str, str] = {}
        for stored in self._store.list(FOLDER):
            site_id = stored.key.removeprefix(FOLDER).split("/")[0]
            newest[site_id] = max(newest.get(site_id, ""), stored.key)
        unread = [key for key in newest.values() if key not in self._read]
        with ThreadPoolExecutor(READERS) as pool:
            for key, data in zip(unread, pool.map(self._store.read, unread), strict=True):
                self._read[key] = Proposal.model_validate_json(data)
        return tuple(self._read[key] for _, key in sorted(newest.items()))

    def standing(self, sites: Iterable[Site]) -> tuple[Proposal, ...]:
        """Those about the addresses that these sites have now, by site id."""
        urls = {site.site_id: site.url for site in sites}
        return tuple(one for one in self.newest() if one.site_id in urls and urls[one.site_id] == one.url)


def as_table(found: Iterable[Proposal]) -> pa.Table:
    """The proposals with the columns of SCHEMA, those that need a person first."""
    order = {"look": 0, "replace": 1, "keep": 2}
    rows = [
        one.model_copy(update={"outcome": _in_words(one.outcome)})
        for one in sorted(found, key=lambda one: (order[one.advice], one.site_id))
    ]
    columns = {name: [getattr(row, name) for row in rows] for name in SCHEMA.names if name != "why"}
    return pa.table(columns | {"why": list(map(_why, rows))}, SCHEMA)


def _why(one: Proposal) -> str:
    """Why a person must look; empty where none must."""
    if one.outcome not in GOOD and one.detail:
        return said(one.detail) or ""
    if one.doubt == "old" and one.newest:
        return t("its newest entry is of {year}", year=one.newest.year)
    if one.doubt == "undated":
        return t("its entries have no dates")
    return t("no list of disclosures was found") if one.doubt == "no_list" else ""


def _in_words(outcome: str) -> str:
    return t(outcome, context="answer") if outcome in OUTCOMES else outcome


def apply(store: Store, sites: Sequence[Site], least: Confidence = "high") -> tuple[Decision, ...]:
    """Replace the addresses of `sites` for which a proposal says so with at least this confidence."""
    rank = {"low": 0, "medium": 1, "high": 2}
    known = {site.site_id for site in sites}
    made = []
    for one in Proposals(store).standing(sites):
        if one.advice == "replace" and one.proposed_url and rank[one.confidence] >= rank[least]:
            seen = f"{one.heading}, {one.entries} entries, newest {one.newest}"
            reason = f"probe of {one.probed_at:%Y-%m-%d}: {seen}"
            made.append(decide(store, "replace", one.site_id, reason, url=one.proposed_url, known=known))
    return tuple(made)


def undecided(store: Store, sites: Sequence[Site], replaced: Collection[str]) -> int:
    """How many of these sites have a proposal that asks for more than keeping them, and were not
    `replaced`."""
    left = (site for site in sites if site.site_id not in replaced)
    return sum(one.advice != "keep" for one in Proposals(store).standing(left))
