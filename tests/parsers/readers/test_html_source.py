"""A tag that libxml2 cannot bear is cut down; a page with a missing quote keeps its text."""

from __future__ import annotations

import pytest

from parsers.readers.html_source import MOST_ATTRIBUTES, bounded_tags


@pytest.mark.parametrize("form", ["a{}", "a{}=1", 'a{}="x y"', "a{}='>'"])
def test_a_tag_with_too_many_attributes_loses_them(form: str) -> None:
    attributes = " ".join(form.format(number) for number in range(MOST_ATTRIBUTES + 1))
    assert bounded_tags(f"<p>before</p><div {attributes}>x</div>") == "<p>before</p><div>x</div>"


def test_a_page_with_a_missing_quote_keeps_what_follows() -> None:
    row = '<li class="entry"><a href="/a.html" title="b">c</a></li>\n'
    page = '<input onblur= "if(this.value="" placeholder="x" />' + row * 1000
    assert bounded_tags(page) == page
