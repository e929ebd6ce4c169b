"""WARC files: what goes in comes out, standards' own tools accept it, and a kill loses nothing written."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from archive import IntegrityError
from archive.warc.content_coding import MAX_DECODED_BYTES, content_decoded
from archive.warc.records import Record, read_records
from archive.warc.spool import finish_torn, hand_over_warcs
from archive.warc.writer import Exchange, Location, WarcWriter, read_payload

RUN = "20261122T101530Z-abc123"
T0 = datetime(2026, 11, 22, 10, 15, 30, 123456, tzinfo=UTC)
PDF = b"%PDF-1.7 " + bytes(range(256)) * 40
GZIP_HEAD = 10  # bytes, of which some say when and where a member was made


class Folder:
    """A store in a directory: just what this room asks for."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        with (self.root / key).open("rb") as file:
            file.seek(start)
            return file.read(-1 if length is None else length)

    def upload(self, key: str, path: Path) -> None:
        (self.root / key).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, self.root / key)

    def warcs(self) -> list[Path]:
        return sorted(self.root.glob("warc/**/*.warc.gz"))

    def records(self) -> list[Record]:
        return [record for path in self.warcs() for record in read_records(BytesIO(path.read_bytes()))]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "store")


def exchange(
    url: str, body: bytes, *headers: tuple[bytes, bytes], status: int = 200, seconds: int = 0
) -> Exchange:
    return Exchange(
        url, T0 + timedelta(seconds=seconds), status, "OK", headers, body,
        request_headers=((b"Host", b"www.example.gov.cn"), (b"User-Agent", b"gongkai")), ip="192.0.2.7",
    )  # fmt: skip


def at(location: Location) -> tuple[str, int, int]:
    return location.payload_path, location.payload_offset, location.payload_length


def recover(store: Folder, run_folder: Path) -> list[str]:
    finish_torn(run_folder)
    return hand_over_warcs(store, run_folder)


def assert_warcio_accepts(paths: list[Path]) -> None:
    assert paths
    check = subprocess.run([sys.executable, "-m", "warcio.cli", "check", "-v", *map(str, paths)],
                           capture_output=True, text=True)  # fmt: skip
    assert check.returncode == 0, check.stdout
    assert "digest pass" in check.stdout
    assert "digest failed" not in check.stdout


def test_headers_and_body_are_kept_as_received(folder: Folder, tmp_path: Path) -> None:
    headers = (
        (b"content-TYPE", b"application/pdf"),
        (b"X-Name", "预算".encode("gb18030")),
        (b"X-Empty", b""),
    )
    with WarcWriter(folder, RUN, tmp_path / "spool", info={"operator": "NGO <a@example.org>"}) as writer:
        location = writer.write(exchange("http://www.example.gov.cn/a.pdf?x=1", PDF, *headers))
    assert location.warc_path.endswith(f"/{RUN}-00001.warc.gz")
    data = folder.read(location.warc_path, location.offset, location.length)
    block = gzip.decompress(data).split(b"\r\n\r\n", 1)[1]
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-TYPE: application/pdf\r\nX-Name: "
        + headers[1][1]
        + b"\r\nX-Empty: \r\n\r\n"
    )
    assert block == head + PDF + b"\r\n\r\n"
    assert read_payload(folder, *at(location)) == PDF
    assert location.sha256 == location.digest == hashlib.sha256(PDF).hexdigest()


