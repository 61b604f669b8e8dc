"""Staged customers become customers, newer wins; and customers gone at the source go here, their orders left without one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from storekeep.domains.commerce import calendars
from storekeep.domains.commerce.calendars import Calendar
from storekeep.domains.commerce.sales_days import recompute_days
from storekeep.domains.commerce.statements import for_any_tenant
from storekeep.domains.commerce.sync.batch import Merged, Span
from storekeep.domains.commerce.sync.columns import assigned, names, values
from storekeep.domains.commerce.sync.staging import CUSTOMER_TABLES, analyze
from storekeep.kit.clock import now
from storekeep.runtime.database import TenantSession

# ruff: noqa: S608 (every name put together here is one of our own)

_RESTARTS = 5
_HEAD = [c for c in CUSTOMER_TABLES["customers"].columns if c != "new_id"]
_SUMS = ["fingerprint", "addresses"]
_CHANGED = [c for c in _HEAD if c != "shopify_id"]

_FIND_GONE = for_any_tenant("""
    SELECT c.id FROM customers c WHERE c.tenant_id = :tenant AND c.store_id = :store AND NOT c.placeholder
        AND (CAST(:starts AS timestamptz) IS NULL OR c.source_created_at >= :starts)
        AND (CAST(:ends AS timestamptz) IS NULL OR c.source_created_at < :ends)
        AND NOT EXISTS (SELECT FROM stage_customers s WHERE s.shopify_id = c.shopify_id)
        AND c.shopify_id <> ALL(CAST(:refused AS bigint[]))
""")
_FIND_DELETED = for_any_tenant("""
    SELECT c.id FROM customers c WHERE c.tenant_id = :tenant AND c.store_id = :store
        AND c.shopify_id = ANY(CAST(:deleted AS bigint[]))
""")
# A customer's orders come first in the order of locks.
_LOCK_ORDERS = for_any_tenant("""
    SELECT o.sales_day FROM (
        SELECT o.id, o.sales_day FROM orders o WHERE o.tenant_id = :tenant AND o.customer_id = ANY(CAST(:gone AS uuid[]))
        ORDER BY o.id FOR NO KEY UPDATE) AS o
""")
_LOCK = for_any_tenant("""
    SELECT count(*) FROM (
        SELECT c.id FROM customers c WHERE c.tenant_id = :tenant AND c.store_id = :store AND c.id IN (
            SELECT d.id FROM stage_customers s JOIN customers d
                ON d.tenant_id = :tenant AND d.store_id = :store AND d.shopify_id = s.shopify_id
            UNION SELECT unnest(CAST(:gone AS uuid[])))
        ORDER BY c.id FOR NO KEY UPDATE) AS locked
""")
# A placeholder gives way to any record; otherwise as orders are judged.
_CLASSIFY = for_any_tenant("""
    INSERT INTO work_customers (shopify_id, id, created_day, old_created_day, state)
    SELECT s.shopify_id, coalesce(c.id, s.new_id), s.created_day, c.created_day,
        CASE WHEN c.id IS NULL THEN 'new'
            WHEN c.placeholder THEN 'changed'
            WHEN c.source_updated_at > s.source_updated_at THEN 'stale'
            WHEN c.fingerprint <> f.fingerprint THEN 'changed'
            WHEN c.source_updated_at < s.source_updated_at THEN 'touched'
            ELSE 'same' END
    FROM stage_customers s JOIN stage_customer_sums f ON f.shopify_id = s.shopify_id
    LEFT JOIN customers c ON c.tenant_id = :tenant AND c.store_id = :store AND c.shopify_id = s.shopify_id
""")
_ADD_GONE = for_any_tenant("""
    INSERT INTO work_customers (shopify_id, id, old_created_day, state)
    SELECT c.shopify_id, c.id, c.created_day, 'gone' FROM customers c
    WHERE c.tenant_id = :tenant AND c.store_id = :store AND c.id = ANY(CAST(:gone AS uuid[]))
""")
_COUNT = for_any_tenant("SELECT state, count(*) FROM work_customers GROUP BY state")
# A customer's day of creation hardly ever changes (a placeholder's does), so most merges touch the days of new ones alone.
_DAYS = for_any_tenant("""
    SELECT unnest(ARRAY[created_day, old_created_day]) AS day FROM work_customers
    WHERE state IN ('new', 'gone') OR (state = 'changed' AND created_day <> old_created_day)
""")
_OVERTAKEN = for_any_tenant("""
    SELECT EXISTS (SELECT FROM work_customers w JOIN customers c
        ON c.tenant_id = :tenant AND c.store_id = :store AND c.shopify_id = w.shopify_id WHERE w.state = 'new')
""")
_COUNT_ORDERS = for_any_tenant("""
    SELECT count(*) FROM orders o WHERE o.tenant_id = :tenant AND o.customer_id = ANY(CAST(:gone AS uuid[]))
