"""Texts of the web interface in English and Chinese.

Invariant: the English text is the key, as in `archive.rendering.texts`; values of the dataset, which are
code words,
have a text in both languages. Sentences of the dataset, which are written in English, have a Chinese form in
`sentences.zh.yaml`; one that is not known is shown as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from archive.rendering import texts
from archive.rendering.messages import rendered
from parsers.reference.load import knowledge
from parsers.values.messages import is_message

LANGUAGES = texts.LANGUAGES
ONE = "one: "
"""Before the English text of one thing, where its plural is the key."""
GAP = re.compile(r"\{(\w+)\}")
SENTENCES_KEPT = 4096


def translate(language: str, text: str, /, **values: object) -> str:
    """`text` in a language, its `{names}` filled in; itself where there is no translation. With `n=1` it is
    said of one thing."""
    known = words(language if language in LANGUAGES else "en")
    found = known.get(ONE + text) if values.get("n") == 1 else None
    if found is None:
        found = known.get(text)
    if found is None:
        found = texts.translations().get(text, text) if language == "zh" else text
    return found.format(**values) if values else found


def named(language: str, group: str, code: str) -> str:
    """The name of a code word of a group ("format", "rule"); the code itself if it has none."""
    return words(language).get(f"{group} {code}", code)


@lru_cache(SENTENCES_KEPT)
def said(language: str, sentence: str) -> str:
    """A message of the dataset, or a sentence that stands there or came with an error, in a language."""
    if is_message(sentence):
        return rendered(sentence, language)
    if language != "zh":
        return sentence
    for pattern, chinese in _sentences():
        if found := pattern.fullmatch(sentence):
            values = found.groupdict().items()
            return chinese.format(**{name: translate("zh", value) for name, value in values})
    return sentence


@cache
def words(language: str) -> Mapping[str, str]:
    """What the file of a language says."""
    return _loaded(f"texts.{language}.yaml")


@cache
def _sentences() -> Sequence[tuple[re.Pattern[str], str]]:
    """English sentences as patterns, their gaps as groups, with their Chinese forms."""
    return [(_pattern(english), chinese) for english, chinese in _loaded("sentences.zh.yaml").items()]


def _pattern(english: str) -> re.Pattern[str]:
    pieces = GAP.split(english)  # text, name, text, name, …, text
    parts = (f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))
    return re.compile("".join(parts), re.DOTALL)


def _loaded(name: str) -> dict[str, str]:
    return knowledge("archive.web.view", name, dict[str, str])
