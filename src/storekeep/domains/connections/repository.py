"""Reads and row locks of connections' tables. Lock order everywhere: the connection row first, then the store row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from storekeep.domains.connections.errors import StoreNotFound
from storekeep.domains.connections.models import Connection, ShopDirectory, Store
from storekeep.domains.connections.types import (
    ConnectedVia,
    ConnectionStatus,
    ConnectionType,
    ConnectionView,
    StoreCounts,
    StoreView,
)
from storekeep.runtime.database import TenantSession

# Orders older than 60 days are simply absent for an app without this scope (contracts/shopify.md §3.4).
FULL_HISTORY_SCOPE = "read_all_orders"


def _stores() -> Select[Store, Connection, ShopDirectory]:
    return (
        select(Store, Connection, ShopDirectory)
        .join(Connection, (Connection.tenant_id == Store.tenant_id) & (Connection.id == Store.id))
        .outerjoin(ShopDirectory, (ShopDirectory.tenant_id == Store.tenant_id) & (ShopDirectory.store_id == Store.id))
    )


def _view(row: Any) -> StoreView:
    store, connection, entry = row
    return StoreView(
        id=store.id,
        shop=store.shop,
        name=store.shop_name,
        shopify_shop_id=store.shopify_shop_id,
        currency=store.currency,
        time_zone=store.time_zone,
        plan=store.plan,
        status=ConnectionStatus(connection.status),
        status_reason=connection.status_reason,
        connected_via=ConnectedVia(store.connected_via),
        generation=store.generation,
        installed_at=store.installed_at,
        scopes=tuple(store.scopes),
        history_limited=FULL_HISTORY_SCOPE not in store.scopes,
        sync_interval_minutes=store.sync_interval_minutes,
        sync_paused=store.sync_paused,
        last_sync_at=store.last_sync_at,
        last_sync_status=store.last_sync_status,
        next_sync_at=entry.sync_due_at if entry is not None else None,
        created_at=store.created_at,
        counts=StoreCounts(store.customers_count, store.orders_count, store.products_count),
        orders_known_from=store.orders_known_from,
    )


async def find_store(session: TenantSession, store_id: UUID) -> StoreView | None:
    """The store, or None when the tenant has none of that id."""
    row = (await session.execute(_stores().where(Store.id == store_id))).one_or_none()
    return None if row is None else _view(row)


async def get_store(session: TenantSession, store_id: UUID) -> StoreView:
    """The store. Raises StoreNotFound."""
    view = await find_store(session, store_id)
    if view is None:
        raise StoreNotFound()
    return view


async def list_stores(session: TenantSession, *, after: UUID | None = None, limit: int | None = None) -> list[StoreView]:
    """The tenant's stores, oldest first; those after the store `after`, at most `limit`."""
    query = _stores().order_by(Store.id)
    if after is not None:
        query = query.where(Store.id > after)
    return [_view(row) for row in await session.execute(query.limit(limit))]


async def list_connections(
    session: TenantSession, *, after: UUID | None = None, limit: int | None = None
) -> list[ConnectionView]:
    """The tenant's connections of every type, oldest first; those after the connection `after`, at most `limit`."""
    query = select(Connection).order_by(Connection.id)
    if after is not None:
        query = query.where(Connection.id > after)
    rows = (await session.execute(query.limit(limit))).scalars()
    return [ConnectionView(c.id, ConnectionType(c.type), ConnectionStatus(c.status), c.label, c.created_at) for c in rows]


async def lock_connection(session: TenantSession, store_id: UUID, *, share: bool = False) -> Connection:
    """The store's connection row, locked until the transaction ends: against every change, or with `share` against others'.

    Raises StoreNotFound.
    """
    query = (
        select(Connection)
        .where(Connection.id == store_id, Connection.type == ConnectionType.SHOPIFY)
        .with_for_update(read=share)
        .execution_options(populate_existing=True)
    )
    connection = (await session.execute(query)).scalar_one_or_none()
    if connection is None:
        raise StoreNotFound()
    return connection


async def lock_store(session: TenantSession, store_id: UUID) -> Store:
    """The store row as it is now, locked until the transaction ends. Raises StoreNotFound.

    FOR NO KEY UPDATE: one such lock at a time, yet rows that refer to the store may still be inserted while a refresh waits
    for Shopify.
    """
    query = select(Store).where(Store.id == store_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    store = (await session.execute(query)).scalar_one_or_none()
    if store is None:
        raise StoreNotFound()
    return store
