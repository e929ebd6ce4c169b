"""A package of its own, so that no other `tests` on the import path (pywb installs one) stands in for it."""
