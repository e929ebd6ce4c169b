"""The table of disclosure pages in `../shared/reference` that the registry was made of, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from parsers.reference import regions

# Names the collectors used for regions that GB/T 2260 calls otherwise.
ALIASES = {"济源示范区": "济源市"}
# Stands in the city column, governs cities, and is not an administrative region.
CORPS = "新疆生产建设兵团"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What is taken of a row of the source table."""

    province: str
    city: str
    region_name: str
    url: str

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
