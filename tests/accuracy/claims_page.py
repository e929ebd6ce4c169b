"""Writes what the ledger of claims says: `docs/claims.md` for people, `claims.csv` for the parsers.

Invariant: both follow from the ledger alone, so that a test can compare them with what is committed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

from parsers.accounting.rulebook import rules
from parsers.findings.claims import (
    LEAST_JUDGED,
    LEAST_PRECISION,
    WARNING_JUDGED,
    WARNING_PRECISION,
    Measured,
    is_arithmetic,
    refuted,
)
from parsers.reference.text_rules import completeness_rules, performance_rules, prose_rules
from tests.accuracy.ledger import Claim, counted

_Z = 1.959964  # of a normal distribution: an interval of 95 %

_HEAD = """# Claims

Generated from `tests/accuracy/claims.csv` by `python -m tests.accuracy.claims write-docs`; do not edit.

How often a finding is right. Every row of the ledger is a failing check of severity error or warning on a
real document, compared by eye with the rendered page: *right* where the document as printed contradicts
itself (or lacks what it must show) as the check says, *false* where the reading, the rule or the meaning is
wrong, *doubtful* where the page does not decide. The ledger names each document by its SHA-256 and page; it
holds no files.

"""

_RULE = """\
Precision is right / judged: what stayed doubtful counts as not right. The interval is Wilson's, of 95 %.
Only findings that the present parsers raise are counted; those that a mended parser no longer raises stay in
the ledger (`raised` is `no`) and are counted in the last column, `mended`.

A rule **qualifies** with a measured precision of at least {precision} in at least {judged} judged cases; pure
arithmetic inside one table also with fewer cases. A rule that does not qualify cannot have severity error,
cannot name the publisher (`fault` is then `unclear`) and raises no alert.
A rule with a measured precision below {warning} in at least {warned} judged cases does not warn either: its
findings have severity `info`. They are observations, not accusations. They stay in the ledger and count.

`severity` is the most that the rule file lets it have, `said` the most that its precision leaves of it.

| rule | severity | said | judged | right | false | doubtful | precision | 95 % | qualifies | mended |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def wilson(right: int, judged: int) -> tuple[float, float]:
    """The interval that holds the true share with 95 % confidence (Wilson 1927)."""
    share, square = right / judged, _Z * _Z / judged
    middle = (share + square / 2) / (1 + square)
    half = _Z / (1 + square) * sqrt(share * (1 - share) / judged + square / (4 * judged))
    return max(0.0, middle - half), min(1.0, middle + half)


def page(ledger: Iterable[Claim]) -> str:
    """`docs/claims.md`."""
    rows = [row for row in ledger if row.verdict]
    raised = [row for row in rows if row.raised == "yes"]
    return "".join(
        (
            _HEAD,
            f"{len(rows)} findings are judged, of {len({row.document for row in rows})} documents; ",
            f"{len(raised)} of them are still raised: {_told(raised)}.\n\n",
            _RULE.format(
                precision=LEAST_PRECISION,
                judged=LEAST_JUDGED,
                warning=WARNING_PRECISION,
                warned=WARNING_JUDGED,
            ),
            *_lines(rows),
        )
    )


def _told(rows: Sequence[Claim]) -> str:
    count = Counter(row.verdict for row in rows)
    return ", ".join(f"{count[verdict]} {verdict}" for verdict in ("right", "false", "doubtful"))


def _lines(rows: Sequence[Claim]) -> Iterable[str]:
    """Every rule that has a row, then those of severity error without any."""
    severities = _severities()
    found = counted(rows)
    verdicts = Counter((row.rule, row.verdict) for row in rows if row.raised == "yes")
    gone = Counter(row.rule for row in rows if row.raised == "no")
    without = {name for name, severity in severities.items() if severity == "error"}
    for rule in sorted({*found, *gone, *without}):
        one = found.get(rule, Measured(rule))
        most = severities.get(rule, "")
        yield (
            f"| {rule} | {most} | {_said(most, one)} "
            f"| {one.judged} | {one.right} | {verdicts[rule, 'false']} "
            f"| {verdicts[rule, 'doubtful']} | {_precision(one)} | {'yes' if _qualifies(one) else 'no'} "
            f"| {gone[rule]} |\n"
        )


def _precision(one: Measured) -> str:
    if one.precision is None:
        return "– | –"
    low, high = wilson(one.right, one.judged)
    return f"{one.precision:.2f} | {low:.2f}–{high:.2f}"


def _said(severity: str, one: Measured) -> str:
    """As `parsers.findings.claims.as_earned` will say it."""
    if not severity or severity == "info" or _qualifies(one):
        return severity
    return "info" if refuted(one) else "warning"


def _qualifies(one: Measured) -> bool:
    """As `parsers.findings.claims.qualified` will decide once this ledger's counts are its data."""
    if one.precision is not None and one.precision < LEAST_PRECISION:
        return False
    return one.judged >= LEAST_JUDGED or is_arithmetic(one.rule)


def _severities() -> Mapping[str, str]:
    others = {**prose_rules(), **performance_rules(), **completeness_rules()}
    named = {name: rule.severity for name, rule in rules().items() if not rule.derived}
    return named | {name: rule.severity for name, rule in others.items()}


def data(ledger: Iterable[Claim]) -> str:
    """`parsers/reference/claims.csv`."""
    lines = (f"{one.rule},{one.judged},{one.right}" for one in counted(ledger).values())
    return "\n".join(("rule,judged,right", *lines)) + "\n"
