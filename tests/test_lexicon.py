"""Chinese stands in data: code holds none, and a file of words nothing that its module does not ask for."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from parsers.values.errors import KnowledgeError
from parsers.values.lexicon import lexicon_of

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("archive", "crawler", "parsers")
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
ROOMS = ("archive", "crawler", "parsers")
FILES = sorted(
    file
    for package in PACKAGES
    for pattern in ("lexicon/*.yaml", "*/words.yaml")
    for file in (ROOT / package).glob(pattern)
)


def literals(source: str) -> Iterator[str]:
    """The texts of a module's code as they are written; docstrings are none of them."""
    spoken = {
        line.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for line in node.body
        if isinstance(line, ast.Expr)
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.STRING and token.start[0] not in spoken:
            yield token.string


@pytest.mark.parametrize("room", ROOMS)
def test_code_holds_no_chinese(room: str) -> None:
    found = {
        f"{file.relative_to(ROOT)}: {text}"
        for file in (ROOT / room).rglob("*.py")
        for text in literals(file.read_text())
        if HAN.search(text)
    }
    assert not found


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-3:]))
def test_a_file_of_words_holds_nothing_that_its_module_does_not_ask_for(file: Path) -> None:
    """That what a module asks for is there, its import shows."""
    room = file.parent if file.name == "words.yaml" else file.parents[1] / file.stem
    for section, kinds in yaml.safe_load(file.read_text()).items():
        module = room.joinpath(*section.split(".")).with_suffix(".py")
        module = module if module.exists() else module.with_suffix("") / "__init__.py"
        asked = {text.strip('"') for text in literals(module.read_text())}
        asked |= set(re.findall(r"%\{(\w+)\}", str(kinds.get("patterns", ""))))
        assert {name for entries in kinds.values() for name in entries} <= asked, module


def test_what_is_missing_or_is_not_a_pattern_is_named() -> None:
    with pytest.raises(KnowledgeError, match="nothing"):
        lexicon_of("parsers.prose.nothing")
    words = lexicon_of("parsers.prose.figure")
    with pytest.raises(KnowledgeError, match="figure / nothing"):
        words.text("nothing")
    broken = replace(words, entries=words.entries.model_copy(update={"patterns": {"open": "("}}))
    with pytest.raises(KnowledgeError, match="figure / open"):
        broken.pattern("open")
