"""Whether a disclosure holds all it must (完整性): tables, notes, explanations, depth, no template left in.

Invariant: absence is claimed only where it can be seen: in a document with narrative and standard tables, or
against the document's own table of contents; a table's title anywhere behind the contents counts as present.
Of a text without tables only what was left in it is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.completeness.blanks import check_blanks
from parsers.completeness.contents import check_contents
from parsers.completeness.depth import check_depth
from parsers.completeness.disclosure import Disclosure
from parsers.completeness.headings import check_headings
from parsers.completeness.names import check_names
from parsers.completeness.remains import check_remains
from parsers.completeness.required import check_required
from parsers.document import Reading
from parsers.results import BudgetTable, Check, Headline


def check_completeness(
    reading: Reading, tables: Sequence[BudgetTable], headline: Headline
) -> tuple[Check, ...]:
    """Every rule of `completeness_rules.yaml` that applies to the document."""
    if headline.document_kind not in ("budget", "accounts"):
        return ()
    disclosure = Disclosure(reading, tuple(tables), headline)
    if not tables:
        return tuple(check_remains(disclosure))
    return (
        *check_contents(disclosure),
        *check_required(disclosure),
        *check_depth(disclosure),
        *check_blanks(disclosure),
        *check_remains(disclosure),
        *check_headings(disclosure),
        *check_names(disclosure),
    )
