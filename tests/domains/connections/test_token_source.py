"""Tokens that refresh themselves: early, under a lock, once however many ask; and stores that need a person when they cannot."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text, update

from storekeep.domains.connections import public
from storekeep.domains.connections.clients import StoreClients
from storekeep.domains.connections.errors import StoreDisconnecting, StoreNeedsReconnect, StoreNotFound
from storekeep.domains.connections.models import Store
from storekeep.domains.connections.register import register_store
from storekeep.domains.connections.token_source import StoreTokenSource, tokens_of
from storekeep.domains.connections.types import ConnectedVia
from storekeep.domains.connections.vault import StoreTokens, open_tokens
from storekeep.integrations.shopify.errors import ShopifyError
from storekeep.integrations.shopify.gateway import ShopifyGateway, read_shop
from storekeep.integrations.shopify.oauth import ShopifyOAuth
from storekeep.integrations.shopify.tokens import AccessToken
from storekeep.kit import clock
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import Database
from storekeep.runtime.http import Outside, Timeouts, make_client
from storekeep.runtime.retry import NO_RETRY
from storekeep.sandbox.config import AWKWARD_JPY, custom_app_token
from tests.domains.connections.installs import an_install
from tests.domains.connections.sandbox import API_KEY, API_SECRET, ShopifyStandIn
from tests.support.database import TestDatabase

SHOP = AWKWARD_JPY


@dataclass
class Connected:
    """A store connected by OAuth, and ways to look at it."""

    db: Database
    cipher: TokenCipher
    oauth: ShopifyOAuth
    scope: Scope
    store_id: UUID

    def source(self, db: Database | None = None, cipher: TokenCipher | None = None) -> StoreTokenSource:
        """A token source as a worker makes one."""
        return StoreTokenSource(db or self.db, cipher or self.cipher, self.oauth, self.scope, self.store_id)

    async def tokens(self) -> StoreTokens:
        """What is stored."""
        async with self.db.tenant(self.scope) as session:
            found = open_tokens(self.cipher, await session.get_one(Store, (self.scope.tenant_id, self.store_id)))
        assert found is not None
        return found

    async def ends_in(self, span: timedelta) -> None:
        """Let the stored access token end so soon."""
        async with self.db.tenant(self.scope) as session:
            await session.execute(update(Store).values(access_token_expires_at=clock.now() + span))

    async def status(self) -> tuple[str, str | None]:
        """The store's status and its reason."""
        async with self.db.tenant(self.scope) as session:
            store = await public.get_store(session, self.store_id)
        return str(store.status), store.status_reason


@pytest.fixture
async def oauth(shopify: ShopifyStandIn) -> AsyncIterator[ShopifyOAuth]:
    """OAuth without patience, so that failures show at once."""
    times = Timeouts(total=2)
    http = make_client(times)
    outside = Outside(http, service="shopify", timeouts=times)
    yield ShopifyOAuth(
        outside, api_key=API_KEY, api_secret=API_SECRET, scopes=["read_orders"], base_url=shopify.base_url, backoff=NO_RETRY
    )
    await http.aclose()


@pytest.fixture
async def store(db: Database, scope: Scope, cipher: TokenCipher, oauth: ShopifyOAuth, shopify: ShopifyStandIn) -> Connected:
    """A store with an expiring token that is good for an hour."""
    grant = await oauth.exchange_code(SHOP, await shopify.code(SHOP))
    async with db.tenant(scope) as session:
        made = await register_store(session, cipher, an_install(shop=SHOP, tokens=tokens_of(grant)))
    await shopify.control("DELETE", "requests")
    return Connected(db, cipher, oauth, scope, made.store_id)


async def refreshes(shopify: ShopifyStandIn) -> list[int]:
    """The statuses with which Shopify answered refreshes."""
    return [entry["status"] for entry in await shopify.requests("oauth", SHOP)]


