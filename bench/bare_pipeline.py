"""The baseline of the import: reads the same bulk files, parses, does COPY and one merge into the same tables, and nothing else.

No day figures, no fingerprints, no checks of fields or counts, no refunds, nothing a kill could be resumed from; one transaction
a resource. `python -m bench.bare_pipeline TENANT SHOP` prints one line of JSON: `seconds` from the moment the exports are ready,
and the `rows` (lines) of the files.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson

from storekeep.integrations.shopify.documents import BULK_CUSTOMERS, BULK_ORDERS, BULK_PRODUCTS, BULK_RUN, BULK_STATUS, bulk_text
from storekeep.sandbox.config import custom_app_token

BATCH = 5_000
Node = dict[str, Any]
Row = tuple[Any, ...]


def _number(gid: str) -> int:
    return int(gid.rsplit("/", 1)[1].partition("?")[0])


def _linked(node: Node | None) -> int | None:
    return None if node is None else _number(node["id"])


def _shop(node: Node, field: str) -> str:
    return node[field]["shopMoney"]["amount"] if node.get(field) else "0"


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _order(node: Node) -> Row:
    total = node["totalPriceSet"]
    return (
        _number(node["id"]),
        node["name"],
        _linked(node["customer"]),
        node["email"],
        node["phone"],
        node["createdAt"],
        node["processedAt"],
        node["updatedAt"],
        node["cancelledAt"],
        node["test"],
        node["displayFinancialStatus"],
        node["displayFulfillmentStatus"],
        node["note"],
        node["tags"],
        node["discountCodes"],
        node["currencyCode"],
        node["presentmentCurrencyCode"],
        node["taxesIncluded"],
        total["shopMoney"]["amount"],
        _shop(node, "subtotalPriceSet"),
        _shop(node, "totalDiscountsSet"),
        _shop(node, "totalShippingPriceSet"),
        _shop(node, "totalTaxSet"),
        _shop(node, "totalTipReceivedSet"),
        _shop(node, "totalRefundedSet"),
        _shop(node, "currentTotalPriceSet"),
        total["presentmentMoney"]["amount"],
        _json(node["shippingAddress"]),
        _json(node["billingAddress"]),
    )


def _line(node: Node) -> Row:
    return (
        _number(node["__parentId"]),
        _number(node["id"]),
        _linked(node["product"]),
        _linked(node["variant"]),
        node["title"],
        node["variantTitle"],
        node["sku"],
        node["vendor"],
        node["quantity"],
        node["currentQuantity"],
        _shop(node, "originalUnitPriceSet"),
        _shop(node, "originalTotalSet"),
        node["isGiftCard"],
        node["requiresShipping"],
    )


def _customer(node: Node) -> Row:
    names = [part for part in (node["firstName"], node["lastName"]) if part]
    email = node["defaultEmailAddress"]
    return (
        _number(node["id"]),
        email["emailAddress"] if email else None,
        node["firstName"],
        node["lastName"],
        " ".join(names) or None,
        node["state"],
        node["note"],
        node["tags"],
        node["createdAt"],
        node["updatedAt"],
    )


def _address(node: Node) -> Row:
    return (_number(node["__parentId"]), _json(node))


def _product(node: Node) -> Row:
    return (
        _number(node["id"]),
        node["title"],
        node["handle"],
        node["description"],
        node["vendor"],
        node["productType"],
        node["status"],
        node["tags"],
        node["totalInventory"],
        node["createdAt"],
        node["updatedAt"],
        node["publishedAt"],
    )


def _variant(node: Node) -> Row:
    return (
        _number(node["__parentId"]),
        _number(node["id"]),
        node["position"],
        node["title"],
        node["sku"],
        node["barcode"],
        node["price"],
        node["compareAtPrice"],
        node["inventoryQuantity"],
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of line of a file: its staging table, and how it becomes a row of it."""

    table: str
    columns: str
    row: Callable[[Node], Row]


@dataclass(frozen=True, slots=True)
class Resource:
    """One file: its export's text, its kinds of line by `__typename`, and the merge ($1 tenant, $2 store)."""

    text: str
    parts: dict[str, Part]
    merge: tuple[str, ...]


