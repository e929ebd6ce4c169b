"""Kind names of `identities.yaml` to the functions that read them.

Invariant: every kind a rule names is here; `rules.py` knows no kind by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from parsers.accounting.book import Book
from parsers.accounting.equation import Yield
from parsers.accounting.kinds.between import between
from parsers.accounting.kinds.changes import changes
from parsers.accounting.kinds.codes import codes
from parsers.accounting.kinds.echo import echo, lacking
from parsers.accounting.kinds.forms import forms
from parsers.accounting.kinds.government.across import gov_levels, gov_limit, gov_moved
from parsers.accounting.kinds.government.bonds import gov_bonds
from parsers.accounting.kinds.government.insurance import gov_insurance
from parsers.accounting.kinds.government.rows import gov_changes, gov_codes, gov_details, gov_regions
from parsers.accounting.kinds.government.tables import (
    gov_columns,
    gov_movement,
    gov_same,
    gov_sides,
    gov_sums,
)
from parsers.accounting.kinds.header import header
from parsers.accounting.kinds.hierarchy.nesting import nesting
from parsers.accounting.kinds.hierarchy.ranks import ranks
from parsers.accounting.kinds.hierarchy.tree import tree
from parsers.accounting.kinds.items import items, links
from parsers.accounting.kinds.numbering import numbering, serials
from parsers.accounting.kinds.parts import parts
from parsers.accounting.kinds.roster import roster
from parsers.accounting.kinds.summary import summary
from parsers.accounting.kinds.units import units
from parsers.accounting.rulebook import Rule

KINDS: dict[str, Callable[[Rule, Book], Iterator[Yield]]] = {
    "tree": tree,
    "header": header,
    "parts": parts,
    "summary": summary,
    "between": between,
    "changes": changes,
    "echo": echo,
    "lacking": lacking,
    "roster": roster,
    "items": items,
    "nesting": nesting,
    "ranks": ranks,
    "links": links,
    "codes": codes,
    "forms": forms,
    "units": units,
    "numbering": numbering,
    "serials": serials,
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
