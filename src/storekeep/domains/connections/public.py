"""What other rooms may ask of connections: stores, their state and schedule, clients for them, erasure, key rotation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from storekeep.domains.connections.clients import StoreClients
from storekeep.domains.connections.connect import StoreConnector
from storekeep.domains.connections.erasure_work import EraseRooms
from storekeep.domains.connections.errors import StoreDisconnecting, StoreNeedsReconnect, StoreNotFound
from storekeep.domains.connections.register import find_owner as find_tenant_of_shop
from storekeep.domains.connections.repository import find_store, get_store, list_stores, lock_store
from storekeep.domains.connections.rotation import Resealed, reseal_batch
from storekeep.domains.connections.schedule import due_stores, set_next_due
from storekeep.domains.connections.status import ensure_store_active, mark_connected, mark_needs_reconnect, mark_paused
from storekeep.domains.connections.types import ConnectedVia, ConnectionStatus, DueStore, StoreCounts, StoreView
from storekeep.runtime.database import TenantSession

__all__ = [
    "ConnectedVia",
    "ConnectionStatus",
    "DueStore",
    "EraseRooms",
    "Resealed",
    "StoreClients",
    "StoreConnector",
    "StoreCounts",
    "StoreDisconnecting",
    "StoreNeedsReconnect",
    "StoreNotFound",
    "StoreView",
    "due_stores",
    "ensure_store_active",
    "find_store",
    "find_tenant_of_shop",
    "get_store",
    "list_stores",
    "mark_connected",
    "mark_needs_reconnect",
    "mark_paused",
    "record_sync_outcome",
    "reseal_batch",
    "set_next_due",
]


async def record_sync_outcome(
    session: TenantSession, store_id: UUID, *, at: datetime, status: str, counts: StoreCounts | None = None
) -> None:
    """Note the end of a read of the store: when (aware UTC), how it went (a word), and how many rows are stored now.

    Older news than what is known is dropped, `counts` included. Raises StoreNotFound.
    """
    store = await lock_store(session, store_id)
    if store.last_sync_at is not None and store.last_sync_at > at:
        return
    store.last_sync_at, store.last_sync_status = at, status
    if counts is not None:
        store.customers_count, store.orders_count, store.products_count = counts.customers, counts.orders, counts.products
    await session.flush()