CUSTOMERS = Resource(
    BULK_CUSTOMERS,
    {
        "Customer": Part(
            "raw_customers",
            "shopify_id bigint, email text, first_name text, last_name text, name text, state text, note text, tags text[],"
            " created text, updated text",
            _customer,
        ),
        "MailingAddress": Part("raw_addresses", "parent bigint, address text", _address),
    },
    (
        """
        INSERT INTO customers (tenant_id, id, store_id, shopify_id, email, email_norm, first_name, last_name, name, state, note,
            tags, addresses, source_created_at, source_updated_at, created_day, placeholder, fingerprint, created_at, updated_at)
        SELECT $1, uuidv7(), $2, r.shopify_id, r.email, lower(r.email), r.first_name, r.last_name, r.name, r.state, r.note,
            r.tags, coalesce(a.addresses, '[]'), r.created::timestamptz, r.updated::timestamptz,
            (r.created::timestamptz AT TIME ZONE 'Europe/London')::date, false, '', now(), now()
        FROM raw_customers r
        LEFT JOIN (SELECT parent, jsonb_agg(address::jsonb) AS addresses FROM raw_addresses GROUP BY parent) a
            ON a.parent = r.shopify_id
        ON CONFLICT (tenant_id, store_id, shopify_id) DO UPDATE SET email = excluded.email, name = excluded.name,
            addresses = excluded.addresses, source_updated_at = excluded.source_updated_at
        """,
    ),
)
ORDERS = Resource(
    BULK_ORDERS,
    {
        "Order": Part(
            "raw_orders",
            "shopify_id bigint, name text, customer bigint, email text, phone text, created text, processed text, updated text,"
            " cancelled text, test boolean, financial text, fulfillment text, note text, tags text[], codes text[],"
            " currency text, presentment text, taxes_included boolean, total text, subtotal text, discounts text, shipping text,"
            " tax text, tip text, refunded text, current_total text, presentment_total text, shipping_address text,"
            " billing_address text",
            _order,
        ),
        "LineItem": Part(
            "raw_lines",
            "parent bigint, shopify_id bigint, product bigint, variant bigint, title text, variant_title text, sku text,"
            " vendor text, quantity integer, current_quantity integer, unit_price text, total text, gift_card boolean,"
            " requires_shipping boolean",
            _line,
        ),
    },
    (
        """
        INSERT INTO orders (tenant_id, id, store_id, shopify_id, name, customer_id, email, email_norm, phone, source_created_at,
            processed_at, source_updated_at, cancelled_at, created_day, sales_day, test, edited, financial_status,
            fulfillment_status, note, tags, discount_codes, currency, presentment_currency, taxes_included, total_price,
            subtotal_price, total_discounts, total_shipping, total_tax, total_duties, total_additional_fees, total_tip,
            total_refunded, current_total_price, presentment_total_price, units, gross_sales, discounts, net_shipping, taxes,
            item_count, line_count, shipping_lines, shipping_address, billing_address, fingerprint, created_at, updated_at)
        SELECT $1, uuidv7(), $2, r.shopify_id, r.name, c.id, r.email, lower(r.email), r.phone, r.created::timestamptz,
            r.processed::timestamptz, r.updated::timestamptz, r.cancelled::timestamptz,
            (r.created::timestamptz AT TIME ZONE 'Europe/London')::date,
            (r.processed::timestamptz AT TIME ZONE 'Europe/London')::date, r.test, false, r.financial, r.fulfillment, r.note,
            r.tags, r.codes, r.currency, r.presentment, r.taxes_included, r.total::numeric, r.subtotal::numeric,
            r.discounts::numeric, r.shipping::numeric, r.tax::numeric, 0, 0, r.tip::numeric, r.refunded::numeric,
            r.current_total::numeric, r.presentment_total::numeric, 0, 0, 0, 0, 0, 0, 0, '[]', r.shipping_address::jsonb,
            r.billing_address::jsonb, '', now(), now()
        FROM raw_orders r LEFT JOIN customers c ON c.tenant_id = $1 AND c.store_id = $2 AND c.shopify_id = r.customer
        ON CONFLICT (tenant_id, store_id, shopify_id) DO UPDATE SET total_price = excluded.total_price,
            financial_status = excluded.financial_status, source_updated_at = excluded.source_updated_at
        """,
        """
        INSERT INTO order_lines (tenant_id, id, order_id, shopify_id, product_shopify_id, variant_shopify_id, title,
            variant_title, sku, vendor, quantity, current_quantity, unit_price, original_total, total_discount, tax,
            gross_sales, net_sales, gift_card, requires_shipping)
        SELECT $1, uuidv7(), o.id, r.shopify_id, r.product, r.variant, r.title, r.variant_title, r.sku, r.vendor, r.quantity,
            r.current_quantity, r.unit_price::numeric, r.total::numeric, 0, 0, 0, 0, r.gift_card, r.requires_shipping
        FROM raw_lines r JOIN orders o ON o.tenant_id = $1 AND o.store_id = $2 AND o.shopify_id = r.parent
        ON CONFLICT (tenant_id, order_id, shopify_id) DO UPDATE SET quantity = excluded.quantity,
            current_quantity = excluded.current_quantity, original_total = excluded.original_total
        """,
    ),
)
PRODUCTS = Resource(
    BULK_PRODUCTS,
    {
        "Product": Part(
            "raw_products",
            "shopify_id bigint, title text, handle text, description text, vendor text, product_type text, status text,"
            " tags text[], inventory integer, created text, updated text, published text",
            _product,
        ),
        "ProductVariant": Part(
            "raw_variants",
            "parent bigint, shopify_id bigint, position integer, title text, sku text, barcode text, price text, compare_at text,"
            " inventory integer",
            _variant,
        ),
    },
    (
        """
        INSERT INTO products (tenant_id, id, store_id, shopify_id, title, handle, description, vendor, product_type, status, tags,
            price, currency, variant_count, total_inventory, source_created_at, source_updated_at, published_at, fingerprint,
            created_at, updated_at)
        SELECT $1, uuidv7(), $2, r.shopify_id, r.title, r.handle, r.description, r.vendor, r.product_type, r.status, r.tags,
            v.price, 'GBP', v.n, r.inventory, r.created::timestamptz, r.updated::timestamptz, r.published::timestamptz, '',
            now(), now()
        FROM raw_products r
        LEFT JOIN (SELECT parent, min(price::numeric) AS price, count(*) AS n FROM raw_variants GROUP BY parent) v
            ON v.parent = r.shopify_id
        ON CONFLICT (tenant_id, store_id, shopify_id) DO UPDATE SET title = excluded.title, price = excluded.price,
            source_updated_at = excluded.source_updated_at
        """,
        """
        INSERT INTO variants (tenant_id, id, product_id, shopify_id, position, title, sku, barcode, price, compare_at_price,
            inventory_quantity)
        SELECT $1, uuidv7(), p.id, r.shopify_id, r.position, r.title, r.sku, r.barcode, r.price::numeric, r.compare_at::numeric,
            r.inventory
        FROM raw_variants r JOIN products p ON p.tenant_id = $1 AND p.store_id = $2 AND p.shopify_id = r.parent
        ON CONFLICT (tenant_id, product_id, shopify_id) DO UPDATE SET price = excluded.price
        """,
    ),
)