async def test_a_good_token_is_given_as_it_is(store: Connected, shopify: ShopifyStandIn) -> None:
    kept = await store.tokens()
    assert await store.source().current() == AccessToken(kept.access, kept.access_expires_at)
    assert await refreshes(shopify) == []


async def test_a_token_is_refreshed_five_minutes_early_and_the_new_pair_kept(store: Connected, shopify: ShopifyStandIn) -> None:
    before = await store.tokens()
    await store.ends_in(timedelta(minutes=4))
    token = await store.source().current()
    after = await store.tokens()
    assert token.value == after.access != before.access
    assert after.refresh not in (None, before.refresh)
    assert after.access_expires_at is not None
    assert after.access_expires_at - clock.now() > timedelta(minutes=50)
    assert await refreshes(shopify) == [200]
    await store.ends_in(timedelta(minutes=6))
    assert (await store.source().current()).value == after.access


async def test_of_many_workers_one_refreshes_and_all_get_its_token(
    store: Connected, shopify: ShopifyStandIn, test_database: TestDatabase
) -> None:
    stale = await store.source().current()
    elsewhere = Database(test_database.config(4))
    try:
        await store.ends_in(timedelta(minutes=1))
        early = [store.source(db).current() for db in (store.db, elsewhere) * 3]
        refused = [store.source(db).refreshed(stale) for db in (store.db, elsewhere) * 2]
        tokens = await asyncio.gather(*early, *refused)
    finally:
        await elsewhere.close()
    assert {token.value for token in tokens} == {(await store.tokens()).access}
    assert stale.value not in {token.value for token in tokens}
    assert await refreshes(shopify) == [200]


async def test_rows_that_refer_to_the_store_are_not_held_up_by_a_refresh(store: Connected, shopify: ShopifyStandIn) -> None:
    await shopify.fault(place="oauth", kind="slow", seconds=0.5)
    stale = await store.source().current()
    refresh = asyncio.create_task(store.source().refreshed(stale))
    await asyncio.sleep(0.2)
    async with asyncio.timeout(0.2), store.db.tenant(store.scope) as session:
        await public.ensure_store_active(session, store.store_id)
        referring = text("SELECT FROM stores WHERE id = :id FOR KEY SHARE")  # the lock a foreign key takes
        await session.execute(referring, {"id": store.store_id})
    assert not refresh.done()
    assert (await refresh).value != stale.value


async def test_a_token_that_shopify_refuses_is_refreshed_once_and_the_call_goes_on(
    store: Connected, shopify: ShopifyStandIn, gateway: ShopifyGateway
) -> None:
    await shopify.control("POST", "expire-tokens", {"shop": SHOP})
    client = await StoreClients(store.db, store.cipher, gateway).client_for(store.scope, store.store_id)
    assert (await read_shop(client)).domain == SHOP
    assert (await read_shop(client)).domain == SHOP
    assert await refreshes(shopify) == [200]
    assert [entry["status"] for entry in await shopify.requests("graphql", SHOP)] == [401, 200, 200]


async def test_after_an_uninstall_a_person_is_needed_and_shopify_is_left_alone(
    store: Connected, shopify: ShopifyStandIn, gateway: ShopifyGateway
) -> None:
    await shopify.control("POST", "uninstall", {"shop": SHOP})
    clients = StoreClients(store.db, store.cipher, gateway)
    client = await clients.client_for(store.scope, store.store_id)
    with pytest.raises(StoreNeedsReconnect):
        await read_shop(client)
    assert await store.status() == ("NEEDS_RECONNECT", "SHOPIFY_AUTH_FAILED")
    asked = len(await shopify.requests("graphql")), len(await shopify.requests("oauth"))
    assert asked == (1, 1)
    for attempt in (lambda: read_shop(client), lambda: clients.client_for(store.scope, store.store_id)):
        with pytest.raises(StoreNeedsReconnect):
            await attempt()
    assert (len(await shopify.requests("graphql")), len(await shopify.requests("oauth"))) == asked


