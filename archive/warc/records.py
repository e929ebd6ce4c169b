"""One WARC/1.1 record, bytes to bytes, and what its payload is.

Invariant: what a server sent is kept byte for byte, and reading a record gives back exactly the bytes whose
SHA-256 was recorded when they were stored.

Three byte strings have to be distinguished:

- the *block* of a response record is the status line and header fields as received and the body after
  transfer-decoding. Where the server used chunks, the field `Transfer-Encoding` is renamed to
  `X-Archive-Orig-Transfer-Encoding`: the block is then valid HTTP, and the only change is one name;
- the *body* is the entity body of HTTP, with its Content-Encoding still on. WARC calls this the payload:
  `WARC-Payload-Digest` and the `digest` of the replay index are its SHA-256, and `revisit` compares it;
- the *payload*, here and everywhere else in the project, is the body after content-decoding: the bytes that
  are parsed. `captures.sha256` and `document_id` are its SHA-256. Most attachments have no
  Content-Encoding: their two digests are one.

warcio reads and checks these records, but it re-serialises HTTP headers when it writes, so the few lines
that write a record are here. Digests are written `sha256:<hex>`, as `sha256sum` prints them.
"""

from __future__ import annotations

import hashlib
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders

from archive import IntegrityError
from archive.warc.content_coding import content_decoded

IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

_FIELDS = "application/warc-fields"

HeaderFields = Sequence[tuple[bytes, bytes]]
RecordFields = Iterable[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and its response, as the network saw them.

    `response_headers` are the fields in the order and spelling received; `body` is the entity body after
    transfer-decoding with its content coding still on. `fetched_at` is an aware time. `via` is the URL of the
    page that led here. `truncated` says why a body is not whole: length, time, disconnect (WARC-Truncated).
    """

    url: str
    fetched_at: datetime
    status: int
    reason: str = ""
    response_headers: HeaderFields = ()
    body: bytes = b""
    method: str = "GET"
    request_headers: HeaderFields = ()
    request_body: bytes = b""
    protocol: str = "HTTP/1.1"
    ip: str | None = None
    via: str | None = None
    truncated: str | None = None

    @property
    def payload(self) -> bytes:
        """The bytes that get parsed: the body, content-decoded."""
        named = [value for name, value in self.response_headers if name.lower() == b"content-encoding"]
        return content_decoded(self.body, [value.decode("latin-1") for value in named])


@dataclass(frozen=True, slots=True)
class Record:
    """A record read back: WARC fields by lower-case name, HTTP status and fields, body with its coding on.

    `offset` and `length` are those of the compressed record in the stream it was read from.
    """

    kind: str
    offset: int
    length: int
    fields: dict[str, str]
    status: int | None
    http_fields: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def payload(self) -> bytes:
        """The body, content-decoded."""
        named = [value for name, value in self.http_fields if name.lower() == "content-encoding"]
        return content_decoded(self.body, named)


def sha256(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def record_id() -> str:
    """A new `WARC-Record-ID`."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def warc_date(moment: datetime) -> str:
    """W3C-DTF with microseconds, in UTC, as WARC/1.1 allows."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def header_uri(url: str) -> str:
    """A URL fit for a header field: blanks and non-ASCII characters are percent-encoded, nothing else is
    changed."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]")


def member(fields: RecordFields, block: bytes) -> bytes:
    """One record as one gzip member; fields of value None are left out, length and block digest are added."""
    lines = [f"{name}: {_one_line(value)}" for name, value in fields if value is not None]
    lines += [f"WARC-Block-Digest: sha256:{sha256(block)}", f"Content-Length: {len(block)}"]
    head = "\r\n".join(["WARC/1.1", *lines, "", ""]).encode()
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(head) + packer.compress(block) + packer.compress(b"\r\n\r\n") + packer.flush()


def warcinfo(identity: str, file_name: str, moment: datetime, info: Mapping[str, str]) -> bytes:
    """The record that opens a file: who wrote it, with what, under which policy."""
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", identity),
        ("WARC-Date", warc_date(moment)),
        ("WARC-Filename", file_name),
        ("Content-Type", _FIELDS),
    ]
    return member(fields, _warc_fields({"format": "WARC File Format 1.1", **info}))


def response(exchange: Exchange, identity: str, warcinfo_id: str, digest: str) -> bytes:
    """The whole answer; `digest` is the SHA-256 of the body as received."""
    fields = _response_fields(exchange, "response", identity, warcinfo_id, digest)
    return member(fields, _response_head(exchange) + exchange.body)


def revisit(
    exchange: Exchange, identity: str, warcinfo_id: str, digest: str, profile: str, url: str, moment: datetime
) -> bytes:
    """The answer's head, with a reference to the record of `url` at `moment` that holds the body."""
    fields = (
        *_response_fields(exchange, "revisit", identity, warcinfo_id, digest),
        ("WARC-Profile", profile),
        ("WARC-Refers-To-Target-URI", header_uri(url)),
        ("WARC-Refers-To-Date", warc_date(moment)),
    )
    return member(fields, _response_head(exchange))


