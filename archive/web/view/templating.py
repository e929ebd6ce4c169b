"""Pages from templates.

Invariant: everything a template prints is escaped; no template marks text as safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import unquote

import jinja2
from starlette.responses import HTMLResponse, Response

from archive.dataset.rows.facts import CheckRow
from archive.monitoring.verdicts import URGENCY
from archive.vocabulary import shown_result
from archive.web.view.knowledge import LANGUAGES
from archive.web.view.security import POLICY_OF_FILES
from archive.web.view.visit import COOKIE, Visit
from parsers.values.lexicon import lexicon_of

_MONEY = lexicon_of(__name__).names("money")

MILLION = 1_000_000
YEAR_SECONDS = 365 * 24 * 3600
WAN = Decimal(10_000)
YI = Decimal(100_000_000)


def page(visit: Visit, template: str, status: int = 200, /, **values: Any) -> Response:
    """A page in the visitor's language."""
    context = {
        "visit": visit,
        "t": visit.t,
        "said": visit.said,
        "link": visit.link,
        "static": visit.static,
        "lang": visit.language,
        "policy": None if visit.live else POLICY_OF_FILES,
    } | values
    response = HTMLResponse(environment().get_template(template).render(context), status)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    if visit.request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, visit.language, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response


@cache
def environment() -> jinja2.Environment:
    """The templates and what they may call."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("archive.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.globals.update(statuses=URGENCY)
    made.filters.update(
        money=money_text, yuan=yuan, percent=percent, count=count, readable=unquote, of_result=of_result
    )
    return made


def of_result(checks: Sequence[CheckRow], result: str) -> list[tuple[int, CheckRow]]:
    """The checks with this result, each behind its number among all."""
    return [
        (number, one) for number, one in enumerate(checks) if shown_result(one.status, one.severity) == result
    ]


def yuan(value: Decimal | float | None) -> str:
    """An exact amount: 1,234,567.80."""
    return "" if value is None else f"{value:,.2f}"


def money_text(value: Decimal | float | None, language: str) -> str:
    """An amount for reading: 1.23亿元, 4,092.4万元; ¥123.0m, ¥40.9m in English."""
    if value is None:
        return ""
    amount = Decimal(value)
    if language == "zh":
        if abs(amount) >= YI:
            return _MONEY["yi"].format(amount / YI)
        return _MONEY["wan"].format(amount / WAN) if abs(amount) >= WAN else _MONEY["yuan"].format(amount)
    if abs(amount) >= MILLION:
        return f"¥{amount / MILLION:,.2f}m"
    return f"¥{amount:,.0f}"


def percent(value: float | None) -> str:
    """A share (0 to 1) as a percentage with one decimal; "" for None."""
    return "" if value is None else f"{value * 100:.1f}%"


def count(value: int | None) -> str:
    """A number with thousands separators; "" for None."""
    return "" if value is None else f"{value:,}"
