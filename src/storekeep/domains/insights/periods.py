"""Orders and revenue for all time, this week and this month, and the plain totals: of everything stored and by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from storekeep.domains.commerce.public import (
    CurrencyUse,
    TopCustomer,
    customer_total,
    daily,
    first_sales_day,
    top_customers,
    totals,
    totals_since,
)
from storekeep.domains.insights.question import Question
from storekeep.domains.insights.ranges import Interval, Range, bucket_of, buckets
from storekeep.runtime.database import TenantSession

TOP_CUSTOMERS = 5


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything stored, test and cancelled orders too. `revenue` is in the question's currency; `others` are the rest."""

    customers: int
    orders: int
    revenue: Decimal
    top: list[TopCustomer]
    others: list[CurrencyUse]


@dataclass(frozen=True, slots=True)
class Period:
    """Orders placed and their total prices from `first` (None: nothing is stored yet) to now, which is `last`, today."""

    name: str
    first: date | None
    last: date
    orders: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class PlacedDay:
    """A day's placed orders and their total price."""

    day: date
    orders: int
    revenue: Decimal


async def summary(session: TenantSession, question: Question) -> Summary:
    """Counts over all currencies, revenue in one: amounts in different currencies are never added."""
    asked = [use for use in question.in_use if use.currency == question.currency]
    return Summary(
        customers=await customer_total(session, store_id=question.store_id),
        orders=sum(use.orders for use in question.in_use),
        revenue=asked[0].revenue if asked else Decimal(0),
        top=await top_customers(session, store_id=question.store_id, currency=question.currency, limit=TOP_CUSTOMERS),
        others=[use for use in question.in_use if use.currency != question.currency],
    )


async def periods(session: TenantSession, question: Question) -> list[Period]:
    """All time, this week (from Monday) and this month, each up to now.

    A week or month is each store's own, so that several stores together have what each has: one is in Monday while another still
    has its Sunday. `first` is then the earliest of their beginnings.
    """
    oldest = await first_sales_day(session, store_id=question.store_id, currency=question.currency)
    ever = await totals(session, store_id=question.store_id, currency=question.currency, first=oldest)
    found = [Period("all", oldest, question.today, ever.placed_orders, ever.placed_revenue)]
    for name, interval in (("week", Interval.WEEK), ("month", Interval.MONTH)):
        begins = {store_id: bucket_of(day, interval) for store_id, day in question.days().items()}
        figures = await totals_since(session, begins, currency=question.currency)
        first = min(begins.values(), default=bucket_of(question.today, interval))
        found.append(Period(name, first, question.today, figures.placed_orders, figures.placed_revenue))
    return found


async def orders_by_day(session: TenantSession, question: Question, chosen: Range) -> list[PlacedDay]:
    """Every day of the range with its placed orders, by the day each was created in the store's zone."""
    days = await daily(session, store_id=question.store_id, currency=question.currency, first=chosen.first, last=chosen.last)
    return [
        PlacedDay(day, days[day].placed_orders if day in days else 0, days[day].placed_revenue if day in days else Decimal(0))
        for day in buckets(chosen, Interval.DAY)
    ]
