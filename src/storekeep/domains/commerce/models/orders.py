"""Orders with their lines, refunds and fulfilments. Amounts are in the shop's currency unless a column says presentment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.domains.commerce.models.sorting import sort_key
from storekeep.domains.commerce.types import CorrectionKind
from storekeep.runtime.database.model import Amount, CreatedAt, TenantRow, UpdatedAt, one_of, searchable, tenant_foreign_key


class Order(CreatedAt, UpdatedAt, TenantRow):
    """An order. `total_price` is as placed, `current_total_price` after edits and refunds.

    `created_day` and `sales_day` are the store-local days of `source_created_at` and `processed_at`; the first feeds the plain
    series, the second Shopify's definitions. Both are recomputed when the store's time zone changes. `item_count` counts units
    as ordered, `line_count` lines.

    `units` … `taxes` are what the order adds to its sales day, before tax and as placed: no gift cards, no tips, nothing that a
    later edit brought (`sales_figures.py`). `fingerprint` is a digest of the content without its version. `sort_total` orders
    lists by `total_price` (`sorting.py`).
    """

    __tablename__ = "orders"

    store_id: Mapped[UUID]
    shopify_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    customer_id: Mapped[UUID | None]
    customer_name: Mapped[str | None]
    email: Mapped[str | None]
    email_norm: Mapped[str | None]
    phone: Mapped[str | None]
    source_created_at: Mapped[datetime]
    processed_at: Mapped[datetime]
    source_updated_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    created_day: Mapped[date]
    sales_day: Mapped[date]
    test: Mapped[bool]
    edited: Mapped[bool]
    financial_status: Mapped[str | None]
    fulfillment_status: Mapped[str | None]
    source_name: Mapped[str | None]
    note: Mapped[str | None]
    tags: Mapped[list[str]]
    discount_codes: Mapped[list[str]]
    currency: Mapped[str]
    presentment_currency: Mapped[str]
    taxes_included: Mapped[bool]
    total_price: Mapped[Decimal] = mapped_column(Amount)
    subtotal_price: Mapped[Decimal] = mapped_column(Amount)
    total_discounts: Mapped[Decimal] = mapped_column(Amount)
    total_shipping: Mapped[Decimal] = mapped_column(Amount)
    total_tax: Mapped[Decimal] = mapped_column(Amount)
    total_duties: Mapped[Decimal] = mapped_column(Amount)
    total_additional_fees: Mapped[Decimal] = mapped_column(Amount)
    total_tip: Mapped[Decimal] = mapped_column(Amount)
    total_refunded: Mapped[Decimal] = mapped_column(Amount)
    current_total_price: Mapped[Decimal] = mapped_column(Amount)
    presentment_total_price: Mapped[Decimal] = mapped_column(Amount)
    units: Mapped[int] = mapped_column(BigInteger)
    gross_sales: Mapped[Decimal] = mapped_column(Amount)
    discounts: Mapped[Decimal] = mapped_column(Amount)
    net_shipping: Mapped[Decimal] = mapped_column(Amount)
    taxes: Mapped[Decimal] = mapped_column(Amount)
    item_count: Mapped[int] = mapped_column(BigInteger)
    line_count: Mapped[int]
    shipping_lines: Mapped[list[Any]] = mapped_column(JSONB)
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    billing_address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    sort_total: Mapped[int] = mapped_column(BigInteger, Computed(sort_key("total_price"), persisted=True))
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(searchable("name", "email", "customer_name"), persisted=True))

    __table_args__ = (
        tenant_foreign_key("store_id", "stores"),
        tenant_foreign_key("customer_id", "customers", on_delete="SET NULL"),
        UniqueConstraint("tenant_id", "store_id", "shopify_id"),
        Index("ix_orders_created", "tenant_id", "source_created_at", "id"),
        Index("ix_orders_store_created", "tenant_id", "store_id", "source_created_at", "id"),
        Index("ix_orders_customer", "tenant_id", "customer_id", "source_created_at", "id"),
        Index("ix_orders_total", "tenant_id", "sort_total", "id"),
        Index("ix_orders_email", "tenant_id", "email_norm"),
        Index("ix_orders_name", "tenant_id", "name"),
        Index("ix_orders_sales_day", "tenant_id", "store_id", "sales_day"),
        Index("ix_orders_created_day", "tenant_id", "store_id", "created_day"),
        Index("ix_orders_search", "search", postgresql_using="gin"),
        {"info": {"search": True}},
    )


class OrderLine(TenantRow):
    """A line as ordered, with a snapshot of title and SKU: the product may be gone, or never have been one (custom, tip).

    `original_total` is unit price × quantity, `total_discount` every discount that fell on the line, `tax` its taxes, all as
    charged (with the tax in them where the order's prices include it). `gross_sales` and `net_sales` are before tax, the latter
    after discounts; both are 0 for what is no sale (gift cards, tips). Lines are shown in the order of `shopify_id`.
    """

    __tablename__ = "order_lines"

    order_id: Mapped[UUID]
    shopify_id: Mapped[int] = mapped_column(BigInteger)
    product_shopify_id: Mapped[int | None] = mapped_column(BigInteger)
    variant_shopify_id: Mapped[int | None] = mapped_column(BigInteger)
    title: Mapped[str]
    variant_title: Mapped[str | None]
    sku: Mapped[str | None]
    vendor: Mapped[str | None]
    quantity: Mapped[int]
    current_quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Amount)
    original_total: Mapped[Decimal] = mapped_column(Amount)
    total_discount: Mapped[Decimal] = mapped_column(Amount)
    tax: Mapped[Decimal] = mapped_column(Amount)
    gross_sales: Mapped[Decimal] = mapped_column(Amount)
    net_sales: Mapped[Decimal] = mapped_column(Amount)
    gift_card: Mapped[bool]
    requires_shipping: Mapped[bool]

    __table_args__ = (
        tenant_foreign_key("order_id", "orders"),
        UniqueConstraint("tenant_id", "order_id", "shopify_id"),
        Index("ix_order_lines_product", "tenant_id", "product_shopify_id"),
    )


class Refund(TenantRow):
    """A refund: goods taken back, money given back, or both. Dated the day it was processed, whatever the order's date.

    `total` is what successful transactions paid back, `pending` what has not settled. The rest is what the refund takes from
    its day, before tax and positive: `returned_net` the goods after their share of discounts (no gift cards), `adjustment` what
    was given back without goods (negative: kept back), and the taxes of each.
    """

    __tablename__ = "refunds"

    store_id: Mapped[UUID]
    order_id: Mapped[UUID]
    shopify_id: Mapped[int] = mapped_column(BigInteger)
    source_created_at: Mapped[datetime]
    processed_at: Mapped[datetime]
    refund_day: Mapped[date]
    note: Mapped[str | None]
    total: Mapped[Decimal] = mapped_column(Amount)
    pending: Mapped[Decimal] = mapped_column(Amount)
    returned_units: Mapped[int] = mapped_column(BigInteger)
    returned_net: Mapped[Decimal] = mapped_column(Amount)
    returned_tax: Mapped[Decimal] = mapped_column(Amount)
    refunded_shipping: Mapped[Decimal] = mapped_column(Amount)
    refunded_shipping_tax: Mapped[Decimal] = mapped_column(Amount)
    adjustment: Mapped[Decimal] = mapped_column(Amount)
    adjustment_tax: Mapped[Decimal] = mapped_column(Amount)
    transactions: Mapped[list[Any]] = mapped_column(JSONB)

    __table_args__ = (
        tenant_foreign_key("order_id", "orders"),
        UniqueConstraint("tenant_id", "order_id", "shopify_id"),
        Index("ix_refunds_day", "tenant_id", "store_id", "refund_day"),
    )


class RefundLine(TenantRow):
    """A line's part in a refund."""

    __tablename__ = "refund_lines"

    refund_id: Mapped[UUID]
    line_id: Mapped[UUID | None]
    shopify_id: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]
    restock_type: Mapped[str | None]
    subtotal: Mapped[Decimal] = mapped_column(Amount)
    tax: Mapped[Decimal] = mapped_column(Amount)

    __table_args__ = (
        tenant_foreign_key("refund_id", "refunds"),
        tenant_foreign_key("line_id", "order_lines", on_delete="SET NULL"),
        UniqueConstraint("tenant_id", "refund_id", "shopify_id"),
        Index("ix_refund_lines_line", "tenant_id", "line_id"),
    )


