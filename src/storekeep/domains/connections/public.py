"""What other rooms may ask of connections: stores, their state and schedule, clients for them, erasure, key rotation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from storekeep.domains.connections.clients import StoreClients
from storekeep.domains.connections.connect import StoreConnector
from storekeep.domains.connections.erasure_work import EraseRooms
from storekeep.domains.connections.errors import StoreDisconnecting, StoreNeedsReconnect, StoreNotFound
from storekeep.domains.connections.events import StoreFactsChanged
from storekeep.domains.connections.farewell import Farewells, say_farewells
from storekeep.domains.connections.models import Store
from storekeep.domains.connections.news import publish_store, tell_of_stores
from storekeep.domains.connections.register import find_owner as find_tenant_of_shop
from storekeep.domains.connections.repository import FULL_HISTORY_SCOPE, find_store, get_store, list_stores, lock_store
from storekeep.domains.connections.rotation import Resealed, reseal_batch
from storekeep.domains.connections.schedule import due_stores, set_next_due
from storekeep.domains.connections.status import ensure_store_active, mark_connected, mark_needs_reconnect, mark_paused
from storekeep.domains.connections.types import ConnectedVia, ConnectionStatus, DueStore, StoreCounts, StoreView
from storekeep.integrations.shopify.gateway import ShopifyGateway
from storekeep.integrations.shopify.oauth import effective_scopes
from storekeep.integrations.shopify.wire import ShopFacts
from storekeep.kit.text import one_line, storable
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.manifest import Room
from storekeep.runtime.services import Services

__all__ = [
    "FULL_HISTORY_SCOPE",
    "ConnectedVia",
    "ConnectionStatus",
    "DueStore",
    "EraseRooms",
    "Farewells",
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
    "provide_connections",
    "publish_store",
    "record_orders_known",
    "record_shop_facts",
    "record_sync_outcome",
    "reseal_batch",
    "set_next_due",
]


def provide_connections(
    services: Services,
    *,
    rooms: Sequence[Room],
    app_url: str,
    session_secret: str,
    session_secret_previous: str | None = None,
) -> None:
    """Register StoreClients, StoreConnector, EraseRooms, Farewells; tell of stores, and say good-bye to shops, from now on.

    `services` must hold Database, TokenCipher, ShopifyGateway, LiveNews and TenantCache already. `rooms` is the list of rooms,
    lowest first; `app_url` our public address; the secrets are SESSION_SECRET and its predecessor.
    """
    db, cipher, gateway = services.get(Database), services.get(TokenCipher), services.get(ShopifyGateway)
    services.provide(StoreClients, StoreClients(db, cipher, gateway))
    connector = StoreConnector(
        db,
        cipher,
        gateway,
        app_url=app_url,
        session_secret=session_secret,
        session_secret_previous=session_secret_previous,
    )
    services.provide(StoreConnector, connector)
    services.provide(EraseRooms, EraseRooms(rooms))
    services.provide(Farewells, Farewells(db, cipher, gateway))
    say_farewells(services)
    tell_of_stores(services)


async def record_shop_facts(session: TenantSession, store_id: UUID, facts: ShopFacts, scopes: Sequence[str]) -> None:
    """Keep what the shop says of itself now, and what it grants (as `read_shop` and `read_scopes` answer).

    Merchants rename shops, change their currency or time zone, and withdraw scopes; call it with each read of the store.
    Another shop's facts are ignored. Announces StoreFactsChanged when anything is. Raises StoreNotFound.
    """
    store = await lock_store(session, store_id)
    if store.shopify_shop_id not in (None, facts.id):
        return
    before = _facts_of(store)
    store.shop_name = one_line(storable(facts.name)) or store.shop
    store.shopify_shop_id = facts.id
    store.currency, store.time_zone, store.plan = facts.currency, facts.time_zone, facts.plan
    store.scopes = sorted(effective_scopes(scopes))
    await session.flush()
    if _facts_of(store) != before:
        await session.announce(StoreFactsChanged(store_id=store_id))


def _facts_of(store: Store) -> tuple[object, ...]:
    return (store.shop_name, store.shopify_shop_id, store.currency, store.time_zone, store.plan, list(store.scopes))


async def record_orders_known(session: TenantSession, store_id: UUID, known_from: datetime | None) -> None:
    """Orders placed before `known_from` (aware) may be missing here; None: everything the source has is here.

    Raises StoreNotFound.
    """
    store = await lock_store(session, store_id)
    store.orders_known_from = known_from
    await session.flush()


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
