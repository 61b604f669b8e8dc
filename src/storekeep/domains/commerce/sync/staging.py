"""Staging: rows are copied into temporary tables, empty again after the merge, and merged from there in a few statements.

COPY into a table under row-level security is refused, and a temporary table needs no such guard: nobody else can see it. Amounts
and JSON are staged as text and become numbers and documents on the way into the real tables: a quarter of the price of encoding.

A connection keeps its tables, for making and dropping them costs more than merging one order, and with them the plans of the
statements on them. Plans made for many rows would suit the next few badly, so a large merge takes its tables away with it.
A small one deletes its rows: PostgreSQL's own way (ON COMMIT DELETE ROWS) empties every table the connection keeps, of whatever
merge, and made the commit of one order cost more than everything before it. What deleted rows leave behind is limited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import text

from storekeep.domains.commerce.sync.batch import Merged, Row
from storekeep.runtime.database import TenantSession

# Of fewer rows even the worst plan is quick; statistics of more cost a few milliseconds, and a plan made without them minutes.
_ANALYZE_FROM = 200
# A server's connection behind a pooler outlives a deployment, and may keep tables of an older shape.
_KEPT = text("""
    SELECT obj_description(to_regclass(:work), 'pg_class') AS shape,
        (SELECT sum(pg_table_size(to_regclass(name))) FROM unnest(CAST(:names AS text[])) AS name) AS bytes
