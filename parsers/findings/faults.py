"""Whose a difference is, in the message of a check: the publisher's, or the reading's.

Invariant: a message names the publisher exactly where `fault` is `publisher`. The sentence is added here,
once, after every stage that may doubt the reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from parsers.values.messages import Message, message, sentences
from parsers.values.results import Check
from parsers.values.vocabulary import Fault

_SENTENCES: dict[Fault, Message] = {
    Fault.PUBLISHER: message("fault_of_publisher"),
    Fault.READING: message("fault_of_reading"),
}


def in_words(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks with the sentence that says whose the failure is, where one is suspected."""
    return tuple(
        replace(check, message=sentences(check.message, _SENTENCES[check.fault]))
        if check.fault in _SENTENCES
        else check
        for check in checks
    )
