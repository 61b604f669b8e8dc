"""Staged products and variants become products and variants, newer wins. No figure of any day depends on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from storekeep.domains.commerce.calendars import Calendar
from storekeep.domains.commerce.statements import for_any_tenant
from storekeep.domains.commerce.sync.batch import Merged, Span
from storekeep.domains.commerce.sync.columns import assigned, differs, excluded, names, values
from storekeep.domains.commerce.sync.staging import PRODUCT_TABLES, analyze
from storekeep.kit.clock import now
from storekeep.runtime.database import TenantSession

# ruff: noqa: S608 (every name put together here is one of our own)

_RESTARTS = 5
_HEAD = [c for c in PRODUCT_TABLES["products"].columns if c != "new_id"]
_SUMS = [c for c in PRODUCT_TABLES["product_sums"].columns if c != "shopify_id"]
_CHANGED = [c for c in _HEAD if c != "shopify_id"]
_VARIANT = [c for c in PRODUCT_TABLES["variants"].columns if c not in ("parent", "new_id")]
_VARIANT_DATA = [c for c in _VARIANT if c != "shopify_id"]

_LOCK = for_any_tenant("""
    SELECT count(*) FROM (
        SELECT p.id FROM products p WHERE p.tenant_id = :tenant AND p.store_id = :store
            AND p.shopify_id IN (SELECT shopify_id FROM stage_products)
        ORDER BY p.id FOR NO KEY UPDATE) AS locked
""")
_CLASSIFY = for_any_tenant("""
    INSERT INTO work_products (shopify_id, id, state)
    SELECT s.shopify_id, coalesce(p.id, s.new_id),
        CASE WHEN p.id IS NULL THEN 'new'
            WHEN p.source_updated_at > s.source_updated_at THEN 'stale'
            WHEN p.fingerprint <> f.fingerprint OR p.currency <> :currency THEN 'changed'
            WHEN p.source_updated_at < s.source_updated_at THEN 'touched'
            ELSE 'same' END
    FROM stage_products s JOIN stage_product_sums f ON f.shopify_id = s.shopify_id
    LEFT JOIN products p ON p.tenant_id = :tenant AND p.store_id = :store AND p.shopify_id = s.shopify_id
""")
_COUNT = for_any_tenant("SELECT state, count(*) FROM work_products GROUP BY state")
_DELETE_GONE = for_any_tenant("""
    DELETE FROM products p WHERE p.tenant_id = :tenant AND p.store_id = :store
        AND (CAST(:starts AS timestamptz) IS NULL OR p.source_created_at >= :starts)
        AND (CAST(:ends AS timestamptz) IS NULL OR p.source_created_at < :ends)
        AND NOT EXISTS (SELECT FROM stage_products s WHERE s.shopify_id = p.shopify_id)
        AND p.shopify_id <> ALL(CAST(:refused AS bigint[]))
    RETURNING 1
""")
_INSERT = for_any_tenant(f"""
    INSERT INTO products (tenant_id, store_id, id, currency, created_at, updated_at, {names(_HEAD)}, {names(_SUMS)})
    SELECT :tenant, :store, w.id, :currency, :now, :now, {values("s", _HEAD)}, {values("f", _SUMS)}
    FROM work_products w JOIN stage_products s USING (shopify_id) JOIN stage_product_sums f USING (shopify_id)
    WHERE w.state = 'new' ORDER BY w.shopify_id
    ON CONFLICT (tenant_id, store_id, shopify_id) DO NOTHING RETURNING 1
""")
_DELETE_KNOWN = for_any_tenant("""
    DELETE FROM products p WHERE p.tenant_id = :tenant AND p.store_id = :store
        AND p.shopify_id = ANY(CAST(:deleted AS bigint[])) RETURNING 1
""")
_TOUCH = for_any_tenant("""
    UPDATE products p SET source_updated_at = s.source_updated_at
    FROM work_products w JOIN stage_products s USING (shopify_id)
    WHERE p.tenant_id = :tenant AND p.id = w.id AND w.state = 'touched'
