"""Receivers of messages on loopback: a web server and a mail server that remember what they got."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hook:
    """A web hook. `answers` are (status, body) of the next requests, then 200 `{}`; 0 breaks the connection
    after the request was read."""

    url: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def contents(self) -> list[Any]:
        return [json.loads(body) for body in self.bodies]


@contextmanager
def hooked() -> Iterator[Hook]:
    """A web hook that runs."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.paths.append(self.path)
            hook.headers.append({name.lower(): value for name, value in self.headers.items()})
            hook.bodies.append(body)
            status, content = hook.answers.pop(0) if hook.answers else (200, b"{}")
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_port}/hook"
    with _running(server):
        yield hook


@dataclass
class Mailbox:
    """A mail server. `refusals` are the answers to the next DATA, instead of taking it."""

    port: int = 0
    refusals: list[str] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)


@contextmanager
def mailed() -> Iterator[Mailbox]:
    """A mail server that runs."""
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("220 here")
            to: list[str] = []
            for raw in self.rfile:
                verb = raw[:4].upper().strip()
                if verb in (b"EHLO", b"HELO"):
                    self.say("250 here")
                elif verb == b"RCPT":
                    to.append(raw.decode().partition(":")[2].strip().strip("<>"))
                    self.say("250 ok")
                elif verb == b"DATA":
                    self.say("354 go on")
                    data = b"".join(iter(self.rfile.readline, b".\r\n"))
                    self.say(self.take(data, to))
                elif verb == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def take(self, data: bytes, to: list[str]) -> str:
            if box.refusals:
                return box.refusals.pop(0)
            mail = message_from_bytes(data, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            box.mails.append(mail)
            box.recipients.append(to)
            return "250 taken"

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    box.port = server.server_address[1]
    with _running(server):
        yield box


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
