"""The command line as its users meet it: what it prints, how it ends, and that a killed job loses nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.main import get_command
from typer.testing import CliRunner

from archive.dataset.schema import TABLES
from archive.rendering.messages import rendered
from gongkai import app, hoisted, language
from tests.ports import reserved
from tests.site import serve

PROGRAM = Path(__file__).parents[1] / "gongkai.py"
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def gongkai(*args: str | Path, **environment: str) -> Ended:
    """A command in this process, which spares it the imports."""
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith("GONGKAI_")}
    done = CliRunner().invoke(app, hoisted([str(arg) for arg in args]), env=unset | environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Ended(done.exit_code, done.stdout, done.stderr)


def program(*args: str | Path | int, **environment: str) -> Ended:
    """A command in a process of its own: a process can crawl once."""
    command, env = [sys.executable, str(PROGRAM), *map(str, args)], CLEAN | environment
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=500)
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


def rows(store: Path, sql: str) -> list[dict[str, str]]:
    answer = gongkai("query", sql, "--store", store, "--format", "csv")
    assert answer.code == 0, answer.err
    return list(csv.DictReader(io.StringIO(answer.out)))


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of the replica site as a local file."""
    with serve() as site:
        path = next(path for path in sorted(site.resources) if path.endswith(".xlsx"))
        file = tmp_path_factory.mktemp("local") / "budget.xlsx"
        file.write_bytes(site.resources[path].body)
    return file


# -- the line itself ---------------------------------------------------------------------------------------


def test_options_of_the_program_may_stand_anywhere() -> None:
    assert hoisted(["run", "--sites", "6107", "--store", "s"]) == ["--store", "s", "run", "--sites", "6107"]
    assert hoisted(["query", "--lang=zh", "x"]) == ["--lang=zh", "query", "x"]
    assert hoisted(["parse", "--", "--store", "s"]) == ["parse", "--", "--store", "s"]
    assert hoisted(["run", "--store"]) == ["--store", "run"]


def test_the_language_is_known_before_the_commands_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_LANG", "zh")
    assert language(["run"]) == "zh"
    assert language(["run", "--lang", "en"]) == "en"
    assert language(["run", "--lang=en"]) == "en"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--version"], 0, ""),
        (["nonsense"], 2, "nonsense"),
        (["run", "--sites", "亚特兰蒂斯"], 2, "亚特兰蒂斯"),
        (["query", "SELECT 1"], 3, "is --store right?"),
        (["restore-check"], 3, "is --store right?"),
        (["diff", "1"], 3, "is --store right?"),
        (["deadlines", "--as-of", "spring"], 2, "'spring' is not a date"),
        (["scores", "--region", "火星"], 2, "火星"),
        (["sites", "add", "www.example.gov.cn"], 2, "is not an address like"),
        (["sites", "import", __file__], 2, "the first line has no region_code"),
        (["sites", "history", "nonsense"], 2, "no registered site matches"),
        (["sites", "list", "610725", "--out", "/nowhere/x"], 2, "cannot write /nowhere/x: No such file"),
        (["verify"], 3, "is --store right?"),
        (["expire"], 3, "is --store right?"),
        (["stamp"], 3, "is --store right?"),
        (["alerts", "--channels", __file__], 3, "not a list of `channels` in YAML"),
        (["crawl", "--replay", __file__], 2, "test_gongkai.py: not a readable WARC"),
        (["parse", "/nowhere.pdf"], 2, "nowhere.pdf"),
        (["ingest", "--pending", "--reparse"], 2, "FILES"),
        (["ingest", "--year", "2024"], 2, "FILES"),
        (["ingest", "--sites", "61"], 2, "--reparse"),
        (["snapshots", "--store", __file__], 3, "not a directory"),
    ],
)
def test_every_way_to_end_has_its_code(args: list[str], code: int, said: str, tmp_path: Path) -> None:
    ended = gongkai(*args, GONGKAI_STORE=str(tmp_path / "store"))
    assert ended.code == code, ended.err
    assert said in ended.err


