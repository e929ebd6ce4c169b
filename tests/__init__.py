"""A package of its own, so that no other `tests` on the import path (pywb installs one) can stand in for it."""
