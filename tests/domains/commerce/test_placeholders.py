"""Placeholder customers stand for somebody an order names, and go when no order does: else there would be too many customers."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy import text

from storekeep.domains.commerce.sync.apply import remove
from storekeep.domains.commerce.sync.batch import Span
from storekeep.domains.commerce.types import Resource
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.sandbox.config import AWKWARD_KWD
from tests.domains.commerce.test_awkward_shops import assert_equal_to_source
from tests.domains.commerce.test_drift import assert_no_drift
from tests.support.records import MORNING, a_customer, an_order, later
from tests.support.shopify_world import Desk
from tests.support.stores import Shop, interrupted

LATER = later(MORNING, hours=1)
_PEOPLE = "SELECT shopify_id FROM customers WHERE store_id = :store ORDER BY shopify_id"
_COUNTED = "SELECT coalesce(sum(customers_created), 0) AS n FROM sales_days WHERE store_id = :store"
_LEFT_BEHIND = text("""
    INSERT INTO customers (tenant_id, id, store_id, shopify_id, tags, addresses, source_created_at, source_updated_at,
        created_day, placeholder, fingerprint, created_at, updated_at)
    VALUES (:tenant, :id, :store, :number, '{}', '[]', :at, to_timestamp(0), :day, true, '', now(), now())
""")


async def people(shop: Shop) -> list[int]:
    """Who is stored; the days count as many."""
    found = [row.shopify_id for row in await shop.rows(_PEOPLE)]
    assert (await shop.one(_COUNTED)).n == len(found)
    await assert_no_drift(shop)
    return found


async def leave_behind(shop: Shop, number: int) -> None:
    """A placeholder without orders, as stores have from before placeholders were taken away."""
    async with shop.db.tenant(shop.scope) as session:
        key = {"tenant": shop.scope.tenant_id, "store": shop.calendar.store_id, "id": uuid7(), "number": number}
        await session.execute(_LEFT_BEHIND, {**key, "at": MORNING, "day": MORNING.date()})


async def test_it_goes_when_its_order_has_another_customer(shop: Shop) -> None:
    await shop.orders(an_order(1, customer=9))
    assert await people(shop) == [9]
    await shop.orders(an_order(1, customer=8, version=LATER))
    assert await people(shop) == [8]
    await shop.orders(an_order(1, version=later(LATER, hours=1)))
    assert await people(shop) == []


async def test_it_goes_with_its_last_order(shop: Shop) -> None:
    await shop.orders(an_order(1, customer=9), an_order(2, customer=9))
    for number, left in ((1, [9]), (2, [])):
        async with shop.db.tenant(shop.scope) as session:
            await remove(session, shop.calendar, Resource.ORDERS, [number])
        assert await people(shop) == left


async def test_one_that_is_named_stays_and_so_does_a_real_customer(shop: Shop) -> None:
    await shop.customers(a_customer(7))
    await shop.orders(an_order(1, customer=9), an_order(2, customer=9), an_order(3, customer=7))
    await shop.orders(an_order(1, version=LATER), an_order(3, version=LATER))
    assert await people(shop) == [7, 9]
    await shop.orders(an_order(2, customer=9), complete=Span(None, None))
    assert await people(shop) == [7, 9]


@pytest.mark.parametrize("known_again", [False, True])
async def test_an_order_read_again_unchanged_finds_the_customer_it_lost(shop: Shop, known_again: bool) -> None:
    """Whoever was not among the customers read, and so went, is somebody as soon as an order at the source names them."""
    everything = Span(None, None)
    order = an_order(1, customer=8, total="0.05")
    await shop.customers(a_customer(8))
    await shop.orders(order)
    await shop.customers(complete=everything)
    assert await people(shop) == []
    await shop.customers(*[a_customer(8)] * known_again, complete=everything)
    await shop.orders(order, an_order(2, customer=8, total="0.01"), complete=everything)
    assert await people(shop) == [8]
    bought = await shop.one("SELECT orders, revenue FROM customer_sales WHERE store_id = :store")
    assert (bought.orders, bought.revenue) == (2, Decimal("0.05") + Decimal("0.01"))


@pytest.mark.parametrize("changed", [False, True])
async def test_reading_everything_again_removes_those_left_behind(shop: Shop, changed: bool) -> None:
    await shop.orders(an_order(1, customer=9))
    await leave_behind(shop, 5)
    version = LATER if changed else MORNING
    await shop.orders(an_order(1, customer=9, version=version, note="news" if changed else None), complete=Span(None, None))
    assert await people(shop) == [9]


async def test_an_order_may_come_to_name_one_that_is_going(shop: Shop) -> None:
    await shop.orders(an_order(1, customer=9))
    for round_ in range(1, 6):
        version = later(MORNING, hours=round_)
        await asyncio.gather(
            shop.orders(an_order(1, version=version)),
            shop.orders(an_order(100 + round_, customer=9)),
        )
        assert await people(shop) == [9]
        async with shop.db.tenant(shop.scope) as session:
            await remove(session, shop.calendar, Resource.ORDERS, [100 + round_])
        await shop.orders(an_order(1, customer=9, version=later(version, minutes=5)))


async def test_one_that_goes_while_an_order_is_stored_is_made_again(shop: Shop) -> None:
    """After it was found to be there, and before the order was linked to it."""
    await shop.orders(an_order(1, customer=9))

    async def it_goes() -> None:
        # As a task: with a transaction of its own.
        await asyncio.create_task(shop.orders(an_order(1, version=LATER)))

    steps = {"UPDATE work_orders": it_goes}
    with interrupted(shop, steps):
        await shop.orders(an_order(2, customer=9))
    assert steps == {}
    assert await people(shop) == [9]


async def test_a_delta_finds_that_its_customer_is_gone_at_the_source(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    shop = await desk.shop(scope, store_id)
    await leave_behind(shop, 4711)
    guest = "UPDATE orders SET customer_id = (SELECT id FROM customers WHERE placeholder) WHERE id ="
    async with shop.db.tenant(scope) as session:
        await session.execute(text(f"{guest} (SELECT id FROM orders WHERE customer_id IS NULL LIMIT 1)"))
    facts = await desk.sync(scope, store_id)
    assert (facts.run.kind, facts.run.status, facts.resources[0].removed) == ("DELTA", "SUCCEEDED", 1)
    await assert_equal_to_source(desk, scope, store_id, AWKWARD_KWD)
