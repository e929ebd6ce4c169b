"""One module a page: what is asked of the snapshot, and what the template is given.

Invariant: a page only reads, and every figure on it leads to its rows. Way in: the routes in
`archive.web.app`.
"""
