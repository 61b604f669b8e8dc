"""Staged orders become orders: newer wins, children follow their parents, and the figures of every day touched come out right.

One merge a transaction, in these steps: lock the orders that are here already; decide what becomes of each; make sure that every
customer they name exists; lock the customers; find the days touched; lock those; write; recompute. See docs/flows/store-sync.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from storekeep.domains.commerce import calendars
from storekeep.domains.commerce.calendars import Calendar
from storekeep.domains.commerce.sales_days import recompute_customers, recompute_days
from storekeep.domains.commerce.sync import order_sql
from storekeep.domains.commerce.sync.batch import Merged, Span
from storekeep.domains.commerce.sync.staging import analyze
from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7
from storekeep.runtime.database import TenantSession

_RESTARTS = 5
_SLICE_ROWS = 50_000


class _Overtaken(Exception):
    """Another transaction stored an order we took for new or had not locked, or removed a customer we had found."""


async def merge_orders(
    session: TenantSession,
    calendar: Calendar,
    *,
    staged: Mapping[str, int],
    refused: Collection[int] = (),
    complete: Span | None = None,
    deleted: Collection[int] = (),
) -> Merged:
    """Merge what lies in the staging tables of orders, which have as many rows as `staged` says. Once a transaction.

    With `complete`, everything at the source in that span was staged (`refused`: numbers that were there and could not be read):
    what else we have of the span is removed. `deleted`: numbers of orders deleted at the source. Raises CalendarChanged when the
    rows were made under another time zone than the store now has.
    """
    key: dict[str, Any] = {"tenant": session.tenant_id, "store": calendar.store_id, "now": now()}
    for _ in range(_RESTARTS):
        try:
            async with session.begin_nested():
                return await _attempt(session, calendar, key, staged, refused, complete, deleted)
        except _Overtaken:
            # Undoing the savepoint gave every lock back, so the next try takes them in order again.
            continue
    raise RuntimeError("another writer stored the same orders time and again")


async def _attempt(
    session: TenantSession,
    calendar: Calendar,
    key: dict[str, Any],
    staged: Mapping[str, int],
    refused: Collection[int],
    complete: Span | None,
    deleted: Collection[int],
) -> Merged:
    going = sorted(await _find_gone(session, key, refused, complete, deleted))
    locked = (await session.execute(order_sql.LOCK_ORDERS, {**key, "gone": going})).scalar_one()
    everywhere = complete is not None
    await session.execute(order_sql.CLASSIFY, {**key, "everywhere": everywhere})
    if going:
        await session.execute(order_sql.ADD_GONE, {**key, "gone": going})
    found: dict[str, int] = {row[0]: row[1] for row in await session.execute(order_sql.COUNT)}
    if sum(found.values()) - found.get("new", 0) > locked:
        # Stored since we locked: it may change before we write, and waiting for it now could cross others' locks.
        raise _Overtaken
    idle = found.get("same", 0) + found.get("stale", 0)
    unchanged = idle + found.get("touched", 0)
    written, removed = found.get("new", 0) + found.get("changed", 0), found.get("gone", 0)
    if not written and not removed and not (everywhere and await _left_over(session, key, everywhere)):
        if unchanged > idle:
            await session.execute(order_sql.TOUCH, key)
        return Merged(unchanged=unchanged)
    if idle:
        await session.execute(order_sql.DROP_IDLE)
    # Nobody but us can: it is the middle of a transaction, and the tenant may be one the planner knows nothing of.
    await analyze(session, "work_orders", sum(found.values()) - idle)
    customers, left = await _own_customers(session, key, everywhere)
    days = await _touched_days(session, key) | set(left.values())
    await calendars.lock_days(session, calendar.store_id, days)
    await calendars.ensure_calendar(session, calendar)
    if (await session.execute(order_sql.OVERTAKEN, key)).scalar_one():
        raise _Overtaken
    await _write(session, key, found, staged)
    await recompute_customers(session, calendar.store_id, customers)
    if left:
        await session.execute(order_sql.DROP_PLACEHOLDERS, {**key, "left": list(left)})
    await recompute_days(session, calendar, days)
    return Merged(written, unchanged, removed, frozenset(days))


async def _write(session: TenantSession, key: dict[str, Any], found: Mapping[str, int], staged: Mapping[str, int]) -> None:
    for step in order_sql.WRITE:
        rows = 0 if step.table is None else staged.get(step.table, 0)
        if not step.states & found.keys() or (step.table is not None and not rows):
            continue
        if not step.sliced:
            await session.execute(step.statement, key)
            continue
        # A statement may take 30 s at most, and slow disks are ordinary: so many lines at a time.
        slices = 1 + rows // _SLICE_ROWS
        for place in range(slices):
            await session.execute(step.statement, {**key, "slices": slices, "slice": place})


async def _find_gone(
    session: TenantSession,
    key: dict[str, Any],
    refused: Collection[int],
    span: Span | None,
    deleted: Collection[int],
) -> set[UUID]:
    """Ids of the stored orders that are not at the source any more."""
    found: set[UUID] = set()
    if deleted:
        found.update((await session.execute(order_sql.FIND_DELETED, {**key, "deleted": list(deleted)})).scalars())
    if span is not None:
        bounds = {"starts": span.starts_at, "ends": span.ends_at, "refused": list(refused)}
        found.update((await session.execute(order_sql.FIND_GONE, {**key, **bounds})).scalars())
    return found


async def _own_customers(session: TenantSession, key: dict[str, Any], everywhere: bool) -> tuple[list[UUID], dict[UUID, date]]:
    """Every customer the orders name or named, existing and locked; and the placeholders among them that stand for nobody now,
    with the days they count on."""
    missing = (await session.execute(order_sql.UNKNOWN_CUSTOMERS, key)).all()
    if missing:
        rows = {
            "ids": [uuid7() for _ in missing],
            "numbers": [row.customer for row in missing],
            "created": [row.source_created_at for row in missing],
            "days": [row.created_day for row in missing],
        }
        await session.execute(order_sql.ADD_PLACEHOLDERS, {**key, **rows})
    await session.execute(order_sql.LINK_CUSTOMERS, key)
    left = await _left_over(session, key, everywhere)
    locked = list((await session.execute(order_sql.LOCK_CUSTOMERS, {**key, "left": list(left)})).scalars())
    if (await session.execute(order_sql.CUSTOMER_WENT, key)).scalar_one():
        raise _Overtaken
    if left:
        # Until they were locked, another order may have come to name them.
        still = await _left_over(session, key, everywhere)
        left = {id_: day for id_, day in still.items() if id_ in left}
    return locked, left


async def _left_over(session: TenantSession, key: dict[str, Any], everywhere: bool) -> dict[UUID, date]:
    rows = await session.execute(order_sql.LEFT_PLACEHOLDERS, {**key, "everywhere": everywhere})
    return {row.id: row.created_day for row in rows}


async def _touched_days(session: TenantSession, key: dict[str, Any]) -> set[date]:
    own = (await session.execute(order_sql.OWN_DAYS, key)).scalars()
    firsts = (await session.execute(order_sql.FIRST_DAYS, key)).scalars()
    return {day for day in (*own, *firsts) if day is not None}
