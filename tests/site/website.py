"""The replica site without its sockets: paths and what stands there, and the changes a test can make.

Invariant: everything served follows from the sections and the changes asked for; equal state, equal bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from . import pages
from .sections import (
    BEIJING,
    Article,
    Attachment,
    Section,
    article_path,
    attachment_path,
    list_path,
    load_sections,
    redirect_target,
)
from .typeset import MEDIA_TYPES, typeset

LAUNCH = datetime(2022, 1, 4, 9, 0, tzinfo=BEIJING)
DISALLOWED = "/protect/"
ROBOTS = f"User-agent: *\nDisallow: {DISALLOWED}\n"


@dataclass(frozen=True, slots=True)
class Resource:
    """What a path answers. Resources with `modified` None carry no validators (ETag, Last-Modified)."""

    body: bytes
    content_type: str = "text/html"
    modified: datetime | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request as the server saw it; `path` is decoded, without the query."""

    method: str
    path: str
    status: int
    user_agent: str
    conditional: bool


@dataclass(slots=True)
class Site:
    """The replica: `url` without a trailing slash, `log` of requests, and what stands at each path."""

    url: str = ""
    log: list[LogEntry] = field(default_factory=list)
    sections: dict[str, Section] = field(default_factory=load_sections)
    resources: dict[str, Resource] = field(default_factory=dict)
    _changes: dict[str, Resource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._render()

    def respond(self, path: str) -> Resource:
        """The resource at a decoded path; folders answer with their index.html, unknown paths with 404."""
        resources = self.resources
        if path.endswith("/"):
            path += "index.html"
        elif f"{path}/index.html" in resources:
            return Resource(b"", status=301, headers=(("Location", f"{path}/"),))
        missing = Resource(pages.not_found_page().encode(), status=404)
        return resources.get(path, missing)

    def publish(self, section: str, article: Article) -> str:
        """Add an article at its date and return its path."""
        old = self.sections[section]
        articles = sorted((*old.articles, article), key=lambda entry: entry.published, reverse=True)
        self.sections[section] = replace(old, articles=tuple(articles))
        self._render()
        return article_path(old, article)

    def withdraw(self, title: str) -> str:
        """Remove an article and its attachments, from the list too; return the article's old path."""
        section, article = next(
            (section, article)
            for section in self.sections.values()
            for article in section.articles
            if article.title == title
        )
        remaining = tuple(entry for entry in section.articles if entry is not article)
        self.sections[section.name] = replace(section, articles=remaining)
        self._render()
        return article_path(section, article)

    def alter(self, path: str, body: bytes) -> None:
        """Put other bytes at a path, a day younger."""
        old = self.resources[path]
        self._changes[path] = replace(old, body=body, modified=(old.modified or LAUNCH) + timedelta(days=1))
        self._render()

    def break_listing(self, section: str) -> None:
        """From now on the list pages of a section answer 503."""
        for page in range(self.sections[section].list_pages):
            path = list_path(self.sections[section], page)
            self._changes[path] = Resource("服务不可用".encode(), status=503)
        self._render()

    def forbidden_requests(self) -> list[LogEntry]:
        """Requests that robots.txt asks not to make."""
        return [entry for entry in self.log if entry.path.startswith(DISALLOWED)]

    def _render(self) -> None:
        resources = {
            "/robots.txt": Resource(ROBOTS.encode(), "text/plain", LAUNCH),
            "/index.html": _html(pages.home_page(self.sections.values()), "utf-8", LAUNCH),
        }
        for section in self.sections.values():
            resources.update(_section(section))
        self.resources = resources | self._changes


def _section(section: Section) -> Iterator[tuple[str, Resource]]:
    newest = max(article.published for article in section.articles)
    yield f"/{section.name}/index.html", _html(pages.section_home(section), section.encoding, LAUNCH)
    for page in range(section.list_pages):
        yield list_path(section, page), _html(pages.list_page(section, page), section.encoding, newest)
    for article in section.articles:
        path = article_path(section, article)
        if article.fault == "soft_404":
            yield path, Resource(pages.not_found_page().encode())
        elif article.fault is None:
            encoding = article.encoding or section.encoding
            yield path, _html(pages.article_page(section, article), encoding, article.published)
            for attachment in article.attachments:
                yield from _attachment(section, article, attachment)


def _attachment(section: Section, article: Article, attachment: Attachment) -> Iterator[tuple[str, Resource]]:
    path = attachment_path(section, article, attachment)
    if attachment.fault == "error_page":
        yield path, Resource(pages.error_page().encode())
    if attachment.disclosure_id is None or attachment.format is None:
        return
    body = typeset(attachment.disclosure_id, attachment.format, repeat_headers=attachment.repeat_headers)
    content_type = attachment.content_type or MEDIA_TYPES[attachment.format]
    disposition = ("Content-Disposition", f'attachment; filename="{attachment.name}"')
    headers = (disposition,) if attachment.disposition else ()
    if attachment.fault == "redirect":
        target = redirect_target(section, path)
        yield path, Resource(b"", status=302, headers=(("Location", target),))
        path = target
    yield path, Resource(body, content_type, article.published, headers=headers)


def _html(text: str, encoding: str, modified: datetime) -> Resource:
    """Pages labelled gb2312 hold GBK, as on real sites."""
    return Resource(text.encode("gbk" if encoding == "gb2312" else encoding), modified=modified)
