"""What stands for a while in the place of an article or a list is neither, and accuses no body."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.stores import open_store
from archive.warc.journal import read_articles, read_run, stored_runs
from crawler.platforms.protocol import Entry, Listing
from crawler.spiders.files import is_of_another
from crawler.spiders.list_pages import changed_shape, no_list
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import crawl, number, put_list, site

TITLE = "安溪县教育局2026年部门预算"
OTHER = f"<html><head><title>值班通知</title></head><body>{'<p>现就汛期值班工作通知如下。</p>' * 30}</body>"
"""A text of its own, which a site that confuses its pages shows in the place of any."""


@pytest.fixture
def web() -> Web:
    made = Web()
    put_list(made, "/ys/", "部门预算", [TITLE, "安溪县民政局2026年部门预算"])
    return made


def test_a_page_that_does_not_show_its_title_is_a_gap_and_its_files_are_asked_for(
    web: Web, tmp_path: Path
) -> None:
    page, file = f"/ys/202602/t20260212_{number(TITLE)}.html", f"/ys/202602/P{number(TITLE)}.pdf"
    with serve(web):
        county = [site("350524", web.url + "/ys/", region_code="350524", name="安溪县")]
        crawl(tmp_path, county)
        web.html(page, OTHER)
        asked = len(web.paths)
        report = crawl(tmp_path, county, GONGKAI_RECHECK_MIN_DAYS=0.0)
    store = open_store(str(tmp_path))
    last = stored_runs(store)[-1]
    assert page in web.paths[asked:] and file in web.paths[asked:]
    assert TITLE not in {article.title for article in read_articles(store, last)}
    assert [gap.kind for gap in read_run(store, last).gaps if gap.url.endswith(page)] == ["shell"]
    assert not report["sites"]["350524"]["complete"]


def test_the_files_of_a_page_that_shows_none_any_more_are_asked_for_at_every_visit(
    web: Web, tmp_path: Path
) -> None:
    file = f"/ys/202602/P{number(TITLE)}.pdf"
    with serve(web):
        county = [site("350524", web.url + "/ys/", region_code="350524", name="安溪县")]
        crawl(tmp_path, county)
        web.html(f"/ys/202602/t20260212_{number(TITLE)}.html", f"<title>{TITLE}</title><h1>{TITLE}</h1>")
        for _ in range(2):
            asked = len(web.paths)
            crawl(tmp_path, county, GONGKAI_RECHECK_MIN_DAYS=0.0)
            assert file in web.paths[asked:]


class Cookies(Web):
    """A server that shows nothing to a client that does not return its cookie."""

    def respond(self, method: str, path: str, lines: list[bytes], body: bytes) -> bytes:
        if path == "/robots.txt" or any(line.lower() == b"cookie: sid=7f" for line in lines):
            return super().respond(method, path, lines, body)
        headers = ((b"Location", path.encode()), (b"Set-Cookie", b"sid=7f; Path=/; HttpOnly"))
        return self.answer(path, lines, Reply(b"", 302, headers))


@pytest.mark.parametrize("kept", [True, False])
def test_a_session_cookie_is_kept_for_the_visit_where_that_is_allowed(tmp_path: Path, kept: bool) -> None:
    web = Cookies()
    put_list(web, "/ys/", "部门预算", [TITLE])
    with serve(web):
        county = [site("350524", web.url + "/ys/", region_code="350524", name="安溪县")]
        report = crawl(tmp_path, county, GONGKAI_SESSION_COOKIES=kept)
    facts = report["sites"]["350524"]
    assert (facts["complete"], facts["attachments"]) == ((True, 1) if kept else (False, 0))
    assert kept or (facts["outcome"], facts["gaps"]) == ("blocked", ["blocked"])


@pytest.mark.parametrize(
    ("body", "is_none"),
    [
        ("<title>提示</title><p>连接已被策略中止</p><a href='https://www.a-vendor.com/'>安全网关</a>", True),
        ("<h1>Request unsuccessful.</h1>Incident ID: 877-1 <a href='/'>home</a>", True),
        ("<script>(function(){var s=document.createElement('script');s.src='//m.cn/'+1})()</script>", True),
        ("<iframe src='https://verify.a-vendor.com/w?h=1'></iframe>", True),
        ("<p>请选择年度</p><select><option>2025年</option><option>2024年</option></select>", False),
        ("<title>部门预算公开</title><p>详见下列各单位</p>", False),
        ("<a href='/zwgk/'><img src='/1.png'></a>", False),
        ("<div id='list'></div><script src='/js/list.js'></script>", False),
        ("<div id='app'></div><script src='https://cdn.a.com/vue.js'></script>", False),
        ("<script>load('/data/list.json')</script>", False),
        ("<p>暂无数据</p>", False),
    ],
)
def test_a_page_of_a_few_words_that_leads_nowhere_is_no_list(body: str, is_none: bool) -> None:
    found = no_list(f"<html><body>{body}</body></html>".encode(), "http://www.a.gov.cn/ys/")
    assert (found is not None and found.name == "error_page") is is_none


def shows(*lines: str, columns: tuple[str, ...] = ()) -> Listing:
    return Listing(
        tuple(Entry(f"http://a.gov.cn/{one}", one) for one in lines),
        columns=tuple(Entry(f"http://a.gov.cn/{one}/", one) for one in columns),
    )


@pytest.mark.parametrize(
    ("now", "start", "is_doubted"),
    [
        (shows(), False, True),
        (shows("访问受限说明", "联系我们"), False, True),
        (shows("b", "访问受限说明"), False, False),
        (shows("安溪县教育局2026年部门预算"), False, False),
        (shows("新闻一", columns=("政务公开",)), True, False),
        (shows("新闻一", columns=("政务公开",)), False, True),
    ],
)
def test_a_list_with_none_of_its_lines_is_doubted(now: Listing, start: bool, is_doubted: bool) -> None:
    found = changed_shape(now, shows("a", "b", columns=("政务公开",)), start)
    assert (found is not None and found.name == "listing_changed") is is_doubted


@pytest.mark.parametrize(
    ("shown", "listed", "of_another"),
    [
        ("安溪县民政局2026年部门预算", TITLE, True),
        (TITLE, "教育局2026年部门预算", False),
        ("2026年部门预算", TITLE, False),
        ("安溪县民政局", TITLE, False),
    ],
)
def test_a_line_that_leads_to_the_budget_of_another_body_hides_its_own(
    shown: str, listed: str, of_another: bool
) -> None:
    assert is_of_another(shown, listed) is of_another
