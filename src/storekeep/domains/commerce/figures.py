"""Reads of the daily sales and of what customers bought, for the rooms above: set-based, never a sum across currencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, and_, case, cast, desc, false, func, or_, select, true

from storekeep.domains.commerce.models import Customer, CustomerSales, Order, OrderLine, Product, SalesDay
from storekeep.runtime.database import TenantSession

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over some days of one currency; each figure as `models.SalesDay` defines it.

    `discounts` and `returns` are positive amounts that are subtracted; `order_value` is gross less discounts as placed.
    """

    placed_orders: int = 0
    placed_revenue: Decimal = ZERO
    orders: int = 0
    units: int = 0
    gross_sales: Decimal = ZERO
    discounts: Decimal = ZERO
    returns: Decimal = ZERO
    order_value: Decimal = ZERO
    shipping: Decimal = ZERO
    taxes: Decimal = ZERO
    duties: Decimal = ZERO
    fees: Decimal = ZERO
    tips: Decimal = ZERO
    refunds: int = 0
    refunded: Decimal = ZERO
    cancelled: int = 0
    fulfilled: int = 0
    pending: int = 0
    customers: int = 0
    new_customers: int = 0
    returning_customers: int = 0

    @property
    def net_sales(self) -> Decimal:
        """Gross sales less discounts and returns."""
        return self.gross_sales - self.discounts - self.returns

    @property
    def total_sales(self) -> Decimal:
        """Net sales and what came with them: shipping, taxes, duties, fees."""
        return self.net_sales + self.shipping + self.taxes + self.duties + self.fees

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


NO_FIGURES = Figures()
_SUMMED = [f.name for f in fields(Figures)]


@dataclass(frozen=True, slots=True)
class CurrencyUse:
    """How much of a tenant's (or a store's) business is in one currency: every stored order counts."""

    currency: str
    orders: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class CustomerCounts:
    """People who ordered in a period (test orders aside). One person may be both new and returning within it."""

    customers: int
    new: int
    returning: int


@dataclass(frozen=True, slots=True)
class TopCustomer:
    """A customer with everything they ever ordered in one currency. Name and e-mail may be missing."""

    customer_id: UUID
    store_id: UUID
    name: str | None
    email: str | None
    revenue: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class TopProduct:
    """What was sold of one product (or of lines without a stored one, by title): before tax, after discounts, before returns."""

    product_id: UUID | None
    title: str
    units: int
    revenue: Decimal
    orders: int


