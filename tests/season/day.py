"""One day of an operator: `python -m tests.season.day STORE CHANNELS DAY`, with GONGKAI_REGISTRY set.

Runs the main job at noon of that day, sends the alerts, and prints the board and the scores as JSON.
"""

from __future__ import annotations

import json
import sys
import uuid
from datetime import datetime
from pathlib import Path

import time_machine
from rich.console import Console

from archive import CHINA
from archive.alerts import deliver, detect, read_channels
from archive.dataset import snapshots
from archive.monitoring.scores.scoring import scores
from archive.monitoring.verdicts import board
from archive.stores import open_store
from crawler import sites
from crawler.jobs import demo
from crawler.jobs import main as job
from crawler.jobs.registry import registered
from crawler.reports.progress import ProgressReporter


def main(uri: str, channels: str, day: str) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=CHINA)
    with time_machine.travel(noon):
        store, known = open_store(uri), registered(open_store(uri))
        with ProgressReporter("text", Console(stderr=True)) as reporter:
            settings = {**demo.SETTINGS, "LOG_LEVEL": "ERROR"}
            crawled = job.crawl_sites(store, sites.load(), reporter, command="season", settings=settings)
            job.read_archive(store, reporter, crawled=crawled.crawled)
        newest = snapshots.load(store)
        alerts = detect(store, newest, noon.date(), known)
        deliveries = deliver(
            store, read_channels(Path(channels)), alerts, datetime.now(CHINA), process=uuid.uuid4().hex
        )
        told = {
            "board": board(store, newest, noon.date(), known).to_pylist(),
            "scores": scores(store, newest, level="county", year=noon.year).to_pylist(),
            "undelivered": [delivery.problem for delivery in deliveries if delivery.problem],
        }
    print(json.dumps(told, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
