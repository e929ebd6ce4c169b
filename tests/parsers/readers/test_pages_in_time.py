"""A limit that is reached between two pages costs the pages behind it; those before are kept."""

from __future__ import annotations

import io
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from PIL import Image

from archive.ingest.reading.one_file import recognition
from archive.isolation.limits import PAGES_MEMORY, PAGES_TIME, for_document, held
from archive.isolation.pool import Pool
from archive.isolation.tasks import Task
from parsers import parse_document
from parsers.readers import read
from parsers.readers.limits import MIB, Limits
from parsers.readers.page.lines.geometry import PageMarks
from parsers.readers.page.pages import Pages
from parsers.readers.scan import side_by_side, time_limit
from parsers.readers.scan.side_by_side import ScannedPage, Scans
from parsers.readers.scan.time_limit import OutOfTime, ask, within
from parsers.values.attempts import Attempts
from parsers.values.document import Reading
from parsers.values.errors import DocumentError
from parsers.values.vocabulary import AmountSource
from tests.parsers.readers import drawing
from tests.parsers.readers.test_ofd import FIRST_ROW, TABLE, page, scanned
from tests.parsers.readers.test_ofd import ofd as package
from tests.parsers.readers.test_pages_alone import AMOUNTS, one_page
from tests.wording import both, english

LATE = 1000.0


@dataclass(slots=True)
class Clock:
    """Shows 0 for so many looks, then `LATE`: the first look is the document's, the second its page 1."""

    looks_in_time: int
    looks: int = 0

    def __call__(self) -> float:
        self.looks += 1
        return 0.0 if self.looks <= self.looks_in_time else LATE


def _in_time(pages: int, **options: Any) -> Limits:
    """Limits with time enough to begin so many pages."""
    return Limits(page_seconds=LATE / 2, clock=Clock(1 + pages), **options)


def _picture(sheet: drawing.Page) -> None:
    image = Image.open(io.BytesIO(drawing.photographed()))
    sheet.canvas.drawInlineImage(image, 0, 0, drawing.WIDTH, drawing.HEIGHT)


def _frames() -> bytes:
    image = Image.open(io.BytesIO(drawing.photographed()))
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", save_all=True, append_images=[image, image])
    return buffer.getvalue()


TEXT_PAGES = {
    "pdf": lambda: drawing.pdf(*map(one_page, AMOUNTS)),
    "ofd": lambda: package(*(page(TABLE + FIRST_ROW.replace("1,053.43", amount)) for amount in AMOUNTS)),
}
SCANNED_PAGES = {
    "pdf": lambda: drawing.pdf(_picture, _picture, _picture),
    "ofd": lambda: scanned("scan.png", drawing.photographed(), pages=3),
    "tiff": _frames,
}


def _unread(reading: Reading) -> list[tuple[str, int | None]]:
    return [(note.code, note.page) for note in reading.notes]


@pytest.mark.parametrize("made", TEXT_PAGES.values(), ids=TEXT_PAGES.keys())
def test_pages_before_the_end_of_time_are_kept(made: Callable[[], bytes]) -> None:
    whole = read(made(), Limits(ocr=False))
    assert whole.notes == ()
    reading = read(made(), _in_time(1, ocr=False))
    assert _unread(reading) == [("unread_time", 2), ("unread_time", 3)]
    assert reading.blocks == tuple(block for block in whole.blocks if block.page == 1)
    assert (reading.pages, reading.page_sizes) == (3, whole.page_sizes)
    assert english(reading.notes[0].detail) == "not started after 500 seconds"


@pytest.mark.parametrize("made", SCANNED_PAGES.values(), ids=SCANNED_PAGES.keys())
def test_scanned_pages_before_the_end_of_time_are_kept(made: Callable[[], bytes]) -> None:
    pytest.importorskip("rapidocr")
    reading = read(made(), _in_time(1))
    assert _unread(reading) == [("unread_time", 2), ("unread_time", 3)]
    assert [drawing.rows(grid) for grid in drawing.grids(reading)] == [drawing.SCANNED_ROWS]
    assert (reading.pages, len(reading.page_sizes), reading.text_layer) == (3, 3, "scan")
    assert (reading.recognition.pages, reading.recognition.seconds) == (1, LATE)


@pytest.mark.parametrize("made", [*TEXT_PAGES.values(), *SCANNED_PAGES.values()])
def test_without_time_for_any_page_the_document_is_out_of_time(made: Callable[[], bytes]) -> None:
    pytest.importorskip("rapidocr")
    with pytest.raises(DocumentError) as caught:
        read(made(), _in_time(0))
    assert (caught.value.outcome, english(caught.value.detail)) == (
        "timeout",
        "no page read: not started after 500 seconds",
    )


def test_a_page_is_not_begun_in_less_time_than_another_took() -> None:
    """A page that is started and not ended in time costs those before it: the process is killed."""
    now = [0.0]
    pages = Pages(Limits(page_seconds=100, clock=lambda: now[0]))
    assert pages.may_begin()
    now[0] = 40.0
    pages.add(PageMarks(1, 100, 100, (), ()), AmountSource.SCAN)
    assert pages.may_begin()
    now[0] = 70.0
    pages.add(PageMarks(2, 100, 100, (), ()), AmountSource.SCAN)
    assert not pages.may_begin()
    assert pages.stopped is not None and pages.stopped.code == "unread_time"
    assert english(pages.stopped.detail) == "not started: a page took 40.0 seconds, 30.0 of 100 are left"


