"""What the registry of sites knows of days of approval, and of bodies that must publish.

Invariant: it needs no reader of documents, so that questions and pages, which judge, start without one.
"""

from __future__ import annotations

from archive.monitoring.bodies import BY_SITE, GOVERNMENT, Listed, Registered, approvals_by_year
from archive.stores import Store
from crawler.sites.decisions import expected
from parsers.reference import regions


def registered(store: Store) -> Registered:
    """What the registry, with the operator's decisions, knows of days of approval and of bodies that must
    publish."""
    sites = expected(store)
    days = approvals_by_year((one.region_code, one.budget_approved, one.accounts_approved) for one in sites)
    return Registered(
        days,
        [
            Listed(site.region_code, body.name, "registry", body.level, site_id=site.site_id)
            for site in sites
            for body in site.expected_bodies
        ],
        [
            Listed(place.code, place.name, BY_SITE, GOVERNMENT, site_id=site.site_id)
            for site in sites
            if site.region_code and (place := regions.region(site.region_code))
        ],
    )
