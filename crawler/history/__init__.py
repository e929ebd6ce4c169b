"""What earlier runs saw, as the crawl uses it: when to ask again, what to take up, what changed.

Invariant: it reads through `archive.history` and decides; it asks nothing of the network. Way in:
`resume` for the past of all sites, `looks` for one address.
"""
