"""Whoever has a page open hears at once that a store changed; kept figures of a store that goes are forgotten at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import pytest
from redis.asyncio import Redis

from storekeep.domains.connections.erasure_work import EraseRooms
from storekeep.domains.connections.public import (
    ConnectionStatus,
    mark_connected,
    mark_needs_reconnect,
    mark_paused,
    record_shop_facts,
)
from storekeep.domains.connections.register import register_store
from storekeep.entry.rooms import ROOMS
from storekeep.integrations.shopify.wire import ShopFacts
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.crypto import TokenCipher
from tests.domains.connections.installs import an_install, new_shop
from tests.domains.connections.test_stores_api import add_store, run_erasures
from tests.support.accounts import Person


async def told(person: Person) -> list[tuple[str, Any]]:
    """The news of the tenant since it was asked for last."""
    redis, key = person.house.wired.services.get(Redis), f"live:{{{person.tenant_id}}}:events"
    events = [orjson.loads(fields[b"e"]) for _, fields in await redis.xrange(key)]
    await redis.delete(key)
    needed = {"data.changed": "order:read"}
    assert all(event["permission"] == needed.get(event["type"], "store:read") for event in events)
    return [(event["type"], event["data"]) for event in events]


async def test_every_visible_change_of_a_store_is_told_once(owner: Person) -> None:
    shop = new_shop()
    store_id = UUID(await add_store(owner, shop=shop, shopify_shop_id=77))
    changed = [("store.changed", {"storeId": str(store_id)})]
    assert await told(owner) == changed

    answer = await owner.http.patch(f"/api/stores/{store_id}", json={"syncIntervalMinutes": 30, "syncPaused": True})
    assert answer.status_code == 200
    assert await told(owner) == changed
    await owner.http.patch(f"/api/stores/{store_id}", json={"syncPaused": True})
    assert await told(owner) == [], "nothing changed"

    for mark in (
        lambda session: mark_paused(session, store_id, reason="SHOPIFY_SHOP_FROZEN"),
        lambda session: mark_connected(session, store_id),
        lambda session: mark_needs_reconnect(session, store_id, reason="SHOPIFY_AUTH_FAILED"),
    ):
        async with owner.house.db.tenant(owner.scope) as session:
            assert await mark(session)
        assert await told(owner) == changed
    async with owner.house.db.tenant(owner.scope) as session:
        await register_store(session, owner.house.wired.services.get(TokenCipher), an_install(shop=shop, shopify_shop_id=77))
    assert await told(owner) == changed
    assert (await owner.http.get(f"/api/stores/{store_id}")).json()["status"] == ConnectionStatus.CONNECTED


async def test_a_renamed_shop_is_told_and_an_unchanged_one_is_not(owner: Person) -> None:
    store_id = UUID(await add_store(owner, shopify_shop_id=77))
    await told(owner)
    facts = ShopFacts(77, "x.test", "New name", None, "x.test", "EUR", "Europe/Vienna", False, None, "Basic")
    for expected in (1, 0):
        async with owner.house.db.tenant(owner.scope) as session:
            await record_shop_facts(session, store_id, facts, ["read_orders"])
        assert len(await told(owner)) == expected


async def test_what_is_undone_is_not_told(owner: Person) -> None:
    store_id = UUID(await add_store(owner))
    await told(owner)
    with pytest.raises(RuntimeError):
        async with owner.house.db.tenant(owner.scope) as session:
            await mark_paused(session, store_id, reason="SHOPIFY_SHOP_FROZEN")
            raise RuntimeError
    assert await told(owner) == []


class Kept:
    """An answer that counts how often it had to be made."""

    def __init__(self, person: Person) -> None:
        self.made = 0
        self._cache, self._tenant = person.house.wired.services.get(TenantCache), person.tenant_id

    async def read(self) -> int:
        async def make() -> int:
            self.made += 1
            return self.made

        answer: int = await self._cache.get_or_make(self._tenant, "figures", {}, make)
        return answer


async def test_disconnecting_makes_kept_figures_stale_at_once_and_so_does_every_step_of_the_erasure(owner: Person) -> None:
    shop = new_shop()
    store_id = await add_store(owner, shop=shop)
    kept, stranger = Kept(owner), Kept(await owner.house.new_owner())
    assert (await kept.read(), await kept.read(), await stranger.read()) == (1, 1, 1)
    answer = await owner.http.request("DELETE", f"/api/stores/{store_id}", json={"confirmName": shop})
    assert answer.status_code == 202
    assert await kept.read() == 2

    seen = []

    async def look(session: Any, subject: Any) -> int:
        seen.append(await kept.read())
        return 3 - len(seen)

    class Looking(EraseRooms):
        def __init__(self) -> None:
            super().__init__(ROOMS)
            self.highest_first = (("insights", look), *self.highest_first)

    await told(owner)
    assert await run_erasures(owner.house, owner.tenant_id, Looking()) == 1
    assert seen == [2, 3, 4]
    assert await kept.read() > 4
    assert await stranger.read() == 1
    # The store, and everything that pages show of it, is gone.
    assert (await told(owner))[-2:] == [("store.changed", {"storeId": store_id}), ("data.changed", {"storeId": store_id})]
