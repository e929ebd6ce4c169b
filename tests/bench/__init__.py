"""Benchmarks: run by hand (`make bench`), never by the tests; CI runs `gate` (`make bench-gate`)."""