class Shop:
    """The shop's Admin API, as little of it as is needed."""

    def __init__(self, http: httpx.AsyncClient, shop: str) -> None:
        base = os.environ["SHOPIFY_BASE_URL"].format(shop=shop)
        self._http = http
        self._url = f"{base}/admin/api/2026-07/graphql.json"
        self._headers = {"X-Shopify-Access-Token": custom_app_token(shop)}

    async def _ask(self, text: str, variables: dict[str, Any]) -> Any:
        answer = await self._http.post(self._url, json={"query": text, "variables": variables}, headers=self._headers)
        return answer.json()["data"]

    async def export(self, text: str) -> str:
        """The address of the file of a bulk operation of this text."""
        started = await self._ask(BULK_RUN.text, {"query": bulk_text(text)})
        id = started["bulkOperationRunQuery"]["bulkOperation"]["id"]
        while True:
            operation = (await self._ask(BULK_STATUS.text, {"id": id}))["bulkOperation"]
            if operation["status"] == "COMPLETED":
                url: str = operation["url"]
                return url
            await asyncio.sleep(0.05)

    async def lines(self, url: str) -> AsyncIterator[list[bytes]]:
        """The file's lines, as they come."""
        rest = b""
        async with self._http.stream("GET", url) as answer:
            async for piece in answer.aiter_bytes(1024 * 1024):
                *lines, rest = (rest + piece).split(b"\n")
                yield lines
        if rest:
            yield [rest]


async def _load(connection: asyncpg.Connection, shop: Shop, resource: Resource, url: str, store: tuple[UUID, UUID]) -> int:
    """Load one file in one transaction; how many lines it had."""
    read = 0
    async with connection.transaction():
        await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(store[0]))
        for part in resource.parts.values():
            await connection.execute(f"CREATE TEMPORARY TABLE {part.table} ({part.columns}) ON COMMIT DROP")
        rows: dict[str, list[Row]] = {name: [] for name in resource.parts}
        async for lines in shop.lines(url):
            for line in lines:
                node = orjson.loads(line)
                kind = node["__typename"]
                if kind in rows:
                    rows[kind].append(resource.parts[kind].row(node))
            read += len(lines)
            await _copy(connection, resource, rows, BATCH)
        await _copy(connection, resource, rows, 1)
        for part in resource.parts.values():
            await connection.execute(f"ANALYZE {part.table}")
        for statement in resource.merge:
            await connection.execute(statement, *store)
    return read


async def _copy(connection: asyncpg.Connection, resource: Resource, rows: dict[str, list[Row]], least: int) -> None:
    for name, waiting in rows.items():
        if len(waiting) >= least:
            await connection.copy_records_to_table(resource.parts[name].table, records=waiting)
            waiting.clear()


async def copy(tenant_id: UUID, store_id: UUID, shop_name: str) -> dict[str, float]:
    """Copy the shop once."""
    connection = await asyncpg.connect(os.environ["DATABASE_URL"], command_timeout=600)
    seconds, used, rows = 0.0, 0.0, 0
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        shop = Shop(http, shop_name)
        for resource in (CUSTOMERS, ORDERS, PRODUCTS):
            url = await shop.export(resource.text)
            began, cpu = time.perf_counter(), time.process_time()
            rows += await _load(connection, shop, resource, url, (tenant_id, store_id))
            seconds += time.perf_counter() - began
            used += time.process_time() - cpu
    await connection.close()
    return {"seconds": seconds, "rows": rows, "cpu": used}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(copy(UUID(sys.argv[1]), UUID(sys.argv[2]), sys.argv[3]))), flush=True)
