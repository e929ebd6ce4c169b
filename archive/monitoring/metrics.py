"""Numbers for Prometheus, as a file for the textfile collector or the answer of an endpoint.

Invariant: every sample is of a metric that says what it is; labels are few (statuses, tables), never
addresses or names, so that the number of series does not grow with the dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from archive.dataset.schema import TABLES
from archive.dataset.snapshots import Snapshot


def dataset_metrics(snapshot: Snapshot, standing: Mapping[str, int]) -> Iterator[Metric]:
    """What the dataset holds. `standing` counts the deadlines by status."""
    yield single("gongkai_snapshot_number", "Number of the newest snapshot", snapshot.number)
    created = snapshot.created_at.timestamp()
    yield single("gongkai_snapshot_created_timestamp_seconds", "When it was committed", created)
    rows = {name: snapshot.rows(name) for name in TABLES}
    yield by_label("gongkai_rows", "Rows of the newest snapshot by table", rows, "table")
    yield by_label("gongkai_deadlines", "Deadlines by status, as of today", standing, "status")


def single(name: str, help_text: str, value: float) -> Metric:
    """A metric without label."""
    return GaugeMetricFamily(name, help_text, value=value)


def by_label(name: str, help_text: str, samples: Mapping[str, float], label: str) -> Metric:
    """A metric with a sample for each value of a label."""
    metric = GaugeMetricFamily(name, help_text, labels=[label])
    for value, number in samples.items():
        metric.add_metric([value], number)
    return metric


def exposition(metrics: Iterable[Metric]) -> str:
    """The text format of Prometheus, version 0.0.4."""
    registry = CollectorRegistry()
    registry.register(_Listed(list(metrics)))
    return generate_latest(registry).decode()


class _Listed(Collector):
    """Metrics that are known already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """The metrics."""
        return self._metrics
