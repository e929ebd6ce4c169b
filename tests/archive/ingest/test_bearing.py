"""An ingest that looks at what its runs touch gives the rows of one that goes through everything."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from archive.dataset.schema import TABLES
from archive.dataset.snapshots import latest, read_table
from archive.evidence import restore
from archive.evidence.restore import restore_check
from archive.evidence.verification import verify
from archive.history.local_files import archive_files
from archive.ingest import agenda, planning
from archive.ingest.job import ingest
from archive.ingest.reading import rows as reading_rows
from archive.isolation.pool import Pool
from archive.monitoring import verdicts
from archive.monitoring.bodies import Listed, Registered
from archive.stores import LocalStore
from archive.warc.captures import Article
from tests.archive.crawls import NOW, SITES, Answer, article, budget, crawl, page, parse
from tests.archive.ingest.ingesting import give_files

STORIES = int(os.environ.get("GONGKAI_STORIES", "8"))
"""How many days' stories are drawn; `make torture` draws more."""
BODIES = ("教育局", "水利局", "卫生健康局")
REGISTERED = Registered(listed=[Listed("610725", "勉县审计局", "registry", site_id="610725")])
REGISTRIES = [
    REGISTERED,
    replace(
        REGISTERED,
        listed=[*REGISTERED.listed, Listed("510100", "成都市审计局", "registry", site_id="610725")],
    ),
    replace(REGISTERED, approvals={("610726", 2026): {"congress": date(2026, 1, 20)}}),
    Registered(governments=[Listed("610726", "洋县人民政府", "site", site_id="610725")]),
]
"""What is registered of three counties, of two provinces, at different times."""
COMMON = budget(body="勉县教育局", title="通用附件", amounts=["9.00"])
"""A file that several announcements carry."""

Visit = tuple[dict[str, Any], list[Article]]


def title(body: str) -> str:
    return f"勉县{body}2026年部门预算公开"


def shown(place: str, number: int, amount: int, shared: bool, year: int) -> Visit:
    """The announcement of a body at one of its addresses, with its file, and perhaps with a common one."""
    body = BODIES[number]
    paths = [f"/{place}/{number}.pdf", *(["/common.pdf"] if shared else [])]
    told = article(f"/{place}/{number}.html", *paths, title=title(body))
    told = replace(told, region_code="610726" if place == "c" else "610725")
    file = budget(body=f"勉县{body}", year=year, amounts=[f"{amount}.00"])
    return {f"/{place}/{number}.html": page(f"{place} {body}"), paths[0]: file, "/common.pdf": COMMON}, [told]


def bare(place: str, number: int) -> Visit:
    """The page without its file."""
    told = article(f"/{place}/{number}.html", title=title(BODIES[number]))
    return {f"/{place}/{number}.html": page(f"{place} {BODIES[number]}")}, [told]


def lost(place: str, number: int, answer: Any) -> Visit:
    return {f"/{place}/{number}.html": answer, f"/{place}/{number}.pdf": answer}, []


def redirected(place: str, number: int) -> Visit:
    """To the address of the same body in another place."""
    source, target = f"/{place}/{number}.html", f"/b/{number}.html"
    return {source: Answer("redirect", 302, b""), target: Answer("content", 200, page("b"), source)}, []


places, numbers = st.sampled_from("abc"), st.integers(0, 2)
visits = st.one_of(
    st.builds(shown, places, numbers, st.integers(1, 2), st.booleans(), st.sampled_from([2025, 2026])),
    st.builds(bare, places, numbers),
    st.builds(lost, places, numbers, st.sampled_from([404, Answer("dns", 0), Answer("timeout", 0)])),
    st.builds(redirected, st.sampled_from("ac"), numbers),
)
days = st.lists(
    st.tuples(st.integers(1, 40), st.lists(visits, max_size=3), st.booleans()), min_size=2, max_size=6
)


# Announced twice in one run, first without its file.
_SHOWN = shown("a", 0, 1, False, 2026)
TWICE = [(1, [_SHOWN], False), (1, [bare("a", 0), _SHOWN], False), (1, [], False)]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, parse=parse) as workers:
        yield workers


def rows_of(store: LocalStore) -> dict[str, list[Any]]:
    """All rows of all tables, in order; without places in WARC files, whose records have random ids."""
    snapshot = latest(store)
    if snapshot is None:
        return {}
    found = {}
    for name, schema in TABLES.items():
        columns = [one for one in schema.arrow.names if not one.startswith(("warc_", "payload_"))]
        found[name] = sorted(map(repr, read_table(store, snapshot, name, columns).to_pylist()))
    return found


