"""Businesses to draw: customers and orders as Shopify would send them, of every currency, zone, state and oddity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.support.records import a_customer, a_line, an_order

START = datetime(2026, 1, 1, tzinfo=UTC)
VERSION = datetime(2026, 11, 1, tzinfo=UTC)
ZONES = ("Europe/London", "Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu")
DECIMALS = {"GBP": 2, "EUR": 2, "JPY": 0, "KWD": 3}
NAMES = ("Ada", "Zoë", "李", "عمر", "O'Neil", "🎁", "")

CLOCK_CHANGES = (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC))


def a_moment(dice: Random) -> datetime:
    """Some time of the year; nights on which clocks change are as likely as all other days together."""
    if dice.random() < 0.5:
        return START + timedelta(seconds=dice.randrange(300 * 86_400))
    return dice.choice(CLOCK_CHANGES) + timedelta(minutes=dice.randrange(48 * 60))


@dataclass(frozen=True, slots=True)
class Sold:
    """What was drawn of an order, as far as figures speak of it."""

    number: int
    at: datetime
    total: Decimal
    currency: str
    customer: int | None

    def day(self, zone: str) -> Any:
        """Its day in a zone."""
        return self.at.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True)
class Business:
    """Records, and what was drawn of them. `known` are the numbers of customers with a record of their own."""

    customers: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    known: frozenset[int]
    sold: tuple[Sold, ...]


def an_order_of(dice: Random, number: int, mark: str) -> tuple[dict[str, Any], Sold]:
    """One order and what was drawn of it."""
    currency = dice.choice(["GBP", "GBP", "GBP", "EUR", "JPY", "KWD"])
    total = Decimal(dice.randrange(dice.choice([10, 50_000, 10**13]))).scaleb(-DECIMALS[currency])
    at = a_moment(dice)
    customer = dice.choice([None, 1, 2, 3, 4, 5, 6, 7, 8])
    record = an_order(
        number,
        at=at,
        version=VERSION,
        name=f"#{mark}{number}",
        lines=[a_line(number * 10, f"{total:f}")],
        total=f"{total:f}",
        currency=currency,
        customer=customer,
        test=dice.random() < 0.2,
        cancelledAt="2026-09-09T09:09:09Z" if dice.random() < 0.2 else None,
        processedAt=(at - timedelta(days=40 * (dice.random() < 0.2))).isoformat(),
    )
    return record, Sold(number, at, total, currency, customer)


def a_business(dice: Random, mark: str = "", most: int = 12) -> Business:
    """A business with at most `most` orders; every text of it carries `mark`."""
    known = frozenset(dice.sample(range(1, 11), dice.randrange(7)))
    customers = [
        a_customer(
            number,
            at=a_moment(dice),
            version=VERSION,
            firstName=dice.choice(NAMES) + mark,
            lastName=mark or None,
            email=dice.choice([None, f"{mark or 'person'}{number}@example.com"]),
        )
        for number in sorted(known)
    ]
    drawn = [an_order_of(dice, number, mark) for number in range(1, 1 + dice.randrange(most + 1))]
    return Business(customers, [record for record, _ in drawn], known, tuple(sold for _, sold in drawn))


def businesses(mark: str = "", most: int = 12) -> st.SearchStrategy[Business]:
    """Businesses, drawn by hypothesis, which makes a failing one as small and plain as it can."""
    return st.randoms(use_true_random=False).map(lambda dice: a_business(dice, mark, most))


def sums(sold: tuple[Sold, ...] | list[Sold]) -> dict[str, Decimal]:
    """Σ total prices by currency."""
    found: dict[str, Decimal] = {}
    for order in sold:
        found[order.currency] = found.get(order.currency, Decimal(0)) + order.total
    return found


def usual(sold: tuple[Sold, ...]) -> str:
    """The currency most orders are in; of several, the first by its code."""
    codes = [order.currency for order in sold]
    return min(set(codes), key=lambda code: (-codes.count(code), code)) if codes else "GBP"


def money(amount: Decimal, currency: str) -> str:
    """An amount as the API writes it."""
    return f"{amount:.{DECIMALS[currency]}f}"
