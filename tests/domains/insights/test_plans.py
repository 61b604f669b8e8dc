"""How PostgreSQL carries out what lists, search and figures ask of a tenant with 50,000 orders: by indexes, under row security.

What is asserted is the plan, never the time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from typing import Any

import asyncpg
import orjson
import pytest

from storekeep.domains.commerce.browse import customers, orders, products
from storekeep.domains.commerce.browse.orders import OrderFilter
from storekeep.domains.commerce.public import customer_counts, daily, top_products
from storekeep.domains.insights.periods import periods, summary
from storekeep.domains.insights.question import ask
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import TenantSession
from tests.domains.insights.many_orders import BIG, SMALL, ManyOrders, Plan, open_many
from tests.support.database import TestDatabase

BIG_TABLES = {"orders", "order_lines", "customers", "customer_sales", "products"}
INDEX_OF = {
    ("orders", "-createdAt"): ("ix_orders_created", "ROW(source_created_at, id) <"),
    ("orders", "createdAt"): ("ix_orders_created", "ROW(source_created_at, id) >"),
    ("orders", "-total"): ("ix_orders_total", "ROW(sort_total, id) <"),
    ("orders", "total"): ("ix_orders_total", "ROW(sort_total, id) >"),
    ("customers", "-spent"): ("ix_customer_sales_top", "ROW(sort_revenue, customer_id) <"),
    ("customers", "-orders"): ("ix_customer_sales_orders", "ROW(orders, customer_id) <"),
    ("customers", "-createdAt"): ("ix_customers_created", "ROW(source_created_at, id) <"),
    ("customers", "createdAt"): ("ix_customers_created", "ROW(source_created_at, id) >"),
    ("customers", "-name"): ("ix_customers_name", "ROW(sort_name, id) <"),
    ("customers", "name"): ("ix_customers_name", "ROW(sort_name, id) >"),
    ("products", "-title"): ("ix_products_sort_title", "ROW(sort_title, id) <"),
    ("products", "title"): ("ix_products_sort_title", "ROW(sort_title, id) >"),
    ("products", "-createdAt"): ("ix_products_created", "ROW(source_created_at, id) <"),
    ("products", "createdAt"): ("ix_products_created", "ROW(source_created_at, id) >"),
    ("products", "-updatedAt"): ("ix_products_updated", "ROW(source_updated_at, id) <"),
    ("products", "updatedAt"): ("ix_products_updated", "ROW(source_updated_at, id) >"),
}


@pytest.fixture(scope="module")
async def many(test_database: TestDatabase) -> AsyncIterator[ManyOrders]:
    """The big tenant."""
    opened = await open_many(test_database)
    yield opened
    await opened.db.close()


async def a_page(session: TenantSession, kind: str, sort: str, cursor: str | None = None, text: str | None = None) -> Any:
    """A page of one of the lists, as its route reads it."""
    if kind == "orders":
        return await orders.list_orders(session, OrderFilter(text=text), sort_name=sort, limit=50, cursor=cursor)
    asked: dict[str, Any] = {"text": text, "store_id": None, "sort_name": sort, "limit": 50, "cursor": cursor}
    if kind == "products":
        return await products.list_products(session, status=None, **asked)
    return (await customers.list_customers(session, currency="GBP", **asked))[1]


async def test_a_word_that_everything_matches_hides_nothing(many: ManyOrders) -> None:
    """Filters and order apply to all that was found, not to the newest of it."""
    first, last = date(2025, 1, 1), date(2025, 1, 3)
    async with many.db.tenant(Scope(BIG)) as session:
        read = partial(orders.list_orders, session, limit=100, cursor=None)
        everything = await read(OrderFilter(first_day=first, last_day=last), sort_name="createdAt")
        found = await read(OrderFilter(text="person", first_day=first, last_day=last), sort_name="createdAt")
        oldest = await read(OrderFilter(text="person"), sort_name="createdAt")
    assert len(found.items) == 100
    ids = [row.order.id for row in everything.items]
    assert [row.order.id for row in found.items] == ids == [row.order.id for row in oldest.items]


def test_every_sort_of_every_list_is_looked_at() -> None:
    known = {(kind, sort) for kind, module in LISTS.items() for sort in module.SORTS}
    assert known == set(INDEX_OF) | {("orders", "name"), ("orders", "-name")}


LISTS: dict[str, Any] = {"orders": orders, "customers": customers, "products": products}


@pytest.mark.parametrize(("kind", "sort"), INDEX_OF)
async def test_a_page_enters_its_index_at_its_own_place(many: ManyOrders, kind: str, sort: str) -> None:
    index, place = INDEX_OF[kind, sort]
    async with many.db.tenant(Scope(BIG)) as session:
        cursor = (await a_page(session, kind, sort)).next_cursor
    for at in (None, cursor):
        [plan] = await many.plans(lambda session, at=at: a_page(session, kind, sort, at))  # type: ignore[misc]
        assert index in plan.indexes(), plan
        assert not plan.scanned() & BIG_TABLES, plan
        assert not plan.sorts(), plan
        assert at is None or place in plan.indexes()[index], plan


@pytest.mark.parametrize("sort", ["name", "-name"])
async def test_orders_by_name_sort_no_more_than_those_of_one_name(many: ManyOrders, sort: str) -> None:
    async with many.db.tenant(Scope(BIG)) as session:
        cursor = (await a_page(session, "orders", sort)).next_cursor
    [plan] = await many.plans(lambda session: a_page(session, "orders", sort, cursor))
    assert ("name <=" if sort == "-name" else "name >=") in plan.indexes()["ix_orders_name"], plan
    assert all(node["Node Type"] != "Sort" for node in plan.nodes()), plan


async def test_days_and_stores_narrow_by_an_index(many: ManyOrders) -> None:
    days = OrderFilter(store_id=BIG, first_day=date(2026, 3, 1), last_day=date(2026, 3, 3))
    [plan] = await many.plans(lambda session: orders.list_orders(session, days, sort_name="-total", limit=50, cursor=None))
    assert "created_day" in plan.indexes()["ix_orders_created_day"], plan
    [plan] = await many.plans(
        lambda session: orders.list_orders(session, OrderFilter(store_id=BIG), sort_name="-createdAt", limit=50, cursor=None)
    )
    assert {"ix_orders_created", "ix_orders_store_created"} & set(plan.indexes()), plan
    assert not plan.sorts(), plan


async def test_a_customers_orders_come_by_their_own_index(many: ManyOrders) -> None:
    async with many.db.tenant(Scope(BIG)) as session:
        somebody = (await a_page(session, "customers", "-spent")).items[0].customer.id
    [plan] = await many.plans(
        lambda session: orders.list_orders(
            session, OrderFilter(customer_id=somebody), sort_name="-createdAt", limit=50, cursor=None
        )
    )
    assert "customer_id" in plan.indexes()["ix_orders_customer"], plan


@pytest.mark.parametrize("kind", LISTS)
async def test_search_reads_the_word_index_and_then_only_what_it_found(many: ManyOrders, kind: str) -> None:
    text = "product 77" if kind == "products" else "person 777"
    [plan] = await many.plans(lambda session: a_page(session, kind, next(iter(LISTS[kind].SORTS)), text=text))
    assert not plan.scanned() & BIG_TABLES, plan
    inside = await search_plan(many, kind, text)
    assert f"ix_{kind}_search" in inside.indexes(), inside
    assert not inside.scanned(), inside


async def search_plan(many: ManyOrders, kind: str, text: str) -> Plan:
    """The plan inside the guarded function, which a caller's plan does not show: its own body, as its owner runs it."""
    connection = await asyncpg.connect(many.superuser_dsn)
    try:
        body = await connection.fetchval("SELECT prosrc FROM pg_proc WHERE proname = $1", f"search_{kind}")
        words = " & ".join(f"'{word}':*" for word in text.split())
        body = body.replace("words)", f"$words${words}$words$)").replace("LIMIT cap", "LIMIT 5000")
        async with connection.transaction():
            await connection.execute("SET LOCAL ROLE search_owner")
            await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(BIG))
            explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {body}")
    finally:
        await connection.close()
    return Plan(body, orjson.loads(explained)[0]["Plan"])