""")
_UPDATE = for_any_tenant(f"""
    UPDATE products p SET {assigned([("s", _CHANGED), ("f", _SUMS)])}, currency = :currency, updated_at = :now
    FROM work_products w JOIN stage_products s USING (shopify_id) JOIN stage_product_sums f USING (shopify_id)
    WHERE p.tenant_id = :tenant AND p.id = w.id AND w.state = 'changed'
""")
_DROP_VARIANTS = for_any_tenant("""
    DELETE FROM variants t USING work_products w
    WHERE t.tenant_id = :tenant AND t.product_id = w.id AND w.state = 'changed' AND NOT EXISTS (
        SELECT FROM stage_variants s WHERE s.parent = w.shopify_id AND s.shopify_id = t.shopify_id)
""")
_UPSERT_VARIANTS = for_any_tenant(f"""
    INSERT INTO variants (tenant_id, id, product_id, {names(_VARIANT)})
    SELECT :tenant, s.new_id, w.id, {values("s", _VARIANT)}
    FROM stage_variants s JOIN work_products w ON w.shopify_id = s.parent WHERE w.state IN ('new', 'changed')
    ON CONFLICT (tenant_id, product_id, shopify_id)
        DO UPDATE SET {excluded(_VARIANT_DATA)} WHERE {differs("variants", _VARIANT_DATA)}
""")
# Each with the states for which it is there: a merge mostly knows one of them.
_WRITE = [
    ({"touched"}, _TOUCH),
    ({"changed"}, _UPDATE),
    ({"changed"}, _DROP_VARIANTS),
    ({"new", "changed"}, _UPSERT_VARIANTS),
]


class _Overtaken(Exception):
    """Another transaction stored a product we took for new, or had not locked."""


async def remove_products(session: TenantSession, calendar: Calendar, numbers: Collection[int]) -> Merged:
    """Remove products, by their Shopify numbers, that were deleted at the source."""
    key = {"tenant": session.tenant_id, "store": calendar.store_id, "deleted": list(numbers)}
    return Merged(removed=len((await session.execute(_DELETE_KNOWN, key)).all()))


async def merge_products(
    session: TenantSession, calendar: Calendar, *, refused: Collection[int] = (), complete: Span | None = None
) -> Merged:
    """Merge what lies in the staging tables of products. Once a transaction; arguments as `merge_orders`."""
    key: dict[str, Any] = {
        "tenant": session.tenant_id,
        "store": calendar.store_id,
        "currency": calendar.currency,
        "now": now(),
    }
    for _ in range(_RESTARTS):
        try:
            async with session.begin_nested():
                return await _attempt(session, key, refused, complete)
        except _Overtaken:
            continue
    raise RuntimeError("another writer stored the same products time and again")


async def _attempt(session: TenantSession, key: dict[str, Any], refused: Collection[int], complete: Span | None) -> Merged:
    locked = (await session.execute(_LOCK, key)).scalar_one()
    await session.execute(_CLASSIFY, key)
    found: dict[str, int] = {row[0]: row[1] for row in await session.execute(_COUNT)}
    await analyze(session, "work_products", sum(found.values()))
    new, written = found.get("new", 0), found.get("new", 0) + found.get("changed", 0)
    if sum(found.values()) - new > locked:
        # Stored since we locked: what we found of it may change before we write.
        raise _Overtaken
    removed = 0
    if complete is not None:
        bounds = {"starts": complete.starts_at, "ends": complete.ends_at, "refused": list(refused)}
        removed = len((await session.execute(_DELETE_GONE, {**key, **bounds})).all())
    if new and len((await session.execute(_INSERT, key)).all()) < new:
        raise _Overtaken
    for states, statement in _WRITE:
        if states & found.keys():
            await session.execute(statement, key)
    return Merged(written, sum(found.values()) - written, removed)
