"""Copying while things go wrong: nothing is lost or doubled, the run says what happened, and the rest goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from storekeep.domains.connections.erasure_requests import request_store_erasure
from storekeep.domains.connections.public import get_store
from storekeep.kit.scope import Scope
from storekeep.sandbox.config import AWKWARD, AWKWARD_JPY, AWKWARD_KWD
from tests.domains.commerce.test_awkward_shops import assert_equal_to_source
from tests.support.shopify_world import SCOPES, Desk

SHOP = AWKWARD_KWD
NewDesk = Callable[..., Awaitable[Desk]]


async def assert_copied(desk: Desk, scope: Scope, store_id: UUID, domain: str = SHOP) -> None:
    facts = await desk.run_of(scope, store_id)
    assert facts.run.status == "SUCCEEDED", (facts.run.error, [row.errors for row in facts.resources], desk.waits)
    await assert_equal_to_source(desk, scope, store_id, domain)


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(
            [
                {"place": "graphql", "kind": "http_502", "times": 2},
                {"place": "graphql", "kind": "reset", "match": "OrdersCount"},
                {"place": "graphql", "kind": "html", "match": "BulkStatus"},
                {"place": "graphql", "kind": "throttled", "match": "ProductsCount"},
                {"place": "graphql", "kind": "partial", "match": "OrderRefunds"},
                {"place": "graphql", "kind": "reset_after", "match": "BulkRun"},
            ],
            id="bad answers",
        ),
        pytest.param(
            [
                {"place": "file", "kind": "truncated"},
                {"place": "file", "kind": "cut"},
                {"place": "graphql", "kind": "wrong_count", "match": "BulkStatus", "times": 3},
            ],
            id="files that are not what was announced",
        ),
        pytest.param([{"place": "bulk", "kind": "fail", "times": 2}], id="exports that fail"),
        pytest.param(
            [{"place": "bulk", "kind": "fail", "times": 5}], id="exports that are too large until they are halved often"
        ),
    ],
)
async def test_an_import_gets_through(desk: Desk, scope: Scope, faults: list[dict[str, Any]]) -> None:
    store_id = await desk.connect(scope, SHOP)
    for fault in faults:
        await desk.fault(shop=SHOP, **fault)
    await desk.work(scope)
    assert all(fault["hits"] for fault in await desk.control("GET", "faults")), "the fault never struck"
    await assert_copied(desk, scope, store_id)


async def test_a_count_that_never_fits_fails_its_resource_alone(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, SHOP)
    await desk.fault(shop=SHOP, place="graphql", kind="wrong_count", match="OrdersCount", times=None)
    await desk.work(scope)
    facts = await desk.run_of(scope, store_id)
    statuses = {row.resource: row.status for row in facts.resources}
    assert statuses == {"customers": "SUCCEEDED", "orders": "FAILED", "products": "SUCCEEDED"}
    assert (facts.run.status, facts.run.error and facts.run.error["code"]) == ("PARTIAL", "SYNC_COUNT_MISMATCH")
    shop = await desk.shop(scope, store_id)
    assert (await shop.one("SELECT count(*) AS n FROM orders WHERE store_id = :store")).n == 0
    cursors = await shop.rows("SELECT resource FROM sync_cursors WHERE store_id = :store")
    assert {row.resource for row in cursors} == {"customers", "products"}
    await desk.control("DELETE", "faults")
    facts = await desk.sync(scope, store_id)  # what was never read whole is read whole now, the others by what changed
    assert facts.run.status == "SUCCEEDED"
    await assert_copied(desk, scope, store_id)


async def test_what_may_not_be_read_fails_and_the_rest_goes_on(desk: Desk, scope: Scope) -> None:
    scopes = [name for name in SCOPES if name != "read_orders" and name != "read_all_orders"]
    token = (await desk.control("POST", "tokens", {"shop": SHOP, "scopes": scopes}))["accessToken"]
    store_id = await desk.connect(scope, SHOP, token=token)
    await desk.work(scope)
    facts = await desk.run_of(scope, store_id)
    rows = {row.resource: row for row in facts.resources}
    assert {name: row.status for name, row in rows.items()} == {
        "customers": "SUCCEEDED",
        "orders": "FAILED",
        "products": "SUCCEEDED",
    }
    assert rows["orders"].errors[0]["code"] == "SHOPIFY_ACCESS_DENIED"
    assert (facts.run.status, facts.run.error and facts.run.error["code"]) == ("PARTIAL", "SHOPIFY_ACCESS_DENIED")


async def test_a_dead_token_ends_the_run_and_asks_for_a_person(desk: Desk, scope: Scope) -> None:
    token = (await desk.control("POST", "tokens", {"shop": SHOP, "scopes": list(SCOPES)}))["accessToken"]
    store_id = await desk.connect(scope, SHOP, token=token)
    await desk.fault(shop=SHOP, place="graphql", kind="status", status=401, match="OrdersCount", times=None)
    await desk.work(scope)
    facts = await desk.run_of(scope, store_id)
    assert facts.run.status == "PARTIAL"
    assert [row.status for row in facts.resources] == ["SUCCEEDED", "FAILED", "FAILED"]
    async with desk.db.tenant(scope) as session:
        store = await get_store(session, store_id)
    assert (store.status, store.status_reason, store.next_sync_at) == ("NEEDS_RECONNECT", "SHOPIFY_AUTH_FAILED", None)
    assert store.last_sync_status == "PARTIAL"


async def test_a_frozen_shop_is_paused_and_comes_back(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, SHOP)
    await desk.control("POST", "manners", {"shop": SHOP, "status": 402})
    try:
        await desk.work(scope)
        facts = await desk.run_of(scope, store_id)
        assert (facts.run.status, facts.run.error and facts.run.error["code"]) == ("FAILED", "SHOPIFY_SHOP_FROZEN")
        async with desk.db.tenant(scope) as session:
            store = await get_store(session, store_id)
        assert store.status == "PAUSED"
        assert store.next_sync_at is not None
    finally:
        await desk.control("POST", "manners", {"shop": SHOP, "status": 0})
    await desk.sync(scope, store_id)
    await assert_copied(desk, scope, store_id)
    async with desk.db.tenant(scope) as session:
        assert (await get_store(session, store_id)).status == "CONNECTED"


async def test_an_outage_keeps_what_is_done_and_says_what_it_waits_for(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, SHOP)
    await desk.fault(shop=SHOP, place="graphql", kind="http_503", match="ProductsCount", times=None)
    job_id = await _job(desk, scope)
    assert await desk.runner.run(scope.tenant_id, job_id)
    facts = await desk.run_of(scope, store_id)
    assert facts.run.status == "RUNNING"
    assert facts.run.error is not None
    assert facts.run.error["code"] in ("SHOPIFY_UNAVAILABLE", "CIRCUIT_OPEN")
    assert [row.status for row in facts.resources] == ["SUCCEEDED", "SUCCEEDED", "RUNNING"]
    async with desk.db.tenant(scope) as session:
        job = (await session.execute(text("SELECT state, errors, run_at > now() AS waits FROM jobs"))).one()
    assert (job.state, job.errors, job.waits) == ("ready", 0, True)
    await desk.control("DELETE", "faults")
    await desk.services.get(Redis).flushdb()  # as if the breaker's minute had passed
    await desk.work(scope)
    await assert_copied(desk, scope, store_id)
    assert len(await desk.requests(operation="BulkRun", shop=SHOP)) == 3, "what was loaded was exported again"


async def test_too_many_setbacks_end_a_run_that_only_reads_again_what_it_had_read(new_desk: NewDesk, scope: Scope) -> None:
    desk = await new_desk(max_setbacks=2)
    store_id = await desk.connect(scope, SHOP)
    await desk.work(scope)
    await desk.edit(SHOP, "update_order")
    await asyncio.sleep(1.1)  # what happens in the second in which a run begins is the next run's business
    await desk.fault(shop=SHOP, place="graphql", kind="http_503", match="OrdersCount", times=None)
    await desk.ask(scope, store_id)
    for setbacks in (1, 2):
        await desk.services.get(Redis).flushdb()  # as if the breaker's minute had passed
        async with desk.db.tenant(scope) as session:
            await session.execute(text("UPDATE jobs SET run_at = now() WHERE state = 'ready'"))
        assert await desk.runner.run(scope.tenant_id, await _job(desk, scope))
        facts = await desk.run_of(scope, store_id)
        assert (facts.resources[1].read, facts.run.setbacks) == (setbacks, setbacks)
    assert [row.status for row in facts.resources] == ["SUCCEEDED", "FAILED", "FAILED"]
    assert facts.run.status == "PARTIAL"


async def test_windows_are_cut_by_the_sources_counts(new_desk: NewDesk, scope: Scope) -> None:
    desk = await new_desk(orders_window=40, customers_window=3, products_window=2)
    store_id = await desk.connect(scope, SHOP)
    await desk.work(scope)
    await assert_copied(desk, scope, store_id)
    shop = await desk.shop(scope, store_id)
    windows = await shop.rows(
        "SELECT w.* FROM sync_windows w JOIN sync_runs r ON r.id = w.run_id WHERE r.store_id = :store AND w.resource = 'orders'"
        " ORDER BY w.starts_at NULLS FIRST"
    )
    assert len(windows) > 1
    assert all(window.loaded_at and window.expected <= 40 for window in windows)
    assert windows[0].starts_at is None
    assert [a.ends_at for a in windows[:-1]] == [b.starts_at for b in windows[1:]]


async def test_a_cancelled_run_writes_nothing_more(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD_JPY)
    await desk.fault(shop=AWKWARD_JPY, place="file", kind="slow", seconds=1.5, times=1, match="")
    working = asyncio.create_task(desk.work(scope))
    await _until(desk, scope, "SELECT 1 FROM sync_windows WHERE bulk_operation IS NOT NULL")
    from storekeep.domains.commerce.sync import runs

    facts = await desk.run_of(scope, store_id)
    async with desk.db.tenant(scope) as session:
        await runs.cancel_run(session, facts.run.id)
    await working
    facts = await desk.run_of(scope, store_id)
    assert (facts.run.status, {row.status for row in facts.resources}) == ("CANCELLED", {"CANCELLED"})
    async with desk.db.tenant(scope) as session:
        assert (await session.execute(text("SELECT count(*) FROM customers"))).scalar_one() == 0
        assert (await session.execute(text("SELECT state FROM jobs"))).scalar_one() == "cancelled"
    await desk.sync(scope, store_id)
    await assert_copied(desk, scope, store_id, AWKWARD_JPY)


async def _until(desk: Desk, scope: Scope, query: str) -> None:
    async with asyncio.timeout(30):
        while True:
            async with desk.db.tenant(scope) as session:
                if (await session.execute(text(query))).first():
                    return
            await asyncio.sleep(0.02)


async def test_after_a_disconnection_nothing_is_written(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD_JPY)
    await desk.fault(shop=AWKWARD_JPY, place="file", kind="slow", seconds=1.5, times=1)
    working = asyncio.create_task(desk.runner.run(scope.tenant_id, await _job(desk, scope)))
    await _until(desk, scope, "SELECT 1 FROM sync_windows WHERE bulk_operation IS NOT NULL")
    async with desk.db.tenant(scope) as session:
        await request_store_erasure(session, store_id, confirm_name=AWKWARD_JPY)
    assert await working
    async with desk.db.tenant(scope) as session:
        for table in ("customers", "orders", "products", "sales_days"):
            assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
    assert (await desk.run_of(scope, store_id)).run.status == "CANCELLED"


async def _job(desk: Desk, scope: Scope) -> UUID:
    async with desk.db.tenant(scope) as session:
        job_id: UUID = (await session.execute(text("SELECT id FROM jobs WHERE state = 'ready'"))).scalar_one()
        return job_id


async def test_a_store_that_is_read_already_is_not_read_twice(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, SHOP)
    first = (await desk.run_of(scope, store_id)).run.id
    asked = await asyncio.gather(*(desk.ask(scope, store_id, full=bool(n % 2)) for n in range(6)))
    assert set(asked) == {first}
    job_id = await _job(desk, scope)
    made = await asyncio.gather(*(desk.runner.run(scope.tenant_id, job_id) for _ in range(3)))
    assert sum(made) == 1
    await assert_copied(desk, scope, store_id)


async def test_a_run_whose_job_died_does_not_block_the_next(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, SHOP)
    async with desk.db.tenant(scope) as session:
        await session.execute(text('UPDATE jobs SET state = \'dead\', last_error = \'{"code": "X", "message": "It broke."}\''))
    stuck = (await desk.run_of(scope, store_id)).run.id
    facts = await desk.sync(scope, store_id)
    assert (facts.run.id != stuck, facts.run.status) == (True, "SUCCEEDED")
    async with desk.db.tenant(scope) as session:
        row = (await session.execute(text("SELECT status, error FROM sync_runs WHERE id = :id"), {"id": stuck})).one()
    assert (row.status, row.error["code"]) == ("FAILED", "X")


async def test_orders_we_may_not_see_are_not_taken_for_deleted(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD)
    await desk.work(scope)
    shop = await desk.shop(scope, store_id)
    before = (await shop.one("SELECT count(*) AS n FROM orders WHERE store_id = :store")).n
    await desk.control("POST", "manners", {"shop": AWKWARD, "history": False})
    try:
        facts = await desk.sync(scope, store_id, full=True)
    finally:
        await desk.control("POST", "manners", {"shop": AWKWARD, "history": True})
    orders = facts.resources[1]
    assert (facts.run.status, orders.removed) == ("SUCCEEDED", 0)
    assert 0 < orders.read < before
    assert (await shop.one("SELECT count(*) AS n FROM orders WHERE store_id = :store")).n == before


async def test_a_shop_without_history_is_copied_as_far_as_it_is_shown(desk: Desk, scope: Scope) -> None:
    without = tuple(name for name in SCOPES if name != "read_all_orders")
    await desk.control("POST", "manners", {"shop": AWKWARD_JPY, "history": False})
    try:
        store_id = await desk.connect(scope, AWKWARD_JPY, scopes=without)
        await desk.work(scope)
    finally:
        await desk.control("POST", "manners", {"shop": AWKWARD_JPY, "history": True})
    facts = await desk.run_of(scope, store_id)
    assert (facts.run.status, facts.run.started_at is None) == ("SUCCEEDED", False)
    assert facts.run.started_at is not None
    shown_from = facts.run.started_at - timedelta(days=61)
    shop = await desk.shop(scope, store_id)
    found = await shop.one("SELECT min(source_created_at) AS oldest, count(*) AS n FROM orders WHERE store_id = :store")
    assert found.n > 0
    assert found.oldest >= shown_from
    made = [datetime.fromisoformat(record["createdAt"]) for record in await desk.raw(AWKWARD_JPY) if "lines" in record]
    assert min(made) < shown_from, "the shop has nothing to hide"
