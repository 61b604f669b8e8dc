"""What a copy of orders and customers went through leaves no trace: told everything again, it is what a copy made anew is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storekeep.domains.commerce.sales_days import FIGURES
from storekeep.domains.commerce.sync.batch import Span
from storekeep.domains.commerce.types import Resource
from tests.domains.commerce.test_drift import SLOW, Op, carry_out, customers, orders
from tests.support.stores import Shop

LOOKS = (
    "SELECT o.shopify_id, o.total_price, o.sales_day, o.line_count, c.shopify_id AS customer"
    " FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.store_id = :store ORDER BY 1",
    "SELECT shopify_id, placeholder, name, created_day FROM customers WHERE store_id = :store ORDER BY 1",
    "SELECT c.shopify_id, s.currency, s.orders, s.revenue, s.first_order_at, s.last_order_at FROM customer_sales s"
    " JOIN customers c ON c.id = s.customer_id WHERE s.store_id = :store ORDER BY 1, 2",
    "SELECT o.shopify_id AS order, l.shopify_id, l.quantity, l.current_quantity FROM order_lines l"
    " JOIN orders o ON o.id = l.order_id WHERE o.store_id = :store ORDER BY 1, 2",
    "SELECT shopify_id, total, refund_day FROM refunds WHERE store_id = :store ORDER BY 1",
    "SELECT r.shopify_id AS refund, f.shopify_id, l.shopify_id AS line, f.quantity, f.subtotal FROM refund_lines f"
    " JOIN refunds r ON r.id = f.refund_id LEFT JOIN order_lines l ON l.id = f.line_id WHERE r.store_id = :store ORDER BY 1, 2",
    f"SELECT day, currency, {', '.join(FIGURES)} FROM sales_days WHERE store_id = :store ORDER BY day, currency",
)
NewShop = Callable[..., Awaitable[Shop]]
Source = tuple[list[Any], list[dict[str, Any]]]
sources: st.SearchStrategy[Source] = st.tuples(st.lists(orders(), max_size=4), st.lists(customers, max_size=3))
# What takes things away that are at the source.
losses: st.SearchStrategy[Op] = st.one_of(
    st.tuples(st.just("remove"), st.tuples(st.sampled_from([Resource.ORDERS, Resource.CUSTOMERS]), st.integers(1, 4))),
    st.just(("customers left", [])),
    st.just(("orders left", [])),
)


async def told(shop: Shop, source: Source) -> None:
    """Copy the whole source, as an import does."""
    orders_, customers_ = source
    newest = {node["id"]: node for node in sorted(customers_, key=lambda node: str(node["updatedAt"]))}
    await shop.customers(*newest.values(), complete=Span(None, None))
    await carry_out(shop, ("orders left", orders_))


async def looked_at(shop: Shop) -> list[list[tuple[Any, ...]]]:
    """All that is stored, without ids of our own."""
    return [[tuple(row) for row in await shop.rows(look)] for look in LOOKS]


async def _lost_and_told_again(new_shop: NewShop, source: Source, lost: list[Op]) -> None:
    old, anew = await new_shop(), await new_shop()
    await told(old, source)
    for operation in lost:
        await carry_out(old, operation)
    await told(old, source)
    await told(anew, source)
    assert await looked_at(old) == await looked_at(anew)


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(source=sources, lost=st.lists(losses, min_size=1, max_size=2))
async def test_what_was_lost_here_comes_back_with_all_that_hangs_on_it(new_shop: NewShop, source: Source, lost: list[Op]) -> None:
    await _lost_and_told_again(new_shop, source, lost)


@pytest.mark.long
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(source=sources, lost=st.lists(losses, min_size=1, max_size=4))
async def test_what_was_lost_time_and_again_comes_back(new_shop: NewShop, source: Source, lost: list[Op]) -> None:
    await _lost_and_told_again(new_shop, source, lost)
