"""Properties 4 to 10 and 30 to 32: whatever Shopify sends, however often and in whatever order, is stored once and whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from storekeep.domains.commerce.models import Customer, Order, Product
from storekeep.kit.scope import Scope
from storekeep.kit.text import storable_or_none
from storekeep.runtime.database import Database
from tests.support.records import a_customer, a_line, a_product, a_variant, an_order, gid
from tests.support.stores import Shop, open_shop

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
NewShop = Callable[..., Awaitable[Shop]]
anything = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
numbers = st.integers(1, 2**62)
versions = st.integers(0, 40).map(lambda minutes: START + timedelta(minutes=minutes))
words = st.text(max_size=40)  # NUL, surrogates, emoji, right-to-left: whatever a merchant may have typed
maybe_words = st.none() | words
amounts = st.decimals(min_value=0, max_value=10**9, places=3).map(lambda value: f"{value:f}")


def stored(text: str | None) -> str | None:
    """What is kept of a text; one of which nothing is left is none."""
    return storable_or_none(text) or None


@st.composite
def customers(draw: st.DrawFn) -> dict[str, Any]:
    return a_customer(
        draw(numbers),
        at=START,
        version=draw(versions),
        firstName=draw(maybe_words),
        lastName=draw(maybe_words),
        email=draw(maybe_words),
        note=draw(maybe_words),
        tags=draw(st.lists(words, max_size=3)),
        defaultPhoneNumber=draw(st.none() | st.builds(lambda text: {"phoneNumber": text}, words)),
    )


@st.composite
def products(draw: st.DrawFn) -> dict[str, Any]:
    number = draw(numbers)
    prices = draw(st.lists(amounts, max_size=3))
    return a_product(
        number,
        at=START,
        version=draw(versions),
        title=draw(words),
        vendor=draw(maybe_words),
        description=draw(maybe_words),
        variants=[a_variant(place + 1, price, sku=draw(maybe_words)) for place, price in enumerate(prices)],
    )


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    currency = draw(st.sampled_from(["GBP", "JPY", "KWD", "USD"]))
    places = {"JPY": 0, "KWD": 3}.get(currency, 2)
    total = draw(st.decimals(min_value=0, max_value=10**9, places=places))
    return an_order(
        draw(numbers),
        at=START + timedelta(hours=draw(st.integers(0, 100))),
        version=draw(versions),
        name=draw(words),
        customer=draw(st.none() | numbers),
        currency=currency,
        total=f"{total:f}",
        email=draw(maybe_words),
        note=draw(maybe_words),
        lines=[
            a_line(n, draw(amounts), draw(st.integers(0, 1000)), title=draw(words)) for n in range(1, draw(st.integers(2, 4)))
        ],
    )


def of_numbers(records: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    """The same records, of only `size` different things."""
    first = records[0]["id"].rpartition("/")
    return [{**record, "id": f"{first[0]}/{int(first[2]) + place % size}"} for place, record in enumerate(records)]


@pytest.fixture
def new_shop(db: Database, scope: Scope) -> NewShop:
    """Opens one more store of the test's tenant, with nothing in it: each example has one of its own."""

    async def make() -> Shop:
        return await open_shop(db, scope)

    return make


def newest(records: list[dict[str, Any]], key: str) -> dict[str, Any]:
    """Which of the records that came in this order must be the one stored."""
    mine = [record for record in records if record["id"] == key]
    return max(enumerate(mine), key=lambda item: (item[1]["updatedAt"], item[0]))[1]


# Feature: shopify-multi-tenant-dashboard, Property 4: Customer ingestion idempotence
# For any customer record, ingesting it multiple times should result in a single database record with the most recent data, not
# duplicates.
@anything
@given(records=st.lists(customers(), min_size=1, max_size=5))
async def test_a_customer_is_stored_once_as_last_changed(new_shop: NewShop, records: list[dict[str, Any]]) -> None:
    shop = await new_shop()
    records = of_numbers(records, 2)
    for record in records:
        await shop.customers(record)
    merged, tally = await shop.customers(*[newest(records, key) for key in {record["id"] for record in records}])
    assert (merged.written, merged.days, tally.failed) == (0, frozenset(), 0)
    rows = await shop.rows("SELECT shopify_id, first_name, email, source_updated_at FROM customers WHERE store_id = :store")
    assert len(rows) == len({record["id"] for record in records})
    for row in rows:
        last = newest(records, gid("Customer", row.shopify_id))
        assert row.source_updated_at.strftime("%Y-%m-%dT%H:%M:%SZ") == last["updatedAt"]
        assert row.first_name == stored(last["firstName"])


