"""Governments by their own budgets, as pages: one government, all of them in order and on a map, some beside
each other. What is shown comes from `archive.dataset.query.governments`.
"""