SITES_OF = {"a": "610725", "b": "610726", "c": "510100"}
PLACES = [{**SITES[0], "site_id": one, "region_code": one} for one in SITES_OF.values()]


def site_of(path: str) -> str:
    """Each place is a site; what all of them carry was asked for by the first."""
    return SITES_OF.get(path.split("/")[1], "610725")


FIRST_HANDED_OVER = [
    (5, [shown("a", 2, 2, True, 2026)], True),
    (24, [shown("a", 2, 1, False, 2026)], False),
]
"""A file that was handed over, and that an announcement carries which does not carry it any more."""


@settings(max_examples=STORIES, phases=[Phase.explicit, Phase.generate])
@example(TWICE)
@given(days)
@example(story=FIRST_HANDED_OVER)
def test_reading_again_part_by_part_gives_the_rows_of_reading_everything(
    pool: Pool, story: list[Any]
) -> None:
    """Each site is a part, and they share files, pages that move, and a file handed over."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        store, number = LocalStore(Path(folder) / "store"), 0
        for passed, found, handed_over in story:
            number += passed
            answers = {path: said for pages, _ in found for path, said in pages.items()}
            articles = [one for _, articles in found for one in articles]
            now = NOW + timedelta(days=number, hours=2)
            crawl(store, Path(folder) / "spool", answers, articles, number, PLACES, site_of)
            if handed_over:
                file = Path(folder) / "handed.pdf"
                file.write_bytes(COMMON if number % 2 else budget(body="勉县水利局", amounts=["4.00"]))
                give_files(store, [file], number)
            ingest(store, now=now, pool=pool, registered=REGISTERED)
        before = rows_of(store)
        patched.setattr(agenda, "AT_ONCE", 0)
        assert ingest(store, now=now, pool=pool, registered=REGISTERED, reparse=True).snapshot is None
        assert rows_of(store) == before
        for module in (planning, reading_rows, restore):
            patched.setattr(module, "PARSER_VERSION", "later")
        of_one = ingest(store, now=now, pool=pool, registered=REGISTERED, reparse=True, sites=["510100"])
        rest = ingest(store, now=now, pool=pool, registered=REGISTERED, reparse=True)
        if snapshot := latest(store):
            documents = read_table(store, snapshot, "documents").to_pylist()
            assert {row["parser_version"] for row in documents} <= {"later"}
            assert {one.document_id for one in rest.documents} == {row["document_id"] for row in documents}
            assert len(of_one.documents) <= len(rest.documents)
            scratch = Path(folder) / "scratch"
            assert restore_check(store, snapshot, scratch, registered=REGISTERED, pool=pool) == []
        assert not [one for one in verify(store) if one.severity == "error"]


@settings(max_examples=STORIES, phases=[Phase.explicit, Phase.generate])
@example(TWICE)
@given(days)
def test_any_crawls_give_the_rows_of_going_through_everything(pool: Pool, story: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = [LocalStore(Path(folder) / name) for name in ("narrow", "thorough")]
        number = 0
        for passed, found, handed_over in story:
            number += passed
            answers = {path: said for pages, _ in found for path, said in pages.items()}
            articles = [one for _, articles in found for one in articles]
            now = NOW + timedelta(days=number, hours=2)
            registered = REGISTRIES[number % len(REGISTRIES)]
            for store, thorough in zip(stores, (False, True), strict=True):
                crawl(store, Path(folder) / "spool", answers, articles, number)
                if handed_over:
                    file = Path(folder) / "handed.pdf"
                    file.write_bytes(budget(body="勉县水利局", title=f"{number % 3}", amounts=["4.00"]))
                    # One id in both stores: it is part of the rows.
                    run = archive_files(
                        store, [file], spool=Path(folder) / "spool", now=now, command="x", version="0",
                        stated={"region_code": "610725"}, run_id=f"{now:%Y%m%dT%H%M%SZ}-fffff{number % 10}",
                    )  # fmt: skip
                    assert run
                ingest(store, now=now, pool=pool, registered=registered, thorough=thorough)
            narrow, thorough_rows = map(rows_of, stores)
            for name in TABLES:
                assert narrow.get(name) == thorough_rows.get(name), (name, number)
            later = now.date() + timedelta(days=3)
            boards = [
                verdicts.board(store, snapshot, later, other).to_pylist()
                for store in stores
                if (snapshot := latest(store))
                for other in (REGISTERED, registered)
            ]
            assert boards[:2] == boards[2:]
            if snapshot := latest(stores[0]):
                of_one = verdicts.board(stores[0], snapshot, later, registered, region="610726").to_pylist()
                assert of_one == [row for row in boards[1] if row["region_code"] == "610726"]
        assert not [one for one in verify(stores[0]) if one.severity == "error"]
