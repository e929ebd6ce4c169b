"""Work on hostile input in a process of its own, with a bound on time and memory.

Invariant: whatever an archived file or a visitor's SQL does, the server goes on: the child has a limit on
address space and processor time, is killed when its time is over, and answers with bytes, which are never
unpickled. `python -m archive.web.sandbox` is the child, a new one for every task; parent and child speak one
message each way: a line of JSON (what to do), then bytes.
"""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore
from typing import Any

from parsers.errors import GongkaiError

MIB = 1024**2
TASKS = {
    "pages": "archive.web.images:pages_of",
    "render": "archive.web.images:render",
    "member": "archive.web.originals:member_of",
    "query": "archive.web.asking:answer",
}
LIBRARIES = ("archive.web.asking", "pypdfium2", "PIL.Image")
DONE, REFUSED = b"+", b"-"
_slots = BoundedSemaphore(4)
"""A visitor who asks for everything at once waits for himself."""


class Children:
    """Processes that each do one task. One waits with its libraries loaded, for loading takes longer than
    most tasks; it ends with the server, whose end closes its input."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()

    def prepare(self) -> None:
        """Let one wait."""
        if self._waiting.empty():
            self._waiting.put(_started())

    @contextmanager
    def taken(self) -> Iterator[subprocess.Popen[bytes]]:
        """A child for one task, dead afterwards; the next one waits from then on."""
        try:
            child = self._waiting.get_nowait()
        except Empty:
            child = _started()
        try:
            yield child
        finally:
            child.kill()
            child.communicate()
            self.prepare()


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "archive.web.sandbox"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)


_children = Children()
prepare = _children.prepare


class SandboxError(GongkaiError):
    """The work was refused, took too long or needed too much; the message is for the visitor."""


def call(
    task: str,
    options: Mapping[str, Any],
    data: bytes = b"",
    *,
    seconds: float = 20.0,
    memory: int = 1536 * MIB,
) -> bytes:
    """The bytes that a task of `TASKS` makes of options and data; raises SandboxError."""
    head = json.dumps({"task": task, "options": options, "memory": memory, "seconds": int(seconds) + 1})
    with _slots, _children.taken() as child:
        try:
            answer, _ = child.communicate(head.encode() + b"\n" + data, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise SandboxError(f"stopped after {seconds:g} seconds") from None
    if answer[:1] == DONE:
        return answer[1:]
    if answer[:1] == REFUSED:
        raise SandboxError(answer[1:].decode(errors="replace"))
    raise SandboxError(f"stopped: it needs more than {memory // MIB} MiB of memory or breaks its reader")


def main() -> None:
    """The child: do one task and answer."""
    out = sys.stdout.buffer
    for module in LIBRARIES:
        importlib.import_module(module)
    line = sys.stdin.buffer.readline()
    if not line:
        return
    head = json.loads(line)
    module, _, name = TASKS[head["task"]].partition(":")
    task: Callable[[dict[str, Any], bytes], bytes] = getattr(importlib.import_module(module), name)
    resource.setrlimit(resource.RLIMIT_AS, (head["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (head["seconds"] * 2,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = DONE + task(head["options"], sys.stdin.buffer.read())
    except MemoryError:
        answer = REFUSED + f"needs more than {head['memory'] // MIB} MiB of memory".encode()
    except Exception as error:  # the visitor gets the sentence, the server goes on
        answer = REFUSED + (str(error) or type(error).__name__).encode()
    out.write(answer)


if __name__ == "__main__":
    main()
