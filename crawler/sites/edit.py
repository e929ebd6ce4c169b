"""Lines of the registry: added to it, and read from a CSV file of one's own.

Invariant: a line that is there stays as it is, byte for byte; a new one reads back as the site it was made
of. A file of one's own is read whole or not at all: one line that cannot be read stops it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path

from crawler.sites import (
    COLUMNS,
    AlreadyRegistered,
    RegistryError,
    RegistryLine,
    Site,
    forget,
    line_of_row,
    load,
    site_of,
)
from parsers.reference import regions
from parsers.values.errors import UsageError

PROVINCE_FILES = {
    "11": "beijing", "12": "tianjin", "13": "hebei", "14": "shanxi", "15": "neimenggu", "21": "liaoning",
    "22": "jilin", "23": "heilongjiang", "31": "shanghai", "32": "jiangsu", "33": "zhejiang", "34": "anhui",
    "35": "fujian", "36": "jiangxi", "37": "shandong", "41": "henan", "42": "hubei", "43": "hunan",
    "44": "guangdong", "45": "guangxi", "46": "hainan", "50": "chongqing", "51": "sichuan", "52": "guizhou",
    "53": "yunnan", "54": "xizang", "61": "shaanxi", "62": "gansu", "63": "qinghai", "64": "ningxia",
    "65": "xinjiang", "00": "uncoded",
}  # fmt: skip
_ADDRESS = re.compile(r"https?://\S+")
NEEDED = ("region_code", "url")
"""Columns that a file of one's own has at least."""


def free_id(region_code: str | None, url: str, sites: Iterable[Site]) -> str:
    """The id of a new site: the region code, with a number from the second site of the region on."""
    base = region_code or "x-" + sha256(url.encode()).hexdigest()[:8]
    taken = {site.site_id for site in sites}
    number = 1
    while (found := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return found


def line_of(site: Site) -> str:
    """The line of a site, without its end."""
    values = {name: _text(getattr(site, name)) for name in COLUMNS}
    text = StringIO()
    csv.DictWriter(text, COLUMNS, lineterminator="").writerow(values)
    return text.getvalue()


def site_of_line(line: str) -> Site:
    """The site of a line. Raises RegistryError."""
    (row,) = csv.DictReader(StringIO(line), COLUMNS)
    try:
        return site_of(line_of_row(row))
    except (KeyError, ValueError, TypeError) as error:
        raise RegistryError(f"not a line of the registry: {error}: {line}") from error


def add(site: Site, folder: Path) -> Path:
    """Write the line of a new site behind those of its province; the file it is in now.

    Raises AlreadyRegistered if its id or its address with the same region is there already.
    """
    for known in load(folder):
        if known.site_id == site.site_id or (known.url, known.region_code) == (site.url, site.region_code):
            raise AlreadyRegistered(f"{known.site_id} {known.name} {known.url} is registered already")
    prefix = (site.region_code or "00")[:2]
    path = folder / f"{prefix}-{PROVINCE_FILES[prefix]}.csv"
    if not path.exists():
        path.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(line_of(site) + "\n")
    forget()
    return path


def _text(value: str | Sequence[object] | None) -> str:
    if isinstance(value, tuple):
        mark = " " if all(isinstance(part, date) for part in value) else "|"
        return mark.join(map(str, value))
    return str(value) if value is not None else ""


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
