"""The classifications of revenue and expenditure (政府收支分类科目): codes, names and the years they hold.

Invariant: a code that is not in the tables is unknown, not wrong. The tables are gathered from documents, not
from the ministry's book, so they prove that a code exists and never that one does not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, table
from parsers.values.text import fold, unnumbered

_L = lexicon_of(__name__)
_CODE_AND_NAME = re.compile(r"(?:\d{3}|\d{5}|\d{7})[-—]?(?P<name>[^\d-].*)")

FILES = {
    "functional": "functional_codes.csv",
    "economic": "economic_codes.csv",
    "gov_economic": "gov_economic_codes.csv",
}
GOVERNMENT_FILES = {"revenue": "revenue_codes.csv"}  # 收入分类科目: only governments' tables print it
MIN_PREFIX = 8  # characters a name cut short by its cell must keep to count as that name
_PUNCTUATION = _L.pattern("punctuation")
_TAIL = _L.pattern("tail")


class ClassCode(Knowledge):
    """One line of a classification, valid from and to these fiscal years (None: no limit is known).

    `parent` is "" for a class; `evidence`: attested in documents, or recall (from memory, to be verified);
    `year` and `n_docs` say where it was seen."""

    code: str = Field(pattern=r"^\d{3,9}$")
    name: str
    level: int
    parent: Annotated[str, BeforeValidator(lambda cell: cell or "")]
    from_year: int | None
    to_year: int | None
    year: str | None
    evidence: Literal["attested", "recall"]
    n_docs: int | None

    def holds_in(self, year: int | None) -> bool:
        """Whether the line is valid in a fiscal year; any line is where the year is unknown."""
        return year is None or (self.from_year or 0) <= year <= (self.to_year or 9999)


class Classification:
    """One classification; lookups by code, by name and, below a parent, by name."""

    def __init__(self, lines: Iterable[ClassCode]) -> None:
        self._by_code: defaultdict[str, list[ClassCode]] = defaultdict(list)
        self._children: defaultdict[str, list[ClassCode]] = defaultdict(list)
        self._codes_named: defaultdict[str, set[str]] = defaultdict(set)
        for line in lines:
            self._by_code[line.code].append(line)
            self._children[line.parent].append(line)
            self._codes_named[name_key(line.name)].add(line.code)

    def __iter__(self) -> Iterator[ClassCode]:
        return (line for lines in self._by_code.values() for line in lines)

    def find(self, code: str, year: int | None = None) -> ClassCode | None:
        """The line of a code as it reads in `year`; where only other years' names are known, one of them."""
        lines = self._by_code.get(code, [])
        return next((line for line in lines if line.holds_in(year)), lines[-1] if lines else None)

    def child_named(self, parent: str, name: str, year: int | None = None) -> ClassCode | None:
        """The one line right below `parent` ("" for the classes) whose name this is, in any year's wording;
        a long name that its cell cut short counts where a single line begins with it."""
        key = name_key(name)
        if not key:
            return None
        lines = self._children.get(parent, [])
        exact = {line.code for line in lines if name_key(line.name) == key}
        if not exact and len(key) >= MIN_PREFIX:
            exact = {line.code for line in lines if name_key(line.name).startswith(key)}
        if len(exact) > 1:  # a code of earlier years has the name, too
            exact = {code for code in exact if any(_holds_now(line, year) for line in self._by_code[code])}
        return self.find(exact.pop(), year) if len(exact) == 1 else None

    def names(self, words: str) -> bool:
        """Whether the words are the name of a line."""
        return name_key(words) in self._codes_named

    def only_named(self, prefix: str, name: str) -> ClassCode | None:
        """The one line of this name among all whose codes begin with `prefix`; None if there are more."""
        key = name_key(name)
        named = self._codes_named.get(key, ()) if key else ()
        codes = [code for code in named if code.startswith(prefix) and code != prefix]
        return self.find(codes[0]) if len(codes) == 1 else None


def _holds_now(line: ClassCode, year: int | None) -> bool:
    """Whether the line is valid in the year or, where none is known, has not ended."""
    return line.to_year is None if year is None else line.holds_in(year)


@cache
def classification(system: str) -> Classification:
    """`functional`, `economic` (部门预算经济分类), `gov_economic` (政府预算经济分类) or `revenue` (收入分类);
    KeyError else."""
    return Classification(table("parsers.reference", (FILES | GOVERNMENT_FILES)[system], ClassCode))


@cache
def class_names() -> frozenset[str]:
    """The names of all classes of expenditure, folded."""
    return frozenset(fold(line.name) for system in FILES for line in classification(system))


def name_behind_code(text: str) -> str | None:
    """The name of a class that a text prints behind a code (208社会保障和就业支出); None where it prints
    anything else."""
    found = _CODE_AND_NAME.fullmatch(fold(text))
    return found["name"] if found and found["name"] in class_names() else None


@cache
def name_key(name: str) -> str:
    """The comparable form of a name: no ordinal, punctuation, 的, 和, nor the final 支出 that forms omit."""
    key = _PUNCTUATION.sub("", unnumbered(name))
    return _TAIL.sub("", key) or key


class EconomicPair(Knowledge):
    """A department and a government economic code seen on one row of `n_docs` documents."""

    economic_code: str
    gov_economic_code: str
    n_docs: int
    share: float
    verdict: Literal["normal", "rare", "suspect", "few-data"]


@cache
def economic_pairs() -> dict[tuple[str, str], EconomicPair]:
    """(economic code, government economic code) → what is known of the pair (I16)."""
    pairs = table("parsers.reference", "economic_map.csv", EconomicPair)
    return {(pair.economic_code, pair.gov_economic_code): pair for pair in pairs}
