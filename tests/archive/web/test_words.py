"""Every text of the pages is there in Chinese, every code word in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import pytest

from archive import texts
from archive.monitor import URGENCY
from archive.schema import FUNDS, KINDS, LEVELS, NATURES, PERIODS, TABLE_TYPES
from archive.web import news
from archive.web.tableview import MEANING
from archive.web.words import translate, words
from parsers.document import OUTCOMES

TEXT = re.compile(r"""\bt\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*[,)]""")
LISTED = re.compile(r'\("(?:/\w*|functional|economic)", "([^"]+)"[,)]')
CODE_WORDS = {*URGENCY, *KINDS, *LEVELS, *TABLE_TYPES, *FUNDS, *NATURES, *PERIODS, *OUTCOMES, *MEANING}
CODE_WORDS |= {f"news {kind}" for kind in news.KINDS}
NOT_SHOWN = {"all"}


def written() -> Iterator[str]:
    package = resources.files("archive.web")
    files = [*package.iterdir(), *package.joinpath("templates").iterdir()]
    for file in files:
        if file.name.endswith((".py", ".html")):
            source = file.read_text(encoding="utf-8")
            yield from (first or second for first, second in TEXT.findall(source))
            yield from LISTED.findall(source)


def test_every_text_is_in_chinese() -> None:
    known = words("zh").keys() | texts.translations().keys()
    assert not sorted(set(written()) - known)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_code_word_is_in_both_languages(language: str) -> None:
    assert not sorted(CODE_WORDS - NOT_SHOWN - words(language).keys())


def test_translations_have_the_same_gaps() -> None:
    for english, chinese in words("zh").items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese))


def test_a_text_without_translation_stays_as_it_is() -> None:
    assert translate("zh", "no such text {n}", n=3) == "no such text 3"
    assert translate("en", "on_time") == "on time" and translate("zh", "on_time") == "按时"
