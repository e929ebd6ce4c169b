"""What one request asks for: which snapshot, in which language.

Invariant: links keep what the visitor chose. A snapshot chosen by `?at=` stays in every link of the page; a
language chosen by `?lang=` is kept in a cookie and needs no links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request

from archive import CHINA
from archive.rendering.messages import rendered, word
from archive.web.data.dataset import Dataset, Opened
from archive.web.data.registry import Registry
from archive.web.view.addresses import Addresses, static
from archive.web.view.knowledge import LANGUAGES, named, translate
from parsers.reference import regions
from parsers.values.errors import GongkaiError
from parsers.values.messages import Message, is_message

COOKIE = "lang"
MAX_PARAMETER = 200
DEEPEST = 10_000_000
"""Rows of a list that may be skipped."""
RULE_FAMILY = re.compile(r"[A-Z]+\d*|[a-z_]+")
"""Finds I7 in I7.title, and complete in complete-table."""


def refusal(status: int, why: Message) -> HTTPException:
    """An error to raise; it is shown in the visitor's language."""
    return HTTPException(status, str(why))


@dataclass
class Visit:
    """One request. `addresses` is None on a server; pages written as files find their links in it."""

    request: Request
    addresses: Addresses | None = None

    @property
    def live(self) -> bool:
        """Whether a server answers: forms, pickers and SQL need one."""
        return self.addresses is None

    @property
    def dataset(self) -> Dataset:
        """The dataset that the application serves."""
        dataset: Dataset = self.request.app.state.dataset
        return dataset

    @property
    def registry(self) -> Registry:
        """What holds of the sites now."""
        registry: Registry = self.request.app.state.registry
        return registry

    @cached_property
    def language(self) -> str:
        """Asked for, else remembered, else what the browser prefers, else English."""
        query, cookies = self.request.query_params, self.request.cookies
        for wish in (query.get("lang"), cookies.get(COOKIE), *self._preferred()):
            if wish in LANGUAGES:
                return str(wish)
        return "en"

    def _preferred(self) -> list[str]:
        header = self.request.headers.get("accept-language", "")
        return [part.strip()[:2].lower() for part in header[:MAX_PARAMETER].split(",")]

    def t(self, text: str, /, **values: object) -> str:
        """A text of the interface in the visitor's language."""
        return translate(self.language, text, **values)

    def said(self, sentence: object) -> str:
        """A message of the dataset, or an error, in the visitor's language."""
        if isinstance(sentence, HTTPException):
            return self.said(sentence.detail) if is_message(sentence.detail) else self.t(sentence.detail)
        if isinstance(sentence, GongkaiError) and not is_message(sentence.text):
            here = {"store": self.t("This archive")} if "store" in sentence.values else {}
            return self.t(sentence.text, **{**sentence.values, **here})  # a path is not for visitors
        return rendered(str(sentence), self.language)

    def format(self, media_type: str | None) -> str:
        """The name of a file format."""
        return named(self.language, "format", media_type or "")

    def answer(self, outcome: str | None) -> str:
        """What a request gave, in words; nothing for None."""
        return word(outcome or "", self.language, "capture")

    def reading(self, outcome: str) -> str:
        """What a document gave, in words."""
        return word(outcome, self.language, "outcome")

    def rule(self, rule: str) -> str:
        """The name of a rule of checks, by the first part of its id."""
        family = RULE_FAMILY.match(rule)
        return named(self.language, "rule", family[0] if family else rule)

    @property
    def at(self) -> str:
        """The snapshot asked for, as written; `latest` if none was."""
        return self.request.query_params.get("at", "")[:MAX_PARAMETER] or self.dataset.at

    @cached_property
    def version(self) -> Opened:
        """The snapshot that the request asks for, opened."""
        return self.dataset.version(self.at)

    @cached_property
    def as_of(self) -> date:
        """The day to judge deadlines on: `?as_of=`, else today, or the day of the snapshot chosen."""
        text = self.parameter("as_of")
        try:
            if text:
                return date.fromisoformat(text)
        except ValueError:
            raise HTTPException(400, self.t("{text} is not a date", text=text)) from None
        latest = self.at == "latest"
        moment = datetime.now(CHINA) if latest else self.version.snapshot.created_at.astimezone(CHINA)
        return moment.date()

    def parameter(self, name: str) -> str:
        """A query parameter, cut to MAX_PARAMETER characters and stripped; "" if absent."""
        return self.request.query_params.get(name, "")[:MAX_PARAMETER].strip()

    def choice(self, name: str, allowed: Collection[str], default: str = "") -> str:
        """A query parameter that is one of some words; `default` for any other, and if absent."""
        value = self.parameter(name)
        return value if value in allowed else default

    @property
    def start(self) -> int:
        """The first row to show of those asked for."""
        return self.number("start", 0, DEEPEST)

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 0 to `most`; raises 400 for anything else."""
        text = self.parameter(name)
        if not text:
            return default
        if not text.isascii() or not text.isdecimal() or int(text) > most:
            raise HTTPException(400, self.t("{name} is a number up to {most}", name=name, most=most))
        return int(text)

    def region(self, code: str) -> regions.Region:
        """The region of a code; raises 404 for one that no region has."""
        found = regions.region(code)
        if found is None:
            raise HTTPException(404, self.t("No such region."))
        return found

    def link(self, path: str, **values: object) -> str:
        """An address within the interface; parameters without a value are left out."""
        if self.addresses:
            return self.addresses.link(path, values)
        if self.request.query_params.get("at"):
            values.setdefault("at", self.at)
        query = urlencode({name: value for name, value in values.items() if value not in (None, "")})
        return quote(path, safe="/.-_~") + (f"?{query}" if query else "")

    def compared(self, codes: Sequence[str], **values: object) -> str:
        """The page on which governments stand beside each other, with further parameters."""
        address = self.link("/governments/compare", **values)
        places = urlencode([("place", code) for code in codes if code])
        return address + (("&" if "?" in address else "?") + places if places else "")

    def static(self, name: str) -> str:
        """The address of a bundled file."""
        return self.addresses.link(f"/static/{name}", {}) if self.addresses else static(name)

    def here(self, **values: object) -> str:
        """The address of this page with other parameters."""
        kept: dict[str, Any] = dict(self.request.query_params) | values
        return self.link(self.request.url.path, **kept)


def visit_handler(handler: Callable[[Visit], Any]) -> Callable[[Request], Any]:
    """A Starlette endpoint from a function of a visit; runs in a thread, for it reads the store."""

    def endpoint(request: Request) -> Any:
        return handler(Visit(request))

    endpoint.__name__ = handler.__name__
    return endpoint
