"""Living the season: the script's events happen, the program runs, and what it says is put beside the script.

Invariant: nothing is compared that the program did not print or send; a difference names the day and both
sides.
"""

from __future__ import annotations

import csv
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from crawler.sites import COLUMNS
from tests.forks import forked
from tests.season.documents import budget, saved_again
from tests.season.websites import COLUMN, Column, Post, midnight
from tests.site.server import serving

SCRIPT = Path(__file__).with_name("season.yaml")
MOVING = Path(__file__).with_name("moving.yaml")
MEASURES = ("publication", "timeliness", "link_survival")
YEAR = 2026


@dataclass(slots=True)
class Season:
    """The sites, what the channel was sent and not looked at yet, and the script."""

    script: Mapping[str, Any]
    columns: dict[str, Column]
    told: list[Mapping[str, Any]] = field(default_factory=list)

    def body(self, who: str) -> tuple[Column, str, str, str]:
        """Where a body publishes, its name, its county and the county's code."""
        entry = self.script["bodies"][who]
        site = self.script["sites"][entry["site"]]
        return self.columns[entry["site"]], entry["name"], site["county"], site["region_code"]

    def name(self, who: str) -> str:
        """Of a body or a site, as alerts print it."""
        bodies, sites = self.script["bodies"], self.script["sites"]
        return str(bodies[who]["name"] if who in bodies else sites[who]["county"])


@dataclass(frozen=True, slots=True)
class Difference:
    """What was expected of a day and what came."""

    day: str
    about: str
    expected: object
    found: object


def play(folder: Path, script_file: Path = SCRIPT) -> Iterator[tuple[str, list[Difference]]]:
    """Live every day in turn; the day, and where it differs from the script."""
    script = yaml.safe_load(script_file.read_text(encoding="utf-8"))
    season = Season(script, {key: Column(site["county"]) for key, site in script["sites"].items()})
    before = script["years_before"]
    for who in script["bodies"]:
        publish(season, who, before["published"], before["fiscal_year"])
    with ExitStack() as stack:
        hosts = (f"127.0.0.{number}" for number in count(2))  # a host each, as in the world
        for column in season.columns.values():
            stack.enter_context(serving(column, host=next(hosts)))
        hook = stack.enter_context(receiver(season.told))
        channels = folder / "channels.yaml"
        channels.write_text(f"channels: [{{name: desk, to: webhook, url: '{hook}'}}]\n", encoding="utf-8")
        register(season, folder / "registry")
        for day in script["days"]:
            for event in day.get("events", ()):
                if "rehost" in event:
                    stack.enter_context(serving(rehost(season, event["rehost"]), host=next(hosts)))
                    register(season, folder / "registry")
                else:
                    happen(season, event, day["day"])
            said = live(folder, channels, str(day["day"]))
            yield str(day["day"]), list(compare(season, day, said))


def happen(season: Season, event: Mapping[str, Any], day: Any) -> None:
    """One event of the script."""
    (what, target), *more = event.items()
    if what == "publish":
        return publish(season, target, dict(more)["claims"], YEAR)
    if what == "decide":
        return decide(season, target, dict(more)["on_day"])
    if what in ("alter", "withdraw"):
        column, name, county, code = season.body(target)
        post = column.posts.pop(f"{name}{YEAR}")
        if what == "alter":
            workbook = budget(name, county, code, YEAR, altered=True)
            column.posts[f"{name}{YEAR}"] = replace(post, workbook=workbook, modified=midnight(day))
        return None
    if what == "migrate":
        return migrate(season.columns[target], dict(more)["system"], dict(more).get("claims"))
    column = season.columns[target]
    column.blocked = what == "block"
    column.empty = what == "empty"
    return None


def migrate(column: Column, system: str, claims: Any) -> None:
    """The site changes its system: all addresses are new, the files were saved again, and the pages may claim
    the day of the change."""
    for key, post in column.posts.items():
        day = claims or post.published
        again = saved_again(post.workbook) if post.workbook else b""
        column.posts[key] = replace(post, system=system, published=day, workbook=again)


