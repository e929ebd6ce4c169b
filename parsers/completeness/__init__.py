"""Whether a disclosure holds all it must (完整性): tables, notes, explanations, depth, no template left in.

Invariant: absence is claimed only where it can be seen: in a document with narrative and standard tables, or
against the document's own table of contents; a table's title anywhere behind the contents counts as present.
A text without tables gets only the findings on what was left in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from parsers.completeness.blanks import check_blanks, check_depth
from parsers.completeness.contents import check_contents, check_headings
from parsers.completeness.disclosure import Disclosure
from parsers.completeness.remains import check_names, check_remains
from parsers.completeness.required import check_required
from parsers.values.attempts import STRICT, Attempts
from parsers.values.document import Reading
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check, Headline
from parsers.values.vocabulary import DocumentKind

RULES: dict[str, Callable[[Disclosure], Iterable[Check]]] = {
    "contents": check_contents,
    "required": check_required,
    "depth": check_depth,
    "blanks": check_blanks,
    "remains": check_remains,
    "headings": check_headings,
    "names": check_names,
}


def check_completeness(
    reading: Reading,
    tables: Sequence[BudgetTable],
    headline: Headline,
    attempts: Attempts = STRICT,
) -> tuple[Check, ...]:
    """Every rule of `completeness_rules.yaml` that applies to the document. With `attempts`, rules that
    cannot be applied are left out and noted."""
    if headline.document_kind not in (DocumentKind.BUDGET, DocumentKind.ACCOUNTS):
        return ()
    disclosure = Disclosure(reading, tuple(tables), headline)
    checked = RULES if tables else {"remains": check_remains}
    found = (
        attempts.all_of(message("step_completeness_rule", name=name), rules, disclosure)
        for name, rules in checked.items()
    )
    return tuple(chain.from_iterable(found))
