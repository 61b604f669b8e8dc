"""Daily sales: every dashboard figure that adds up over days, one row a store, store-local day and currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.runtime.database.model import Amount, TenantRow, UpdatedAt, tenant_foreign_key


class SalesDay(TenantRow):
    """A store's day in one currency, recomputed from base rows in the transaction that touches the day, so it cannot drift.

    By `created_day`, test and cancelled orders included (the plain totals): `placed_orders`, `placed_revenue` (Σ total
    price).

    By `sales_day`, test orders excluded (Shopify's definitions): `orders` (cancelled ones too), `units`; `cancelled`,
    `fulfilled` (FULFILLED) and `pending` (not cancelled, not FULFILLED) count those orders by the state they are in now;
    `order_value` is their gross sales less discounts as placed, the numerator of the average order value. Refunds, edits
    and cancellations are dated their own day. `gross_sales`, `discounts`, `shipping`, `taxes`, `duties`, `fees`, `tips`: as
    named, before tax where tax is included in prices. `discounts` and `returns` are kept as positive amounts and shown
    negative; `returns` holds `adjustments` (given back without goods). net = gross - discounts - returns; total = net +
    shipping + taxes + duties + fees. `refunds` and `refunded` are the number of refunds and the money paid back that day.

    `customers` ordered that day; `new_customers` had their first sale ever (whatever the currency) on it,
    `returning_customers` ordered after that first sale; one person may be both. `customers_created` counts the store's new
    customer records, in the row of the store's own currency.
    """

    __tablename__ = "sales_days"

    store_id: Mapped[UUID]
    day: Mapped[date]
    currency: Mapped[str]
    placed_orders: Mapped[int]
    placed_revenue: Mapped[Decimal] = mapped_column(Amount)
    orders: Mapped[int]
    units: Mapped[int] = mapped_column(BigInteger)
    gross_sales: Mapped[Decimal] = mapped_column(Amount)
    discounts: Mapped[Decimal] = mapped_column(Amount)
    returns: Mapped[Decimal] = mapped_column(Amount)
    adjustments: Mapped[Decimal] = mapped_column(Amount)
    order_value: Mapped[Decimal] = mapped_column(Amount)
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


class StoreCalendar(UpdatedAt, TenantRow):
    """The time zone (IANA) and currency under which a store's day columns and daily sales were computed.

    When the store's own become others, everything dated is recomputed and this row changed in one transaction.
    """

    __tablename__ = "store_calendars"

    store_id: Mapped[UUID]
    time_zone: Mapped[str]
    currency: Mapped[str]

    __table_args__ = (
        tenant_foreign_key("store_id", "stores"),
        UniqueConstraint("tenant_id", "store_id"),
    )
