"""Grids to logical tables: rows, headers, columns; titles found, pages joined, halves put side by side.

Invariant: what is printed is kept as printed; no amount has a meaning here. Way in: `pieces.pieces`, then
`assembly.assemble`.
"""