async def test_a_refused_refresh_of_tokens_that_were_replaced_meanwhile_harms_nobody(
    store: Connected, shopify: ShopifyStandIn
) -> None:
    async with store.db.tenant(store.scope) as session:
        assert not await public.mark_needs_reconnect(session, store.store_id, reason="SHOPIFY_AUTH_FAILED", generation=7)
    assert await store.status() == ("CONNECTED", None)


async def test_a_pasted_token_that_died_needs_a_person(
    db: Database, scope: Scope, cipher: TokenCipher, shopify: ShopifyStandIn, gateway: ShopifyGateway
) -> None:
    install = an_install(shop=SHOP, via=ConnectedVia.CUSTOM_APP, tokens=StoreTokens(access=custom_app_token(SHOP) + "0"))
    async with db.tenant(scope) as session:
        store_id = (await register_store(session, cipher, install)).store_id
    client = await StoreClients(db, cipher, gateway).client_for(scope, store_id)
    with pytest.raises(StoreNeedsReconnect):
        await read_shop(client)
    async with db.tenant(scope) as session:
        assert (await public.get_store(session, store_id)).status == "NEEDS_RECONNECT"
    assert await shopify.requests("oauth") == []


async def test_a_lost_key_or_a_moved_blob_needs_a_person_and_is_no_crash_loop(
    store: Connected, connect: Callable[..., Awaitable[UUID]], shopify: ShopifyStandIn
) -> None:
    with pytest.raises(StoreNeedsReconnect):
        await store.source(cipher=TokenCipher(os.urandom(32))).current()
    assert await store.status() == ("NEEDS_RECONNECT", "DECRYPTION_FAILED")
    other = await connect(store.scope)
    async with store.db.tenant(store.scope) as session:
        move = "UPDATE stores SET access_token = (SELECT access_token FROM stores WHERE id = :source) WHERE id = :target"
        await session.execute(text(move), {"source": store.store_id, "target": other})
    moved = StoreTokenSource(store.db, store.cipher, store.oauth, store.scope, other)
    for _ in range(2):
        with pytest.raises(StoreNeedsReconnect):
            await moved.current()
    async with store.db.tenant(store.scope) as session:
        assert (await public.get_store(session, other)).status_reason == "DECRYPTION_FAILED"
    assert await shopify.requests("oauth") == []


@pytest.mark.parametrize("kind", ["http_502", "html", "invalid_json", "reset", "reset_after"])
async def test_while_shopify_is_away_a_token_is_used_to_its_end_and_not_given_up(
    store: Connected, shopify: ShopifyStandIn, kind: str
) -> None:
    before = await store.tokens()
    await shopify.fault(place="oauth", kind=kind, times=2)
    await store.ends_in(timedelta(minutes=2))
    assert (await store.source().current()).value == before.access
    await store.ends_in(timedelta(seconds=-1))
    with pytest.raises(ShopifyError) as failure:
        await store.source().current()
    assert failure.value.retryable
    assert await store.status() == ("CONNECTED", None)
    assert (await store.tokens()).refresh == before.refresh
    assert (await store.source().current()).value != before.access


async def test_a_store_that_is_gone_going_or_anothers_gives_no_token(
    store: Connected, gateway: ShopifyGateway, other_scope: Scope, shopify: ShopifyStandIn
) -> None:
    clients = StoreClients(store.db, store.cipher, gateway)
    for scope, store_id in ((store.scope, uuid7()), (other_scope, store.store_id)):
        with pytest.raises(StoreNotFound):
            await clients.client_for(scope, store_id)
        with pytest.raises(StoreNotFound):
            await StoreTokenSource(store.db, store.cipher, store.oauth, scope, store_id).current()
    client = await clients.client_for(store.scope, store.store_id)
    async with store.db.tenant(store.scope) as session:
        await session.execute(text("UPDATE connections SET status = 'DISCONNECTING'"))
    with pytest.raises(StoreDisconnecting):
        await clients.client_for(store.scope, store.store_id)
    with pytest.raises(StoreDisconnecting):
        await read_shop(client)
    assert await shopify.requests("graphql") == []
