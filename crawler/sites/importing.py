"""Sites of one's own from a CSV file.

Invariant: a file is imported whole or not at all: one line that cannot be read stops it before anything is
written. A line that is registered already is left as it is, so a list that has grown can be imported again.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

from archive.stores import Store
from crawler.sites import COLUMNS, RegistryLine, Site, site_of
from crawler.sites.decisions import add_new
from parsers.reference import regions
from parsers.values.errors import UsageError

NEEDED = ("region_code", "url")
_ADDRESS = re.compile(r"https?://\S+")


def read_sites(path: Path) -> tuple[Site, ...]:
    """The sites of a CSV file with at least the columns region_code and url, the others of the registry as
    far as they are there; `name` defaults to the region's. Spreadsheets of Chinese Windows write GB 18030,
    others UTF-8. Raises UsageError with the line."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise UsageError(f"{path.name}: neither UTF-8 nor GB 18030, so no CSV: {error}") from error
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        names, rows = set(reader.fieldnames or ()), [(reader.line_num, row) for row in reader]
    except csv.Error as error:  # a quote that is not closed has taken all lines after it
        why = f"{error}; is every quote closed?"
        raise UsageError(f"{path.name}, line {reader.line_num + 1}: {why}") from error
    if missing := [name for name in NEEDED if name not in names]:
        has = ", ".join(sorted(names)) or "nothing"
        raise UsageError(f"{path.name}: the first line has no {' and no '.join(missing)}; it has {has}")
    if unknown := sorted(names - set(COLUMNS)):
        raise UsageError(f"{path.name}: unknown columns {', '.join(unknown)}")
    return tuple(_site(path, number, row) for number, row in rows)


def _site(path: Path, number: int, row: dict[str | None, str]) -> Site:
    given = RegistryLine(**{name: (row.get(name) or "").strip() for name in COLUMNS})
    region = regions.region(given.region_code) if given.region_code else None
    # A line with a region code alone is a government: the rest follows from the tables of regions.
    given = replace(
        given,
        site_id=given.site_id or given.region_code or "x",
        name=given.name or (region.name if region else ""),
    )
    try:
        if None in row:
            raise ValueError("there are more fields than columns")
        if not _ADDRESS.fullmatch(given.url):
            raise ValueError(f"url {given.url!r} is not an address")
        if not (given.name or given.region_code):
            raise ValueError("neither region_code nor name says whose site it is")
        return site_of(given)
    except ValueError as error:
        raise UsageError(f"{path.name}, line {number}: {error}") from error


def import_sites(store: Store, sites: tuple[Site, ...], reason: str) -> tuple[Site, ...]:
    """Register the sites that are not registered yet; these, with their ids."""
    return add_new(store, sites, reason)
