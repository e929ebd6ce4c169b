"""What values a file may hold, in a few bytes of its entry in the manifest: a Bloom filter.

Invariant: a value that the file holds is never said to be absent; of those absent about one in a thousand is
said to be there. What a filter is made of is fixed, for manifests keep it: base64 of the bits, the first in
the highest of a byte; of each value `ROUNDS` of them, `(a + round * b) mod bits`, where `a` and `b | 1` are
the two big-endian halves of the BLAKE2b hash of 8 bytes of its UTF-8.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BITS_EACH = 16
ROUNDS = 6
LEAST_VALUES = 4
"""A filter has room for as many: in one of few bits all values look alike."""
MOST_VALUES = 1024
"""A file with more values has no filter: it would be of the size of a small file."""

Places = np.ndarray[tuple[int, ...], np.dtype[np.uint64]]


class Hashes:
    """Values as filters know them."""

    def __init__(self, values: Iterable[str]) -> None:
        digests = b"".join(hashlib.blake2b(one.encode(), digest_size=8).digest() for one in values)
        halves = np.frombuffer(digests, ">u4").reshape(-1, 2).astype(np.uint64)
        self._first, self._step = halves[:, :1], halves[:, 1:] | np.uint64(1)

    def may_be_in(self, bloom: str) -> bool:
        """May one of them be in the file of this filter?"""
        bits = np.unpackbits(np.frombuffer(b64decode(bloom), np.uint8))
        return bool(bits[self.places(len(bits))].all(axis=1).any())

    def places(self, bits: int) -> Places:
        """The bits of each in a filter of so many."""
        places: Places = (self._first + np.arange(ROUNDS, dtype=np.uint64) * self._step) % np.uint64(bits)
        return places


def bloom_of(values: pa.ChunkedArray) -> str | None:
    """The filter of the values of a column; None of too many."""
    distinct = pc.unique(values).drop_null()
    if len(distinct) > MOST_VALUES:
        return None
    bits = np.zeros(BITS_EACH * max(LEAST_VALUES, len(distinct)), np.uint8)
    bits[Hashes(distinct.to_pylist()).places(len(bits)).ravel()] = 1
    return b64encode(np.packbits(bits).tobytes()).decode()