def request(exchange: Exchange, response_id: str, warcinfo_id: str) -> bytes:
    """The request that got the answer `response_id`."""
    fields = (
        *_common_fields("request", record_id(), exchange.url, exchange.fetched_at, warcinfo_id),
        ("WARC-Concurrent-To", response_id),
        ("Content-Type", "application/http; msgtype=request"),
    )
    return member(fields, _request_block(exchange))


def metadata(exchange: Exchange, response_id: str, warcinfo_id: str, facts: Mapping[str, str]) -> bytes:
    """What else is known about the exchange, e.g. `via`: the page that led to it."""
    fields = (
        *_common_fields("metadata", record_id(), exchange.url, exchange.fetched_at, warcinfo_id),
        ("WARC-Concurrent-To", response_id),
        ("Content-Type", _FIELDS),
    )
    return member(fields, _warc_fields(facts))


def resource(uri: str, data: bytes, media_type: str, moment: datetime, warcinfo_id: str) -> bytes:
    """A file that came without HTTP."""
    fields = (
        *_common_fields("resource", record_id(), uri, moment, warcinfo_id),
        ("WARC-Payload-Digest", f"sha256:{sha256(data)}"),
        ("Content-Type", media_type),
    )
    return member(fields, data)


def read_records(stream: BinaryIO) -> Iterator[Record]:
    """Every record of a WARC stream, digests checked; damage raises IntegrityError, and so does an end that
    is not the end of a record (warcio takes a stream that was cut short as if it ended there)."""
    iterator = ArchiveIterator(stream, check_digests=True)
    end, is_packed = 0, False
    try:
        for found in iterator:
            # Bytes that cannot be unpacked are to warcio a record of the older ARC format, without a body.
            if found.format != "warc":
                raise IntegrityError("not a readable WARC record: it does not start like one")
            http = found.http_headers
            code = http.get_statuscode() if http and found.rec_type != "request" else ""
            body = _unchunked(found.raw_stream, http).read()
            while found.raw_stream.read():  # what follows the last chunk
                pass
            if getattr(found.raw_stream, "limit", 0) and not iterator.reader.decompressor:
                raise IntegrityError("the file ends within a record")
            offset, length = iterator.get_record_offset(), iterator.get_record_length()
            if found.digest_checker.passed is False:
                raise IntegrityError("; ".join(found.digest_checker.problems))
            if iterator.reader.decompressor and not iterator.reader.decompressor.eof:
                raise IntegrityError("the file ends within a record")
            end, is_packed = offset + length, iterator.reader.decompressor is not None
            yield Record(
                kind=found.rec_type,
                offset=offset,
                length=length,
                fields={name.lower(): value for name, value in found.rec_headers.headers},
                status=int(code) if code.isdecimal() else None,
                http_fields=tuple(http.headers) if http else (),
                body=body,
            )
        # Behind the last record of a file that is not compressed come its line breaks.
        if not end or (is_packed and iterator.fh.tell() != end):
            raise IntegrityError("the file ends within a record")
    except IntegrityError:
        raise
    except Exception as error:  # warcio raises several unrelated types on damaged input
        raise IntegrityError(f"not a readable WARC record: {error}") from error


def _unchunked(stream: Any, http: StatusAndHeaders | None) -> Any:
    """The body as it was before it was sent in chunks: other programs keep them; ours renames the field."""
    coded = http.get_header("Transfer-Encoding") if http else None
    return ChunkedDataReader(stream) if coded and coded.lower() == "chunked" else stream


def _common_fields(kind: str, identity: str, url: str, moment: datetime, warcinfo_id: str) -> RecordFields:
    return (
        ("WARC-Type", kind),
        ("WARC-Record-ID", identity),
        ("WARC-Target-URI", header_uri(url)),
        ("WARC-Date", warc_date(moment)),
        ("WARC-Warcinfo-ID", warcinfo_id),
    )


def _response_fields(
    exchange: Exchange, kind: str, identity: str, warcinfo_id: str, digest: str
) -> RecordFields:
    return (
        *_common_fields(kind, identity, exchange.url, exchange.fetched_at, warcinfo_id),
        ("WARC-IP-Address", exchange.ip),
        ("WARC-Truncated", exchange.truncated),
        ("WARC-Payload-Digest", f"sha256:{digest}"),
        ("Content-Type", "application/http; msgtype=response"),
    )


def _response_head(exchange: Exchange) -> bytes:
    line = f"{exchange.protocol} {exchange.status} {_one_line(exchange.reason)}".encode("latin-1", "replace")
    renamed = (
        (b"X-Archive-Orig-" + name if name.lower() == b"transfer-encoding" else name, value)
        for name, value in exchange.response_headers
    )
    return _http_head(line, renamed)


def _request_block(exchange: Exchange) -> bytes:
    target = re.sub(r"^[a-z][a-z0-9+.-]*://[^/?#]*", "", header_uri(exchange.url), flags=re.IGNORECASE)
    path = target.partition("#")[0]
    line = f"{exchange.method} {path if path.startswith('/') else '/' + path} {exchange.protocol}".encode()
    return _http_head(line, exchange.request_headers) + exchange.request_body


def _http_head(line: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"\r\n".join([line, *(name + b": " + value for name, value in fields), b"", b""])


def _warc_fields(fields: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields.items()).encode()


def _one_line(text: str) -> str:
    """No value may start another header field."""
    return re.sub(r"[\r\n]+", " ", text)
