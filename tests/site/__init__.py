"""A replica government site for the demo and the end-to-end tests: five counties on one loopback server.

Invariant: nothing here reaches the network beyond the loopback socket it serves, and a second start serves
the same bytes as the first. Imports are relative, so the package can be shipped under another name.
"""

from __future__ import annotations

from .expected import expected
from .sections import Article, Attachment
from .server import demo_sites, serve
from .website import LogEntry, Site

__all__ = ["Article", "Attachment", "LogEntry", "Site", "demo_sites", "expected", "serve"]
