"""A process for hostile input: whatever it does, its parent gets an answer or a failure, and bytes only."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from archive.isolation import process as isolated
from archive.isolation.process import Failure, Isolated, ProcessLimits, Result
from archive.isolation.tasks import document_of, read
from parsers.readers.limits import MIB, Limits
from parsers.values.document import Member, Note
from parsers.values.messages import Message, message
from parsers.values.results import Check, Hints, ParsedDocument
from parsers.values.vocabulary import CheckStatus, DocumentOutcome, Severity

BOUNDS = ProcessLimits(memory=600 * MIB, allocated=2048 * MIB)
LONG = 300.0


def work(order: tuple[str, Any]) -> Iterable[bytes]:
    """Does what it is asked."""
    command, argument = order
    if command == "spawn":
        crowd = [
            subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) for _ in range(20)
        ]
        crowd[0].wait()
    if command == "write":
        Path(argument).write_bytes(b"x" * 2 * MIB)
    if command == "environment":
        return [os.environ.get(argument, "").encode()]
    if command == "answer":
        answer: list[bytes] = argument
        return answer
    if command == "raise":
        raise ValueError("\ud800 is half a character")
    if command == "converter":  # as LibreOffice: in a session of its own, and it starts others
        script = f"sleep 600 & echo $! > {argument}.part; mv {argument}.part {argument}; wait"
        subprocess.Popen(["sh", "-c", script], start_new_session=True).wait()
    if command == "hang":
        time.sleep(LONG)
    return [command.encode()]


@contextmanager
def process(**bounds: int) -> Iterator[Isolated]:
    made = Isolated(work, replace(BOUNDS, **bounds))
    try:
        yield made
    finally:
        made.end()


def test_one_process_does_task_after_task() -> None:
    with process() as one:
        pid = one.process.pid
        for parts in ((b"a", b""), (), (b"x" * 3 * MIB,)):
            answer = one.ask(("answer", parts), LONG)
            assert isinstance(answer, Result) and answer.parts == parts and answer.most_held > MIB
        failure = one.ask(("raise", None), LONG)
        assert isinstance(failure, Failure) and failure.kind == "raised"
        assert failure.detail.startswith("ValueError: ? is half a character (test_process.py, line ")
        assert isinstance(one.ask(("ok", None), LONG), Result) and one.process.pid == pid


def test_too_many_helpers_are_ended_with_their_parent() -> None:
    with process(processes=10) as one:
        assert one.ask(("spawn", None), LONG) == Failure("memory")


def test_a_converter_in_a_session_of_its_own_dies_with_its_reader(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    with process() as one:
        one.give(("converter", noted), LONG)
        while not noted.exists():  # the test's own timeout bounds it
            time.sleep(0.05)
    while is_running(int(noted.read_text())):
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether it still sleeps; one that is dead and not yet reaped has no command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() == b"sleep\x00600\x00"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_file_that_grows_too_long_is_an_error_of_the_task(tmp_path: Path) -> None:
    with process(written=MIB) as one:
        failure = one.ask(("write", str(tmp_path / "long")), LONG)
    assert isinstance(failure, Failure) and (tmp_path / "long").stat().st_size <= MIB


def test_an_answer_that_is_too_long_is_not_received() -> None:
    with process(answer=MIB) as one:
        failure = one.ask(("answer", (b"x" * MIB, b"x")), LONG)
    assert isinstance(failure, Failure) and failure.kind == "died"


def test_the_environment_is_that_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_TEST_OF_NOW", "new")
    with process() as one:
        answer = one.ask(("environment", "GONGKAI_TEST_OF_NOW"), LONG)
    assert isinstance(answer, Result) and answer.parts == (b"new",)


def test_a_task_that_is_cut_off_from_outside_is_a_failure() -> None:
    with process() as one, ThreadPoolExecutor(1) as waiter:
        asked = waiter.submit(one.ask, ("hang", None), LONG)
        one.kill()
        failure = asked.result()
    assert isinstance(failure, Failure) and failure.kind == "died"


def _begin_an_answer(pipe: Connection, *_: object) -> None:
    """A process that was taken over: it promises more than it sends."""
    pipe.send_bytes(b"!")
    pipe.recv()
    os.write(pipe.fileno(), b"\x00\x00\x00\x0d\x00\x00")
    time.sleep(LONG)


def test_an_answer_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_live", _begin_an_answer)
    monkeypatch.setattr(isolated, "RECEIVE_SECONDS", 0.5)
    with process() as one:
        failure = one.ask(("ok", None), LONG)
    assert isinstance(failure, Failure) and failure.kind == "died"


def _members(data: bytes, hints: Hints, limits: Limits) -> ParsedDocument:
    """A container whose one check holds every kind of parameter."""
    said = message("of", text="1.50", number=5, exact=Decimal("1.50"), parts=(message("x"), None))
    check = Check("I1", (0,), said, CheckStatus.HOLDS, Severity.INFO, said, left_yuan=Decimal("2.00"))
    members = (Member("附件.pdf", b"\xff\x00"),)
    notes = (Note("a", said), Note("b", str(said)))
    return ParsedDocument(
        "0" * 64,
        "application/zip",
        DocumentOutcome.CONTAINER,
        said,
        members=members,
        checks=(check,),
        notes=notes,
    )


def test_a_document_comes_back_as_it_was_read() -> None:
    order = (b"", Hints(), Limits())
    back, document = document_of(read(_members, order)), _members(*order)
    assert back == document
    # 1.50 the number is not "1.50" the text
    assert [type(note.detail) for note in back.notes] == [Message, str]
    assert list(map(type, back.checks[0].message.values.values())) == [str, int, Decimal, tuple]


@pytest.mark.parametrize("parts", [(), (b"{}",), (b"\x80\x04N.",), (b'{"document_id": 5}', b"")])
def test_what_is_not_a_document_is_refused(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError):
        document_of(parts)


def test_members_that_do_not_fit_are_refused() -> None:
    head, _ = read(_members, (b"", Hints(), Limits()))
    with pytest.raises(ValueError):
        document_of((head,))


def test_no_process_is_left() -> None:
    before = set(multiprocessing.active_children())
    with process() as one:
        one.ask(("ok", None), LONG)
    assert set(multiprocessing.active_children()) <= before
