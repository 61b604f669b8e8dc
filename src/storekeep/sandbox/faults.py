"""Faults on purpose: what goes wrong, where, how often. Set through the control API, looked up by every request."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

GRAPHQL_KINDS = frozenset(
    "http_502 http_503 status html hang hang_after reset reset_after slow invalid_json throttled partial wrong_count".split()
)
FILE_KINDS = frozenset("http_502 http_503 status html hang reset slow truncated cut".split())
OAUTH_KINDS = frozenset("http_502 http_503 status html hang hang_after reset reset_after slow invalid_json".split())
PLACES = {"graphql": GRAPHQL_KINDS, "file": FILE_KINDS, "oauth": OAUTH_KINDS, "bulk": frozenset({"fail"})}


@dataclass(slots=True)
class Fault:
    """One fault. It strikes requests at `place` of `shop` (None: any) whose operation or path contains `match`.

    `times` strikes are left (None: no end); each happens with `probability`. `seconds` is how long a hang or a slow answer
    takes; `status` is the HTTP status of kind `status`.
    """

    id: int
    place: str
    kind: str
    shop: str | None = None
    match: str = ""
    times: int | None = 1
    probability: float = 1.0
    seconds: float = 30.0
    status: int = 500
    hits: int = field(default=0)


class Faults:
    """The faults set at present."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)
        self._rng = random.Random(0)  # noqa: S311 - repeatable on purpose

    def add(self, spec: dict[str, Any]) -> Fault:
        """Sets a fault from its JSON description. Raises ValueError for a place or a kind there is not."""
        place, kind = str(spec.get("place", "graphql")), str(spec.get("kind", ""))
        if kind not in PLACES.get(place, frozenset()):
            raise ValueError(f"no fault {kind!r} at {place!r}")
        allowed = {"shop", "match", "times", "probability", "seconds", "status"}
        unknown = set(spec) - allowed - {"place", "kind"}
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        fault = Fault(next(self._ids), place, kind, **{k: spec[k] for k in allowed & set(spec)})
        self._faults.append(fault)
        return fault

    def strike(self, place: str, shop: str, what: str) -> Fault | None:
        """The fault that strikes this request, if any; counts it."""
        for fault in self._faults:
            if fault.place != place or fault.shop not in (None, shop) or fault.match not in what:
                continue
            if fault.times == 0 or self._rng.random() >= fault.probability:
                continue
            fault.hits += 1
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None

    def all(self) -> list[Fault]:
        """Every fault set since the last clearing, spent ones too, with their hits."""
        return list(self._faults)

    def clear(self) -> None:
        """Forgets all faults."""
        self._faults.clear()
