"""What a store's status allows, who waits for whom, and when a store is read next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from storekeep.domains.connections import public
from storekeep.domains.connections.errors import StoreDisconnecting, StoreNotFound
from storekeep.domains.connections.events import StoreScheduleChanged, StoreStatusChanged
from storekeep.domains.connections.scheduling import change_schedule
from storekeep.domains.connections.types import ConnectionStatus, StoreCounts
from storekeep.integrations.shopify.wire import ShopFacts
from storekeep.kit import clock
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database
from tests.domains.connections.installs import Ear

Connect = Callable[..., Awaitable[UUID]]
NewTenant = Callable[[], Awaitable[Scope]]


async def view(db: Database, scope: Scope, store_id: UUID) -> public.StoreView:
    async with db.tenant(scope) as session:
        return await public.get_store(session, store_id)


async def test_a_dead_token_stops_the_schedule_until_someone_reconnects(
    db: Database, scope: Scope, connect: Connect, ear: Ear
) -> None:
    store_id = await connect(scope)
    async with db.tenant(scope) as session:
        assert await public.mark_needs_reconnect(session, store_id, reason="SHOPIFY_AUTH_FAILED")
        assert not await public.mark_needs_reconnect(session, store_id, reason="SHOPIFY_AUTH_FAILED")
        # Only a person helps: an answer from Shopify, or a frozen shop, does not change that.
        assert not await public.mark_connected(session, store_id)
        assert not await public.mark_paused(session, store_id, reason="SHOPIFY_SHOP_FROZEN")
    store = await view(db, scope, store_id)
    assert (store.status, store.status_reason, store.next_sync_at) == ("NEEDS_RECONNECT", "SHOPIFY_AUTH_FAILED", None)
    assert ear.of(scope, StoreStatusChanged) == [
        StoreStatusChanged(store_id=store_id, status=ConnectionStatus.NEEDS_RECONNECT, reason="SHOPIFY_AUTH_FAILED")
    ]


async def test_a_frozen_shop_is_tried_again_in_an_hour_and_comes_back(db: Database, scope: Scope, connect: Connect) -> None:
    store_id = await connect(scope)
    async with db.tenant(scope) as session:
        assert await public.mark_paused(session, store_id, reason="SHOPIFY_SHOP_FROZEN")
    store = await view(db, scope, store_id)
    assert store.status == "PAUSED"
    assert store.next_sync_at is not None
    assert timedelta(minutes=50) < store.next_sync_at - clock.now() < timedelta(minutes=70)
    async with db.tenant(scope) as session:
        assert await public.mark_connected(session, store_id)
        assert not await public.mark_connected(session, store_id)
    store = await view(db, scope, store_id)
    assert (store.status, store.status_reason) == ("CONNECTED", None)
    assert store.next_sync_at is not None
    assert store.next_sync_at - clock.now() < timedelta(minutes=10)


async def test_news_about_tokens_from_before_a_reinstall_is_old_news(db: Database, scope: Scope, connect: Connect) -> None:
    store_id = await connect(scope)
    async with db.tenant(scope) as session:
        assert not await public.mark_needs_reconnect(session, store_id, reason="SHOPIFY_AUTH_FAILED", generation=0)
        assert await public.mark_needs_reconnect(session, store_id, reason="SHOPIFY_AUTH_FAILED", generation=1)


async def test_another_tenants_store_is_not_there(db: Database, scope: Scope, other_scope: Scope, connect: Connect) -> None:
    store_id = await connect(other_scope)
    async with db.tenant(scope) as session:
        assert await public.find_store(session, store_id) is None
        assert not await public.mark_paused(session, store_id, reason="SHOPIFY_SHOP_FROZEN")
        assert await public.set_next_due(session, store_id) is None
        for ask in (public.get_store, public.ensure_store_active):
            with pytest.raises(StoreNotFound):
                await ask(session, store_id)
        with pytest.raises(StoreNotFound):
            await public.record_sync_outcome(session, store_id, at=clock.now(), status="SUCCEEDED")
    assert (await view(db, other_scope, store_id)).status == "CONNECTED"


async def test_a_disconnection_waits_for_writes_under_way_and_refuses_later_ones(
    db: Database, scope: Scope, connect: Connect
) -> None:
    store_id = await connect(scope)
    wrote = asyncio.Event()
    order: list[str] = []

    async def disconnect() -> None:
        async with db.tenant(scope) as session:
            await wrote.wait()
            await session.execute(text("UPDATE connections SET status = 'DISCONNECTING' WHERE id = :id"), {"id": store_id})
            order.append("disconnected")

    async with db.tenant(scope) as session:
        await public.ensure_store_active(session, store_id)
        task = asyncio.create_task(disconnect())
        wrote.set()
        await asyncio.sleep(0.1)
        order.append("written")
    await task
    assert order == ["written", "disconnected"]
    with pytest.raises(StoreDisconnecting):
        async with db.tenant(scope) as session:
            await public.ensure_store_active(session, store_id)


async def test_two_writers_do_not_wait_for_each_other(db: Database, scope: Scope, connect: Connect) -> None:
    store_id = await connect(scope)
    async with asyncio.timeout(5), db.tenant(scope) as one, db.tenant(scope) as other:
        await public.ensure_store_active(one, store_id)
        await public.ensure_store_active(other, store_id)


async def test_a_sync_outcome_is_kept_and_older_news_dropped(db: Database, scope: Scope, connect: Connect) -> None:
    store_id = await connect(scope)
    moment = clock.now()
    async with db.tenant(scope) as session:
        await public.record_sync_outcome(session, store_id, at=moment, status="SUCCEEDED", counts=StoreCounts(1, 2, 3))
        await public.record_sync_outcome(
            session, store_id, at=moment - timedelta(minutes=1), status="FAILED", counts=StoreCounts(9, 9, 9)
        )
    store = await view(db, scope, store_id)
    assert (store.last_sync_at, store.last_sync_status, store.counts) == (moment, "SUCCEEDED", StoreCounts(1, 2, 3))


async def test_what_the_shop_says_of_itself_is_kept_up_to_date(db: Database, scope: Scope, connect: Connect) -> None:
    store_id = await connect(scope, shopify_shop_id=77)
    facts = ShopFacts(
        id=77,
        domain="x.myshopify.com",
        name="New\x00 name",
        email=None,
        primary_host="x.example",
        currency="JPY",
        time_zone="Asia/Tokyo",
        taxes_included=True,
        created_at=None,
        plan=None,
    )
    async with db.tenant(scope) as session:
        await public.record_shop_facts(session, store_id, facts, ["write_orders", "read_products"])
        await public.record_shop_facts(session, store_id, replace(facts, id=78, currency="USD"), [])
    store = await view(db, scope, store_id)
    assert (store.name, store.currency, store.time_zone, store.plan) == ("New name", "JPY", "Asia/Tokyo", None)
    assert store.scopes == ("read_orders", "read_products", "write_orders")
    assert store.history_limited


async def due(db: Database, *, limit: int = 1000) -> list[UUID]:
    async with db.system("look for due stores in a test") as system:
        return [store.store_id for store in await public.due_stores(system, limit=limit)]


async def make_due(db: Database, scope: Scope, store_id: UUID) -> None:
    async with db.tenant(scope) as session:
        await public.set_next_due(session, store_id, at=clock.now() - timedelta(days=2))


async def test_a_due_store_is_handed_out_once_and_again_if_its_taker_died(db: Database, scope: Scope, connect: Connect) -> None:
    store_id = await connect(scope)
    assert store_id not in await due(db)
    await make_due(db, scope, store_id)
    handed_out = await asyncio.gather(*(due(db) for _ in range(4)))
    assert sum(found.count(store_id) for found in handed_out) == 1
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert store_id in await due(db)
        async with db.tenant(scope) as session:
            again = await public.set_next_due(session, store_id)
        assert again is not None
        assert store_id not in await due(db)
    with clock.at(again):
        assert store_id in await due(db)


async def test_the_longest_due_come_first(db: Database, scope: Scope, connect: Connect) -> None:
    stores = [await connect(scope) for _ in range(3)]
    async with db.tenant(scope) as session:
        for number, store_id in enumerate(stores):
            await public.set_next_due(session, store_id, at=clock.now() - timedelta(days=300 + number))
    assert await due(db, limit=2) == [stores[2], stores[1]]
    assert (await due(db, limit=1)) == [stores[0]]


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_looking_until_nothing_is_due_finds_every_due_store_of_every_tenant_once(
    db: Database, scope: Scope, other_scope: Scope, connect: Connect, limit: int
) -> None:
    expected = set()
    for number, state in enumerate(["due", "due", "paused", "due", "dead", "later", "due", "due"]):
        tenant = (scope, other_scope)[number % 2]
        store_id = await connect(tenant)
        async with db.tenant(tenant) as session:
            if state == "due":
                expected.add(store_id)
                await public.set_next_due(session, store_id, at=clock.now())
            elif state == "paused":
                await session.execute(text("UPDATE stores SET sync_paused = true WHERE id = :id"), {"id": store_id})
                await public.set_next_due(session, store_id)
            elif state == "dead":
                await public.mark_needs_reconnect(session, store_id, reason="SHOPIFY_AUTH_FAILED")
    found: list[UUID] = []
    while batch := await due(db, limit=limit):
        found += batch
    assert len(found) == len(set(found))
    assert set(found) == expected


async def test_nothing_is_due_for_a_store_that_is_not_there(db: Database, scope: Scope) -> None:
    async with db.tenant(scope) as session:
        assert await public.set_next_due(session, uuid7()) is None


async def test_a_changed_schedule_is_announced_and_an_unchanged_one_is_not(
    db: Database, scope: Scope, connect: Connect, ear: Ear
) -> None:
    store_id = await connect(scope)
    for interval, paused in ((None, None), (5, False), (15, None), (15, True), (15, True)):
        async with db.tenant(scope) as session:
            await change_schedule(session, store_id, interval_minutes=interval, paused=paused)
    assert [(e.sync_interval_minutes, e.sync_paused) for e in ear.of(scope, StoreScheduleChanged)] == [(15, False), (15, True)]