async def test_the_summary_reads_days_and_the_first_of_the_top_customers(many: ManyOrders) -> None:
    async def read(session: TenantSession) -> None:
        await summary(session, await ask(session))

    plans = await many.plans(read)
    assert "ix_customer_sales_top" in plans[-1].indexes()
    for plan in plans:
        assert not plan.scanned() & BIG_TABLES, plan
        assert not {node.get("Relation Name") for node in plan.nodes()} & {"orders", "order_lines"}, plan


async def test_as_many_statements_for_a_big_tenant_as_for_a_small_one(many: ManyOrders) -> None:
    async def read(session: TenantSession) -> None:
        question = await ask(session)
        await summary(session, question)
        await periods(session, question)
        for kind in LISTS:
            await a_page(session, kind, next(iter(LISTS[kind].SORTS)))

    assert len(await many.plans(read, BIG)) == len(await many.plans(read, SMALL))


async def test_a_months_figures_read_that_months_days_and_orders(many: ManyOrders) -> None:
    asked: dict[str, Any] = {"store_id": None, "currency": "GBP", "first": date(2026, 3, 1), "last": date(2026, 3, 31)}
    [plan] = await many.plans(lambda session: daily(session, **asked))
    assert "day >=" in plan.indexes()["ix_sales_days_day"], plan
    [plan] = await many.plans(lambda session: customer_counts(session, **asked))
    assert "sales_day >=" in plan.indexes()["ix_orders_sales_day"], plan
    assert not plan.scanned() & BIG_TABLES, plan


async def test_a_tenant_the_statistics_do_not_know_has_its_lines_looked_up_by_their_order(many: ManyOrders) -> None:
    """A first import fills the tables while the page reads them, and PostgreSQL counts them a minute later, or much later."""
    asked: dict[str, Any] = {"currency": "GBP", "first": date(2026, 3, 1), "last": date(2026, 3, 31), "limit": 5}
    for store_id in (None, uuid7()):
        read = partial(top_products, store_id=store_id, **asked)
        [plan] = await many.plans(read, uuid7())
        [lines] = [node for node in plan.nodes() if node.get("Relation Name") == "order_lines"]
        assert "order_id" in lines["Index Cond"], plan
        [goods] = [node for node in plan.nodes() if node.get("Relation Name") == "products"]
        assert "shopify_id" in goods["Index Cond"], plan
