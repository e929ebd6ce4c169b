"""Takedowns: gone, moved, replaced by a stub and blocked are distinguished, and each names its evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.dataset.snapshots import latest, load, read_table
from archive.dataset.versions.changes import diff
from archive.evidence.verification import verify
from archive.ids import disclosure_id
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import LocalStore, Store
from archive.warc.captures import Article
from tests.archive.crawls import NOW, SITE, Answer, article, budget, crawl, page, parse

Visit = Callable[..., Mapping[str, Any]]

TITLE = "勉县教育局2026年部门预算公开"
PAGE, FILE = page("正文和附件"), budget(title="甲")
SOFT, BLOCKED = Answer("soft_404", body=page("您访问的页面不存在")), Answer("blocked", 412)
EMPTY = page("正文")
GOOD = {"/t.html": PAGE, "/a.pdf": FILE}


def redirect(via: str = "") -> Answer:
    return Answer("redirect", 302, b"", via)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, parse=parse) as workers:
        yield workers


@pytest.fixture
def visit(local_store: Store, tmp_path: Path, pool: Pool) -> Visit:
    """Crawl and ingest one day; the row of the announcement `/t.html`."""

    def visited(
        day: int, answers: Mapping[str, object], *articles: Article, read: bool = True
    ) -> Mapping[str, Any]:
        crawl(local_store, tmp_path / "spool", dict(answers), list(articles), day)
        if read:
            ingest(local_store, now=NOW + timedelta(days=day, hours=2), pool=pool)
        rows = disclosures(local_store)
        return rows[disclosure_id(SITE + "/t.html")]

    return visited


def disclosures(store: Store) -> dict[str, Mapping[str, Any]]:
    snapshot = latest(store)
    assert snapshot
    rows = read_table(store, snapshot, "disclosures").to_pylist()
    return {row["disclosure_id"]: row for row in rows}


def days(row: Mapping[str, Any]) -> list[int]:
    """The days of the captures that are evidence, counted from the first visit."""
    return [int(capture_id[6:8]) - NOW.day for capture_id in row["evidence"] or ()]


def ours(*files: str) -> Article:
    return article("/t.html", *files, title=TITLE)


def assert_sound(store: Store) -> None:
    """Every reference holds: evidence leads to captures, `moved_to` to an announcement."""
    assert [one for one in verify(store) if one.severity == "error"] == []


def test_gone(local_store: Store, visit: Visit) -> None:
    row = visit(0, GOOD, ours("/a.pdf"))
    assert (row["state"], row["evidence"], row["moved_to"]) == ("live", None, None)
    for day in (1, 2):
        assert visit(day, {"/t.html": 404})["state"] == "live"
    row = visit(3, {"/t.html": 404})
    assert (row["state"], days(row)) == ("gone", [1, 2, 3])
    assert days(visit(4, {"/t.html": 404})) == [1, 2, 3]
    assert row["document_ids"] == [hashlib.sha256(FILE).hexdigest()]
    assert_sound(local_store)
    row = visit(5, GOOD, ours("/a.pdf"))
    assert (row["state"], row["evidence"]) == ("live", None)


def test_blocked_never_counts(local_store: Store, visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    for day in range(1, 6):
        row = visit(day, {"/t.html": BLOCKED})
        assert (row["state"], days(row)) == ("blocked", [1])
    assert_sound(local_store)
    assert visit(6, {"/t.html": 404})["state"] == "blocked"
    assert visit(7, GOOD, ours("/a.pdf"))["state"] == "live"


def test_an_error_text_with_the_status_of_success_is_a_stub(visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    for day in (1, 2):
        assert visit(day, {"/t.html": SOFT})["state"] == "live"
    row = visit(3, {"/t.html": SOFT})
    assert (row["state"], days(row)) == ("stub", [1, 2, 3])
    assert visit(4, {"/t.html": 404})["state"] == "gone", "now the server says so"


def test_an_article_without_its_files_is_a_stub_after_three_days(local_store: Store, visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    assert days(visit(1, {"/t.html": EMPTY}, ours())) == [1]
    row = visit(2, {"/t.html": EMPTY}, ours())
    assert row["state"] == "changed"
    row = visit(3, {"/t.html": EMPTY}, ours())
    assert (row["state"], days(row)) == ("stub", [1, 2, 3])
    assert row["document_ids"] == [hashlib.sha256(FILE).hexdigest()], "what was published stays on record"
    assert_sound(local_store)
    assert days(visit(4, {"/t.html": EMPTY}, ours())) == [1, 2, 3]
    assert visit(5, GOOD, ours("/a.pdf"))["state"] == "live"


def test_one_look_without_files_is_forgotten_when_they_are_back(visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    for day in (1, 3, 5, 7):
        row = visit(day, {"/t.html": EMPTY}, ours())
        assert (row["state"], days(row)) == ("changed", [day])
        assert visit(day + 1, GOOD, ours("/a.pdf"))["evidence"] is None


def test_an_article_that_never_had_files_is_no_stub(visit: Visit) -> None:
    for day in range(5):
        row = visit(day, {"/t.html": EMPTY}, ours())
        assert (row["state"], row["evidence"]) == ("live", None)


def test_where_most_files_of_a_host_fail_alike_none_was_withdrawn(local_store: Store, visit: Visit) -> None:
    """The pages stand and link them: the service that gives files out is down, or has moved."""
    others = [article(f"/t{n}.html", f"/{n}.pdf", title=f"勉县{n}局2026年部门预算公开") for n in "bc"]
    there = (
        GOOD
        | {f"/t{n}.html": PAGE for n in "bc"}
        | {f"/{n}.pdf": budget(body=n, amounts=[f"{m}.00"]) for m, n in enumerate("bc", 2)}
    )
    visit(0, there, ours("/a.pdf"), *others)
    for day in (1, 2, 3, 4):
        away = there | {"/a.pdf": 404, "/b.pdf": 404}
        row = visit(day, away, ours("/a.pdf"), *others)
        assert (row["state"], row["evidence"]) == ("live", None)
    row = visit(5, there | {"/a.pdf": 404}, ours("/a.pdf"), *others)
    assert (row["state"], days(row)) == ("stub", [1, 2, 3]), "one alone was"
    assert_sound(local_store)


def test_where_most_pages_of_a_host_fail_alike_none_was_withdrawn(visit: Visit) -> None:
    others = [article(f"/t{n}.html", title=f"勉县{n}局2026年部门预算公开") for n in "bcd"]
    there = GOOD | {f"/t{n}.html": PAGE for n in "bcd"}
    visit(0, there, ours("/a.pdf"), *others)
    for day in (1, 2, 3, 4):
        away = {"/t.html": 404, "/tb.html": 404, "/tc.html": 404, "/td.html": PAGE}
        assert visit(day, away, others[-1])["state"] == "live"
    assert visit(5, there | {"/t.html": 404}, *others)["state"] == "gone", "one alone was"


@pytest.mark.parametrize(("there", "state"), [(8, "live"), (11, "live"), (12, "gone")])
def test_a_host_that_lost_a_fifth_of_its_pages_at_once_has_withdrawn_none(
    visit: Visit, there: int, state: str
) -> None:
    """Three are away. Of fifteen, they may be withdrawn; of fewer, a part of the host is broken."""
    names = [f"/{n}.html" for n in range(there)]
    kept = [article(name, title=f"勉县{n}号单位2026年部门预算公开") for n, name in enumerate(names)]
    lost = [article(f"/{n}.html", title=f"勉县{n}局2026年部门预算公开") for n in "bc"]
    stands = dict.fromkeys(names, PAGE)
    visit(0, GOOD | stands | {one: PAGE for one in ("/b.html", "/c.html")}, ours("/a.pdf"), *lost, *kept)
    away = stands | dict.fromkeys(("/t.html", "/b.html", "/c.html"), 404)
    seen = [visit(day, away, *kept)["state"] for day in (1, 2, 3)]
    assert seen == ["live", "live", state]


def test_a_file_that_does_not_come_is_not_gone(visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    for day in range(1, 5):
        answers = {"/t.html": page("正文和新附件"), "/b.pdf": Answer("error_page", 503)}
        row = visit(day, answers, ours("/b.pdf"))
        assert (row["state"], row["evidence"]) == ("live", None)


def test_an_article_whose_files_are_gone_is_a_stub(local_store: Store, visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    for day in (1, 2):
        assert visit(day, {"/t.html": PAGE, "/a.pdf": 404}, ours("/a.pdf"))["state"] == "live"
    row = visit(3, {"/t.html": PAGE, "/a.pdf": 404}, ours("/a.pdf"))
    assert (row["state"], days(row)) == ("stub", [1, 2, 3])
    assert_sound(local_store)


def test_a_redirect_to_the_article_elsewhere_is_a_move(local_store: Store, visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    there = {
        "/t.html": redirect(),
        "/new/t.html": Answer("content", body=PAGE, via="/t.html"),
        "/a.pdf": FILE,
    }
    row = visit(1, there, article("/new/t.html", "/a.pdf", title=TITLE))
    assert (row["state"], days(row)) == ("moved", [1])
    assert row["moved_to"] == disclosure_id(SITE + "/new/t.html")
    assert_sound(local_store)
    assert disclosures(local_store)[row["moved_to"]]["state"] == "live"


def test_a_redirect_to_the_front_page_is_a_stub_after_three_days(local_store: Store, visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    front = {"/t.html": redirect(), "/index.html": Answer("content", body=page("首页"), via="/t.html")}
    for day in (1, 2):
        # The crawler takes what a link of the list leads to for the article.
        row = visit(day, front, article("/index.html", title=TITLE))
        assert (row["state"], row["moved_to"]) == ("live", None)
    assert visit(3, front)["state"] == "live", "a front page alone may be a limit or a maintenance"
    row = visit(4, front | {"/a.pdf": Answer("missing", 404, via="/t.html")})
    assert (row["state"], days(row)) == ("stub", [1, 2, 3])
    assert len(disclosures(local_store)) == 1


def test_a_page_that_is_gone_while_its_files_are_there_is_changed(visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    there = {"/t.html": 404, "/a.pdf": Answer("content", body=FILE, via="/t.html")}
    states = [visit(day, there)["state"] for day in (1, 2, 3)]
    assert states == ["live", "live", "changed"]
    bare = {"/t.html": EMPTY, "/a.pdf": Answer("content", body=FILE, via="/t.html")}
    assert [visit(day, bare, ours())["state"] for day in (4, 5, 6, 7)].count("stub") == 0


def test_a_redirect_to_an_error_page_is_gone_after_three_days(visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    for day in (1, 2, 3):
        row = visit(day, {"/t.html": redirect(), "/404.html": Answer("missing", 404, via="/t.html")})
    assert (row["state"], days(row)) == ("gone", [1, 2, 3])


@pytest.mark.parametrize(
    "bytes_or_title", [FILE, budget(title="甲", amounts=["9.00"])], ids=["bytes", "title"]
)
def test_what_is_published_elsewhere_on_the_site_has_moved(
    local_store: Store, visit: Visit, bytes_or_title: bytes
) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    title = "公示" if bytes_or_title == FILE else f" {TITLE}"
    other = {"/x.html": page("别处"), "/x.pdf": bytes_or_title}
    for day in (1, 2, 3):
        row = visit(day, {"/t.html": 404, **other}, article("/x.html", "/x.pdf", title=title))
        assert (row["state"], days(row)) == ("moved", [1])
    there = disclosure_id(SITE + "/x.html")
    assert row["moved_to"] == there
    for day in (4, 5, 6):
        row = visit(day, {"/t.html": 404, "/x.html": 404})
    assert (row["state"], row["moved_to"]) == ("moved", there), "one disclosure, and it is gone once"
    assert disclosures(local_store)[there]["state"] == "gone"
    assert_sound(local_store)


def test_a_title_that_several_have_says_nothing(visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    others = {
        "/x.html": page("x"),
        "/x.pdf": budget(amounts=["2.00"]),
        "/y.html": page("y"),
        "/y.pdf": budget(amounts=["3.00"]),
    }
    for day in (1, 2, 3):
        articles = [article(f"/{name}.html", f"/{name}.pdf", title=TITLE) for name in "xy"]
        row = visit(day, {"/t.html": 404, **others}, *articles)
    assert row["state"] == "gone"


def test_at_once_or_day_by_day(local_store: Store, visit: Visit, tmp_path: Path, pool: Pool) -> None:
    story: list[tuple[dict[str, Any], list[Article]]] = [
        (GOOD, [ours("/a.pdf")]),
        ({"/t.html": EMPTY}, [ours()]),
        ({"/t.html": EMPTY}, [ours()]),
        ({"/t.html": SOFT}, []),
        ({"/t.html": EMPTY}, [ours()]),
    ]
    for day, (answers, articles) in enumerate(story):
        row = visit(day, answers, *articles)
    other = LocalStore(tmp_path / "other")
    for day, (answers, articles) in enumerate(story):
        crawl(other, tmp_path / "spool2", dict(answers), articles, day)
    ingest(other, now=NOW + timedelta(days=9), pool=pool)
    assert disclosures(other)[row["disclosure_id"]] == row and row["state"] == "stub"


def test_the_difference_says_gone(local_store: Store, visit: Visit) -> None:
    visit(0, GOOD, ours("/a.pdf"))
    for day in (1, 2, 3):
        visit(day, {"/t.html": SOFT})
    newest = latest(local_store)
    assert newest
    [change] = diff(local_store, load(local_store, 1), newest).tables["disclosures"]
    assert (change.kind, change.after["state"], len(change.after["evidence"])) == ("gone", "stub", 3)