class Fulfillment(TenantRow):
    """A parcel, or what stands for one, with its tracking."""

    __tablename__ = "fulfillments"

    order_id: Mapped[UUID]
    shopify_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str | None]
    status: Mapped[str | None]
    shipment_status: Mapped[str | None]
    source_created_at: Mapped[datetime]
    source_updated_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    tracking_company: Mapped[str | None]
    tracking_numbers: Mapped[list[str]]
    tracking_urls: Mapped[list[str]]

    __table_args__ = (
        tenant_foreign_key("order_id", "orders"),
        UniqueConstraint("tenant_id", "order_id", "shopify_id"),
    )


class OrderCorrection(TenantRow):
    """What changed an order's figures on a later day beside its refunds: an edit, a cancellation that no refund accounts for, or
    the duties that a refund gave back.

    Amounts are added to the day `correction_day` as they are: an edit that adds goods has gross sales (and discounts), one that
    removes goods has `returns`; a cancellation has what was left of the order as `returns` and negative shipping, taxes, duties
    and fees. `shopify_id` is the edit's agreement, the refund, or 0 for a cancellation.
    """

    __tablename__ = "order_corrections"

    store_id: Mapped[UUID]
    order_id: Mapped[UUID]
    kind: Mapped[str]
    shopify_id: Mapped[int] = mapped_column(BigInteger)
    happened_at: Mapped[datetime]
    correction_day: Mapped[date]
    gross_sales: Mapped[Decimal] = mapped_column(Amount)
    discounts: Mapped[Decimal] = mapped_column(Amount)
    returns: Mapped[Decimal] = mapped_column(Amount)
    shipping: Mapped[Decimal] = mapped_column(Amount)
    taxes: Mapped[Decimal] = mapped_column(Amount)
    duties: Mapped[Decimal] = mapped_column(Amount)
    fees: Mapped[Decimal] = mapped_column(Amount)

    __table_args__ = (
        tenant_foreign_key("order_id", "orders"),
        one_of("kind", list(CorrectionKind)),
        UniqueConstraint("tenant_id", "order_id", "kind", "shopify_id"),
        Index("ix_order_corrections_day", "tenant_id", "store_id", "correction_day"),
    )
