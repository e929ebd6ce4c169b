"""One exception tree for the project, rooted here because imports go one way.

Invariant: an error that belongs to *one document* is a `DocumentError` and becomes that document's
recorded outcome; only errors outside this tree are bugs.
"""

from __future__ import annotations

from parsers.values.messages import Message
from parsers.values.vocabulary import DocumentOutcome


class GongkaiError(Exception):
    """Base of every error the project raises on purpose.

    `text` is English, `values` fill its {names}: who shows it can look the text up in another language.
    """

    def __init__(self, text: str = "", /, **values: object) -> None:
        super().__init__(text.format(**values) if values else text)
        self.text, self.values = text, values


class UsageError(GongkaiError):
    """What was asked for cannot be done as it was asked: an unknown name, a file that cannot be written.

    The command line ends with exit code 2.
    """


class DocumentError(GongkaiError):
    """One document cannot be read.

    `outcome` is the machine-readable outcome stored with the document (see `DocumentOutcome` in
    `parsers.values.vocabulary`); `detail` says why, to a person.
    """

    def __init__(self, outcome: DocumentOutcome, detail: Message) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail

    def __reduce__(self) -> tuple[type[DocumentError], tuple[DocumentOutcome, Message]]:
        return type(self), (self.outcome, self.detail)


class KnowledgeError(GongkaiError):
    """A file of knowledge that ships with the program breaks its model: `file`, the `entry` in it
    (`a / b / 3`, "" for the whole file) and the `reason`."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        super().__init__(f"{file}{f', {entry}' if entry else ''}: {reason}")
        self.file, self.entry, self.reason = file, entry, reason
