"""What a process of a `Pool` does with a document, and how the document it read comes back.

Invariant: a document comes back as JSON that is checked against its type, and as the bytes of its members;
nothing that a broken reader sends is run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from parsers.readers.limits import Limits
from parsers.values.document import Member
from parsers.values.results import Hints, ParsedDocument

Parse = Callable[[bytes, Hints, Limits], ParsedDocument]

_DOCUMENT = TypeAdapter(ParsedDocument)


def read(parse: Parse, order: tuple[bytes, Hints, Limits]) -> Sequence[bytes]:
    """The document without what its members hold, then that of each member."""
    document = parse(*order)
    named = tuple(Member(member.name, b"") for member in document.members)
    return _DOCUMENT.dump_json(replace(document, members=named), warnings=False), *(
        one.data for one in document.members
    )


def document_of(parts: Sequence[bytes]) -> ParsedDocument:
    """The document that `read` gave. Raises ValueError."""
    if not parts:
        raise ValueError("it is empty")
    document = _DOCUMENT.validate_json(parts[0])
    pairs = zip(document.members, parts[1:], strict=True)
    return replace(document, members=tuple(Member(member.name, data) for member, data in pairs))
