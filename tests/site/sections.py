"""The five county sections of the replica: which articles they list, with which attachments and which faults.

Invariant: paths follow from the data alone (TRS form: column, month folder, `t` or `P0`/`W0`, date, number),
so a link never changes unless its article does.

Source of the data: `sections/*.json`, one file per section.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

DATA = Path(__file__).parent / "sections"
BEIJING = timezone(timedelta(hours=8))

# dead: 404; error_page: 200 with HTML in place of the file; redirect: 302 to another folder;
# forbidden: under a path that robots.txt disallows; soft_404: 200 that says "not found".
Fault = Literal["dead", "error_page", "redirect", "forbidden", "soft_404"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file linked from an article. `form` is how the page writes the link: a key of `ATTACHMENT_FORMS`."""

    name: str
    form: str
    prefix: str
    disclosure_id: str | None = None
    format: str | None = None
    repeat_headers: bool = True
    fault: Fault | None = None
    content_type: str | None = None
    disposition: Literal["gbk"] | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One entry of the list. `body`: the disclosure that *is* the article's text, if any."""

    published: datetime
    title: str
    source: str
    disclosure: bool = False
    body: str | None = None
    encoding: str | None = None
    no_pubdate: bool = False
    fault: Fault | None = None
    attachments: tuple[Attachment, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Section:
    """One county government's site. `meta` and `item` are the markup of a <meta> tag and of a list entry."""

    name: str
    region_code: str
    place: str
    publisher: str
    column: str
    path: str
    per_page: int
    encoding: str
    meta: str
    pubdate: str
    item: str
    articles: tuple[Article, ...]

    @property
    def folder(self) -> str:
        return f"/{self.name}/{self.path}/"

    @property
    def list_pages(self) -> int:
        return -(-len(self.articles) // self.per_page)


def list_path(section: Section, page: int) -> str:
    """TRS numbers list pages from zero and leaves the zero out."""
    return section.folder + (f"index_{page}.html" if page else "index.html")


def article_path(section: Section, article: Article) -> str:
    day = article.published
    return f"{section.folder}{day:%Y%m}/t{day:%Y%m%d}_{_number(article.title, 6)}.html"


def attachment_path(section: Section, article: Article, attachment: Attachment) -> str:
    """Where the link leads; a redirected or forbidden file stands elsewhere than beside its article."""
    day = article.published
    extension = attachment.name.rpartition(".")[2]
    name = f"{attachment.prefix}0{day:%Y%m%d}{_number(attachment.name, 12)}.{extension}"
    if attachment.fault == "forbidden":
        return f"/protect/{name}"
    folder = article_path(section, article).rpartition("/")[0]
    return f"{folder}/{attachment.name if attachment.form == 'named' else name}"


def redirect_target(section: Section, path: str) -> str:
    """Where a redirected attachment really lies."""
    return f"/{section.name}/files/{path.rpartition('/')[2]}"


def load_sections() -> dict[str, Section]:
    """All sections by name, articles newest first."""
    files = sorted(DATA.glob("*.json"))
    return {section.name: section for section in map(_section, files)}


def _section(path: Path) -> Section:
    raw = json.loads(path.read_text(encoding="utf-8"))
    articles = tuple(_article(entry) for entry in raw.pop("articles"))
    return Section(articles=articles, **raw)


def _article(raw: dict[str, Any]) -> Article:
    published = datetime.strptime(raw.pop("published"), "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)
    attachments = tuple(Attachment(**entry) for entry in raw.pop("attachments", ()))
    return Article(published=published, attachments=attachments, **raw)


def _number(text: str, digits: int) -> str:
    """A stable number for a text, as long as a CMS would give it."""
    return str(zlib.crc32(text.encode()) * 7919 % 10**digits).zfill(digits)
