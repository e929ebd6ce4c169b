"""The types of budget tables (表类型), each with what follows from it.

Invariant: a set of types that stages share is formed here. The order is that of the sheets of an export.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from parsers.values.vocabulary import Flow


class TableType(StrEnum):
    """What a table shows (`tables.table_type`), as its title names it.

    `systems`: the classifications whose names its rows may be, the likeliest first. `flow`: of a government's
    table, the side of the account it shows as a whole.
    """

    systems: tuple[str, ...]
    flow: Flow | None

    def __new__(cls, value: str, systems: str = "", flow: Flow | None = None) -> Self:
        """A member is declared with its value, its systems with white space between, and its flow."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.systems, member.flow = tuple(systems.split()), flow
        return member

    SUMMARY = "summary"
    REVENUE = "revenue"
    EXPENDITURE = "expenditure", "functional"
    APPROPRIATION_SUMMARY = "appropriation_summary"
    APPROPRIATION_EXPENDITURE = "appropriation_expenditure", "functional"
    APPROPRIATION_BASIC = "appropriation_basic", "functional"
    APPROPRIATION_BASIC_ECONOMIC = "appropriation_basic_economic", "economic"
    GENERAL_EXPENDITURE = "general_expenditure", "functional"
    GENERAL_EXPENDITURE_ECONOMIC = "general_expenditure_economic", "economic"
    GENERAL_BASIC = "general_basic", "functional"
    GENERAL_BASIC_ECONOMIC = "general_basic_economic", "economic"
    BASIC_ECONOMIC = "basic_economic", "economic"
    ECONOMIC_SUMMARY = "economic_summary", "economic"
    THREE_PUBLIC = "three_public", "", Flow.EXPENDITURE
    GOV_FUND = "gov_fund"
    GOV_FUND_REVENUE = "gov_fund_revenue", "revenue", Flow.REVENUE
    GOV_FUND_EXPENDITURE = "gov_fund_expenditure", "functional", Flow.EXPENDITURE
    STATE_CAPITAL = "state_capital"
    PROJECTS = "projects"
    CARRYOVER_PROJECTS = "carryover_projects"
    PROJECT_SUMMARY = "project_summary"
    PROCUREMENT = "procurement"
    OUTSOURCED_SERVICES = "outsourced_services"
    OPERATING_COSTS = "operating_costs"
    PROJECT_PERFORMANCE = "project_performance"
    UNIT_PERFORMANCE = "unit_performance"
    EARMARKED_PERFORMANCE = "earmarked_performance"
    # of governments (政府预决算)
    GOV_GENERAL_REVENUE = "gov_general_revenue", "revenue", Flow.REVENUE
    GOV_GENERAL_EXPENDITURE = "gov_general_expenditure", "functional", Flow.EXPENDITURE
    GOV_GENERAL_ECONOMIC = "gov_general_economic", "gov_economic economic", Flow.EXPENDITURE
    GOV_GENERAL_BASIC_ECONOMIC = "gov_general_basic_economic", "gov_economic economic", Flow.EXPENDITURE
    GOV_GENERAL_TRANSFERS = "gov_general_transfers", "", Flow.TRANSFERS_PAID
    GOV_FUND_TRANSFERS = "gov_fund_transfers", "", Flow.TRANSFERS_PAID
    STATE_CAPITAL_REVENUE = "state_capital_revenue", "revenue", Flow.REVENUE
    STATE_CAPITAL_EXPENDITURE = "state_capital_expenditure", "functional", Flow.EXPENDITURE
    STATE_CAPITAL_TRANSFERS = "state_capital_transfers", "", Flow.TRANSFERS_PAID
    SOCIAL_INSURANCE_REVENUE = "social_insurance_revenue", "revenue", Flow.REVENUE
    SOCIAL_INSURANCE_EXPENDITURE = "social_insurance_expenditure", "", Flow.EXPENDITURE
    SOCIAL_INSURANCE_BALANCE = "social_insurance_balance"
    GOV_BALANCE = "gov_balance"
    DEBT_LIMIT_BALANCE = "debt_limit_balance"
    DEBT_MOVEMENT = "debt_movement"
    DEBT_SERVICE = "debt_service"
    DEBT_REPAYMENT_PLAN = "debt_repayment_plan"
    BOND_USE = "bond_use"
    BOND_PROJECTS = "bond_projects"
    INVESTMENT_PLAN = "investment_plan", "", Flow.EXPENDITURE
    MEDIUM_TERM = "medium_term"
    CONTENTS = "contents"
    OTHER = "other"


PROJECT_LISTS = frozenset({TableType.PROJECTS, TableType.PROJECT_SUMMARY, TableType.CARRYOVER_PROJECTS})
PURCHASES = frozenset({TableType.PROCUREMENT, TableType.OUTSOURCED_SERVICES})
NESTED_OTHERWISE = PROJECT_LISTS | PURCHASES | {TableType.OTHER}
"""Their rows are nested by project, body or purchase: a name there stands for no classification."""
FORMS = frozenset(
    {TableType.PROJECT_PERFORMANCE, TableType.UNIT_PERFORMANCE, TableType.EARMARKED_PERFORMANCE}
)
"""Their numbers are targets (绩效目标)."""
WITHOUT_FACTS = FORMS | {TableType.CONTENTS}
"""They print no amounts of a budget."""
NOT_BUDGET = frozenset({TableType.CONTENTS, TableType.OTHER})
"""None of the tables that the statute names."""
ITEM_TABLES = frozenset({TableType.THREE_PUBLIC, TableType.OPERATING_COSTS})
"""Their rows are items such as 出国, and not classes."""
PAIRED_TABLES = frozenset(
    {TableType.SUMMARY, TableType.APPROPRIATION_SUMMARY, TableType.GOV_FUND, TableType.STATE_CAPITAL}
)
"""Revenue stands beside expenditure."""
BONDS = frozenset({TableType.BOND_USE, TableType.BOND_PROJECTS})
"""Projects that bonds pay for."""
DEBT_TABLES = BONDS | {
    TableType.DEBT_LIMIT_BALANCE,
    TableType.DEBT_MOVEMENT,
    TableType.DEBT_SERVICE,
    TableType.DEBT_REPAYMENT_PLAN,
}
SOCIAL_INSURANCE = frozenset(
    {
        TableType.SOCIAL_INSURANCE_REVENUE,
        TableType.SOCIAL_INSURANCE_EXPENDITURE,
        TableType.SOCIAL_INSURANCE_BALANCE,
    }
)
