"""Tables nobody has filled, a tenant nobody has heard of: what is written is found by its keys, not by looking at everything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
from sqlalchemy import text

from storekeep.domains.commerce.sync.apply import apply
from storekeep.domains.commerce.sync.batch import Merged
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from tests.support.records import MORNING, a_line, a_refund, a_refund_line, an_order, gid, later
from tests.support.stores import Shop

_ORDERS = 600
_LINES = 3
# So many that PostgreSQL, which checks foreign keys by itself, does not read the table whole for each of them: that is cheap.
_CUSTOMERS = 300
# Rows read by any scan, also of earlier transactions the server has not told its statistics yet.
_EXAMINED = text("SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS n FROM pg_stat_xact_all_tables")
_TABLES = ("orders", "order_lines", "refunds", "refund_lines", "fulfillments", "order_corrections", "customers", "customer_sales")


def _order(number: int, version: int) -> dict[str, Any]:
    at = MORNING + timedelta(minutes=number)
    lines = [a_line(number * 10 + place, version=version) for place in range(_LINES)]
    refund = a_refund(
        number, at=at, lines=[a_refund_line(number * 10 + place, number * 10 + place, "1.00") for place in range(_LINES)]
    )
    return an_order(
        number,
        at=at,
        version=later(at, hours=version),
        lines=lines,
        note=f"v{version}",
        customer=1 + number % _CUSTOMERS,
        refunds=[refund],
    )


async def _merge(shop: Shop, numbers: range, version: int = 1) -> tuple[Merged, dict[str, int]]:
    """Store orders with refunds in one transaction; what was merged, and rows examined in it, by table."""
    made = OrderAssembler(shop.calendar.zone)
    orders = [_order(number, version) for number in numbers]
    made.wholes(orders)
    for number, order in zip(numbers, orders, strict=True):
        made.refunds(gid("Order", number), order["refunds"])
    async with shop.db.tenant(shop.scope) as session:
        before = {row.relname: int(row.n) for row in await session.execute(_EXAMINED)}
        merged = await apply(session, shop.calendar, made)
        after = {row.relname: int(row.n) for row in await session.execute(_EXAMINED)}
    return merged, {name: rows - before.get(name, 0) for name, rows in after.items()}


async def _store(shop: Shop, numbers: range, version: int = 1) -> dict[str, int]:
    """Store orders none of which is there as it is given; rows examined, by table.

    A table read again for each row of another one is what this is about.
    """
    merged, examined = await _merge(shop, numbers, version)
    assert merged.written == len(numbers)
    return examined


def _read_again(examined: dict[str, int]) -> dict[str, int]:
    """The tables of which more was read than a merge needs, of all it reads."""
    assert examined["orders"] >= _ORDERS, "nothing was counted"
    # The largest table has three rows an order; a table read once for each row of another would be read 600 times and more.
    return {name: rows for name, rows in examined.items() if rows > 60 * _ORDERS}


async def test_a_merge_looks_at_each_row_a_few_times(
    new_shop: Callable[..., Awaitable[Shop]], superuser: asyncpg.Connection
) -> None:
    known, stranger = await new_shop(), await new_shop()
    assert _read_again(await _store(known, range(1, _ORDERS + 1))) == {}
    for table in _TABLES:
        await superuser.execute(f"ANALYZE {table}")
    for version in (1, 2):  # all of them new, then all of them changed
        assert _read_again(await _store(stranger, range(1, _ORDERS + 1), version)) == {}


async def _plan(shop: Shop, *, with_indexes: bool) -> None:
    """Let the pool's connection (the one last returned) plan with indexes, or as if there were none."""
    async with shop.db.tenant(shop.scope) as session:
        for name in ("enable_indexscan", "enable_bitmapscan"):
            await session.execute(text(f"SET {name} = {with_indexes}"))


async def test_what_a_connection_planned_for_a_few_rows_is_not_used_for_many(new_shop: Callable[..., Awaitable[Shop]]) -> None:
    small, large = await new_shop(), await new_shop()
    async with small.db.tenant(small.scope) as session:
        await session.execute(text("DISCARD PLANS"))
    await _plan(small, with_indexes=False)  # as PostgreSQL does by itself while a table has next to no rows
    for number in range(1, 9):  # the plan of a check is kept after the fifth
        await _merge(small, range(number, number + 1))
    await _plan(small, with_indexes=True)
    assert _read_again(await _store(large, range(1, _ORDERS + 1))) == {}
