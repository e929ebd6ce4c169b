"""Planted slips in the text: `python -m tests.accuracy.prose_mutations [--count 600] [--seed 7] [--verbose]`.

Invariant: places are chosen by patterns of their own, never by what the prose reader understood: an amount
counts because a table prints it too, a rate because amount, change and rate stand in one sentence.

A slip is `found` when a check fails that did not before the change. Changed are one rendering with text of
each seed, and the real documents. Not planted is what mends a slip that is printed, nor a rate that the
rounding of its change would allow (a change of 0.01万元 says little of its rate, and has none planted).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from parsers.prose import check_paragraphs
from parsers.prose.paragraph import Paragraph, paragraphs
from parsers.values.results import BudgetTable, Check, Headline
from tests.accuracy.text_documents import text_documents
from tests.wording import both

CORPUS = (
    "jishan-2023.xls",
    "mianxian-2024.docx",
    "shizhong-2024.pdf",
    "xuchang-2023.docx",
    "yanbian-2024.doc",
)
_AMOUNT = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>万元|元)")
_RATE = re.compile(r"(?:增加|增长|上升|提高|减少|下降|降低)(?:了|约)?(?P<number>\d+(?:\.\d+)?)%")
_CHANGE = re.compile(
    r"(?P<verb>增加|减少|增长|下降)(?:了|额)?(?!0(?:\.0+)?万?元)(?P<number>\d+(?:\.\d+)?)万?元"
)
_REASON = re.compile(r"(?:主要)?(?:原因是?为?|是由于|是因为)[:：]?(?P<why>[^。；]{4,80})")
_SHARE = re.compile(r"占[^，。；占]{0,20}?(?P<number>\d+(?:\.\d+)?)%")
_VERB_BEFORE = re.compile(r"(?:增加|减少|增长|下降|上升|提高|压减|核减)(?:了|额|约)*$")
_LIST = re.compile(r"其中[:：]|包括[:：]")
_SKIPPED = re.compile("名词解释|绩效评价")
_LARGE = Decimal(1000)  # yuan below which an amount says little about what it is
_OPPOSITE = {
    "增加": "减少", "减少": "增加", "增长": "下降", "下降": "增长",
    "上升": "下降", "提高": "降低", "降低": "提高",
}  # fmt: skip
_REASONS = {
    "增加": ("压减一般性支出，厉行节约", "人员减少", "项目减少", "落实过紧日子要求，从严控制支出"),
    "减少": ("人员增加，工资标准提高", "新增项目", "工资调标，社保缴费增加", "业务量增加，项目支出增加"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document before the change; `amounts` are those of its tables, sorted, and `failing` what fails."""

    name: str
    head: Headline
    tables: tuple[BudgetTable, ...]
    text: tuple[Paragraph, ...]
    amounts: tuple[Decimal, ...]
    failing: Counter[str]


@dataclass(frozen=True, slots=True)
class Slip:
    """One changed paragraph and what was done, in words."""

    paragraph: int
    text: str
    what: str


def load(paths: Iterable[Path]) -> Iterator[Document]:
    """The documents that have text beside their tables."""
    for found in text_documents(paths):
        document = prepared(found.name, found.head, found.tables, paragraphs(found.reading.blocks))
        if document.amounts and any(_AMOUNT.search(p.text) for p in document.text):
            yield document


def prepared(
    name: str, head: Headline, tables: tuple[BudgetTable, ...], text: tuple[Paragraph, ...]
) -> Document:
    amounts = tuple(sorted({f.amount_yuan for t in tables for f in t.facts if f.amount_yuan}))
    return Document(name, head, tables, text, amounts, _failing(check_paragraphs(text, tables, head)[1]))


def _failing(checks: Iterable[Check]) -> Counter[str]:
    return Counter(both(c.message) for c in checks if c.status == "fails")


def sites(document: Document) -> Iterator[tuple[int, str]]:
    """The paragraphs a slip may be planted in."""
    for number, paragraph in enumerate(document.text):
        if not any(_SKIPPED.search(heading) for heading in paragraph.headings):
            yield number, paragraph.text


def _tabled(document: Document, match: re.Match[str]) -> bool:
    """Whether a table prints the amount, as exact as the text does."""
    yuan = _yuan(match)
    if yuan < _LARGE or (match["unit"] == "万元" and "." not in match["number"]):
        return False
    step = Decimal(1).scaleb(-len(match["number"].partition(".")[2])) * _unit(match)
    at = bisect_left(document.amounts, yuan - step / 2)
    return at < len(document.amounts) and document.amounts[at] <= yuan + step / 2


