"""Every code that is used has a template in both languages, and every template is used, all of it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from archive.rendering.messages import Template, catalogue, names, rendered, said, sentence
from archive.rendering.texts import use
from archive.vocabulary import CaptureOutcome, DueKind, GapKind
from parsers.accounting.rulebook import rules
from parsers.reference.text_rules import completeness_rules, performance_rules, prose_rules
from parsers.values.messages import message
from parsers.values.vocabulary import BodyLevel, DocumentOutcome, Severity

ROOT = Path(__file__).parents[3]
SOURCES = [path for folder in ("parsers", "archive", "crawler") for path in (ROOT / folder).rglob("*.py")]
Used = Mapping[str, list[frozenset[str]]]


def codes_of(node: ast.expr) -> Iterator[str]:
    """The codes that an expression may give."""
    match node:
        case ast.Constant(value=str(code)):
            yield code
        case ast.IfExp():
            yield from (*codes_of(node.body), *codes_of(node.orelse))
        case ast.Subscript(value=ast.Dict() as table):
            yield from (code for value in table.values for code in codes_of(value))


@cache
def used() -> Used:
    """The names of the parameters at every place that makes a message, by code."""
    found: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        tables = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "message":
                code = node.args[0]
                codes = list(codes_of(tables[code.id] if isinstance(code, ast.Name) else code))
                assert codes, f"{path}, line {node.lineno}: which code?"
                for one in codes:
                    found[one].append(frozenset(keyword.arg or "" for keyword in node.keywords))
    return found


def notes() -> set[str]:
    """The codes of notes: their templates say what their detail is, and on which page."""
    return {code for code, template in catalogue().items() if names(template.en) == {"detail", "page"}}


OLDER = {"address_of_another_site"}
"""Codes that stand in stores of earlier versions only."""


def test_every_code_has_a_template_and_every_template_is_used() -> None:
    assert set(used()) == {
        code
        for code in set(catalogue()) - notes() - OLDER
        if not code.startswith(("gap_", "word_", "capture_", "outcome_"))
    } | {
        "gap_at",
        "gap_seen",
    }


def test_every_gap_and_every_code_word_of_a_note_has_a_template() -> None:
    named = {code for code in catalogue() if code.startswith("gap_")} - {"gap_at", "gap_seen"}
    assert named == {f"gap_{kind}" for kind in GapKind}
    groups: dict[str, list[str]] = {
        "word": [*BodyLevel, *DueKind, *Severity],
        "capture": [*CaptureOutcome],
        "outcome": [*DocumentOutcome],
    }
    for group, values in groups.items():
        words = {code for code in catalogue() if code.startswith(f"{group}_")}
        assert words == {f"{group}_{value}" for value in values}


def test_every_code_of_a_note_has_a_template_and_every_such_template_is_used() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert notes() == {code for code in notes() if f'"{code}"' in sources}
    assert set(re.findall(r'\b(?:Note|note)\(\s*"([a-z_]+)",', sources)) <= notes()


def test_every_place_gives_the_parameters_that_the_template_names() -> None:
    templates = catalogue()
    wrong = {code: set(given) - {names(templates[code].en)} for code, given in used().items()}
    assert {code: given for code, given in wrong.items() if given} == {}


def test_no_code_stands_twice() -> None:
    text = (ROOT / "archive/rendering/messages.yaml").read_text(encoding="utf-8")
    codes = [line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha()]
    assert len(codes) == len(set(codes)) == len(catalogue())


@pytest.mark.parametrize(
    "broken", [{"en": "{a}", "zh": "{b}"}, {"en": "{n}", "zh": "{n}", "one": "1"}, {"en": "a"}]
)
def test_a_template_whose_languages_differ_is_refused(broken: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Template.model_validate(broken)


def test_what_a_template_may_say_of_a_parameter() -> None:
    cell = message("cell", table=message("table", number=3), row="合计 | {x}", column="2026")
    part = message("part", words="“a|b”", yuan=Decimal("1234567.80"))
    assert sentence(cell, "en") == "table 3, row “合计 | {x}”, column “2026”"
    assert sentence(cell, "zh") == "第3张表“合计 | {x}”行“2026”列"
    assert sentence(part, "en") == "“a|b”1,234,567.80"
    added = message("parts_add_up", whole=2, parts=(part, part), total=Decimal("1E+3"))
    assert sentence(added, "zh") == "合计2元，分项（“a|b”1,234,567.80、“a|b”1,234,567.80）之和1,000元"
    assert sentence(added, "en") == "whole 2, parts add up to 1,000 yuan"
    quoted = [message("quoted", text="甲", page=page) for page in (None, 7)]
    assert [sentence(one, "en") for one in quoted] == ["甲", "甲 (page 7)"]
    assert [sentence(one, "zh") for one in quoted] == ["甲", "甲（第7页）"]


def test_sentences_end_with_one_stop_each() -> None:
    open_, closed = message("sides_agree", sides="a"), message("blank")
    both = message("sentences", parts=(closed, open_, closed))
    assert sentence(both, "en") == "left blank. a; they agree. left blank"
    assert sentence(both, "zh") == "空。a，相符。空"


def test_a_rule_is_said_as_its_book_states_it() -> None:
    books: dict[str, Any] = {**rules(), **prose_rules(), **completeness_rules(), **performance_rules()}
    for name, rule in books.items():
        one = message("rule_at", place="p", rule=name)
        assert (sentence(one, "zh"), sentence(one, "en")) == (f"p：{rule.zh}", f"p: {rule.en}")
    assert sentence(message("sum_of_rule", rule="I1"), "zh") == rules()["I1"].sum_zh
    assert sentence(message("rule_at", place="p", rule="none"), "en") == "p: none"


def test_what_this_version_does_not_know_is_shown_as_it_is() -> None:
    assert rendered(str(message("of_tomorrow", n=3, a=("x", "y"))), "en") == "of_tomorrow (n=3, a=x, y)"
    assert rendered(str(message("cell", row="a")), "zh") == "cell (row=a)"
    assert rendered("第1行不符 | row 1 differs", "en") == "第1行不符 | row 1 differs"
    assert rendered('{"code": broken', "en") == '{"code": broken'


def test_the_language_in_use_is_spoken() -> None:
    try:
        use("zh")
        assert said(message("blank")) == said(str(message("blank"))) == "空"
    finally:
        use("en")
    assert said(message("blank")) == "left blank" and said(None) is None and said("") is None
