"""The words of a sentence taken apart: sentences, reasons, numbers, and what stands in front of an amount.

Invariant: each function takes something off a text and says what; none guesses what a number is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from parsers.prose.terms import terms
from parsers.tables.units import YUAN_PER_UNIT

_UNITS = "|".join(sorted(YUAN_PER_UNIT, key=len, reverse=True))
AMOUNT = re.compile(rf"(?P<number>-?\d+(?:\.\d+)?)(?P<unit>{_UNITS})")
SHARE = re.compile(r"占(?P<of>[^，。；占]{0,25}?)(?P<number>\d+(?:\.\d+)?)%")
RATE = re.compile(
    r"(?P<verb>增加|增长|上升|提高|增幅|减少|下降|降低|降幅|压减)(?:率|幅度?)?(?:了|为|约|达)*(?P<number>-?\d+(?:\.\d+)?)%"
)
_REASON = re.compile(
    r"(?:(?:增加|减少|下降|增长|变化|变动|增减)?(?:的)?(?:主要)?原因(?:是|为|系|：|，|在于)*(?:由于|因为)?|主要(?:是因为|是由于|由于|系|因)|主要是(?=.*(?:增加|减少|压减|调|节约)))(?P<why>.+)$"
)
COMPLETION = re.compile(
    r"完成(?:了|本年|当年|全年|调整)*(?:年初|调整|全年)?预算(?:数)?的?(?:为|约)?(?P<number>\d+(?:\.\d+)?)%"
)
_TOPIC = re.compile(
    r"^[(（]?[一二三四五六七八九十\d]{1,3}[)）]?[、.．]?(?P<topic>[^。：；，\d][^。：；，]{1,70}?)[。：]"
)
_CLASS = re.compile(r"(?P<name>[^()，：；。“”\"]+?)\((?P<code>\d{2,3})?(?P<rank>类|款|项)\)")
_RANKS = {"类": 3, "款": 5, "项": 7}
_CODE = re.compile(r"\(?(?<!\d)(?P<code>\d{7}|\d{5}|\d{3})(?!\d)\)?[-—]?")
_QUOTES = re.compile(r"[“”\"'‘’《》]")
_SENTENCE_END = re.compile(r"[。；!?！？]|，(?=(?:本|我)(?:单位|部门|局)(?:当年|20\d\d))")
_NESTED = re.compile(r"\((?P<inside>[^()]*[\u4e00-\u9fff]{2}[^()]*元[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed, in yuan or percent. `place` is the value of its last place, `step` that of the
    last place its document keeps: finer where trailing zeros are dropped."""

    yuan: Decimal
    place: Decimal
    step: Decimal
    unit: Decimal = Decimal(1)


def sentences(text: str) -> Iterator[str]:
    yield from (part for part in _SENTENCE_END.split(text) if part)


def without_nested(text: str) -> tuple[str, list[str]]:
    """The text without brackets that hold figures of their own, and what they hold."""
    inside = [match["inside"] for match in _NESTED.finditer(text)]
    return _NESTED.sub("", text), [part for group in inside for part in sentences(group)]


def split_reason(sentence: str) -> tuple[str, str | None]:
    match = _REASON.search(sentence)
    if match is None:
        return sentence, None
    return sentence[: match.start()], match["why"].strip("，：、 ") or None


def printed_amount(match: re.Match[str]) -> Printed:
    number, unit = match["number"], YUAN_PER_UNIT[match["unit"]]
    return Printed(Decimal(number) * unit, _place(number) * unit, _place(number) * unit, unit)


def printed_percent(match: re.Match[str]) -> Printed:
    return Printed(Decimal(match["number"]), _place(match["number"]), _place(match["number"]))


def _place(number: str) -> Decimal:
    return Decimal(1).scaleb(-len(number.partition(".")[2]))


def subject_words(before: str, body: str) -> tuple[str, str | None]:
    """What an amount is about in the words before it, and the code printed among them."""
    text = _QUOTES.sub("", before.replace(body, "") if body else before)
    text = re.sub(r"\(\d+(?=[类款项]\))", "(", text)
    code = _CODE.search(re.sub(r"\d{4}年", "", text))
    if code and len(code["code"]) >= 3:
        text = _CODE.sub("", text, count=1)
    text = re.sub(r"\((?:\d*(?:类|款|项)|下同)\)", "", text).replace("支出支出", "支出")
    return _bare(text)[:60], _code_of_chain(before) or (code["code"] if code else None)


def class_chain(before: str) -> tuple[tuple[int, str], ...]:
    """The names of classes in front of an amount, with how many digits their codes have:
    `教育支出(类)普通教育(款)小学教育(项)` gives (3, 教育支出), (5, 普通教育), (7, 小学教育)."""
    found = _last_chain(before)
    names = ((_RANKS[match["rank"]], _bare(match["name"]).removeprefix("支出")) for match in found)
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
    return match["topic"] if match and not AMOUNT.search(match["topic"]) else ""


def year_in(before: str) -> int | None:
    years = re.findall(r"(20\d\d)年", before)
    return int(years[-1]) if years else None


def unnumbered_heading(heading: str) -> str:
    return re.sub(r"^[(（]?[一二三四五六七八九十\d]+[)）、.．]+", "", heading)
