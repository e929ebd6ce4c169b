"""The words of a sentence taken apart: sentences, reasons, numbers, and what stands in front of an amount.

Invariant: each function takes something off a text and says what; none guesses what a number is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from parsers.prose.vocabulary import terms
from parsers.values.lexicon import lexicon_of
from parsers.values.units import YUAN_PER_UNIT

_L = lexicon_of(__name__)
_NUMBERED_RANK = _L.pattern("numbered_rank")
_EXPENDITURE_TWICE = _L.text("expenditure_twice")
_EXPENDITURE = _L.text("expenditure")
_YEAR = _L.pattern("year")
_ORDINAL = _L.pattern("ordinal")
_ANY_YEAR = _L.pattern("any_year")
_LARGE = _L.text("large")
_YUAN = _L.text("yuan")
_RANK = _L.pattern("rank")

_UNITS = "|".join(sorted(YUAN_PER_UNIT, key=len, reverse=True))
NUMBER = r"(?<!\d)(?<!\d\.)\d{1,15}(?:\.\d{1,15})?"  # longer runs, and 1541.50.00, do not count
# 决算数合计为1000.86万，…: the 元 of 万元 is left out where money was named before
AMOUNT = _L.pattern("amount", number=NUMBER, units=_UNITS)
_MONEY = _L.pattern("money")
SHARE = _L.pattern("share", number=NUMBER)
RATE = _L.pattern("rate", number=NUMBER)
_REASON = _L.pattern("reason")
COMPLETION = _L.pattern("completion", number=NUMBER)
OF_BUDGET = _L.pattern("of_budget_share")
_PLANNED = _L.pattern("planned")
# 较2024年的2190万元(减少): the amount compared with stands before the change
_PRIOR = _L.pattern("prior")
_VERB_NEXT = _L.pattern("verb_next")
_AGAINST_BUDGET = _L.pattern("against_budget")
_ASIDE = _L.pattern("aside")
_MARKED_VERB = _L.pattern("marked_verb")
_LATE_CODE = _L.pattern("late_code")
EXECUTED = _L.pattern("executed")
UNDECIDED = _L.pattern("undecided")
_TOPIC = _L.pattern("topic")
_CLASS = _L.pattern("class")
_RANKS = {word: int(value) for word, value in _L.names("ranks").items()}
_CODE = re.compile(r"\(?(?<!\d)(?P<code>\d{7}|\d{5}|\d{3})(?!\d)\)?[-—]?")
# 某镇2020年度三公经费: whose and which year's it is stands in front
_OWNER_AND_YEAR = _L.pattern("owner_and_year")
_OWNER = _L.pattern("owner")
_CALLED = _L.pattern("called")  # 接待费、出国费(简称三公经费)
_TWICE = re.compile(r"^(.{3,20})\1$")  # 三公经费比2014年三公经费
_QUOTES = re.compile(r"[“”\"'‘’《》]")
_SENTENCE_END = _L.pattern("sentence_end")
_NESTED = _L.pattern("nested")


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed, in yuan or percent. `place` is the value of its last place, `step` that of the
    last place its document keeps: finer where trailing zeros are dropped."""

    yuan: Decimal
    place: Decimal
    step: Decimal
    unit: Decimal = Decimal(1)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, empty ones left out."""
    yield from (part for part in _SENTENCE_END.split(text) if part)


def amounts_in(text: str) -> Iterator[re.Match[str]]:
    """The amounts of money of a text; 万 and 亿 without 元 count where the words before them name money."""
    for match in AMOUNT.finditer(text):
        if match["unit"] not in _LARGE or _MONEY.search(text[: match.start()]):
            yield match


def plain_words(text: str) -> str:
    """A sentence without asides that hold no number (含参公单位), with marked verbs and late codes in their
    place: (减少)16万元 is 减少16万元, 高等教育(项，2050205) is 高等教育(项)(2050205)."""
    return _ASIDE.sub("", _MARKED_VERB.sub(r"\1", _LATE_CODE.sub(r"(\1)(\2)", text)))


def is_planned(before: str) -> bool:
    """Whether an amount is said to be the budget: 年初预算为 …; 一般公共预算 names a fund."""
    return bool(_PLANNED.search(before))


def is_prior(before: str, after: str) -> bool:
    """Whether an amount behind a comparison is what is compared with: 较2024年的2190万元减少221万元."""
    return bool(_PRIOR.search(before) and _VERB_NEXT.match(after))


def against_budget(comparison: str, fiscal_year: int | None) -> bool:
    """Whether the comparison is with this year's budget, and not with a year before."""
    match = _AGAINST_BUDGET.search(comparison)
    return match is not None and match["year"] in (None, str(fiscal_year))


