"""Captures of a snapshot, asked for by address, by payload and by run: what is read is what an answer needs.

Invariant: `archived.Known`, given the captures that `touching` finds for some addresses and payloads, says of
these what it says when it is given all captures there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from archive.dataset.capture_index import CaptureIndex, Kind, host_of
from archive.dataset.manifest import Snapshot
from archive.dataset.rows.archived import CAPTURE
from archive.dataset.rows.typed import rows_of
from archive.dataset.selecting import StoredRows
from archive.stores import Store
from archive.vocabulary import GOOD, CaptureOutcome
from archive.warc.captures import Capture


class CaptureLookup:
    """The captures of a snapshot; of none, without a snapshot."""

    def __init__(self, store: Store, snapshot: Snapshot | None) -> None:
        self._index = CaptureIndex(store, snapshot)
        self._rows = StoredRows(store, snapshot, "captures")
        self._read: dict[str, Capture] = {}

    def of_runs(self, run_ids: Collection[str]) -> list[Capture]:
        """The captures of some runs, by run and number."""
        return _in_order(rows_of(self._rows.where("run_id", run_ids), CAPTURE))

    def with_digests(self, digests: Collection[str]) -> list[Capture]:
        """The captures whose body as received has one of these SHA-256, oldest first."""
        wanted = set(digests)
        found = {**self._index.find("digest", wanted), **self._index.find("sha256", wanted)}
        return _in_order(one for one in self._captures(found) if one.digest in wanted)

    def with_payloads(self, payloads: Collection[str]) -> list[Capture]:
        """The captures whose payload has one of these SHA-256, oldest first."""
        wanted = set(payloads)
        return _in_order(
            one for one in self._captures(self._index.find("sha256", wanted)) if one.sha256 in wanted
        )

    def first_runs(self, payloads: Collection[str]) -> dict[str, str]:
        """The first run that archived or confirmed each of these payloads, by SHA-256."""
        first: dict[str, str] = {}
        for one in self.with_payloads(payloads):
            assert one.sha256 is not None
            first[one.sha256] = min(one.run_id, first.get(one.sha256, one.run_id))
        return first

    def troubled(self, urls: Collection[str]) -> set[str]:
        """Which of these addresses ever gave another answer than a good one."""
        wanted = set(urls)
        found = self._captures(self._index.find("troubled", wanted))
        return {one.url for one in found if one.url in wanted and one.outcome not in GOOD}

    def sites(self, kind: Kind, values: Collection[str]) -> set[str | None]:
        """The sites of all captures that have one of these values, and perhaps of others; None for what no
        site gave."""
        found = self._index.sites(kind, values)
        if None not in found:
            return {site or None for site in found}
        return {one.site_id for one in self._captures(self._index.find(kind, values))}  # of an older version

    def touching(self, urls: Iterable[str], payloads: Iterable[str]) -> list[Capture]:
        """All captures that bear on what is known of these addresses and payloads, oldest first: also of the
        addresses they redirect to, of the originals of revisits, and of hosts that had no address once."""
        addresses, hashes, hosts = set(urls), set(payloads), set[str]()
        met: dict[str, set[str]] = {"url": set(), "sha256": set(), "referrer": set(), "host": set()}
        found: dict[str, Capture] = {}

        def learn(kind: Any, values: set[str]) -> list[Capture]:
            fresh = values - met[kind]
            met[kind] |= fresh
            captures = self._captures(self._index.find(kind, fresh))
            found.update((one.capture_id, one) for one in captures)
            return captures

        while addresses - met["url"] or hashes - met["sha256"]:
            hosts |= self._nameless({host_of(url) for url in addresses - met["url"]})
            learn("url", addresses)
            at = [one for one in found.values() if one.url in addresses]
            hashes |= {one.sha256 for one in at if one.sha256}
            redirecting = {one.url for one in at if one.outcome == CaptureOutcome.REDIRECT}
            followers = learn("referrer", redirecting)
            addresses |= {one.url for one in followers if one.referrer in redirecting}
            learn("sha256", hashes)
        learn("host", hosts)
        return _in_order(
            one
            for one in found.values()
            if one.url in addresses or one.sha256 in hashes or host_of(one.url) in hosts
        )

    def _nameless(self, hosts: set[str]) -> set[str]:
        """Which of these hosts had no address once."""
        found = self._captures(self._index.find("nameless", hosts))
        return {host_of(one.url) for one in found if one.outcome == CaptureOutcome.DNS} & hosts

    def _captures(self, ids: Mapping[str, str | None]) -> list[Capture]:
        missing = ids.keys() - self._read.keys()
        sites = {ids[one] for one in missing}
        near = None if None in sites else {site or None for site in sites}
        for capture in rows_of(self._rows.where("capture_id", missing, near=near), CAPTURE):
            self._read[capture.capture_id] = capture
        return [self._read[one] for one in ids if one in self._read]


def _in_order(captures: Iterable[Capture]) -> list[Capture]:
    return sorted(captures, key=lambda one: one.capture_id)
