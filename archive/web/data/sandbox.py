"""Work on hostile input in a process of its own, with a bound on time and memory.

Invariant: whatever an archived file or a visitor's SQL does, the server goes on: the child has a limit on
address space and processor time, is killed when its time is over, and answers with bytes, which are never
unpickled. A child does one task, so that no task affects another.

`python -m archive.web.data.sandbox` is the parent of these children. It loads their libraries once, does no
task
itself and reads nothing from outside; it forks a child for each task, which takes a hundredth of the time
that loading takes. The server hands it a socket for every child; over that socket server and child speak one
message each way: a line of JSON (what to do), then bytes.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock
from typing import Any, NoReturn

from parsers.values.errors import DocumentError, GongkaiError

MIB = 1024**2
TASKS = {
    "pages": "archive.web.data.images:pages_of",
    "render": "archive.web.data.images:render",
    "member": "archive.web.data.originals:member_of",
    "members": "archive.web.data.originals:members_of",
    "query": "archive.web.data.asking:answer",
}
LIBRARIES = (
    "archive.stores.s3",
    "pypdfium2",
    "PIL.Image",
    *(name.partition(":")[0] for name in TASKS.values()),
)
DONE, REFUSED = b"+", b"-"
NO_VALUES: Mapping[str, object] = {}
ORDER = struct.Struct("!q")
"""To the parent: 0 and a socket, for a child, whose process id is the answer; a process id, to end it."""
PIECE = 1 * MIB
_slots = BoundedSemaphore(4)
"""Requests of one client are queued."""


class SandboxError(GongkaiError):
    """The work was refused, took too long or needed too much; the message is for the visitor."""


class Children:
    """Processes that each do one task, and their parent, which ends with the server."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._control: socket.socket | None = None
        self.parent: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Let the parent load its libraries; no request waits for it."""
        with self._lock:
            self._ready()

    @contextmanager
    def taken(self) -> Iterator[socket.socket]:
        """The socket of a child that does one task and then ends."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                control, pid = self._born(theirs)
            try:
                yield ours
            finally:
                with self._lock, suppress(OSError):  # a parent that is gone has ended its children
                    control.sendall(ORDER.pack(pid))

    def _born(self, theirs: socket.socket) -> tuple[socket.socket, int]:
        """A child that listens to a socket: the way to its parent, and its process id."""
        for _ in range(2):  # a parent may have been killed since; its successor is a new process
            with self._lock:
                control, answer = self._ready(), b""
                with suppress(OSError):
                    socket.send_fds(control, [ORDER.pack(0)], [theirs.fileno()])
                    answer = control.recv(ORDER.size, socket.MSG_WAITALL)
                if answer:
                    return control, ORDER.unpack(answer)[0]
                self._control = None
        raise SandboxError("the sandbox cannot be started")

    def _ready(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self.parent = subprocess.Popen(
                    [sys.executable, "-m", "archive.web.data.sandbox"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    # Its idle threads would not come along into the children.
                    env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                )
        return self._control


_children = Children()


def prepare() -> None:
    """Load what tasks need before the first one comes."""
    _children.prepare()


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
            answer = _exchange(child, (head.encode() + b"\n", data), time.monotonic() + seconds)
        except TimeoutError:
            raise SandboxError("stopped after {n} seconds", n=f"{seconds:g}") from None
    if answer[:1] == DONE:
        return answer[1:]
    if answer[:1] == REFUSED:
        refusal = json.loads(answer[1:])
        raise SandboxError(refusal["text"], **refusal["values"])
    raise SandboxError("stopped: it needs more than {n} MiB of memory or breaks its reader", n=memory // MIB)


def _exchange(child: socket.socket, message: tuple[bytes, ...], deadline: float) -> bytes:
    """Send a message and read the answer; raises TimeoutError. A child that broke may have answered in
    part."""
    parts = []
    with suppress(BrokenPipeError, ConnectionResetError):
        for part in message:
            _wait_until(child, deadline)
            child.sendall(part)
        child.shutdown(socket.SHUT_WR)
    with suppress(ConnectionResetError):
        while True:
            _wait_until(child, deadline)
            part = child.recv(PIECE)
            if not part:
                break
            parts.append(part)
    return b"".join(parts)


def _wait_until(child: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    child.settimeout(left)


# -- the other side ----------------------------------------------------------------------------------------


def main() -> None:
    """The parent: a child for every socket, its end on request, and the end of all with the server."""
    for module in LIBRARIES:
        importlib.import_module(module)
    gc.freeze()  # so that children do not copy pages that they only read
    control = socket.socket(fileno=0)
    living: set[int] = set()
    try:
        while True:
            order, handles, _, _ = socket.recv_fds(control, ORDER.size, 1)
            if not order:
                break
            (pid,) = ORDER.unpack(order)
            if pid:
                _end(pid)
                living.discard(pid)
                continue
            pid = os.fork()
            if not pid:
                os.dup2(handles[0], control.detach())  # a child cannot give its parent orders
                os.close(handles[0])
                _live()
            os.close(handles[0])
            living.add(pid)
            control.sendall(ORDER.pack(pid))
    finally:
        for pid in living:
            _end(pid)


def _end(pid: int) -> None:
    """No other process waits for this child, so its number is still its own."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _live() -> NoReturn:
    """The child: do the task that its input names, answer, and exit, whatever happens."""
    try:
        with socket.socket(fileno=0) as server, server.makefile("rb") as asked:
            server.sendall(_answer(json.loads(asked.readline()), asked.read))
    finally:
        os._exit(0)


def _answer(head: Mapping[str, Any], read: Callable[[], bytes]) -> bytes:
    module, _, name = TASKS[head["task"]].partition(":")
    task: Callable[[dict[str, Any], bytes], bytes] = getattr(importlib.import_module(module), name)
    resource.setrlimit(resource.RLIMIT_AS, (head["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (head["seconds"] * 2,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        return DONE + task(head["options"], read())
    except MemoryError:
        return _refusal("needs more than {n} MiB of memory", {"n": head["memory"] // MIB})
    except DocumentError as error:
        return _refusal(str(error.detail))
    except GongkaiError as error:
        return _refusal(error.text, error.values)
    except Exception as error:  # the visitor gets the sentence, the server goes on
        return _refusal(str(error) or type(error).__name__)


def _refusal(text: str, values: Mapping[str, object] = NO_VALUES) -> bytes:
    shown = {name: str(value) for name, value in values.items()}
    return REFUSED + json.dumps({"text": text, "values": shown}).encode()


if __name__ == "__main__":
    main()
