"""Asking for a sync, following and cancelling it, and refreshing one order, as a page and other programs do: over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from storekeep.domains.accounts.public import Role
from storekeep.domains.commerce.sync import refresh
from storekeep.domains.commerce.sync.requests import request_run
from storekeep.domains.commerce.types import RunTrigger
from storekeep.domains.connections.public import StoreClients, mark_needs_reconnect
from storekeep.integrations.shopify import client
from storekeep.kit.ids import uuid7
from storekeep.sandbox.config import AWKWARD_JPY, AWKWARD_KWD
from tests.sandbox.driver import Driver
from tests.support.accounts import House, Person
from tests.support.shopify_world import Desk, house_desk

SHOP = AWKWARD_KWD


@dataclass(slots=True)
class Counter:
    """An owner at their page, and the worker behind it. `store` is copied, `second` is connected and not yet read."""

    owner: Person
    desk: Desk
    store: str
    second: str

    async def sync(self, **body: Any) -> tuple[int, Any]:
        """POST /api/sync: status, and the runs by store or the error's code."""
        return await answer(self.owner, "POST", "/api/sync", body)

    async def work(self) -> None:
        """Let the worker finish what waits."""
        await self.desk.work(self.owner.scope)

    async def order(self, where: str = "cancelled_at IS NULL") -> tuple[str, int]:
        """(our id, Shopify's number) of some order of the copied store."""
        query = text(f"SELECT id, shopify_id FROM orders WHERE store_id = :store AND {where} ORDER BY shopify_id LIMIT 1")
        async with self.desk.db.tenant(self.owner.scope) as session:
            row = (await session.execute(query, {"store": UUID(self.store)})).one()
        return str(row.id), row.shopify_id


