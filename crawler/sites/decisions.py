"""What an operator decided about sites, kept in the store beside the registry that comes with the program.

Invariant: a decision is one object that never changes; what holds is the built-in registry with all decisions
applied in the order of their time. The installed package is never written, and the id of a site of one's own
begins with `own-`, which no built-in id does.

    registry/decisions/<time>-<hash>.json
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from archive.stores import Store
from crawler.sites import OWN, AlreadyRegistered, RegistryError, Site, UnknownSites, load
from crawler.sites.edit import free_id, line_of, site_of_line

FOLDER = "registry/decisions/"
READERS = 16

Action = Literal["add", "replace", "disable", "enable", "retire"]
Status = Literal["active", "disabled", "retired"]
_STATUS: dict[str, Status] = {"disable": "disabled", "enable": "active", "retire": "retired"}


class Decision(BaseModel):
    """One decision. `line` is the registry line of an added site, `url` the new address of a replaced one.

    A disabled site (停用) is not visited until it is enabled; its bodies stay expected and their verdict is
    *unknown*. A retired one (撤销, say of a merged county) is neither visited nor expected."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    action: Action
    site_id: str
    decided_at: datetime
    reason: str
    url: str | None = None
    platform: str | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A site as it stands; `reason` is that of the last decision about it, None for a built-in line."""

    site: Site
    status: Status = "active"
    reason: str | None = None
    decided_at: datetime | None = None


def entries(store: Store | None, built_in: Sequence[Site] | None = None) -> tuple[SiteEntry, ...]:
    """Every site, those of one's own behind the built-in ones. Raises RegistryError for a broken decision."""
    found = {site.site_id: SiteEntry(site) for site in (load() if built_in is None else built_in)}
    for decision in all_decisions(store) if store else ():
        _apply(found, decision)
    return tuple(found.values())


def active(store: Store | None) -> tuple[Site, ...]:
    """The sites that are visited."""
    return tuple(entry.site for entry in entries(store) if entry.status == "active")


def expected(store: Store | None) -> tuple[Site, ...]:
    """The sites whose bodies must publish: all but the retired ones."""
    return tuple(entry.site for entry in entries(store) if entry.status != "retired")


def all_decisions(store: Store) -> tuple[Decision, ...]:
    """All decisions, the oldest first."""
    keys = sorted(stored.key for stored in store.list(FOLDER))
    with ThreadPoolExecutor(READERS) as pool:
        return tuple(pool.map(partial(_read, store), keys))


def _read(store: Store, key: str) -> Decision:
    try:
        return Decision.model_validate_json(store.read(key))
    except ValidationError as error:
        raise RegistryError(f"{key}: {error.errors()[0]['msg']}") from error


def _apply(found: dict[str, SiteEntry], decision: Decision) -> None:
    """A decision about a site that a newer program no longer has says nothing."""
    reason, moment = decision.reason, decision.decided_at
    if decision.action == "add" and decision.line:
        site = site_of_line(decision.line)
        found.setdefault(site.site_id, SiteEntry(site, "active", reason, moment))
    elif (entry := found.get(decision.site_id)) is None:
        return
    elif decision.action == "replace":
        site = replace(entry.site, url=decision.url, platform=decision.platform)
        found[decision.site_id] = SiteEntry(site, "active", reason, moment)
    elif decision.action in _STATUS:
        found[decision.site_id] = SiteEntry(entry.site, _STATUS[decision.action], reason, moment)


def decide(
    store: Store,
    action: Action,
    site_id: str,
    reason: str,
    *,
    url: str | None = None,
    platform: str | None = None,
    line: str | None = None,
    known: Container[str] | None = None,
) -> Decision:
    """Write one decision. Raises UnknownSites unless the site is there (or added). Who decides about many
    sites gives the ids that are `known`: to read all decisions for each would take their square."""
    if known is None:
        known = {entry.site.site_id for entry in entries(store)}
    if action != "add" and site_id not in known:
        raise UnknownSites(f"no registered site matches {site_id!r}")
    made = Decision(
        action=action, site_id=site_id, decided_at=datetime.now(UTC), reason=reason, url=url,
        platform=platform, line=line,
    )  # fmt: skip
    text = made.model_dump_json(exclude_none=True).encode()
    moment = f"{made.decided_at:%Y%m%dT%H%M%S%f}Z"
    store.create(f"{FOLDER}{moment}-{sha256(text).hexdigest()[:12]}.json", text)
    return made


def add(store: Store, site: Site, reason: str) -> Site:
    """Register a site of one's own; it gets an id that begins with `own-`.

    Raises AlreadyRegistered if its address is registered for the same region."""
    known = [entry.site for entry in entries(store)]
    for other in known:
        if (other.url, other.region_code) == (site.url, site.region_code):
            raise AlreadyRegistered(f"{other.site_id} {other.name} {other.url} is registered already")
    return _added(store, site, reason, known)


def add_new(store: Store, sites: Iterable[Site], reason: str) -> tuple[Site, ...]:
    """Register those of some sites that are not registered yet, and were not under an address that was
    replaced since; these, with their ids."""
    known = [entry.site for entry in entries(store)]
    lines = (decision.line for decision in all_decisions(store) if decision.action == "add")
    places = {_place(site) for site in (*known, *(site_of_line(line) for line in lines if line))}
    made = []
    for site in sites:
        if _place(site) not in places:
            places.add(_place(site))
            made.append(_added(store, site, reason, known))
            known.append(made[-1])
    return tuple(made)


def _place(site: Site) -> tuple[str | None, str | None]:
    return site.url, site.region_code


def _added(store: Store, site: Site, reason: str, known: Iterable[Site]) -> Site:
    own = replace(site, site_id=own_id(site, known))
    decide(store, "add", own.site_id, reason, line=line_of(own), known=())
    return own


def own_id(site: Site, known: Iterable[Site]) -> str:
    """`own-610725`, `own-610725-2` … : the first that is free."""
    near = (one for one in known if one.site_id.startswith(OWN) and one.region_code == site.region_code)
    taken = [replace(one, site_id=one.site_id.removeprefix(OWN)) for one in near]
    return OWN + free_id(site.region_code, site.url or site.name, taken)


def history(store: Store, site_id: str) -> tuple[Decision, ...]:
    """The decisions about one site, the oldest first."""
    return tuple(one for one in all_decisions(store) if one.site_id == site_id)
