"""Messages as sentences, in English or Chinese.

Invariant: every sentence about a document is made here, from `messages.yaml`, and nowhere taken apart again.
A message whose code or parameters this version does not know is shown as code and parameters; a text that is
not a message (of a dataset written before there were any) is shown as it stands.

A template names parameters in braces. What follows a colon says how one is shown: a separator for several
(`{cells:, }`; `.` and `。` end each as a sentence), a format for a number (`{yuan:,}`), `statement`, `sum` or
`untestable` for what a rule book says of a rule, `word` for a code word, `page` for a page that may be
unknown, and `-` for one that the other language alone needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from string import Formatter
from typing import Any

from pydantic import model_validator

from archive.rendering.texts import LANGUAGES, language
from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.messages import Message, Parameter, is_message, message_of

_L = lexicon_of(__name__)

KEPT = 4096
_Pieces = tuple[tuple[str, str | None, str], ...]
_STOPS = {".": (".", ";"), "。": ("。", "；")}
_PAGE = _L.names("page")
_AND = _L.names("and")
_GROUPS = frozenset({"word", "capture", "outcome"})


class Template(Knowledge):
    """One code: its sentence in both languages, and the English one where its parameter `n` is 1."""

    en: str
    zh: str
    one: str = ""

    @model_validator(mode="after")
    def _name_the_same(self) -> Template:
        named = {names(text) for text in (self.en, self.zh, self.one or self.en)}
        if len(named) > 1:
            raise ValueError("its languages do not name the same parameters")
        return self


def catalogue() -> Mapping[str, Template]:
    """The templates by code."""
    return knowledge("archive.rendering", "messages.yaml", dict[str, Template])


def names(template: str) -> frozenset[str]:
    """The parameters that a template names."""
    return frozenset(name for _, name, _ in _pieces(template) if name)


def sentence(one: Message, language: str) -> str:
    """A message in a language, "en" or "zh"."""
    template = catalogue().get(one.code)
    values = one.values
    if template is None or not names(template.en) <= values.keys():
        return _as_it_is(one, language)
    text = template.zh if language == "zh" else template.en
    if language == "en" and template.one and values.get("n") == 1:
        text = template.one
    return "".join(
        literal if name is None else literal + _shown(values[name], how, language)
        for literal, name, how in _pieces(text)
    )


@lru_cache(KEPT)
def rendered(text: str, language: str) -> str:
    """A text of the dataset in a language: the sentence of a message, or the text itself."""
    if not is_message(text):
        return text
    try:
        one = message_of(text)
    except ValueError:
        return text
    return sentence(one, language)


def in_language(value: object, language: str) -> object:
    """A value of the dataset with its messages, alone or in lists, as sentences."""
    if isinstance(value, list):
        return [in_language(one, language) for one in value]
    return rendered(value, language) if isinstance(value, str) else value


def with_sentences(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Rows with each message of these columns in both languages beside it: `note`, `note_en`, `note_zh`."""
    return [
        {
            **row,
            **{
                f"{column}_{speech}": in_language(row[column], speech)
                for column in columns
                if column in row
                for speech in LANGUAGES
            },
        }
        for row in rows
    ]


def said(text: str | Message | None) -> str | None:
    """The same in the language in use; None for none."""
    if isinstance(text, Message):
        return sentence(text, language())
    return rendered(text, language()) if text else None


def word(value: str, speech: str | None = None, group: str = "word") -> str:
    """A word of the vocabulary in a language, else in the one in use. Groups: "word" (a kind of document, a
    level), "capture" (the outcome of a request), "outcome" (of a document). Other texts as they are."""
    code = f"{group}_{value}"
    return sentence(Message(code), speech or language()) if code in catalogue() else value


def _as_it_is(one: Message, language: str) -> str:
    shown = (
        f"{name}={_shown(value, ', ' if isinstance(value, tuple) else '', language)}"
        for name, value in one.parameters
    )
    return f"{one.code} ({', '.join(shown)})" if one.parameters else one.code


def _shown(value: Parameter, how: str, language: str) -> str:
    # A template may need a parameter only to choose its wording.
    if how == "-" or value is None:
        return ""
    if how == "page":
        return _PAGE[language].format(value)
    match value:
        case tuple() if how in _GROUPS:
            return _AND[language].join(_shown(one, how, language) for one in value)
        case tuple():
            return _joined([_shown(one, "", language) for one in value], how)
        case Message():
            return sentence(value, language)
        case str() if how in _GROUPS:
            return word(value, language, how)
        case str():
            return _rule_words()[how](value, language) if how in _rule_words() else value
        case _:
            return format(Decimal(value), f"{how}f" if how in ("", ",", "+,") else how)


def _joined(parts: list[str], separator: str) -> str:
    if separator not in _STOPS:
        return separator.join(parts)
    ended = [part if part.endswith(_STOPS[separator]) else f"{part}{separator}" for part in parts[:-1]]
    return ("" if separator == "。" else " ").join([*ended, *parts[-1:]])


@cache
def _pieces(template: str) -> _Pieces:
    return tuple((text, name, how or "") for text, name, how, _ in Formatter().parse(template))


@cache
def _rule_words() -> Mapping[str, Callable[[str, str], str]]:
    """What the rule books say, by the name under which a template asks for it."""
    from parsers.accounting.rulebook import rules  # read for messages of checks alone
    from parsers.reference.text_rules import completeness_rules, performance_rules, prose_rules

    of_text = {**prose_rules(), **completeness_rules(), **performance_rules()}

    def statement(rule: str, language: str) -> str:
        found = rules().get(rule) or of_text.get(rule)
        return rule if found is None else found.zh if language == "zh" else found.en

    def total(rule: str, language: str) -> str:
        found = rules().get(rule)
        return rule if found is None else found.sum_zh if language == "zh" else found.sum_en

    def untestable(rule: str, language: str) -> str:
        found = rules().get(rule)
        return found.untestable if found else rule

    return {"statement": statement, "sum": total, "untestable": untestable}