async def answer(person: Person, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Status, and the body or its error's code."""
    got = await person.http.request(method, path, json=body)
    return got.status_code, got.json() if got.is_success else got.json()["error"]["code"]


@pytest.fixture(scope="module")
async def counter(house: House, redis_url: str, stand_in: Driver, superuser: asyncpg.Connection) -> AsyncIterator[Counter]:
    async with house_desk(house, redis_url, stand_in, superuser) as desk:
        await desk.services.get(Redis).flushdb()
        owner, before = await house.new_owner(), house.wired.services.get(StoreClients)
        house.wired.services.provide(StoreClients, desk.services.get(StoreClients))
        store = await desk.connect(owner.scope, SHOP)
        await desk.work(owner.scope)
        second = await desk.connect(owner.scope, AWKWARD_JPY)
        yield Counter(owner, desk, str(store), str(second))
        house.wired.services.provide(StoreClients, before)


@pytest.fixture(autouse=True)
async def _at_peace(counter: Counter) -> AsyncIterator[None]:
    """Shopify behaves, nothing is remembered of when it did not, and nothing of the copied store waits."""
    yield
    await counter.desk.control("DELETE", "faults")
    await counter.desk.services.get(Redis).flushdb()
    async with counter.desk.db.tenant(counter.owner.scope) as session:
        await session.execute(text("UPDATE connections SET status = 'CONNECTED', status_reason = NULL"))


async def test_one_store_all_stores_and_one_that_is_read_already(counter: Counter) -> None:
    status, made = await counter.sync(storeId=counter.store)
    assert status == 202
    (run,) = made["items"]
    assert (run["storeId"], run["kind"], run["trigger"], run["status"]) == (counter.store, "DELTA", "MANUAL", "QUEUED")
    assert [part["resource"] for part in run["resources"]] == ["customers", "orders", "products"]
    for body in ({}, {"tenantId": str(counter.owner.tenant_id)}, {"storeId": counter.store, "full": False}):
        status, again = await counter.sync(**body)
        found = {item["storeId"]: item for item in again["items"]}
        assert (status, found[counter.store]["id"]) == (202, run["id"]), "a second run of a store that is read already"
    assert found.keys() == {counter.store}
    assert {item["storeId"] for item in (await counter.sync())[1]["items"]} == {counter.store, counter.second}
    status, named = await counter.sync(tenantId=counter.second)
    assert [item["storeId"] for item in named["items"]] == [counter.second]
    await counter.work()
    async with counter.desk.db.tenant(counter.owner.scope) as session:
        jobs = (await session.execute(text("SELECT state, count(*) FROM jobs GROUP BY state"))).all()
    assert dict(map(tuple, jobs)) == {"done": 3}
    status, run = await answer(counter.owner, "GET", f"/api/sync/runs/{run['id']}")
    assert (status, run["status"], run["error"]) == (200, "SUCCEEDED", None)
    assert all(part["status"] == "SUCCEEDED" and part["durationMs"] >= 0 and part["cursor"] for part in run["resources"])


async def test_a_full_read_takes_the_place_of_a_delta_and_of_nothing_else(counter: Counter) -> None:
    (delta,) = (await counter.sync(storeId=counter.store))[1]["items"]
    (full,) = (await counter.sync(storeId=counter.store, full=True))[1]["items"]
    assert (delta["kind"], full["kind"], full["status"]) == ("DELTA", "RESYNC", "QUEUED")
    assert (await answer(counter.owner, "GET", f"/api/sync/runs/{delta['id']}"))[1]["status"] == "CANCELLED"
    for again in (True, False):
        (same,) = (await counter.sync(storeId=counter.store, full=again))[1]["items"]
        assert same["id"] == full["id"]
    await counter.work()
    run = (await answer(counter.owner, "GET", f"/api/sync/runs/{full['id']}"))[1]
    assert (run["status"], run["error"]) == ("SUCCEEDED", None)
    trail = (await answer(counter.owner, "GET", "/api/audit?action=sync.cancelled"))[1]["items"]
    assert delta["id"] in {entry["after"]["runId"] for entry in trail}
    async with counter.desk.db.tenant(counter.owner.scope) as session:
        query = text("SELECT state FROM jobs WHERE args->>'run_id' = :run")
        assert (await session.execute(query, {"run": delta["id"]})).scalar_one() == "cancelled"


async def test_a_full_read_asked_for_as_a_delta_is_opened_takes_its_place(counter: Counter) -> None:
    db, store = counter.desk.db, UUID(counter.store)
    async with db.tenant(counter.owner.scope) as session:
        delta = await request_run(session, store, RunTrigger.SCHEDULE)
        asking = asyncio.create_task(counter.sync(storeId=counter.store, full=True))
        await asyncio.sleep(0.3)  # it waits for what is not committed yet
        assert not asking.done()
    (full,) = (await asking)[1]["items"]
    assert (full["kind"], full["id"] != str(delta.id)) == ("RESYNC", True)
    assert (await answer(counter.owner, "GET", f"/api/sync/runs/{delta.id}"))[1]["status"] == "CANCELLED"
    await counter.work()


async def test_a_paused_schedule_and_a_store_in_trouble_may_still_be_read_by_hand(counter: Counter) -> None:
    path = f"/api/stores/{counter.store}"
    assert (await counter.owner.http.patch(path, json={"syncPaused": True})).status_code == 200
    status, made = await counter.sync(storeId=counter.store)
    assert status == 202
    await counter.work()
    assert (await answer(counter.owner, "GET", f"/api/sync/runs/{made['items'][0]['id']}"))[1]["status"] == "SUCCEEDED"
    store = (await answer(counter.owner, "GET", path))[1]
    assert (store["syncPaused"], store["nextSyncAt"]) == (True, None)
    async with counter.desk.db.tenant(counter.owner.scope) as session:
        await mark_needs_reconnect(session, UUID(counter.store), reason="SHOPIFY_AUTH_FAILED")
    status, made = await counter.sync(storeId=counter.store)
    await counter.work()
    run = (await answer(counter.owner, "GET", f"/api/sync/runs/{made['items'][0]['id']}"))[1]
    assert (status, run["status"], run["error"]["code"]) == (202, "FAILED", "SHOPIFY_AUTH_FAILED")


async def test_a_store_being_disconnected_is_refused_and_does_not_hold_up_the_others(counter: Counter) -> None:
    async with counter.desk.db.tenant(counter.owner.scope) as session:
        leaving = text("UPDATE connections SET status = 'DISCONNECTING' WHERE id = :id")
        await session.execute(leaving, {"id": UUID(counter.second)})
    assert await counter.sync(storeId=counter.second) == (409, "STORE_DISCONNECTING")
    status, made = await counter.sync()
    assert (status, [item["storeId"] for item in made["items"]]) == (202, [counter.store])
    await counter.work()


async def test_what_is_not_ones_own_does_not_exist(counter: Counter) -> None:
    stranger = await counter.owner.house.new_owner()
    _, made = await counter.sync(storeId=counter.store)
    run, (order, _) = made["items"][0]["id"], await counter.order()
    assert await answer(stranger, "POST", "/api/sync", {"storeId": counter.store}) == (404, "STORE_NOT_FOUND")
    for named in (str(counter.owner.tenant_id), counter.store):
        assert await answer(stranger, "POST", "/api/sync", {"tenantId": named}) == (404, "TENANT_NOT_FOUND")
    assert await counter.sync(storeId=str(uuid7())) == (404, "STORE_NOT_FOUND")
    assert await answer(stranger, "GET", f"/api/sync/runs/{run}") == (404, "SYNC_RUN_NOT_FOUND")
    assert await answer(stranger, "POST", f"/api/sync/runs/{run}/cancel") == (404, "SYNC_RUN_NOT_FOUND")
    assert await answer(stranger, "POST", f"/api/orders/{order}/refresh") == (404, "ORDER_NOT_FOUND")
    assert await answer(stranger, "GET", f"/api/orders/{order}/timeline") == (404, "ORDER_NOT_FOUND")
    assert (await answer(stranger, "GET", "/api/sync/runs"))[1] == {"items": [], "nextCursor": None}
    for store in (counter.store, uuid7()):
        assert await answer(stranger, "GET", f"/api/sync/runs?storeId={store}") == (404, "STORE_NOT_FOUND")
    assert (await answer(stranger, "POST", "/api/sync", {}))[1]["items"] == []
    viewer = await counter.owner.invite(Role.VIEWER)
    assert (await answer(viewer, "POST", "/api/sync", {}))[0] == 403
    assert (await answer(viewer, "POST", f"/api/sync/runs/{run}/cancel"))[0] == 403
    await counter.work()


async def test_runs_are_listed_newest_first_page_by_page(counter: Counter) -> None:
    for _ in range(3):
        await counter.sync(storeId=counter.store)
        await counter.work()
    whole = (await answer(counter.owner, "GET", f"/api/sync/runs?storeId={counter.store}"))[1]["items"]
    assert {run["storeId"] for run in whole} == {counter.store}
    assert all(run["createdAt"] <= run["startedAt"] for run in whole if run["startedAt"])
    assert [run["createdAt"] for run in whole] == sorted((run["createdAt"] for run in whole), reverse=True)
    seen, cursor = [], ""
    while cursor is not None:
        page = (await answer(counter.owner, "GET", f"/api/sync/runs?storeId={counter.store}&limit=2{cursor}"))[1]
        seen += [run["id"] for run in page["items"]]
        cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"
    assert seen == [run["id"] for run in whole]
    assert await answer(counter.owner, "GET", "/api/sync/runs?cursor=x") == (422, "VALIDATION_INVALID_CURSOR")


async def test_a_run_is_cancelled_once(counter: Counter) -> None:
    _, made = await counter.sync(storeId=counter.store, full=True)
    path = f"/api/sync/runs/{made['items'][0]['id']}"
    status, run = await answer(counter.owner, "POST", f"{path}/cancel")
    assert (status, run["status"], {part["status"] for part in run["resources"]}) == (200, "CANCELLED", {"CANCELLED"})
    assert await answer(counter.owner, "POST", f"{path}/cancel") == (409, "SYNC_RUN_OVER")
    assert await counter.desk.work(counter.owner.scope) == 0, "the job of a cancelled run ran"
    _, next_ = await counter.sync(storeId=counter.store)
    assert next_["items"][0]["id"] != run["id"]
    await counter.work()


async def test_a_refreshed_order_is_as_shopify_has_it_and_its_timeline_says_so(counter: Counter) -> None:
    order, number = await counter.order("cancelled_at IS NULL AND financial_status = 'PAID'")
    await counter.desk.edit(SHOP, "cancel_order", id=number)
    status, read = await answer(counter.owner, "POST", f"/api/orders/{order}/refresh")
    assert status == 200
    assert read["cancelledAt"] is not None
    path = f"/api/orders/{order}/timeline"
    entries = (await answer(counter.owner, "GET", path))[1]["items"]
    assert [entry["at"] for entry in entries] == sorted((entry["at"] for entry in entries), reverse=True)
    (refreshed,) = [entry for entry in entries if entry["action"] == "order.refreshed"]
    assert refreshed["before"]["cancelledAt"] is None
    assert refreshed["after"]["cancelledAt"] is not None
    assert {"order.placed", "order.cancelled"} <= {entry["action"] for entry in entries}
    assert refreshed["summary"] == "Read the order from Shopify again"
    assert all(entry["summary"] for entry in entries)
    (placed,) = [entry for entry in entries if entry["action"] == "order.placed"]
    assert (placed["amount"], placed["currency"]) == (read["totalPrice"], read["currency"])
    assert (refreshed["amount"], refreshed["currency"]) == (None, None)
    for _ in range(2):
        await answer(counter.owner, "POST", f"/api/orders/{order}/refresh")
    seen, cursor = [], ""
    while cursor is not None:
        page = (await answer(counter.owner, "GET", f"{path}?limit=1{cursor}"))[1]
        seen += [entry["id"] for entry in page["items"]]
        cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"
    assert sorted(seen) == sorted(entry["id"] for entry in (await answer(counter.owner, "GET", path))[1]["items"])


async def test_an_order_deleted_at_shopify_is_gone_here(counter: Counter) -> None:
    order, number = await counter.order()
    await counter.desk.edit(SHOP, "delete_order", id=number)
    assert await answer(counter.owner, "POST", f"/api/orders/{order}/refresh") == (410, "ORDER_DELETED_AT_SOURCE")
    assert await answer(counter.owner, "GET", f"/api/orders/{order}") == (404, "ORDER_NOT_FOUND")
    assert await answer(counter.owner, "POST", f"/api/orders/{order}/refresh") == (404, "ORDER_NOT_FOUND")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"kind": "http_502"}, 503, "SHOPIFY_UNAVAILABLE"),
        ({"kind": "throttled"}, 429, "SHOPIFY_RATE_LIMIT"),
        ({"kind": "status", "status": 402}, 409, "SHOPIFY_SHOP_FROZEN"),
    ],
)
async def test_a_refresh_that_cannot_be_had_says_why_and_changes_nothing(
    counter: Counter, fault: dict[str, Any], status: int, code: str
) -> None:
    order, _ = await counter.order()
    before = (await answer(counter.owner, "GET", f"/api/orders/{order}"))[1]
    await counter.desk.fault(shop=SHOP, place="graphql", match="OrderDetail", times=None, **fault)
    got = await counter.owner.http.post(f"/api/orders/{order}/refresh")
    error = got.json()["error"]
    assert (got.status_code, error["code"]) == (status, code)
    if status == 429:
        assert int(got.headers["retry-after"]) >= 1
    assert error["retryable"] is (status != 409)
    assert (await answer(counter.owner, "GET", f"/api/orders/{order}"))[1] == before


