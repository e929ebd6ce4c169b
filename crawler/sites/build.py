"""Start a registry from a table of disclosure pages (province, city, county, region_name, level, url, …).

Invariant: every row becomes one site; a region code is given only where province, city and name single one
region out. `python -m crawler.sites.build disclosure_pages.csv FOLDER` writes new files and overwrites none:
once written, the registry belongs to the people who edit it.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from crawler.sites import COLUMNS, RegistryLine
from parsers.reference import regions
from parsers.values.lexicon import lexicon_of

_L = lexicon_of("crawler.sites.build")  # also when it runs as a program

PROVINCE_FILES = {
    "11": "beijing", "12": "tianjin", "13": "hebei", "14": "shanxi", "15": "neimenggu", "21": "liaoning",
    "22": "jilin", "23": "heilongjiang", "31": "shanghai", "32": "jiangsu", "33": "zhejiang", "34": "anhui",
    "35": "fujian", "36": "jiangxi", "37": "shandong", "41": "henan", "42": "hubei", "43": "hunan",
    "44": "guangdong", "45": "guangxi", "46": "hainan", "50": "chongqing", "51": "sichuan", "52": "guizhou",
    "53": "yunnan", "54": "xizang", "61": "shaanxi", "62": "gansu", "63": "qinghai", "64": "ningxia",
    "65": "xinjiang", "00": "uncoded",
}  # fmt: skip
PAGE_TYPES = _L.names("page_types")
# Names the collectors used for regions that GB/T 2260 calls otherwise.
ALIASES = _L.names("aliases")
# Stands in the city column, governs cities, and is not an administrative region.
CORPS = _L.text("corps")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What is taken of a row of the source table."""

    province: str
    city: str
    region_name: str
    page_type: str
    url: str
    http_status: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> SourceRow:
        """The columns of a row; KeyError if one is absent."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})


def resolve(row: SourceRow) -> str | None:
    """The region code of one row, or None where names do not single one region out."""
    found = regions.find(row.province)
    place = row.region_name
    steps = [place] if row.city in ("", place, CORPS) else [row.city, place]
    for step in () if place == row.province else steps:
        inside = found[0].code if len(found) == 1 else "none"
        found = regions.find(step, inside) or regions.find(ALIASES.get(step, step), inside)
    return found[0].code if len(found) == 1 else None


def registry_lines(rows: Iterable[SourceRow]) -> dict[str, list[RegistryLine]]:
    """Registry lines by province file prefix ("61"; "00" for rows without a code), sorted by code."""
    pages = [(row, resolve(row)) for row in rows]
    sharers: defaultdict[str, list[str]] = defaultdict(list)
    for row, code in pages:
        sharers[row.url].append(code or row.region_name)
    lines: defaultdict[str, list[RegistryLine]] = defaultdict(list)
    taken: Counter[str] = Counter()
    for row, code in sorted(pages, key=lambda page: page[1] or ""):
        site_id = code or "x-" + hashlib.sha256((row.url or row.region_name).encode()).hexdigest()[:8]
        taken[site_id] += 1
        if taken[site_id] > 1:
            site_id = f"{site_id}-{taken[site_id]}"
        others = [who for who in sharers[row.url] if who != (code or row.region_name)]
        lines[(code or "00")[:2]].append(_line(site_id, row, code, others))
    return dict(lines)


def _line(site_id: str, row: SourceRow, code: str | None, others: list[str]) -> RegistryLine:
    return RegistryLine(
        site_id=site_id,
        region_code=code or "",
        name=row.region_name,
        url=row.url,
        page_type=PAGE_TYPES.get(row.page_type, ""),
        last_check=row.http_status,
        notes="no page known" if not row.url else f"URL also of {' '.join(others)}" if others else "",
    )


def write_new(source: str, folder: str) -> None:
    """Write the registry's CSV files from a list of sites; existing files are never overwritten."""
    with Path(source).open(encoding="utf-8-sig", newline="") as file:
        lines = registry_lines(map(SourceRow.of, csv.DictReader(file)))
    for prefix, sites in sorted(lines.items()):
        with Path(folder, f"{prefix}-{PROVINCE_FILES[prefix]}.csv").open("x", encoding="utf-8") as target:
            writer = csv.DictWriter(target, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(map(asdict, sites))
    total = sum(map(len, lines.values()))
    print(f"{total} sites, {len(lines.get('00', []))} without a region code")


if __name__ == "__main__":
    write_new(*sys.argv[1:])