def test_memory_is_asked_between_pages_and_may_not_come_back() -> None:
    asked = iter([100, 300, 100])
    limits = Limits(page_memory=200 * MIB, held=lambda: next(asked) * MIB, ocr=False)
    reading = read(TEXT_PAGES["pdf"](), limits)
    assert _unread(reading) == [("unread_memory", 2), ("unread_memory", 3)]
    assert english(reading.notes[0].detail) == "not started with 200 MiB in use"
    with pytest.raises(DocumentError) as caught:
        read(TEXT_PAGES["pdf"](), replace(limits, held=lambda: 300 * MIB))
    assert caught.value.outcome == "too_large"


def test_a_document_says_which_pages_were_not_read() -> None:
    data = TEXT_PAGES["pdf"]()
    document = parse_document(data, limits=_in_time(1, ocr=False))
    assert document.outcome == "parsed"
    assert (
        both(document.outcome_detail) == "第2–3页未读取：读取时限已到 | pages 2–3 not read: the time was over"
    )
    assert [table.pages for table in document.tables] == [(1,)]


def test_without_a_table_in_its_other_pages_it_is_not_said_to_have_none() -> None:
    data = drawing.pdf(lambda sheet: sheet.text(80, 120, "部门概况"), *map(one_page, AMOUNTS))
    document = parse_document(data, limits=_in_time(1, ocr=False))
    assert document.outcome == "timeout" and document.tables == ()
    assert [(note.code, note.page) for note in document.notes] == [("unread_time", n) for n in (2, 3, 4)]
    assert both(document.outcome_detail).startswith("第2–4页未读取")


def test_a_worker_keeps_what_it_read_in_time() -> None:
    pytest.importorskip("rapidocr")
    data = SCANNED_PAGES["pdf"]()
    limits = Limits(max_seconds=LATE, clock=Clock(2))  # the clock of the pool itself has ample time
    with Pool(workers=1, limits=limits) as pool:
        [(task, document)] = pool.map([Task(data)])
    assert [(note.code, note.page) for note in document.notes] == [("unread_time", 2), ("unread_time", 3)]
    assert english(document.notes[0].detail) == f"not started after {PAGES_TIME * LATE:g} seconds"
    assert document.outcome == "parsed" and [table.pages for table in document.tables] == [(1,)]
    assert recognition([(task, document)]) == f"Page images recognised: 1, {LATE:.1f} seconds a page"


def test_the_pool_leaves_time_and_memory_for_tables() -> None:
    limits = for_document(Limits(), 40, 1000)
    assert (limits.max_seconds, limits.page_seconds, limits.page_memory) == (40, 30, PAGES_MEMORY * 1000)
    assert limits.held is held and held() > 10 * MIB


def test_seconds_differ_from_run_to_run_and_are_not_compared() -> None:
    document = parse_document(TEXT_PAGES["pdf"](), limits=Limits(ocr=False))
    assert recognition([(Task(b""), document)]) is None
    other = replace(document, recognition=replace(document.recognition, pages=3, seconds=9.0))
    assert other == document and recognition([(Task(b""), other)])


def test_a_page_image_that_does_not_end_costs_that_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether its recognition is asked for the time or stands still."""
    pytest.importorskip("rapidocr")
    monkeypatch.setattr(side_by_side, "GRACE_SECONDS", 3.0)
    may_end = threading.Event()

    def stands_still() -> ScannedPage:
        may_end.wait(120)
        raise AssertionError("nobody waits for this page")

    def goes_on() -> ScannedPage:
        may_end.wait(2.0)
        ask()
        raise AssertionError("asking for the time ends this page")

    def ends() -> ScannedPage:
        return ScannedPage(PageMarks(3, 100, 200, (), ()), 0, 0.0, 0)

    pages = Pages(Limits(image_seconds=1.0 / time_limit.PATIENCE))
    with Scans(pages, at_a_time=1) as scans:
        for number, scan in enumerate((stands_still, goes_on, ends), start=1):
            scans.begin((100, 200), Attempts(page=number), scan)
    may_end.set()
    assert [(note.code, note.page) for note in pages.notes] == [("unread_time", 1), ("unread_time", 2)]
    assert (len(pages.sizes), pages.recognised) == (3, 1)


def test_a_page_image_that_waits_for_the_processor_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    def waits() -> str:
        time.sleep(0.2)
        ask()
        return "read"

    def works() -> None:
        begun = time.thread_time()
        while time.thread_time() - begun < 0.1:
            pass
        ask()

    monkeypatch.setattr(time_limit, "PATIENCE", math.inf)
    assert within(0.1, waits) == "read"
    with pytest.raises(OutOfTime):
        within(0.1, works)


@pytest.mark.parametrize("made", SCANNED_PAGES.values(), ids=SCANNED_PAGES.keys())
def test_where_no_page_image_ends_the_document_is_out_of_time(made: Callable[[], bytes]) -> None:
    pytest.importorskip("rapidocr")
    with pytest.raises(DocumentError) as caught:
        read(made(), Limits(image_seconds=0.0))
    assert caught.value.outcome == "timeout"
