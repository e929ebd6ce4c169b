"""Reading budget documents: bytes in, values out.

Invariant: pure. No network, no store, no Scrapy. The way in is `parse_document`; its readers are loaded when
it is asked for, so that a caller that needs an error or a version loads nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.parse import parse_document

__all__ = ["PARSER_VERSION", "parse_document"]

# Part of every document's row: raise it whenever the same bytes may give other rows.
PARSER_VERSION = "13"


def __getattr__(name: str) -> object:
    if name == "parse_document":
        from parsers.parse import parse_document

        return parse_document
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
