"""Whatever is written, in whatever order and by however many, the stored daily figures equal what the base rows say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storekeep.domains.commerce.rebase import adopt_calendar
from storekeep.domains.commerce.sales_days import FIGURES, compute_days
from storekeep.domains.commerce.sync.apply import remove
from storekeep.domains.commerce.sync.batch import Span
from storekeep.domains.commerce.types import Resource
from tests.support.records import a_customer, a_line, a_refund, a_refund_line, an_order, bag
from tests.support.stores import Shop

START = datetime(2026, 3, 27, 22, 0, tzinfo=UTC)  # clocks change in London two nights later
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
# Few days and few people, so that what is written meets what is there.
moments = st.builds(lambda day, hour: START + timedelta(days=day, hours=hour), st.integers(0, 4), st.sampled_from([0, 3]))
Op = tuple[str, Any]


@st.composite
def orders(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An order of a handful of numbers, customers and days, and its refunds."""
    number = draw(st.integers(1, 4))
    at = draw(moments)
    lines = [
        a_line(
            number * 100 + i,
            draw(st.sampled_from(["5.00", "10.00", "0.30"])),
            draw(st.integers(0, 3)),
            discount="0.10",
            tax="0.20",
        )
        for i in range(draw(st.integers(0, 2)))
    ]
    refunds = []
    if lines and draw(st.booleans()):
        back = a_refund_line(number, number * 100, "1.00", "0.20")
        refunds = [a_refund(number * 10 + draw(st.integers(0, 1)), at=draw(moments), lines=[back], total="1.20")]
    order = an_order(
        number,
        at=at,
        version=START + timedelta(days=10, minutes=draw(st.integers(0, 5))),
        lines=lines,
        total="12.34",
        currency=draw(st.sampled_from(["GBP", "GBP", "EUR"])),
        customer=draw(st.sampled_from([1, 1, 2, None])),
        test=draw(st.sampled_from([False, False, False, False, True])),
        processedAt=draw(moments).isoformat(),
        cancelledAt=draw(st.one_of(st.none(), st.none(), moments.map(datetime.isoformat))),
        taxesIncluded=draw(st.booleans()),
        displayFulfillmentStatus=draw(st.sampled_from(["FULFILLED", "UNFULFILLED"])),
        totalTaxSet=bag("0.60"),
        refunds=[{"id": refund["id"]} for refund in refunds],
    )
    return order, refunds


customers = st.builds(
    lambda number, at, minute: a_customer(number, at=at, version=START + timedelta(days=9, minutes=minute)),
    st.integers(1, 3),
    moments,
    st.integers(0, 3),
)
operations: st.SearchStrategy[Op] = st.one_of(
    st.tuples(st.just("orders"), st.lists(orders(), min_size=1, max_size=3)),
    st.tuples(st.just("orders"), st.lists(orders(), min_size=1, max_size=3)),
    st.tuples(st.just("customers"), st.lists(customers, min_size=1, max_size=3)),
    st.tuples(st.just("orders left"), st.lists(orders(), max_size=2)),
    st.tuples(st.just("customers left"), st.lists(customers, max_size=2)),
    st.tuples(st.just("remove"), st.tuples(st.sampled_from([Resource.ORDERS, Resource.CUSTOMERS]), st.integers(1, 4))),
    st.tuples(st.just("zone"), st.sampled_from(["Europe/London", "Pacific/Auckland", "America/Los_Angeles"])),
    st.tuples(st.just("currency"), st.sampled_from(["GBP", "EUR"])),
)


async def carry_out(shop: Shop, operation: Op) -> Shop:
    kind, given_ = operation
    everything = Span(None, None)
    if kind.startswith("orders"):
        found = {node["id"]: refunds for node, refunds in reversed(given_)}  # of one number twice, the first counts
        nodes = {node["id"]: node for node, _ in reversed(given_)}
        refunds = {int(key.rpartition("/")[2]): value for key, value in found.items() if value}
        await shop.orders(*nodes.values(), refunds=refunds, complete=everything if "left" in kind else None)
    elif kind.startswith("customers"):
        await shop.customers(*given_, complete=everything if "left" in kind else None)
    elif kind == "remove":
        async with shop.db.tenant(shop.scope) as session:
            await remove(session, shop.calendar, given_[0], [given_[1]])
    else:
        calendar = replace(shop.calendar, **{"time_zone" if kind == "zone" else "currency": given_})
        async with shop.db.tenant(shop.scope) as session:
            await adopt_calendar(session, calendar)
        return Shop(shop.db, shop.scope, calendar)
    return shop


