"""What leads on from a column and says neither where nor to what: followed, or named; what stands on every
page of the site is neither."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crawler.pages.page import Page
from crawler.reading.doors import doors_of, sent_on
from tests.crawler.spiders.towns import (
    COLUMN,
    Found,
    Town,
    assert_found_or_named,
    budgets,
    titles_of,
    town,
    visit,
)

WIDGET = "<script src='http://cdn.example.com.cn/widgets/list.js'></script>"
BUTTON = "<input type='image' src='/ys.png' onclick=\"openZt('x26')\">"


def hidden(door: str, owes: str = "", elsewhere: str = "", frame: str = "") -> Callable[[], Town]:
    """All but one budget in a column of one page that shows a door; the last one behind it, in a list `elsewhere`
    if the door can be opened. `frame` stands on the home page as well."""

    def made() -> Town:
        web, titles = town(COLUMN), titles_of()
        rows = budgets(web, "/ys/", titles)
        web.html("/", f"<title>安溪县人民政府</title><a href='/zwgk/'>政务公开</a>{frame}")
        web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(rows[:-1])}</ul>共1页{door}")
        if elsewhere:
            web.html("/x26/", f"<title>{elsewhere}</title><ul>{rows[-1]}</ul>共1页")
        else:
            titles = titles if owes else titles[:-1]
        return Town(web, titles, owes)

    return made


def policies(name: str) -> Callable[[], Town]:
    def made() -> Town:
        one = hidden("", elsewhere=name)()
        one.web.html("/zwgk/", f"<title>政务公开</title>{COLUMN}<a href='/x26/'>{name}</a>")
        return one

    return made


TOWNS: dict[str, Callable[[], Town]] = {
    "widget": hidden(WIDGET, "column"),
    "widget of the frame": hidden(WIDGET, frame=WIDGET),
    "button": hidden(BUTTON, "click"),
    "button of the frame": hidden(BUTTON, frame=BUTTON),
    "picture": hidden("<a href='/x26/'><img src='/a.jpg' alt='点击进入'></a>", elsewhere="专栏"),
    "picture of another host": hidden(
        "<a href='http://zt.example.org.cn/x26/'><img src='/a.jpg'></a>", "column"
    ),
    "words": hidden("<p>其余部门预算请到“办事大厅”栏目查看</p>", "click"),
    "policies": policies("政策文件"),
    "performance": policies("绩效公开"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("doors"), {f"t{n}": made for n, made in enumerate(TOWNS.values())})


@pytest.mark.parametrize("name", TOWNS)
def test_what_is_behind_a_door_is_found_or_named(found: dict[str, Found], name: str) -> None:
    assert_found_or_named(found[f"t{list(TOWNS).index(name)}"])


@pytest.mark.parametrize(
    "markup",
    [
        "<script src='http://hm.baidu.com/hm.js?1'></script>",
        "<script src='http://cdn.example.com.cn/jquery.min.js'></script>",
        "<a href='http://bszs.conac.cn/sitename?method=show'><img src='/red.png'></a>",
        "<img src='/p.png' onclick=\"printPage('1')\">",
        "<a href='/x/'><img src='/a.jpg'></a>",
        "<p>扫码关注微信公众号</p>",
    ],
)
def test_what_any_page_shows_is_no_door(markup: str) -> None:
    page = Page("http://www.a.gov.cn/ys/", f"<html><body><p>x</p>{markup}</body></html>")
    assert list(doors_of(page)) == []


@pytest.mark.parametrize(
    ("text", "of_budgets", "count"),
    [
        ("更多内容见政务服务网“透明财政”栏目。", False, 1),
        ("更多内容见政务服务网“透明财政”栏目。", True, 0),
        ("2026年部门预算公开已上线，请从“办事大厅”进入查看", True, 1),
        ("根据预算法，现将部门预算予以公开。", False, 0),
    ],
)
def test_words_send_on(text: str, of_budgets: bool, count: int) -> None:
    assert len(sent_on(Page("http://www.a.gov.cn/", f"<p>{text}</p>"), of_budgets)) == count
