"""Add lines to the registry.

Invariant: a line that is there stays as it is, byte for byte; a new one reads back as the site it
was made of.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path

from crawler.sites import COLUMNS, AlreadyRegistered, RegistryError, Site, forget, line_of_row, load, site_of

PROVINCE_FILES = {
    "11": "beijing", "12": "tianjin", "13": "hebei", "14": "shanxi", "15": "neimenggu", "21": "liaoning",
    "22": "jilin", "23": "heilongjiang", "31": "shanghai", "32": "jiangsu", "33": "zhejiang", "34": "anhui",
    "35": "fujian", "36": "jiangxi", "37": "shandong", "41": "henan", "42": "hubei", "43": "hunan",
    "44": "guangdong", "45": "guangxi", "46": "hainan", "50": "chongqing", "51": "sichuan", "52": "guizhou",
    "53": "yunnan", "54": "xizang", "61": "shaanxi", "62": "gansu", "63": "qinghai", "64": "ningxia",
    "65": "xinjiang", "00": "uncoded",
}  # fmt: skip


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
