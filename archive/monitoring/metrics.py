"""Numbers for Prometheus, as a file for the textfile collector or the answer of an endpoint.

Invariant: every sample is of a metric that says what it is; labels are few (statuses, tables), never
addresses or names, so that the number of series does not grow with the dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from archive.dataset.schema import TABLES
from archive.dataset.snapshots import Snapshot

Samples = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `samples` are its values by the value of `label`; by "" if it has no label."""

    name: str
    help: str
    samples: Samples
    label: str | None = None
    type: Literal["gauge", "counter"] = field(default="gauge")


def dataset_metrics(snapshot: Snapshot, standing: Mapping[str, int]) -> Iterator[Metric]:
    """What the dataset holds. `standing` counts the deadlines by status."""
    yield single("gongkai_snapshot_number", "Number of the newest snapshot", snapshot.number)
    created = snapshot.created_at.timestamp()
    yield single("gongkai_snapshot_created_timestamp_seconds", "When it was committed", created)
    rows = {name: snapshot.rows(name) for name in TABLES}
    yield Metric("gongkai_rows", "Rows of the newest snapshot by table", rows, "table")
    yield Metric("gongkai_deadlines", "Deadlines by status, as of today", dict(standing), "status")


def single(name: str, help_text: str, value: float) -> Metric:
    """A metric without label."""
    return Metric(name, help_text, {"": value})


def exposition(metrics: Iterable[Metric]) -> str:
    """The text format of Prometheus, version 0.0.4."""
    return "".join(line + "\n" for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {_escape(metric.help)}"
    yield f"# TYPE {metric.name} {metric.type}"
    for value, number in metric.samples.items():
        labels = f'{{{metric.label}="{_quoted(value)}"}}' if metric.label else ""
        yield f"{metric.name}{labels} {_number(number)}"


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escape(text).replace('"', '\\"')
