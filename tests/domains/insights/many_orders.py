"""A tenant with 50,000 orders beside a small one, in a database of its own: for looking at query plans, not at results."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from sqlalchemy import event

from storekeep.entry.embedded.roles import prepare_roles
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, DatabaseConfig, TenantSession
from tests.support.database import TestDatabase, build_schema

ORDERS = 50_000
BIG = UUID("00000000-0000-7000-8000-0000000000b1")
SMALL = UUID("00000000-0000-7000-8000-0000000000a1")

_CUSTOMERS = """
INSERT INTO customers (tenant_id, id, store_id, shopify_id, name, email, email_norm, tags, addresses, source_created_at,
    source_updated_at, created_day, placeholder, fingerprint, created_at, updated_at)
SELECT $1, pg_temp.made_id(1, n), $1, n, 'Person ' || n, 'p' || n || '@example.com', 'p' || n || '@example.com', '{}', '[]',
    t, t, t::date, false, '', now(), now()
FROM (SELECT n, timestamptz '2025-01-01 12:00Z' + (n % 700) * interval '1 day' AS t
    FROM generate_series(1, $2::int / 5) AS n) AS made
"""
_PRODUCTS = """
INSERT INTO products (tenant_id, id, store_id, shopify_id, title, vendor, status, tags, price, currency, variant_count,
    source_created_at, source_updated_at, fingerprint, created_at, updated_at)
SELECT $1, pg_temp.made_id(3, n), $1, n, 'Product ' || md5(n::text), 'Maker ' || n % 50, 'ACTIVE', '{}', 1 + n % 90, 'GBP', 1,
    t, t + interval '3 days', '', now(), now()
FROM (SELECT n, timestamptz '2025-01-01 12:00Z' + (n % 700) * interval '1 day' AS t
    FROM generate_series(1, $2::int / 10) AS n) AS made
"""
_ORDERS = """
INSERT INTO orders (tenant_id, id, store_id, shopify_id, name, customer_id, customer_name, email, email_norm,
    source_created_at, processed_at, source_updated_at, created_day, sales_day, test, edited, financial_status,
    fulfillment_status, tags, discount_codes, currency, presentment_currency, taxes_included, total_price, subtotal_price,
    total_discounts, total_shipping, total_tax, total_duties, total_additional_fees, total_tip, total_refunded,
    current_total_price, presentment_total_price, units, gross_sales, discounts, net_shipping, taxes, item_count, line_count,
    shipping_lines, fingerprint, created_at, updated_at)
SELECT $1, pg_temp.made_id(2, n), $1, n, '#' || n, pg_temp.made_id(1, c), 'Person ' || c, 'p' || c || '@example.com',
    'p' || c || '@example.com', t, t, t, t::date, t::date, false, false, (ARRAY['PAID', 'PAID', 'PAID', 'PENDING'])[1 + n % 4],
    (ARRAY['FULFILLED', 'UNFULFILLED'])[1 + n % 2], '{}', '{}', 'GBP', 'GBP', false, p, p, 0, 0, 0, 0, 0, 0, 0, p, p,
    1, p, 0, 0, 0, 1, 1, '[]', '', now(), now()
FROM (SELECT n, 1 + n % ($2::int / 5) AS c, 10 + (n::bigint * 7919 % 900000) / 100.0 AS p,
        timestamptz '2025-01-01 12:00Z' + (n::bigint * 700 / $2::int) * interval '1 day' + (n % 600) * interval '1 second' AS t
    FROM generate_series(1, $2::int) AS n) AS made
"""
_LINES = """
INSERT INTO order_lines (tenant_id, id, order_id, shopify_id, product_shopify_id, title, quantity, current_quantity, unit_price,
    original_total, total_discount, tax, gross_sales, net_sales, gift_card, requires_shipping)
SELECT tenant_id, pg_temp.made_id(4, shopify_id), id, shopify_id, 1 + shopify_id % ($2::int / 10), 'A product', 1, 1, total_price,
    total_price, 0, 0, total_price, total_price, false, true
FROM orders WHERE tenant_id = $1
"""
_SALES = """
INSERT INTO customer_sales (tenant_id, id, store_id, customer_id, currency, orders, revenue, first_order_at, last_order_at)
SELECT tenant_id, customer_id, store_id, customer_id, currency, count(*), sum(total_price), min(processed_at), max(processed_at)
FROM orders WHERE tenant_id = $1 AND $2::int > 0 GROUP BY tenant_id, store_id, customer_id, currency
"""
_DAYS = """
INSERT INTO sales_days (tenant_id, id, store_id, day, currency, placed_orders, placed_revenue, orders, units,
    gross_sales, discounts, returns, adjustments, order_value, shipping, taxes, duties, fees, tips, refunds, refunded, cancelled,
    fulfilled, pending, customers, new_customers, returning_customers, customers_created)
