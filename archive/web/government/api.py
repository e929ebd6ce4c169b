"""The measures of governments under /api/governments.

Invariant: page and API read the same SQL (`archive.dataset.query.governments`); a parameter that nothing can
have is an error.
"""

from __future__ import annotations

from starlette.responses import Response

from archive.dataset.query.governments import SCOPES, figures_sql
from archive.monitoring.verdicts import region_prefixes
from archive.web.api.answers import answer, window
from archive.web.government.figures import LEVEL_SQL
from archive.web.government.ranking import LEVELS
from archive.web.view.visit import Visit, refusal
from parsers.values.messages import message

EXACT = ("scope", "account", "measure", "stage")


def list_governments(visit: Visit) -> Response:
    """Rows of measures, of places in the order of their codes."""
    limit, offset = window(visit)
    region, level = visit.parameter("region"), visit.parameter("level")
    if level and level not in LEVELS:
        raise refusal(400, message("api_no_level", level=level, known=tuple(LEVELS)))
    if visit.parameter("scope") not in ("", *SCOPES):
        raise refusal(400, message("api_no_scope", known=tuple(SCOPES)))
    starts = region_prefixes(region) if region else ("",)
    inside = " OR ".join(["starts_with(place, ?)"] * len(starts))
    near = visit.version.of_region(starts[0] if len(starts) == 1 else "")
    wanted = {name: visit.parameter(name) for name in EXACT if visit.parameter(name)}
    conditions = [f"{name} = ?" for name in wanted]
    values: list[object] = [*wanted.values()]
    if level:
        conditions.append(f"{LEVEL_SQL} = ?")
        values.append(level)
    if year := visit.number("year", 0, 9999):
        conditions.append("fiscal_year = ?")
        values.append(year)
    chosen, condition = figures_sql(where=inside), " AND ".join(["true", *conditions])
    sql = f"SELECT * FROM ({chosen}) WHERE {condition} ORDER BY ALL"
    rows = near.rows(sql, *starts, *values)
    return answer(visit, rows[offset : offset + limit], len(rows), limit, offset)
