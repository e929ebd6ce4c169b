"""The words that closed columns allow, by the names that `tables.yaml` has for them.

Invariant: a column with allowed values takes them from a vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import archive.vocabulary
import parsers.values.table_types
import parsers.values.vocabulary

Words = tuple[str, ...] | type[StrEnum]
WORDS: Mapping[str, type[StrEnum]] = {
    kind.__name__: kind
    for module in (archive.vocabulary, parsers.values.vocabulary, parsers.values.table_types)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum)
}
