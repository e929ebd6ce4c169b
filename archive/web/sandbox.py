"""Work on hostile input in a process of its own, with a bound on time and memory.

Invariant: whatever an archived file or a visitor's SQL does, the server goes on: the child has a limit on
address space and processor time, is killed when its time is over, and answers with bytes, which are never
unpickled. `python -m archive.web.sandbox` is the child; parent and child speak one message each way:
a line of JSON (what to do), then bytes.
"""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
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
DONE, REFUSED = b"+", b"-"
_slots = BoundedSemaphore(4)
"""A visitor who asks for everything at once waits for himself."""


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
    command = [sys.executable, "-m", "archive.web.sandbox"]
    with _slots:
        try:
            done = subprocess.run(
                command, input=head.encode() + b"\n" + data, capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise SandboxError(f"stopped after {seconds:g} seconds") from None
    if done.stdout[:1] == DONE:
        return done.stdout[1:]
    if done.stdout[:1] == REFUSED:
        raise SandboxError(done.stdout[1:].decode(errors="replace"))
    raise SandboxError(f"stopped: it needs more than {memory // MIB} MiB of memory or breaks its reader")


def main() -> None:
    """The child: do one task and answer."""
    out = sys.stdout.buffer
    head = json.loads(sys.stdin.buffer.readline())
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
