"""Numbers that are compared with have names, by ruff's rule PLR2004.

The rule cannot be given the numbers that need none, so it is not among those of `pyproject.toml`: beside 0
and 1, which it lets pass, a pair and a triple (`len(rows) < 2`) say what they are.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLAIN = {"2", "3"}


def _compared(*paths: str, text: str | None = None) -> list[tuple[str, int, str]]:
    """File, line and number of each comparison with a bare number."""
    answer = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select=PLR2004", "--exit-zero",
         "--output-format=json", *paths],
        cwd=ROOT, input=text, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return [
        (Path(one["filename"]).name, one["location"]["row"], re.findall("`(.+?)`", one["message"])[0])
        for one in json.loads(answer.stdout)
    ]


def test_bare_numbers_are_found() -> None:
    text = "def f(a):\n    return a > 7 or a < 2 or a == 1\n"
    assert [number for _, _, number in _compared("-", text=text)] == ["7", "2"]


def test_numbers_have_names() -> None:
    found = _compared("parsers", "archive", "crawler", "gongkai.py")
    assert [place for place in found if place[2] not in PLAIN] == []
