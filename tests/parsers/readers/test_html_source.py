"""A tag that libxml2 cannot bear is cut down; a page with a missing quote keeps its text."""

from __future__ import annotations

import pytest
from lxml import etree

from parsers.readers.html.source import MOST_ATTRIBUTES, bounded_tags, is_too_deep, shallow_tags


@pytest.mark.parametrize("form", ["a{}", "a{}=1", 'a{}="x y"', "a{}='>'"])
def test_a_tag_with_too_many_attributes_loses_them(form: str) -> None:
    attributes = " ".join(form.format(number) for number in range(MOST_ATTRIBUTES + 1))
    assert bounded_tags(f"<p>before</p><div {attributes}>x</div>") == "<p>before</p><div>x</div>"


def test_a_page_with_a_missing_quote_keeps_what_follows() -> None:
    row = '<li class="entry"><a href="/a.html" title="b">c</a></li>\n'
    page = '<input onblur= "if(this.value="" placeholder="x" />' + row * 1000
    assert bounded_tags(page) == page


def test_what_stands_too_deep_for_the_parser_stays() -> None:
    parser = etree.HTMLParser(huge_tree=True)
    page = "<div>" * 3000 + "<a href='x.html'>2026</a>" + "</div>" * 3000 + "<p>end</p>"
    etree.fromstring(page, parser)
    assert is_too_deep(parser)
    tree = etree.fromstring(shallow_tags(page), parser)
    assert not is_too_deep(parser)
    assert "".join(map(str, tree.itertext())) == "2026end"
    assert [node.get("href") for node in tree.iter("a")] == ["x.html"]
    end = tree.find(".//p")
    assert end is not None and len(list(end.iterancestors())) < 4


def test_a_page_that_is_not_deep_stays_as_it_is() -> None:
    page = "<ul>" + "<li><span><b>x</span></li>" * 1000 + "</ul><!-- <i> --><font>" * 150 + "</q>"
    assert shallow_tags(page) == page
