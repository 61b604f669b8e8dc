"""When stores are read: all of them in time, each in its order, by delta as truly as by export."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storekeep.domains.commerce.erase import erase
from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.sync.requests import request_run, schedule_due_stores
from storekeep.domains.commerce.types import Resource, RunTrigger
from storekeep.domains.connections.erasure_requests import request_store_erasure
from storekeep.domains.connections.public import mark_needs_reconnect
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database
from storekeep.runtime.manifest import ErasureSubject
from storekeep.sandbox.config import AWKWARD, AWKWARD_KWD
from tests.domains.commerce.test_awkward_shops import assert_equal_to_source
from tests.support.records import a_customer, a_product, an_order
from tests.support.shopify_world import Desk
from tests.support.stores import Shop, open_shop

slow = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
_DUE = text("""
    WITH due AS (UPDATE stores SET sync_paused = :paused WHERE id = :store RETURNING shop, tenant_id, id)
    INSERT INTO shop_directory (shop, tenant_id, store_id, sync_due_at)
    SELECT shop, tenant_id, id, now() - interval '1 minute' FROM due
""")
_WAITING = """
    SELECT count(*) AS n FROM sync_runs r JOIN jobs j ON j.tenant_id = r.tenant_id AND j.id = r.job_id
    WHERE r.store_id = :store AND r.status = 'QUEUED' AND j.state = 'ready'