def test_an_error_of_the_system_is_told_without_its_number() -> None:
    ended = gongkai("ingest", __file__, "--store", "/proc/nowhere")
    assert (ended.code, ended.err) == (3, "/proc/nowhere: No such file or directory\n")


def test_a_reader_that_goes_away_is_no_error(budget: Path, tmp_path: Path) -> None:
    assert gongkai("ingest", budget, "--store", tmp_path).code == 0
    command = f"{sys.executable} {PROGRAM} query 'SELECT * FROM facts' --store {tmp_path} | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, env=CLEAN, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout.startswith("fact_id")


def test_a_question_that_takes_too_long_can_be_ended(budget: Path, tmp_path: Path) -> None:
    assert gongkai("ingest", budget, "--store", tmp_path).code == 0
    question = "SELECT count(*) FROM facts, range(1000000000000000) WHERE hash(range) = 1"  # takes years
    command = [sys.executable, str(PROGRAM), "query", question, "--store", str(tmp_path)]
    # A shell starts what it puts into the background with Ctrl-C ignored, and children inherit that.
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=CLEAN, preexec_fn=heeding) as asked:
        while asked.poll() is None and not computes(asked.pid):
            time.sleep(0.1)
        asked.send_signal(signal.SIGINT)
        _, told = asked.communicate()
    assert asked.returncode == 4 and told.startswith("Interrupted."), told


def computes(pid: int) -> bool:
    """Is DuckDB at work? A thread beside the main one is, or all have been longer than a start takes."""
    main, *others = sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda task: int(task.name) != pid)
    return any(processor_seconds(task) > 0.5 for task in others) or processor_seconds(main.parents[1]) > 15


