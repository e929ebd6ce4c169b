"""Headers that keep a page to itself.

Invariant: no answer lets a browser load, run, frame or send anything but what this server gave it: scripts
and styles come from files under /static, never from the text of a page. The API may be read from anywhere.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
POLICY_OF_FILES = "; ".join(part for part in POLICY.split("; ") if not part.startswith("frame-ancestors"))
"""For pages that are files: it stands in the page, where the rule on frames is not allowed."""
ARCHIVED_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For bytes from elsewhere: whatever they are, they run nothing."""
PICTURE_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""For pictures of pages, also if one is opened by itself."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", POLICY)
                if scope["path"].startswith("/api"):
                    headers["Access-Control-Allow-Origin"] = "*"
                else:
                    headers["Cross-Origin-Resource-Policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
