"""Disclosures that wait for their files.

Invariant: a disclosure comes out once, when all its files have been asked for, with the best name each has:
the one the page shows, else the one the answer carried (Content-Disposition). A file several articles link
is asked for once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.warc.captures import Article


@dataclass(slots=True)
class _Waiting:
    article: Article
    urls: set[str]


class Pending:
    """Articles by the files they still wait for."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._answered: dict[str, str | None] = {}
        self._asked: set[str] = set()
        self._refused: set[str] = set()

    def add(self, article: Article, urls: set[str]) -> tuple[list[str], list[Article]]:
        """Take in an article that waits for the files at `urls`.

        Returns the files to ask for now, and the disclosures that are complete.
        """
        new = [url for url, _ in article.attachments if url in urls and url not in self._asked]
        self._asked.update(new)
        self._waiting.append(_Waiting(article, urls - self._answered.keys()))
        return list(dict.fromkeys(new)), list(self._complete())

    def answered(self, url: str, name: str | None) -> list[Article]:
        """A file has come, or will not; `name` is what the answer called it. The disclosures now complete."""
        self._answered[url] = name
        for waiting in self._waiting:
            waiting.urls.discard(url)
        return list(self._complete())

    def refused(self, url: str) -> list[Article]:
        """The answer is not a document: no article has it as a file. Returns the disclosures now complete."""
        self._refused.add(url)
        return self.answered(url, None)

    def rest(self) -> list[Article]:
        """What is left when the crawl ends early."""
        for waiting in self._waiting:
            waiting.urls.clear()
        return list(self._complete())

    def _complete(self) -> Iterator[Article]:
        done = [waiting for waiting in self._waiting if not waiting.urls]
        self._waiting = [waiting for waiting in self._waiting if waiting.urls]
        for waiting in done:
            named = tuple(
                (url, name or self._answered.get(url))
                for url, name in waiting.article.attachments
                if url not in self._refused
            )
            yield replace(waiting.article, attachments=named)
