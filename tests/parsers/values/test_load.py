"""Tables of knowledge fail at load, with file, entry and reason; and there is one loader for all of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from parsers.accounting import rulebook
from parsers.accounting.shapes import RuleScope
from parsers.values.errors import KnowledgeError
from parsers.values.load import Knowledge, checked, knowledge, table
from parsers.values.vocabulary import BodyLevel

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("parsers", "archive", "crawler")
LOADER = "parsers/values/load.py"
OF_OPERATORS = {"archive/alerts/channels.py"}  # reads the operator's own file, and has words for its mistakes
RULE = {"kind": "gov_moved", "severity": "warning", "zh": "甲", "en": "a", "params": {"into": "x", "out": {}}}


class Line(Knowledge):
    """A line of the files below."""

    code: str
    level: int


def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> str:
    """A package with one data file."""
    package = f"knowledge_{abs(hash((str(tmp_path), name)))}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / package / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return package


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("a: {code: '1', level: 1}\nb: {code: '2'}", "b / level"),
        ("a: {code: '1', level: 1, other: 3}", "a / other"),
        ("a: {code: 1, level: 1}", "a / code"),
        ("a: [", ""),
    ],
)
def test_a_malformed_entry_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, entry: str
) -> None:
    package = packaged(tmp_path, monkeypatch, "lines.yaml", text)
    with pytest.raises(KnowledgeError) as caught:
        knowledge(package, "lines.yaml", dict[str, Line])
    assert (caught.value.file, caught.value.entry) == ("lines.yaml", entry) and caught.value.reason


def test_a_malformed_line_is_named_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = packaged(tmp_path, monkeypatch, "lines.csv", "code,level\n1,1\n2,\n")
    with pytest.raises(KnowledgeError, match=r"lines.csv, 3 / level"):
        table(package, "lines.csv", Line)


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        ({"kind": "gov_move"}, "X / kind"),
        ({"params": {"out": {}}}, "X / params / into"),
        ({"params": {"into": "x", "out": {}, "more": 1}}, "X / params / more"),
        ({"kind": "codes", "params": {"what": "sides"}}, "X / params"),
        ({"kind": "header", "params": {"whole": "(", "not_part": "a"}}, "X / params / whole"),
        ({"severity": "fatal"}, "X / severity"),
        ({"kind": "between", "params": {"left": {"where": {"nature_": ["a"]}}, "right": {}}}, "X / params"),
    ],
)
def test_a_rule_of_an_unknown_kind_or_without_its_parameters_is_refused(
    change: dict[str, object], entry: str
) -> None:
    assert isinstance(rulebook.rule_of("X", RULE, BodyLevel.GOVERNMENT), rulebook.Rule)
    with pytest.raises(KnowledgeError) as caught:
        rulebook.rule_of("X", RULE | change, BodyLevel.GOVERNMENT)
    assert caught.value.file == "government_identities.yaml" and caught.value.entry.startswith(entry)


def test_a_pattern_is_compiled_when_it_is_loaded() -> None:
    with pytest.raises(KnowledgeError):
        checked(RuleScope, {"title": "("}, "file.yaml")


def test_one_loader_reads_every_file() -> None:
    """Each data file is named where it is loaded with a model, and nothing else reads YAML."""
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    readers = {
        name
        for name, source in sources.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import) and any(alias.name == "yaml" for alias in node.names)
    }
    assert readers - OF_OPERATORS == {LOADER}
    everything = "".join(sources.values())  # texts.en.yaml is named by its language
    files = {path.name for package in PACKAGES for path in (ROOT / package).rglob("*.yaml")}
    files -= {path.name for package in PACKAGES for path in (ROOT / package / "lexicon").glob("*")}  # by room
    assert {name for name in files if f'"{name}"' not in everything} == {"texts.en.yaml"}
