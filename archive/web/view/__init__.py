"""How pages are made: templates, texts, charts, addresses, and what one request asks for.

Invariant: it knows no page. Way in: `templating`, `visit.Visit`.
"""
