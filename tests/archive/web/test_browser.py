"""In real Chromium: the page runs under its policy, and a number lights up its place."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from tests.archive.web.conftest import Served

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    return found


@pytest.fixture(scope="module")
def address(served: Served) -> Iterator[str]:
    """The application on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(served.client.app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def visit(chromium: str, address: str, profile: Path) -> tuple[str, list[str]]:
    """The page as it stands after its scripts ran, and what the console says."""
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
        "--enable-logging=stderr", "--virtual-time-budget=5000", "--window-size=1400,1000", "--dump-dom",
        address,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def test_a_number_lights_up_its_place(chromium: str, address: str, served: Served, tmp_path: Path) -> None:
    page, console = visit(chromium, f"{address}/documents/{served.pdf}/tables/3#r3-c3", tmp_path)
    assert not console
    box = page.split('id="box-r3-c3"')[1].split(">")[0]
    assert "lit" in box
    panel = page.split('id="detail"')[1].split("</aside>")[0]
    assert "2,793,000.00" in panel and "hidden" not in panel.split(">")[0] and "I3" in panel


def test_charts_are_drawn_under_the_policy(
    chromium: str, address: str, served: Served, tmp_path: Path
) -> None:
    page, console = visit(chromium, f"{address}/bodies/{served.body}", tmp_path)
    assert not console
    assert page.count("<canvas") >= 2
