"""A tenant of whom the planner has never heard: what is written for it is found by its keys, not by looking at all it has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
from sqlalchemy import text

from storekeep.domains.commerce.sync.apply import apply
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from tests.support.records import MORNING, a_line, a_refund, a_refund_line, an_order, gid, later
from tests.support.stores import Shop

_ORDERS = 600
_LINES = 3
# Rows read by any scan of this transaction; a table read again for each row of another one is what this is about.
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
        customer=1 + number % 50,
        refunds=[refund],
    )


async def _store(shop: Shop, numbers: range, version: int = 1) -> dict[str, int]:
    """Store orders with refunds in one transaction; rows examined in it, by table."""
    made = OrderAssembler(shop.calendar.zone)
    orders = [_order(number, version) for number in numbers]
    made.wholes(orders)
    for number, order in zip(numbers, orders, strict=True):
        made.refunds(gid("Order", number), order["refunds"])
    async with shop.db.tenant(shop.scope) as session:
        merged = await apply(session, shop.calendar, made)
        examined = {row.relname: int(row.n) for row in await session.execute(_EXAMINED)}
    assert merged.written == len(numbers)
    return examined


async def test_a_merge_looks_at_each_row_a_few_times(
    new_shop: Callable[..., Awaitable[Shop]], superuser: asyncpg.Connection
) -> None:
    known, stranger = await new_shop(), await new_shop()
    await _store(known, range(1, 401))
    for table in _TABLES:
        await superuser.execute(f"ANALYZE {table}")
    for version in (1, 2):  # all of them new, then all of them changed
        examined = await _store(stranger, range(1, _ORDERS + 1), version)
        assert examined["orders"] >= _ORDERS, "nothing was counted"
        # The largest table has three rows an order; a table read once for each row of another would be read 600 times and more.
        assert {name: rows for name, rows in examined.items() if rows > 60 * _ORDERS} == {}
