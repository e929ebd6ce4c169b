"""The words of a sentence taken apart: sentences, reasons, numbers, and what stands in front of an amount.

Invariant: each function takes something off a text and says what; none guesses what a number is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from parsers.prose.vocabulary import terms
from parsers.values.units import YUAN_PER_UNIT

_UNITS = "|".join(sorted(YUAN_PER_UNIT, key=len, reverse=True))
NUMBER = r"(?<!\d)(?<!\d\.)\d{1,15}(?:\.\d{1,15})?"  # longer runs, and 1541.50.00, do not count
# 决算数合计为1000.86万，…: the 元 of 万元 is left out where money was named before
AMOUNT = re.compile(rf"(?P<number>-?{NUMBER})(?P<unit>{_UNITS}|[万亿](?=[，。；、：)]|$))")
_MONEY = re.compile(
    r"(?:费用?|经费|支出|收入|资金|金额|拨款|预算|决算|增加|减少|增长|下降)(?:数|额|总|合计|共计|为|约|了|达|各|共)*$"
)
SHARE = re.compile(rf"占(?P<of>[^，。；占]{{0,25}}?)(?P<number>{NUMBER})%")
RATE = re.compile(
    r"(?P<verb>增加|增长|上升|提高|增幅|减少|下降|降低|降幅|减幅|压减|增|(?<!增)减)(?:率|幅度?)?(?:了|为|约|达)*"
    rf"(?P<number>-?{NUMBER})%"
)
_REASON = re.compile(
    r"(?:(?P<lead>增加|减少|下降|增长|增|减)?(?:变化|变动|增减)?(?:的)?(?:主要)?(?:变动|变化)?原因(?:是|为|系|：|，|在于|有|主要|如下)*(?:由于|因为)?"
    r"|主要(?:是因为|是由于|由于|系|因)|主要是(?=.*(?:增加|减少|压减|调|节约|严格|严控))|由于(?=[^元]*$))(?P<why>.+)$"
)
_OF_BUDGET = r"(?:年初|调整|全年|变动|当年|本年)*预算(?:调整)?数?"
COMPLETION = re.compile(
    rf"(?:完成了?|[占为达])(?:了|全年)*{_OF_BUDGET}(?:\d+(?:\.\d+)?(?:万|亿)?元)?的?(?:为|约)?(?P<number>{NUMBER})%"
)
OF_BUDGET = re.compile(rf"(?:完成了?|[占为达])(?:了|全年)*{_OF_BUDGET}$")
_PLANNED = re.compile(
    r"(?<!公共)(?<!基金)(?<!经营)(?<!保险)(?:年初|调整|部门|单位|支出|收入){0,6}预算(?:数|总额|金额|安排|资金|为|是|：|约|共|合计){0,6}$"
)
# 较2024年的2190万元(减少): the amount compared with stands before the change
_PRIOR = re.compile(r"(?:的|数|额|实际|决算|预算|执行|支出|收入|年)$")
_VERB_NEXT = re.compile(r"^[，,]?(?:相比)?[，,]?(?:同比)?(?:净)?[(]?(?:增|减|下降|上升|降低|提高|压)")
_AGAINST_BUDGET = re.compile(
    r"[与比较和同于](?:(?P<year>20\d\d)年度?)?(?:年初|调整|全年|当年)*(?:财政拨款|支出|收入)?(?:预算|计划)"
)
_ASIDE = re.compile(
    r"\((?:不?含|不?包括|包含|下同|自然口径|同口径|剔除|扣除|详见|[^()\d]{2,}[，、])[^()\d]*\)"
)
_MARKED_VERB = re.compile(r"(?<![加少长降增减])\((增加|减少|增长|下降|增|减)\)")
_LATE_CODE = re.compile(r"\(([类款项])[，、](\d{7}|\d{5}|\d{3})\)")
EXECUTED = re.compile(r"执行数?(?:为|约|是|：)*$")
UNDECIDED = re.compile(r"(?:增加|增长|增)[(/、或](?:减少|下降|减)\)?(?:了|为|约)*$")
_TOPIC = re.compile(
    r"^[(（]?[一二三四五六七八九十\d]{1,3}[)）]?[、.．]?(?P<topic>[^。：；，\d][^。：；，]{1,70}?)[。：]"
)
_CLASS = re.compile(r"(?P<name>[^()，：；。“”\"]{1,100}?)\((?P<code>\d{2,3})?(?P<rank>类|款|项)\)")
_RANKS = {"类": 3, "款": 5, "项": 7}
_CODE = re.compile(r"\(?(?<!\d)(?P<code>\d{7}|\d{5}|\d{3})(?!\d)\)?[-—]?")
# 某镇2020年度三公经费: whose and which year's it is stands in front
_OWNER_AND_YEAR = re.compile(r"^(?P<front>[^，：比较与]*?)20\d\d年度?(?=[\u4e00-\u9fff]{2})(?!当年)")
_OWNER = re.compile(
    r"(?:[局委办厅院部处所队站社会馆校学园室镇乡联县市区州旗省盟级]|中心|政府|街道|公司|单位|部门|系统|情况|说明|[)])(?:的|，)?$"
)
_CALLED = re.compile(r"\((?:以下)?(?:简称)?([^()]{2,8})\)")  # 接待费、出国费(简称三公经费)
_TWICE = re.compile(r"^(.{3,20})\1$")  # 三公经费比2014年三公经费
_QUOTES = re.compile(r"[“”\"'‘’《》]")
_SENTENCE_END = re.compile(
    r"[。；!?！？]|(?<=[%元])[.](?=[\u4e00-\u9fff])|，(?=(?:本|我)(?:单位|部门|局)(?:当年|20\d\d))"
)
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
    """The sentences of a text, empty ones left out."""
    yield from (part for part in _SENTENCE_END.split(text) if part)


def amounts(text: str) -> Iterator[re.Match[str]]:
    """The amounts of money of a text; 万 and 亿 without 元 count where the words before them name money."""
    for match in AMOUNT.finditer(text):
        if match["unit"] not in "万亿" or _MONEY.search(text[: match.start()]):
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
    number, unit = match["number"], YUAN_PER_UNIT[match["unit"].removesuffix("元") + "元"]
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
    text = re.sub(r"\(\d+(?=[类款项]\))", "(", text)
    code = _CODE.search(re.sub(r"\d{4}年", "", text))
    if code and len(code["code"]) >= 3:
        text = _CODE.sub("", text, count=1)
    text = re.sub(r"\((?:\d*(?:类|款|项)|下同)\)", "", text).replace("支出支出", "支出")
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
    return match["topic"] if match and next(amounts(match["topic"]), None) is None else ""


def year_in(before: str) -> int | None:
    """The last year (2024年) in a text; None if there is none."""
    years = re.findall(r"(20\d\d)年", before)
    return int(years[-1]) if years else None


def unnumbered_heading(heading: str) -> str:
    """A heading without its number (一、, （二）, 3.)."""
    return re.sub(r"^[(（]?[一二三四五六七八九十\d]+[)）、.．]+", "", heading)
