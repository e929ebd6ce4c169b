"""The pages as files, for a bucket or a disk: no server, the same pages, relative links, the data with them.

Invariant: a page is what the server would answer (the same functions make it); every link leads to a file of
the copy or to the page that says what it has not; the copy is written in full before `index.html` appears.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.exceptions import HTTPException

from archive import ObjectNotFound
from archive.dataset.rows.typed import row_of
from archive.dataset.schema import TABLES
from archive.dataset.snapshots import Snapshot
from archive.export.rows import replacing, text_rows, write_csv
from archive.rendering.scalars import harmless
from archive.stores import Store
from archive.web.data import images, queries
from archive.web.data.dataset import Board, Dataset
from archive.web.data.images import Images, original
from archive.web.data.queries import ID_START
from archive.web.data.results import ListedTable
from archive.web.data.sandbox import SandboxError
from archive.web.government import one_government as government
from archive.web.government import ranking
from archive.web.government.figures import FiguredPlace, files_of
from archive.web.pages import bodies, document_list, documents, overview, scoreboard, sqlpages, standings
from archive.web.pages.documents import SUFFIXES
from archive.web.pages.standings import counts
from archive.web.static_copy import WHOLE, Bounds, Copy
from archive.web.view import addresses
from archive.web.view.addresses import ABSENT, Held
from archive.web.view.templating import page
from parsers.reference import regions

DATA = ("documents", "disclosures", "tables", "facts", "checks", "bodies", "deadlines")
"""The tables that come along as files."""
BATCH = 10_000
DRAWERS = 2
ProgressReport = Callable[[int, int], None]


@row_of("documents")
@dataclass(frozen=True, slots=True)
class CopiedDocument:
    """A document of the copy."""

    document_id: str
    media_type: str | None


@row_of("bodies")
@dataclass(frozen=True, slots=True)
class _CopiedBody:
    body_id: str


def write_site(
    store: Store,
    board: Board,
    folder: Path,
    *,
    at: str = "latest",
    bounds: Bounds = WHOLE,
    language: str = "en",
    report_progress: ProgressReport = lambda done, all_: None,
) -> int:
    """Write the copy; the number of pages. `report_progress` is called with the number of documents done.
    Raises OSError."""

    def part_of_board(snapshot: Snapshot, day: date) -> pa.Table:
        return bounds.part_of(board(snapshot, day))

    dataset = Dataset(store, part_of_board, at, bounds.prefixes, bounds.year)
    dataset.prepare()
    version = dataset.version(at)
    listed = version.ask(
        CopiedDocument,
        f"SELECT document_id, media_type FROM documents WHERE {bounds.where()} ORDER BY document_id",
    )
    held = _held(dataset, bounds, {one.document_id: _original(folder, dataset, one) for one in listed})
    copy = Copy(folder, dataset, bounds, language, held, Images())
    for name in addresses.bundled_files():
        with replacing(folder / "static" / name) as part:
            part.write_bytes(addresses.bundled(name))
    sizes = [(name, _write_data(copy, name)) for name in DATA]
    for number, document in enumerate(listed, start=1):
        _write_document(copy, document)
        report_progress(number, len(listed))
    _write_lists(copy)
    copy.write(sqlpages.dictionary_page, "/dictionary")
    about = {"files": sizes, "bounds": str(bounds)}
    copy.write(lambda visit: page(visit, "data.html", **about), "/data")
    copy.write(lambda visit: page(visit, "absent.html", **about), f"/{ABSENT}")
    copy.write(overview.overview_page, "/")
    return copy.pages


def _original(folder: Path, dataset: Dataset, document: CopiedDocument) -> str | None:
    """Write the file as published, and return the ending of its name; None if the archive does not have
    it."""
    identity = document.document_id
    try:
        data = original(dataset.store, dataset.version(dataset.at), identity)
    except (ObjectNotFound, SandboxError):
        return None
    suffix = SUFFIXES.get(document.media_type or "", "bin")
    with replacing(folder / "documents" / identity / f"original.{suffix}") as part:
        part.write_bytes(data)
    return suffix


def _held(dataset: Dataset, bounds: Bounds, originals: Mapping[str, str | None]) -> Held:
    version = dataset.version(dataset.at)
    assert dataset.ready
    places = {code for code in dataset.ready.board.column("region_code").to_pylist() if code}
    # The regions above a place have pages, too, from which it is reached.
    places |= {code[:length].ljust(6, "0") for code in places for length in (2, 4)}
    found = version.ask(FiguredPlace, FiguredPlace.SQL)
    inside = [row for row in found if row.region_code.startswith(bounds.prefixes)]
    known = version.ask(_CopiedBody, f"SELECT body_id FROM bodies WHERE {bounds.where(with_year=False)}")
    return Held(
        documents=originals,
        bodies=frozenset(row.body_id for row in known),
        regions=frozenset(code for code in places if regions.region(code)),
        starts={identity[:ID_START]: identity for identity in originals},
        governments=frozenset(files_of(inside)),
    )


def _write_governments(copy: Copy) -> None:
    """Every file of `Held.governments`, from its name."""
    for name in sorted(copy.held.governments):
        place, _, asked = name.removesuffix(".html").partition("-")
        if place != "governments":
            code = place.removeprefix("governments/")
            copy.write(government.government_page, f"/governments/{code}", {"code": code}, scope=asked)
        else:
            values = dict(zip(("measure", "scope", "level", "year"), asked.split("-"), strict=False))
            copy.write(ranking.governments_page, "/governments", None, **values)


def _write_document(copy: Copy, document: CopiedDocument) -> None:
    """A page for each table, the pictures of the pages they stand on, and the first table's page again."""
    identity, form = document.document_id, images.SUFFIXES.get(document.media_type or "")
    path, asked = f"/documents/{identity}", {"document_id": identity}
    tables = copy.version.of_documents([identity]).ask(ListedTable, queries.TABLES, identity)
    copy.write(documents.document_page, path, asked)
    for table in tables:
        number = table.table_no
        copy.write(documents.document_page, f"{path}/tables/{number}", asked | {"table_no": number})
    if form is None or copy.held.documents[identity] is None:
        return

    def draw(number: int) -> None:
        with suppress(HTTPException):  # a page that cannot be drawn has no picture
            name = f"{path}/pages/{number}.{form}"
            copy.write(documents.page_image, name, asked | {"page": number, "form": form})

    with ThreadPoolExecutor(DRAWERS) as pool:
        list(pool.map(draw, sorted({number for table in tables for number in table.pages or ()})))


