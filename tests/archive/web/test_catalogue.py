"""The list of documents: the same in every form, with those of no body; and why a page has no amounts."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from starlette.testclient import TestClient

from archive.dataset.rows.documents import DocumentRow
from archive.history.local_files import archive_files
from archive.ingest.job import ingest
from archive.monitoring import verdicts
from archive.stores import open_store
from archive.web.app import create_app
from archive.web.data.queries import file_names
from archive.web.pages.document_list import NO_BODY, PROOFS
from parsers.values.vocabulary import DocumentOutcome, FactStatus
from tests.archive.web.conftest import Served

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LETTER = "关于做好2024年预算公开工作的通知\n各单位：请按时公开。\n".encode()
REPLY = "关于2024年预算公开工作的答复\n已收到。\n".encode()


@pytest.fixture(scope="module")
def loose(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Files of no body: a letter, then a ZIP with the same letter and a reply; a broken PDF; no bytes."""
    folder = tmp_path_factory.mktemp("loose")
    store = open_store(str(folder / "store"))
    for name, data in {
        "通知.txt": LETTER,
        "打包.zip": _zip({"附件/通知.txt": LETTER, "附件/答复.txt": REPLY}),
        "坏了.pdf": b"%PDF-1.4 broken",
        "empty.pdf": b"",
    }.items():
        path = folder / name
        path.write_bytes(data)
        archive_files(store, [path], spool=folder / "spool", now=NOW, command="test", version="0")
        assert ingest(store, now=NOW).snapshot
    app = create_app(store, partial(verdicts.board, store))
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def listed(client: TestClient, **wish: object) -> set[str]:
    """The documents of the page, which are those of the CSV and of the API."""
    page = client.get("/documents", params=wish).text
    found = set(re.findall(r'<th scope="row"[^>]*><a href="/documents/([0-9a-f]{64})', page))
    lines = csv.DictReader(io.StringIO(client.get("/documents.csv", params=wish).text.lstrip("\ufeff")))
    assert {line["document_id"] for line in lines} == found
    answer = client.get("/api/documents", params=wish).json()
    assert {row["document_id"] for row in answer["data"]} == found and answer["total"] == len(found)
    assert f"{len(found)} document" in page or not found
    return found


def test_every_filter_in_every_form(served: Served) -> None:
    client = served.client
    client.headers["accept-language"] = "en"
    everything = listed(client)
    assert everything == {served.pdf, served.xlsx, served.hostile}
    assert listed(client, region="吉林") == listed(client, region="22") == {served.pdf}
    assert listed(client, body="延边") == {served.pdf}
    assert listed(client, body=NO_BODY) == {served.hostile}
    assert served.pdf in listed(client, year=2024) and served.xlsx not in listed(client, year=2024)
    assert listed(client, kind="accounts") == {served.xlsx}
    assert listed(client, outcome="parsed") == everything and listed(client, outcome="damaged") == set()
    assert listed(client, body="' OR 1=1 --") == set()
    del client.headers["accept-language"]


def test_a_document_stands_as_its_worst_amount_does(served: Served) -> None:
    standing = {status: listed(served.client, status=status, lang="en") for status in PROOFS}
    served.client.cookies.clear()
    for status, found in standing.items():
        for identity in found:
            asked: dict[str, Any] = {"document_id": identity, "limit": 1000}
            facts = served.client.get("/api/facts", params=asked).json()["data"]
            disputed = any(fact["status"] == "disputed" for fact in facts)
            counted = [fact for fact in facts if fact["amount_yuan"] not in (None, "0.00")]
            proved = all(fact["status"] == "proved" for fact in counted)
            assert status == ("disputed" if disputed else "proved" if proved else "single")
    assert served.pdf in standing[FactStatus.DISPUTED]
    assert sum(map(len, standing.values())) == 3


def test_what_no_document_can_have_is_an_error_of_the_api(loose: TestClient) -> None:
    for wish in ("status=late", "kind=nothing"):
        assert loose.get(f"/api/documents?{wish}").status_code == 400
    assert loose.get("/api/facts?region=22").status_code == 400  # a filter of documents alone


def test_files_of_nobody_are_found_by_their_names(loose: TestClient) -> None:
    found = loose.get("/documents", params={"body": NO_BODY}).text
    for name in ("通知.txt", "打包.zip", "坏了.pdf", "empty.pdf", "附件/答复.txt"):
        assert name in found
    assert "5 documents" in found and found.count('data-label="Body"><span class="soft">not recognised') == 5
    assert "published 0" not in found


@pytest.mark.parametrize(
    ("outcome", "language", "words"),
    [
        ("no_tables", "en", "no table was recognised in it"),
        ("no_tables", "zh", "没有识别出表格"),
        ("damaged", "zh", "文件损坏或不完整"),
        ("empty", "en", "The file has no content"),
        ("container", "zh", "含有其他文件的压缩包"),
    ],
)
def test_a_page_without_amounts_says_why(loose: TestClient, outcome: str, language: str, words: str) -> None:
    one = loose.get("/api/documents", params={"outcome": outcome}).json()["data"][0]
    page = loose.get(f"/documents/{one['document_id']}", headers={"accept-language": language}).text
    assert words in page and ">None<" not in page


def test_a_container_lists_files_that_were_archived_before(loose: TestClient) -> None:
    [container] = loose.get("/api/documents?outcome=container").json()["data"]
    page = loose.get(f"/documents/{container['document_id']}").text
    members = page.split('class="members">')[1].split("</ul>")[0]
    assert "附件/通知.txt" in members and "附件/答复.txt" in members
    assert members.count("archived before") == 1
    assert "One of the files below stood in the archive before" in page
    letter = next(
        row["document_id"]
        for row in loose.get("/api/documents?outcome=no_tables").json()["data"]
        if row["parent_id"] is None
    )
    assert f'href="/documents/{letter}"' in members


def test_a_long_list_has_pages(loose: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.web.pages.document_list.ROWS", 2)
    address, seen = "/documents", []
    while address:
        page = loose.get(address).text
        seen += re.findall(r'<th scope="row"[^>]*><a href="/documents/([0-9a-f]{64})', page)
        following = re.findall(r'href="([^"]+)" rel="next"', page)
        address = following[0].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 5


def test_an_old_snapshot_has_the_names_of_addresses(served: Served) -> None:
    version = served.client.app.state.dataset.version("latest")  # type: ignore[attr-defined]
    nameless = [
        DocumentRow(document_id=identity, outcome=DocumentOutcome.PARSED, parser_version="1")
        for identity in (served.pdf, served.hostile)
    ]
    assert file_names(version, nameless) == {served.pdf: "yanbian-2024.pdf"}
