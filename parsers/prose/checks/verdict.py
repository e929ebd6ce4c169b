"""One test of one figure as a check row.

Invariant: severity comes from `reference/prose_rules.yaml`; what does not fail is `info`.
"""

from __future__ import annotations

from decimal import Decimal

from parsers.prose.figure import Figure
from parsers.reference.text_rules import prose_rules
from parsers.values.messages import Message, message
from parsers.values.results import CellRef, Check
from parsers.values.vocabulary import CheckStatus, Fault, NamedRule, Severity

CENT = Decimal("0.01")


def verdict_on(
    rule: NamedRule,
    figure: Figure,
    status: CheckStatus,
    what: Message,
    *,
    left: Decimal | None = None,
    right: Decimal | None = None,
    tolerance: Decimal | None = None,
    severity: Severity | None = None,
    facts: tuple[CellRef, ...] = (),
) -> Check:
    """The check; `what` says what was compared, `left` is what the text prints and
    `right` what it should print, in yuan."""
    entry = prose_rules()[rule]
    left, right = (None if value is None else value.quantize(CENT) for value in (left, right))
    return Check(
        rule=rule,
        table_nos=tuple(dict.fromkeys(ref.table_no for ref in facts)),
        statement=message("quoted", text=figure.sentence, page=figure.page),
        status=status,
        severity=(severity or entry.severity) if status == CheckStatus.FAILS else Severity.INFO,
        message=message("finding_by_rule", rule=rule, page=figure.page, what=what),
        left_yuan=left,
        right_yuan=right,
        difference_yuan=None if left is None or right is None else left - right,
        tolerance_yuan=None if tolerance is None else tolerance.quantize(CENT),
        facts=facts,
        page=figure.page,
        fault=Fault.UNCLEAR if status == CheckStatus.FAILS else None,
    )
