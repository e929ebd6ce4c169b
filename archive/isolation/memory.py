"""How much memory processes hold, now and at most.

Invariant: bytes are resident bytes (RSS). Address space is not counted: onnxruntime and OpenBLAS reserve
gigabytes that they never touch.
"""

from __future__ import annotations

import os
import re
import resource
from contextlib import suppress
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def descendants(pid: int) -> list[int]:
    """The processes that a process started, those they started, and so on; none where the system does not
    say."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, children) for found in (child, *descendants(child))]


def usage(pid: int) -> tuple[int, int]:
    """Bytes that a process and its descendants hold now, and how many they are; 0 of each where the system
    does not say."""
    try:
        held = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0, 0
    parts = [usage(int(child)) for child in children]
    return held + sum(part[0] for part in parts), 1 + sum(part[1] for part in parts)


def held() -> int:
    """What this process and its descendants hold now; 0 where the system does not say."""
    return usage(os.getpid())[0]


def peak() -> int:
    """The most that this process, or any one helper that has ended, ever held."""
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # Not ru_maxrss of this process: Linux starts it at what the parent held when it forked.
    with suppress(OSError):
        match = _PEAK.search(Path("/proc/self/status").read_text())
        if match is not None:
            return max(int(match[1]), helpers) * 1024
    return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, helpers) * 1024


def limit_private(size: int) -> None:
    """Let this process and its helpers allocate no more than `size` bytes of private memory each, touched or
    not; an allocation beyond fails in them."""
    with suppress(OSError, ValueError):  # a lower limit that the operator set stays
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
