"""The figures of governments as the pages read them.

Invariant: a figure is a row of `archive.dataset.query.governments.COLUMNS`; nothing is chosen or added up
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from archive.dataset.query.governments import SCOPES, account_of, figures_sql
from archive.web.data.dataset import Opened, Row
from archive.web.view.visit import Visit
from parsers.reference import regions

Key = tuple[str, int]
"""Measure and year."""


def of_place(visit: Visit, code: str, scope: str) -> dict[Key, Row]:
    """The figures of one place and scope by measure and year; of what every account has, those of the general
    one. `also`: the amounts that contradict one."""
    rows = visit.version.of_region(code[:2]).rows(figures_sql(where="place = ? AND scope = ?"), code, scope)
    return by_key(row | {"also": others_of(visit, row)} for row in rows)


def by_key(rows: Iterable[Row]) -> dict[Key, Row]:
    """The rows by measure and fiscal year, each from the account that its measure belongs to."""
    return {
        (row["measure"], row["fiscal_year"]): row
        for row in rows
        if row["account"] == account_of(row["measure"])
    }


def scopes_of(version: Opened, code: str) -> list[str]:
    """The scopes of which anything is known of a place."""
    sql = f"SELECT DISTINCT scope FROM ({figures_sql(where='place = ?')})"
    known = {row["scope"] for row in version.of_region(code[:2]).rows(sql, code)}
    return [scope for scope in SCOPES if scope in known]


def value(row: Row) -> Any:
    """The amount (Decimal) or rate (float) of a figure, None where there is none."""
    return row["amount_yuan"] if row["rate"] is None else row["rate"]


@dataclass(frozen=True, slots=True)
class Other:
    """Another amount that a source prints for the same figure."""

    amount: Decimal
    page: str
    link: str


def others_of(visit: Visit, row: Row) -> list[Other]:
    """The amounts that contradict a figure, each different one once, with the first place that prints it."""
    found: dict[Decimal, Other] = {}
    for printed in row["others"]:
        amount, page, document, line = printed.split(" · ")
        sentence = line.startswith("s") and line[1:].isdigit()
        address = visit.link(f"/documents/{document}" if sentence else f"/facts/{line}")
        address += f"#{line}" if sentence else ""
        found.setdefault(Decimal(amount), Other(Decimal(amount), page, address))
    return list(found.values())


def years_of(found: Iterable[Key], most: int) -> list[int]:
    """The newest years of which something is known, the newest first."""
    return sorted({year for _, year in found}, reverse=True)[:most]


def level_of(code: str) -> str:
    """province, city or county, by the zeros at the end of a code."""
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def named(code: str) -> str:
    """The name of a region; its code if it is unknown."""
    region = regions.region(code)
    return region.name if region else code


def link_of(visit: Visit, row: Row) -> str:
    """Where a figure is printed: its fact, its sentence, or its document."""
    if row["fact_ids"]:
        return visit.link(f"/facts/{row['fact_ids'][0]}")
    place = f"#s{row['statement_no']}" if row["statement_no"] is not None else ""
    return visit.link(f"/documents/{row['document_id']}") + place


def chosen_scope(visit: Visit, scopes: Sequence[str]) -> str:
    """The scope asked for, if anything is known of it; else the first that is."""
    return visit.parameter("scope") if visit.parameter("scope") in scopes else next(iter(scopes), SCOPES[0])
