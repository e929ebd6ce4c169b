"""What a reader found by hand, found again: `python -m tests.accuracy.discrepancies`.

Invariant: a row of `seed_discrepancies.csv` counts as found only by a check that names it: ROUND rows by a
`rounding` check with the two printed sums; others by a failing check whose message prints the stated figure
(or code) beside the expected one, or by the rule and words listed in `KNOWN`. A row whose figure stands in
none of the renderings is absent and not counted.

Also lists every failing check of severity error on the corpus, by document.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from parsers import parse_document
from parsers.values.results import Check, Hints, ParsedDocument
from tests.wording import both

# A rendering with narrative, and one without where its tables are typeset more plainly.
RENDERINGS = {
    "000": ("mianxian-2024.docx",),
    "001": ("yanbian-2024_report.pdf", "yanbian-2024.xlsx"),
    "002": ("jishan-2023.xls", "jishan-2023_scan.pdf"),
    "003": ("xuchang-2023.docx",),
    "004": ("shizhong-2024.pdf",),
}
COUNTED = ("HARD", "CODE", "BLANK", "MISSING", "TEXT")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
_MADE_CODE = re.compile(r"→(\d{3,7})\)")

# Rows whose words differ from the checks' own: rule and what its message says.
KNOWN: dict[str, tuple[str, str]] = {
    "S000-01": ("CODE", "30301"),
    "S000-02": ("I16.class", "1,417,479.00"),
    "S000-03": ("BLANK", "303 对个人和家庭的补助"),
    "S000-04": ("BLANK2", "1、人员经费和公用经费支出"),
    "S000-05": ("BLANK2", "2、专项业务经费支出"),
    "S000-06": ("TWIN", "其中：专项资金列入部门预算的项目"),
    "S001-05": ("I13-unit", "绩效目标表"),
    "S001-10": ("CODE.blank", "未列科目编码"),
    "S002-06": ("CODE.side", "其他工资福利支出"),
    "S003-01": ("I16", "30199"),
    "S003-05": ("NUMBER", "国有资本经营"),
    "S003-06": ("CODE.old", "医疗卫生与计划生育支出"),
    "S000-09": ("I15-change-sum", "“事业运行”的上年数"),
    "S000-12": ("I15-percent", "公务接待费"),
    "S000-16": ("I13-name", "医疗费补助项目"),
    "S000-17": ("complete-heading", "绩效目标说明"),
    "S001-09": ("complete-name", "机关是因为单位"),
    "S001-11": ("complete-name", "人力资源和社会管理事务"),
    "S001-12": ("complete-numbering", "预算表9"),
    "S002-12": ("complete-doubled", "财政"),
    "S002-15": ("complete-numbering", "部门公开表9"),
    "S003-09": ("complete-title", "国有资本经营支出预算表"),
    "S004-09": ("complete-template-level", "市级财政拨款"),
    "S004-10": ("complete-title", "政府采购预算表"),
    "S000-18": ("complete-declared", "收入总表"),
    "S000-19": ("complete-promise", "采购"),
    "S002-05": ("I15-reason", "精简"),
    "S002-10": ("complete-amount-table", "采购"),
    "S003-02": ("complete-declared", "收入预算表"),
    "S003-03": ("complete-declared", "支出经济分类汇总表"),
    "S004-11": ("complete-placeholder", "kpi"),
    "S004-04": ("I13.cost", "18200人次"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; `result` is found (with the rule), missed, or absent."""

    id: str
    seed: str
    kind: str
    where: str
    stated: str
    expected: str


@dataclass(frozen=True, slots=True)
class Result:
    row: Row
    state: str
    rule: str = ""


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [
            Row(r["id"], r["seed"], r["kind"], r["where"], r["stated"], r["computed_or_expected"])
            for r in csv.DictReader(file)
        ]


def result(row: Row, documents: Sequence[ParsedDocument], text: str) -> Result:
    """The first check of any rendering that names the row."""
    every = (c for document in documents for c in document.checks)
    checks = [c for c in every if c.status == ("rounding" if row.kind == "ROUND" else "fails")]
    matching = _rounding(row, checks) if row.kind == "ROUND" else _named(row, checks)
    for check in matching:
        return Result(row, "found", check.rule)
    return Result(row, "missed" if _present(row, text) else "absent")