def _yuan(match: re.Match[str]) -> Decimal:
    return Decimal(match["number"]) * _unit(match)


def _unit(match: re.Match[str]) -> int:
    return 10_000 if match["unit"] == "万元" else 1


def _is_change(text: str, match: re.Match[str]) -> bool:
    return bool(_VERB_BEFORE.search(text[: match.start()]))


def change_amount(document: Document, rng: random.Random) -> Slip | None:
    """One digit of an amount that a table prints."""
    found = [
        (number, text, match)
        for number, text in sites(document)
        for match in _AMOUNT.finditer(text)
        if _tabled(document, match) and not _is_change(text, match)
    ]
    if not found:
        return None
    number, text, match = rng.choice(found)
    changed = _other_digit(match["number"], rng)
    return _slip(number, text, match.span("number"), changed)


def _other_digit(number: str, rng: random.Random) -> str:
    """The number with one other digit: by a tenth of a percent at least."""
    places = [i for i, sign in enumerate(number) if sign.isdigit()]
    while True:
        at, digit = rng.choice(places), rng.choice("123456789")
        other = number[:at] + digit + number[at + 1 :]
        before, after = Decimal(number), Decimal(other)
        if abs(after - before) >= max(before / 1000, Decimal("0.03")):
            return other


def yuan_for_ten_thousand(document: Document, rng: random.Random) -> Slip | None:
    """元 printed for 万元 behind an amount that a table prints."""
    found = [
        (number, text, match)
        for number, text in sites(document)
        for match in _AMOUNT.finditer(text)
        if match["unit"] == "万元" and _tabled(document, match) and not _is_change(text, match)
    ]
    if not found:
        return None
    number, text, match = rng.choice(found)
    return _slip(number, text, match.span("unit"), "元")


def wrong_rate(document: Document, rng: random.Random) -> Slip | None:
    """Another rate of change behind an amount and its change, all in one sentence."""
    found = [
        (number, text, match, hidden)
        for number, text in sites(document)
        for match in _RATE.finditer(text)
        if Decimal(match["number"]) > 0 and (hidden := _hidden(text, match.start())) <= Decimal("0.1")
    ]
    if not found:
        return None
    number, text, match, hidden = rng.choice(found)
    return _slip(number, text, match.span("number"), _other_percent(match["number"], rng, hidden))


def wrong_share(document: Document, rng: random.Random) -> Slip | None:
    """Another share (占 x%)."""
    found = [
        (number, text, match)
        for number, text in sites(document)
        for match in _SHARE.finditer(text)
        if _AMOUNT.search(text[: match.start()]) and 0 < Decimal(match["number"]) < 100
    ]
    if not found:
        return None
    number, text, match = rng.choice(found)
    return _slip(number, text, match.span("number"), _other_percent(match["number"], rng))


def _other_percent(number: str, rng: random.Random, hidden: Decimal = Decimal(0)) -> str:
    """Another percentage: by more than the share of it that rounding may hide."""
    least = max(Decimal("0.2"), Decimal(number) * max(Decimal("0.02"), hidden))
    while True:
        other = _other_digit(number, rng)
        if abs(Decimal(other) - Decimal(number)) >= least:
            return other


def _hidden(text: str, at: int) -> Decimal:
    """The share of a rate that the last place of the change before it, in its sentence, leaves open."""
    start = max(text.rfind(mark, 0, at) for mark in "。；") + 1
    changes = [match["number"] for match in _CHANGE.finditer(text[start:at])]
    return (
        Decimal(1).scaleb(-len(changes[-1].partition(".")[2])) / Decimal(changes[-1]) if changes else _LARGE
    )


def flip_direction(document: Document, rng: random.Random) -> Slip | None:
    """增加 for 减少 and the reverse, of a change that has a rate behind it; the rate's verb as well, half
    of the times."""
    found = [
        (number, text, match)
        for number, text in sites(document)
        for match in _CHANGE.finditer(text)
        if (rate := _RATE.search(re.split(r"[。；]", text[match.end() :])[0]))
        and Decimal(rate["number"]) >= 2
    ]
    if not found:
        return None
    number, text, match = rng.choice(found)
    end = match.end("verb")
    changed = _OPPOSITE[match["verb"]]
    rate = _RATE.search(text, match.end())
    if rate and rng.random() < 0.5:
        changed += text[end : rate.start()] + _OPPOSITE[rate[0][:2]]
        end = rate.start() + 2
    return _slip(number, text, (match.start("verb"), end), changed)


