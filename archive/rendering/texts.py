"""Interface texts in English and Chinese.

Invariant: the English text is the key, so the code reads plainly and a text without translation is shown in
English, never as an empty or cryptic one. Translations: `texts.zh.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

LANGUAGES = ("en", "zh")

_language: ContextVar[str] = ContextVar("language", default="en")


def use(language: str) -> None:
    """Speak this language from now on; one that is not known is taken for English."""
    _language.set(language if language in LANGUAGES else "en")


def language() -> str:
    """The language in use."""
    return _language.get()


def t(text: str, *, context: str | None = None, **values: object) -> str:
    """`text` in the language in use, its `{names}` filled in. `context` distinguishes uses of a word:
    its translation is that of "context: text", if there is one."""
    found = text
    if _language.get() == "zh":
        known = translations()
        found = known.get(f"{context}: {text}") or known.get(text, text)
    return found.format(**values) if values else found


def translations() -> Mapping[str, str]:
    """Chinese texts by their English ones."""
    from parsers.values.load import knowledge  # English needs none

    return knowledge("archive.rendering", "texts.zh.yaml", dict[str, str])
