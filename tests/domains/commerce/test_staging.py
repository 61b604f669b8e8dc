"""Staging tables: kept by the connection, empty for every merge, gone after one of many rows, new when they have grown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from random import randbytes

import pytest

from storekeep.domains.commerce.sync.apply import apply
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.domains.commerce.sync.staging import CUSTOMER_TABLES, ORDER_TABLES, Staging
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database
from tests.support.database import TestDatabase
from tests.support.records import a_line, an_order
from tests.support.stores import Shop, open_shop

ORDERS = [table.name for table in ORDER_TABLES.values()]
WORK = ORDER_TABLES["work"].name
SHAPE = "SELECT to_regclass(:name)::oid, obj_description(to_regclass(:name), 'pg_class')"


@pytest.fixture
async def two(test_database: TestDatabase, new_tenant: Callable[[], Awaitable[Scope]]) -> AsyncIterator[tuple[Shop, Shop]]:
    """Shops of two tenants that share one connection: each transaction begins where the one before it ended."""
    db = Database(test_database.config(pool_size=2))
    assert db.tenant_connections == 1
    yield await open_shop(db, await new_tenant()), await open_shop(db, await new_tenant())
    await db.close()


async def kept(shop: Shop, name: str = WORK) -> tuple[int | None, str | None]:
    """Which table it is that the connection keeps, and of what shape."""
    [row] = await shop.rows(SHAPE, name=f"pg_temp.{name}")
    return row[0], row[1]


async def rows_left(shop: Shop) -> int:
    """How many rows the tables hold when a transaction begins."""
    return sum([(await shop.one(f"SELECT count(*) AS n FROM {name}")).n for name in ORDERS])


async def test_what_one_tenant_staged_the_next_never_sees(two: tuple[Shop, Shop]) -> None:
    first, second = two
    await first.orders(an_order(1, lines=[a_line(10)]))
    assert await rows_left(second) == 0
    table, _ = await kept(second)
    merged, _ = await second.orders(an_order(2, lines=[a_line(20)]))
    assert merged.written == 1
    assert (await kept(second))[0] == table is not None, "the same tables served both"
    assert [len(await shop.rows("SELECT 1 FROM orders WHERE store_id = :store")) for shop in two] == [1, 1]


async def test_a_merge_that_fails_leaves_nothing(two: tuple[Shop, Shop]) -> None:
    first, second = two
    await first.orders(an_order(1))
    made = OrderAssembler(first.calendar.zone)
    made.wholes([an_order(2)])
    with pytest.raises(ZeroDivisionError):
        async with first.db.tenant(first.scope) as session:
            await apply(session, first.calendar, made)
            raise ZeroDivisionError
    assert await rows_left(second) == 0
    assert (await second.orders(an_order(3)))[0].written == 1


async def test_rows_of_a_merge_that_was_never_closed_are_nobodys(two: tuple[Shop, Shop]) -> None:
    first, second = two
    made = OrderAssembler(first.calendar.zone)
    made.wholes([an_order(1)])
    made.finish()
    async with first.db.tenant(first.scope) as session:
        staging = Staging(session, ORDER_TABLES)
        await staging.open()
        await staging.copy(made.buffers.drain())
    assert await rows_left(second) > 0, "or this test shows nothing"
    merged, _ = await second.orders(an_order(2))
    assert (merged.written, await rows_left(second)) == (1, 0)
    assert not await second.rows("SELECT 1 FROM orders WHERE store_id = :store AND shopify_id = 1")


async def test_tables_that_have_grown_are_replaced(two: tuple[Shop, Shop]) -> None:
    shop, _ = two
    await shop.orders(an_order(1))
    small, _ = await kept(shop)
    await shop.orders(*(an_order(number) | {"note": randbytes(10_000).hex()} for number in range(2, 152)))
    assert (await kept(shop))[0] == small
    await shop.orders(an_order(3))
    assert (await kept(shop))[0] not in (None, small)


async def test_tables_of_many_rows_are_not_kept(two: tuple[Shop, Shop]) -> None:
    shop, _ = two
    await shop.orders(an_order(1))
    small, _ = await kept(shop)
    await shop.orders(*(an_order(number) for number in range(2, 250)))
    assert await kept(shop) == (None, None)
    await shop.orders(an_order(300))
    assert (await kept(shop))[0] not in (None, small)


async def test_tables_of_an_older_shape_are_replaced(two: tuple[Shop, Shop]) -> None:
    shop, _ = two
    async with shop.db.tenant(shop.scope) as session:
        driver = await session.driver()
        await driver.execute("CREATE TEMPORARY TABLE stage_orders (old int); CREATE TEMPORARY TABLE work_orders (old int)")
    assert (await shop.orders(an_order(1)))[0].written == 1
    assert (await kept(shop))[1] is not None


async def test_two_merges_of_a_kind_in_one_transaction_are_refused(two: tuple[Shop, Shop]) -> None:
    shop, _ = two
    async with shop.db.tenant(shop.scope) as session:
        await Staging(session, ORDER_TABLES).open()
        await Staging(session, CUSTOMER_TABLES).open()
        with pytest.raises(RuntimeError, match="work_orders is in use"):
            await Staging(session, ORDER_TABLES).open()
    assert [table is not None for table, _ in [await kept(shop), await kept(shop, "work_customers")]] == [True, True]
