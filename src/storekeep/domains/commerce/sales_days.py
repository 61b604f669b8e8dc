"""The daily sales and what customers bought, recomputed from base rows: never added to, so they cannot drift.

Called by every write that touches a day, in its transaction, once the day's lock is held (`calendars.py`).
"""

from __future__ import annotations

# ruff: noqa: S608 (every name put together here is one of our own)
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from storekeep.domains.commerce.calendars import Calendar
from storekeep.domains.commerce.statements import for_any_tenant
from storekeep.kit.ids import uuid7
from storekeep.runtime.database import TenantSession

_COUNTS = (
    "placed_orders", "orders", "units", "refunds", "cancelled", "fulfilled", "pending", "customers", "new_customers",
    "returning_customers", "customers_created",
)  # fmt: skip
_AMOUNTS = (
    "placed_revenue", "gross_sales", "discounts", "returns", "adjustments", "order_value", "shipping", "taxes", "duties", "fees",
    "tips", "refunded",
)  # fmt: skip
FIGURES = (*_COUNTS, *_AMOUNTS)


def _part(source: str, key: str, figures: dict[str, str]) -> str:
    """One branch of the union: what `source` says of each day and currency; figures it does not know are 0."""
    columns = ", ".join(f"{figures.get(name, '0')} AS {name}" for name in FIGURES)
    return f"SELECT {key}, {columns} {source} GROUP BY 1, 2"


# The plain totals: every stored order, on the day it was created.
_PLACED = _part(
    "FROM orders o WHERE o.tenant_id = :tenant AND o.store_id = :store AND o.created_day = ANY(:days)",
    "o.created_day AS day, o.currency",
    {"placed_orders": "count(*)", "placed_revenue": "sum(o.total_price)"},
)
# Shopify's figures: what was sold, on the day it was sold, by orders that are no tests. A customer's first sale is the earliest
# one over all currencies.
_SOLD = _part(
    "FROM orders o LEFT JOIN LATERAL (SELECT min(c.first_order_at) AS first_at FROM customer_sales c"
    " WHERE c.tenant_id = :tenant AND c.customer_id = o.customer_id) first ON o.customer_id IS NOT NULL"
    " WHERE o.tenant_id = :tenant AND o.store_id = :store AND o.sales_day = ANY(:days) AND NOT o.test",
    "o.sales_day, o.currency",
    {
        "orders": "count(*)",
        "units": "sum(o.units)",
        "cancelled": "count(o.cancelled_at)",
        "fulfilled": "count(*) FILTER (WHERE o.fulfillment_status = 'FULFILLED')",
        "pending": "count(*) FILTER (WHERE o.cancelled_at IS NULL AND o.fulfillment_status IS DISTINCT FROM 'FULFILLED')",
        "customers": "count(DISTINCT o.customer_id)",
        "new_customers": "count(DISTINCT o.customer_id) FILTER (WHERE o.processed_at = first.first_at)",
        "returning_customers": "count(DISTINCT o.customer_id) FILTER (WHERE o.processed_at > first.first_at)",
        "gross_sales": "sum(o.gross_sales)",
        "discounts": "sum(o.discounts)",
        "order_value": "sum(o.gross_sales - o.discounts)",
        "shipping": "sum(o.net_shipping)",
        "taxes": "sum(o.taxes)",
        "duties": "sum(o.total_duties)",
        "fees": "sum(o.total_additional_fees)",
        "tips": "sum(o.total_tip)",
    },
)
_REFUNDED = _part(
    "FROM refunds r JOIN orders o ON o.tenant_id = r.tenant_id AND o.id = r.order_id"
    " WHERE r.tenant_id = :tenant AND r.store_id = :store AND r.refund_day = ANY(:days) AND NOT o.test",
    "r.refund_day, o.currency",
    {
        "refunds": "count(*)",
        "refunded": "sum(r.total)",
        "returns": "sum(r.returned_net + r.adjustment)",
        "adjustments": "sum(r.adjustment)",
        "shipping": "-sum(r.refunded_shipping)",
        "taxes": "-sum(r.returned_tax + r.refunded_shipping_tax + r.adjustment_tax)",
    },
)
_CORRECTED = _part(
    "FROM order_corrections k JOIN orders o ON o.tenant_id = k.tenant_id AND o.id = k.order_id"
    " WHERE k.tenant_id = :tenant AND k.store_id = :store AND k.correction_day = ANY(:days) AND NOT o.test",
    "k.correction_day, o.currency",
    {
        "gross_sales": "sum(k.gross_sales)",
        "discounts": "sum(k.discounts)",
        "returns": "sum(k.returns)",
        "shipping": "sum(k.shipping)",
        "taxes": "sum(k.taxes)",
        "duties": "sum(k.duties)",
        "fees": "sum(k.fees)",
    },
)
_MET = _part(
    "FROM customers c WHERE c.tenant_id = :tenant AND c.store_id = :store AND c.created_day = ANY(:days)",
    "c.created_day, CAST(:currency AS text)",
    {"customers_created": "count(*)"},
)
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in FIGURES)
_COMPUTE = for_any_tenant(
    f"SELECT day, currency, {_SUMS} FROM ("
    + " UNION ALL ".join((_PLACED, _SOLD, _REFUNDED, _CORRECTED, _MET))
    + ") AS parts GROUP BY day, currency ORDER BY day, currency"
)  # fmt: skip