async def assert_no_drift(shop: Shop) -> None:
    """Every stored figure is what a computation from nothing says."""
    names = ", ".join(FIGURES)
    stored = await shop.rows(f"SELECT day, currency, {names} FROM sales_days WHERE store_id = :store ORDER BY day, currency")
    days = await shop.rows(
        "SELECT created_day AS day FROM orders WHERE store_id = :store UNION SELECT sales_day FROM orders WHERE store_id = :store"
        " UNION SELECT refund_day FROM refunds WHERE store_id = :store UNION SELECT created_day FROM customers"
        " WHERE store_id = :store UNION SELECT correction_day FROM order_corrections WHERE store_id = :store"
    )
    async with shop.db.tenant(shop.scope) as session:
        computed = await compute_days(session, shop.calendar, {row.day for row in days})
    assert [tuple(row) for row in stored] == [tuple(row) for row in computed]
    sales = await shop.rows(
        "SELECT customer_id, currency, orders, revenue, first_order_at, last_order_at FROM customer_sales WHERE store_id = :store"
        " ORDER BY customer_id, currency"
    )
    bought = await shop.rows(
        "SELECT customer_id, currency, count(*), sum(total_price), min(processed_at) FILTER (WHERE NOT test),"
        " max(processed_at) FILTER (WHERE NOT test) FROM orders WHERE store_id = :store AND customer_id IS NOT NULL"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert [tuple(row) for row in sales] == [tuple(row) for row in bought]
    records = await shop.one("SELECT count(*) AS stored, (SELECT sum(customers_created) FROM sales_days WHERE store_id = :store)"
                             " AS counted FROM customers WHERE store_id = :store")  # fmt: skip
    assert records.stored == (records.counted or 0)


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(written=st.lists(operations, min_size=2, max_size=7))
async def test_the_daily_figures_never_drift(new_shop: Callable[..., Awaitable[Shop]], written: list[Op]) -> None:
    shop = await new_shop()
    for operation in written:
        shop = await carry_out(shop, operation)
    await assert_no_drift(shop)


async def test_two_writers_neither_block_each_other_for_ever_nor_drift(shop: Shop) -> None:
    def batch(version: int) -> list[dict[str, Any]]:
        # The same customers and days from both ends, so that locks taken in any other order than the agreed one would cross.
        numbers = range(1, 25) if version % 2 else range(24, 0, -1)
        return [
            an_order(
                number,
                at=START + timedelta(hours=(number * (7 + version)) % 90),
                version=START + timedelta(days=5, minutes=version),
                customer=1 + (number + version) % 5,
            )
            for number in numbers
        ]

    for round_ in range(4):
        async with asyncio.timeout(60):
            await asyncio.gather(*(shop.orders(*batch(version + round_)) for version in range(6)))
    await assert_no_drift(shop)
    versions = await shop.rows("SELECT DISTINCT source_updated_at FROM orders WHERE store_id = :store")
    assert [row.source_updated_at for row in versions] == [START + timedelta(days=5, minutes=8)]


async def test_strangers_who_buy_on_one_day_add_up_however_they_come(shop: Shop) -> None:
    for round_ in range(5):
        await asyncio.gather(*(shop.orders(an_order(round_ * 10 + number, total="1.00")) for number in range(1, 9)))
    assert (await shop.one("SELECT placed_orders, orders FROM sales_days WHERE store_id = :store")) == (40, 40)


async def test_one_customer_is_new_once_whatever_comes_at_once(new_shop: Callable[..., Awaitable[Shop]]) -> None:
    for _ in range(4):
        shop = await new_shop()
        await shop.customers(a_customer(1))
        bought = (an_order(number, at=START + timedelta(days=(number * 5) % 8), customer=1) for number in range(1, 9))
        await asyncio.gather(*(shop.orders(order) for order in bought))
        await assert_no_drift(shop)


async def test_an_order_moved_by_two_at_once_leaves_no_trace_of_where_it_was(new_shop: Callable[..., Awaitable[Shop]]) -> None:
    for _ in range(4):
        shop = await new_shop()
        await shop.orders(an_order(1, at=START))
        moved = (
            an_order(1, at=START, version=START + timedelta(minutes=day), processedAt=(START + timedelta(days=day)).isoformat())
            for day in range(1, 7)
        )
        await asyncio.gather(*(shop.orders(order) for order in moved))
        await assert_no_drift(shop)


async def test_one_order_stored_by_two_at_once_is_one_order(new_shop: Callable[..., Awaitable[Shop]]) -> None:
    for _ in range(10):
        shop = await new_shop()
        await asyncio.gather(*(shop.orders(an_order(1, customer=1), an_order(2, customer=1)) for _ in range(4)))
        assert (await shop.one("SELECT count(*) AS n FROM orders WHERE store_id = :store")).n == 2
        await assert_no_drift(shop)


async def test_a_store_that_moves_zone_dates_everything_anew(shop: Shop) -> None:
    await shop.orders(an_order(1, at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC)))
    assert (await shop.one("SELECT day FROM sales_days WHERE store_id = :store")).day.isoformat() == "2026-03-28"
    moved = await carry_out(shop, ("zone", "Europe/Athens"))
    assert (await shop.one("SELECT day FROM sales_days WHERE store_id = :store")).day.isoformat() == "2026-03-29"
    await assert_no_drift(moved)


async def test_rows_made_under_the_old_zone_are_refused(shop: Shop) -> None:
    from storekeep.domains.commerce.calendars import CalendarChanged

    await carry_out(shop, ("zone", "Europe/Athens"))
    try:
        await shop.orders(an_order(1))
    except CalendarChanged:
        pass
    else:
        raise AssertionError("rows of the old zone were stored")
    async with shop.db.tenant(shop.scope) as session:
        count = await session.execute(text("SELECT count(*) FROM orders WHERE store_id = :s"), {"s": shop.calendar.store_id})
        assert count.scalar_one() == 0


def test_days_of_two_stores_do_not_share_a_lock_name() -> None:
    from uuid import uuid4

    from storekeep.domains.commerce.calendars import _lock_space

    assert len({_lock_space(uuid4()) for _ in range(50)}) == 50


async def test_an_earlier_order_makes_its_customer_new_on_its_own_day(shop: Shop) -> None:
    await shop.orders(an_order(1, at=START + timedelta(days=5), customer=1))
    await shop.orders(an_order(2, at=START + timedelta(days=2), customer=1))
    days = await shop.rows("SELECT new_customers, returning_customers FROM sales_days WHERE store_id = :store ORDER BY day")
    assert [tuple(day) for day in days] == [(1, 0), (0, 1)]
    async with shop.db.tenant(shop.scope) as session:
        await remove(session, shop.calendar, Resource.ORDERS, [2])
    days = await shop.rows("SELECT new_customers, returning_customers FROM sales_days WHERE store_id = :store ORDER BY day")
    assert [tuple(day) for day in days] == [(1, 0)]
    await assert_no_drift(shop)
