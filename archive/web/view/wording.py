"""Texts of the web interface in English and Chinese.

Invariant: the English text is the key, as in `archive.rendering.texts`; values of the dataset, which are
code words, have a text in both languages. Messages of the dataset are said by `archive.rendering.messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from archive.rendering import texts
from parsers.values.load import knowledge

LANGUAGES = texts.LANGUAGES
ONE = "one: "
"""Before the English text of one thing, where its plural is the key."""


def translate(language: str, text: str, /, **values: object) -> str:
    """`text` in a language, its `{names}` filled in; itself where there is no translation. With `n=1` it is
    said of one thing."""
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
