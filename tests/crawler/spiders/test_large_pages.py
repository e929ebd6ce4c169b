"""One page cannot stop a crawl: each of these has its outcome, and the site beside them is visited whole."""

from __future__ import annotations

from pathlib import Path

from archive.stores import open_store
from archive.warc.journal import read_captures, stored_runs
from tests.crawler.loopback import Web, serve
from tests.crawler.spiders.crawling import crawl, number, put_list, site

_LINE = '<li><a href="t20260212_%d.html">勉县第%d中学2026年单位预算</a>2026-02-12</li>'
_GOOD = ("勉县教育局2026年部门预算", "勉县水利局2026年部门预算")
_MOST_ARTICLES = 20
_HOSTILE = {
    "attributes": "<title>部门预算</title><a " + " ".join(f"a{n}=1" for n in range(300_000)) + ">x</a>",
    "links": "<title>部门预算</title>" + "<a href=x.html>2026</a>" * 300_000,
    "text": "<title>部门预算</title>" + "一般公共预算" * (168 * 1024 * 1024 // 18),
    "deep": "<title>部门预算</title>" + "<div>x" * 300_000,
    "script": "<title>部门预算</title><script>" + '<a href="x">' * 300_000 + "</script>",
}


def test_hostile_pages_have_outcomes_and_others_go_on(tmp_path: Path) -> None:
    web = Web()
    web.html("/robots.txt", "")
    for name, markup in _HOSTILE.items():
        web.html(f"/{name}/", markup)
    web.html(
        "/many/", "<title>单位预算</title><ul>" + "".join(_LINE % (n, n) for n in range(4_000)) + "</ul>"
    )
    put_list(web, "/good/", "部门预算", _GOOD)
    with serve(web):
        sites = [site(name, f"{web.url}/{name}/") for name in (*_HOSTILE, "many", "good")]
        found = crawl(tmp_path, sites, GONGKAI_MAX_ARTICLES=_MOST_ARTICLES, DOWNLOAD_TIMEOUT=60)
    seen = {name: (one["outcome"], one["gaps"][:1]) for name, one in found["sites"].items()}
    assert seen == {
        "attributes": ("listing_empty", ["empty_list 0 characters"]),
        "links": ("listing_empty", ["limit 300000 links, 3000 of them read"]),
        "text": ("too_large", ["too_large"]),
        "deep": ("listing_empty", ["listing_empty"]),
        "script": ("listing_empty", ["limit 3000000 characters of scripts more than are read"]),
        "many": ("content", ["limit 4000 links, 3000 of them read"]),
        "good": ("content", []),
    }
    assert found["sites"]["many"]["entries"] == 3_000
    assert found["sites"]["good"]["complete"]
    store = open_store(str(tmp_path))
    captures = [one for run in stored_runs(store) for one in read_captures(store, run)]
    outcomes = {one.url.removeprefix(web.url): one.outcome for one in captures}
    articles = [
        f"/good/202602/{name}" for n in map(number, _GOOD) for name in (f"t20260212_{n}.html", f"P{n}.pdf")
    ]
    assert outcomes == {
        "/robots.txt": "content",
        **{f"/{name}/": "too_large" if name == "text" else "content" for name in (*_HOSTILE, "many", "good")},
        **dict.fromkeys(articles, "content"),
        "/links/x.html": "missing",
        **{f"/many/t20260212_{n}.html": "missing" for n in range(_MOST_ARTICLES)},
    }
