"""Every text of the pages is there in Chinese, every code word in both languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from archive.dataset.schema import TABLES
from archive.monitoring.deadlines import Expectation, Publication, assess
from archive.monitoring.scores.rates import LEVELS as SCORED
from archive.monitoring.scores.rates import score_rates
from archive.monitoring.scores.scoring import TOTAL_CHINESE
from archive.monitoring.verdicts import URGENCY
from archive.rendering import texts
from archive.rendering.messages import rendered
from archive.vocabulary import DueKind
from archive.web.data import news
from archive.web.pages.document_list import PROOFS
from archive.web.pages.tableview import MEANING
from archive.web.view.knowledge import ONE, translate, words_of
from archive.web.view.visit import RULE_FAMILY
from parsers.accounting.rulebook import rules
from parsers.reference.text_rules import completeness_rules, performance_rules, prose_rules
from parsers.values import media
from parsers.values.table_types import TableType
from parsers.values.vocabulary import BodyLevel, DocumentKind, DocumentOutcome, FundSource, Nature, Period

TEXT = re.compile(r"""\bt\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*[,)]""")
LISTED = re.compile(r'\("(?:/\w*|functional|economic)", "([^"]+)"[,)]')
CODE_WORDS = {*URGENCY, *TableType, *MEANING}
CODE_WORDS |= {*DocumentKind, *BodyLevel, *FundSource, *Nature, *Period}
CODE_WORDS |= {f"news {kind}" for kind in news.KINDS}
CODE_WORDS |= {f"explain {name}" for name in (*URGENCY, *DocumentOutcome, *PROOFS)}
CODE_WORDS |= {f"of all: {name}" for name in PROOFS}
CODE_WORDS |= {f"level {level}" for level in SCORED}
CODE_WORDS |= {f"rate {part}{rate}" for rate in (*score_rates(), "total") for part in ("", "explain ")}
WEB = Path(__file__).parents[3] / "archive/web/view"
PARSERS = Path(__file__).parents[3] / "parsers"
NOTE = re.compile(r"""\b[Nn]ote\(\s*"([a-z_]+)",""")
LATIN = re.compile(r"[A-Za-z]{3,}")
NOT_SHOWN = {"all"}


def written() -> Iterator[str]:
    files = [path for path in WEB.parent.rglob("*") if path.is_file()]
    for file in files:
        if file.name.endswith((".py", ".html")):
            source = file.read_text(encoding="utf-8")
            yield from (first or second for first, second in TEXT.findall(source))
            yield from LISTED.findall(source)


def test_every_text_is_in_chinese() -> None:
    known = words_of("zh").keys() | texts.translations().keys()
    assert not sorted(set(written()) - known)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_code_word_is_in_both_languages(language: str) -> None:
    assert not sorted(CODE_WORDS - NOT_SHOWN - words_of(language).keys())


def test_translations_have_the_same_gaps() -> None:
    for english, chinese in words_of("zh").items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese))


def test_a_text_without_translation_stays_as_it_is() -> None:
    assert translate("zh", "no such text {n}", n=3) == "no such text 3"
    assert translate("en", "on_time") == "on time" and translate("zh", "on_time") == "按时"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rules_and_formats_have_names(language: str) -> None:
    ids = [*rules(), *(rule.rule for made in (completeness_rules, performance_rules, prose_rules) for rule in
           made().values())]  # fmt: skip
    families = {f"rule {found[0]}" for one in ids if (found := RULE_FAMILY.match(one))}
    formats = {f"format {value}" for value in vars(media).values() if isinstance(value, str) and "/" in value
               and re.fullmatch(r"[a-z]+/[\w.+-]+", value)}  # fmt: skip
    assert len(families) > 30 and len(formats) > 10
    assert not sorted((families | formats) - words_of(language).keys())


def test_rates_are_called_what_their_method_calls_them() -> None:
    called = {name: measure.chinese for name, measure in score_rates().items()} | {"total": TOTAL_CHINESE}
    assert {name: words_of("zh")[f"rate {name}"] for name in (*score_rates(), "total")} == called


def test_one_thing_is_not_many() -> None:
    assert translate("en", "{n} documents", n=1) == "1 document"
    assert translate("en", "{n} documents", n=0) == "0 documents"
    assert translate("en", "count of documents", n=1) == "document"
    assert translate("zh", "{n} documents", n=1) == "文件 1 份"
    many = {key.removeprefix(ONE) for key in words_of("en") if key.startswith(ONE)}
    counted = {text for text in written() if re.match(r"\{n\} [a-z]+s\b", text)}
    assert counted <= many, "a text that counts things needs a form for one"


def test_the_dictionary_is_in_chinese() -> None:
    said_of_columns = {
        text
        for schema in TABLES.values()
        for column in schema.columns
        for text in (schema.description, column.description, column.source, column.unit)
        if text
    }
    chinese = words_of("zh")
    assert not sorted(text for text in said_of_columns - chinese.keys() if LATIN.search(text) and " " in text)


@pytest.mark.parametrize("name", ["texts.en.yaml", "texts.zh.yaml"])
def test_no_text_is_given_twice(name: str) -> None:
    tree = yaml.compose((WEB / name).read_text(encoding="utf-8"))
    assert isinstance(tree, yaml.MappingNode)
    keys = Counter(key.value for key, _ in tree.value)
    assert not [key for key, times in keys.items() if times > 1]


def test_every_note_of_a_deadline_is_said_in_chinese() -> None:
    day = date(2026, 11, 22)
    expected = [
        Expectation(f"{level}-{kind}-{year}", level, "610725", year, DueKind(kind))
        for level in (None, BodyLevel.GOVERNMENT, BodyLevel.DEPARTMENT, BodyLevel.UNIT)
        for kind in ("budget", "accounts", "adjustment")
        for year in (2014, 2024, 2027)
    ]
    seen = datetime(2024, 3, 1, tzinfo=UTC)

    def publications(one: Expectation) -> list[Publication]:
        about = (one.body_id, one.fiscal_year, one.document_kind)
        return [
            Publication(*about),
            Publication(*about, first_seen=seen),
            Publication(*about, date(2024, 2, 1), seen, absent_on=date(2024, 2, 20)),
            Publication(
                *about, date(2024, 2, 1), datetime(2026, 6, 1, tzinfo=UTC), absent_on=date(2024, 2, 20)
            ),
        ]

    notes = set()
    for crawled in ({}, {one.body_id: date(2020, 1, 1) for one in expected}):
        for found in ([], *zip(*map(publications, expected), strict=True)):
            notes |= {row.note for row in assess(expected, found, day, crawled) if row.note}
    assert len(notes) > 8
    assert {note: told for note in notes if LATIN.search(told := rendered(note, "zh"))} == {}
