"""The ledger of claims, `claims.csv`: failing checks on real documents, each judged by looking at its page.

Invariant: a row names one finding by a key that depends only on the document, the rule, the page and what is
compared, so that the same finding of another parser version has the same key. The ledger holds hashes, pages
and amounts, never a file.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Literal, get_args

from archive.rendering.messages import sentence
from parsers.findings.claims import Measured, measured, refuted
from parsers.values.results import Check, ParsedDocument

LEDGER = Path(__file__).with_name("claims.csv")
Verdict = Literal["right", "false", "doubtful"]
VERDICTS = get_args(Verdict)
WEIGHTY = ("error", "warning")


@dataclass(frozen=True, slots=True)
class Claim:
    """One row. `source` names the file or the public repository and path it came from; amounts are yuan as
    text, blank where the rule compares none; `raised` says whether the parsers of today still say it, and
    `looks` how often the page was compared. Raises ValueError for a verdict without a reason."""

    key: str
    document: str
    source: str
    rule: str
    page: str
    left_yuan: str
    right_yuan: str
    place: str
    verdict: str = ""
    why: str = ""
    raised: str = "yes"
    looks: str = "1"

    def __post_init__(self) -> None:
        if self.verdict and (self.verdict not in VERDICTS or not self.why.strip()):
            raise ValueError(f"claim {self.key}: verdict {self.verdict!r} because of {self.why!r}")
        if self.raised not in ("yes", "no") or not self.looks.isdecimal():
            raise ValueError(f"claim {self.key}: raised {self.raised!r}, looks {self.looks!r}")


COLUMNS = tuple(field.name for field in fields(Claim))


def findings(document: ParsedDocument, source: str) -> Iterator[tuple[Claim, Check]]:
    """Every failing check of severity error or warning, as an unjudged row, with the check itself; and
    what is `info` only because its rule is refuted: else what refutes a rule would vanish by it."""
    seen: Counter[str] = Counter()
    for check in document.checks:
        if check.status != "fails" or not _is_claim(check):
            continue
        page = page_of(document, check)
        left, right = map(_printed, (check.left_yuan, check.right_yuan))
        # What the key of a finding is made of: an identity in English, words of the document in Chinese.
        identity = check.statement.code in ("rule_at", "rule_between")
        place = sentence(check.statement, "en" if identity else "zh")
        told = (left, right) if left or right else (place,)
        words = "|".join((document.document_id, check.rule, str(page or ""), *told))
        seen[words] += 1
        key = hashlib.sha256(f"{words}|{seen[words]}".encode()).hexdigest()[:16]
        row = Claim(key, document.document_id, source, check.rule, str(page or ""), left, right, place[:200])
        yield row, check


def _is_claim(check: Check) -> bool:
    observed = check.severity == "info" and check.fault != "reading" and refuted(measured(check.rule))
    return check.severity in WEIGHTY or observed


def _printed(yuan: Decimal | None) -> str:
    return "" if yuan is None else str(yuan.quantize(Decimal("0.01")))


def page_of(document: ParsedDocument, check: Check) -> int | None:
    """Where to look: the page of its words, of its first amount, or of its first table."""
    tables = {table.table_no: table for table in document.tables}
    places = {
        (table.table_no, fact.row_no, fact.col_no): fact.page
        for table in document.tables
        for fact in table.facts
    }
    pages = [check.page, *(places.get((cell.table_no, cell.row_no, cell.col_no)) for cell in check.facts)]
    pages += [page for no in check.table_nos if no in tables for page in tables[no].pages]
    return next((page for page in pages if page is not None), None)


def read_ledger(path: Path = LEDGER) -> dict[str, Claim]:
    """The rows by key. Raises ValueError for a row that is not one, or a key that comes twice."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Claim(**row) for row in csv.DictReader(file)]
    if twice := [key for key, count in Counter(row.key for row in rows).items() if count > 1]:
        raise ValueError(f"keys that come twice: {twice}")
    return {row.key: row for row in rows}


def write_ledger(rows: Iterable[Claim], path: Path = LEDGER) -> None:
    """The rows in the order of rule, source and page."""
    ordered = sorted(rows, key=lambda row: (row.rule, row.source, int(row.page or 0), row.key))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, ordered))


def refreshed(ledger: dict[str, Claim], documents: Sequence[tuple[str, Sequence[Claim]]]) -> dict[str, Claim]:
    """The ledger with `raised` as the parsers say it now, for the documents given (id and findings)."""
    looked_at = {identity for identity, _ in documents}
    raised = {row.key for _, rows in documents for row in rows}
    return {
        key: replace(row, raised="yes" if key in raised else "no") if row.document in looked_at else row
        for key, row in ledger.items()
    }


def counted(rows: Iterable[Claim]) -> dict[str, Measured]:
    """What the rows still raised say of each rule: judged and right."""
    by_rule: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.verdict and row.raised == "yes":
            by_rule[row.rule].append(row.verdict)
    return {rule: Measured(rule, len(found), found.count("right")) for rule, found in sorted(by_rule.items())}