# Feature: shopify-multi-tenant-dashboard, Property 5: Customer data completeness
# For any customer retrieved from Shopify, the stored record should contain all required fields: unique identifier, email, name,
# and tenant identifier.
@anything
@given(record=customers())
async def test_a_stored_customer_is_complete(new_shop: NewShop, record: dict[str, Any]) -> None:
    shop = await new_shop()
    await shop.customers(record)
    row = await shop.one("SELECT * FROM customers WHERE store_id = :store")
    first, last = stored(record["firstName"]), stored(record["lastName"])
    given_email = record["defaultEmailAddress"]
    assert (row.tenant_id, gid("Customer", row.shopify_id)) == (shop.scope.tenant_id, record["id"])
    assert row.email == (stored(given_email["emailAddress"]) if given_email else None)
    assert (row.first_name, row.last_name) == (first, last)
    assert row.name == (" ".join(part for part in (first, last) if part) or None)
    assert row.note == stored(record["note"])
    assert row.tags == [tag for tag in map(stored, record["tags"]) if tag]


# Feature: shopify-multi-tenant-dashboard, Property 6: Order ingestion idempotence
# For any order record, ingesting it multiple times should not create duplicate orders in the database.
@anything
@given(records=st.lists(orders(), min_size=1, max_size=4))
async def test_an_order_is_stored_once_as_last_changed(new_shop: NewShop, records: list[dict[str, Any]]) -> None:
    shop = await new_shop()
    records = of_numbers(records, 2)
    for record in records:
        await shop.orders(record)
    again, tally = await shop.orders(*[newest(records, key) for key in {record["id"] for record in records}])
    assert (again.written, again.unchanged, again.days, tally.failed) == (0, tally.read, frozenset(), 0)
    rows = await shop.rows(
        "SELECT o.shopify_id, o.source_updated_at, o.total_price,"
        " (SELECT count(*) FROM order_lines l WHERE l.order_id = o.id) AS lines FROM orders o WHERE store_id = :store"
    )
    assert len(rows) == len({record["id"] for record in records})
    for row in rows:
        last = newest(records, gid("Order", row.shopify_id))
        assert row.source_updated_at.strftime("%Y-%m-%dT%H:%M:%SZ") == last["updatedAt"]
        assert row.total_price == Decimal(last["totalPriceSet"]["shopMoney"]["amount"])
        assert row.lines == len(last["lineItems"]["nodes"])


# Feature: shopify-multi-tenant-dashboard, Property 7: Order data completeness
# For any order retrieved from Shopify, the stored record should contain all required fields: unique identifier, tenant
# identifier, customer identifier (or null), total price, and creation timestamp.
@anything
@given(record=orders())
async def test_a_stored_order_is_complete(new_shop: NewShop, record: dict[str, Any]) -> None:
    shop = await new_shop()
    await shop.orders(record)
    row = await shop.one(
        "SELECT o.*, c.shopify_id AS customer_number FROM orders o LEFT JOIN customers c ON c.id = o.customer_id"
        " WHERE o.store_id = :store"
    )
    assert (row.tenant_id, gid("Order", row.shopify_id)) == (shop.scope.tenant_id, record["id"])
    assert (row.customer_number and gid("Customer", row.customer_number)) == (record["customer"] and record["customer"]["id"])
    money = record["totalPriceSet"]["shopMoney"]
    assert (row.total_price, row.currency) == (Decimal(money["amount"]), money["currencyCode"])
    assert row.source_created_at.strftime("%Y-%m-%dT%H:%M:%SZ") == record["createdAt"]
    lines = await shop.rows("SELECT l.* FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.store_id = :store")
    for line, sent in zip(sorted(lines, key=lambda line: line.shopify_id), record["lineItems"]["nodes"], strict=True):
        assert (line.title, line.quantity) == (stored(sent["title"]) or "", sent["quantity"])
        assert line.original_total == Decimal(sent["originalTotalSet"]["shopMoney"]["amount"])


# Feature: shopify-multi-tenant-dashboard, Property 8: Order-customer referential integrity
# For any order in the database with a non-null customer identifier, that customer must exist in the database for the same tenant.
@anything
@given(bought=st.lists(orders(), min_size=1, max_size=4), known=st.lists(customers(), max_size=2), first=st.booleans())
async def test_every_order_finds_its_customer(
    new_shop: NewShop, bought: list[dict[str, Any]], known: list[dict[str, Any]], first: bool
) -> None:
    shop = await new_shop()
    for order, customer in zip(bought, known, strict=False):
        order["customer"] = {"id": customer["id"]}
    for kind in ("customers", "orders") if first else ("orders", "customers"):
        await (shop.customers(*known) if kind == "customers" else shop.orders(*bought))
    rows = await shop.rows(
        "SELECT o.shopify_id, o.customer_id, c.shopify_id AS number, c.tenant_id, c.store_id, c.placeholder FROM orders o"
        " LEFT JOIN customers c ON c.tenant_id = o.tenant_id AND c.id = o.customer_id WHERE o.store_id = :store"
    )
    wanted = {order["id"]: newest(bought, order["id"])["customer"] for order in bought}
    real = {customer["id"] for customer in known}
    for row in rows:
        customer = wanted[gid("Order", row.shopify_id)]
        assert (row.customer_id is None) == (customer is None)
        if customer is not None:
            assert gid("Customer", row.number) == customer["id"]
            assert (row.tenant_id, row.store_id) == (shop.scope.tenant_id, shop.calendar.store_id)
            assert row.placeholder == (customer["id"] not in real)


