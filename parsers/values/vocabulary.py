"""The words of what one document says, each set of them once.

Invariant: a value that a column or a stage takes from a closed set is a member of one of these; the allowed
values of the dataset and its dictionary are made from them, and no other module writes such a word as text.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class MeaningfulWord(StrEnum):
    """A word with its value in the dataset and, in English, what it means."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        """A member is declared as the pair of both."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class DocumentOutcome(MeaningfulWord):
    """What reading a document gave (`documents.outcome`). `PARSED` is the only one that promises tables."""

    PARSED = "parsed", "read; at least one table was recognised"
    NO_TABLES = "no_tables", "read; it holds no table"
    CONTAINER = "container", "an archive; its members are documents of their own"
    EMPTY = "empty", "zero bytes, or no content at all"
    WRONG_TYPE = "wrong_type", "not a document: an error page, a script shell, a login form"
    UNSUPPORTED = "unsupported", "a format this version does not read"
    DAMAGED = "damaged", "truncated or broken beyond reading"
    ENCRYPTED = "encrypted", "protected by a password"
    NEEDS_OCR = "needs_ocr", "page images without text, and the OCR extra is not installed"
    NEEDS_LIBREOFFICE = "needs_libreoffice", "legacy office format, and LibreOffice is not installed"
    TOO_LARGE = "too_large", "over a limit of size, pages, depth or expansion ratio"
    TIMEOUT = "timeout", "over the time budget"
    CRASHED = "crashed", "the reader process died"


class CheckStatus(StrEnum):
    """Result of an identity (勾稽关系) or rule (`checks.status`)."""

    HOLDS = "holds"
    ROUNDING = "rounding"
    FAILS = "fails"
    UNTESTABLE = "untestable"


class Severity(StrEnum):
    """How much a check matters (`checks.severity`)."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Fault(StrEnum):
    """Whose a failure is (`checks.fault`)."""

    PUBLISHER = "publisher"
    READING = "reading"
    UNCLEAR = "unclear"


class FactStatus(StrEnum):
    """What the identities of an amount say together (`facts.status`)."""

    PROVED = "proved"
    SINGLE = "single"
    DISPUTED = "disputed"


class UnitBasis(StrEnum):
    """Where the unit of an amount (金额单位) is known from."""

    PRINTED = "printed"
    SIBLINGS = "siblings"
    DOCUMENT = "document"
    NONE = "none"


class CodeBasis(StrEnum):
    """How the codes of a fact are known (`facts.code_basis`)."""

    PRINTED = "printed"
    UNVERIFIED = "unverified"
    NAME = "name"


class TextLayer(StrEnum):
    """Where the text of a document comes from (`documents.text_layer`)."""

    TEXT = "text"
    SCAN = "scan"
    MIXED = "mixed"
    NONE = "none"


class AmountSource(StrEnum):
    """What an amount was read from (`facts.source`)."""

    TEXT = "text"
    SCAN = "scan"
    SHEET = "sheet"
    HTML = "html"


class DocumentKind(StrEnum):
    """Kind of a document (文件类别): budget 预算, accounts 决算, adjustment 预算调整."""

    BUDGET = "budget"
    ACCOUNTS = "accounts"
    ADJUSTMENT = "adjustment"
    OTHER = "other"


class BodyLevel(StrEnum):
    """Level of a body (编制主体层级): government 政府, department 部门, unit 单位."""

    GOVERNMENT = "government"
    DEPARTMENT = "department"
    UNIT = "unit"


class Flow(StrEnum):
    """Direction of the money (收支)."""

    REVENUE = "revenue"
    EXPENDITURE = "expenditure"
    BALANCE = "balance"
    TRANSFERS_RECEIVED = "transfers_received"
    TRANSFERS_PAID = "transfers_paid"
    DEBT_RECEIVED = "debt_received"
    DEBT_REPAID = "debt_repaid"
    CARRIED_IN = "carried_in"
    CARRIED_OUT = "carried_out"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"


class FundSource(StrEnum):
    """Where the money comes from (资金来源)."""

    ALL = "all"
    APPROPRIATION = "appropriation"
    GENERAL_BUDGET = "general_budget"
    GOVERNMENT_FUND = "government_fund"
    STATE_CAPITAL = "state_capital"
    SPECIAL_ACCOUNT = "special_account"
    UNIT_FUNDS = "unit_funds"
    INSTITUTION_REVENUE = "institution_revenue"
    OPERATING_REVENUE = "operating_revenue"
    SUPERIOR_SUBSIDY = "superior_subsidy"
    SUBORDINATE_PAYMENT = "subordinate_payment"
    OTHER_REVENUE = "other_revenue"
    NONFISCAL_BALANCE = "nonfiscal_balance"
    CARRYOVER = "carryover"
    SOCIAL_INSURANCE = "social_insurance"


class Nature(StrEnum):
    """What kind of spending (支出性质)."""

    ALL = "all"
    BASIC = "basic"
    PROJECT = "project"
    OPERATING = "operating"
    PAYMENT_TO_SUPERIOR = "payment_to_superior"
    SUBSIDY_TO_SUBORDINATE = "subsidy_to_subordinate"
    SPECIAL_BUSINESS = "special_business"


class Period(StrEnum):
    """Which year's money, or which stage of it (期间)."""

    CURRENT = "current"
    CARRYOVER = "carryover"
    PRIOR_YEAR = "prior_year"
    EARLIER = "earlier"
    CHANGE = "change"
    TOTAL = "total"
    OPENING = "opening"
    BUDGET = "budget"
    ADJUSTED = "adjusted"
    FINAL = "final"
    CLOSING = "closing"


class AmountScope(StrEnum):
    """Whose money, in tables of governments (口径)."""

    WHOLE = "whole"
    OWN = "own"
    REGION = "region"


