"""What the pages know that no snapshot holds: measures, examples, the tiles of the map.

Invariant: it is data, in files beside this one; SQL in them is the package's own, never a visitor's.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount that bodies are compared by; `where` picks its facts."""

    id: str
    english: str
    chinese: str
    where: str

    def name(self, language: str) -> str:
        return self.chinese if language == "zh" else self.english


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
    """A province's place on the tile map."""

    code: str
    name: str
    latin: str
    row: int
    column: int


@cache
def measures() -> dict[str, Measure]:
    """All measures by id, in the order to show them in."""
    return {entry["id"]: Measure(**entry) for entry in yaml.safe_load(_text("measures.yaml"))}


@cache
def examples() -> tuple[Example, ...]:
    return tuple(Example(**entry) for entry in yaml.safe_load(_text("examples.yaml")))


@cache
def tiles() -> tuple[Tile, ...]:
    rows = csv.DictReader(_text("tiles.csv").splitlines())
    return tuple(
        Tile(row["code"], row["name"], row["latin"], int(row["row"]), int(row["column"])) for row in rows
    )


def _text(name: str) -> str:
    return resources.files("archive.web").joinpath(name).read_text(encoding="utf-8")
