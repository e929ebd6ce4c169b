"""Workers: every document gets an outcome, in order, whatever it does to its reader."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from archive.isolation.limits import Allowance
from archive.isolation.pool import NO_TIME_LEFT, Pool, parse_bounded
from archive.isolation.tasks import Task
from parsers.readers.limits import MIB, Limits
from parsers.values.document import Member
from parsers.values.results import Headline, Hints, ParsedDocument
from parsers.values.vocabulary import DocumentOutcome
from tests.wording import english

QUICK = Limits(max_seconds=2.0)


def parse(data: bytes, hints: Hints, limits: Limits) -> ParsedDocument:
    """A reader that does what the document says."""
    command, _, argument = data.decode().partition(" ")
    identity = hashlib.sha256(data).hexdigest()
    if command == "hang":
        while True:
            pass
    if command == "eat":
        hoard = []
        while True:
            hoard.append(bytearray(os.urandom(MIB) * 16))
    if command == "gulp":  # gone before anybody can look
        bytearray(b"x") * (int(argument) * MIB)
    if command == "helper-gulp":
        subprocess.run([sys.executable, "-c", f"b'x' * ({argument} << 20)"], check=True)
    if command == "abort":  # as native code does that cannot allocate
        os.abort()
    if command == "claim":
        bytearray(1 << 40)
    if command == "reserve":  # address space alone is not memory
        import mmap

        mmap.mmap(-1, 4 * 1024 * MIB)
    if command == "segfault":
        ctypes.string_at(0)
    if command == "exit":
        os._exit(3)
    if command == "raise":
        raise ZeroDivisionError("a bug of ours")
    if command == "helper":
        helper = subprocess.Popen(["sleep", "600"])
        Path(argument).write_text(str(helper.pid))
        helper.wait()
    if command == "print":
        os.write(1, b"noise on standard output\n")
    if command == "wait":
        while not Path(argument).exists():
            time.sleep(0.01)
        time.sleep(0.5)  # so that it ends after those that were taken ahead
    if command == "sleep":
        time.sleep(float(argument))
    if command == "thread":  # as a page image whose recognition stands still
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    members = [name.encode() for name in argument.split("|")] if command == "zip" else []
    return ParsedDocument(
        identity, "text/plain", DocumentOutcome.CONTAINER if members else DocumentOutcome.NO_TABLES,
        headline=Headline(title=f"{os.getpid()} {hints.file_name}"),
        members=tuple(Member(f"m{number}", member) for number, member in enumerate(members)),
    )  # fmt: skip


def outcomes(commands: list[str], **options: Any) -> list[tuple[str, str]]:
    with Pool(parse=parse, **{"limits": QUICK, **options}) as pool:
        results = list(pool.map(Task(command.encode()) for command in commands))
    assert [task.data.decode() for task, _ in results] == commands
    return [(document.outcome, english(document.outcome_detail)) for _, document in results]


def test_every_document_has_an_outcome_in_the_order_asked() -> None:
    found = outcomes(["sleep 0.5", "hang", "ok", "segfault", "ok", "exit", "raise", "ok"])
    assert [outcome for outcome, _ in found] == [
        "no_tables", "timeout", "no_tables", "crashed", "no_tables", "crashed", "crashed", "no_tables",
    ]  # fmt: skip
    details = [detail for _, detail in found]
    assert details[1] == "not read within 2 seconds"
    assert "SIGSEGV" in details[3] and "exit code 3" in details[5]
    assert details[6].startswith("ZeroDivisionError: a bug of ours (test_pool.py, line ")


def test_memory_in_use_is_bounded_and_address_space_is_not() -> None:
    patient = Limits(max_seconds=60)  # a busy machine eats slowly
    assert outcomes(["eat", "reserve"], max_memory=300 * MIB, limits=patient) == [
        ("too_large", "needs more than 300 MiB of memory"), ("no_tables", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["gulp", "helper-gulp"])
def test_memory_held_for_an_instant_counts(command: str) -> None:
    patient = Limits(max_seconds=60)
    tasks = [f"{command} 400", "ok", f"{command} 50"]
    assert outcomes(tasks, workers=1, max_memory=300 * MIB, limits=patient) == [
        ("too_large", "needs more than 300 MiB of memory"), ("no_tables", ""), ("no_tables", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["claim", "abort"])
def test_memory_that_cannot_be_had_is_too_large(command: str) -> None:
    found = outcomes([command, "ok"], workers=1, limits=Limits(max_seconds=60))
    assert [outcome for outcome, _ in found] == ["too_large", "no_tables"]


def test_workers_are_used_again() -> None:
    with Pool(workers=1, parse=parse) as pool:
        first = [document.headline.title for _, document in pool.map([Task(b"a"), Task(b"b")])]
        second = [document.headline.title for _, document in pool.map([Task(b"c")])]
    assert len({title.split()[0] for title in first + second if title}) == 1


def test_helpers_of_a_hanging_reader_die_with_it(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    for seconds in (2.0, 20.0, 120.0):  # a busy machine may not even start the helper in time
        assert outcomes([f"helper {noted}"], limits=Limits(max_seconds=seconds))[0][0] == "timeout"
        if noted.exists():
            break
    helper = int(noted.read_text())
    while is_sleeping(helper):  # killed, but the system may need a moment; the test's own timeout bounds it
        time.sleep(0.05)


def is_sleeping(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() == b"sleep\x00600\x00"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_members_are_documents_with_a_parent_down_to_the_depth() -> None:
    outer = b"zip zip|a|b"
    with Pool(workers=2, limits=Limits(max_depth=1), parse=parse) as pool:
        results = list(pool.map_with_members([Task(outer, Hints("outer.zip", "title")), Task(b"plain")]))
    parents = [
        (task.data, task.parent_id, task.hints.file_name, task.hints.article_title) for task, _ in results
    ]
    identity = hashlib.sha256(outer).hexdigest()
    assert parents == [
        (outer, None, "outer.zip", "title"), (b"plain", None, None, None),
        (b"zip", identity, "m0", "title"), (b"a", identity, "m1", "title"), (b"b", identity, "m2", "title"),
    ]  # fmt: skip


def test_members_share_time_and_quick_ones_lose_nothing() -> None:
    slow = [f"sleep {seconds}" for seconds in range(700, 740)]
    archive = "zip " + "|".join(["sleep 600", "sleep 601", "ok", *slow, "ok"])
    begun = time.monotonic()
    with Pool(workers=1, limits=Limits(max_seconds=4), parse=parse) as pool:
        results = pool.map_with_members([Task(archive.encode()), Task(b"after")])
        found = [(document.outcome, english(document.outcome_detail)) for _, document in results]
    assert [outcome for outcome, _ in found[:2]] == ["container", "no_tables"]
    members = found[2:]
    assert [outcome for outcome, _ in members[:3]] == ["timeout", "timeout", "no_tables"]
    assert members[-2] == ("timeout", english(NO_TIME_LEFT))
    assert time.monotonic() - begun < 44 * 4  # each alone would take that


def test_a_share_is_spent_by_failures_and_given_back_by_successes() -> None:
    share = Allowance.of(Limits(max_seconds=100))
    for _ in range(20):
        granted = share.grant()
        assert granted == 100
        share.settle(granted, 1, failed=False)
    granted_while_failing = []
    while (granted := share.grant()) is not None:
        share.settle(granted, granted, failed=True)
        granted_while_failing.append(granted)
    assert granted_while_failing[:4] == [100, 100, 50, 25] and sum(granted_while_failing) <= 300


def test_archives_in_archives_give_no_more_files_than_one() -> None:
    outer = "zip " + "|".join(f"zip a{number}" for number in range(3))
    with Pool(workers=1, limits=Limits(max_members=4), parse=parse) as pool:
        results = list(pool.map_with_members([Task(outer.encode())]))
    assert len(results) == 5
    assert [note.code for _, document in results for note in document.notes] == ["members_left_out"] * 2


def test_abandoning_a_map_leaves_a_working_pool() -> None:
    with Pool(workers=2, limits=QUICK, parse=parse) as pool:
        for _task, _document in pool.map([Task(b"ok"), Task(b"sleep 600"), Task(b"sleep 600")]):
            break
        assert [document.outcome for _, document in pool.map([Task(b"x"), Task(b"y")])] == ["no_tables"] * 2


def test_a_map_that_is_left_takes_no_other_with_it() -> None:
    """The memory of a map that is not asked any more may be freed at any time, in the midst of another."""
    files = [b"ok %d" % number for number in range(5)]
    with Pool(workers=1, parse=parse) as pool:
        left, other = (pool.map_groups([Task(file)] for file in files) for _ in range(2))
        begun = [*next(left), *next(other)]
        left.close()
        assert [task.data for results in (begun[1:], *other) for task, _ in results] == files


def test_tasks_are_taken_only_as_workers_get_free() -> None:
    taken = []

    def tasks() -> object:
        for number in range(40):
            taken.append(number)
            yield Task(b"ok")

    with Pool(workers=2, parse=parse) as pool:
        for told, _ in enumerate(pool.map(tasks()), 1):  # type: ignore[arg-type]
            assert len(taken) - told <= 8
    assert len(taken) == 40


def test_a_slow_document_loses_none_of_those_behind_it(tmp_path: Path) -> None:
    """It holds back as many as are taken ahead; the others are still in the source when it ends."""
    gate = tmp_path / "gate"
    tasks = [Task(f"wait {gate}".encode()), *(Task(b"ok") for _ in range(20))]

    def opened() -> object:
        for number, task in enumerate(tasks):
            if number == 7:  # the last one that is taken ahead of the slow one
                gate.touch()
            yield task

    with Pool(workers=2, parse=parse) as pool:
        assert len(list(pool.map(opened()))) == len(tasks)  # type: ignore[arg-type]


def test_noise_of_readers_stays_off_standard_output() -> None:
    script = (
        "from archive.isolation.pool import parse_bounded\n"
        "from tests.archive.isolation.test_pool import parse\n"
        "if __name__ == '__main__': print(parse_bounded(b'print', parse=parse)[0][1].outcome)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "no_tables\n" and "noise" in done.stderr


def test_the_real_parser_reads_in_a_worker() -> None:
    [(_, document)] = parse_bounded("<html><body><p>通知</p></body></html>".encode())
    assert document.outcome in ("no_tables", "wrong_type")
    assert document.media_type == "text/html"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"PK\x03\x04 broken"])
def test_broken_files_are_outcomes(data: bytes) -> None:
    [(_, document)] = parse_bounded(data)
    assert document.outcome in ("empty", "damaged", "unsupported")
    assert document.document_id == hashlib.sha256(data).hexdigest()


PROGRAM = """
print("imported", flush=True)
from archive.isolation.pool import parse_bounded

if __name__ == "__main__":
    [(_, document)] = parse_bounded(b"")
    print(document.outcome)
"""


def test_a_worker_does_not_import_the_program_that_starts_it(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, program], env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True
    )
    assert done.stdout.split() == ["imported", "empty"], done.stderr


def test_a_reader_whose_threads_are_still_at_work_reads_no_more() -> None:
    with Pool(workers=1, parse=parse, limits=QUICK) as pool:
        tasks = [Task(command.encode()) for command in ("quiet 1", "thread", "quiet 2")]
        readers = [str(document.headline.title).split()[0] for _, document in pool.map(tasks)]
    first, second, third = readers
    assert first == second != third
