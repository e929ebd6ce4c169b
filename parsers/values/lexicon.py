"""The Chinese that a module looks for: words and patterns, from the file of its room.

Invariant: code holds no Chinese, and a file of words holds nothing that no module asks for. What is missing,
or is not a pattern, is an error when the module is imported, with file, entry and reason.

The words of `parsers.prose.figure` stand in `parsers/lexicon/prose.yaml` under `figure`, those of
`parsers.prose.report.reader` in the same file under `report.reader`. The archive keeps them in its rooms:
those of `archive.web.view.templating` in `archive/web/words.yaml`. Four kinds of entries:

- `patterns`: regular expressions, each a text or a list of texts that are put together. `%{name}` is the
  entry `name` of the same module, or the text that the code gives under that name.
- `texts`: one text each.
- `words`: a list of texts.
- `names`: texts by other texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TypeVar

from pydantic import Field

from parsers.values.errors import KnowledgeError
from parsers.values.load import Knowledge, knowledge

Entry = TypeVar("Entry")
_PLACE = re.compile(r"%\{(\w+)\}")


class _Section(Knowledge):
    patterns: dict[str, str | tuple[str, ...]] = Field(default={})
    texts: dict[str, str] = Field(default={})
    words: dict[str, tuple[str, ...]] = Field(default={})
    names: dict[str, dict[str, str]] = Field(default={})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The entries of one module."""

    file: str
    section: str
    entries: _Section

    def pattern(self, name: str, flags: int = 0, /, **parts: str) -> re.Pattern[str]:
        """The compiled pattern; `parts` are texts that it puts in places of its own."""
        try:
            return re.compile(self.source(name, **parts), flags)
        except re.error as error:
            raise self._error(name, f"not a pattern: {error}") from error

    def source(self, name: str, /, **parts: str) -> str:
        """The text of a pattern, with all its parts."""

        def part(place: re.Match[str]) -> str:
            return parts[place[1]] if place[1] in parts else self.source(place[1], **parts)

        return _PLACE.sub(part, "".join(self._found(self.entries.patterns, name)))

    def text(self, name: str) -> str:
        """One text."""
        return self._found(self.entries.texts, name)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts, in the order of the file."""
        return self._found(self.entries.words, name)

    def patterns(self, name: str) -> tuple[re.Pattern[str], ...]:
        """A list of texts as patterns, each by itself."""
        return tuple(map(re.compile, self.words(name)))

    def names(self, name: str) -> dict[str, str]:
        """Texts by texts, in the order of the file."""
        return dict(self._found(self.entries.names, name))

    def _found(self, entries: Mapping[str, Entry], name: str) -> Entry:
        if name not in entries:
            raise self._error(name, "the module asks for it, and it is not there")
        return entries[name]

    def _error(self, name: str, reason: str) -> KnowledgeError:
        return KnowledgeError(self.file, f"{self.section} / {name}", reason)


def lexicon_of(module: str) -> Lexicon:
    """The words of a module, by its full name. Raises KnowledgeError."""
    package, room, *rest = module.split(".")
    section = ".".join(rest) or "__init__"
    folder, file = package, f"lexicon/{room}.yaml"
    if not resources.files(package).joinpath(file).is_file():
        folder, file = f"{package}.{room}", "words.yaml"
    sections = knowledge(folder, file, dict[str, _Section])
    if section not in sections:
        raise KnowledgeError(file, section, "the module asks for words, and has none there")
    return Lexicon(file, section, sections[section])
