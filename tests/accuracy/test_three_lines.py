"""Tables without vertical rules give what the same tables give as a workbook."""

from __future__ import annotations

import pytest

from tests.accuracy.three_lines import LOOKS, score
from tests.site.typeset.pdf import Look

RECALL, MEANING = 1.0, 0.995


@pytest.mark.parametrize("name", LOOKS)
def test_a_drawing_gives_what_the_workbook_gives(name: str) -> None:
    look, repeat_headers = LOOKS[name]
    found = score(look, repeat_headers=repeat_headers)
    assert found.amounts > 1000
    assert (found.recall, found.surplus) == (RECALL, 0), found.wrong
    assert found.meaning >= MEANING, found.wrong.most_common(5)


def test_the_drawings_have_no_vertical_rules() -> None:
    assert Look().ruling not in {look.ruling for look, _ in LOOKS.values()}