def _write_lists(copy: Copy) -> None:
    """Bodies, regions, documents by how they stand, the board by status, a page for every so many lines."""
    assert copy.dataset.ready
    for identity in copy.held.bodies:
        copy.write(bodies.body_page, f"/bodies/{identity}", {"body_id": identity})
    for code in copy.held.regions:
        copy.write(overview.region_page, f"/regions/{code}", {"code": code})
    for start in range(0, max(1, len(copy.held.bodies)), bodies.LISTED):
        copy.write(bodies.bodies_page, "/bodies", start=start, region=copy.bounds.region)
    whole = document_list.DocumentFilter(region=copy.bounds.region, year=copy.bounds.year or 0)
    parts = (replace(whole, status=status) for status in document_list.PROOFS)
    for wish in (whole, replace(whole, body=document_list.NO_BODY), *parts):
        for start in range(0, max(1, document_list.counted(copy.version, wish)), document_list.ROWS):
            copy.write(document_list.documents_page, "/documents", start=start, **wish.asked())
    _write_scores(copy)
    _write_governments(copy)
    board = copy.dataset.ready.board
    for status, lines in [("", len(board)), *counts(board).items()]:
        for start in range(0, max(1, lines), standings.ROWS):
            copy.write(standings.deadlines_page, "/deadlines", status=status, start=start)
    copy.write(standings.deadlines_csv, "/deadlines.csv")
    copy.write(standings.deadlines_ics, "/deadlines.ics")


def _write_scores(copy: Copy) -> None:
    """The scores of every level, and of what is in each region at the level below it."""
    scores = copy.dataset.scores(copy.version)
    levels = [level for level in scoreboard.DOWNWARD if len(scores[level])]
    for level in levels:
        copy.write(scoreboard.scores_csv, "/scores.csv", level=level)
    wishes = [scoreboard.ScoreFilter(), *(scoreboard.ScoreFilter(level=level) for level in levels)]
    wishes += (scoreboard.ScoreFilter(region=code) for code in copy.held.regions)
    for wish in wishes:
        lines = scoreboard.counted(wish.apply(scores)[1])
        for start in range(0, max(1, lines), scoreboard.ROWS):
            copy.write(scoreboard.scores_page, "/scores", level=wish.level, region=wish.region, start=start)


def _write_data(copy: Copy, name: str) -> int:
    """`data/<table>.csv` and `.parquet`; the number of rows."""
    bounds, keys = copy.bounds, ", ".join(TABLES[name].primary_key)
    if name in ("tables", "checks"):
        where = f"document_id IN (SELECT document_id FROM documents WHERE {bounds.where()})"
    elif name == "deadlines":
        where = f"body_id IN (SELECT body_id FROM bodies WHERE {bounds.where(with_year=False)})"
        where += f" AND fiscal_year = {bounds.year:d}" if bounds.year else ""
    else:
        where = bounds.where(with_year=name != "bodies")
    rows = copy.version.table(f"SELECT * FROM {name} WHERE {where} ORDER BY {keys}").cast(TABLES[name].arrow)
    with replacing(copy.folder / "data" / f"{name}.parquet") as part:
        pq.write_table(rows, part, compression="zstd")
    values = (row for batch in rows.to_batches(BATCH) for row in text_rows(batch, harmless))
    write_csv(copy.folder / "data" / f"{name}.csv", rows.column_names, values)
    return len(rows)
