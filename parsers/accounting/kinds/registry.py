"""Kind names of `identities.yaml` to the functions that read them.

Invariant: every kind a rule names is here; `rules.py` knows no kind by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from parsers.accounting.book import Book
from parsers.accounting.equation import Yield
from parsers.accounting.kinds.between import between_tables
from parsers.accounting.kinds.changes import change_columns, year_rows
from parsers.accounting.kinds.codes import code_findings
from parsers.accounting.kinds.columns import header_sums, parts_of_rows
from parsers.accounting.kinds.forms import form_amounts
from parsers.accounting.kinds.government.across import gov_insurance, gov_levels, gov_limit, gov_moved
from parsers.accounting.kinds.government.rows import (
    gov_bonds,
    gov_changes,
    gov_codes,
    gov_details,
    gov_regions,
)
from parsers.accounting.kinds.government.tables import (
    gov_columns,
    gov_movement,
    gov_same,
    gov_sides,
    gov_sums,
)
from parsers.accounting.kinds.hierarchy.missing import (
    groups_and_rows,
    sums_unclosed,
    totals_printed,
    unit_findings,
)
from parsers.accounting.kinds.hierarchy.nesting import sums_without_codes
from parsers.accounting.kinds.hierarchy.tree import sums_of_codes
from parsers.accounting.kinds.items import item_sums, links
from parsers.accounting.kinds.lists import bodies_listed, echoed_lists, lacking
from parsers.accounting.kinds.numbering import item_numbers, rows_twice, serials
from parsers.accounting.kinds.summary import sums_of_summaries
from parsers.accounting.rulebook import Rule

KINDS: dict[str, Callable[[Rule, Book], Iterator[Yield]]] = {
    "tree": sums_of_codes,
    "header": header_sums,
    "parts": parts_of_rows,
    "summary": sums_of_summaries,
    "between": between_tables,
    "changes": change_columns,
    "years": year_rows,
    "echo": echoed_lists,
    "lacking": lacking,
    "roster": bodies_listed,
    "items": item_sums,
    "nesting": sums_without_codes,
    "ranks": groups_and_rows,
    "links": links,
    "codes": code_findings,
    "totals": totals_printed,
    "unclosed": sums_unclosed,
    "forms": form_amounts,
    "units": unit_findings,
    "numbering": item_numbers,
    "serials": serials,
    "twice": rows_twice,
    "gov_sums": gov_sums,
    "gov_columns": gov_columns,
    "gov_sides": gov_sides,
    "gov_movement": gov_movement,
    "gov_same": gov_same,
    "gov_codes": gov_codes,
    "gov_regions": gov_regions,
    "gov_details": gov_details,
    "gov_changes": gov_changes,
    "gov_levels": gov_levels,
    "gov_moved": gov_moved,
    "gov_limit": gov_limit,
    "gov_bonds": gov_bonds,
    "gov_insurance": gov_insurance,
}
