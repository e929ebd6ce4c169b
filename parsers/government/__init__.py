"""Governments' own budgets (政府预决算): recognised, placed and read apart from those of departments.

Invariant: nothing here is applied to a document that has not been recognised as a government's, and no
identity of a department's disclosure is applied to one that has.
"""

from __future__ import annotations

from parsers.government.documents import GovernmentDocument, headline_of, recognised

__all__ = ["GovernmentDocument", "headline_of", "recognised"]
