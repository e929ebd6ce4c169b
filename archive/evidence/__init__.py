"""What can be shown to others: that nothing changed since it was stored, and that the dataset follows from
it.

Invariant: every statement here can be checked again by a third party with common tools. Way in:
`verification`, `restore`, `stamps`, `wacz`.
"""
