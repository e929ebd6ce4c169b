"""Whose a difference is, in the words of a check: the publisher's, or the reading's.

Invariant: a message names the publisher exactly where `fault` is `publisher`. The sentence is added here,
once, after every stage that may doubt the reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from parsers.values.results import Check, Fault

_SENTENCES: dict[Fault, tuple[str, str]] = {
    "publisher": (
        "原件的文字如此，疑为公开方的错误。",
        "The document’s own text says so: likely the publisher’s error.",
    ),
    "reading": ("也可能是识别有误，请对照原页。", "It may have been misread: compare the page."),
}


def in_words(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks with the sentence that says whose the failure is, where one is suspected."""
    return tuple(
        replace(check, message=added(check.message, _SENTENCES[check.fault]))
        if check.fault in _SENTENCES
        else check
        for check in checks
    )


def added(message: str, sentence: tuple[str, str]) -> str:
    """A message in both languages (`中文 | English`) with one more sentence (Chinese, English) in each."""
    chinese, _, english = message.partition(" | ")
    chinese = chinese if chinese.endswith(("。", "；")) else f"{chinese}。"
    english = english if english.endswith((".", ";")) else f"{english}."
    return f"{chinese}{sentence[0]} | {english} {sentence[1]}"
