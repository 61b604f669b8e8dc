"""Cutting a store's history into windows of creation time that each hold about as many records as can be loaded at once.

The source's own counts say where to cut. Counts may be lower bounds only ("at least"); such a span is cut until it is exact.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storekeep.domains.commerce.types import Resource
from storekeep.integrations.shopify.search import created_between
from storekeep.integrations.shopify.wire import SourceCount

# No shop is older than Shopify.
_BEGINNING = datetime(2006, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """A half-open span of creation time and how many records the source counts in it. None: open."""

    starts_at: datetime | None
    ends_at: datetime | None
    expected: int


Count = Callable[[datetime | None, datetime | None], Awaitable[SourceCount]]


def search_for(resource: Resource, starts_at: datetime | None, ends_at: datetime | None, *, listing: bool) -> str | None:
    """The search text for a span. Customers' creation time has one name in lists and another in counts."""
    found = created_between(starts_at, ends_at)
    if found is not None and resource is Resource.CUSTOMERS and listing:
        return found.replace("created_at:", "customer_date:")
    return found


async def plan(count: Count, *, until: datetime, limit: int) -> list[PlannedWindow]:
    """Windows over everything created before `until` (a whole second), oldest first, of at most `limit` records or a second."""
    whole = await count(None, until)
    if whole.exact and whole.count <= limit:
        return [PlannedWindow(None, until, whole.count)]
    windows = _joined(await _cut(count, _BEGINNING, until, whole, limit), limit)
    # The first takes in whatever is older still.
    windows[0] = PlannedWindow(None, windows[0].ends_at, windows[0].expected)
    return windows


async def _cut(count: Count, start: datetime, end: datetime, found: SourceCount, limit: int) -> list[PlannedWindow]:
    """Pieces of [start, end), which holds `found`, in order."""
    done: list[PlannedWindow] = []
    waiting = [(start, end, found)]
    while waiting:
        start, end, found = waiting.pop()
        if (found.exact and found.count <= limit) or end - start <= _SECOND:
            done.append(PlannedWindow(start, end, found.count))
            continue
        middle = start + timedelta(seconds=int((end - start).total_seconds()) // 2)
        left = await count(start, middle)
        if found.exact and left.exact:
            right = SourceCount(max(0, found.count - left.count), True)
        else:
            right = await count(middle, end)
        waiting += [(middle, end, right), (start, middle, left)]
    return done


def _joined(pieces: list[PlannedWindow], limit: int) -> list[PlannedWindow]:
    """Neighbours put together as long as they fit."""
    windows = [pieces[0]]
    for piece in pieces[1:]:
        last = windows[-1]
        if last.expected + piece.expected <= limit:
            windows[-1] = PlannedWindow(last.starts_at, piece.ends_at, last.expected + piece.expected)
        else:
            windows.append(piece)
    return windows


Bounds = tuple[datetime | None, datetime | None]


def halves(starts_at: datetime | None, ends_at: datetime | None, until: datetime) -> list[Bounds]:
    """A span in two, or as it is when it is no longer than a second. `until` is where the run begins."""
    low, high = starts_at or _BEGINNING, ends_at or until
    if high - low <= _SECOND:
        return [(starts_at, ends_at)]
    middle = low + timedelta(seconds=max(1, int((high - low).total_seconds()) // 2))
    return [(starts_at, middle), (middle, ends_at)]
