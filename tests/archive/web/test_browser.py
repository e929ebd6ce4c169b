"""In real Chromium: every page at two widths, under its policy, by axe's rules, and as it is used.

Invariant: a page writes nothing to the console, asks no server but its own, fits its screen, and has no
serious fault that axe-core finds. With GONGKAI_SCREENSHOTS=DIR every page is also kept as a picture.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from tests.archive.web.conftest import HOSTILE, Served

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe_playwright = pytest.importorskip("axe_playwright_python.base", reason="axe is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = {"desktop": (1360, 900), "phone": (390, 844)}
PAGES = {
    "overview": "/",
    "region": "/regions/222400",
    "deadlines": "/deadlines",
    "scores": "/scores",
    "scores of bodies": "/scores?level=body&region=222400&year=2024",
    "documents": "/documents",
    "documents of nobody": "/documents?body=none",
    "bodies": "/bodies?q=医疗",
    "body": "/bodies/{body}",
    "compare": "/compare?body={body}&body=0123456789abcdef",
    "rank": "/rank?measure=general&year=2024",
    "sql": "/sql?q=SELECT title, document_id FROM documents",
    "dictionary": "/dictionary",
    "api": "/api",
    "snapshot": "/?at=1",
    "document": "/documents/{pdf}/tables/3#r3-c3",
    "document without pages": "/documents/{xlsx}",
    "not found": "/nowhere",
}
OF_GOVERNMENTS = {
    "government": "/governments/222400",
    "governments": "/governments?measure=debt_balance",
    "map of a prefecture": "/governments?measure=debt_balance&region=2224",
    "governments compared": "/governments/compare?place=222400&place=222401",
    "rank with governments": "/rank",
}
SERIOUS = ("serious", "critical")
STAYS = {"SQL", "JSON", "CSV", "API", "UTC", "SHA", "WARC", "PDF", "Excel", "XLSX", "iCal", "English"}
STAYS |= {"DuckDB", "Parquet", "Apache", "ECharts", "OpenAPI", "HTTP", "limit", "offset", "columns"}
STAYS |= {"gongkai", "DOCX", "HTML"}
"""Names of formats, standards and programs; parameters of the API."""
VISIBLE_TEXT = """() => {
  const copy = document.body.cloneNode(true);
  const kept = "script, code, textarea, .url, .file, [lang=en], option, .news a";
  for (const one of copy.querySelectorAll(kept)) one.remove();
  const titles = [...copy.querySelectorAll("[title], [aria-label], [placeholder]")].flatMap(
    (one) => ["title", "aria-label", "placeholder"].map((name) => one.getAttribute(name) || ""));
  return [document.title, copy.textContent, ...titles].join(" ");
}"""
CUT_LABELS = """() => [...document.querySelectorAll(".tile")].filter((tile) => {
  const label = document.createRange(), edge = tile.getBoundingClientRect();
  label.selectNodeContents(tile.querySelector(".tname"));
  const text = label.getBoundingClientRect();
  return text.right > edge.right || text.left < edge.left || text.bottom > edge.bottom;
}).map((tile) => tile.textContent.trim())"""
BAND_OF_TAXES = """() => {
  const box = document.querySelector("[data-chart=flows]");
  const series = echarts.getInstanceByDom(box).getModel().getSeriesByIndex(0);
  const edges = series.getGraph().edges;
  const style = getComputedStyle(box), area = series.layoutInfo;
  const band = edges.find((one) => one.node1.id.includes("tax revenue")), at = band.getLayout();
  const [from, to] = [band.node1.getLayout(), band.node2.getLayout()];
  const x = (from.x + from.dx + to.x) / 2, y = (from.y + at.sy + to.y + at.ty + at.dy) / 2;
  return [area.x + x + parseFloat(style.paddingLeft), area.y + y + parseFloat(style.paddingTop)];
}"""
"""The middle of the picture's band of taxes, within the picture."""
PATIENCE = 120_000
"""Milliseconds to wait for a page: what is tested is what it does, not how busy the machine is."""
RUN_AXE = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"


