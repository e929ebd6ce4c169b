"""The words of budget texts, compiled from `reference/prose_terms.yaml`.

Invariant: subjects are matched as a whole, never by a word they merely contain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from parsers.reference.load import load_yaml
from parsers.values.results import Fact

OF_REGION = re.compile("^全[省市县区州盟旗镇乡]")  # 全县三公经费: of all bodies of the region
SPEAKING = 4  # characters that name a subject by themselves, whatever stands before them


@dataclass(frozen=True, slots=True)
class Selector:
    """Conditions a fact must meet; None or () where anything will do. What is `weak` may agree with the
    text, but does not contradict it."""

    equal: dict[str, str]
    total: bool | None = None
    tables: tuple[str, ...] = ()
    label: re.Pattern[str] | None = None
    path: re.Pattern[str] | None = None
    economic: str | None = None
    weak: bool = False

    def fits(self, fact: Fact, table_type: str, label: str, path: str) -> bool:
        """Whether `fact` may print the subject's amount; `label` is its folded label without ordinals,
        `path` its folded column path."""
        return (
            (not self.tables or table_type in self.tables)
            and (self.total is None or fact.is_total == self.total)
            and (self.economic is None or fact.economic_code == self.economic)
            and (self.label is None or bool(self.label.search(label)))
            and (self.path is None or bool(self.path.search(path)))
            and all(getattr(fact, name) == value for name, value in self.equal.items())
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure can be about; `parts` are the subjects that make it up."""

    name: str
    terms: tuple[re.Pattern[str], ...]
    select: tuple[Selector, ...]
    parts: tuple[str, ...] = ()
    by_fund: bool = False


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund the words may name, and the funds whose amounts may be the same."""

    name: str
    words: re.Pattern[str]
    near: frozenset[str]


@dataclass(frozen=True, slots=True)
class ProseTerms:
    subjects: dict[str, Subject]
    funds: dict[str, Fund]
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    skipped_sections: re.Pattern[str]
    threshold_after: re.Pattern[str]
    threshold_before: re.Pattern[str]
    increase: tuple[str, ...]
    decrease: tuple[str, ...]
    unchanged: re.Pattern[str]
    comparison: re.Pattern[str]
    not_so: re.Pattern[str]
    open_reasons: re.Pattern[str]
    same_amount: tuple[frozenset[str], ...]
    reasons_for_less: tuple[str, ...]
    reasons_for_more: tuple[str, ...]
    verbs: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        verbs = "|".join((*self.increase, *self.decrease))
        object.__setattr__(self, "verbs", re.compile(rf"(?P<verb>(?<!新)(?:{verbs}))(?:了|额|约|为|数)*$"))

    def subject(self, words: str) -> str | None:
        """The subject the words name as a whole, or behind their last 的, 安排, 开支 or 中."""
        behind = (words.rpartition(mark)[2] for mark in ("安排", "开支", "中含", "中"))
        for phrase in (
            words,
            OF_REGION.sub("", words),
            words.rpartition("的")[2],
            re.sub(r"(?<!公共)预算|决算", "", words),
            *(phrase for phrase in behind if len(phrase) >= SPEAKING),
        ):
            for subject in self.subjects.values():
                if any(term.fullmatch(phrase) for term in subject.terms):
                    return subject.name
        return None

    def fund(self, words: str) -> str | None:
        """The fund the words name: 财政拨款 behind a fund of its own is that fund's; two funds are none."""
        named = [fund.name for fund in self.funds.values() if fund.words.search(words)]
        if len(named) > 1 and named[-1] == "appropriation":
            named.pop()
        return named[0] if len(named) == 1 else None


@cache
def terms() -> ProseTerms:
    data = load_yaml("prose_terms.yaml")
    return ProseTerms(
        subjects={name: _subject(name, entry) for name, entry in data["subjects"].items()},
        funds={
            name: Fund(name, re.compile(entry["words"]), frozenset(entry["near"]))
            for name, entry in data["funds"].items()
        },
        same_amount=tuple(frozenset(group) for group in data["same_amount"]),
        increase=tuple(data["increase"]),
        decrease=tuple(data["decrease"]),
        reasons_for_less=tuple(data["reasons_for_less"]),
        reasons_for_more=tuple(data["reasons_for_more"]),
        **{
            name: re.compile(data[name])
            for name in (
                "lead", "tail", "skipped_sections", "threshold_after", "threshold_before", "unchanged",
                "comparison", "not_so", "open_reasons",
            )
        },
    )  # fmt: skip


def _subject(name: str, entry: dict[str, list[object]]) -> Subject:
    return Subject(
        name,
        tuple(re.compile(str(term)) for term in entry["terms"]),
        tuple(_selector(dict(item)) for item in entry["select"]),  # type: ignore[call-overload]
        tuple(str(part) for part in entry.get("parts", ())),
        bool(entry.get("by_fund", False)),
    )


def _selector(entry: dict[str, object]) -> Selector:
    total = entry.pop("total", None)
    tables = entry.pop("table", ())
    patterns = {key: re.compile(str(entry.pop(key))) for key in ("label", "path") if key in entry}
    economic = entry.pop("economic", None)
    weak = bool(entry.pop("weak", False))
    return Selector(
        {key: str(value) for key, value in entry.items()},
        total=None if total is None else bool(total),
        tables=tuple(map(str, tables)) if isinstance(tables, list) else (),
        economic=None if economic is None else str(economic),
        weak=weak,
        **patterns,
    )