def test_the_standard_tools_accept_every_kind_of_record(folder: Folder, tmp_path: Path) -> None:
    with WarcWriter(folder, RUN, tmp_path / "spool", info={"robots": "classic"}) as writer:
        first = writer.write(exchange("http://www.example.gov.cn/a.pdf", PDF))
        writer.write(exchange("http://www.example.gov.cn/b.pdf", PDF, seconds=1))
        writer.write(exchange("http://www.example.gov.cn/gone", b"", status=404))
        writer.write(
            Exchange("http://www.example.gov.cn/预 算", T0, 301, "", via="http://www.example.gov.cn/")
        )
        writer.write_resource("/home/someone/预算.pdf", PDF + b"2", "application/pdf", T0)
    assert_warcio_accepts(folder.warcs())
    found = folder.records()
    kinds = [record.kind for record in found]
    assert kinds == ["warcinfo", "response", "request", "revisit", "request", "response", "request",
                     "response", "request", "metadata", "resource"]  # fmt: skip
    response, request = found[1], found[2]
    assert request.fields["warc-concurrent-to"] == response.fields["warc-record-id"]
    assert response.fields["warc-ip-address"] == "192.0.2.7"
    assert response.fields["warc-date"] == "2026-11-22T10:15:30.123456Z"
    assert (response.offset, response.length) == (first.offset, first.length)
    assert b"robots: classic" in found[0].body
    assert found[-1].fields["warc-target-uri"] == "file:///%E9%A2%84%E7%AE%97.pdf"
    assert b"someone" not in b"".join(gzip.decompress(path.read_bytes()) for path in folder.warcs())


def test_the_same_body_under_another_address_is_a_revisit(folder: Folder, tmp_path: Path) -> None:
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        first = writer.write(exchange("http://www.example.gov.cn/a.pdf", PDF))
        again = writer.write(exchange("http://www.example.gov.cn/b.pdf", PDF, (b"ETag", b'"1"'), seconds=9))
    assert again.revisit and not first.revisit
    assert at(again) == at(first) and again.offset > first.offset
    assert read_payload(folder, *at(again)) == PDF
    record = folder.records()[3]
    assert record.fields["warc-profile"].endswith("/identical-payload-digest")
    assert record.fields["warc-refers-to-target-uri"] == "http://www.example.gov.cn/a.pdf"
    assert record.fields["warc-refers-to-date"] == folder.records()[1].fields["warc-date"]
    assert record.fields["warc-payload-digest"] == f"sha256:{hashlib.sha256(PDF).hexdigest()}"
    assert ("ETag", '"1"') in record.http_fields and record.body == b""


def test_revisits_reach_back_into_earlier_runs(folder: Folder, tmp_path: Path) -> None:
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        first = writer.write(exchange("http://www.example.gov.cn/a.pdf", PDF))
    later = RUN.replace("22T", "23T")
    with WarcWriter(folder, later, tmp_path / "spool", known={first.digest: first}.get) as writer:
        again = writer.write(exchange("http://www.example.gov.cn/a.pdf", PDF, seconds=86400))
        local = writer.write_resource("a.pdf", PDF, "application/pdf", T0)
    assert again.revisit and at(again) == at(first) and later in again.warc_path
    assert local.revisit and (local.warc_path, local.offset) == (first.warc_path, first.offset)
    assert_warcio_accepts(folder.warcs())


def test_not_modified_confirms_the_stored_version(folder: Folder, tmp_path: Path) -> None:
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        first = writer.write(exchange("http://www.example.gov.cn/a.pdf", PDF))
    later = RUN.replace("22T", "23T")
    versions = {"http://www.example.gov.cn/a.pdf": first}
    with WarcWriter(folder, later, tmp_path / "spool", version=versions.get) as writer:
        again = writer.write(exchange("http://www.example.gov.cn/a.pdf", b"", status=304))
        stray = writer.write(exchange("http://www.example.gov.cn/never-seen", b"", status=304))
    assert again.revisit and again.sha256 == first.sha256 and at(again) == at(first)
    assert not stray.revisit
    assert folder.records()[-4].fields["warc-profile"].endswith("/server-not-modified")
    assert_warcio_accepts(folder.warcs())


def test_what_is_cut_short_or_empty_is_never_the_original_of_a_revisit(
    folder: Folder, tmp_path: Path
) -> None:
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        cut = Exchange("http://a.cn/1", T0, 200, body=PDF, truncated="length")
        outcomes = [writer.write(cut).revisit, writer.write(exchange("http://a.cn/2", PDF)).revisit,
                    writer.write(exchange("http://a.cn/3", b"")).revisit,
                    writer.write(exchange("http://a.cn/4", b"")).revisit]  # fmt: skip
    assert outcomes == [False] * 4
    assert folder.records()[1].fields["warc-truncated"] == "length"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw-deflate", "lie", "cut", "checksum", "unasked"])
