"""The map in `docs/architecture.md` leads to what is there, and is short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([\w./*-]+)`")
FOLDERS = ("parsers/", "archive/", "crawler/", "tests/", "docs/", "deploy/")


def section(title: str) -> list[str]:
    """The lines below a heading, up to the next one."""
    return MAP.partition(f"### {title}\n")[2].partition("\n#")[0].strip().splitlines()


def stops() -> list[str]:
    """The stops of a PDF, with the lines that go on with them."""
    return "\n".join(section("Follow one PDF")).replace("\n   ", " ").splitlines()


def rows() -> list[str]:
    """The everyday changes, below the head of their table."""
    return [line for line in section("Where do I change …")[2:] if line.startswith("|")]


def paths(text: str) -> Iterator[str]:
    """The files and folders that a text names; one named by its last part lies beside the one before."""
    before = ""
    for name in NAMED.findall(text):
        if name.startswith(FOLDERS):
            before = name
            yield name
        elif name.endswith((".py", ".yaml", ".csv")):
            yield f"{before.rpartition('/')[0]}/{name}"


def test_every_path_is_there() -> None:
    told = [path for line in (*stops(), *rows()) for path in paths(line)]
    assert len(told) > 30
    assert [path for path in told if not any(ROOT.glob(path))] == []


def test_a_pdf_is_followed_in_few_stops_and_files() -> None:
    files = {path for stop in stops() for path in paths(stop) if "." in path}
    assert len(stops()) <= 15 and len(files) <= 20
    assert [stop.partition(".")[0] for stop in stops()] == [str(n + 1) for n in range(len(stops()))]


def test_there_are_twelve_everyday_changes() -> None:
    assert len(rows()) == 12
