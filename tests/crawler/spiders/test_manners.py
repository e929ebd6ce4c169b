"""How a crawl behaves towards servers: rates, hours, hosts that fail."""

# ruff: noqa: E501 -- calls with many settings
from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive import CHINA
from archive.stores import open_store
from archive.warc.journal import read_captures, stored_runs
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import ROOT, command, crawl, put_list, site

TITLES = [f"勉县第{n}中学2026年单位预算" for n in range(30)]


def test_a_host_that_fails_is_left_alone_and_told_so(tmp_path: Path) -> None:
    web = Web()
    put_list(web, "/czyjs/", "单位预算", TITLES)
    for path in list(web.pages):
        if path.startswith("/czyjs/202602/"):
            web.pages[path] = Reply(b"busy", 503)
    with serve(web):
        report = crawl(
            tmp_path, [site("610725", web.url + "/czyjs/")], RETRY_ENABLED=False, GONGKAI_CIRCUIT_FAILURES=5, GONGKAI_MAX_RATE=20
        )  # fmt: skip
    failed = len(web.asked) - 2
    assert 5 <= failed < 10  # a busy machine asks for others before it has judged the fifth
    left = 30 - failed
    facts = report["sites"]["610725"]
    assert not facts["complete"] and facts["gaps"].count("given_up") == left  # each of another body
    assert report["outcomes"]["given_up"] == left
    store = open_store(str(tmp_path))
    captures = read_captures(store, stored_runs(store)[0])
    assert sum(capture.outcome == "given_up" and capture.status is None for capture in captures) == left
    # Twenty a second over all; single arrivals may bunch on a busy machine.
    assert web.times[-1] - web.times[0] > 0.045 * (len(web.times) - 1)


def test_outside_its_hours_a_crawl_asks_nobody_and_can_be_ended(tmp_path: Path) -> None:
    web = Web()
    put_list(web, "/czyjs/", "单位预算", TITLES[:1])
    now = datetime.now(UTC).astimezone(CHINA)
    opens, closes = now + timedelta(hours=2), now + timedelta(hours=3)
    with serve(web):
        window = f"{opens:%H:%M}-{closes:%H:%M}"
        child = subprocess.Popen(
            command(tmp_path, [site("610725", web.url + "/czyjs/")], GONGKAI_NIGHT=window), cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        spool = tmp_path / ".spool"
        deadline = time.monotonic() + 60
        while not list(spool.glob("*/run.json")) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(2)
        child.send_signal(signal.SIGINT)
        output, errors = child.communicate(timeout=60)
    assert web.asked == []
    # Either way a next run takes it up: ended in order, or before its first request was made.
    assert json.loads(output)["interrupted"] if output else "stopped at once" in errors


def test_who_ends_the_wait_for_the_night_gets_the_report(tmp_path: Path) -> None:
    now = datetime.now(UTC).astimezone(CHINA)
    window = f"{now + timedelta(hours=2):%H:%M}-{now + timedelta(hours=3):%H:%M}"
    child = subprocess.Popen(
        [sys.executable, ROOT / "gongkai.py", "crawl", "--sites", "610725", "--store", tmp_path], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"GONGKAI_NIGHT": window, "GONGKAI_LANG": "en"},
    )  # fmt: skip
    assert child.stderr
    for line in child.stderr:
        if "Outside the window" in line:
            break
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    output, errors = child.communicate(timeout=60)
    assert child.returncode == 4, errors
    assert "0 visited, 0 to the end" in output and "goes on from there" in errors
    assert re.search(r"Sites not visited +1; the same command goes on there", output)
