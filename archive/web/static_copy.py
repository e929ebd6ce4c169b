"""A copy of the pages as files: what of the dataset is in it, and how a page becomes a file of it.

Invariant: a page is what the server would answer: the same function makes it, of a request for its address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response

from archive.export.rows import replacing
from archive.monitoring.verdicts import region_prefixes
from archive.web.data.dataset import Dataset, Opened
from archive.web.data.images import Images
from archive.web.pages.standings import Filter
from archive.web.view.addresses import Addresses, Held, file_of
from archive.web.view.visit import Visit

Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What of the dataset is copied: codes that begin so, and a fiscal year; empty means all."""

    prefixes: tuple[str, ...] = ("",)
    region: str = ""
    year: int | None = None

    @classmethod
    def of(cls, region: str | None, year: int | None) -> Bounds:
        """Raises UnknownRegion."""
        return cls(region_prefixes(region or ""), region or "", year)

    def part_of(self, board: pa.Table) -> pa.Table:
        """The lines of the board that are copied."""
        return Filter(region=self.region, year=self.year or 0).apply(board)

    def where(self, with_year: bool = True) -> str:
        """The SQL condition on rows that have a region and a year."""
        starts = (f"starts_with(coalesce(region_code, ''), '{prefix}')" for prefix in self.prefixes)
        year = f" AND fiscal_year = {self.year:d}" if self.year and with_year else ""
        return f"({' OR '.join(starts)}){year}"

    def __str__(self) -> str:
        return " · ".join(str(part) for part in (self.region, self.year) if part)


WHOLE = Bounds()


@dataclass
class Copy:
    """A copy being written."""

    folder: Path
    dataset: Dataset
    bounds: Bounds
    language: str
    held: Held
    images: Images
    pages: int = 0

    @property
    def version(self) -> Opened:
        """The snapshot that is copied."""
        return self.dataset.version(self.dataset.at)

    def write(
        self,
        handler: Handler,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        /,
        **query: object,
    ) -> None:
        """The answer of one page's function as the file that stands for the address."""
        target = file_of(self.held, path, query)
        body = bytes(handler(self.visit(path, target, parameters or {}, query)).body)
        with replacing(self.folder / target) as part:
            part.write_bytes(body)
        self.pages += 1

    def visit(
        self, path: str, target: str, parameters: Mapping[str, Any], query: Mapping[str, object]
    ) -> Visit:
        """A request for one page, as the server would get it, with addresses rewritten to files."""
        asked = {name: value for name, value in query.items() if value} | {"lang": self.language}
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": urlencode(asked).encode(),
            "headers": [],
            "path_params": dict(parameters),
            "app": self,
        }
        return Visit(Request(scope), Addresses(self.held, target))

    @property
    def state(self) -> Copy:
        """Where the pages' functions look for `dataset` and `images`."""
        return self
