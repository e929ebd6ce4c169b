"""The dataset as JSON, and its description as OpenAPI.

Invariant: what the pages show can be asked here too, in the same words. Way in: `answers`.
"""
