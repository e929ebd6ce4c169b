"""Replica sites: each behaves like one CMS and publishes the same kind of announcements; see `measure`."""