def _days(store_id: UUID | None, currency: str | None, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    return [
        *([SalesDay.store_id == store_id] if store_id else []),
        *([SalesDay.currency == currency] if currency else []),
        *([SalesDay.day >= first] if first else []),
        *([SalesDay.day <= last] if last else []),
    ]


async def currencies(session: TenantSession, *, store_id: UUID | None = None) -> list[CurrencyUse]:
    """Currencies in use, the one with most orders first; by code where equal."""
    orders = func.coalesce(func.sum(SalesDay.placed_orders), 0)
    revenue = func.coalesce(func.sum(SalesDay.placed_revenue), 0)
    query = select(SalesDay.currency, orders, revenue).where(*_days(store_id, None, None, None)).group_by(SalesDay.currency)
    rows = (await session.execute(query.order_by(desc(orders), SalesDay.currency))).all()
    return [CurrencyUse(row[0], int(row[1]), row[2]) for row in rows if row[1]]


async def customer_total(session: TenantSession, *, store_id: UUID | None = None) -> int:
    """How many customers are stored."""
    query = select(func.coalesce(func.sum(SalesDay.customers_created), 0)).where(*_days(store_id, None, None, None))
    return int((await session.execute(query)).scalar_one())


async def totals(
    session: TenantSession, *, store_id: UUID | None, currency: str, first: date | None = None, last: date | None = None
) -> Figures:
    """The sums over the days first..last inclusive. `customers` and `returning_customers` count a person once a day."""
    return await _totals(session, *_days(store_id, currency, first, last))


async def totals_since(session: TenantSession, begins: Mapping[UUID, date], *, currency: str) -> Figures:
    """The sums of each of the stores from its own day on."""
    stores_of: defaultdict[date, list[UUID]] = defaultdict(list)
    for store_id, first in begins.items():
        stores_of[first].append(store_id)
    since = [and_(SalesDay.store_id.in_(ids), SalesDay.day >= first) for first, ids in stores_of.items()]
    return await _totals(session, SalesDay.currency == currency, or_(false(), *since))


async def _totals(session: TenantSession, *conditions: ColumnElement[bool]) -> Figures:
    sums = [func.coalesce(func.sum(getattr(SalesDay, name)), 0) for name in _SUMMED]
    return _figures((await session.execute(select(*sums).where(*conditions))).one())


async def daily(session: TenantSession, *, store_id: UUID | None, currency: str, first: date, last: date) -> dict[date, Figures]:
    """The sums of each day that has any, stores added up; days without sales are absent."""
    sums = [func.coalesce(func.sum(getattr(SalesDay, name)), 0) for name in _SUMMED]
    query = select(SalesDay.day, *sums).where(*_days(store_id, currency, first, last)).group_by(SalesDay.day)
    return {row[0]: _figures(row[1:]) for row in (await session.execute(query)).all()}


def _figures(row: Row[Any] | Sequence[Any]) -> Figures:
    values: Any = (int(v) if isinstance(f.default, int) else Decimal(v) for f, v in zip(fields(Figures), row, strict=True))
    return Figures(*values)


async def first_sales_day(session: TenantSession, *, store_id: UUID | None, currency: str) -> date | None:
    """The oldest day with a placed order in `currency`; None before there is one."""
    query = select(func.min(SalesDay.day)).where(SalesDay.placed_orders > 0, *_days(store_id, currency, None, None))
    return (await session.execute(query)).scalar_one_or_none()


def _sold(store_id: UUID | None, currency: str, first: date, last: date) -> list[ColumnElement[bool]]:
    return [
        Order.sales_day >= first,
        Order.sales_day <= last,
        Order.currency == currency,
        Order.test.is_(False),
        *([Order.store_id == store_id] if store_id else []),
    ]


async def customer_counts(
    session: TenantSession, *, store_id: UUID | None, currency: str, first: date, last: date, bucket: str | None = None
) -> dict[date | None, CustomerCounts]:
    """Who ordered in the period, each person once; with `bucket` ("week", "month") once a bucket, keyed by its first day.

    New: their first order ever falls in the bucket. Returning: they ordered in the bucket and had ordered before that.
    """
    key = cast(func.date_trunc(bucket, Order.sales_day), Date) if bucket else cast(None, Date)
    bought = (
        select(
            key.label("bucket"),
            Order.customer_id,
            func.max(Order.processed_at).label("latest"),
            func.min(Order.processed_at).label("earliest"),
        )
        .where(*_sold(store_id, currency, first, last), Order.customer_id.is_not(None))
        .group_by(key, Order.customer_id)
        .subquery()
    )
    # The first order ever, whatever its currency: a person is new once. Looked up for those who bought, not for everybody.
    debut = (
        select(func.min(CustomerSales.first_order_at).label("first_at"))
        .where(CustomerSales.customer_id == bought.c.customer_id)
        .lateral()
    )
    query = (
        select(
            bought.c.bucket,
            func.count(),
            func.count(case((bought.c.earliest == debut.c.first_at, 1))),
            func.count(case((bought.c.latest > debut.c.first_at, 1))),
        )
        .join(debut, true())
        .group_by(bought.c.bucket)
    )
    return {row[0]: CustomerCounts(row[1], row[2], row[3]) for row in (await session.execute(query)).all()}


async def top_customers(session: TenantSession, *, store_id: UUID | None, currency: str, limit: int) -> list[TopCustomer]:
    """The customers with the highest revenue over all stored orders in `currency`, highest first; ties by id."""
    query = (
        select(Customer.id, Customer.store_id, Customer.name, Customer.email, CustomerSales.revenue, CustomerSales.orders)
        .join(CustomerSales, and_(CustomerSales.tenant_id == Customer.tenant_id, CustomerSales.customer_id == Customer.id))
        .where(CustomerSales.currency == currency, CustomerSales.orders > 0)
        .where(*([CustomerSales.store_id == store_id] if store_id else []))
        .order_by(CustomerSales.sort_revenue.desc(), CustomerSales.revenue.desc(), CustomerSales.customer_id.desc())
        .limit(limit)
    )
    return [TopCustomer(*row) for row in (await session.execute(query)).all()]


async def top_products(
    session: TenantSession, *, store_id: UUID | None, currency: str, first: date, last: date, limit: int
) -> list[TopProduct]:
    """What sold best in the period: the lines of its orders before tax, after discounts, before returns. Tests are left out.

    Lines whose product is not stored (custom items, deleted products) are grouped by title. Ties by title.
    """
    # Looked up line by line (PostgreSQL remembers those it met), never joined: before the tables' first statistics, which come a
    # minute after an import, a join would compare every line with every product of its store.
    known = (
        select(Product.id, Product.title)
        .where(
            Product.tenant_id == Order.tenant_id,
            Product.store_id == Order.store_id,
            Product.shopify_id == OrderLine.product_shopify_id,
        )
        .limit(1)
        .lateral("known")
    )
    revenue = func.sum(OrderLine.net_sales)
    nameless = case((known.c.id.is_(None), OrderLine.title))
    title = func.coalesce(func.max(known.c.title), func.max(OrderLine.title))
    query = (
        select(known.c.id, title, func.sum(OrderLine.quantity), revenue, func.count(Order.id.distinct()))
        .select_from(Order)
        .join(OrderLine, and_(OrderLine.tenant_id == Order.tenant_id, OrderLine.order_id == Order.id))
        .outerjoin(known, true())
        .where(*_sold(store_id, currency, first, last), _is_sale())
        .group_by(Order.store_id, known.c.id, nameless)
        .order_by(revenue.desc(), title, Order.store_id, known.c.id)
        .limit(limit)
    )
    return [TopProduct(row[0], row[1], int(row[2]), row[3], int(row[4])) for row in (await session.execute(query)).all()]


def _is_sale() -> ColumnElement[bool]:
    # What is no sale (a gift card, a tip) has a price and no gross sales; what was free has neither.
    return and_(OrderLine.gift_card.is_(False), or_(OrderLine.gross_sales != 0, OrderLine.original_total == 0))
