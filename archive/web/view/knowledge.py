"""What the pages know that no snapshot holds: examples, the tiles of the map.

Invariant: it is data, in files beside this one; SQL in them is the package's own, never a visitor's.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class Example:
    """A question for the SQL page."""

    english: str
    chinese: str
    sql: str

    def name(self, language: str) -> str:
        return self.chinese if language == "zh" else self.english


@dataclass(frozen=True, slots=True)
class Tile:
    """A province's place on the tile map. `syllables` is its English name with a hyphen wherever a narrow
    tile may break it."""

    code: str
    name: str
    syllables: str
    row: int
    column: int

    @property
    def latin(self) -> str:
        return self.syllables.replace("-", "")

    def label(self, language: str) -> str:
        """The name with soft hyphens, which show only where a line ends."""
        return self.name if language == "zh" else self.syllables.replace("-", SOFT_HYPHEN)


@cache
def examples() -> tuple[Example, ...]:
    return tuple(Example(**entry) for entry in yaml.safe_load(_text("examples.yaml")))


@cache
def tiles() -> tuple[Tile, ...]:
    rows = csv.DictReader(_text("tiles.csv").splitlines())
    return tuple(
        Tile(row["code"], row["name"], row["syllables"], int(row["row"]), int(row["column"])) for row in rows
    )


def _text(name: str) -> str:
    return resources.files("archive.web.view").joinpath(name).read_text(encoding="utf-8")
