"""The documentation is true: its SQL runs, its links lead somewhere, and it builds as a site."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.dataset import snapshots
from archive.dataset.query.connection import run_sql
from archive.history.local_files import archive_files
from archive.ingest.job import ingest
from archive.stores import Store, open_store
from archive.web.view.knowledge import Example, examples
from tests.season.documents import budget
from tests.site.typeset import typeset

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "README.md", ROOT / "README.zh.md"]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REPORT = """<html><body><div class="article"><h1>关于吕梁市2025年预算执行情况和2026年预算草案的报告</h1>
<p>一、2025年预算执行情况</p>
<p>2025年全市一般公共预算收入完成278.26亿元，下降16.25%。全市一般公共预算支出执行585.48亿元。</p>
<p>全市政府性基金预算收入完成21.62亿元。截至2025年底，全市政府债务余额332.8亿元。</p>
</div></body></html>"""
FILES = {
    "report.html": REPORT.encode(),
    "budget.xlsx": typeset("shizhong-2024", "xlsx"),
    "accounts.xlsx": typeset("sample-accounts-2022", "xlsx"),
    "government-budget.xlsx": typeset("yanbian-government-2024", "xlsx"),
    "government-accounts.xlsx": typeset("yanbian-government-2023", "xlsx"),
    "wrong.xlsx": budget("勉县教育局", "勉县", "610725", 2026, altered=True),
}
QUESTIONS = re.findall(
    r"^## (\d+)\. .*?^```sql\n(.*?)^```", (DOCS / "cookbook.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)

ASKED = [
    (page.name, sql)
    for page in PAGES
    for sql in re.findall(r'^gongkai query "(.*?)"', page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Budgets, one of them with a wrong sum, and accounts, as an operator's local files."""
    folder = tmp_path_factory.mktemp("docs")
    paths = []
    for name, content in FILES.items():
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    found = open_store(str(folder / "store"))
    archive_files(found, paths, spool=folder / "spool", now=NOW, command="test", version="0")
    ingest(found, now=NOW)
    return found


def test_the_cookbook_has_sixteen_questions() -> None:
    assert [int(number) for number, _ in QUESTIONS] == list(range(1, 17))


@pytest.mark.parametrize(("number", "sql"), QUESTIONS)
def test_a_question_of_the_cookbook_is_answered(store: Store, number: str, sql: str) -> None:
    answer = run_sql(store, snapshots.load(store), sql)
    # Of one snapshot of local files nothing was altered, taken down or late.
    assert answer.num_rows > 0 or number in ("6", "7", "8", "10")


@pytest.mark.parametrize(("page", "sql"), ASKED)
def test_what_a_page_asks_is_answered(store: Store, page: str, sql: str) -> None:
    assert run_sql(store, snapshots.load(store), sql).num_rows > 0


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.english)
def test_an_example_of_the_sql_page_asks_what_is_current(store: Store, example: Example) -> None:
    assert re.findall(r"(?:FROM|JOIN) (?!current\.)\w+", example.sql) == []
    if "sum(amount_yuan)" in example.sql:
        assert "NOT is_total" in example.sql
        assert "nature = 'all' AND object = 'all' AND period IN ('current', 'total', 'final')" in example.sql
    answer = run_sql(store, snapshots.load(store), example.sql)
    assert answer.num_rows > 0 or "could not be read" in example.english


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    options = ["-q", "-W", "--keep-going", "-b", "html"]
    command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(tmp_path)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")
    assert (tmp_path / "index.html").exists()