""")
# Nothing vacuums a temporary table: new ones are made when deleted rows have grown to this.
_BYTES_KEPT = 1024 * 1024


async def analyze(session: TenantSession, table: str, rows: int) -> None:
    """Give the planner statistics of a temporary table of our own that holds `rows` rows, if they are worth their price."""
    if rows >= _ANALYZE_FROM:
        await session.execute(text(f"ANALYZE {table}"))


@dataclass(frozen=True, slots=True)
class StageTable:
    """A staging table: its name and its columns with their types, in the order rows have."""

    name: str
    columns: Mapping[str, str]

    def ddl(self) -> str:
        """The statement that makes it."""
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns.items())
        return f"CREATE TEMPORARY TABLE {self.name} ({columns})"


class Staging:
    """The staging tables of one transaction, by the names under which rows are buffered; `work` is the merge's own."""

    def __init__(self, session: TenantSession, tables: Mapping[str, StageTable]) -> None:
        self._session = session
        self._tables = tables
        self._counts = dict.fromkeys(tables, 0)

    async def open(self) -> None:
        """Have the tables, empty. Raises RuntimeError the second time in a transaction: rows of two merges must not mix."""
        marked: set[str] = self._session.info.setdefault("staged", set())
        name = self._tables["work"].name
        if name in marked:
            raise RuntimeError(f"{name} is in use in this transaction")
        marked.add(name)
        names = [table.name for table in self._tables.values()]
        statements = [*_each("DROP TABLE IF EXISTS", names), *(table.ddl() for table in self._tables.values())]
        shape = sha256("".join(statements).encode()).hexdigest()
        # Through the session, whose first statement begins the transaction; what goes past it, to the driver, does not.
        asked = {"work": f"pg_temp.{name}", "names": [f"pg_temp.{each}" for each in names]}
        kept = (await self._session.execute(_KEPT, asked)).one()
        driver = await self._session.driver()
        if kept.shape == shape and kept.bytes < _BYTES_KEPT:
            # Empty already, unless a merge was committed that was never closed: its rows may be another tenant's.
            await driver.execute("; ".join(_each("DELETE FROM", names)))
            return
        await driver.execute("; ".join([*statements, f"COMMENT ON TABLE {name} IS '{shape}'"]))

    async def copy(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Copy rows into their tables."""
        driver = await self._session.driver()
        for name, records in rows.items():
            if records:
                table = self._tables[name]
                await driver.copy_records_to_table(table.name, records=records, columns=list(table.columns))
                self._counts[name] += len(records)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows were staged under each name."""
        return self._counts

    async def analyze(self) -> None:
        """Give the planner statistics where they matter. Once, after the last copy.

        Before many rows the connection's plans are made anew. Those with which PostgreSQL checks foreign keys stay until
        statistics change: made while a table held a few rows, they read it whole for every row of a first import.
        """
        for name, count in self._counts.items():
            await analyze(self._session, self._tables[name].name, count)
        if max(self._counts.values()) >= _ANALYZE_FROM:
            await (await self._session.driver()).execute("DISCARD PLANS")

    async def close(self, merged: Merged) -> None:
        """Empty the tables, or take them away if any of them held many rows. Once, after the merge."""
        driver = await self._session.driver()
        if max(*self._counts.values(), merged.written + merged.unchanged + merged.removed) >= _ANALYZE_FROM:
            await driver.execute(f"DROP TABLE {', '.join(table.name for table in self._tables.values())}")
            return
        used = [table.name for key, table in self._tables.items() if self._counts[key] or key == "work"]
        await driver.execute("; ".join(_each("DELETE FROM", used)))


def _each(command: str, names: Iterable[str]) -> list[str]:
    return [f"{command} pg_temp.{name}" for name in names]


_KEY = {"shopify_id": "bigint", "new_id": "uuid"}
_PART = {"parent": "bigint", "new_id": "uuid", "shopify_id": "bigint"}

ORDER_TABLES: dict[str, StageTable] = {
    "orders": StageTable(
        "stage_orders",
        {
            **_KEY,
            "source_updated_at": "timestamptz",
            "name": "text",
            "customer": "bigint",
            "customer_name": "text",
            "email": "text",
            "email_norm": "text",
            "phone": "text",
            "source_created_at": "timestamptz",
            "processed_at": "timestamptz",
            "cancelled_at": "timestamptz",
            "closed_at": "timestamptz",
            "cancel_reason": "text",
            "created_day": "date",
            "sales_day": "date",
            "test": "boolean",
            "edited": "boolean",
            "financial_status": "text",
            "fulfillment_status": "text",
            "source_name": "text",
            "note": "text",
            "tags": "text[]",
            "discount_codes": "text[]",
            "currency": "text",
            "presentment_currency": "text",
            "taxes_included": "boolean",
            "total_price": "text",
            "subtotal_price": "text",
            "total_discounts": "text",
            "total_shipping": "text",
            "total_tax": "text",
            "total_tip": "text",
            "total_refunded": "text",
            "current_total_price": "text",
            "presentment_total_price": "text",
            "shipping_address": "text",
            "billing_address": "text",
        },
    ),
    "order_sums": StageTable(
        "stage_order_sums",
        {
            "shopify_id": "bigint",
            "fingerprint": "bytea",
            "units": "bigint",
            "gross_sales": "text",
            "discounts": "text",
            "net_shipping": "text",
            "taxes": "text",
            "total_duties": "text",
            "total_additional_fees": "text",
            "item_count": "bigint",
            "line_count": "integer",
            "shipping_lines": "text",
        },
    ),
    "order_lines": StageTable(
        "stage_order_lines",
        {
            **_PART,
            "product_shopify_id": "bigint",
            "variant_shopify_id": "bigint",
            "title": "text",
            "variant_title": "text",
            "sku": "text",
            "vendor": "text",
            "quantity": "integer",
            "current_quantity": "integer",
            "unit_price": "text",
            "original_total": "text",
            "total_discount": "text",
            "tax": "text",
            "gross_sales": "text",
            "net_sales": "text",
            "gift_card": "boolean",
            "requires_shipping": "boolean",
        },
    ),
    "fulfillments": StageTable(
        "stage_fulfillments",
        {
            **_PART,
            "name": "text",
            "status": "text",
            "shipment_status": "text",
            "source_created_at": "timestamptz",
            "source_updated_at": "timestamptz",
            "delivered_at": "timestamptz",
            "tracking_company": "text",
            "tracking_numbers": "text[]",
            "tracking_urls": "text[]",
        },
    ),
    "refunds": StageTable(
        "stage_refunds",
        {
            **_PART,
            "source_created_at": "timestamptz",
            "processed_at": "timestamptz",
            "refund_day": "date",
            "note": "text",
            "total": "text",
            "pending": "text",
            "returned_units": "bigint",
            "returned_net": "text",
            "returned_tax": "text",
            "refunded_shipping": "text",
            "refunded_shipping_tax": "text",
            "adjustment": "text",
            "adjustment_tax": "text",
            "transactions": "text",
        },
    ),
    "refund_lines": StageTable(
        "stage_refund_lines",
        {
            "parent": "bigint",
            "new_id": "uuid",
            "refund": "bigint",
            "shopify_id": "bigint",
            "line": "bigint",
            "quantity": "integer",
            "restock_type": "text",
            "subtotal": "text",
            "tax": "text",
        },
    ),
    "order_corrections": StageTable(
        "stage_order_corrections",
        {
            "parent": "bigint",
            "new_id": "uuid",
            "kind": "text",
            "shopify_id": "bigint",
            "happened_at": "timestamptz",
            "correction_day": "date",
            "gross_sales": "text",
            "discounts": "text",
            "returns": "text",
            "shipping": "text",
            "taxes": "text",
            "duties": "text",
            "fees": "text",
        },
    ),
    "work": StageTable(
        "work_orders",
        {
            "shopify_id": "bigint",
            "id": "uuid",
            "customer": "bigint",
            "customer_id": "uuid",
            "old_customer_id": "uuid",
            "created_day": "date",
            "old_created_day": "date",
            "sales_day": "date",
            "old_sales_day": "date",
            "processed_at": "timestamptz",
            "old_processed_at": "timestamptz",
            "test": "boolean",
            "old_test": "boolean",
            "state": "text",
        },
    ),
}

CUSTOMER_TABLES: dict[str, StageTable] = {
    "customers": StageTable(
        "stage_customers",
        {
            **_KEY,
            "source_updated_at": "timestamptz",
            "email": "text",
            "email_norm": "text",
            "first_name": "text",
            "last_name": "text",
            "name": "text",
            "phone": "text",
            "state": "text",
            "note": "text",
            "tags": "text[]",
            "verified_email": "boolean",
            "tax_exempt": "boolean",
            "locale": "text",
            "source_created_at": "timestamptz",
            "created_day": "date",
        },
    ),
    "customer_sums": StageTable("stage_customer_sums", {"shopify_id": "bigint", "fingerprint": "bytea", "addresses": "text"}),
    "work": StageTable(
        "work_customers",
        {"shopify_id": "bigint", "id": "uuid", "created_day": "date", "old_created_day": "date", "state": "text"},
    ),
}

PRODUCT_TABLES: dict[str, StageTable] = {
    "products": StageTable(
        "stage_products",
        {
            **_KEY,
            "source_updated_at": "timestamptz",
            "title": "text",
            "handle": "text",
            "description": "text",
            "vendor": "text",
            "product_type": "text",
            "status": "text",
            "tags": "text[]",
            "total_inventory": "integer",
            "source_created_at": "timestamptz",
            "published_at": "timestamptz",
        },
    ),
    "product_sums": StageTable(
        "stage_product_sums",
        {
            "shopify_id": "bigint",
            "fingerprint": "bytea",
            "price": "text",
            "variant_count": "integer",
            "skus": "text",
        },
    ),
    "variants": StageTable(
        "stage_variants",
        {
            **_PART,
            "position": "integer",
            "title": "text",
            "sku": "text",
            "barcode": "text",
            "price": "text",
            "compare_at_price": "text",
            "inventory_quantity": "integer",
        },
    ),
    "work": StageTable("work_products", {"shopify_id": "bigint", "id": "uuid", "state": "text"}),
}