def rehost(season: Season, site: str) -> Column:
    """The site moves to another host; the old one has nothing any more."""
    old = season.columns[site]
    season.columns[site] = new = Column(old.county, posts=old.posts)
    old.closed, old.posts = True, {}
    return new


def publish(season: Season, who: str, on: Any, year: int) -> None:
    column, name, county, code = season.body(who)
    title = f"{name}{year}年部门预算公开"
    column.posts[f"{name}{year}"] = Post(title, on, budget(name, county, code, year), midnight(on))


def decide(season: Season, site: str, day: Any) -> None:
    """The congress approves the budget, and the site says so."""
    county = season.script["sites"][site]["county"]
    congress = f"{county}第十九届人民代表大会第六次会议"
    title = f"{congress}关于{YEAR - 1}年预算执行情况和{YEAR}年财政预算的决议"
    text = f"（{day.year}年{day.month}月{day.day}日{congress}通过）"
    season.columns[site].posts[f"decision{YEAR}"] = Post(title, day, b"", midnight(day), text)


def register(season: Season, folder: Path) -> None:
    """The operator's registry of these sites."""
    folder.mkdir(exist_ok=True)
    with (folder / "sites.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, COLUMNS, restval="")
        lines.writeheader()
        for key, site in season.script["sites"].items():
            code, url = site["region_code"], season.columns[key].url + COLUMN
            known = {"site_id": code, "region_code": code, "name": site["county"], "url": url}
            lines.writerow(known | {"budget_approved": site.get("approved", "")})


def live(folder: Path, channels: Path, day: str) -> dict[str, Any]:
    """Run the program on a day, in a process of its own; what it printed. Raises RuntimeError."""
    environment = {**os.environ, "GONGKAI_REGISTRY": str(folder / "registry"), "GONGKAI_READ_WORKERS": "1"}
    arguments = (str(folder / "store"), str(channels), day)
    done = forked("tests.season.day", *arguments, environment=environment, seconds=600)
    if done.returncode:
        raise RuntimeError(f"the run of {day} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def compare(season: Season, day: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[Difference]:
    """Where board, alerts and scores of a day are not those of the script."""
    found: dict[str, Any] = {
        "board": standing(season, said["board"]),
        "told": [announced(season, alert) for alert in season.told],
        "rates": rates(said["scores"]),
        "undelivered": said["undelivered"],
    }
    season.told.clear()
    for about, mine in found.items():
        yours = day.get(about, type(mine)())
        if about == "told":
            mine, yours = sorted(mine), sorted(yours)
        if mine != yours:
            yield Difference(str(day["day"]), about, yours, mine)


def standing(season: Season, board: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The verdicts on the season's budgets as the script writes them."""
    season_of = (YEAR, "budget")
    rows = {row["name"]: row for row in board if (row["fiscal_year"], row["document_kind"]) == season_of}
    found: dict[str, list[Any]] = {}
    for who in season.script["bodies"]:
        row = rows.get(season.name(who))
        if row is None:
            found[who] = ["not on the board"]
            continue
        days = [row["days_late"]] if row["days_late"] is not None else []
        found[who] = [row["status"], *days, *(["backdated"] if row["backdated"] else [])]
    return found


def announced(season: Season, alert: Mapping[str, Any]) -> list[str]:
    """[kind, who] of an alert."""
    everyone = [*season.script["bodies"], *season.script["sites"]]
    who = next((who for who in everyone if season.name(who) in alert["text"]), alert["text"])
    return [alert["kind"], who]


def rates(scores: list[dict[str, Any]]) -> dict[str, dict[str, list[int]]]:
    """Numerators and denominators of the measures that the script follows, by county."""
    found: dict[str, dict[str, list[int]]] = {}
    for row in scores:
        if row["measure"] in MEASURES:
            pair = [int(float(row[side])) for side in ("numerator", "denominator")]
            found.setdefault(row["name"], {})[row["measure"]] = pair
    return found


@contextmanager
def receiver(told: list[Mapping[str, Any]]) -> Iterator[str]:
    """A newsroom's webhook; the alerts it is sent are added to `told`."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.extend(message["alerts"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """What arrives is looked at, not logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
