"""What a page means: list, announcement or neither, and which of its links lead to disclosures.

Invariant: it knows platforms by their interface only. Way in: `kinds`, `articles`, `discovery`.
"""
