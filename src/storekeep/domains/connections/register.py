"""A shop becomes a store of the tenant, or one of its stores gets fresh tokens: all of it in one transaction or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from storekeep.domains.accounts import public as accounts
from storekeep.domains.audit import public as audit
from storekeep.domains.connections import schedule
from storekeep.domains.connections.errors import ShopReplaced, ShopTaken, StoreDisconnecting
from storekeep.domains.connections.events import StoreConnected, StoreReconnected
from storekeep.domains.connections.models import Connection, ShopDirectory, Store
from storekeep.domains.connections.repository import lock_connection, lock_store
from storekeep.domains.connections.status import set_status
from storekeep.domains.connections.types import ConnectedVia, ConnectionStatus, ConnectionType
from storekeep.domains.connections.vault import StoreTokens, put_tokens
from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import SystemSession, TenantSession

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Install:
    """What Shopify told us about a shop that let us in. `shop` is its verified, lower-case myshopify domain."""

    shop: str
    name: str
    shopify_shop_id: int | None
    currency: str
    time_zone: str
    plan: str | None
    scopes: tuple[str, ...]
    via: ConnectedVia
    tokens: StoreTokens


@dataclass(frozen=True, slots=True)
class Registration:
    """The outcome: `is_new` when the shop was no store of this tenant before."""

    store_id: UUID
    is_new: bool


async def find_owner(session: SystemSession, shop: str) -> tuple[UUID, UUID] | None:
    """(tenant_id, store_id) of a myshopify domain (lower case), or None when no tenant has it."""
    query = select(ShopDirectory.tenant_id, ShopDirectory.store_id).where(ShopDirectory.shop == shop)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row.tenant_id, row.store_id)


async def register_store(session: TenantSession, cipher: TokenCipher, install: Install) -> Registration:
    """Claim the shop for the tenant and keep its tokens sealed; announces StoreConnected or StoreReconnected, never both.

    Raises ShopTaken for another tenant's shop, StoreDisconnecting while its former data is being erased, ShopReplaced when the
    address now belongs to another shop, TenantDeleting when the tenant is on its way out; nothing is stored then. Registering
    twice is a reconnection: the data stays.
    """
    await accounts.keep_tenant(session)
    store_id = await _claim(session, install.shop)
    if store_id is not None:
        return await _add(session, cipher, install, store_id)
    return await _reconnect(session, cipher, install)


async def _claim(session: TenantSession, shop: str) -> UUID | None:
    """The id under which the shop is now ours, or None when the directory has it already (whoever's it is)."""
    statement = (
        insert(ShopDirectory)
        .values(shop=shop, tenant_id=session.tenant_id, store_id=uuid7())
        .on_conflict_do_nothing(index_elements=["shop"])
        .returning(ShopDirectory.store_id)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def _add(session: TenantSession, cipher: TokenCipher, install: Install, store_id: UUID) -> Registration:
    is_first = not (await session.execute(select(func.count()).select_from(Store))).scalar_one()
    connection = Connection(id=store_id, type=ConnectionType.SHOPIFY, status=ConnectionStatus.CONNECTED, label=install.name)
    session.add(connection)
    await session.flush()
    store = Store(id=store_id, shop=install.shop, generation=1)
    _describe(store, install)
    session.add(store)
    await session.flush()
    await put_tokens(session, cipher, store, install.tokens)
    await schedule.set_next_due(session, store_id)
    log.info("store_connected", store_id=str(store_id), shop=install.shop, via=install.via)
    await _record(session, "store.connected", store, before=None)
    await session.announce(StoreConnected(store_id=store_id, first=is_first))
    return Registration(store_id, is_new=True)


async def _reconnect(session: TenantSession, cipher: TokenCipher, install: Install) -> Registration:
    mine = select(ShopDirectory.store_id).where(ShopDirectory.shop == install.shop, ShopDirectory.tenant_id == session.tenant_id)
    store_id = (await session.execute(mine)).scalar_one_or_none()
    if store_id is None:
        raise ShopTaken()
    connection = await lock_connection(session, store_id)
    if connection.status == ConnectionStatus.DISCONNECTING:
        raise StoreDisconnecting()
    store = await lock_store(session, store_id)
    if None not in (store.shopify_shop_id, install.shopify_shop_id) and store.shopify_shop_id != install.shopify_shop_id:
        raise ShopReplaced()
    before = _words(store)
    store.generation += 1
    _describe(store, install)
    connection.label = install.name
    await put_tokens(session, cipher, store, install.tokens)
    if (connection.status, connection.status_reason) != (ConnectionStatus.CONNECTED, None):
        await set_status(session, connection, store, ConnectionStatus.CONNECTED, None)
    log.info("store_reconnected", store_id=str(store_id), shop=install.shop, generation=store.generation)
    await _record(session, "store.reconnected", store, before=before)
    await session.announce(StoreReconnected(store_id=store_id, generation=store.generation))
    return Registration(store_id, is_new=False)


def _words(store: Store) -> dict[str, Any]:
    """What an audit entry says of the store; never a token."""
    return {
        "shop": store.shop,
        "name": store.shop_name,
        "connectedVia": str(store.connected_via),
        "scopes": list(store.scopes),
        "generation": store.generation,
    }


async def _record(session: TenantSession, action: str, store: Store, *, before: dict[str, Any] | None) -> None:
    await audit.record(session, action=action, subjects=[audit.Subject("store", store.id)], before=before, after=_words(store))


def _describe(store: Store, install: Install) -> None:
    store.shop_name = install.name
    store.shopify_shop_id = install.shopify_shop_id
    store.currency = install.currency
    store.time_zone = install.time_zone
    store.plan = install.plan
    store.scopes = sorted(install.scopes)
    store.connected_via = install.via
    store.installed_at = now()
