"""A county's budget column through a season: what stands there, and the ways it can stop answering.

Invariant: an address means one article for ever; what is taken down answers 404, and comes back only by being
published again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import escape
from urllib.parse import quote

from tests.site.sections import BEIJING
from tests.site.typeset import MEDIA_TYPES
from tests.site.website import LogEntry, Resource

COLUMN = "/czyjs/"
NEWS = 12
"""Notices beside the budgets: a list that loses them all has plainly changed."""


@dataclass(frozen=True, slots=True)
class Post:
    """An announcement with one workbook, or a decision (决议) with a text; `published` is the day the page
    claims, `system` the folder of the system that shows it."""

    title: str
    published: date
    workbook: bytes
    modified: datetime
    text: str = ""
    system: str = ""

    @property
    def page(self) -> str:
        number = hashlib.sha256(self.title.encode()).hexdigest()[:8]
        name = f"{self.published:%Y%m}/t{self.published:%Y%m%d}_{int(number, 16) % 10**7}.html"
        return f"{COLUMN}{self.system}{name}"

    @property
    def file(self) -> str:
        return self.page.replace("/t", "/P0").replace(".html", ".xlsx")


@dataclass(slots=True)
class Column:
    """One site. `blocked` answers a firewall's page to everything, `empty` a list without entries; a `closed`
    one has nothing any more."""

    county: str
    url: str = ""
    log: list[LogEntry] = field(default_factory=list)
    posts: dict[str, Post] = field(default_factory=dict)
    blocked: bool = False
    empty: bool = False
    closed: bool = False

    def respond(self, path: str) -> Resource:
        if path == "/robots.txt":
            return Resource(b"User-agent: *\nDisallow:\n", "text/plain")
        if self.blocked:
            return Resource(_page("访问被拒绝", "<h1>403 Forbidden</h1><p>您的访问已被拦截</p>"), status=403)
        if self.closed:
            return Resource(_page("404", "<h1>404 Not Found</h1>"), status=404)
        for post in self.posts.values():
            if path == post.page:
                return Resource(self._article(post), modified=post.modified)
            if path == post.file and post.workbook:
                return Resource(post.workbook, MEDIA_TYPES["xlsx"], post.modified)
        if path == COLUMN:
            return Resource(self._list())
        if path.startswith(f"{COLUMN}news"):
            return Resource(_page("通知", "<h1>关于春季森林防火工作的通告</h1>"))
        return Resource(_page("404", "<h1>404 Not Found</h1>"), status=404)

    def _list(self) -> bytes:
        entries = [(post.page, post.title, post.published) for post in self.posts.values()]
        entries += [
            (f"{COLUMN}news{number}.html", f"森林防火通告第{number}号", date(2025, 1, 1) + timedelta(number))
            for number in range(1, NEWS + 1)
        ]
        entries.sort(key=lambda entry: entry[2], reverse=True)
        items = "".join(
            f'<li><span>{day}</span><a href="{quote(path)}" title="{escape(title)}">{escape(title)}</a></li>'
            for path, title, day in entries
        )
        listed = "" if self.empty else items
        return _page(f"{self.county}财政预决算", f'<div class="list"><ul>{listed}</ul></div>')

    def _article(self, post: Post) -> bytes:
        stated = f'<meta name="PubDate" content="{post.published}">'
        name = post.file.rpartition("/")[2]
        attached = f'<p>附件：<a href="{name}">{escape(post.title)}.xlsx</a></p>' if post.workbook else ""
        made = f"<p>本页由{escape(post.system)}生成</p>" if post.system else ""
        body = f"<h1>{escape(post.title)}</h1><p>{escape(post.text)}</p>{attached}{made}"
        return _page(post.title, body, stated)


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), BEIJING)


def _page(title: str, body: str, head: str = "") -> bytes:
    head = f"<meta charset=utf-8><title>{title}</title>{head}"
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()