async def test_an_order_that_shopify_stopped_showing_us_is_not_taken_for_deleted(counter: Counter) -> None:
    order, _ = await counter.order("source_created_at < now() - interval '70 days'")
    await counter.desk.control("POST", "manners", {"shop": SHOP, "history": False})
    try:
        assert await answer(counter.owner, "POST", f"/api/orders/{order}/refresh") == (409, "ORDER_OUT_OF_REACH")
    finally:
        await counter.desk.control("POST", "manners", {"shop": SHOP, "history": True})
    assert (await answer(counter.owner, "GET", f"/api/orders/{order}"))[0] == 200


async def test_a_refresh_keeps_a_person_waiting_for_a_bounded_time(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    order, _ = await counter.order()
    hang = {"kind": "hang", "seconds": 20.0, "times": None}
    await counter.desk.fault(shop=SHOP, place="graphql", match="OrderDetail", **hang)
    began = time.monotonic()
    with monkeypatch.context() as hurry:
        hurry.setattr(refresh, "_PATIENCE_S", 0.5)
        assert await answer(counter.owner, "POST", f"/api/orders/{order}/refresh") == (503, "SHOPIFY_UNAVAILABLE")
    with monkeypatch.context() as hurry:
        hurry.setattr(client, "_INTERACTIVE_DEADLINE_S", 1.0)
        hurry.setattr(client, "INTERACTIVE_BACKOFF", replace(client.INTERACTIVE_BACKOFF, within=1.0))
        assert await answer(counter.owner, "POST", f"/api/orders/{order}/refresh") == (503, "SHOPIFY_UNAVAILABLE")
    assert time.monotonic() - began < 10


async def test_an_order_of_a_store_that_must_be_reconnected_is_not_refreshed(counter: Counter) -> None:
    order, _ = await counter.order()
    async with counter.desk.db.tenant(counter.owner.scope) as session:
        await mark_needs_reconnect(session, UUID(counter.store), reason="SHOPIFY_AUTH_FAILED")
    assert await answer(counter.owner, "POST", f"/api/orders/{order}/refresh") == (409, "SHOPIFY_AUTH_FAILED")


async def test_an_order_is_refreshed_though_the_store_has_no_calendar_yet(counter: Counter) -> None:
    order, number = await counter.order()
    async with counter.desk.db.tenant(counter.owner.scope) as session:
        await session.execute(text("DELETE FROM store_calendars WHERE store_id = :store"), {"store": UUID(counter.store)})
    await counter.desk.edit(SHOP, "update_order", id=number)
    assert (await answer(counter.owner, "POST", f"/api/orders/{order}/refresh"))[0] == 200
    async with counter.desk.db.tenant(counter.owner.scope) as session:
        query = text("SELECT count(*) FROM store_calendars WHERE store_id = :store")
        assert (await session.execute(query, {"store": UUID(counter.store)})).scalar_one() == 1
