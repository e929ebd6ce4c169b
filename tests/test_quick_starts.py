"""What a command loads: quick answers need no library of the crawler, the dataset or the parsers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from archive.dataset.snapshots import commit
from archive.export import Format
from archive.monitoring.scores import rates
from archive.stores import open_store
from tests.archive.samples import NOON, Sample, changes

PROGRAM = Path(__file__).parents[1]
HEAVY = frozenset(
    [
        "aiohttp",
        "boto3",
        "botocore",
        "duckdb",
        "jinja2",
        "libarchive",
        "lxml",
        "numpy",
        "openpyxl",
        "pdfminer",
        "pdfplumber",
        "PIL",
        "pyarrow",
        "pypdfium2",
        "reportlab",
        "scrapy",
        "starlette",
        "twisted",
        "uvicorn",
        "warcio",
    ]
)
LOADED = (
    "import sys, json, atexit; atexit.register(lambda: print(json.dumps(sorted({name.partition('.')[0] "
    "for name in sys.modules})), file=sys.stderr)); sys.argv[0] = 'gongkai'; import gongkai; gongkai.main()"
)


def loaded(*args: str | Path) -> set[str]:
    """The packages that are loaded when a command has ended."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")}
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *args], cwd=PROGRAM, env=clean, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["ingest", "--help"], ["sites", "--help"]])
def test_help_loads_nothing_but_the_command_line(args: list[str]) -> None:
    assert not loaded(*args) & (HEAVY | {"yaml"})


def test_versions_are_listed_without_arrow(tmp_path: Path) -> None:
    commit(open_store(str(tmp_path)), changes([Sample("a")]), message="one", run_id=None, now=NOON)
    assert not loaded("--store", tmp_path, "snapshots") & HEAVY


def test_a_query_loads_neither_crawler_nor_parsers(tmp_path: Path) -> None:
    commit(open_store(str(tmp_path)), changes([Sample("a")]), message="one", run_id=None, now=NOON)
    left = loaded("--store", tmp_path, "query", "SELECT 1") & HEAVY
    assert left <= {"duckdb", "pyarrow", "numpy"}


def test_the_choices_of_options_are_those_of_the_archive() -> None:
    files = (PROGRAM / "gongkai.py", *(PROGRAM / "crawler" / "cli").glob("*.py"))
    program = "".join(path.read_text(encoding="utf-8") for path in files)
    for choice in (rates.Level, Format):
        assert ", ".join(f'"{one}"' for one in get_args(choice)) in program


@pytest.mark.parametrize("module", ["serving", "registry", "publishing"])
def test_who_judges_what_is_stored_loads_no_reader_of_documents(module: str) -> None:
    code = f"import sys, crawler.jobs.{module}; print('parsers.parse' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROGRAM, capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr
