"""The replica says what its data says: every format is read back by another library, every fault answers.

Invariant: no parser of ours is used here, so these tests still hold when ours are wrong.
"""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from email.message import Message
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

import docx
import openpyxl
import pdfplumber
import pytest
from lxml import html

from tests.site import Site, demo_sites, expected, serve
from tests.site.disclosure import Table, load
from tests.site.sections import article_path, attachment_path, list_path
from tests.site.typeset import typeset

GOVERNMENTS = ("yanbian-government-2024", "yanbian-government-2023")  # invented numbers, sums exact
SEEDS = ("jishan-2023", "mianxian-2024", "shizhong-2024", "xuchang-2023", "yanbian-2024")


def money(disclosure_id: str) -> Counter[Decimal]:
    tables = load(disclosure_id).tables
    return Counter(
        Decimal(row[col].replace(",", ""))
        for table in tables
        for row in table.rows
        for col in table.amount_columns
        if row[col]
    )


def printed(table: Table) -> list[str]:
    """Texts of all non-blank cells, white space aside, in reading order."""
    cells = sorted(table.cells(), key=lambda cell: (cell.row, cell.col))
    return [squeeze(cell.text) for cell in cells if cell.text]


def squeeze(text: str | None) -> str:
    return "".join((text or "").replace("\xa0", "").split())


@pytest.mark.parametrize("disclosure_id", [*SEEDS, *GOVERNMENTS, "sample-accounts-2022"])
def test_the_data_is_rectangular(disclosure_id: str) -> None:
    for table in load(disclosure_id).tables:
        covered: Counter[tuple[int, int]] = Counter()
        for cell in table.cells():
            covered.update(
                (cell.row + down, cell.col + right)
                for down in range(cell.rowspan)
                for right in range(cell.colspan)
            )
        rows = len(table.header) + len(table.rows)
        assert covered == {(row, col): 1 for row in range(rows) for col in range(table.columns)}, table.title


@pytest.mark.parametrize(("disclosure_id", "repeat"), [("yanbian-2024", False), ("shizhong-2024", True)])
def test_pdf_holds_every_cell_as_unicode(disclosure_id: str, repeat: bool) -> None:
    cells: list[str] = []
    with pdfplumber.open(io.BytesIO(typeset(disclosure_id, "pdf", repeat_headers=repeat))) as pdf:
        assert {page.width > page.height for page in pdf.pages} == {True, False}
        for number, page in enumerate(pdf.pages[1:], start=2):
            assert f"— {number} —" in page.extract_text()
            for grid in page.extract_tables():
                cells += [squeeze(text) for row in grid for text in row if text]
    wanted = Counter(text for table in load(disclosure_id).tables for text in printed(table))
    surplus = Counter(cells) - wanted
    assert not wanted - Counter(cells)
    assert bool(surplus) == repeat, "only repeated header rows print a cell twice"


def test_pdf_unit_stands_above_the_table() -> None:
    with pdfplumber.open(io.BytesIO(typeset("shizhong-2024", "pdf"))) as pdf:
        lines = pdf.pages[3].extract_text().splitlines()
    assert lines[0] == "收支总体情况表"
    assert lines[1] == "部门(单位)：枣庄市市中区医疗保障局 单位：万元"


def test_xlsx_amounts_are_numbers_and_merges_are_real() -> None:
    book = openpyxl.load_workbook(io.BytesIO(typeset("jishan-2023", "xlsx")))
    tables = load("jishan-2023").tables
    assert book.sheetnames == ["封面", "说明", *(f"预算公开表{n}" for n in range(1, len(tables) + 1))]
    numbers: Counter[Decimal] = Counter()
    for sheet, table in zip(book.worksheets[2:], tables, strict=True):
        spanning = [cell for cell in table.cells() if (cell.rowspan, cell.colspan) != (1, 1)]
        assert len(sheet.merged_cells.ranges) == len(spanning) + 1
        values = [cell.value for row in sheet.iter_rows(3) for cell in row]
        numbers.update(
            Decimal(str(value)).quantize(Decimal("0.01"))
            for value in values
            if isinstance(value, int | float)
        )
    assert numbers == money("jishan-2023")


def test_docx_grid_is_full_and_headers_repeat() -> None:
    document = docx.Document(io.BytesIO(typeset("xuchang-2023", "docx")))
    tables = load("xuchang-2023").tables
    for read, table in zip(document.tables, tables, strict=True):
        assert [len(row.cells) for row in read.rows] == [table.columns] * (
            len(table.header) + len(table.rows)
        )
        assert len(read._tbl.xpath(".//w:tblHeader")) == len(table.header)
        seen = {cell._tc: squeeze(cell.text) for row in read.rows for cell in row.cells}
        assert Counter(filter(None, seen.values())) == Counter(printed(table))


def test_html_body_is_gbk_labelled_gb2312() -> None:
    site = Site()
    section = site.sections["mianxian"]
    article = next(entry for entry in section.articles if entry.body)
    body = site.resources[article_path(section, article)].body
    assert b"charset=gb2312" in body
    page = html.fromstring(body.decode("gbk"))
    read = [
        [squeeze(str(cell.xpath("string()"))) for cell in table.iterfind(".//td")]
        for table in page.iterfind(".//table[@class='MsoNormalTable']")
    ]
    assert [list(filter(None, texts)) for texts in read] == [
        printed(table) for table in load("mianxian-2024").tables
    ]


