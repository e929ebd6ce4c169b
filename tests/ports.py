"""Ports for programs that must be given one: `with reserved(2) as ports`.

Invariant: no other process gets them while they are held. They lie below those that the system hands out,
and a locked file keeps each from other tests. Where a program takes port 0, let the system choose instead."""

from __future__ import annotations

import fcntl
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

FIRST, LAST = 20_000, 30_000


@contextmanager
def reserved(count: int) -> Iterator[list[int]]:
    """Free ports of 127.0.0.1; RuntimeError where there are too few."""
    with ExitStack() as held:
        ports: list[int] = []
        for port in range(FIRST, LAST):
            if len(ports) == count:
                break
            if _locked(port, held) and _free(port):
                ports.append(port)
        if len(ports) < count:
            raise RuntimeError(f"{count} ports asked for, {len(ports)} of {FIRST}-{LAST} are free")
        yield ports


def _locked(port: int, held: ExitStack) -> bool:
    file = held.enter_context((Path(tempfile.gettempdir()) / f"gongkai-test-port-{port}").open("w"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