class Stage(StrEnum):
    """Stage of an amount of a government within its year (阶段)."""

    BUDGET = "budget"
    ADJUSTED = "adjusted"
    CHANGED = "changed"
    EXECUTION = "execution"
    ESTIMATED = "estimated"
    FINAL = "final"
    PRIOR = "prior"
    NEXT = "next"


class Direction(StrEnum):
    """The word of change in a sentence (`statements.direction`)."""

    INCREASE = "increase"
    DECREASE = "decrease"
    UNCHANGED = "unchanged"


class Act(StrEnum):
    """The act of a congress that a decision (决议) is of (`disclosures.approved_act`)."""

    CONGRESS = "congress"
    STANDING_COMMITTEE = "standing_committee"
    ADJUSTMENT = "adjustment"


class Measure(StrEnum):
    """What a fact of a government, or a statement of its report, measures (`facts.measure`)."""

    GENERAL_REVENUE = "general_revenue"
    TOTAL_FISCAL_REVENUE = "total_fiscal_revenue"
    TAX_REVENUE = "tax_revenue"
    NONTAX_REVENUE = "nontax_revenue"
    GENERAL_EXPENDITURE = "general_expenditure"
    FUND_REVENUE = "fund_revenue"
    FUND_EXPENDITURE = "fund_expenditure"
    LAND_REVENUE = "land_revenue"
    STATE_CAPITAL_REVENUE = "state_capital_revenue"
    STATE_CAPITAL_EXPENDITURE = "state_capital_expenditure"
    SOCIAL_INSURANCE_REVENUE = "social_insurance_revenue"
    SOCIAL_INSURANCE_EXPENDITURE = "social_insurance_expenditure"
    SOCIAL_INSURANCE_BALANCE = "social_insurance_balance"
    TRANSFERS_RECEIVED = "transfers_received"
    TRANSFERS_PAID = "transfers_paid"
    REMITTED_UP = "remitted_up"
    DEBT_RECEIVED = "debt_received"
    DEBT_REPAID = "debt_repaid"
    CARRIED_IN = "carried_in"
    CARRIED_OUT = "carried_out"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    STABILISATION_USED = "stabilisation_used"
    STABILISATION_ADDED = "stabilisation_added"
    TOTAL_REVENUE = "total_revenue"
    TOTAL_EXPENDITURE = "total_expenditure"
    DEBT_LIMIT = "debt_limit"
    GENERAL_DEBT_LIMIT = "general_debt_limit"
    SPECIAL_DEBT_LIMIT = "special_debt_limit"
    DEBT_BALANCE = "debt_balance"
    GENERAL_DEBT_BALANCE = "general_debt_balance"
    SPECIAL_DEBT_BALANCE = "special_debt_balance"
    NEW_DEBT_LIMIT = "new_debt_limit"
    NEW_GENERAL_DEBT_LIMIT = "new_general_debt_limit"
    NEW_SPECIAL_DEBT_LIMIT = "new_special_debt_limit"
    DEBT_ISSUED = "debt_issued"
    GENERAL_DEBT_ISSUED = "general_debt_issued"
    SPECIAL_DEBT_ISSUED = "special_debt_issued"
    GENERAL_DEBT_REPAID = "general_debt_repaid"
    SPECIAL_DEBT_REPAID = "special_debt_repaid"


class DebtMeasure(StrEnum):
    """What of a debt is stated (债务指标); service: principal and interest together (还本付息)."""

    LIMIT = "limit"
    BALANCE = "balance"
    ISSUED = "issued"
    REPAID = "repaid"
    INTEREST = "interest"
    SERVICE = "service"


class DebtKind(StrEnum):
    """Which debt (债务类型)."""

    ALL = "all"
    GENERAL = "general"
    SPECIAL = "special"


class DebtBond(StrEnum):
    """Which bonds (债券类型)."""

    ALL = "all"
    NEW = "new"
    REFINANCING = "refinancing"
    SWAP = "swap"


class NamedRule(StrEnum):
    """The rules (`checks.rule`) that code speaks of; of any other only its rule book knows."""

    ECHO_ROW = "ECHO.row"
    G9_TEXT = "G9.text"
    I13_NAME = "I13-name"
    I13_SUM = "I13-sum"
    I13_TEXT = "I13-text"
    I13_UNIT = "I13-unit"
    I15 = "I15"
    I15_CHANGE = "I15-change"
    I15_CHANGE_SUM = "I15-change-sum"
    I15_COMPLETION = "I15-completion"
    I15_DIRECTION = "I15-direction"
    I15_PERCENT = "I15-percent"
    I15_REASON = "I15-reason"
    I15_SHARE = "I15-share"
    I15_SUM = "I15-sum"
    I15_UNIT = "I15-unit"
    I15_YEAR = "I15-year"
    LEVEL = "LEVEL"
    LEVEL_LIST = "LEVEL.list"
    SCALE = "SCALE"
    WEIGHTS = "weights"
    AMOUNT_TABLE = "complete-amount-table"
    BLANK = "complete-blank"
    BODY = "complete-body"
    DECLARED = "complete-declared"
    DOUBLED = "complete-doubled"
    ECONOMIC_DEPTH = "complete-economic-depth"
    EMPTY = "complete-empty"
    FUNCTIONAL_DEPTH = "complete-functional-depth"
    HEADING = "complete-heading"
    NAME = "complete-name"
    NUMBERING = "complete-numbering"
    PLACEHOLDER = "complete-placeholder"
    PROMISE = "complete-promise"
    TABLE = "complete-table"
    TEMPLATE_LEVEL = "complete-template-level"
    TEXT = "complete-text"
    TITLE = "complete-title"
    VEHICLES = "complete-vehicles"
    YEAR = "complete-year"
