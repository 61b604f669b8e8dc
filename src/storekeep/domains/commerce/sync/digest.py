"""A digest of a record's content, whatever the order in which its parts come."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import orjson

_SIZE = 16
_MASK = (1 << (8 * _SIZE)) - 1


class Digest:
    """A digest of a record's parts that does not depend on the order in which they come; nor on the record's version."""

    __slots__ = ("_sum",)

    def __init__(self) -> None:
        self._sum = 0

    def absorb(self, kind: str, row: tuple[Any, ...]) -> None:
        """Take one part in."""
        packed = orjson.dumps((kind, *row), default=str)
        self._sum = (self._sum + int.from_bytes(blake2b(packed, digest_size=_SIZE).digest(), "big")) & _MASK

    def value(self) -> bytes:
        """The digest of what was taken in so far."""
        return self._sum.to_bytes(_SIZE, "big")