def test_another_process_makes_the_same_bytes() -> None:
    program = (
        "from tests.site import expected; print(*sorted(d['sha256'] for s in expected()['sites'] "
        "for x in s['disclosures'] for d in x['documents'] if 'sha256' in d))"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    documents = [
        doc for entry in expected()["sites"] for found in entry["disclosures"] for doc in found["documents"]
    ]
    assert other.split() == sorted(doc["sha256"] for doc in documents if "sha256" in doc)


def test_figures_are_those_of_the_seeds(shared: Path) -> None:
    with (shared / "corpus/truth/amounts.csv").open(encoding="utf-8-sig") as file:
        truth: dict[str, Counter[Decimal]] = {}
        for row in csv.DictReader(file):
            truth.setdefault(row["doc_id"], Counter())[Decimal(row["amount_text"].replace(",", ""))] += 1
    assert truth == {disclosure_id: money(disclosure_id) for disclosure_id in SEEDS}


# --- the server -------------------------------------------------------------


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def get(site: Site, path: str, **headers: str) -> tuple[int, Message, bytes]:
    request = Request(
        site.url + quote(path), headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with build_opener(_Stay).open(request, timeout=5) as response:
            return response.status, response.headers, response.read()
    except HTTPError as refused:
        return refused.code, refused.headers, refused.read()


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        yield running


def attachment_paths(site: Site) -> dict[str, str]:
    """Path by fault, or by form where there is no fault."""
    return {
        attachment.fault or attachment.form: attachment_path(section, article, attachment)
        for section in site.sections.values()
        for article in section.articles
        for attachment in article.attachments
    }


def test_lists_reach_every_article(site: Site) -> None:
    assert [section.list_pages for section in site.sections.values()] == [1, 4, 1, 1, 2]
    for section in site.sections.values():
        hrefs: list[str] = []
        for page in range(section.list_pages):
            status, _, body = get(site, list_path(section, page))
            assert status == 200
            assert f'createPageHTML({section.list_pages}, {page}, "index", "html")'.encode() in body
            links = html.fromstring(body).iterfind(".//*[@class='list_content']//a")
            hrefs += [link.get("href", "") for link in links]
        wanted = [article_path(section, article).removeprefix(section.folder) for article in section.articles]
        assert [href.removeprefix("./") for href in hrefs] == wanted


def test_conditional_requests(site: Site) -> None:
    path = attachment_paths(site)["appendix"]
    status, headers, body = get(site, path)
    assert (status, headers["Content-Type"]) == (200, "application/pdf")
    assert get(site, path, If_None_Match=headers["ETag"])[::2] == (304, b"")
    assert get(site, path, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(site, path, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    site.alter(path, body + b"\n%")
    assert (
        get(site, path, If_None_Match=headers["ETag"], If_Modified_Since=headers["Last-Modified"])[0] == 200
    )
    assert [entry.conditional for entry in site.log] == [False, True, True, True, True]


def test_faults_answer_as_real_sites_do(site: Site) -> None:
    paths = attachment_paths(site)
    assert get(site, paths["dead"])[0] == 404
    status, headers, body = get(site, paths["error_page"])
    assert (status, headers["Content-Type"]) == (200, "text/html")
    assert "系统繁忙" in body.decode()
    status, headers, _ = get(site, paths["redirect"])
    assert status == 302
    assert get(site, headers["Location"])[2].startswith(b"%PDF-")
    assert get(site, paths["named"])[2] == get(site, paths["appendix"])[2]
    _, headers, body = get(site, paths["document_write"])
    name = headers["Content-Disposition"].encode("latin-1").decode("gbk")
    assert name == 'attachment; filename="许昌市医疗保障局2023年单位预算公开.docx"'
    assert (headers["Content-Type"], body[:2]) == ("application/octet-stream", b"PK")


def test_robots_and_forbidden_requests(site: Site) -> None:
    assert b"Disallow: /protect/" in get(site, "/robots.txt")[2]
    assert site.forbidden_requests() == []
    get(site, attachment_paths(site)["forbidden"])
    assert [entry.status for entry in site.forbidden_requests()] == [200]


def test_publish_withdraw_and_break(site: Site) -> None:
    section = site.sections["jishan"]
    late = replace(
        section.articles[-1], title="新发布", published=section.articles[0].published + timedelta(days=1)
    )
    path = site.publish("jishan", late)
    assert get(site, path)[0] == 200
    assert "新发布" in get(site, section.folder)[2].decode()
    assert site.withdraw("新发布") == path
    assert get(site, path)[0] == 404
    assert "新发布" not in get(site, section.folder)[2].decode()
    site.break_listing("jishan")
    assert get(site, section.folder)[0] == 503


def test_expected_totals_and_lateness(site: Site) -> None:
    truth = expected(site)
    assert {key: truth[key] for key in ("disclosures", "documents", "tables", "amounts")} == {
        "disclosures": 14,
        "documents": 8,
        "tables": 67,
        "amounts": sum(money(name).total() for name in (*SEEDS, *GOVERNMENTS, "sample-accounts-2022")),
    }
    statuses = {
        document["disclosure_id"]: document["status"]
        for entry in truth["sites"]
        for disclosure in entry["disclosures"]
        for document in disclosure["documents"]
        if document["outcome"] == "content"
    }
    assert [name for name, status in statuses.items() if status == "late"] == ["jishan-2023"]
    for entry, registered in zip(truth["sites"], demo_sites(site.url), strict=True):
        assert registered["url"] == site.url + entry["start"]
        for disclosure in entry["disclosures"]:
            for document in disclosure["documents"]:
                status, headers, body = get(site, document["path"])
                while status == 302:
                    status, headers, body = get(site, headers["Location"])
                if document["outcome"] == "content":
                    assert hashlib.sha256(body).hexdigest() == document["sha256"]