"""
_LATER = text("SELECT store_id, sync_due_at > now() AS later FROM shop_directory WHERE store_id = ANY(:stores)")
_FORGET = text("UPDATE shop_directory SET sync_due_at = NULL WHERE store_id = ANY(:stores)")
NewTenant = Callable[..., Awaitable[Scope]]
# What may be the matter with a store when its time comes.
moods = st.sampled_from(["well", "well", "well", "reading already", "its run died", "disconnecting", "needs reconnect", "paused"])


async def _due(shop: Shop, mood: str) -> None:
    """A store whose time has come, in that mood."""
    store_id = shop.calendar.store_id
    async with shop.db.tenant(shop.scope) as session:
        await session.execute(_DUE, {"store": store_id, "paused": mood == "paused"})
        if mood in ("reading already", "its run died"):
            await request_run(session, store_id, RunTrigger.MANUAL)
        if mood == "its run died":
            await session.execute(text("UPDATE jobs SET state = 'dead'"))
        if mood == "needs reconnect":
            await mark_needs_reconnect(session, store_id, reason="SHOPIFY_AUTH_FAILED")
        if mood == "disconnecting":
            await request_store_erasure(session, store_id, confirm_name=f"{store_id}.myshopify.com")


# Feature: shopify-multi-tenant-dashboard, Property 11: Sync service tenant completeness
# For any set of registered tenants, when the sync service executes, it should process all tenants without skipping any.
@slow
@given(tenants=st.lists(st.lists(moods, min_size=1, max_size=2), min_size=1, max_size=4))
async def test_every_tenants_due_stores_are_read(
    db: Database, new_tenant: NewTenant, desk: Desk, tenants: list[list[str]]
) -> None:
    stores: list[tuple[Shop, str]] = []
    for tenant in tenants:
        scope = await new_tenant()
        for mood in tenant:
            shop = await open_shop(db, scope)
            await _due(shop, mood)
            stores.append((shop, mood))
    await schedule_due_stores(desk.services)
    async with db.system("tests: when are the stores due") as session:
        ids = {"stores": [shop.calendar.store_id for shop, _ in stores]}
        later = {row.store_id: row.later for row in await session.execute(_LATER, ids)}
        await session.execute(_FORGET, ids)
    for shop, mood in stores:
        readable = mood not in ("disconnecting", "needs reconnect")
        assert (await shop.one(_WAITING)).n == int(readable or mood == "reading already"), mood
        assert later[shop.calendar.store_id] is (None if mood == "paused" or not readable else True), mood


# With each other twelve cases, and hypothesis ends when it has seen them all.
unread = st.sampled_from(
    [frozenset[Resource](), frozenset({Resource.CUSTOMERS}), frozenset({Resource.ORDERS, Resource.PRODUCTS})]
)
failing = st.sampled_from([None, "CustomersCount", "OrdersCount", "ProductsCount"])


@pytest.fixture
async def ordered_store(desk: Desk, scope: Scope) -> tuple[Scope, UUID]:
    """A store that was copied before."""
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    return scope, store_id


# Feature: shopify-multi-tenant-dashboard, Property 12: Sync service ingestion order
# For any tenant being synced, the system should ingest customers before orders, and orders before products, to maintain
# referential integrity.
@slow
@given(without_mark=unread, fails=failing)
async def test_customers_come_before_orders_and_orders_before_products(
    desk: Desk, ordered_store: tuple[Scope, UUID], without_mark: frozenset[Resource], fails: str | None
) -> None:
    scope, store_id = ordered_store
    async with desk.db.tenant(scope) as session:
        for resource in Resource:
            await runs.set_high_water(session, store_id, resource, datetime.now(UTC))
        forget = text("DELETE FROM sync_cursors WHERE store_id = :store AND resource = ANY(:resources)")
        await session.execute(forget, {"store": store_id, "resources": list(without_mark)})
    if fails is not None:
        await desk.fault(shop=AWKWARD_KWD, place="graphql", kind="status", status=400, match=fails, times=None)
    facts = await desk.sync(scope, store_id)
    await desk.control("DELETE", "faults")
    assert [row.resource for row in facts.resources] == ["customers", "orders", "products"]
    assert ["FAILED" in row.status for row in facts.resources].count(True) == int(fails is not None)
    started = [row.started_at for row in facts.resources]
    finished = [row.finished_at for row in facts.resources]
    assert None not in started + finished
    assert started == sorted(started)
    assert all(end <= begin for end, begin in zip(finished, started[1:], strict=False))


async def test_a_new_store_waits_for_its_import_from_its_first_moment(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    facts = await desk.run_of(scope, store_id)
    assert (facts.run.kind, facts.run.trigger, facts.run.status) == ("INITIAL", "CONNECT", "QUEUED")
    assert [row.resource for row in facts.resources] == ["customers", "orders", "products"]
    async with desk.db.tenant(scope) as session:
        job = (await session.execute(text("SELECT kind, state FROM jobs WHERE id = :id"), {"id": facts.run.job_id})).one()
    assert (job.kind, job.state) == ("commerce.import_store", "ready")


async def test_a_whole_shop_can_be_copied_by_what_changed(desk: Desk, scope: Scope) -> None:
    """Every page path: 300 lines in one order, 120 variants in one product, 280 orders changed in one second."""
    store_id = await desk.connect(scope, AWKWARD)
    async with desk.db.tenant(scope) as session:
        for resource in Resource:
            await runs.set_high_water(session, store_id, resource, datetime(2020, 1, 1, tzinfo=UTC))
        await session.execute(text("UPDATE sync_runs SET kind = 'DELTA'"))
    await desk.work(scope)
    facts = await desk.run_of(scope, store_id)
    assert facts.run.status == "SUCCEEDED", (facts.run.error, desk.waits)
    assert not await desk.requests(operation="BulkRun", shop=AWKWARD)
    await assert_equal_to_source(desk, scope, store_id, AWKWARD)
    shop = await desk.shop(scope, store_id)
    longest = await shop.one("SELECT max(line_count) AS lines FROM orders WHERE store_id = :store")
    assert longest.lines == 300
    marks = await shop.rows("SELECT high_water FROM sync_cursors WHERE store_id = :store")
    assert all(mark.high_water <= facts.run.started_at for mark in marks)
    again = await desk.sync(scope, store_id)
    assert [row.written for row in again.resources] == [0, 0, 0]


async def test_erasing_a_store_leaves_the_other_and_comes_to_an_end(db: Database, scope: Scope) -> None:
    gone, kept = await open_shop(db, scope), await open_shop(db, scope)
    for shop in (gone, kept):
        await shop.customers(*(a_customer(n) for n in range(1, 6)))
        await shop.orders(*(an_order(n, customer=n % 5 + 1) for n in range(1, 12)))
        await shop.products(*(a_product(n) for n in range(1, 4)))
    subject = ErasureSubject("store", gone.calendar.store_id)
    counts = []
    while True:
        async with db.tenant(scope) as session:
            counts.append(await erase(session, subject))
        if not counts[-1]:
            break
    assert sum(counts) >= 11 + 5 + 3
    for table in ("orders", "customers", "products", "sales_days", "customer_sales", "store_calendars"):
        rows = await gone.rows(f"SELECT 1 FROM {table} WHERE store_id = :store")
        assert not rows, table
    assert (await kept.one("SELECT count(*) AS n FROM orders WHERE store_id = :store")).n == 11
    orphans = await kept.rows("SELECT 1 FROM order_lines l LEFT JOIN orders o ON o.id = l.order_id WHERE o.id IS NULL")
    assert not orphans
    async with db.tenant(scope) as session:
        while await erase(session, ErasureSubject("tenant", scope.tenant_id)):
            pass
    assert not await kept.rows("SELECT 1 FROM orders UNION ALL SELECT 1 FROM sales_days UNION ALL SELECT 1 FROM products")