SELECT $1, gen_random_uuid(), $1, created_day, 'GBP', count(*), sum(total_price), count(*), count(*), sum(total_price),
    0, 0, 0, sum(total_price), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0, $2::int / 3500
FROM orders WHERE tenant_id = $1 GROUP BY created_day
"""
_FILLED = ("customers", "products", "orders", "order_lines", "customer_sales", "sales_days")
_ID = """
CREATE FUNCTION pg_temp.made_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex(1735689600000 + n), 12, '0') || '7000' || to_hex(kind + 8) || lpad(to_hex(n), 15, '0'))::uuid $$
"""


async def fill(superuser_dsn: str, tenant: UUID, orders: int) -> None:
    """A tenant with one store (of the same id) and so many orders, one customer to five and one product to ten of them."""
    connection = await asyncpg.connect(superuser_dsn)
    try:
        # Keys are right as they are made; looking each up again would take most of the time.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(_ID)
        await connection.execute(
            "INSERT INTO tenants (id, name, created_at, updated_at) VALUES ($1, 'Many', now(), now())", tenant
        )
        await connection.execute(
            "INSERT INTO connections (tenant_id, id, type, status, label, created_at, updated_at)"
            " VALUES ($1, $1, 'SHOPIFY', 'CONNECTED', 'many', now(), now())",
            tenant,
        )
        await connection.execute(
            "INSERT INTO stores (tenant_id, id, shop, shop_name, currency, time_zone, connected_via, generation, installed_at,"
            " scopes, sync_interval_minutes, sync_paused, customers_count, orders_count, products_count, created_at, updated_at)"
            " VALUES ($1, $1, $1::uuid::text || '.myshopify.com', 'Many', 'GBP', 'Europe/London', 'OAUTH', 1, now(), '{}', 5,"
            " true, 0, 0, 0, now(), now())",
            tenant,
        )
        for statement in (_CUSTOMERS, _PRODUCTS, _ORDERS, _LINES, _SALES, _DAYS):
            await connection.execute(statement, tenant, orders)
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class ManyOrders:
    """The database, and a look at how it would carry out what the product asks of it."""

    db: Database
    superuser_dsn: str

    async def plans(self, read: Callable[[TenantSession], Awaitable[object]], tenant: UUID = BIG) -> list[Plan]:
        """The plans of every statement that `read` runs, as the running role sees them."""
        asked: list[tuple[str, Any]] = []

        def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
            if "SAVEPOINT" not in statement:
                asked.append((statement, parameters))

        engine = self.db.runtime_engine.sync_engine
        async with self.db.tenant(Scope(tenant)) as session:
            await session.connection()
            event.listen(engine, "before_cursor_execute", note)
            try:
                await read(session)
            finally:
                event.remove(engine, "before_cursor_execute", note)
            connection = await session.connection()
            found = []
            for statement, parameters in asked:
                explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
                found.append(Plan(statement, explained.scalar_one()[0]["Plan"]))
        return found


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement and its plan, as PostgreSQL writes it."""

    statement: str
    top: dict[str, Any]

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Every node of the plan."""
        waiting = [self.top]
        while waiting:
            node = waiting.pop()
            waiting.extend(node.get("Plans", ()))
            yield node

    def indexes(self) -> dict[str, str]:
        """The indexes used, each with the condition under which it is entered ("" for none)."""
        return {node["Index Name"]: node.get("Index Cond", "") for node in self.nodes() if "Index Name" in node}

    def scanned(self) -> set[str]:
        """The tables read from end to end."""
        return {node["Relation Name"] for node in self.nodes() if node["Node Type"] == "Seq Scan"}

    def sorts(self) -> bool:
        """Whether rows are sorted after they were read."""
        return any(node["Node Type"] in ("Sort", "Incremental Sort") for node in self.nodes())

    def __str__(self) -> str:
        return f"{self.statement}\n{json.dumps(self.top, indent=1)}"


async def open_many(test_database: TestDatabase) -> ManyOrders:
    """Make the database, in place of any of that name."""
    name = f"{test_database.name}_many"
    superuser = test_database.superuser_dsn
    connection = await asyncpg.connect(superuser)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await connection.close()
    urls = await prepare_roles(superuser, name)
    await build_schema(urls)
    dsn = urlsplit(superuser)._replace(path=f"/{name}").geturl()
    await fill(dsn, SMALL, 500)
    await fill(dsn, BIG, ORDERS)
    connection = await asyncpg.connect(dsn)
    try:
        for table in _FILLED:
            await connection.execute(f"VACUUM ANALYZE {table}")
    finally:
        await connection.close()
    return ManyOrders(Database(DatabaseConfig(urls.runtime, urls.system, pool_size=5)), dsn)