def processor_seconds(task: Path) -> float:
    fields = (task / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_package_that_is_missing_is_named_in_a_sentence(tmp_path: Path) -> None:
    without = (
        "import sys; sys.modules['docx'] = None; import gongkai; sys.argv[0] = 'gongkai'; gongkai.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", without, "--store", tmp_path / "store", "demo", "--port", "0"],
        cwd=PROGRAM.parent, env=CLEAN, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 3 and "Traceback" not in done.stderr
    assert "this command needs the package docx, which is not installed" in done.stderr


def test_every_argument_and_option_is_explained() -> None:
    program = get_command(app)
    commands = {**program.commands, **program.commands["sites"].commands}  # type: ignore[attr-defined]
    for name, command in commands.items():
        for parameter in command.params:
            assert parameter.help, f"{name} {parameter.name}"
    folded = gongkai("expire", "--help").out
    assert "younger than --grace stays" in " ".join(folded.split())


def test_the_line_loads_only_what_every_command_needs() -> None:
    writers = {"feedgen", "icalendar", "openpyxl", "prometheus_client", "xlsxwriter"}
    slow = {"boto3", "pandas", "scrapy"} | writers
    code = f"import sys, gongkai; print(*{slow} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROGRAM.parent, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("\n", 0), done.stderr


def test_help_speaks_the_language_asked_for() -> None:
    assert "谁按时公开" in program("--help", "--lang", "zh").out
    assert "Who was on time" in gongkai("--help").out


def test_the_registry_is_listed_and_its_gaps_need_a_person() -> None:
    listed = gongkai("sites", "list", "勉县", "--format", "json")
    assert [site["region_code"] for site in json.loads(listed.out)] == ["610725"]
    checked = gongkai("sites", "check", "--format", "csv")
    gaps = list(csv.DictReader(io.StringIO(checked.out)))
    assert checked.code == 1
    assert gaps and all(not site["url"] or not site["region_code"] for site in gaps)


# -- one document ------------------------------------------------------------------------------------------


def test_parse_for_eyes(budget: Path) -> None:
    shown = gongkai("parse", budget)
    assert shown.code == 0
    assert "收支" in shown.out and "amounts" in shown.err


def test_parse_for_programs(budget: Path, tmp_path: Path) -> None:
    facts = list(csv.DictReader(io.StringIO(gongkai("parse", budget, "--format", "csv").out)))
    assert list(facts[0]) == ["file", *TABLES["facts"].arrow.names]
    assert {fact["file"] for fact in facts} == {"budget.xlsx"}

    whole = json.loads(gongkai("parse", budget, "--format", "json").out)
    assert [fact["amount_yuan"] for fact in whole["facts"]] == [fact["amount_yuan"] for fact in facts]
    assert whole["documents"][0]["outcome"] == "parsed"

    book = tmp_path / "budget.xlsx"
    assert gongkai("parse", budget, "--format", "xlsx", "--out", book).code == 0
    assert load_workbook(book)["facts"].max_row == len(facts) + 1


def test_an_unreadable_document_needs_a_person(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing more")
    ended = gongkai("parse", broken)
    assert ended.code == 1
    assert "damaged" in ended.out


# -- local documents, and every question to a store --------------------------------------------------------


def test_the_life_of_a_store(budget: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    (store / ".tmp").mkdir(parents=True)
    (left := store / ".tmp" / "left by a killed writer").touch()
    os.utime(left, (0, 0))
    first = gongkai("ingest", budget, "--store", store)
    assert not left.exists()
    assert first.code == 0, first.err
    assert gongkai("tag", "first", "--store", store).code == 0

    assert gongkai("ingest", budget, "--store", store, "--region", "勉县", "--year", "2031").code == 0
    again = gongkai("ingest", budget, "--store", store)
    assert "none was needed" in again.out

    listed = json.loads(gongkai("snapshots", "--store", store, "--format", "json").out)
    assert [(one["snapshot"], one["tags"]) for one in listed] == [(2, []), (1, ["first"])]
    assert {row["fiscal_year"] for row in rows(store, "SELECT fiscal_year FROM facts")} == {"2031"}
    assert {row["region_code"] for row in rows(store, "SELECT region_code FROM documents")} == {"610725"}

    difference = gongkai("diff", "first", "2", "--store", store, "--format", "csv")
    changed = list(csv.DictReader(io.StringIO(difference.out)))
    assert {row["change"] for row in changed} == {"changed"}
    of_facts = {(row["column"], row["new"]) for row in changed if row["table"] == "facts"}
    assert {("fiscal_year", "2031"), ("county", "勉县")} <= of_facts

    summary = gongkai("diff", "first", "2", "--store", store)
    assert "announcements and files" in summary.out and "fiscal_year: " in summary.out
    assert len(summary.out.splitlines()) < len(changed)
    assert len(gongkai("diff", "first", "2", "--store", store, "--all").out.splitlines()) == len(changed) + 2

    board = gongkai("deadlines", "--store", store, "--as-of", "2031-01-02", "--format", "json")
    assert [row["status"] for row in json.loads(board.out)] == ["unknown"], "a local file proves no date"
    past = gongkai("deadlines", "--store", store, "--at", "first", "--format", "json")
    assert past.code == 0 and {row["fiscal_year"] for row in json.loads(past.out)}.isdisjoint({2031})
    assert gongkai("deadlines", "--store", store, "--format", "ics").out.startswith("BEGIN:VCALENDAR")

    assert gongkai("verify", "--store", store).code == 0
    restored = gongkai("restore-check", "--store", store)
    assert restored.code == 0 and "Snapshot 2: rebuilt from " in restored.err
    assert gongkai("expire", "--store", store, "--keep", "1", "--days", "0", "--dry-run").out == ""
    next((store / "dataset" / "tables" / "facts").rglob("*.parquet")).write_bytes(b"altered")
    damaged = gongkai("verify", "--store", store, "--format", "json")
    assert damaged.code == 1
    assert "hash" in {finding["kind"] for finding in json.loads(damaged.out)}


def test_files_that_are_known_are_told_with_their_place(budget: Path, tmp_path: Path) -> None:
    store, packed = tmp_path / "store", tmp_path / "all.zip"
    assert gongkai("ingest", budget, "--store", store).code == 0
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(budget, "部门/预算.xlsx")
    ended = gongkai("ingest", packed, "--store", store)
    assert "In the dataset already, not read again:\n  部门/预算.xlsx: budget.xlsx, document " in ended.out
    assert "of a local file" in ended.out
    in_chinese = program("ingest", packed, "--store", store, "--lang", "zh")
    assert "数据集中已有" in in_chinese.out and "all.zip" in in_chinese.out


def test_a_file_whose_name_is_no_utf8_is_read_as_chinese(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "预算.txt".encode("gb18030")
    Path(os.fsdecode(raw)).write_text("说明")
    done = subprocess.run(
        [sys.executable, PROGRAM, "ingest", raw, "--store", tmp_path / "s"], capture_output=True, env=CLEAN
    )
    assert done.returncode == 0, done.stderr
    [document] = rows(tmp_path / "s", "SELECT name, outcome_detail FROM documents")
    assert document["name"] == "预算.txt"
    detail = rendered(document["outcome_detail"], "en")
    assert detail == "Plain text, 2 characters: running text only, no table"


# -- the main job ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Demo:
    """A store after an undisturbed demo, and its report."""

    store: Path
    report: str


def content(store: Path) -> list[list[str]]:
    """What the dataset holds, addresses and times apart."""
    questions = (
        "SELECT * FROM facts ORDER BY fact_id",
        "SELECT document_id, title, outcome FROM documents ORDER BY ALL",
        "SELECT title, published_on, document_ids, state FROM disclosures ORDER BY ALL",
    )
    return [[json.dumps(row, ensure_ascii=False) for row in rows(store, sql)] for sql in questions]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    store = tmp_path_factory.mktemp("demo") / "store"
    with reserved(1) as [port]:
        first = program("demo", "--store", store, "--port", str(port))
        assert first.code == 1, first.err
        second = program("demo", "--store", store, "--port", str(port))
    assert "none was needed" in second.out
    yield Demo(store, first.out)


def test_the_demo_tells_what_it_found(demo: Demo) -> None:
    headings = ("Sites", "Answers", "No answer", "Documents", "Tables", "Facts", "Checks that fail")
    for heading in (*headings, "Deadlines"):
        assert f"\n{heading} " in f"\n{demo.report}"
    assert "Needs a person:" in demo.report and "1 × Address: robots (robots.txt forbids it" in demo.report
    assert "; the date is presumed for " in demo.report
    assert f"gongkai --store {demo.store} deadlines" in demo.report


def test_a_second_demo_commits_nothing(demo: Demo) -> None:
    listed = json.loads(gongkai("snapshots", "--store", demo.store, "--format", "json").out)
    assert [one["snapshot"] for one in listed] == [1]
    assert gongkai("verify", "--store", demo.store).code == 0


@pytest.mark.parametrize(
    ("event", "count", "blow", "code"),
    [
        ("crawl", 12, signal.SIGINT, 4),
        ("crawl", 12, signal.SIGKILL, -signal.SIGKILL),
        ("document", 2, signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_a_job_that_was_struck_is_taken_up(
    demo: Demo, tmp_path: Path, event: str, count: int, blow: signal.Signals, code: int
) -> None:
    store = tmp_path / "store"
    with reserved(1) as [port]:
        command = [
            sys.executable,
            str(PROGRAM),
            "demo",
            "--store",
            str(store),
            "--port",
            str(port),
            "--log-format=json",
        ]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=CLEAN
        ) as job:
            assert job.stderr
            for line in job.stderr:
                count -= line.startswith("{") and json.loads(line)["event"] == event
                if not count:
                    break
            job.send_signal(blow)
            job.stderr.read()
        assert job.returncode == code
        again = program("demo", "--store", store, "--port", str(port))
    assert again.code == 1, again.err
    assert content(store) == content(demo.store)
    assert gongkai("verify", "--store", store).code == 0