def without_nested(text: str) -> tuple[str, list[str]]:
    """The text without brackets that hold figures of their own, and what they hold."""
    inside = [match["inside"] for match in _NESTED.finditer(text)]
    return _NESTED.sub("", text), [part for group in inside for part in sentences(group)]


def split_reason(sentence: str) -> tuple[str, str | None, str | None]:
    """What a sentence says, the reason it gives, and the word of change in front of the reason."""
    match = _REASON.search(sentence)
    if match is None:
        return sentence, None, None
    return sentence[: match.start()], match["why"].strip("，：、 ") or None, match["lead"]


def printed_amount(match: re.Match[str]) -> Printed:
    """The amount of a match of `AMOUNT`, in yuan, with its smallest printed step and its unit."""
    number, unit = match["number"], YUAN_PER_UNIT[match["unit"].removesuffix(_YUAN) + _YUAN]
    return Printed(Decimal(number) * unit, _place(number) * unit, _place(number) * unit, unit)


def printed_percent(match: re.Match[str]) -> Printed:
    """The number of a match of `SHARE`, `RATE` or `COMPLETION`, in percent, with its smallest printed
    step."""
    return Printed(Decimal(match["number"]), _place(match["number"]), _place(match["number"]))


def _place(number: str) -> Decimal:
    return Decimal(1).scaleb(-len(number.partition(".")[2]))


def subject_words(before: str, body: str) -> tuple[str, str | None]:
    """What an amount is about in the words before it, and the code printed among them."""
    text = _QUOTES.sub("", before.replace(body, "") if body else before)
    text = _NUMBERED_RANK.sub("(", text)
    code = _CODE.search(_ANY_YEAR.sub("", text))
    if code and len(code["code"]) >= 3:
        text = _CODE.sub("", text, count=1)
    text = _RANK.sub("", text).replace(_EXPENDITURE_TWICE, _EXPENDITURE)
    text = _OWNER_AND_YEAR.sub(lambda found: _subject_in_front(found["front"]), text)
    text = _TWICE.sub(r"\1", next(filter(terms().subject, _CALLED.findall(text)), text))
    return _bare(text)[:60], _code_of_chain(before) or (code["code"] if code else None)


def _subject_in_front(front: str) -> str:
    """What stands in front of a year where it is a subject (基本支出2022年预算), and not whose it is."""
    bare = _bare(front)
    return bare if terms().subject(bare) or not _OWNER.search(front) else ""


def class_chain(before: str) -> tuple[tuple[int, str], ...]:
    """The names of classes in front of an amount, with how many digits their codes have:
    `教育支出(类)普通教育(款)小学教育(项)` gives (3, 教育支出), (5, 普通教育), (7, 小学教育)."""
    found = _last_chain(before)
    names = ((_RANKS[match["rank"]], _bare(match["name"]).removeprefix(_EXPENDITURE)) for match in found)
    return tuple((digits, name) for digits, name in names if name)


def _last_chain(before: str) -> list[re.Match[str]]:
    """The classes named last, from the highest on."""
    found = list(_CLASS.finditer(_QUOTES.sub("", before)))
    ranks = [_RANKS[match["rank"]] for match in found]
    start = max((i for i in range(len(ranks)) if i == 0 or ranks[i] <= ranks[i - 1]), default=0)
    return found[start:]


def _code_of_chain(before: str) -> str | None:
    """司法(06款) below 公共安全支出(204类) is 20406; None where a part of the code is not printed."""
    found = _last_chain(before)
    code = "".join(match["code"] or "" for match in found)
    return code if found and len(code) == _RANKS[found[-1]["rank"]] else None


def _bare(text: str) -> str:
    """Without the words that say nothing about what is meant, at both ends."""
    for _ in range(8):
        shorter = terms().tail.sub("", terms().lead.sub("", text.strip("，：、；()（）·")))
        if shorter == text:
            break
        text = shorter
    return text


def topic(text: str) -> str:
    """What a paragraph says it is about before its first figure: `(一)收入预算。2026年…`."""
    match = _TOPIC.match(text)
    return match["topic"] if match and next(amounts_in(match["topic"]), None) is None else ""


def year_in(before: str) -> int | None:
    """The last year (2024年) in a text; None if there is none."""
    years = _YEAR.findall(before)
    return int(years[-1]) if years else None


def unnumbered_heading(heading: str) -> str:
    """A heading without its number (一、, （二）, 3.)."""
    return _ORDINAL.sub("", heading)
