"""The dataset as web pages and as JSON: read-only, self-contained, in Chinese and English.

Invariant: a page shows one snapshot and says which; nothing is loaded from elsewhere, nothing from a document
or a site reaches a page unescaped, and no request changes the store.
"""
