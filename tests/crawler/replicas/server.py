"""A server of routes, for replicas that look at method, form and Referer; and the markup they share.

Invariant: what a route does not answer is a 404, as on a site.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.crawler.loopback import Reply, Web
from tests.crawler.replicas.content import Announcement, File

_HTML = ((b"Content-Type", b"text/html; charset=utf-8"),)
_FILE = b"application/octet-stream"
FORBIDDEN = "/yjsgl/"
"""robots.txt forbids it, and every page leads there."""
_TEMPLATE = "<style>" + "/* 页面样式 */ .nav a { color: #c00 }\n" * 800 + "</style>"
"""What every real page carries of the site's looks: pages weigh 39 kB in the middle."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `match` is that of its route."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    body: str
    referer: str
    match: re.Match[str]


Answer = Callable[[Asked], "Reply | str | None"]


@dataclass(slots=True)
class Replica(Web):
    """Routes are patterns over the unquoted path; the first that answers counts. `most_at_once` is how many
    requests were under way at the same time, `sent` the bytes of all answers."""

    routes: list[tuple[re.Pattern[str], str, Answer]] = field(default_factory=list)
    most_at_once: int = 0
    sent: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def route(self, pattern: str, answer: Answer | str, method: str = "GET") -> None:
        """Answer a path with a page, or with what `answer` makes of the request."""
        told = (lambda asked: answer) if isinstance(answer, str) else answer
        self.routes.append((re.compile(pattern), method, told))

    def respond(self, method: str, path: str, lines: list[bytes], body: bytes) -> bytes:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        answer = b""
        try:
            answer = self.answer(path, lines, self._reply(method, path, lines, body))
        finally:
            with self._lock:
                self._at_once -= 1
                self.sent += len(answer)
        return answer

    def _reply(self, method: str, path: str, lines: list[bytes], body: bytes) -> Reply | None:
        parts = urlsplit(path)
        fields = dict(line.decode("latin-1").lower().split(": ", 1) for line in lines if b": " in line)
        for pattern, wanted, answer in self.routes:
            match = pattern.fullmatch(unquote(parts.path))
            if not match or method != wanted:
                continue
            found = answer(
                Asked(
                    method, parts.path, dict(parse_qsl(parts.query)), dict(parse_qsl(body.decode())),
                    body.decode(), fields.get("referer", ""), match,
                )
            )  # fmt: skip
            if found is not None:
                return found if isinstance(found, Reply) else Reply(found.encode(), headers=_HTML)
        return None


def page(title: str, body: str, head: str = "") -> str:
    """A whole page in the frame every site has: navigation, a footer, links that lead nowhere near a budget."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title} - 勉县人民政府</title>{_TEMPLATE}{head}</head><body>'
        '<div class="nav"><a href="/">首页</a><a href="/jgsz/">机构设置</a><a href="/zfcg/">政府采购</a>'
        '<a href="http://www.gov.cn/">中国政府网</a></div>'
        f'{body}<div class="footer">主办：勉县人民政府 <a href="/wzdt/">网站地图</a><a href="{FORBIDDEN}">部门预算管理</a></div></body></html>'
    )


def list_page(markup: str, head: str = "") -> str:
    """A column of disclosures around its list."""
    column = '<meta name="ColumnName" content="部门预决算">'
    return page("部门预决算", f"<h2>部门预决算</h2><ul>{markup}</ul>", column + head)


def rows(some: Iterable[Announcement], address: Callable[[Announcement], str]) -> str:
    """The lines of a list: titles cut short with the whole in `title`, the day beside."""
    return "\n".join(
        f'<li><a href="{escape(address(one))}" title="{one.title}" target="_blank">{_short(one.title)}</a>'
        f"<span>{one.day}</span></li>"
        for one in some
    )


def _short(title: str) -> str:
    return title if len(title) <= 24 else title[:22] + "..."


def article(one: Announcement, body: str, head: str = "", meta: bool = True) -> str:
    """An article page; without `meta` it has only a printed date."""
    names = (
        f'<meta name="ArticleTitle" content="{one.title}"><meta name="PubDate" content="{one.day} 09:36">'
        if meta
        else ""
    )
    text = "<p>一般公共预算财政拨款支出情况说明。</p>" * 20
    return page(one.title, f"<h1>{one.title}</h1><p>发布时间：{one.day}</p>{text}{body}", names + head)


def anchors(one: Announcement, address: Callable[[File], str]) -> str:
    """Plain links to the files of an article, each under its name."""
    return "".join(f'<p><a href="{escape(address(file))}">{file.name}</a></p>' for file in one.files)


def attached(file: File, disposition: str = "") -> Reply:
    """A file as sent; `disposition`: "gbk" for a raw name, "rfc5987", or none."""
    forms = {
        "gbk": b'attachment;filename="' + file.name.encode("gbk") + b'"',
        "rfc5987": b"attachment; filename*=UTF-8''" + quote(file.name).encode(),
    }
    named = ((b"Content-Disposition", forms[disposition]),) if disposition else ()
    return Reply(file.body, headers=((b"Content-Type", _FILE), *named))


def in_json(value: Any) -> Reply:
    """A JSON answer."""
    return Reply(
        json.dumps(value, ensure_ascii=False).encode(), headers=((b"Content-Type", b"application/json"),)
    )


def part(some: Sequence[Announcement], number: int, size: int) -> Sequence[Announcement]:
    """Page `number` (from one) of a list."""
    return some[(number - 1) * size : number * size]


def pages(some: Sequence[Announcement], size: int) -> int:
    """How many pages a list has."""
    return -(-len(some) // size)
