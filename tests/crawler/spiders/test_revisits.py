"""Many lists and dead links on a site that is visited again: what is asked for, and what may be concluded."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from archive import CHINA
from archive.stores import open_store
from archive.warc.journal import read_articles, read_run, stored_runs
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import crawl, number, put_list, site

_NAMES = ("教育", "水利", "卫生", "农业", "林业", "民政", "司法", "人社", "交通", "文化")
DEPARTMENTS = [f"{name}{kind}" for name in _NAMES for kind in ("局", "中心", "学校", "协会")]


def portal() -> Web:
    """A hub over a list for each of forty departments, with one announcement and its file in each."""
    web = Web()
    web.html("/robots.txt", "")
    links = ""
    for n, name in enumerate(DEPARTMENTS):
        put_list(web, f"/yjs/{n}/", f"勉县{name}部门预算公开", [f"勉县{name}2026年部门预算"])
        links += f'<li><a href="/yjs/{n}/">勉县{name}部门预算公开</a></li>'
    web.html("/yjs/", f"<title>部门预决算公开</title><ul>{links}</ul>")
    return web


def lists_asked(paths: list[str]) -> set[str]:
    return {path for path in paths if re.fullmatch("/yjs/[0-9]+/", path)}


def test_the_lists_of_a_portal_take_turns_and_its_verdicts_rest_on_the_oldest(tmp_path: Path) -> None:
    web = portal()
    visits: list[list[str]] = []
    reports: list[dict[str, Any]] = []
    with serve(web):
        county = [site("610725", web.url + "/yjs/", region_code="610725", name="勉县")]
        for visit in range(8):
            if visit == 1:  # a list that waits gets an announcement more
                titles = ["勉县教育中心2025年部门决算", "勉县教育中心2026年部门预算"]
                put_list(web, "/yjs/1/", "勉县教育中心部门预算公开", titles)
            before = len(web.asked)
            reports.append(crawl(tmp_path, county, GONGKAI_LISTS_AT_LEAST=6))
            visits.append(web.paths[before:])
    assert lists_asked(visits[0]) == {f"/yjs/{n}/" for n in range(40)}
    assert all(report["sites"]["610725"]["complete"] for report in reports)
    assert all(len(visit) <= len(visits[0]) * 0.2 for visit in visits[1:]), "ten looks, and six lists"
    assert set().union(*map(lists_asked, visits[1:])) == {f"/yjs/{n}/" for n in range(40)}
    store = open_store(str(tmp_path))
    runs = stored_runs(store)
    found = {one.title for run_id in runs[1:] for one in read_articles(store, run_id)}
    assert "勉县教育中心2025年部门决算" in found
    first, second = (read_run(store, run_id) for run_id in runs[:2])
    (gap,) = [gap for gap in second.gaps if gap.kind == "earlier_look"]
    assert gap.asked_on == second.complete_days()["610725"] == first.started_at.astimezone(CHINA).date()
    assert not [gap for gap in first.gaps if gap.kind == "earlier_look"]


def test_a_visit_is_complete_as_of_its_oldest_list() -> None:
    from archive.monitoring.judging import crawls_by_site, last_complete_crawls
    from archive.vocabulary import GapKind
    from archive.warc.captures import Run
    from archive.warc.gaps import Gap
    from tests.crawler.history.test_schedule import NOON

    gap = Gap("a", GapKind.EARLIER_LOOK, "http://a/", asked_on=date(2026, 11, 10))
    run = Run("r", NOON, "test", "0", finished_at=NOON, complete_sites=("a", "b"), gaps=(gap,))
    assert last_complete_crawls([run], date(2026, 11, 30)) == {"a": date(2026, 11, 10), "b": NOON.date()}
    assert crawls_by_site([run])["a"][0].day == date(2026, 11, 10)


def test_dead_links_are_left_alone_until_a_list_links_them_anew(tmp_path: Path) -> None:
    web = Web()
    web.html("/robots.txt", "")
    titles = [f"勉县第{n}小学2026年单位预算" for n in range(12)]
    put_list(web, "/czyjs/", "单位预算", titles)
    page = web.pages["/czyjs/"].body.decode()
    dead = [f"/czyjs/202602/t20260212_{number(title)}.html" for title in titles[:6]]
    files = [f"/czyjs/202602/P{number(title)}.pdf" for title in titles[6:9]]
    for path in (*dead, *files):
        web.pages[path] = Reply(b"<html>404</html>", 404)
    with serve(web):
        county = [site("610725", web.url + "/czyjs/")]
        asked = []
        for visit in range(3):
            if visit == 2:  # a new date for one, a new title for another; the others as they were
                lines = page.replace(f"{titles[0]}</a><i>2026-02-12", f"{titles[0]}</a><i>2026-03-15")
                web.html("/czyjs/", lines.replace(f">{titles[1]}<", f">{titles[1]}（更正）<"))
            before = len(web.asked)
            report = crawl(tmp_path, county)
            asked.append(web.paths[before:])
            gaps = report["sites"]["610725"]["gaps"]
            assert gaps.count("missing") == 9, "what is not asked for again is still not there"
    behind = {f"/czyjs/202602/P{number(title)}.pdf" for title in titles[:6]}
    assert set(asked[0]) == set(web.pages) - behind
    assert not set(asked[1]) & {*dead, *files}
    assert set(asked[2]) & {*dead, *files} == {*dead[:2]}


def test_a_known_announcement_that_is_called_like_a_column_is_not_entered_as_one(tmp_path: Path) -> None:
    web = Web()
    titles = [f"{year}年度{kind}预算公开" for year in (2026, 2025, 2024) for kind in ("部门", "单位")]
    put_list(web, "/yjs/", "预决算公开", titles)
    with serve(web):
        bureau = [site("610725", web.url + "/yjs/", region_code="610725", name="勉县")]
        first = crawl(tmp_path, bureau)
        asked = len(web.asked)
        second = crawl(tmp_path, bureau)
    assert (first["articles"], second["sites"]["610725"]["new_articles"]) == (6, 0)
    # At most four known announcements are looked at out of turn, beside the robots, the list and its pager.
    assert second["articles"] <= 4 and len(web.asked) - asked <= 7
    store = open_store(str(tmp_path))
    found = {one.url for run_id in stored_runs(store) for one in read_articles(store, run_id)}
    assert len(found) == 6, "no file is announced on its own"


def test_a_list_of_news_alone_proves_its_end_on_a_second_visit_too(tmp_path: Path) -> None:
    """All lines of its first page are new, and the second shows the first again: what is between is a gap."""
    titles = [f"勉县第{n}小学2026年单位预算" for n in range(6)]
    web = Web()
    put_list(web, "/czyjs/", "单位预算", titles[:3])
    with serve(web):
        county = [site("610725", web.url + "/czyjs/")]
        crawl(tmp_path, county)
        put_list(web, "/czyjs/", "单位预算", titles[3:], more="<a href='?p=2'>2</a><a href='?p=3'>3</a>")
        web.pages |= {f"/czyjs/?p={n}": web.pages["/czyjs/"] for n in (2, 3)}
        report = crawl(tmp_path, county)
    assert not report["sites"]["610725"]["complete"]
    assert any(gap.startswith("pager") for gap in report["sites"]["610725"]["gaps"])


def test_a_list_that_leads_to_its_years_now_has_not_lost_its_lines(tmp_path: Path) -> None:
    titles = [f"勉县{name}局2026年部门预算" for name in _NAMES]
    web = Web()
    put_list(web, "/yjs/", "部门预算", titles)
    with serve(web):
        county = [site("610725", web.url + "/yjs/")]
        crawl(tmp_path, county)
        put_list(web, "/yjs/2026/", "2026年部门预算", titles)
        web.html("/yjs/", "<title>部门预算</title><ul><li><a href='2026/'>2026年</a></li></ul>")
        led = crawl(tmp_path, county)["sites"]["610725"]
        web.html("/yjs/", "<title>部门预算</title><ul></ul>")
        lost = crawl(tmp_path, county)["sites"]["610725"]
    assert (led["outcome"], led["complete"]) == ("content", True)
    assert (lost["outcome"], lost["complete"]) == ("listing_changed", False)