def _rounding(row: Row, checks: Iterable[Check]) -> Iterator[Check]:
    """Checks whose two sides are the stated and one of the computed sums, in 万元."""
    stated, computed = _amounts(row.stated), _amounts(row.expected)
    for check in checks:
        sides = {check.left_yuan, check.right_yuan}
        if any(a in sides and b in sides and a != b for a in stated for b in computed):
            yield check


def _amounts(text: str) -> list[Decimal]:
    return [Decimal(n.replace(",", "")) * 10_000 for n in _NUMBER.findall(text) if not n.endswith("%")]


def _named(row: Row, checks: Sequence[Check]) -> Iterator[Check]:
    if known := KNOWN.get(row.id):
        yield from (c for c in checks if c.rule == known[0] and known[1] in both(c.message))
        return
    stated, expected = _figures(row.stated), _figures(row.expected)
    amounts = [_either_unit(row.stated), _either_unit(row.expected)]
    for check in checks:
        sides = {check.left_yuan, check.right_yuan} - {None}
        if all(sides & amount for amount in amounts):
            yield check
            continue
        said = _figures(both(check.message))
        if stated & said and (not expected or expected & said):
            yield check


def _either_unit(text: str) -> set[Decimal | None]:
    """The figures of a text as yuan and as 万元: the list mixes both."""
    amounts = _amounts(text)
    return {*amounts, *(amount / 10_000 for amount in amounts)}


def _figures(text: str) -> set[str]:
    """Numbers as written, without separators and trailing zeros; single digits say nothing."""
    found = {n.replace(",", "") for n in _NUMBER.findall(text)}
    return {n.rstrip("0").rstrip(".") if "." in n else n for n in found if len(n) > 1}


def _present(row: Row, text: str) -> bool:
    """Whether the stated figure (or words) can be read in the rendering at all.

    A code that only the wrong column makes (→2101699) is there where some row has it: a rendering that sets
    it right prints its digits, too."""
    figures = _figures(row.stated)
    said = _figures(text)
    if made := _MADE_CODE.search(row.stated):
        return made[1] in said
    if figures:
        return bool(figures & said)
    words = [word for word in re.split(r"[;；/、,，]", row.stated) if len(word) > 3]
    return row.kind in ("BLANK", "MISSING") or any(word.strip() in text for word in words)


def words_of(document: ParsedDocument) -> str:
    """Everything a document prints that the checks can see: tables, the codes their rows have, and the
    sentences with figures."""
    cells = (text for t in document.tables for line in (*t.header, *t.grid) for text in line)
    codes = (code for t in document.tables for row in t.rows for code in row.codes.values())
    return "\n".join((*cells, *codes, *(s.sentence for s in document.statements)))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    options = arguments.parse_args()
    folder = options.shared / "corpus" / "docs"
    if not folder.is_dir():
        print(f"no reference documents at {options.shared}: nothing measured", file=sys.stderr)
        return 3
    documents = {
        seed: [parse_document((folder / name).read_bytes(), Hints(file_name=name)) for name in names]
        for seed, names in RENDERINGS.items()
    }
    listed = rows(options.shared / "reference" / "seed_discrepancies.csv")
    texts = {seed: "\n".join(map(words_of, found)) for seed, found in documents.items()}
    report([result(row, documents[row.seed], texts[row.seed]) for row in listed], documents)
    return 0


def report(results: Sequence[Result], documents: dict[str, list[ParsedDocument]]) -> None:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for item in results:
        counts[item.row.kind][item.state] += 1
        if item.state == "missed":
            row = item.row
            print(f"missed  {row.id} {row.kind:8} {row.where}: {row.stated} ({row.expected})")
    print(f"\n{'kind':8} {'found':>6} {'missed':>6} {'absent':>6} {'recall':>7}")
    counts["counted"] = sum((counts[kind] for kind in COUNTED), Counter[str]())
    for kind, count in counts.items():
        states = " ".join(f"{count[state]:6}" for state in ("found", "missed", "absent"))
        print(f"{kind:8} {states} {_recall(count):>7}")
    print("\nfailing checks of severity error:")
    for seed, found in documents.items():
        for name, document in zip(RENDERINGS[seed], found, strict=True):
            errors = [c for c in document.checks if c.status == "fails" and c.severity == "error"]
            print(f"{name}: {len(errors)}")
            for check in errors:
                print(f"  {check.rule}: {both(check.message).partition(' | ')[0]}")


def _recall(count: Counter[str]) -> str:
    present = count["found"] + count["missed"]
    return f"{count['found'] / present:.1%}" if present else "-"


if __name__ == "__main__":
    raise SystemExit(main())
