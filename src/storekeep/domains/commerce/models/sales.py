"""Daily sales: every dashboard figure that adds up over days, one row a store, store-local day and currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.runtime.database.model import Amount, TenantRow, tenant_foreign_key


class SalesDay(TenantRow):
    """A store's day in one currency, recomputed from base rows in the transaction that touches the day, so it cannot drift.

    By `created_day`, test and cancelled orders included (the brief's figures): `placed_orders`, `placed_revenue`.
    By `sales_day`, test orders excluded (Shopify's definitions): orders … new_customers. Refunds are dated their own day.
    `discounts` and `returns` are kept as positive amounts and shown negative. net = gross - discounts - returns;
    total = net + shipping + taxes + duties + fees.
    """

    __tablename__ = "sales_days"

    store_id: Mapped[UUID]
    day: Mapped[date]
    currency: Mapped[str]
    placed_orders: Mapped[int]
    placed_revenue: Mapped[Decimal] = mapped_column(Amount)
    orders: Mapped[int]
    units: Mapped[int]
    gross_sales: Mapped[Decimal] = mapped_column(Amount)
    discounts: Mapped[Decimal] = mapped_column(Amount)
    returns: Mapped[Decimal] = mapped_column(Amount)
    shipping: Mapped[Decimal] = mapped_column(Amount)
    taxes: Mapped[Decimal] = mapped_column(Amount)
    duties: Mapped[Decimal] = mapped_column(Amount)
    fees: Mapped[Decimal] = mapped_column(Amount)
    tips: Mapped[Decimal] = mapped_column(Amount)
    refunds: Mapped[int]
    refunded: Mapped[Decimal] = mapped_column(Amount)
    cancelled: Mapped[int]
    fulfilled: Mapped[int]
    pending: Mapped[int]
    customers: Mapped[int]
    new_customers: Mapped[int]
    returning_customers: Mapped[int]
    customers_created: Mapped[int]

    __table_args__ = (
        tenant_foreign_key("store_id", "stores"),
        UniqueConstraint("tenant_id", "store_id", "day", "currency"),
        Index("ix_sales_days_day", "tenant_id", "day"),
    )