def contradict_reason(document: Document, rng: random.Random) -> Slip | None:
    """A reason that speaks for the other direction."""
    found = []
    for number, text in sites(document):
        for match in _CHANGE.finditer(text):
            why = _REASON.search(text, match.end())
            between = text[match.end() : why.start()] if why else ""
            if why and "。" not in between and not _CHANGE.search(between):
                found.append((number, text, match, why))
    if not found:
        return None
    number, text, match, why = rng.choice(found)
    verb = {"增长": "增加", "下降": "减少"}.get(match["verb"], match["verb"])
    return _slip(number, text, why.span("why"), rng.choice(_REASONS[verb]))


def wrong_total(document: Document, rng: random.Random) -> Slip | None:
    """Another amount before 其中：, whose parts behind it add up to it."""
    found = []
    for number, text in sites(document):
        for match in _LIST.finditer(text):
            before = list(_AMOUNT.finditer(text, 0, match.start()))
            sentence = re.split("。", text[match.end() :])[0]
            parts = [m for m in _AMOUNT.finditer(sentence) if not _is_change(sentence, m)]
            if before and len(parts) >= 2 and abs(sum(map(_yuan, parts)) - _yuan(before[-1])) <= _LARGE / 2:
                found.append((number, text, before[-1]))
    if not found:
        return None
    number, text, whole = rng.choice(found)
    return _slip(number, text, whole.span("number"), _other_digit(whole["number"], rng))


KINDS: dict[str, Callable[[Document, random.Random], Slip | None]] = {
    "amount": change_amount,
    "unit": yuan_for_ten_thousand,
    "rate": wrong_rate,
    "share": wrong_share,
    "direction": flip_direction,
    "reason": contradict_reason,
    "total": wrong_total,
}


def _slip(number: int, text: str, span: tuple[int, int], new: str) -> Slip:
    old = text[span[0] : span[1]]
    where = text[max(span[0] - 40, 0) : span[0]] + f"[{old}→{new}]" + text[span[1] : span[1] + 40]
    return Slip(number, text[: span[0]] + new + text[span[1] :], where)


def is_found(document: Document, slip: Slip) -> bool | None:
    """Whether a check fails that held before; None where the slip only mends what failed."""
    text = list(document.text)
    text[slip.paragraph] = replace(text[slip.paragraph], text=slip.text)
    failing = _failing(check_paragraphs(text, document.tables, document.head)[1])
    return bool(failing - document.failing) or (None if document.failing - failing else False)


def planted(
    documents: Sequence[Document], count: int, seed: int
) -> Iterator[tuple[str, Document, Slip, bool]]:
    """`count` slips, the kinds in turn, documents at random."""
    rng = random.Random(seed)
    for index in range(count):
        kind = list(KINDS)[index % len(KINDS)]
        found = None
        while found is None:
            document = rng.choice(documents)
            slip = KINDS[kind](document, rng)
            found = is_found(document, slip) if slip else None
        assert slip
        yield kind, document, slip, found


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    arguments.add_argument("--count", type=int, default=700)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--verbose", action="store_true", help="print every slip that is not found")
    arguments.add_argument("files", nargs="*", type=Path, help="default: corpus and real documents")
    options = arguments.parse_args()
    real = options.shared / "real" / "docs"
    paths = options.files or [options.shared / "corpus" / "docs" / name for name in CORPUS]
    if not options.files and real.is_dir():
        paths += sorted(path for path in real.iterdir() if path.suffix == ".pdf")
    if not all(path.is_file() for path in paths):
        print(f"no reference documents at {options.shared}: nothing measured", file=sys.stderr)
        return 3
    documents = list(load(paths))
    started = time.perf_counter()
    report(planted(documents, options.count, options.seed), verbose=options.verbose)
    print(f"{len(documents)} documents, {time.perf_counter() - started:.0f} s")
    return 0


def report(results: Iterable[tuple[str, Document, Slip, bool]], *, verbose: bool) -> None:
    counts: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for kind, document, slip, found in results:
        counts[kind][found] += 1
        counts["all"][found] += 1
        if verbose and not found:
            print(f"{kind}: {document.name}: {slip.what}")
    print(f"{'':12} {'count':>6} {'found':>7}")
    for kind, count in counts.items():
        print(f"{kind:12} {count.total():6} {count[True] / count.total():7.1%}")


if __name__ == "__main__":
    raise SystemExit(main())
