"""Registered pages that show no list to a reader without script: the site says what they are instead."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.crawler.loopback import Web
from tests.crawler.spiders.crawling import put_list
from tests.crawler.spiders.towns import Found, Town, titles_of, visit
from tests.wording import english

MENU = "".join(f"<li><a href='/m{n}/'>栏目{n}</a></li>" for n in range(12))
TEXT = f"<p>{'欢迎访问本平台，如有问题请与我们联系。' * 40}</p>"


def page(body: str) -> Town:
    web = Web()
    web.html("/", f"<title>预决算公开平台</title><ul>{MENU}</ul>{body}{TEXT}")
    for n in range(12):
        web.html(f"/m{n}/", f"<title>栏目{n}</title><ul>{MENU}</ul>")
    return Town(web, titles_of())


def program() -> Town:
    """A program in the browser among the frame of a portal."""
    return page(
        "<div id='app'></div><script src='/bmp/js/chunk-vendors.8f.js'></script><script src='/bmp/js/app.3f.js'></script>"
    )


def service() -> Town:
    return page(
        "<table id='grid'></table><script>$.ajax({url:'/bmp_pub/unit/list.do',type:'post',data:{year:2026}})</script>"
    )


def form() -> Town:
    return page(
        "<form action='/query.do' method='post'>年度<select name='nd'><option>2026</option></select>单位<input name='dwmc'><input type='submit' value='查询'></form>"
    )


def frame() -> Town:
    return page("<iframe src='http://yjs.example.com/list?area=350524'></iframe>")


def nothing() -> Town:
    return page("")


EXPECTED: dict[Callable[[], Town], tuple[str, str]] = {
    program: ("shell", "loads chunk-vendors.8f.js, app.3f.js"),
    service: ("shell", "calls /bmp_pub/unit/list.do"),
    form: ("form", "fields nd, dwmc"),
    frame: ("frame", "http://yjs.example.com/list?area=350524"),
    nothing: ("no_list", "no disclosure"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("diagnosed"), {made.__name__: made for made in EXPECTED})


@pytest.mark.parametrize("made", EXPECTED, ids=lambda made: made.__name__)
def test_the_page_is_named_for_what_it_is(found: dict[str, Found], made: Callable[[], Town]) -> None:
    kind, evidence = EXPECTED[made]
    one = found[made.__name__]
    told = [english(gap.evidence or "") for gap in one.gaps if gap.kind == kind]
    assert not one.complete and any(evidence in text for text in told), one.gaps


def test_what_a_site_shows_elsewhere_makes_its_shells_no_gap(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    def shown() -> Town:
        town = program()
        put_list(town.web, "/m1/", "部门预算", town.titles)
        home = town.web.pages["/"].body.decode().replace("栏目1<", "部门预算公开<")
        town.web.html("/", home)
        return town

    one = visit(tmp_path_factory.mktemp("shown"), {"shown": shown})["shown"]
    assert one.complete and not one.missed, one.gaps
