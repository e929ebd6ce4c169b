"""Kind `codes`: what is wrong with the classification codes a table prints, amounts aside.

Invariant: a finding names the row and what the rest of the document or the classification says instead; a
code that is merely unknown is not a finding.

`what` of a rule chooses: `start` (a code stands among the parts of a class it does not begin with), `blank`
(a row without a code among coded rows), `name` (a code that is another name's), `old` (a class name out of
use in the fiscal year of the table), `side` (an economic class in the wrong one of 人员经费 and 公用经费),
`pair` (department and government code that do not correspond), `levels` (a class without its groups, a group
without its class), `names` (the same where the codes are read from the names).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Finding, Yield, found_at
from parsers.accounting.kinds.hierarchy.coded import Node, code_system, lists_of, sections_of
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import CodePairs, CodeSides, CodesOf
from parsers.accounting.wording import fact_place
from parsers.reference.codes import classification, economic_pairs, name_key
from parsers.tables.codes import name_without_code
from parsers.values.messages import Message, message
from parsers.values.results import TableRow
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import CodeBasis

_ECONOMIC_ITEM = 5  # digits of an economic item (款)
_YEAR = re.compile(r"20\d{2}")
_DEPTHS = {"functional": 7, "economic": 5, "gov_economic": 5}
_FEW = 2
_SHORT = 6  # class names that forms abbreviate are shorter
_SHARE = 0.6  # of the groups of a table that print their items


def code_findings(rule: Rule, book: Book) -> Iterator[Yield]:
    """All findings of one `what` in all tables in scope."""
    params = rule.params
    assert isinstance(params, CodesOf | CodeSides | CodePairs)  # `shapes` lets no other load
    look = _LOOKS[params.what]
    for sheet in book.within(rule.scope):
        yield from look(rule, sheet)


def _trees(sheet: Ledger, *, printed: bool = True) -> Iterator[tuple[int, str, Node]]:
    """(block, system, root) of every body in every block that prints codes (or, if not, names them)."""
    for block, rows in lists_of(sheet):
        system = code_system(rows)
        if system is not None and sheet.prints_codes(block) == printed:
            for section in sections_of(rows, system):
                yield block, system, section.root


def _start(rule: Rule, sheet: Ledger) -> Iterator[Finding]:
    for _, system, root in _trees(sheet):
        for parent in root.walk():
            for node in parent.children:
                if node.code and parent.code and not node.code.startswith(parent.code):
                    named = classification(system).child_named(parent.code, name_without_code(node.row.label))
                    hint = named.code if named else f"{parent.code}…"
                    says = message("code_misplaced", code=node.code, parent=parent.code, right=hint)
                    yield found_at(rule, sheet, node.row, says)


def _blank(rule: Rule, sheet: Ledger) -> Iterator[Finding]:
    for block, rows in sheet.blocks.items():
        bases = {fact.row_no: fact.code_basis for fact in sheet.table.facts if fact.block == block}
        system = code_system(rows)
        if system is None or not sheet.prints_codes(block):
            continue
        for row in rows:
            named = bases.get(row.row_no) == CodeBasis.NAME and not _prints_digits(sheet, row)
            if named and (code := row.codes.get(system)):
                yield found_at(rule, sheet, row, message("code_not_printed", code=code))


def _prints_digits(sheet: Ledger, row: TableRow) -> bool:
    """Whether digits stand right before the name of a row: its code, in some other form."""
    cells = sheet.table.grid[row.row_no] if row.row_no < len(sheet.table.grid) else ()
    named = (before.strip() for before, name in pairwise(cells) if name and fold(name) == fold(row.label))
    return next(named, "").isdecimal()


def _name(rule: Rule, sheet: Ledger) -> Iterator[Finding]:
    for _, system, root in _trees(sheet):
        for node in root.walk():
            known = classification(system).find(node.code)
            label = name_without_code(node.row.label)
            if not node.code or not label or (known and name_key(known.name) == name_key(label)):
                continue
            above = node.code[:-2]
            named = (
                _named_near(system, above, label) if known is None or known.evidence == "attested" else None
            )
            if named is not None and not node.code.startswith(named) and not _is_old_rest(node.code, named):
                says = message("code_of_another_name", code=node.code, name=label, right=named)
                yield found_at(rule, sheet, node.row, says)


def _is_old_rest(code: str, named: str) -> bool:
    """Whether a code is what the rest of its group (其他…支出) had before it got 99: 2109901 for 2109999."""
    return named.endswith("99") and code == f"{named[:-2]}01"


def _named_near(system: str, above: str, label: str) -> str | None:
    """The code that has this name as a sibling, or one level up or down."""
    for parent in (above, above[:-2]):
        found = classification(system).child_named(parent, label) if parent or len(above) == 3 else None
        if found is not None:
            return found.code
    return None


def _old(rule: Rule, sheet: Ledger) -> Iterator[Finding]:
    year = _YEAR.search(sheet.table.title or "")
    if year is None:
        return
    known, fiscal_year = classification("functional"), int(year.group(0))
    for row in sheet.table.rows:
        label = name_without_code(row.label)
        line = known.child_named("", label, fiscal_year)
        if line is not None and name_key(line.name) != name_key(label) and len(name_key(label)) > _SHORT:
            says = message("name_out_of_use", name=unnumbered(label), year=fiscal_year, now=line.name)
            yield found_at(rule, sheet, row, says)


def _side(rule: Rule, sheet: Ledger) -> Iterator[Finding]:
    """Amounts of a class of economic codes (类) in the column of another one: 基本工资 as 公用经费."""
    params = rule.shaped(CodeSides)
    wrong = {entry.class_: entry.object for entry in params.wrong}
    for fact in sheet.table.facts:
        code = fact.economic_code or ""
        if (
            fact.amount_yuan
            and len(code) == _ECONOMIC_ITEM
            and code not in params.except_
            and wrong.get(code[:3]) == fact.object
        ):
            place = fact_place(sheet.table, fact)
            says = message("class_in_wrong_column", cell=place, code=code[:3])
            ref = sheet.fact_term(fact).ref
            yield Finding(rule, (sheet.table.table_no,), place, says, refs=(ref,))


def _pair(rule: Rule, sheet: Ledger) -> Iterator[Finding]:
    verdicts = rule.shaped(CodePairs).verdicts
    seen: set[tuple[int, int]] = set()
    for fact in sheet.table.facts:
        pair = (fact.economic_code or "", fact.gov_economic_code or "")
        known = economic_pairs().get(pair)
        where = (fact.row_no, fact.block)
        if known is None or where in seen or known.verdict not in verdicts:
            continue
        seen.add(where)
        says = message("codes_seldom_paired", code=pair[0], government_code=pair[1], n=known.n_docs)
        yield found_at(rule, sheet, sheet.rows[where], says)


def _levels_by_name(rule: Rule, sheet: Ledger) -> Iterator[Finding]:
    return _levels(rule, sheet, printed=False)


def _levels(rule: Rule, sheet: Ledger, *, printed: bool = True) -> Iterator[Finding]:
    for _, system, root in _trees(sheet, printed=printed):
        found = list(_unlevelled(rule, sheet, root, system))
        if len(found) <= _FEW:  # more is a layout, not a mistake
            yield from found


def _unlevelled(rule: Rule, sheet: Ledger, root: Node, system: str) -> Iterator[Finding]:
    """Three kinds of gap: a level left out between two codes, parts without their class, and a class without
    parts where most have some. Longer codes than the classification's are a region's own."""
    depth = _DEPTHS[system]
    nodes = [node for node in root.walk() if node.code]
    deepest = max((len(node.code) for node in nodes), default=0)
    lost = {
        child.code[: len(node.code) + 2]: child
        for node in nodes
        for child in reversed(node.children)
        if len(node.code) + 2 < len(child.code) <= depth and child.code.startswith(node.code)
    }
    yield from (found_at(rule, sheet, child.row, _lost(code)) for code, child in lost.items())
    printed = {node.code for node in root.children if len(node.code) == 3}
    orphans = {node.code[:3]: node for node in reversed(root.children) if len(node.code) > 3}
    grouped = any(node.children for node in root.children)
    if len(orphans) <= len(printed) or (len(orphans) == 1 and grouped):
        yield from (found_at(rule, sheet, node.row, _lost(code)) for code, node in orphans.items())
    inner = [node for node in nodes if len(node.code) == deepest - 2]
    bare = [
        node
        for node in inner
        if not node.children and _prints(sheet, node.row) and _has_items(system, node.code)
    ]
    if len(inner) - len(bare) >= max(2, _SHARE * len(inner)):
        for node in bare:
            yield found_at(rule, sheet, node.row, message("codes_below_lost", code=node.code))


@cache
def _has_items(system: str, code: str) -> bool:
    """Whether the classification breaks a code down at all."""
    return any(line.code != code and line.code.startswith(code) for line in classification(system))


def _prints(sheet: Ledger, row: TableRow) -> bool:
    """Whether a row prints an amount that is not zero."""
    return any(fact.amount_yuan for fact in sheet.by_row.get((row.row_no, row.block), ()))


def _lost(code: str) -> Message:
    return message("code_above_lost", code=code)


_LOOKS: dict[str, Callable[[Rule, Ledger], Iterator[Finding]]] = {
    "start": _start,
    "blank": _blank,
    "name": _name,
    "old": _old,
    "side": _side,
    "pair": _pair,
    "levels": _levels,
    "names": _levels_by_name,
}