# Feature: shopify-multi-tenant-dashboard, Property 9: Product ingestion idempotence
# For any product record, ingesting it multiple times should result in updates to the existing record, not duplicates.
@anything
@given(records=st.lists(products(), min_size=1, max_size=5))
async def test_a_product_is_stored_once_as_last_changed(new_shop: NewShop, records: list[dict[str, Any]]) -> None:
    shop = await new_shop()
    records = of_numbers(records, 2)
    for record in records:
        await shop.products(record)
    again, _ = await shop.products(*[newest(records, key) for key in {record["id"] for record in records}])
    assert again.written == 0
    rows = await shop.rows(
        "SELECT p.shopify_id, p.title, p.variant_count, (SELECT count(*) FROM variants v WHERE v.product_id = p.id) AS variants"
        " FROM products p WHERE store_id = :store"
    )
    assert len(rows) == len({record["id"] for record in records})
    for row in rows:
        last = newest(records, gid("Product", row.shopify_id))
        assert row.title == (stored(last["title"]) or "")
        assert row.variant_count == row.variants == len(last["variants"]["nodes"])


# Feature: shopify-multi-tenant-dashboard, Property 10: Product data completeness
# For any product retrieved from Shopify, the stored record should contain all required fields: unique identifier, tenant
# identifier, title, and price (or null if unavailable).
@anything
@given(record=products())
async def test_a_stored_product_is_complete(new_shop: NewShop, record: dict[str, Any]) -> None:
    shop = await new_shop()
    await shop.products(record)
    row = await shop.one("SELECT * FROM products WHERE store_id = :store")
    prices = [Decimal(variant["price"]) for variant in record["variants"]["nodes"]]
    assert (row.tenant_id, gid("Product", row.shopify_id)) == (shop.scope.tenant_id, record["id"])
    assert row.title == (stored(record["title"]) or "")
    assert row.price == (min(prices) if prices else None)
    variants = await shop.rows("SELECT v.price FROM variants v JOIN products p ON p.id = v.product_id WHERE p.store_id = :store")
    assert sorted(variant.price for variant in variants) == sorted(prices)


async def assert_tenants_are_real(shop: Shop, model: type[Customer] | type[Order] | type[Product], nobody: UUID) -> None:
    """Each row belongs to a tenant that exists; the same row for a tenant that does not is refused by the database itself."""
    table = model.__tablename__
    rows = await shop.rows(
        f"SELECT r.tenant_id, t.id FROM {table} r LEFT JOIN tenants t ON t.id = r.tenant_id WHERE r.store_id = :store"
    )
    assert rows
    assert all(row.id == row.tenant_id == shop.scope.tenant_id for row in rows)
    columns = [column for column in model.__table__.columns if column.computed is None]
    async with shop.db.tenant(shop.scope) as session:
        stored = (await session.execute(select(*columns).where(model.store_id == shop.calendar.store_id))).first()
    assert stored is not None
    with pytest.raises(IntegrityError, match="foreign key"):
        async with shop.db.tenant(Scope(tenant_id=nobody)) as session:
            await session.execute(insert(model).values({**stored._mapping, "tenant_id": nobody}))


# Feature: shopify-multi-tenant-dashboard, Property 30: Customer tenant foreign key requirement
# For any customer record, it must have a valid tenant identifier that references an existing tenant.
@anything
@given(record=customers(), nobody=st.uuids())
async def test_a_customer_has_a_tenant(new_shop: NewShop, record: dict[str, Any], nobody: UUID) -> None:
    shop = await new_shop()
    await shop.customers(record)
    await assert_tenants_are_real(shop, Customer, nobody)


# Feature: shopify-multi-tenant-dashboard, Property 31: Order tenant foreign key requirement
# For any order record, it must have a valid tenant identifier that references an existing tenant.
@anything
@given(record=orders(), nobody=st.uuids())
async def test_an_order_has_a_tenant(new_shop: NewShop, record: dict[str, Any], nobody: UUID) -> None:
    shop = await new_shop()
    await shop.orders(record)
    await assert_tenants_are_real(shop, Order, nobody)


# Feature: shopify-multi-tenant-dashboard, Property 32: Product tenant foreign key requirement
# For any product record, it must have a valid tenant identifier that references an existing tenant.
@anything
@given(record=products(), nobody=st.uuids())
async def test_a_product_has_a_tenant(new_shop: NewShop, record: dict[str, Any], nobody: UUID) -> None:
    shop = await new_shop()
    await shop.products(record)
    await assert_tenants_are_real(shop, Product, nobody)