def test_the_hash_is_that_of_the_bytes_that_are_parsed(folder: Folder, tmp_path: Path, coding: str) -> None:
    page = "<html>部门预算</html>".encode() * 50
    raw = zlib.compressobj(wbits=-15)
    body, name, expected = {
        "gzip": (gzip.compress(page), b"gzip", page),
        "deflate": (zlib.compress(page), b"deflate", page),
        "raw-deflate": (raw.compress(page) + raw.flush(), b"deflate", page),
        "lie": (page, b"gzip", page),
        "cut": (short := gzip.compress(page)[:-20], b"gzip", zlib.decompressobj(31).decompress(short)),
        "checksum": (gzip.compress(page)[:-8] + bytes(8), b"gzip", page),
        "unasked": (page, b"x-strange", page),
    }[coding]
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        location = writer.write(exchange("http://a.cn/", body, (b"Content-Encoding", name)))
    assert read_payload(folder, *at(location)) == expected
    assert location.sha256 == hashlib.sha256(expected).hexdigest()
    assert location.digest == hashlib.sha256(body).hexdigest()
    assert location.bytes == len(expected)
    assert_warcio_accepts(folder.warcs())


def test_a_bomb_stays_as_received() -> None:
    bomb = gzip.compress(bytes(MAX_DECODED_BYTES + 1), 9)
    assert content_decoded(bomb, ["gzip"]) == bomb


def test_chunked_answers_become_plain_and_say_so(folder: Folder, tmp_path: Path) -> None:
    body = b"5\r\nlooks like a chunk, but is the text itself"
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        location = writer.write(exchange("http://a.cn/", body, (b"Transfer-Encoding", b"chunked")))
    assert read_payload(folder, *at(location)) == body
    assert ("X-Archive-Orig-Transfer-Encoding", "chunked") in folder.records()[1].http_fields


def test_no_value_can_start_a_header_of_its_own(folder: Folder, tmp_path: Path) -> None:
    url = "http://a.cn/x\r\nWARC-Type: warcinfo"
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        writer.write(Exchange(url, T0, 200, "OK\r\nX: y", via="http://a.cn/\r\nz: 1"))
    record, request, metadata = folder.records()[1:]
    assert record.kind == "response" and record.http_fields == ()
    assert request.kind == "request" and metadata.body.count(b"\r\n") == 1


def test_rotation_by_size_and_age(folder: Folder, tmp_path: Path) -> None:
    now = [T0]
    writer = WarcWriter(folder, RUN, tmp_path / "spool", max_bytes=25_000, max_age=timedelta(minutes=10),
                        clock=lambda: now[0])  # fmt: skip
    locations = []
    for number in range(6):
        now[0] += timedelta(minutes=9 if number == 5 else 0)
        locations.append(writer.write(exchange(f"http://a.cn/{number}", os.urandom(9_000))))
    now[0] += timedelta(days=1)
    locations.append(writer.write(exchange("http://a.cn/last", b"last")))
    writer.close()
    names = [location.warc_path for location in locations]
    assert [name[-13:-8] for name in names] == ["00001"] * 3 + ["00002"] * 3 + ["00003"]
    assert names[0].startswith("warc/2026/11/22/") and names[-1].startswith("warc/2026/11/23/")
    assert_warcio_accepts(folder.warcs())
    assert not [path for path in (tmp_path / "spool").rglob("*") if path.is_file() and path.name != "lock"]


WRITE_UNTIL_KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from archive.warc.writer import Exchange, WarcWriter

class NoStore:
    def upload(self, key, path):
        raise AssertionError("nothing is finished yet")

