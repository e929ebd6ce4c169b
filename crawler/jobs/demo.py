"""The bundled replica of a government site, and the settings under which the real crawler visits it.

Invariant: the demo takes the way of every other run; only its address is loopback and its delays are short.
"""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.rendering.texts import t

STORE = "gongkai-data/demo"
PORT = 8610
"""Always the same: an article at another address would be another article."""

SETTINGS = {
    "GONGKAI_ALLOW_LOOPBACK": True,
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
    "GONGKAI_BACKOFF": 0.1,
    "GONGKAI_MAX_RATE": 0,
    "RETRY_TIMES": 1,
}

NEXT_STEPS = (
    "serve",
    "deadlines",
    'query "SELECT body_name, fiscal_year, table_type, amount_yuan FROM facts WHERE is_total LIMIT 20"',
    "query \"SELECT rule, severity, message FROM checks WHERE status = 'fails' ORDER BY severity LIMIT 5\"",
    "snapshots",
    "verify",
)
PACKAGE = "gongkai_replica"


def is_loopback(url: str) -> bool:
    """Is it a replica on this machine?"""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost")


def next_steps(uri: str) -> str:
    """What to try after the demo."""
    steps = (f"  gongkai --store {shlex.quote(uri)} {step}" for step in NEXT_STEPS)
    return "\n".join(["", t("Next, try:"), *steps])


def replica() -> Any:
    """The package with `serve` and `demo_sites`. It is `tests/site` in the source tree, loaded by its path
    because libraries exist that install a `tests` of their own; in a wheel it is a package of its own."""
    if PACKAGE not in sys.modules:
        folder = Path(__file__).parents[2] / "tests" / "site"
        spec = find_spec(PACKAGE) or spec_from_file_location(
            PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec and spec.loader
        sys.modules[PACKAGE] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[PACKAGE])
    return sys.modules[PACKAGE]
