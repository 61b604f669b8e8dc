"""Fixtures of the tests of connections: a cipher, installs as Shopify would report them, and an ear for the room's events."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from redis.asyncio import Redis

from storekeep.domains.connections import events
from storekeep.domains.connections.public import EraseRooms, StoreClients, StoreConnector, provide_connections
from storekeep.domains.connections.register import register_store
from storekeep.entry.rooms import ROOMS
from storekeep.integrations.shopify.gateway import ShopifyGateway
from storekeep.kit.scope import Scope
from storekeep.runtime.breaker import Breakers
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.events import Event, Subscriber
from storekeep.runtime.http import make_client
from storekeep.runtime.services import Services
from storekeep.runtime.settings import ShopifySettings
from tests.domains.connections import sandbox
from tests.domains.connections.installs import Ear, an_install
from tests.domains.connections.sandbox import API_KEY, API_SECRET, SHOPS, ShopifyStandIn
from tests.support.accounts import SESSION_SECRET, House
from tests.support.haste import quick_dice

HEARD = (
    events.StoreConnected,
    events.StoreReconnected,
    events.StoreScheduleChanged,
    events.StoreStatusChanged,
    events.StoreDisconnectRequested,
)


@pytest.fixture(scope="session")
def cipher() -> TokenCipher:
    """A cipher with one key."""
    return TokenCipher(os.urandom(32))


@pytest.fixture
async def other_scope(new_tenant: Callable[[], Awaitable[Scope]]) -> Scope:
    """The scope of a second fresh tenant."""
    return await new_tenant()


@pytest.fixture
def connect(db: Database, cipher: TokenCipher) -> Callable[..., Awaitable[UUID]]:
    """Registers a store for a scope and answers its id; keyword arguments change the install."""

    async def make(scope: Scope, **changes: Any) -> UUID:
        async with db.tenant(scope) as session:
            return (await register_store(session, cipher, an_install(**changes))).store_id

    return make


@pytest.fixture(scope="session")
def _listening(db: Database) -> Ear:
    ear = Ear()

    async def hear(session: TenantSession, event: Event) -> None:
        ear.heard.append((session.tenant_id, event))

    for kind in HEARD:
        db.bus.subscribe(Subscriber(kind, hear))
    return ear


@pytest.fixture
def ear(_listening: Ear) -> Iterator[Ear]:
    """What connections announces during the test."""
    _listening.heard.clear()
    yield _listening


@pytest.fixture(scope="session")
async def _stand_in(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopifyStandIn]:
    async with sandbox.running(tmp_path_factory.mktemp("shopify")) as stand_in:
        yield stand_in


@pytest.fixture
async def shopify(_stand_in: ShopifyStandIn, superuser: asyncpg.Connection) -> AsyncIterator[ShopifyStandIn]:
    """Shopify, with nothing of earlier tests in it; its shops belong to no tenant before and after the test."""
    await _stand_in.fresh()
    await _free_shops(superuser)
    yield _stand_in
    await _free_shops(superuser)


async def _free_shops(superuser: asyncpg.Connection) -> None:
    gone = await superuser.fetch("DELETE FROM shop_directory WHERE shop = ANY ($1) RETURNING store_id", list(SHOPS))
    await superuser.execute("DELETE FROM connections WHERE id = ANY ($1)", [row["store_id"] for row in gone])


@pytest.fixture(scope="session")
async def gateway(_stand_in: ShopifyStandIn, redis_url: str) -> AsyncIterator[ShopifyGateway]:
    """The way in to the stand-in."""
    http, redis = make_client(), Redis.from_url(redis_url)
    yield ShopifyGateway(
        http,
        redis,
        Breakers(redis, prefix="connections-tests"),
        api_key=API_KEY,
        api_secret=API_SECRET,
        scopes=ShopifySettings().scopes,
        base_url=_stand_in.base_url,
        dice=quick_dice,
    )
    await http.aclose()
    await redis.aclose()


@pytest.fixture
def shop_house(house: House, shopify: ShopifyStandIn, gateway: ShopifyGateway) -> Iterator[House]:
    """The product, connected to the stand-in."""
    services = house.wired.services
    kinds: tuple[type[Any], ...] = (ShopifyGateway, StoreConnector, StoreClients, EraseRooms)
    before = {kind: services.get(kind) for kind in kinds if _has(services, kind)}
    services.provide(ShopifyGateway, gateway)
    provide_connections(services, rooms=ROOMS, app_url=house.wired.config.app_url, session_secret=SESSION_SECRET)
    yield house
    for kind, instance in before.items():
        services.provide(kind, instance)


def _has(services: Services, kind: type[Any]) -> bool:
    try:
        services.get(kind)
    except LookupError:
        return False
    return True
