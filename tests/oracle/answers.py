"""What every figure of the API must be, recomputed from raw dumps by the definitions of docs/insights.md. Standard library only.

A tenant is a list of shops, in the order they were connected; `None` for a shop is all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.orders import Sums, dated, is_sale, net_of, total_price
from tests.oracle.raw import UNIT, Record, Shop, moment
from tests.oracle.rounding import decimals, money, written

MONEY = {
    "total_sales": lambda s: s.total,
    "gross_sales": lambda s: s.gross,
    "discounts": lambda s: -s.discounts,
    "returns": lambda s: -s.returns,
    "net_sales": lambda s: s.net,
    "shipping": lambda s: s.shipping,
    "taxes": lambda s: s.taxes,
    "refunds": lambda s: s.refunded,
}
COUNTS = {"orders": lambda s: s.orders, "fulfilled": lambda s: s.fulfilled, "pending": lambda s: s.pending}
PEOPLE = ("customers", "new_customers", "returning_customers")
TILES = {*MONEY, *COUNTS, *PEOPLE, "aov", "returning_rate"}
STEPS = 60


@dataclass
class People:
    """Who ordered: each once, new ones, and those who had ordered before."""

    customers: int = 0
    new: int = 0
    returning: int = 0


@dataclass(frozen=True)
class Sold:
    """A line sold: of which product (shop, its id or None, title), for how much, how many, in which order."""

    product: tuple[str, str | None, str]
    net: int
    units: int
    order: str


def _sold(shop: Shop, order: Record, line: Record) -> Sold:
    product = shop.products.get(line["productId"] or "")
    key = (shop.domain, product["id"] if product else None, product["title"] if product else line["title"])
    return Sold(key, net_of(order, line, line["quantity"]), line["quantity"], order["id"])


class Tenant:
    """The second opinion on a tenant's figures."""

    def __init__(self, shops: Sequence[Shop]) -> None:
        self.shops = list(shops)
        self._days: dict[tuple[str, str], dict[date, Sums]] = {}
        self._bought: dict[tuple[str, str], dict[date, list[tuple[datetime, str]]]] = {}
        self._debut: dict[tuple[str, str], datetime] = {}
        self._asked_for: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self._sold: dict[tuple[str, str], dict[date, list[Sold]]] = {}
        for shop in self.shops:
            for order in shop.orders:
                self._take(shop, order)

    def _take(self, shop: Shop, order: Record) -> None:
        key = (shop.domain, order["currency"])
        days = self._days.setdefault(key, {})
        for day, sums in dated(shop, order):
            days.setdefault(day, Sums()).add(sums)
        buyer = shop.buyer(order)
        if buyer is not None:
            self._asked_for.setdefault(key, []).append((buyer, total_price(order)))
        if order["test"]:
            return
        lines = self._sold.setdefault(key, {}).setdefault(shop.day(order["processedAt"]), [])
        lines += [_sold(shop, order, line) for line in order["lines"] if is_sale(line)]
        if buyer is not None:
            at = moment(order["processedAt"])
            self._bought.setdefault(key, {}).setdefault(shop.day(order["processedAt"]), []).append((at, buyer))
            known = self._debut.get((shop.domain, buyer))
            self._debut[shop.domain, buyer] = at if known is None else min(at, known)

    def _asked(self, domain: str | None) -> list[Shop]:
        return [shop for shop in self.shops if domain in (None, shop.domain)]

    def _sums(self, domain: str | None, currency: str, first: date, last: date) -> Sums:
        total = Sums()
        for shop in self._asked(domain):
            days = self._days.get((shop.domain, currency), {})
            for day in [first] if first == last else days:
                if first <= day <= last and day in days:
                    total.add(days[day])
        return total

    def _people(self, domain: str | None, currency: str, first: date, last: date) -> People:
        ordered: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for shop in self._asked(domain):
            days = self._bought.get((shop.domain, currency), {})
            for day in [first] if first == last else days:
                if first <= day <= last:
                    for at, buyer in days.get(day, ()):
                        ordered[shop.domain, buyer].append(at)
        found = People(customers=len(ordered))
        for person, times in ordered.items():
            found.new += min(times) == self._debut[person]
            found.returning += max(times) > self._debut[person]
        return found

    # -- which currency, which days

    def currencies(self, domain: str | None) -> list[str]:
        """Currencies in use, the one of most orders first."""
        orders: dict[str, int] = defaultdict(int)
        for shop in self._asked(domain):
            for order in shop.orders:
                orders[order["currency"]] += 1
        return sorted(orders, key=lambda code: (-orders[code], code))

    def usual(self, domain: str | None) -> str:
        """The currency of an answer that asks for none."""
        return (self.currencies(domain) or [self._asked(domain)[0].currency])[0]

    def today(self, domain: str | None, now: datetime) -> date:
        """The day it is at the shop; of several shops, the latest."""
        return max(now.astimezone(shop.zone).date() for shop in self._asked(domain))

    def zone(self, domain: str | None) -> str | None:
        """The zone of the days; None where shops differ."""
        zones: set[ZoneInfo] = {shop.zone for shop in self._asked(domain)}
        return zones.pop().key if len(zones) == 1 else None

    # -- the answers

    def overview(
        self, domain: str | None, currency: str, first: date, last: date, before: tuple[date, date] | None
    ) -> dict[str, dict[str, Any]]:
        """Every tile: value, previous, change, sparkline."""
        now = self._values(domain, currency, first, last)
        then = self._values(domain, currency, *before) if before else dict.fromkeys(TILES)
        steps = [_tiles(*step) for step in self._steps(domain, currency, first, last)]
        return {
            key: {
                "value": _shown(key, now[key], currency),
                "previous": _shown(key, then[key], currency),
                "change": _change(now[key], then[key]),
                "sparkline": [_shown(key, step[key], currency) for step in steps if key != "returning_rate"],
            }
            for key in TILES
        }

    def _values(self, domain: str | None, currency: str, first: date, last: date) -> dict[str, Fraction | None]:
        return _tiles(self._sums(domain, currency, first, last), self._people(domain, currency, first, last))

    def _steps(self, domain: str | None, currency: str, first: date, last: date) -> list[tuple[Sums, People]]:
        """What the steps of every sparkline of the range are drawn from."""
        width = -(-((last - first).days + 1) // STEPS)
        steps, start = [], first
        while start <= last:
            end = min(start + timedelta(days=width - 1), last)
            people = People()
            for offset in range((end - start).days + 1):
                day = start + timedelta(days=offset)
                one = self._people(domain, currency, day, day)  # in a sparkline a person counts once a day
                people = People(people.customers + one.customers, people.new + one.new, people.returning + one.returning)
            steps.append((self._sums(domain, currency, start, end), people))
            start = end + timedelta(days=1)
        return steps

    def points(self, domain: str | None, currency: str, first: date, last: date, interval: str) -> list[dict[str, Any]]:
        """A chart's points."""
        made = []
        for start, end in buckets(first, last, interval):
            sums, people = self._sums(domain, currency, start, end), self._people(domain, currency, start, end)
            made.append(
                {
                    "date": start.isoformat(),
                    "orders": sums.orders,
                    "revenue": money(sums.total, currency),
                    "grossSales": money(sums.gross, currency),
                    "discounts": money(-sums.discounts, currency),
                    "returns": money(-sums.returns, currency),
                    "netSales": money(sums.net, currency),
                    "totalSales": money(sums.total, currency),
                    "refunded": money(sums.refunded, currency),
                    "newCustomers": people.new,
                    "returningCustomers": people.returning,
                }
            )
        return made

    def periods(self, domain: str | None, currency: str, now: datetime) -> list[dict[str, Any]]:
        """All time, this week and this month, by the day orders were created; each shop by its own calendar."""
        local = {shop.domain: now.astimezone(shop.zone).date() for shop in self._asked(domain)}
        today = max(local.values())
        created = [
            shop.day(order["createdAt"]) for shop in self._asked(domain) for order in shop.orders if order["currency"] == currency
        ]
        oldest = min(created, default=None)
        starts = {
            "all": dict.fromkeys(local, oldest),
            "week": {name: day - timedelta(days=day.weekday()) for name, day in local.items()},
            "month": {name: day.replace(day=1) for name, day in local.items()},
        }
        made = []
        for name, begins in starts.items():
            sums = Sums()
            for shop, begin in begins.items():
                sums.add(self._sums(shop, currency, begin or date.min, date.max))
            start = min((begin for begin in begins.values() if begin), default=None)
            made.append(
                {
                    "period": name,
                    "from": start.isoformat() if start else None,
                    "to": today.isoformat(),
                    "orders": sums.placed,
                    "revenue": money(sums.placed_revenue, currency),
                }
            )
        return made

    def orders_by_day(self, domain: str | None, currency: str, first: date, last: date) -> list[dict[str, Any]]:
        """Every day's placed orders."""
        made = []
        for start, _ in buckets(first, last, "day"):
            sums = self._sums(domain, currency, start, start)
            made.append(
                {
                    "date": start.isoformat(),
                    "orderCount": sums.placed,
                    "revenue": money(sums.placed_revenue, currency),
                    "currency": currency,
                }
            )
        return made

    def summary(self, domain: str | None, currency: str) -> dict[str, Any]:
        """The brief's totals, top customers aside."""
        totals: dict[str, Sums] = {}
        for code in self.currencies(domain):
            totals[code] = self._sums(domain, code, date.min, date.max)
        return {
            "totalCustomers": sum(len(shop.customers) for shop in self._asked(domain)),
            "totalOrders": sum(len(shop.orders) for shop in self._asked(domain)),
            "totalRevenue": money(totals[currency].placed_revenue if currency in totals else 0, currency),
            "currency": currency,
            "otherCurrencies": [
                {"currency": code, "totalOrders": sums.placed, "totalRevenue": money(sums.placed_revenue, code)}
                for code, sums in totals.items()
                if code != currency
            ],
        }

    def customers(self, domain: str | None, currency: str) -> list[dict[str, Any]]:
        """Everybody who ordered anything in the currency, the highest revenue first."""
        spent: dict[tuple[str, str], list[int]] = defaultdict(list)
        for shop in self._asked(domain):
            for buyer, total in self._asked_for.get((shop.domain, currency), ()):
                spent[shop.domain, buyer].append(total)
        shops = {shop.domain: shop for shop in self.shops}
        ranked = sorted(spent.items(), key=lambda item: -sum(item[1]))
        made = []
        for (owner, buyer), totals in ranked:
            person = shops[owner].customers[buyer]
            made.append(
                {
                    "shopifyId": buyer,
                    "customerName": " ".join(filter(None, (person["firstName"], person["lastName"]))) or None,
                    "customerEmail": person["email"],
                    "totalRevenue": money(sum(totals), currency),
                    "orderCount": len(totals),
                }
            )
        return made

    def products(self, domain: str | None, currency: str, first: date, last: date) -> list[dict[str, Any]]:
        """Everything sold in the range, the highest revenue first, ties by title."""
        revenue: dict[tuple[str, str | None, str], int] = defaultdict(int)
        units: dict[tuple[str, str | None, str], int] = defaultdict(int)
        orders: dict[tuple[str, str | None, str], set[str]] = defaultdict(set)
        for shop in self._asked(domain):
            for day, lines in self._sold.get((shop.domain, currency), {}).items():
                for line in lines if first <= day <= last else ():
                    revenue[line.product] += line.net
                    units[line.product] += line.units
                    orders[line.product].add(line.order)
        ranked = sorted(revenue, key=lambda key: (-revenue[key], key[2]))
        return [
            {
                "shopifyId": key[1],
                "title": key[2],
                "units": units[key],
                "revenue": money(revenue[key], currency),
                "orders": len(orders[key]),
            }
            for key in ranked
        ]


def _tiles(sums: Sums, people: People) -> dict[str, Fraction | None]:
    values: dict[str, Fraction | None] = {key: Fraction(read(sums), UNIT) for key, read in MONEY.items()}
    values |= {key: Fraction(read(sums)) for key, read in COUNTS.items()}
    values["aov"] = Fraction(sums.order_value, UNIT * sums.orders) if sums.orders else None
    values["customers"] = Fraction(people.customers)
    values["new_customers"] = Fraction(people.new)
    values["returning_customers"] = Fraction(people.returning)
    values["returning_rate"] = Fraction(people.returning, people.customers) if people.customers else None
    return values


def _shown(key: str, value: Fraction | None, currency: str) -> str | None:
    if value is None:
        return None
    if key in MONEY or key == "aov":
        return written(value, decimals(currency))
    return written(value, 4) if key == "returning_rate" else str(value)


def _change(value: Fraction | None, previous: Fraction | None) -> str | None:
    if value is None or not previous:
        return None
    return written((value - previous) / abs(previous), 4)


def buckets(first: date, last: date, interval: str) -> Iterable[tuple[date, date]]:
    """The spans into which a range falls: days, weeks from Monday, months; cut at the range's ends."""
    start = first
    while start <= last:
        if interval == "day":
            end = start
        elif interval == "week":
            end = start + timedelta(days=6 - start.weekday())
        else:
            end = (start.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        yield start, min(end, last)
        start = end + timedelta(days=1)


def before(first: date, last: date, compare: str) -> tuple[date, date] | None:
    """What a range is compared with: as many days just before, the same dates a year earlier, or nothing."""
    if compare == "none":
        return None
    if compare == "year":
        return _year_before(first), _year_before(last)
    return first - (last - first) - timedelta(days=1), first - timedelta(days=1)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
