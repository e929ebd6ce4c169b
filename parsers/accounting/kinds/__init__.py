"""The shapes a rule can have: each module turns rules of its kind and a document into equations.

Invariant: a kind knows the shape of a sum, never which tables or words it applies to; those stand in
`reference/identities.yaml`.
"""
