"""Fixtures of the tests of connections: a cipher, installs as Shopify would report them, and an ear for the room's events."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from storekeep.domains.connections import events
from storekeep.domains.connections.register import register_store
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.events import Event, Subscriber
from tests.domains.connections.installs import Ear, an_install

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
