"""Writes `docs/checks.md` from the rule files (`make docs`).

Invariant: every rule is described, in the order of its file, and nothing is said of a rule that is in none.
"""

from __future__ import annotations

from collections.abc import Iterator

from parsers.accounting.kinds.registry import KINDS
from parsers.accounting.rulebook import Rule, rules
from parsers.accounting.shapes import Between
from parsers.reference.text_rules import completeness_rules, performance_rules, prose_rules

_HEAD = """# Checks

Generated from `parsers/reference/{identities,performance_rules,prose_rules,completeness_rules}.yaml` by
`make docs`; do not edit.

Every evaluation of a rule is a row of `checks`, with both sides in yuan, their difference, what rounding can
explain, and the amounts involved.

| status | meaning |
|---|---|
| `holds` | both sides are equal |
| `rounding` | they differ by no more than rounding explains (see below) |
| `fails` | they differ by more |
| `untestable` | the rule applies and cannot be tested; the message says why |

The severities below are the most a rule may say. Where its measured precision (docs/claims.md) does not earn
them, an error is a warning, `fault` is `unclear` instead of `publisher`, and no alert follows. A rule that
was right in fewer than half of at least 5 judged cases does not warn: its findings are observations (`info`).

`fault` says whose a failure is. `publisher`: one printed amount explains it. `reading`: the page is a scan,
or amounts on it were not read (`tables.unread`), or a neighbouring table, a header or a row was not
understood; such a check is `info` and not an accusation. `unclear`: neither is known. Several checks of one
slip are one warning or error, the others are `info`. What some bodies may withhold by law is not an error.

A difference that is exactly a carry-over or a reserve which the document names, in a table or in
its text, may be one of scope: the check says so, is `info` and not an accusation.

Rounding explains half of the table's smallest printed step for each term and one more; beyond nine terms the
tail grows with their root. It is never less than 0.10 yuan.

An amount is `proved` when a rule that holds includes it and none points at it, `disputed` when a failing rule
points at it, `single` when no rule includes it. A failing rule points at the smallest change that mends most
failing rules and breaks fewest of the others: one amount (off by a power of ten, by 10,000, two digits
transposed, one digit wrong, missing), two amounts swapped, a row shifted by a column, a row missing.
Where several changes mend as much, all of them are suspects and the message names up to three. Where none
does, all amounts of an error are disputed, and of a warning those that nothing else proves.

A sum shows that an amount is right, not what it means. So an amount stays `single` although a rule holds
where its page leaves open what it is: no rule says which columns a header stands over, the name or the code
of its row is cut or was not read, or it was recognised in an image beside what was not. A total that a
failing sum shows to lack a blank part stays `single` as well.

"""


def page_of_checks() -> str:
    """The page, in Markdown."""
    lines = [line for rule in rules().values() for line in _section(rule)]
    files = (
        ("Performance forms", performance_rules()),
        ("Text", prose_rules()),
        ("Completeness", completeness_rules()),
    )
    for title, others in files:
        lines += [f"# {title}", "", "| rule | severity | says | 规则 |", "|---|---|---|---|"]
        lines += [f"| {rule.rule} | {rule.severity} | {rule.en} | {rule.zh} |" for rule in others.values()]
        lines.append("")
    return _HEAD + "\n".join(lines)


def _section(rule: Rule) -> Iterator[str]:
    yield f"## {rule.id}\n"
    yield f"{rule.zh}\n"
    yield f"{rule.en[:1].upper()}{rule.en[1:]}.\n"
    yield f"- severity of a failure: {rule.severity}{'; no rounding allowed' if rule.exact else ''}"
    if rule.arithmetic:
        yield "- pure arithmetic inside one table"
    if rule.derived:
        yield "- follows from other rules: reported only where rounding tails add up"
    yield f"- tables: {_scope(rule)}"
    yield f"- kind: `{rule.kind}` ({_first_sentence(rule.kind)})"
    if rule.untestable:
        yield f"- untestable when {rule.untestable}"
    if rule.source:
        yield f"- source: {rule.source}"
    yield ""


def _scope(rule: Rule) -> str:
    """Types and titles a rule looks at, or those of both its sides."""
    if isinstance(rule.params, Between):
        sides = (*rule.params.left, *rule.params.right)
        return " / ".join(dict.fromkeys(", ".join(sorted(spec.tables)) or "all" for spec in sides))
    scope = rule.scope
    parts = [", ".join(sorted(scope.tables)) or "all"]
    if scope.not_tables:
        parts.append(f"except {', '.join(sorted(scope.not_tables))}")
    parts += [f"title matches `{scope.title.pattern}`"] if scope.title else []
    parts += [f"title does not match `{scope.not_title.pattern}`"] if scope.not_title else []
    return "; ".join(parts)


def _first_sentence(kind: str) -> str:
    module = __import__(KINDS[kind].__module__, fromlist=["__doc__"])
    first = " ".join((module.__doc__ or "").partition("\n\n")[0].split())
    return first.partition(": ")[2].rstrip(".")


if __name__ == "__main__":
    print(page_of_checks(), end="")
