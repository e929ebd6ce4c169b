"""Pages that may cost anything: what is proved harmless, what is made of a large page, what ends a reader."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.http.page_processes import PageProcesses
from crawler.pages.page import Page
from crawler.pages.reduction import Size, is_harmless, reduce
from crawler.platforms import named
from crawler.reading.examining import Examined, Sealed, examine, needs_examining
from tests.wording import english

_HTML = ((b"Content-Type", b"text/html; charset=gbk"),)
_PAGE = Sealed(200, _HTML, b"", "html", "http://a.gov.cn/czyjs/")


def rows(count: int) -> str:
    return "".join(
        f'<li><a href="202602/t20260212_{n:05}.html">勉县第{n}中学2026年单位预算</a>2026-02-12</li>'
        for n in range(count)
    )


@pytest.mark.parametrize(
    "body",
    [
        b"<a " + b" ".join(b"a%d" % n for n in range(1000)) + b">x</a>",
        b"<a q='>' " + b" ".join(b"a%d='>'" % n for n in range(1000)) + b">x</a>",
        b"<a href='x.html'>x</a>" * 2001,
        b"<i onclick='x()'>x</i>" * 2001,
        b"<div>" * 5000,
        b"<script>" * 300,
        b"<p>x" * 20_001,
        b" " * 600_000,
    ],
)
def test_no_costly_page_is_called_harmless(body: bytes) -> None:
    assert not is_harmless(b"<html>" + body)


def test_ordinary_pages_are_read_in_place() -> None:
    long_value = f'<p title="{"预算 " * 3000}">x</p>'
    page = f"<html><title>部门预算</title><ul>{rows(500)}</ul>{long_value}</html>".encode("gbk")
    assert is_harmless(page)
    assert not needs_examining(replace(_PAGE, payload=page))


def test_a_page_of_pictures_loses_nothing_that_is_read() -> None:
    picture = '<img src="data:image/png;base64,' + "A" * 3_000_000 + '">'
    text = f"<title>部门预算</title><style>x</style><ul>{rows(30)}</ul>{picture}<a href='附件.pdf'>附件</a>"
    sealed = replace(_PAGE, payload=text.encode("gbk"))
    assert needs_examining(sealed)
    examined = examine(sealed)
    assert examined.outcome.name == "content"
    assert examined.reduced and not examined.reduced.cut
    assert len(examined.reduced.body) < 10_000
    small = Page.from_bytes(sealed.url, examined.reduced.body, "text/html; charset=gbk")
    whole = Page.from_bytes(sealed.url, sealed.payload, "text/html; charset=gbk")
    trs = named("trs")
    assert trs.listing(small) == trs.listing(whole)


def test_what_is_cut_is_counted_and_the_ends_stay() -> None:
    page = Page("http://a.gov.cn/czyjs/", f"<title>部门预算</title><ul>{rows(100)}</ul>")
    reduced = reduce(page, Size(links=8))
    assert english(reduced.cut) == "100 links, 8 of them read"
    kept = Page.from_bytes(page.url, reduced.body, "text/html; charset=utf-8")
    numbers = [int(url[-10:-5]) for _, url in kept.anchors]
    assert numbers == [0, 1, 2, 3, 4, 5, 98, 99]


def test_depth_is_flattened_and_text_stays() -> None:
    page = Page("http://a.gov.cn/", "<div>" * 3000 + "<a href='x.html'>2026年部门预算</a>底")
    kept = Page.from_bytes(page.url, reduce(page, Size()).body, "text/html; charset=utf-8")
    assert [url for _, url in kept.anchors] == ["http://a.gov.cn/x.html"]
    assert kept.visible == "2026年部门预算 底"
    assert max(len(list(node.iterancestors())) for node in kept.tree.iter()) < 200


_LISTED = f"<title>部门预算</title><ul>{rows(3)}</ul>".encode("gbk")


def held(sealed: Sealed) -> Examined:
    """Reads a page; one that begins with `gate:` and a folder says that it is being read, and then waits
    until it is let go on."""
    if sealed.payload.startswith(b"gate:"):
        folder = Path(sealed.payload[5:].decode())
        with (folder / "begun").open("wb") as begun:
            begun.write(b"1")
        with (folder / "gate").open("rb") as gate:
            gate.read(1)
        sealed = replace(sealed, payload=_LISTED)
    return examine(sealed)


@pytest.fixture
def gated(tmp_path: Path) -> Iterator[bytes]:
    """A page that is held. Both pipes are open at this end too, so that no process waits for the other
    end."""
    for name in ("begun", "gate"):
        os.mkfifo(tmp_path / name)
    opened = [os.open(tmp_path / name, os.O_RDWR) for name in ("begun", "gate")]
    yield b"gate:" + os.fsencode(tmp_path)
    for one in opened:
        os.close(one)


def _is_begun(gated: bytes) -> None:
    with open(gated[5:] + b"/begun", "rb") as begun:
        assert begun.read(1) == b"1"


def _open_gate(gated: bytes) -> None:
    with open(gated[5:] + b"/gate", "wb") as gate:
        gate.write(b"1")


def test_other_sites_go_on_while_a_page_is_read(gated: bytes) -> None:
    """The hostile page is held until the page of another site, started later, has its answer."""
    processes = PageProcesses(seconds=300.0, read=held)
    order: list[str] = []

    async def read(site: str, payload: bytes) -> str:
        examined = await processes.examine(site, replace(_PAGE, payload=payload))
        order.append(site)
        return examined.outcome.name

    async def both() -> list[str]:
        hostile = asyncio.create_task(read("hostile", gated))
        await asyncio.to_thread(_is_begun, gated)
        order.append("hostile is being read")
        other = await read("other", _LISTED)
        _open_gate(gated)
        return [await hostile, other]

    try:
        assert asyncio.run(both()) == ["content", "content"]
    finally:
        processes.close()
    assert order == ["hostile is being read", "other", "hostile"]


def test_pages_that_are_not_read_in_time_end_their_readers_and_use_up_their_site(gated: bytes) -> None:
    processes = PageProcesses(seconds=1.0, read=held)
    try:
        late = [asyncio.run(processes.examine("hostile", replace(_PAGE, payload=gated))) for _ in range(4)]
        assert [one.outcome.kind for one in late] == ["reading"] * 4
        assert [english(one.outcome.evidence) for one in late[2:]] == [
            "not read within 1 s",
            "3 pages of the site could not be read within bounds",
        ]
    finally:
        processes.close()


def test_a_reader_without_memory_ends_and_the_next_page_is_read() -> None:
    processes = PageProcesses(memory=200 * 1024 * 1024)
    try:
        large = replace(_PAGE, payload=b"<html>" + b"<p>x" * 5_000_000, expected="any")
        assert asyncio.run(processes.examine("a", large)).outcome.kind == "reading"
        assert asyncio.run(processes.examine("b", replace(_PAGE, payload=_LISTED))).outcome.name == "content"
    finally:
        processes.close()
