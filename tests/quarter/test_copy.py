"""A real store's quarter as it is stored: exported by the stand-in, copied over HTTP, every figure as committed with the data."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import storekeep.sandbox
from storekeep.sandbox.config import ONLINE_RETAIL
from tests.domains.commerce.test_drift import assert_no_drift
from tests.support.copied import Copied

EXPECTED = json.loads(
    (Path(storekeep.sandbox.__file__).parent / "shopify" / "data" / "online_retail_2011q1.figures.json").read_text()
)


async def test_the_quarter_is_copied_exactly(quarter: Copied) -> None:
    desk, scope, store_id = quarter.desk, quarter.owner.scope, quarter.stores[ONLINE_RETAIL]
    facts = await desk.run_of(scope, store_id)
    assert {row.resource: (row.expected, row.read, row.written, row.failed) for row in facts.resources} == {
        "customers": (EXPECTED["customers"],) * 3 + (0,),
        "orders": (EXPECTED["orders"],) * 3 + (0,),
        "products": (EXPECTED["products"],) * 3 + (0,),
    }
    shop = await desk.shop(scope, store_id)
    assert shop.calendar.time_zone == "Europe/London"
    stored = await shop.one(
        "SELECT count(*) AS orders, count(*) FILTER (WHERE customer_id IS NULL) AS guests, sum(total_price) AS revenue,"
        " max(total_price) AS largest, sum(item_count) AS units, sum(line_count) AS lines FROM orders WHERE store_id = :store"
    )
    assert stored.orders == EXPECTED["orders"]
    assert stored.guests == EXPECTED["guestOrders"]
    assert stored.revenue == Decimal(EXPECTED["revenue"])
    assert stored.largest == Decimal(EXPECTED["largestOrder"]["total"])
    assert (stored.lines, stored.units) == (EXPECTED["lines"], EXPECTED["units"])
    lines = await shop.one("SELECT count(*) AS n, sum(quantity) AS units, sum(original_total) AS total FROM order_lines")
    assert (lines.n, lines.units, lines.total) == (EXPECTED["lines"], EXPECTED["units"], Decimal(EXPECTED["revenue"]))
    top = await shop.rows(
        "SELECT c.email, s.revenue, s.orders FROM customer_sales s JOIN customers c ON c.id = s.customer_id"
        " WHERE s.store_id = :store ORDER BY s.revenue DESC LIMIT 5"
    )
    assert [tuple(row) for row in top] == [
        (f"customer-{row['customer']}@example.com", Decimal(row["revenue"]), row["orders"]) for row in EXPECTED["topCustomers"]
    ]
    repeats = await shop.one("SELECT count(*) AS n FROM customer_sales WHERE store_id = :store AND orders > 1")
    assert repeats.n == EXPECTED["repeatCustomers"]
    for month, figures in EXPECTED["months"].items():
        first = date.fromisoformat(f"{month}-01")
        sums = await shop.one(
            "SELECT sum(placed_orders) AS placed, sum(placed_revenue) AS revenue, sum(orders) AS orders,"
            " sum(gross_sales - discounts - returns) AS net FROM sales_days"
            " WHERE store_id = :store AND date_trunc('month', day) = :first",
            first=first,
        )
        assert (sums.placed, sums.revenue) == (figures["orders"], Decimal(figures["revenue"]))
        assert (sums.orders, sums.net) == (figures["orders"], Decimal(figures["revenue"]))
    await assert_no_drift(shop)


@pytest.mark.long
async def test_the_quarter_read_again_changes_nothing(quarter: Copied) -> None:
    """In small, the awkward shops' tests ask the same each time."""
    again = await quarter.copy(ONLINE_RETAIL, full=True)
    assert {row.resource: (row.written, row.unchanged, row.removed) for row in again.resources} == {
        resource: (0, EXPECTED[resource], 0) for resource in ("customers", "orders", "products")
    }
