"""One process that reads documents, for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archive.isolation.pool import Pool
from tests.archive.crawls import parse


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, parse=parse) as workers:
        yield workers
