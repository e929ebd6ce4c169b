"""What tests of invented towns share: a town with its servers, a crawl of many, and what was found.

Invariant: a town says what it publishes before anything is crawled, and which gap it owes where
it hides some.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from archive.stores import open_store
from archive.vocabulary import GapKind
from archive.warc.captures import Article
from archive.warc.gaps import Gap
from archive.warc.journal import read_articles, read_run, stored_runs
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import PDF, article, crawl, site

BODIES = (
    "教育局", "公安局", "民政局", "财政局", "水利局", "林业局", "商务局", "审计局", "统计局", "司法局",
    "交通运输局", "应急管理局",
)  # fmt: skip
COLUMN = "<a href='/ys/'>部门预算公开</a>"
SCRIPT = ((b"Content-Type", b"application/javascript"),)
HOME = "<title>安溪县人民政府</title><a href='/zwgk/'>政务公开</a><a href='/xw/'>新闻动态</a>"


@dataclass
class Town:
    """What a town serves, and the titles it publishes. `owes` is the kind of gap that must be named where
    not all of them can be seen without running a script."""

    web: Web
    titles: list[str]
    owes: str = ""
    hosts: list[Web] = field(default_factory=list)


@dataclass
class Found:
    """What a crawl found of a town; `ends` are the lists of which nothing says that they end,
    `unlisted` the kinds of documents of which no list was."""

    town: Town
    articles: list[Article]
    complete: bool
    gaps: list[Gap]
    requests: int
    ends: list[Gap]
    unlisted: set[str | None]

    @property
    def missed(self) -> set[str]:
        """Titles that were not found with a file."""
        return set(self.town.titles) - {one.title or "" for one in self.articles if one.attachments}

    @property
    def kinds(self) -> set[str]:
        return {gap.kind for gap in self.gaps}


_LIMITED = {kind for kind in GapKind if kind.hides != "site"}


def assert_found_or_named(one: Found) -> None:
    """What a town publishes is found, or a gap says what is not; nothing else is announced."""
    if owes := one.town.owes:
        assert one.missed and owes in one.kinds, one.gaps
        assert not one.complete or owes in _LIMITED, one.gaps
    else:
        assert not one.missed, one.missed
        assert one.complete, one.gaps
    assert {article.title for article in one.articles} <= set(one.town.titles)


def titles_of(bodies: tuple[str, ...] = BODIES, kind: str = "2026年部门预算") -> list[str]:
    return [f"安溪县{body}{kind}" for body in bodies]


def budget(web: Web, path: str, title: str) -> str:
    """Publish an announcement with a file; its line in a list."""
    file = f"{path.rpartition('.')[0].replace('?', '_').replace('=', '_')}.pdf"
    web.html(path, article(title, f'<a href="{file}">{title}.pdf</a>'))
    web.pages[file] = Reply(PDF + title.encode())
    return f'<li><a href="{path}">{title}</a><i>2026-02-12</i></li>'


def budgets(web: Web, folder: str, titles: list[str]) -> list[str]:
    return [budget(web, f"{folder}t{20260 + n}001.html", title) for n, title in enumerate(titles)]


def town(column: str) -> Web:
    """A home page, and below it a page that offers `column`."""
    web = Web()
    web.html("/", HOME)
    web.html("/zwgk/", f"<title>政务公开</title>{column}<a href='/zc/'>政策文件</a>")
    return web


def visit(folder: Path, towns: Mapping[str, Callable[[], Town]]) -> dict[str, Found]:
    """All towns in one crawl."""
    with ExitStack() as stack:
        made = {name: build() for name, build in towns.items()}
        for one in made.values():
            for web in (one.web, *one.hosts):
                stack.enter_context(serve(web))
        sites = [site(name, one.web.url + "/", region_code=None, name="安溪县") for name, one in made.items()]
        report = crawl(folder, sites)
        store = open_store(str(folder))
        (run_id,) = stored_runs(store)
        articles, run = read_articles(store, run_id), read_run(store, run_id)
        return {
            name: Found(
                one, [article for article in articles if article.site_id == name],
                report["sites"][name]["complete"],
                # Most towns publish budgets alone.
                [gap for gap in run.gaps if gap.site_id == name and gap.kind not in ("no_kind", "list_end")],
                len(one.web.asked),
                [gap for gap in run.gaps if gap.site_id == name and gap.kind == "list_end"],
                {gap.document_kind for gap in run.gaps if gap.site_id == name and gap.kind == "no_kind"},
            )
            for name, one in made.items()
        }  # fmt: skip
