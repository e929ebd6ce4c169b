"""What the pages know that no snapshot holds: texts in English and Chinese, examples, the tiles of the map.

Invariant: it is data, in files beside this one; SQL in them is the package's own, never a visitor's. The
English text is the key, as in `archive.rendering.texts`; values of the dataset, which are code words, have a
text in both languages. Messages of the dataset are said by `archive.rendering.messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from archive.rendering import texts
from parsers.values.load import knowledge, table

SOFT_HYPHEN = "\u00ad"
LANGUAGES = texts.LANGUAGES
ONE = "one: "
"""Before the English text of one thing, where its plural is the key."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question for the SQL page."""

    english: str
    chinese: str
    sql: str

    def name(self, language: str) -> str:
        """The question in a language: Chinese for `zh`, else English."""
        return self.chinese if language == "zh" else self.english

    def asked(self, language: str) -> str:
        """The SQL, whose sentences come in a language."""
        return self.sql.replace("'en')", f"'{language}')")


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


def translate(language: str, text: str, /, **values: object) -> str:
    """`text` in a language, with its `{names}` filled in; a text without translation stays as it is.
    With `n=1` it is said of one thing."""
    known = words_of(language if language in LANGUAGES else "en")
    found = known.get(ONE + text) if values.get("n") == 1 else None
    if found is None:
        found = known.get(text)
    if found is None:
        found = texts.translations().get(text, text) if language == "zh" else text
    return found.format(**values) if values else found


def named(language: str, group: str, code: str) -> str:
    """The name of a code word of a group ("format", "rule"); the code itself if it has none."""
    return words_of(language).get(f"{group} {code}", code)


@cache
def words_of(language: str) -> Mapping[str, str]:
    """What the file of a language says."""
    return knowledge("archive.web.view", f"texts.{language}.yaml", dict[str, str])