@dataclass
class Watched:
    """A page and what it did that it should not."""

    page: Any
    home: str
    console: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.home + path, wait_until="load")
        self.page.evaluate("document.fonts.ready")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if not program:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(served: Served) -> Iterator[str]:
    """The application on a free port of this machine."""
    yield from listening(served.client.app)


@pytest.fixture(scope="module")
def capital(governments: TestClient) -> Iterator[str]:
    """The same with the budgets of governments."""
    yield from listening(governments.app)


def listening(app: Any) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def contexts(browser: Any) -> Iterator[dict[str, Any]]:
    """A window of each width and language, kept for all pages: what a visitor's browser has cached stays."""
    made = {
        f"{width}-{language}": browser.new_context(
            viewport={"width": pixels[0], "height": pixels[1]}, locale=language, reduced_motion="reduce"
        )
        for width, pixels in WIDTHS.items()
        for language in ("zh-CN", "en-GB")
    }
    for context in made.values():
        context.set_default_timeout(PATIENCE)
    yield made
    for context in made.values():
        context.close()


def watched(context: Any, home: str) -> Watched:
    seen = Watched(context.new_page(), home)
    seen.page.on("console", lambda message: seen.console.append(f"{message.type}: {message.text}"))
    seen.page.on("pageerror", lambda error: seen.console.append(str(error)))
    seen.page.on(
        "request", lambda asked: None if asked.url.startswith(home) else seen.strangers.append(asked.url)
    )
    return seen


def keep(page: Any, name: str) -> None:
    """The page as a picture, for people to look at."""
    if folder := os.environ.get("GONGKAI_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("window", ["desktop-zh-CN", "phone-en-GB"])
def test_every_page(served: Served, contexts: dict[str, Any], address: str, name: str, window: str) -> None:
    ids = {"pdf": served.pdf, "xlsx": served.xlsx, "body": served.body}
    look_at(contexts[window], address, PAGES[name].format(**ids), name, window)


@pytest.mark.parametrize("name", OF_GOVERNMENTS)
@pytest.mark.parametrize("window", ["desktop-zh-CN", "phone-en-GB"])
def test_every_page_of_governments(contexts: dict[str, Any], capital: str, name: str, window: str) -> None:
    look_at(contexts[window], capital, OF_GOVERNMENTS[name], name, window)


def look_at(context: Any, home: str, path: str, name: str, window: str) -> None:
    """Open a page, and find nothing wrong with it."""
    seen = watched(context, home)
    seen.open(path)
    keep(seen.page, f"{name}-{window}")
    if name == "not found":
        assert [line for line in seen.console if "404" not in line] == []
    else:
        assert seen.console == []
    assert seen.strangers == []
    if window.endswith("zh-CN") and name != "dictionary":  # its descriptions name columns; see test_words.py
        assert english(seen.page) == set()
    width = WIDTHS[window.partition("-")[0]][0]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    # Chromium does not hold what its debugger runs to the policy of the page.
    seen.page.evaluate(axe_playwright.AXE_SCRIPT)
    faults = [one for one in seen.page.evaluate(RUN_AXE) if one["impact"] in SERIOUS]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in faults] == []
    seen.page.close()


def english(page: Any) -> set[str]:
    """The English words of a page. Names, codes, addresses and SQL stay as they are, in elements of their
    own."""
    text = re.sub(r"[\w-]+\.(?:pdf|xlsx)", "", page.evaluate(VISIBLE_TEXT).replace(HOSTILE, ""))
    return set(re.findall(r"[A-Za-z]{3,}", text)) - STAYS


def test_a_band_of_money_leads_to_where_it_is_printed(contexts: dict[str, Any], capital: str) -> None:
    seen = watched(contexts["desktop-en-GB"], capital)
    seen.open("/governments/222400?flows=2024-budget")
    page = seen.page
    place = page.evaluate(BAND_OF_TAXES)
    with page.expect_navigation():
        page.locator("[data-chart=flows]").click(position={"x": place[0], "y": place[1]})
    assert "/documents/" in page.url and "/tables/" in page.url and seen.console == []
    page.close()