_STORED = ", ".join(FIGURES)
_TYPED = ", ".join(
    [f"CAST(:{name} AS bigint[])" for name in _COUNTS] + [f"CAST(:{name} AS numeric[])" for name in _AMOUNTS]
)  # fmt: skip
_WRITE = for_any_tenant(
    f"INSERT INTO sales_days (tenant_id, id, store_id, day, currency, {_STORED})"
    f" SELECT :tenant, id, :store, day, currency, {_STORED}"
    f" FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[]), CAST(:currencies AS text[]), {_TYPED})"
    f" AS computed (id, day, currency, {_STORED})"
    " ON CONFLICT (tenant_id, store_id, day, currency) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in FIGURES)
    + f" WHERE ({', '.join(f'sales_days.{name}' for name in FIGURES)})"
    + f" IS DISTINCT FROM ({', '.join(f'excluded.{name}' for name in FIGURES)})"
)
_DROP = for_any_tenant(
    "DELETE FROM sales_days s WHERE s.tenant_id = :tenant AND s.store_id = :store AND s.day = ANY(:touched) AND NOT EXISTS"
    " (SELECT FROM unnest(CAST(:days AS date[]), CAST(:currencies AS text[])) AS kept (day, currency)"
    " WHERE kept.day = s.day AND kept.currency = s.currency)"
)


async def compute_days(session: TenantSession, calendar: Calendar, days: Collection[date]) -> Sequence[Any]:
    """What the base rows say of these days: rows (day, currency, *FIGURES) with anything in them, ordered."""
    parameters = {
        "tenant": session.tenant_id,
        "store": calendar.store_id,
        "days": sorted(days),
        "currency": calendar.currency,
    }
    return (await session.execute(_COMPUTE, parameters)).all()


async def recompute_days(session: TenantSession, calendar: Calendar, days: Collection[date]) -> None:
    """Make the stored figures of these days what the base rows say. Their locks must be held, `customer_sales` be up to date."""
    if not days:
        return
    rows = await compute_days(session, calendar, days)
    key: dict[str, Any] = {
        "tenant": session.tenant_id,
        "store": calendar.store_id,
        "days": [row[0] for row in rows],
        "currencies": [row[1] for row in rows],
    }
    await session.execute(_DROP, {**key, "touched": sorted(days)})
    if rows:
        figures = {name: [row[place] for row in rows] for place, name in enumerate(FIGURES, start=2)}
        await session.execute(_WRITE, {**key, **figures, "ids": [uuid7() for _ in rows]})


_COMPUTE_SALES = for_any_tenant(
    "SELECT o.customer_id, o.currency, count(*) AS orders, sum(o.total_price) AS revenue,"
    " min(o.processed_at) FILTER (WHERE NOT o.test) AS first_order_at,"
    " max(o.processed_at) FILTER (WHERE NOT o.test) AS last_order_at"
    " FROM orders o WHERE o.tenant_id = :tenant AND o.customer_id = ANY(:customers) GROUP BY o.customer_id, o.currency"
)
_WRITE_SALES = for_any_tenant(
    "INSERT INTO customer_sales (tenant_id, id, store_id, customer_id, currency, orders, revenue, first_order_at, last_order_at)"
    " SELECT :tenant, * FROM unnest(CAST(:ids AS uuid[]), CAST(:stores AS uuid[]), CAST(:customers AS uuid[]),"
    " CAST(:currencies AS text[]), CAST(:orders AS bigint[]), CAST(:revenues AS numeric[]), CAST(:firsts AS timestamptz[]),"
    " CAST(:lasts AS timestamptz[]))"
    " ON CONFLICT (tenant_id, customer_id, currency) DO UPDATE SET orders = excluded.orders, revenue = excluded.revenue,"
    " first_order_at = excluded.first_order_at, last_order_at = excluded.last_order_at"
    " WHERE (customer_sales.orders, customer_sales.revenue, customer_sales.first_order_at, customer_sales.last_order_at)"
    " IS DISTINCT FROM (excluded.orders, excluded.revenue, excluded.first_order_at, excluded.last_order_at)"
)
_DROP_SALES = for_any_tenant(
    "DELETE FROM customer_sales s WHERE s.tenant_id = :tenant AND s.customer_id = ANY(:touched) AND NOT EXISTS"
    " (SELECT FROM unnest(CAST(:customers AS uuid[]), CAST(:currencies AS text[])) AS kept (customer_id, currency)"
    " WHERE kept.customer_id = s.customer_id AND kept.currency = s.currency)"
)


async def recompute_customers(session: TenantSession, store_id: UUID, customers: Collection[UUID]) -> None:
    """Make `customer_sales` of these customers of the store what their orders say. Their rows must be locked."""
    if not customers:
        return
    touched = sorted(customers)
    rows = (await session.execute(_COMPUTE_SALES, {"tenant": session.tenant_id, "customers": touched})).all()
    key = {
        "tenant": session.tenant_id,
        "customers": [row.customer_id for row in rows],
        "currencies": [row.currency for row in rows],
    }
    await session.execute(_DROP_SALES, {**key, "touched": touched})
    if rows:
        values = {
            "ids": [uuid7() for _ in rows],
            "stores": [store_id] * len(rows),
            "orders": [row.orders for row in rows],
            "revenues": [row.revenue for row in rows],
            "firsts": [row.first_order_at for row in rows],
            "lasts": [row.last_order_at for row in rows],
        }
        await session.execute(_WRITE_SALES, {**key, **values})
