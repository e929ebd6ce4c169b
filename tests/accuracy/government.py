"""Governments' own budgets against values that others collected: `python -m tests.accuracy.government`.

The documents and `truth.csv` (place, year, measure, value in 亿元; their work, not checked by us) lie in
`../shared/real/gov`. A row is right where one amount has its place, year, measure and value with the scope
of the whole place. Rows are counted apart by where the value stands: in a table, or in sentences only. The
readings can be kept between runs: `--cache DIR`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import pickle
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from parsers import _parsed
from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.values.document import Reading
from parsers.values.errors import DocumentError
from parsers.values.results import Fact, Hints, ParsedDocument

FOLDER = Path("../shared/real/gov")
MEASURES = {
    "general_public_revenue_100m": "general_revenue",
    "general_public_expenditure_100m": "general_expenditure",
    "gov_fund_revenue_100m": "fund_revenue",
    "general_debt_limit_100m": "general_debt_limit",
    "general_debt_balance_100m": "general_debt_balance",
    "special_debt_limit_100m": "special_debt_limit",
    "special_debt_balance_100m": "special_debt_balance",
}
YI = Decimal(100_000_000)
OUTCOMES = ("execution", "estimated", "final", "prior")


@dataclass(frozen=True, slots=True)
class Truth:
    """One collected value: `value` in 亿元 with the decimals it was printed with."""

    file: str
    code: str
    year: int
    measure: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Amount:
    """What a fact or statement says, in the words of the truth."""

    code: str | None
    year: int | None
    measure: str | None
    scope: str | None
    stage: str | None
    yuan: Decimal


def truths(folder: Path) -> list[Truth]:
    """The rows of truth.csv."""
    with (folder / "truth.csv").open(encoding="utf-8") as lines:
        return [
            Truth(
                row["file"],
                row["city_id"].removeprefix("CN-"),
                int(row["year"]),
                MEASURES[row["measure"]],
                _value(row["value_100m"], row["printed"].replace(",", "")),
            )
            for row in csv.DictReader(lines)
        ]


def _value(value: str, printed: str) -> Decimal:
    """The value with the digits that were printed; the printed one may be in another unit."""
    return Decimal(printed) if printed and Decimal(printed) == Decimal(value) else Decimal(value)


def reading_of(path: Path, cache: Path | None) -> Reading | DocumentError:
    """The reading of one file, from the cache where it is there."""
    kept = cache / f"{path.name}.pkl" if cache else None
    if kept is not None and kept.exists():
        found = pickle.loads(kept.read_bytes())  # written by this command
        return found if isinstance(found, Reading) else DocumentError("damaged", str(found))
    limits = Limits(ocr=os.environ.get("GONGKAI_READ_OCR", "1") != "0")
    try:
        made: Reading | DocumentError = read(path.read_bytes(), limits)
    except DocumentError as error:
        made = error
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(made if isinstance(made, Reading) else str(made)))
    return made


def amounts_of(document: ParsedDocument) -> tuple[list[Amount], list[Amount]]:
    """The amounts of the tables and those of the sentences."""
    place = document.headline.region_code
    facts = [
        Amount(f.row_region_code, f.amount_year, f.measure, f.scope, f.stage, f.amount_yuan)
        for table in document.tables
        for f in table.facts
        if f.amount_yuan is not None
    ]
    statements = [
        Amount(s.row_region_code or place, s.fiscal_year, s.measure, s.scope, s.stage, s.amount_yuan)
        for s in document.statements
        if s.amount_yuan is not None
    ]
    return facts, statements


def equals(amount: Amount, truth: Truth) -> bool:
    """The same value to the digits that were collected."""
    places = Decimal(1).scaleb(min(0, int(truth.value.as_tuple().exponent)))
    return abs(amount.yuan / YI - truth.value) <= places / 2


def is_right(amount: Amount, truth: Truth) -> bool:
    scope = amount.scope in ("whole", "region")
    return (
        scope
        and amount.code == truth.code
        and amount.year == truth.year
        and amount.measure == truth.measure
        and (
            truth.measure.endswith("limit")
            or amount.stage is None
            or amount.stage in (*OUTCOMES, "budget", "adjusted")
        )
        and equals(amount, truth)
    )


def missed(found: Iterable[Amount], truth: Truth) -> str:
    """What keeps the nearest amount of this value from being right."""
    best = "absent"
    score = -1
    for amount in found:
        if not equals(amount, truth):
            continue
        wrong = [
            name
            for name, good in (
                ("place", amount.code == truth.code),
                ("year", amount.year == truth.year),
                ("measure", amount.measure == truth.measure),
                ("scope", amount.scope in ("whole", "region")),
            )
            if not good
        ]
        if 4 - len(wrong) > score:
            score, best = 4 - len(wrong), "+".join(wrong) or "stage"
    return best


def share(part: int, whole: int) -> str:
    return f"{part:6} of {whole:6}  {part / whole:7.1%}" if whole else f"{part:6} of {whole:6}"


def report_tables(documents: Sequence[ParsedDocument]) -> None:
    """Checks, meaning and types over all documents."""
    facts: list[Fact] = [f for d in documents for t in d.tables for f in t.facts]
    checks = [c for d in documents for c in d.checks]
    with_facts = sum(any(t.facts for t in d.tables) for d in documents)
    errors = sum(c.status == "fails" and c.severity == "error" for c in checks)
    warnings = sum(c.status == "fails" and c.severity == "warning" for c in checks)
    print(f"documents with amounts     {with_facts}")
    print(f"error checks a document    {errors / max(1, with_facts):.2f}")
    print(f"warnings a document        {warnings / max(1, with_facts):.2f}")
    rules: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for check in checks:
        rules[check.rule][check.status] += 1
    for rule, counts in sorted(rules.items()):
        tested = counts["holds"] + counts["rounding"] + counts["fails"]
        held = share(counts["holds"] + counts["rounding"], tested)
        print(f"  {rule:14} holds {held}  untestable {counts['untestable']}")
    print(f"facts                      {len(facts)}")
    for name in ("flow", "fund", "period", "stage", "scope", "amount_year", "amount_yuan"):
        nulls = sum(
            getattr(f, name) is None and not (name == "stage" and f.period == "change") for f in facts
        )
        print(f"  {name:12} null       {share(nulls, len(facts))}")
    print(f"  label blank             {share(sum(not f.row_label for f in facts), len(facts))}")
    print(f"  proved                  {share(sum(f.status == 'proved' for f in facts), len(facts))}")
    print(f"  disputed                {share(sum(f.status == 'disputed' for f in facts), len(facts))}")
    types = Counter(t.table_type for d in documents for t in d.tables)
    print("table types               ", ", ".join(f"{kind} {n}" for kind, n in types.most_common()))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.government")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--only", help="part of a file's name")
    parser.add_argument("--misses", action="store_true", help="list every row that is not right")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        print(f"{options.folder} is not here: nothing to measure", file=sys.stderr)
        return 3
    rows = truths(options.folder)
    by_file: defaultdict[str, list[Truth]] = defaultdict(list)
    for row in rows:
        by_file[row.file].append(row)
    tallies: dict[str, Counter[str]] = {"table": Counter(), "prose": Counter(), "nowhere": Counter()}
    reasons: Counter[tuple[str, str]] = Counter()
    documents: list[ParsedDocument] = []
    crashed: list[str] = []
    unread: list[str] = []
    wrong_bodies: list[str] = []
    for path in sorted(p for p in options.folder.iterdir() if p.suffix != ".csv"):
        if options.only and options.only not in path.name:
            continue
        found = reading_of(path, options.cache)
        if isinstance(found, DocumentError):
            unread.append(f"{path.name}: {found}")
            tallies["nowhere"]["wrong"] += len(by_file[path.name])
            continue
        try:
            document = _parsed(hashlib.sha256(path.name.encode()).hexdigest(), found, Hints())
        except Exception:
            crashed.append(f"{path.name}: {traceback.format_exc(limit=-2)}")
            continue
        documents.append(document)
        head = document.headline
        if head.body_level != "government" or head.region_code is None:
            wrong_bodies.append(f"{path.name}: {head.body_name} {head.region_code} {head.body_level}")
        facts, statements = amounts_of(document)
        for truth in by_file[path.name]:
            printed = any(equals(a, truth) for a in facts)
            where = (
                "table" if printed else "prose" if any(equals(a, truth) for a in statements) else "nowhere"
            )
            right = any(is_right(a, truth) for a in (*facts, *statements))
            tallies[where]["right" if right else "wrong"] += 1
            if not right:
                reason = missed(facts if where == "table" else statements, truth)
                reasons[where, reason] += 1
                if options.misses:
                    print("miss", where, reason, truth)
    for where, counts in tallies.items():
        print(f"value in {where:8}          right {share(counts['right'], counts.total())}")
    for (where, reason), count in reasons.most_common(30):
        print(f"  {where:8} {reason:30} {count}")
    print(f"bodies without place      {share(len(wrong_bodies), len(documents))}")
    for line in (*wrong_bodies, *("not read: " + u for u in unread), *("CRASHED: " + c for c in crashed)):
        print("  ", line)
    report_tables(documents)
    return 0


if __name__ == "__main__":
    sys.exit(main())