""")
_UNLINK_ORDERS = for_any_tenant("""
    UPDATE orders o SET customer_id = NULL FROM work_customers w
    WHERE o.tenant_id = :tenant AND o.customer_id = w.id AND w.state = 'gone'
""")
_DELETE = for_any_tenant(
    "DELETE FROM customers c USING work_customers w WHERE c.tenant_id = :tenant AND c.id = w.id AND w.state = 'gone'"
)
_TOUCH = for_any_tenant("""
    UPDATE customers c SET source_updated_at = s.source_updated_at
    FROM work_customers w JOIN stage_customers s USING (shopify_id)
    WHERE c.tenant_id = :tenant AND c.id = w.id AND w.state = 'touched'
""")
_UPDATE = for_any_tenant(f"""
    UPDATE customers c SET {assigned([("s", _CHANGED), ("f", _SUMS)])}, placeholder = false, updated_at = :now
    FROM work_customers w JOIN stage_customers s USING (shopify_id) JOIN stage_customer_sums f USING (shopify_id)
    WHERE c.tenant_id = :tenant AND c.id = w.id AND w.state = 'changed'
""")
_INSERT = for_any_tenant(f"""
    INSERT INTO customers (tenant_id, store_id, id, placeholder, created_at, updated_at, {names(_HEAD)}, {names(_SUMS)})
    SELECT :tenant, :store, w.id, false, :now, :now, {values("s", _HEAD)}, {values("f", _SUMS)}
    FROM work_customers w JOIN stage_customers s USING (shopify_id) JOIN stage_customer_sums f USING (shopify_id)
    WHERE w.state = 'new' ORDER BY w.id
""")
# Each with the state for which it is there: a merge mostly knows one of them.
_WRITE = [("gone", _UNLINK_ORDERS), ("gone", _DELETE), ("touched", _TOUCH), ("changed", _UPDATE), ("new", _INSERT)]


class _Overtaken(Exception):
    """Another transaction stored a customer we took for new or had not locked, or an order of one that is going."""


async def merge_customers(
    session: TenantSession,
    calendar: Calendar,
    *,
    refused: Collection[int] = (),
    complete: Span | None = None,
    deleted: Collection[int] = (),
) -> Merged:
    """Merge what lies in the staging tables of customers. Once a transaction; arguments and errors as `merge_orders`."""
    key: dict[str, Any] = {"tenant": session.tenant_id, "store": calendar.store_id, "now": now()}
    for _ in range(_RESTARTS):
        try:
            async with session.begin_nested():
                return await _attempt(session, calendar, key, refused, complete, deleted)
        except _Overtaken:
            continue
    raise RuntimeError("another writer stored the same customers time and again")


async def _attempt(
    session: TenantSession,
    calendar: Calendar,
    key: dict[str, Any],
    refused: Collection[int],
    complete: Span | None,
    deleted: Collection[int],
) -> Merged:
    going: set[UUID] = set()
    days: set[date] = set()
    if deleted:
        going.update((await session.execute(_FIND_DELETED, {**key, "deleted": list(deleted)})).scalars())
    if complete is not None:
        bounds = {"starts": complete.starts_at, "ends": complete.ends_at, "refused": list(refused)}
        going.update((await session.execute(_FIND_GONE, {**key, **bounds})).scalars())
    gone = sorted(going)
    ordered: Sequence[date] = ()
    if gone:
        ordered = (await session.execute(_LOCK_ORDERS, {**key, "gone": gone})).scalars().all()
        days.update(ordered)
    locked = (await session.execute(_LOCK, {**key, "gone": gone})).scalar_one()
    await session.execute(_CLASSIFY, key)
    if gone:
        await session.execute(_ADD_GONE, {**key, "gone": gone})
    found: dict[str, int] = {row[0]: row[1] for row in await session.execute(_COUNT)}
    if sum(found.values()) - found.get("new", 0) > locked:
        # Stored since we locked: it may change before we write, and waiting for it now could cross others' locks.
        raise _Overtaken
    await analyze(session, "work_customers", sum(found.values()))
    written, removed = found.get("new", 0) + found.get("changed", 0), found.get("gone", 0)
    unchanged = sum(found.values()) - written - removed
    days.update(day for day in (await session.execute(_DAYS, key)).scalars() if day is not None)
    if days:
        await calendars.lock_days(session, calendar.store_id, days)
    await calendars.ensure_calendar(session, calendar)
    if (await session.execute(_OVERTAKEN, key)).scalar_one():
        raise _Overtaken
    if gone and (await session.execute(_COUNT_ORDERS, {**key, "gone": gone})).scalar_one() > len(ordered):
        raise _Overtaken
    for state, statement in _WRITE:
        if found.get(state):
            await session.execute(statement, key)
    await recompute_days(session, calendar, days)
    return Merged(written, unchanged, removed, frozenset(days))
