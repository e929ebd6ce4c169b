"""Where a value comes from, and the words that closed columns allow.

Invariant: a column with allowed values takes them from here or from a vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping

from archive.vocabulary import DueKind
from parsers.values.vocabulary import (
    AmountScope,
    BodyLevel,
    DocumentKind,
    Flow,
    FundSource,
    Nature,
    Period,
    Stage,
)

GB2260 = "GB/T 2260"
PRINTED = "as printed in the document"
READ = "document first, then article, then site"
COMPUTED = "computed by gongkai"
HTTP = "HTTP exchange"
KINDS = tuple(DocumentKind)

DEBT_KINDS: Mapping[DueKind, DocumentKind] = {
    DueKind.DEBT_BUDGET: DocumentKind.BUDGET,
    DueKind.DEBT_ACCOUNTS: DocumentKind.ACCOUNTS,
}
"""What a government discloses of its debt, and the kind of document it goes with."""
DUE_KINDS = tuple(kind for kind in DueKind if kind is not DueKind.OTHER)
LEVELS = tuple(BodyLevel)

TABLE_TYPES = (
    "summary",
    "revenue",
    "expenditure",
    "appropriation_summary",
    "appropriation_expenditure",
    "appropriation_basic",
    "appropriation_basic_economic",
    "general_expenditure",
    "general_expenditure_economic",
    "general_basic",
    "general_basic_economic",
    "basic_economic",
    "economic_summary",
    "three_public",
    "gov_fund",
    "gov_fund_revenue",
    "gov_fund_expenditure",
    "state_capital",
    "projects",
    "carryover_projects",
    "project_summary",
    "procurement",
    "outsourced_services",
    "operating_costs",
    "project_performance",
    "unit_performance",
    "earmarked_performance",
    # of governments (政府预决算)
    "gov_general_revenue",
    "gov_general_expenditure",
    "gov_general_economic",
    "gov_general_basic_economic",
    "gov_general_transfers",
    "gov_fund_transfers",
    "state_capital_revenue",
    "state_capital_expenditure",
    "state_capital_transfers",
    "social_insurance_revenue",
    "social_insurance_expenditure",
    "social_insurance_balance",
    "gov_balance",
    "debt_limit_balance",
    "debt_movement",
    "debt_service",
    "debt_repayment_plan",
    "bond_use",
    "bond_projects",
    "investment_plan",
    "medium_term",
    "contents",
    "other",
)

FUNDS = tuple(FundSource)
NATURES = tuple(Nature)

# What a statement of a government's report measures (`parsers/reference/report_terms.yaml`).
MEASURES = (
    "general_revenue", "total_fiscal_revenue", "tax_revenue", "nontax_revenue", "general_expenditure",
    "fund_revenue", "fund_expenditure", "land_revenue", "state_capital_revenue", "state_capital_expenditure",
    "social_insurance_revenue", "social_insurance_expenditure", "social_insurance_balance",
    "transfers_received", "transfers_paid", "remitted_up", "debt_received", "debt_repaid", "carried_in",
    "carried_out", "moved_in", "moved_out", "stabilisation_used", "stabilisation_added", "total_revenue",
    "total_expenditure", "debt_limit", "general_debt_limit", "special_debt_limit", "debt_balance",
    "general_debt_balance", "special_debt_balance", "new_debt_limit", "new_general_debt_limit",
    "new_special_debt_limit", "debt_issued", "general_debt_issued", "special_debt_issued",
    "general_debt_repaid", "special_debt_repaid",
)  # fmt: skip
SCOPES = tuple(AmountScope)
STAGES = tuple(Stage)
FLOWS = tuple(Flow)
PERIODS = tuple(Period)