def test_a_number_lights_up_its_place(served: Served, contexts: dict[str, Any], address: str) -> None:
    seen = watched(contexts["desktop-en-GB"], address)
    seen.open(f"/documents/{served.pdf}/tables/3")
    page = seen.page
    page.hover("#r3-c3")
    assert "lit" in page.get_attribute("#box-r3-c3", "class")
    page.click("#r3-c3")
    panel = page.inner_text("#detail")
    assert "2,793,000.00" in panel and "I3" in panel and "proved: A sum" in panel
    page.keyboard.press("Escape")
    assert page.is_hidden("#detail")
    box, image = (page.locator(name).first.bounding_box() for name in ("#box-r3-c3", ".sheet img"))
    assert image["x"] <= box["x"] and box["x"] + box["width"] <= image["x"] + image["width"]
    assert image["width"] > 300 and seen.console == []
    page.close()


def test_the_keyboard_reaches_every_number(served: Served, contexts: dict[str, Any], address: str) -> None:
    seen = watched(contexts["desktop-en-GB"], address)
    seen.open(f"/documents/{served.pdf}/tables/3#r3-c3")
    page = seen.page
    page.focus("#r3-c3")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "r4-c3"
    assert "lit" in page.get_attribute("#box-r4-c3", "class")
    seen.open("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.close()


def test_a_picker_takes_effect_when_it_is_changed(
    served: Served, contexts: dict[str, Any], address: str
) -> None:
    seen = watched(contexts["desktop-en-GB"], address)
    seen.open("/bodies")
    with seen.page.expect_navigation():
        seen.page.select_option("#at", "1")
    assert "at=1" in seen.page.url and "Snapshot 1 of" in seen.page.inner_text(".foot")
    seen.page.close()


def test_charts_are_drawn_under_the_policy(served: Served, contexts: dict[str, Any], address: str) -> None:
    seen = watched(contexts["desktop-en-GB"], address)
    seen.open(f"/bodies/{served.body}")
    assert seen.page.locator(".chart canvas").count() >= 2 and seen.console == []
    seen.page.close()


def test_every_province_is_named_in_full(contexts: dict[str, Any], address: str) -> None:
    for window in ("desktop-en-GB", "phone-en-GB"):
        seen = watched(contexts[window], address)
        seen.open("/")
        assert seen.page.locator(".tile").count() == 31
        assert seen.page.evaluate(CUT_LABELS) == []
        seen.page.close()


@pytest.mark.parametrize(("path", "count"), [("/deadlines", 8), ("/documents", 7)])
def test_filters_stand_in_one_row(contexts: dict[str, Any], address: str, path: str, count: int) -> None:
    for language in ("zh-CN", "en-GB"):
        seen = watched(contexts[f"desktop-{language}"], address)
        seen.open(path)
        parts = seen.page.locator(".filters label, .filters button").all()
        ends = {round(box["y"] + box["height"]) for part in parts if (box := part.bounding_box())}
        assert len(parts) == count and max(ends) - min(ends) <= 2
        fields = seen.page.locator(".filters :is(select, button, input:not([type=hidden]))").all()
        boxes = [box for one in fields if (box := one.bounding_box())]
        assert len(boxes) == count
        assert all(left["x"] + left["width"] < right["x"] for left, right in pairwise(boxes))
        assert seen.page.evaluate("(f => f.scrollWidth <= f.clientWidth)(document.querySelector('.filters'))")
        seen.page.close()


def test_pages_from_a_disk(served: Served, contexts: dict[str, Any], site: Path) -> None:
    home = site.as_uri()
    for width in ("desktop-zh-CN", "phone-en-GB"):
        seen = watched(contexts[width], home)
        page = seen.page
        lists = ("deadlines.html", "scores.html", "data.html")
        for name in ("index.html", *lists, f"bodies/{served.body}.html"):
            seen.open(f"/{name}")
            keep(page, f"file {name.replace('/', ' ')}-{width}")
        assert page.locator(".chart canvas").count() >= 2
        seen.open(f"/documents/{served.pdf}/table-3.html#r3-c3")
        assert "2,793,000.00" in page.inner_text("#detail")
        assert page.evaluate("document.querySelector('.sheet img').naturalWidth") > 1000
        assert seen.console == [] and seen.strangers == []
        page.close()
