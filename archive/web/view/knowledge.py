"""What the pages know that no snapshot holds: examples, the tiles of the map.

Invariant: it is data, in files beside this one; SQL in them is the package's own, never a visitor's.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsers.values.load import knowledge, table

SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class Example:
    """A question for the SQL page."""

    english: str
    chinese: str
    sql: str

    def name(self, language: str) -> str:
        """The question in a language: Chinese for `zh`, else English."""
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
        """The English name in one piece."""
        return self.syllables.replace("-", "")

    def label(self, language: str) -> str:
        """The name with soft hyphens, which show only where a line ends."""
        return self.name if language == "zh" else self.syllables.replace("-", SOFT_HYPHEN)


def examples() -> tuple[Example, ...]:
    """The questions in the order to show them in."""
    return knowledge("archive.web.view", "examples.yaml", tuple[Example, ...])


def tiles() -> tuple[Tile, ...]:
    """The provinces of the tile map."""
    return table("archive.web.view", "tiles.csv", Tile)
