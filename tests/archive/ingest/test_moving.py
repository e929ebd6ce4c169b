"""A site that changed its system keeps its disclosures: at other addresses, and of other bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import CHINA
from archive.alerts import detect
from archive.dataset.query.connection import connect
from archive.dataset.snapshots import latest, read_table
from archive.evidence.verification import verify
from archive.ids import disclosure_id, title_key
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import LocalStore, Store
from archive.warc.captures import Article
from archive.web.data.news import NewsKind, editions
from tests.archive.crawls import NOW, SITE, Answer, article, budget, crawl, page, parse

Visit = tuple[dict[str, Any], list[Article]]

BODIES = ("教育局", "水利局", "卫生健康局")
DNS = Answer("dns", 0)


def title(body: str) -> str:
    return f"勉县{body}2026年部门预算公开"


def old(body: str, **said: Any) -> Visit:
    """An announcement of the old system with its file."""
    n = BODIES.index(body)
    file = budget(body=f"勉县{body}", **said)
    return {f"/art/{n}.html": page(body), f"/art/{n}.pdf": file}, [
        article(f"/art/{n}.html", f"/art/{n}.pdf", title=title(body))
    ]


def new(body: str, *, site: str = "610725", **said: Any) -> Visit:
    """The same one in the new system: other addresses, another page, the title set otherwise."""
    n = BODIES.index(body)
    file = budget(body=f"勉县{body}", **said)
    told = article(f"/info/1{n}.htm", f"/vfs/{n}.pdf", title=f"勉县{body}２０２６年部门预算公开 ")
    told = replace(told, site_id=site, region_code="610725")
    return {f"/info/1{n}.htm": page(f"新版 {body}"), f"/vfs/{n}.pdf": file}, [told]


def dead(body: str, answer: object = 404) -> Visit:
    return {f"/art/{BODIES.index(body)}.html": answer}, []


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, parse=parse) as workers:
        yield workers


class Story:
    """Visits day by day, each read at once."""

    def __init__(self, store: Store, spool: Path, pool: Pool, read: bool = True) -> None:
        self.store, self._spool, self._pool, self._read = store, spool, pool, read

    def day(self, number: int, *visits: Visit) -> None:
        answers = {path: said for found, _ in visits for path, said in found.items()}
        crawl(self.store, self._spool, answers, [one for _, found in visits for one in found], number)
        if self._read:
            self.ingest(number)

    def ingest(self, number: int) -> None:
        ingest(self.store, now=NOW + timedelta(days=number, hours=2), pool=self._pool)

    def rows(self, table: str = "disclosures") -> list[Mapping[str, Any]]:
        snapshot = latest(self.store)
        assert snapshot
        rows: list[Mapping[str, Any]] = read_table(self.store, snapshot, table).to_pylist()
        return rows

    def state(self, path: str) -> tuple[str, str | None]:
        (row,) = (one for one in self.rows() if one["url"] == SITE + path)
        return row["state"], row["moved_to"]

    def alerts(self, *kinds: str) -> list[str]:
        snapshot = latest(self.store)
        assert snapshot
        found = detect(self.store, snapshot, (NOW + timedelta(days=40)).astimezone(CHINA).date())
        return sorted(one.about for one in found if one.kind in kinds)

    def documents(self) -> Sequence[tuple[Any, ...]]:
        """Body and number of the documents that count."""
        snapshot = latest(self.store)
        assert snapshot
        with connect(self.store, snapshot) as connection:
            return connection.execute(
                "SELECT body_name, count(*) FROM current.documents GROUP BY ALL ORDER BY ALL"
            ).fetchall()


@pytest.fixture
def story(local_store: Store, tmp_path: Path, pool: Pool) -> Story:
    return Story(local_store, tmp_path / "spool", pool)


def moved_to(body: str) -> tuple[str, str]:
    return "moved", disclosure_id(f"{SITE}/info/1{BODIES.index(body)}.htm")


@pytest.mark.parametrize("answer", [404, Answer("redirect", 302, b""), DNS], ids=["404", "redirect", "dns"])
def test_all_addresses_new_and_nothing_else(story: Story, answer: object) -> None:
    story.day(0, *(old(body) for body in BODIES))
    alerts = story.alerts("new")
    assert len(alerts) == len(BODIES)
    fronts: list[Visit] = [
        ({path: Answer("content", body=page("首页"), via=f"/art/{n}.html")}, [])
        for n, path in enumerate(("/index.html", "/default.html", "/home.html"))
    ]
    led = fronts if isinstance(answer, Answer) and answer.outcome == "redirect" else [({}, [])] * 3
    for day in (1, 4, 8, 30):
        gone = (
            visit for body, front in zip(BODIES, led, strict=True) for visit in (dead(body, answer), front)
        )
        story.day(day, *gone, *map(new, BODIES))
    assert [story.state(f"/art/{n}.html") for n in range(3)] == list(map(moved_to, BODIES))
    assert story.alerts("new") == alerts, "nothing is told twice"
    assert story.alerts("gone", "altered") == []
    assert story.documents() == [(f"勉县{body}", 1) for body in sorted(BODIES)]
    snapshot = latest(story.store)
    assert snapshot
    assert all(one.counts[NewsKind.NEW] in (0, 3) for one in editions(story.store, snapshot))
    assert [one for one in verify(story.store) if one.severity == "error"] == []


def test_a_new_version_came_with_the_new_address(story: Story) -> None:
    body = BODIES[0]
    story.day(0, old(body, amounts=["5.00"]))
    story.day(1, dead(body), new(body, amounts=["7.00"]))
    assert story.state("/art/0.html") == moved_to(body)
    assert story.documents() == [(f"勉县{body}", 1)], "the old one is replaced"
    (change,) = story.rows("changes")
    assert (change["kind"], change["old_text"], change["new_text"]) == ("altered", "5.00", "7.00")
    assert (len(story.alerts("new")), len(story.alerts("altered")), story.alerts("gone")) == (1, 1, [])


def test_the_same_file_exported_anew_is_no_change(story: Story) -> None:
    body = BODIES[0]
    story.day(0, old(body))
    story.day(1, dead(body), new(body, exported="again"))
    assert story.state("/art/0.html") == moved_to(body)
    assert story.documents() == [(f"勉县{body}", 1)]
    assert [row["kind"] for row in story.rows("changes")] == ["cosmetic"]
    assert (len(story.alerts("new")), story.alerts("altered")) == (1, [])


def test_another_site_of_the_region_takes_over(story: Story) -> None:
    for day, visits in enumerate([[old(BODIES[0])], [dead(BODIES[0]), new(BODIES[0], site="own-610725")]]):
        story.day(day, *visits)
    assert story.state("/art/0.html") == moved_to(BODIES[0])
    assert len(story.alerts("new")) == 1


def test_two_systems_at_once_are_two_places_and_one_document(story: Story) -> None:
    story.day(0, old(BODIES[0]))
    for day in (1, 2, 3, 4):
        story.day(day, old(BODIES[0]), new(BODIES[0]))
    assert story.state("/art/0.html") == ("live", None)
    assert len(story.alerts("new")) == 1 and story.documents() == [(f"勉县{BODIES[0]}", 1)]


def test_another_year_or_body_is_no_move(story: Story) -> None:
    story.day(0, old(BODIES[0]), old(BODIES[1]))
    for day in (1, 2, 3):
        story.day(day, *(dead(body) for body in BODIES[:2]), new(BODIES[0], year=2027), new(BODIES[2]))
    assert [story.state(f"/art/{n}.html")[0] for n in (0, 1)] == ["gone", "gone"]
    assert len(story.alerts("gone")) == 2 and len(story.alerts("new")) == 4


def test_a_timeout_of_one_day_is_a_move_where_title_and_files_are_the_same(story: Story) -> None:
    story.day(0, *map(old, BODIES[:2]))
    quiet = [dead(body, Answer("timeout", 0)) for body in BODIES[:2]]
    story.day(1, *quiet, new(BODIES[0]), new(BODIES[1], amounts=["7.00"]))
    assert story.state("/art/0.html") == moved_to(BODIES[0])
    assert story.state("/art/1.html") == ("live", None), "other files: the next days will tell"


def test_what_stands_beside_its_copy_has_not_moved_when_it_fails_for_a_day(story: Story) -> None:
    story.day(0, old(BODIES[0]))
    story.day(1, old(BODIES[0]), new(BODIES[0]))
    story.day(2, dead(BODIES[0], Answer("timeout", 0)), new(BODIES[0]))
    assert story.state("/art/0.html") == ("live", None)


def test_the_old_address_answers_again(story: Story) -> None:
    body = BODIES[0]
    story.day(0, old(body, amounts=["5.00"]))
    story.day(1, dead(body), new(body, amounts=["7.00"]))
    story.day(2, old(body, amounts=["5.00"]))
    assert story.state("/art/0.html") == ("live", None)
    assert story.rows("changes") == []


def test_a_system_after_the_next(story: Story, tmp_path: Path, pool: Pool) -> None:
    """Old, new and newest, read day by day and at once."""
    body = BODIES[0]
    third = article("/n/3.html", "/n/3.pdf", title=title(body))
    there = {"/n/3.html": page("三"), "/n/3.pdf": budget(body=f"勉县{body}", amounts=["8.00"])}
    days: list[list[Visit]] = [
        [old(body, amounts=["5.00"])],
        [dead(body), new(body, amounts=["7.00"])],
        [dead(body), ({"/info/10.htm": 404, **there}, [third])],
    ]
    at_once = Story(LocalStore(tmp_path / "other"), tmp_path / "spool2", pool, read=False)
    for one in (story, at_once):
        for day, visits in enumerate(days):
            one.day(day, *visits)
    at_once.ingest(2)
    ends = ("moved", disclosure_id(SITE + "/n/3.html"))
    assert story.state("/art/0.html") == story.state("/info/10.htm") == ends
    assert story.rows() == at_once.rows() and story.rows("versions") == at_once.rows("versions")
    assert story.documents() == at_once.documents() == [(f"勉县{body}", 1)]
    assert len(story.alerts("new")) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("勉县教育局２０２６年部门预算", "勉县教育局 2026年部门预算"),
        ("勉县教育局2026年部门预算.pdf", "《勉县教育局2026年部门预算》"),
        ("2026年部门预算（公开）", "2026年部门预算(公开)"),
    ],
)
def test_titles_that_are_one(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)
    assert title_key(one) != title_key(one.replace("部门", "单位").replace("2026", "2025"))
