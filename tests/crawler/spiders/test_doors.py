"""What leads on from a column and says neither where nor to what: followed, or named; what stands on every
page of the site is neither."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crawler.pages.page import Page
from crawler.reading.doors import doors_of, sent_on
from crawler.reading.unopened import named_in_scripts
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
    ("markup", "near", "doors"),
    [
        ("<a href='http://zt.example.org/'><img src='/a.jpg'></a>", True, 1),
        ("<a href='http://zt.example.org/'><img src='/a.jpg'></a>", False, 0),
        ("<a href='http://yjsgk.example.org/'><img src='/a.jpg'></a>", False, 1),
        ("<a class='b1' href='http://zt.example.org/'></a>", True, 1),
        ("<form action='http://pt.example.org/'><button>进入统一平台</button></form>", True, 1),
        ("<form action='http://so.example.org/'><input name='w'><button>搜</button></form>", True, 0),
        ("<a href='/ys/all.csv'>目录数据</a>", True, 1),
        ("<a href='/ys/all.csv'>目录数据</a>", False, 0),
        ("<img src='/q9.png' alt='扫码查看全部部门预算'>", True, 1),
        ("<p>本栏目内容已整合至“财政信息”栏目。</p>", True, 1),
        ("<gov-list code='x26'></gov-list>", True, 1),
        ("<gov-list src='/data/ys2'></gov-list>", True, 0),
        ("<button onclick='more()'>加载更多</button>", True, 0),
        ("<div onmouseover=\"loadMore('7')\">其他</div>", True, 1),
        ("<div onmouseover=\"loadMore('7')\">其他</div>", False, 0),
        ("<span onclick=\"location.href='/ys/'+'b2'+'.html'\">第二批</span>", True, 1),
        ("<span onclick=\"showTab('2')\">第二批</span>", True, 0),
        ("<span onclick='doPrint()'>打印</span>", True, 0),
        ("<script src='http://cdn.example.org/x.js'></script>", True, 1),
        ("<script src='http://cdn.example.org/x.js'></script>", False, 0),
        ("<img src='/a.png' onclick=\"openZt('x26')\">", True, 1),
        ("<img src='/a.png' onclick=\"openZt('x26')\">", False, 0),
        ("<p>主办：安溪县 闽ICP备1号<img src='/a.png' onclick=\"jcLink('5')\"></p>", True, 0),
        ("<p>部门预算 主办：安溪县<img src='/a.png' onclick=\"openZt('5')\"></p>", True, 1),
        ("<a href='https://wza.example.org/'><img src='/a.png'></a>", True, 0),
    ],
)
def test_doors_of_a_list_stand_around_its_lines_or_name_disclosures(
    markup: str, near: bool, doors: int
) -> None:
    lines = "".join(f"<li><a href='/ys/{n}.html'>x{n}</a></li>" for n in range(3))
    inside, outside = (markup, "") if near else ("", markup)
    page = Page(
        "http://www.a.gov.cn/ys/",
        f"<html><body><div><div><ul>{lines}</ul>{inside}</div></div>{outside}</body></html>",
    )
    assert len([*doors_of(page, {f"http://www.a.gov.cn/ys/{n}.html" for n in range(3)})]) == doors


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


@pytest.mark.parametrize(
    ("shown", "named"),
    [("当前位置：首页 &gt; 专题栏目 &gt; <span>部门预算</span>", []), ("<p>部门工作</p>", ["部门预算"])],
)
def test_a_script_that_names_where_the_reader_is_names_no_other_column(shown: str, named: list[str]) -> None:
    script = "<script>var lm_name='部门预算';</script>"
    page = Page("http://www.a.gov.cn/ys/", f"<title>县</title><body>{shown}{script}</body>")
    assert [*named_in_scripts(page, True)] == named


@pytest.mark.parametrize(("text", "doors"), [("目录数据", 1), ("安溪县教育局2026年部门预算", 0)])
def test_a_file_of_data_is_a_door_unless_it_names_a_body(text: str, doors: int) -> None:
    url = "http://www.a.gov.cn/ys/all.csv"
    page = Page("http://www.a.gov.cn/ys/", f"<html><body><p><a href='{url}'>{text}</a></p></body></html>")
    assert len([*doors_of(page, {url})]) == doors
