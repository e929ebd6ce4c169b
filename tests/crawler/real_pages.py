"""The recorded pages of real sites against what a person reads in them: `python -m tests.crawler.real_pages`.

Prints a line per page and the shares that count; exits with 1 if one of them is below its target.
Expectations: `real_pages.yaml`; pages: `../shared/real/html` (or the folder given).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml
from w3lib.url import safe_url_string

from archive.vocabulary import CHALLENGED, GOOD, CaptureOutcome
from crawler import platforms
from crawler.pages import relevance
from crawler.pages.outcomes import Outcome, classify
from crawler.pages.page import Page
from crawler.platforms import unfolded
from crawler.platforms.protocol import Listing, Platform
from crawler.reading.articles import ArticlePage, read_article
from crawler.reading.kinds import shows_article

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "real" / "html"
NOWHERE = "http://www.a.gov.cn/czxx/bmys/index.html"
BLOCKED = CHALLENGED | {CaptureOutcome.ROBOTS, CaptureOutcome.REFUSED}
TARGETS = {"platform": 0.95, "kind": 0.95, "date": 1.0, "files": 1.0}
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("real_pages.yaml").read_text("utf-8")
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the crawler reads in a page."""

    page: Page
    outcome: Outcome
    platform: str
    kind: str
    article: ArticlePage
    listing: Listing


@dataclass(slots=True)
class Score:
    """Right and all, by what was asked."""

    right: dict[str, int] = field(default_factory=dict)
    all: dict[str, int] = field(default_factory=dict)

    def add(self, asked: str, right: bool) -> None:
        self.all[asked] = self.all.get(asked, 0) + 1
        self.right[asked] = self.right.get(asked, 0) + right

    @property
    def shares(self) -> dict[str, float]:
        return {asked: self.right[asked] / count for asked, count in self.all.items()}


def kind_of(page: Page, outcome: Outcome, platform: Platform) -> str:
    """list, disclosure, article, stub, blocked or missing: what the crawler makes of a page."""
    if outcome.name == CaptureOutcome.REDIRECT:
        return "stub"
    if outcome.name not in GOOD:
        return "blocked" if outcome.name in BLOCKED else "missing"
    page = unfolded(page, platform)
    if not shows_article(page, platform.listing(page)):
        return "list"
    announced = relevance.judge(read_article(page, platform).title, page.meta.get("columnname", ""))
    return "disclosure" if announced.relevant else "article"


def see(body: bytes, url: str = NOWHERE) -> Seen:
    """Read a page as the crawler would."""
    page = Page.from_bytes(url, body)
    outcome = classify(200, (), body, "html", url)
    platform = platforms.of(page)
    return Seen(
        page, outcome, platform.NAME, kind_of(page, outcome, platform),
        read_article(page, platform), platform.listing(page),
    )  # fmt: skip


def address(expected: dict[str, Any]) -> str:
    """Where the page is taken to have stood."""
    return str(expected.get("url", NOWHERE))


def files_of(expected: dict[str, Any]) -> list[str]:
    """The absolute addresses of the expected files."""
    return [safe_url_string(urljoin(address(expected), file)) for file in expected["files"]]


def judged(expected: dict[str, Any], seen: Seen) -> Iterator[tuple[str, bool]]:
    """(what, is it right) for everything a person said about the page."""
    yield "kind", seen.kind == expected["kind"]
    if "platform" in expected:
        yield "platform", seen.platform == expected["platform"]
    if "date" in expected:
        yield "date", seen.article.published_on == expected["date"]
    for file in files_of(expected) if "files" in expected else ():
        yield "files", file in [attached.url for attached in seen.article.attachments]


def main(folder: str = "") -> int:
    paths = sorted((Path(folder) if folder else FOLDER).glob("*.html"))
    score = Score()
    for path in paths:
        name = next((name for name in EXPECTED if path.name.startswith(name)), None)
        expected = EXPECTED.get(name or "", {})
        seen = see(path.read_bytes(), address(expected))
        wrong = []
        for asked, right in judged(expected, seen) if name else ():
            score.add(asked, right)
            wrong += [] if right else [asked]
        print(
            f"{path.name[:34]:34} {seen.outcome.name:9} {seen.platform:8} {seen.kind:10} "
            f"{seen.article.published_on or '-'!s:10} {len(seen.article.attachments):3} files "
            f"{len(seen.listing.entries):3} entries {' '.join(('WRONG:', *wrong)) if wrong else ''}"
        )
    for asked, target in TARGETS.items():
        print(f"{asked:9} {score.right.get(asked, 0):3} of {score.all.get(asked, 0):3}, target {target:.0%}")
    return int(any(score.shares.get(asked, 0) < target for asked, target in TARGETS.items()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
