"""What was asked of the sandbox: the tests' oracle. Bounded; the oldest entries go first."""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any


class RequestLog:
    """The latest requests, newest last. An entry is a JSON-able dict with at least seq, at, kind, shop and status."""

    def __init__(self, size: int) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=size)
        self._numbers = itertools.count(1)

    def add(self, **entry: Any) -> dict[str, Any]:
        """Notes a request and returns the entry, so that its status can be filled in when it is known."""
        made = {"seq": next(self._numbers), **entry}
        self._entries.append(made)
        return made

    def find(self, shop: str | None, kind: str | None, operation: str | None, since: int) -> list[dict[str, Any]]:
        """The entries after number `since` that match what is given."""
        return [
            e
            for e in self._entries
            if e["seq"] > since
            and shop in (None, e.get("shop"))
            and kind in (None, e.get("kind"))
            and operation in (None, e.get("operation"))
        ]

    def clear(self) -> None:
        """Forgets all entries; numbers go on."""
        self._entries.clear()