writer = WarcWriter(NoStore(), sys.argv[2], Path(sys.argv[1]))
number = 0
while True:
    url = f"http://a.cn/{number}"
    location = writer.write(Exchange(url, datetime.now(UTC), 200, body=url.encode() * 50_000))
    print(url, location.warc_path, location.offset, location.length, flush=True)
    number += 1
"""


def test_kill_9_loses_nothing_that_was_acknowledged(folder: Folder, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    process = subprocess.Popen([sys.executable, "-c", WRITE_UNTIL_KILLED, str(spool), RUN],
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(25)]
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.readlines()
    process.wait()
    assert len(recover(folder, spool / RUN)) == 1
    assert_warcio_accepts(folder.warcs())
    for line in lines:
        if line.endswith("\n"):
            url, path, offset, length = line.split()
            assert read_payload(folder, path, int(offset), int(length)) == url.encode() * 50_000
    assert recover(folder, spool / RUN) == []


def test_a_file_that_ends_within_a_record_is_not_read_as_whole(folder: Folder, tmp_path: Path) -> None:
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        writer.write(exchange("http://a.cn/1", PDF))
    whole = folder.warcs()[0].read_bytes()
    records = list(read_records(BytesIO(whole)))
    ends = {record.offset + record.length for record in records}
    assert max(ends) == len(whole)
    for cut in {*range(0, len(whole), 37), *range(len(whole) - 12, len(whole))} - ends:
        with pytest.raises(IntegrityError):
            list(read_records(BytesIO(whole[:cut])))
    for end in ends:
        assert list(read_records(BytesIO(whole[:end])))


def test_a_torn_last_record_is_cut_off_at_every_length(folder: Folder, tmp_path: Path) -> None:
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        writer.write(exchange("http://a.cn/1", PDF))
        last = writer.write(exchange("http://a.cn/2", PDF[::-1]))
    whole = folder.warcs()[0].read_bytes()
    end = last.offset + last.length
    # A member that lacks a last zero byte is whole again with zeros after it: none there.
    for cut, zeros in ((last.offset + 1, 8192), (end - 9, 8192), (end - 1, 0), (end + 5, 8192)):
        torn = tmp_path / "torn" / "warc" / "2026" / f"x{cut}.warc.gz.open"
        torn.parent.mkdir(parents=True, exist_ok=True)
        torn.write_bytes(whole[:cut] + bytes(zeros))
        recovered = Folder(tmp_path / f"recovered{cut}")
        assert recover(recovered, tmp_path / "torn") == [f"warc/2026/x{cut}.warc.gz"]
        size = recovered.warcs()[0].stat().st_size
        assert size == (last.offset if cut < end else end)
        assert_warcio_accepts(recovered.warcs())


def test_a_failed_upload_is_raised_and_the_file_kept(tmp_path: Path, folder: Folder) -> None:
    class Down(Folder):
        def upload(self, key: str, path: Path) -> None:
            raise OSError("no route to host")

    writer = WarcWriter(Down(tmp_path / "down"), RUN, tmp_path / "spool")
    writer.write(exchange("http://a.cn/1", PDF))
    with pytest.raises(OSError, match="no route"):
        writer.close()
    assert len(recover(folder, tmp_path / "spool" / RUN)) == 1
    assert_warcio_accepts(folder.warcs())


def test_reading_says_when_there_is_no_payload(folder: Folder, tmp_path: Path) -> None:
    with WarcWriter(folder, RUN, tmp_path / "spool") as writer:
        writer.write(exchange("http://a.cn/1", PDF))
        again = writer.write(exchange("http://a.cn/2", PDF))
    with pytest.raises(IntegrityError, match="not a record with a payload"):
        read_payload(folder, again.warc_path, again.offset, again.length)
    path = folder.warcs()[0]
    whole = path.read_bytes()
    for place in range(GZIP_HEAD, again.payload_length):
        damaged = bytearray(whole)
        damaged[again.payload_offset + place] ^= 0xFF
        path.write_bytes(damaged)
        with pytest.raises(IntegrityError):
            read_payload(folder, *at(again))
