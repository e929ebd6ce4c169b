"""A web server on loopback for the crawler's tests: it sends the bytes it is given, and records the requests.

Invariant: header fields go out in the order and spelling given, nothing is added but Content-Length.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `delay` is in seconds, `etag` makes conditional requests be answered with 304."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ((b"Content-Type", b"text/html"),)
    delay: float = 0.0
    etag: bytes | None = None


@dataclass(slots=True)
class Web:
    """Answers by path. `asked` holds (path, header lines) of every request in order, `times` when it came. A
    `held` path is answered once its event is set."""

    url: str = ""
    pages: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, list[bytes]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    held: dict[str, threading.Event] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def html(self, path: str, markup: str, **rest: object) -> None:
        self.pages[path] = Reply(markup.encode(), **rest)  # type: ignore[arg-type]

    def respond(self, method: str, path: str, lines: list[bytes], body: bytes) -> bytes:
        """The whole answer to a request; a server that looks at more than the path overrides it."""
        return self.answer(path, lines)

    def answer(self, path: str, lines: list[bytes], reply: Reply | None = None) -> bytes:
        self.asked.append((path, lines))
        self.times.append(time.monotonic())
        reply = reply or self.pages.get(path, Reply(b"<html>nothing here</html>", 404))
        time.sleep(reply.delay)
        if path in self.held:
            self.held[path].wait(60)
        etag = (b"ETag", reply.etag) if reply.etag else None
        if etag and any(
            line.lower() == b"if-none-match: " + reply.etag.lower() for line in lines if reply.etag
        ):
            reply = Reply(status=304, headers=())
        headers = [*reply.headers, *([etag] if etag else []), (b"Content-Length", b"%d" % len(reply.body))]
        head = [b"HTTP/1.1 %d Whatever" % reply.status, *(name + b": " + value for name, value in headers)]
        return b"\r\n".join([*head, b"", reply.body if reply.status != 304 else b""])


@contextmanager
def serve(web: Web, tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve `web` on a free port of 127.0.0.1 until the block ends."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline():
                lines: list[bytes] = []
                while (field_line := self.rfile.readline().rstrip(b"\r\n")) != b"":
                    lines.append(field_line)
                sizes = [int(one[15:]) for one in lines if one.lower().startswith(b"content-length:")]
                method, path = line.split()[:2]
                body = self.rfile.read(sizes[0]) if sizes else b""
                self.wfile.write(web.respond(method.decode(), path.decode(), lines, body))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A crawler that hangs up (as on a bad certificate) is not reported."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        web.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield web
        finally:
            server.shutdown()


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server context whose certificate no authority signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
