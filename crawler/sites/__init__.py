"""The site registry: where each government publishes, one line of CSV per site, one file per province.

Invariant: a `site_id` names one site for ever (it is in every capture), and a site without a region code
says so instead of borrowing one. Files are `<province code>-<name>.csv`; `00-uncoded.csv` holds the sites
GB/T 2260 has no code for. See `README.md` for the columns.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path

from parsers.reference import regions
from parsers.values.errors import GongkaiError, UsageError
from parsers.values.vocabulary import BodyLevel

OWN = "own-"
"""What the ids of an operator's own sites begin with, and those of no built-in one."""
FOLDER = Path(__file__).parent
"""The registry that comes with the program; GONGKAI_REGISTRY names another folder."""


class UnknownSites(UsageError):
    """A selector names no registered site."""


class RegistryError(GongkaiError):
    """A registry file breaks its format; the message names file and line."""


class AlreadyRegistered(UsageError):
    """The registry has this site."""


class NoRegion(UsageError):
    """It is not known whose a page is; the operator has to say."""


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """A line of the registry as it is written: a text for each of COLUMNS, empty where nothing is known."""

    site_id: str = ""
    region_code: str = ""
    name: str = ""
    url: str = ""
    page_type: str = ""
    last_check: str = ""
    platform: str = ""
    tls_exception: str = ""
    budget_approved: str = ""
    accounts_approved: str = ""
    approval_source: str = ""
    notes: str = ""
    expected_bodies: str = ""


COLUMNS = tuple(field.name for field in fields(RegistryLine))


@dataclass(frozen=True, slots=True)
class ExpectedBody:
    """A body that must publish on a site. `level` is None where the list does not say it."""

    name: str
    level: BodyLevel | None = None

    def __str__(self) -> str:
        return f"{self.name}:{self.level}" if self.level else self.name


@dataclass(frozen=True, slots=True)
class Site:
    """One registered starting point.

    `page_type` is what the URL led to when it was collected: `budget` (预决算页面), `disclosure`
    (法定公开内容页面), `finance` (财政信息或上层栏目页面) or None. `last_check` is the HTTP status seen then.
    `platform` overrides recognition (a module of `crawler.platforms`). `tls_exception` gives the reason why
    this host's certificate is not verified. `budget_approved` and `accounts_approved` are the days on which
    the congress approved a budget or its standing committee the accounts, with `approval_source` as URL.
    `expected_bodies` are the bodies that must publish there, where a list of them is known.
    """

    site_id: str
    region_code: str | None
    name: str
    url: str | None
    page_type: str | None = None
    last_check: str | None = None
    platform: str | None = None
    tls_exception: str | None = None
    budget_approved: tuple[date, ...] = ()
    accounts_approved: tuple[date, ...] = ()
    approval_source: str | None = None
    notes: str | None = None
    expected_bodies: tuple[ExpectedBody, ...] = ()

    @property
    def region(self) -> regions.Region | None:
        """The region of its code; None without one."""
        return regions.region(self.region_code) if self.region_code else None


def registry_folder() -> Path:
    """The folder of the registry in use."""
    return Path(os.environ.get("GONGKAI_REGISTRY") or FOLDER)


def load(folder: Path | None = None) -> tuple[Site, ...]:
    """Every site of the CSV files in `folder` (default: the registry in use), in file order; RegistryError
    if there is no such folder, or on a broken or doubled line."""
    return _load((folder or registry_folder()).resolve())


@cache
def _load(folder: Path) -> tuple[Site, ...]:
    """An error names file and line, since people edit these files."""
    sites: dict[str, Site] = {}
    if not folder.is_dir():
        raise RegistryError(f"the registry should be a folder: {folder}")
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                try:
                    site = site_of(line_of_row(row))
                except (KeyError, ValueError, TypeError) as error:
                    raise RegistryError(f"{path.name}, line {line}: {error}") from error
                if site.site_id in sites:
                    raise RegistryError(f"{path.name}, line {line}: site_id {site.site_id} is used twice")
                sites[site.site_id] = site
    return tuple(sites.values())


def line_of_row(row: Mapping[str, str]) -> RegistryLine:
    """The line of a row with all of COLUMNS. Raises ValueError."""
    if set(row) != set(COLUMNS) or None in row.values():
        raise ValueError(f"{len(COLUMNS)} fields are needed: {', '.join(COLUMNS)}")
    return RegistryLine(**row)


def site_of(line: RegistryLine) -> Site:
    """The site of a line. Raises ValueError with the field that is wrong."""
    if not line.site_id.isascii() or not line.site_id:
        raise ValueError(f"site_id {line.site_id!r} is not an ASCII name")
    code = line.region_code or None
    if code and regions.region(code) is None:
        raise ValueError(f"region_code {code} is not in GB/T 2260")
    return Site(
        site_id=line.site_id,
        region_code=code,
        name=line.name,
        url=line.url or None,
        page_type=line.page_type or None,
        last_check=line.last_check or None,
        platform=line.platform or None,
        tls_exception=line.tls_exception or None,
        budget_approved=_dates(line.budget_approved),
        accounts_approved=_dates(line.accounts_approved),
        approval_source=line.approval_source or None,
        notes=line.notes or None,
        expected_bodies=tuple(_body(text) for text in line.expected_bodies.split("|") if text.strip()),
    )


def _body(text: str) -> ExpectedBody:
    """`勉县教育局:department`, or the name alone."""
    name, _, level = text.strip().partition(":")
    if level and level not in set(BodyLevel):
        raise ValueError(f"{level!r} is none of {', '.join(BodyLevel)}")
    return ExpectedBody(name.strip(), BodyLevel(level) if level else None)


def forget() -> None:
    """The files have changed: read them again."""
    _load.cache_clear()


def _dates(text: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(part) for part in text.split()) if text else ()


def select(selector: str, sites: Sequence[Site] | None = None) -> tuple[Site, ...]:
    """The sites a comma-separated selector names, in registry order; UnknownSites if a part names none.

    A part is `all`, `own` (those that an operator added), a site_id, a URL, a code prefix (61, 6107), or a
    region's name, full, short or as a path (陕西, 汉中市, 枣庄市市中区); a region brings everything below it,
    and a name that several regions share brings them all, except that a province's name means the province.
    """
    sites = load() if sites is None else sites
    chosen: set[str] = set()
    for part in filter(None, (part.strip() for part in selector.replace("，", ",").split(","))):
        named = {site.site_id for site in sites if _matches(part, site)} or _in_region(part, sites)
        if not named:
            raise UnknownSites(f"no registered site matches {part!r}")
        chosen |= named
    if not chosen:
        raise UnknownSites("the selector is empty")
    return tuple(site for site in sites if site.site_id in chosen)


def _matches(part: str, site: Site) -> bool:
    if part.isascii() and part.isdigit():
        return (site.region_code or "").startswith(part)
    if part == "own":
        return site.site_id.startswith(OWN)
    return part in ("all", site.site_id, site.url) or (site.region_code is None and part == site.name)


def _in_region(part: str, sites: Sequence[Site]) -> set[str]:
    found = regions.find(part)
    provinces = [r for r in found if r.level == "province"]
    prefixes = tuple(regions.prefix(r.code) for r in provinces or found)
    return {site.site_id for site in sites if site.region_code and site.region_code.startswith(prefixes)}
