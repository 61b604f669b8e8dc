"""What the world is told of stores: live news after every visible change, and that kept answers are stale when one goes."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from storekeep.domains.accounts.guard import Permission
from storekeep.domains.connections.events import (
    StoreConnected,
    StoreDisconnectRequested,
    StoreFactsChanged,
    StoreReconnected,
    StoreScheduleChanged,
    StoreStatusChanged,
)
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.events import Subscriber
from storekeep.runtime.live import LiveNews
from storekeep.runtime.services import Services

_VISIBLE = (StoreConnected, StoreReconnected, StoreScheduleChanged, StoreStatusChanged, StoreFactsChanged)


class _OfStore(Protocol):
    @property
    def store_id(self) -> UUID: ...


def tell_of_stores(services: Services) -> None:
    """From now on every commit of this process that changed a store is told: `store.changed`. Hints, never the truth.

    `services` must hold Database, LiveNews and TenantCache. Twice is harmless: one piece of news a store and transaction.
    """
    live, cache, bus = services.get(LiveNews), services.get(TenantCache), services.get(Database).bus

    async def changed(session: TenantSession, event: _OfStore) -> None:
        async def tell() -> None:
            await publish_store(live, session.tenant_id, event.store_id)

        session.after_commit(tell, key=f"store.changed:{event.store_id}")

    async def going(session: TenantSession, event: StoreDisconnectRequested) -> None:
        async def drop() -> None:
            await cache.drop(session.tenant_id)

        session.after_commit(drop, key="cache.drop")
        await changed(session, event)

    for kind in _VISIBLE:
        bus.subscribe(Subscriber(kind, changed))
    bus.subscribe(Subscriber(StoreDisconnectRequested, going))


async def publish_store(live: LiveNews, tenant_id: UUID, store_id: UUID) -> None:
    """Tell the tenant's browsers to read the store again. Call after the commit."""
    await live.publish(tenant_id, "store.changed", {"storeId": str(store_id)}, permission=Permission.STORE_READ)


async def publish_erased(live: LiveNews, tenant_id: UUID, store_id: UUID) -> None:
    """Tell the tenant's browsers that the store is no more, and nothing they show of it. Call after the commit."""
    await publish_store(live, tenant_id, store_id)
    await live.publish(tenant_id, "data.changed", {"storeId": str(store_id)}, permission=Permission.ORDER_READ)
