"""Every replica crawled at reduced size; the whole size by `python -m tests.crawler.replicas`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.replicas.measure import SKINS, measure

# Enough for a second page, and for a third where data comes in blocks or a program counts its pages.
_ARTICLES = {"jcms": 50, "gkmlpt": 101, "ilist": 50, "jtopcms": 50, "epoint": 50, "xxgk": 50}
_FEW = 30
_SPEED = 200.0


@pytest.mark.parametrize("platform", SKINS)
def test_everything_is_found(platform: str, tmp_path: Path) -> None:
    result = measure(platform, _ARTICLES.get(platform, _FEW), tmp_path, _SPEED)
    assert (result.named, result.missed) == (platform, ())
    assert result.precision == 1.0
    assert result.files_found == result.files == result.names_right
    assert (result.at_once, result.forbidden) == (1, 0)
    assert result.days_right == result.expected
