"""`request.meta` has Scrapy's keys and one of ours, whose value is frozen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from scrapy import Request

from crawler.http.request_meta import RequestMeta, meta_of, note

CRAWLER = Path(__file__).parents[3] / "crawler"
SCRAPYS = {
    "dont_redirect", "download_latency", "download_maxsize", "download_timeout", "redirect_urls",
    "retry_times",
}  # fmt: skip
"""Keys that Scrapy reads or writes itself."""


def _is_meta(node: ast.AST) -> bool:
    """Is it the `meta` of a request or an answer? A page has a `meta`, too: the fields of its head."""
    return isinstance(node, ast.Attribute) and node.attr == "meta" and "page" not in ast.unparse(node.value)


def _keys(tree: ast.AST) -> Iterator[str]:
    """How each `meta` is used: the key that is read or set, or else the whole expression."""
    counted = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))) if _is_meta(value):
                counted.add(value)
                yield key
            case ast.Call(func=ast.Attribute(value=value), args=[ast.Constant(value=str(key)), *_]) if (
                _is_meta(value)
            ):
                counted.add(value)
                yield key
            case ast.Compare(left=ast.Constant(value=str(key)), comparators=[value]) if _is_meta(value):
                counted.add(value)
                yield key
            case ast.Call(func=func, keywords=keywords) if ast.unparse(func).endswith(("Request", "replace")):
                for given in (one.value for one in keywords if one.arg == "meta"):
                    if not ast.unparse(given).endswith(".as_meta()") and ast.unparse(given) != "meta":
                        yield ast.unparse(given)
    for node in ast.walk(tree):
        if _is_meta(node) and node not in counted:
            yield ast.unparse(node)


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ("request.meta['site']", ["site"]),
        ("response.meta.get('via', '')", ["via"]),
        ("request.meta.pop('exchange', None)", ["exchange"]),
        ("'retry_times' in request.meta", ["retry_times"]),
        ("facts = response.meta", ["response.meta"]),
        ("Request(url, meta={'site': 1})", ["{'site': 1}"]),
        ("read.page.meta.get('columnname')", []),
    ],
)
def test_uses_are_found(source: str, keys: list[str]) -> None:
    assert list(_keys(ast.parse(source))) == keys


def test_besides_scrapys_keys_there_is_one() -> None:
    found = {
        str(path.relative_to(CRAWLER)): sorted(ours)
        for path in sorted(CRAWLER.rglob("*.py"))
        if path.name != "request_meta.py"
        and (ours := set(_keys(ast.parse(path.read_text(encoding="utf-8")))) - SCRAPYS)
    }
    assert found == {}


def test_what_was_handed_on_stays_as_it_was() -> None:
    request = Request("https://a.gov.cn/", meta=RequestMeta("a", "listing", depth=2).as_meta())
    first, copy = meta_of(request), request.copy()
    note(request, via="https://b.gov.cn/")
    assert (meta_of(request).via, meta_of(request).depth) == ("https://b.gov.cn/", 2)
    assert meta_of(copy) is first and first.via is None
    with pytest.raises(FrozenInstanceError):
        first.via = "https://c.gov.cn/"  # type: ignore[misc]
