"""One order read anew because a person waits for it: fresher than the last sync, deleted if Shopify deleted it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storekeep.domains.audit import public as audit
from storekeep.domains.commerce.browse.orders import OrderNotFound
from storekeep.domains.commerce.calendars import Calendar, CalendarChanged, find_calendar
from storekeep.domains.commerce.errors import OrderGoneAtSource, OrderOutOfReach
from storekeep.domains.commerce.events import StoreDataChanged
from storekeep.domains.commerce.models import Order
from storekeep.domains.commerce.rebase import adopt_calendar
from storekeep.domains.commerce.sync.apply import apply, remove
from storekeep.domains.commerce.sync.details import read_details, whole_order, whole_refunds
from storekeep.domains.commerce.sync.news import SyncNews
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.domains.commerce.sync.reach import read_reach
from storekeep.domains.commerce.types import Resource
from storekeep.domains.connections import public as connections
from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.integrations.shopify.documents import ORDER_DETAIL
from storekeep.integrations.shopify.errors import ShopifyObjectGone, ShopifyUnavailable
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.services import Services

_TRIES = 3
_PATIENCE_S = 30.0  # a person waits, behind proxies that give up after a minute; what is read while storing comes on top


async def refresh_order(services: Services, scope: Scope, order_id: UUID) -> None:
    """Read the order from Shopify and store what it is now. Opens transactions of its own; call it outside one.

    Raises OrderNotFound, OrderGoneAtSource (it is then removed here too), OrderOutOfReach, StoreNeedsReconnect,
    StoreDisconnecting, and what Shopify's client raises.
    """
    db = services.get(Database)
    async with db.tenant(scope) as session:
        order = await session.get(Order, (session.tenant_id, order_id))
        if order is None:
            raise OrderNotFound()
        store = await connections.get_store(session, order.store_id)
        calendar = await find_calendar(session, store.id)
    calendar = calendar or await _first_calendar(db, scope, Calendar(store.id, store.time_zone, store.currency))
    client = await services.get(connections.StoreClients).client_for(scope, store.id)
    node = await _read_in_time(client, order.shopify_id)
    if node is None:
        seen_from = await read_reach(client, history_limited=store.history_limited, priority="interactive")
        if seen_from is not None and order.source_created_at < seen_from:
            raise OrderOutOfReach()
    for attempt in range(_TRIES):
        try:
            changed = await _store(db, scope, calendar, client, node, order)
            break
        except CalendarChanged:
            if attempt == _TRIES - 1:
                raise
            async with db.tenant(scope) as session:
                known = await find_calendar(session, store.id)
            calendar = known or await _first_calendar(db, scope, calendar)
    if changed:
        await SyncNews(services, scope.tenant_id, store.id, order_id).data_changed()
    if node is None:
        raise OrderGoneAtSource()


async def _first_calendar(db: Database, scope: Scope, calendar: Calendar) -> Calendar:
    """Count the store's days by `calendar` from now on, for nothing says yet by which they are counted."""
    async with db.tenant(scope) as session:
        await connections.ensure_store_active(session, calendar.store_id)
        await adopt_calendar(session, calendar)
    return calendar


async def _read_in_time(client: ShopifyClient, number: int) -> dict[str, object] | None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await _read(client, number)
    except TimeoutError as error:
        raise ShopifyUnavailable(details={"shop": client.shop, "reason": "slow"}, retryable=True) from error


async def _read(client: ShopifyClient, number: int) -> dict[str, object] | None:
    """The order with all its parts; None when Shopify does not know it (any more)."""
    result = await client.execute(ORDER_DETAIL, {"id": f"gid://shopify/Order/{number}"}, priority="interactive")
    node = result.data.get("order")
    if node is None:
        return None
    try:
        whole = await whole_order(client, node, priority="interactive")
    except ShopifyObjectGone:
        return None
    return {**whole, "refunds": await whole_refunds(client, node, priority="interactive")}


async def _store(
    db: Database, scope: Scope, calendar: Calendar, client: ShopifyClient, node: dict[str, object] | None, order: Order
) -> bool:
    """Merge what was read, and put on record that a person asked; whether anything is different now."""
    assembler = OrderAssembler(calendar.zone)
    if node is not None:
        assembler.whole(node)
        refunds = node["refunds"]
        if refunds and not assembler.refused:
            assembler.refunds(str(node["id"]), refunds)  # type: ignore[arg-type]
        await read_details(client, assembler, priority="interactive")
    async with db.tenant(scope) as session:
        await connections.ensure_store_active(session, calendar.store_id)
        before = await _told(session, order.id)
        if node is None:
            merged = await remove(session, calendar, Resource.ORDERS, [order.shopify_id])
        else:
            merged = await apply(session, calendar, assembler)
        await audit.record(
            session,
            action="order.removed" if node is None else "order.refreshed",
            subjects=[audit.Subject("order", order.id), audit.Subject("store", calendar.store_id)],
            before=before,
            after=await _told(session, order.id),
        )
        if merged.changed:
            await session.announce(StoreDataChanged(store_id=calendar.store_id, resource=Resource.ORDERS))
    return merged.changed


async def _told(session: TenantSession, order_id: UUID) -> dict[str, Any] | None:
    """What the record says of an order; None when it is not there."""
    columns = (Order.source_updated_at, Order.financial_status, Order.fulfillment_status, Order.cancelled_at)
    row = (await session.execute(select(*columns, Order.current_total_price).where(Order.id == order_id))).one_or_none()
    if row is None:
        return None
    return {
        "updatedAt": row.source_updated_at.isoformat(),
        "financialStatus": row.financial_status,
        "fulfillmentStatus": row.fulfillment_status,
        "cancelledAt": row.cancelled_at.isoformat() if row.cancelled_at else None,
        "currentTotalPrice": str(row.current_total_price.normalize()),
    }
