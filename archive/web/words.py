"""Texts of the web interface in English and Chinese.

Invariant: the English text is the key, as in `archive.texts`; values of the dataset, which are code words,
have a text in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

from archive import texts

LANGUAGES = texts.LANGUAGES


def translate(language: str, text: str, /, **values: object) -> str:
    """`text` in a language, its `{names}` filled in; itself where there is no translation."""
    found = words(language if language in LANGUAGES else "en").get(text)
    if found is None:
        found = texts.translations().get(text, text) if language == "zh" else text
    return found.format(**values) if values else found


@cache
def words(language: str) -> Mapping[str, str]:
    """What the file of a language says."""
    source = resources.files("archive.web").joinpath(f"texts.{language}.yaml")
    loaded: dict[str, str] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return loaded
