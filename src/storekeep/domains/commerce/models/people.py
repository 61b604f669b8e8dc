"""Customers, and what each has bought."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.domains.commerce.models.sorting import sort_key
from storekeep.runtime.database.model import Amount, CreatedAt, TenantRow, UpdatedAt, searchable, tenant_foreign_key


class Customer(CreatedAt, UpdatedAt, TenantRow):
    """A customer of one store, as Shopify has them. `source_*` times are Shopify's. E-mail and name may be missing.

    `created_day` is the store-local day of `source_created_at`. A `placeholder` stands for a customer whom an order names and
    whose own record has not been read yet: it has no name, and any record replaces it.
    """

    __tablename__ = "customers"

    store_id: Mapped[UUID]
    shopify_id: Mapped[int] = mapped_column(BigInteger)
    email: Mapped[str | None]
    email_norm: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    name: Mapped[str | None]
    phone: Mapped[str | None]
    state: Mapped[str | None]
    note: Mapped[str | None]
    tags: Mapped[list[str]]
    verified_email: Mapped[bool | None]
    tax_exempt: Mapped[bool | None]
    locale: Mapped[str | None]
    addresses: Mapped[list[Any]] = mapped_column(JSONB)
    source_created_at: Mapped[datetime]
    source_updated_at: Mapped[datetime]
    created_day: Mapped[date]
    placeholder: Mapped[bool] = mapped_column(default=False)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    sort_name: Mapped[str] = mapped_column(Computed("left(lower(coalesce(nullif(name, ''), email, '')), 200)", persisted=True))
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(searchable("name", "email", "phone"), persisted=True))

    __table_args__ = (
        tenant_foreign_key("store_id", "stores"),
        UniqueConstraint("tenant_id", "store_id", "shopify_id"),
        Index("ix_customers_email", "tenant_id", "email_norm"),
        Index("ix_customers_created", "tenant_id", "source_created_at", "id"),
        Index("ix_customers_created_day", "tenant_id", "store_id", "created_day"),
        Index("ix_customers_name", "tenant_id", "sort_name", "id"),
        Index("ix_customers_search", "search", postgresql_using="gin"),
        {"info": {"search": True}},
    )


class CustomerSales(TenantRow):
    """What a customer has bought in one currency, recomputed in the transaction that touches one of their orders.

    `orders` and `revenue` (Σ `total_price`) count every stored order, test and cancelled ones too. `first_order_at` and
    `last_order_at` are the `processed_at` of the first and last order that counts as a sale (not a test); None without one.
    `sort_revenue` orders lists by `revenue` (`sorting.py`).
    """

    __tablename__ = "customer_sales"

    store_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    currency: Mapped[str]
    orders: Mapped[int]
    revenue: Mapped[Decimal] = mapped_column(Amount)
    first_order_at: Mapped[datetime | None]
    last_order_at: Mapped[datetime | None]
    sort_revenue: Mapped[int] = mapped_column(BigInteger, Computed(sort_key("revenue"), persisted=True))

    __table_args__ = (
        tenant_foreign_key("customer_id", "customers"),
        UniqueConstraint("tenant_id", "customer_id", "currency"),
        Index("ix_customer_sales_top", "tenant_id", "currency", "sort_revenue", "customer_id"),
        Index("ix_customer_sales_store_top", "tenant_id", "store_id", "currency", "sort_revenue", "customer_id"),
        Index("ix_customer_sales_orders", "tenant_id", "orders", "customer_id"),
    )
