"""Shops where everything rare is ordinary: what is stored equals the stand-in's raw state, figure by figure, and stays so."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from uuid import UUID

import pytest

from storekeep.domains.commerce.sales_days import FIGURES
from storekeep.kit.scope import Scope
from storekeep.sandbox.config import AWKWARD, AWKWARD_JPY, AWKWARD_KWD
from tests.domains.commerce.oracle import Figures, of_shop, placed_total
from tests.domains.commerce.test_drift import assert_no_drift
from tests.support.shopify_world import Desk
from tests.support.stores import Shop


async def assert_equal_to_source(desk: Desk, scope: Scope, store_id: UUID, domain: str) -> None:
    """Every record and every figure of every day."""
    shop = await desk.shop(scope, store_id)
    source = Figures(await desk.raw(domain))
    await assert_same_days(shop, source)
    await assert_same_orders(shop, source)
    people = {row.shopify_id: row for row in await shop.rows("SELECT * FROM customers WHERE store_id = :store")}
    assert people.keys() == {int(customer["id"]) for customer in source.customers}
    for customer in source.customers:
        row = people[int(customer["id"])]
        assert (row.first_name, row.last_name, row.email) == (customer["firstName"], customer["lastName"], customer["email"])
        assert (row.phone, row.tags, row.placeholder) == (customer["phone"], customer["tags"], False)
    goods = {row.shopify_id: row for row in await shop.rows("SELECT * FROM products WHERE store_id = :store")}
    assert goods.keys() == {int(product["id"]) for product in source.products}
    for product in source.products:
        row = goods[int(product["id"])]
        prices = [Decimal(variant["price"]) for variant in product["variants"]]
        assert (row.title, row.status, row.variant_count) == (product["title"], product["status"], len(prices))
        assert row.price == min(prices)
    variants = await shop.one(
        "SELECT count(*) AS n FROM variants v JOIN products p ON p.id = v.product_id WHERE store_id = :store"
    )
    assert variants.n == sum(len(product["variants"]) for product in source.products)
    await assert_no_drift(shop)


async def assert_same_days(shop: Shop, source: Figures) -> None:
    names = ", ".join(FIGURES)
    stored = await shop.rows(f"SELECT day, currency, {names} FROM sales_days WHERE store_id = :store")
    got = {(row.day, row.currency): {name: Decimal(getattr(row, name)) for name in FIGURES} for row in stored}
    wanted = {key: {name: figures[name] for name in FIGURES} for key, figures in source.days.items()}
    for key in wanted.keys() | got.keys():
        assert got.get(key) == wanted.get(key), key


async def assert_same_orders(shop: Shop, source: Figures) -> None:
    rows = {row.shopify_id: row for row in await shop.rows("SELECT * FROM orders WHERE store_id = :store")}
    assert rows.keys() == {int(order["id"]) for order in source.orders}
    lines = Counter(row.order_id for row in await shop.rows("SELECT order_id FROM order_lines"))
    refunds = Counter(row.order_id for row in await shop.rows("SELECT order_id FROM refunds"))
    parcels = Counter(row.order_id for row in await shop.rows("SELECT order_id FROM fulfillments"))
    for order in source.orders:
        row = rows[int(order["id"])]
        assert (row.name, row.test, row.currency, row.tags) == (order["name"], order["test"], order["currency"], order["tags"])
        assert (row.financial_status, row.fulfillment_status) == (order["financialStatus"], order["fulfillmentStatus"])
        assert row.total_price == placed_total(order), order["name"]
        tax = 0 if row.taxes_included else row.total_tax
        extras = row.total_shipping + row.total_duties + row.total_additional_fees + row.total_tip
        assert row.subtotal_price + extras + tax == row.total_price, order["name"]
        assert lines[row.id] == len(order["lines"])
        assert refunds[row.id] == len(order["refunds"])
        assert parcels[row.id] == len(order["fulfillments"])
        assert (row.cancelled_at is None) == (order["cancelledAt"] is None)
        paid = [t for r in order["refunds"] for t in r["transactions"] if (t["kind"], t["status"]) == ("REFUND", "SUCCESS")]
        assert row.total_refunded == sum((of_shop(t["amount"]) for t in paid), Decimal(0))


@pytest.mark.parametrize("rounds", [1, pytest.param(6, marks=pytest.mark.long)])
@pytest.mark.parametrize("domain", [AWKWARD, AWKWARD_JPY, AWKWARD_KWD])
async def test_an_awkward_shop_is_copied_exactly_and_stays_so(desk: Desk, scope: Scope, domain: str, rounds: int) -> None:
    store_id = await desk.connect(scope, domain)
    await desk.work(scope)
    facts = await desk.run_of(scope, store_id)
    assert facts.run.status == "SUCCEEDED", (facts.run.error, [row.errors for row in facts.resources], desk.waits)
    await assert_equal_to_source(desk, scope, store_id, domain)
    # Once edited, the largest order is counted from its ledger; AWKWARD's has more rows in one agreement than a page holds.
    largest = max(await desk.raw(domain), key=lambda record: len(record.get("lines", ())))
    done = await desk.edit(domain, "edit_order", id=int(largest["id"]))
    for round_ in range(rounds):
        done += await desk.edit(domain, "random", count=15, seed=round_)
        facts = await desk.sync(scope, store_id)
        assert (facts.run.kind, facts.run.status) == ("DELTA", "SUCCEEDED"), facts.run.error
        await assert_equal_to_source(desk, scope, store_id, domain)
    facts = await desk.sync(scope, store_id, full=True)
    assert (facts.run.kind, facts.run.status) == ("RESYNC", "SUCCEEDED"), facts.run.error
    people, orders, goods = facts.resources
    assert (people.written, people.removed, goods.written, goods.removed, orders.removed) == (0, 0, 0, 0, 0)
    # Orders whose products were deleted lost the reference without becoming newer: that alone is found now.
    deleted = [made for made in done if made["action"] == "delete_product"]
    assert bool(orders.written) <= bool(deleted)
    await assert_equal_to_source(desk, scope, store_id, domain)
