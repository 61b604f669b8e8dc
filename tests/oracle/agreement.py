"""Asks the API and the oracle the same question and lists where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tests.oracle.answers import TILES, Tenant, before
from tests.support.copied import Copied

TOP_PRODUCTS = 50
Difference = tuple[str, Any, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question: which store (None: all), which days, which currency (None: the usual), compared with what, in what buckets."""

    shop: str | None
    currency: str | None
    first: date
    last: date
    compare: str
    interval: str


class Agreement:
    """Compares every figure of one choice."""

    def __init__(self, copied: Copied, oracle: Tenant, ids: dict[str, str]) -> None:
        self._copied = copied
        self._oracle = oracle
        self._ids = ids
        self._found: list[Difference] = []

    def _same(self, what: str, answered: Any, expected: Any) -> None:
        if answered != expected:
            self._found.append((what, answered, expected))

    async def differences(self, choice: Choice) -> list[Difference]:
        """(what, the API's answer, the oracle's) for everything that is not the same."""
        self._found = []
        currency = choice.currency or self._oracle.usual(choice.shop)
        await self._tiles(choice, currency)
        await self._chart(choice, currency)
        await self._totals(choice, currency)
        await self._bests(choice, currency)
        return self._found

    async def _tiles(self, choice: Choice, currency: str) -> None:
        asked = {"currency": choice.currency, "from_": choice.first, "to": choice.last, "compare": choice.compare}
        answer = await self._copied.read("/api/analytics/overview", choice.shop, **asked)
        then = before(choice.first, choice.last, choice.compare)
        self._same("currency", answer["currency"], currency)
        self._same("currencies", answer["currencies"], self._oracle.currencies(choice.shop) or [currency])
        self._same("timeZone", answer["timeZone"], self._oracle.zone(choice.shop))
        self._same("range", (answer["from"], answer["to"]), (choice.first.isoformat(), choice.last.isoformat()))
        compared = tuple(day.isoformat() for day in then) if then else (None, None)
        self._same("previous range", (answer["previousFrom"], answer["previousTo"]), compared)
        self._same("errors", answer["errors"], [])
        expected = self._oracle.overview(choice.shop, currency, choice.first, choice.last, then)
        self._same("tiles", {tile["key"] for tile in answer["tiles"]}, TILES)
        for tile in answer["tiles"]:
            for part, value in expected[tile["key"]].items():
                self._same(f"{tile['key']}.{part}", tile[part], value)

    async def _chart(self, choice: Choice, currency: str) -> None:
        asked = {"currency": choice.currency, "from_": choice.first, "to": choice.last, "compare": choice.compare}
        answer = await self._copied.read("/api/analytics/timeseries", choice.shop, interval=choice.interval, **asked)
        then = before(choice.first, choice.last, choice.compare)
        points = self._oracle.points(choice.shop, currency, choice.first, choice.last, choice.interval)
        self._same_rows("point", answer["points"], points)
        past = self._oracle.points(choice.shop, currency, *then, choice.interval) if then else []
        self._same_rows("previous point", answer["previous"], past)
        days = await self._copied.read(
            "/api/analytics/orders", choice.shop, currency=choice.currency, from_=choice.first, to=choice.last
        )
        self._same_rows("day", days, self._oracle.orders_by_day(choice.shop, currency, choice.first, choice.last))

    async def _totals(self, choice: Choice, currency: str) -> None:
        answer = await self._copied.read("/api/analytics/summary", choice.shop, currency=choice.currency)
        top = answer.pop("topCustomers")
        self._same("summary", answer, self._oracle.summary(choice.shop, currency))
        self._ranked(
            "top customer", self._named(top, "customerId"), self._oracle.customers(choice.shop, currency), 5, "totalRevenue"
        )
        periods = await self._copied.read("/api/analytics/periods", choice.shop, currency=choice.currency)
        self._same_rows("period", periods["periods"], self._oracle.periods(choice.shop, currency, datetime.now(UTC)))

    async def _bests(self, choice: Choice, currency: str) -> None:
        asked = {"currency": choice.currency, "from_": choice.first, "to": choice.last, "limit": TOP_PRODUCTS}
        answer = await self._copied.read("/api/analytics/top-products", choice.shop, **asked)
        expected = self._oracle.products(choice.shop, currency, choice.first, choice.last)
        self._ranked("top product", self._named(answer["items"], "productId"), expected, TOP_PRODUCTS, "revenue")
        people = await self._copied.read("/api/analytics/top-customers", choice.shop, currency=choice.currency, limit=3)
        self._ranked(
            "customer", self._named(people, "customerId"), self._oracle.customers(choice.shop, currency), 3, "totalRevenue"
        )

    def _named(self, rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
        """The rows by Shopify's ids instead of ours."""
        return [
            {**{name: value for name, value in row.items() if name != key}, "shopifyId": row[key] and self._ids[row[key]]}
            for row in rows
        ]

    def _same_rows(self, what: str, answered: list[Any], expected: list[Any]) -> None:
        self._same(f"number of {what}s", len(answered), len(expected))
        for mine, theirs in zip(answered, expected, strict=False):
            self._same(what, mine, theirs)

    def _ranked(self, what: str, answered: list[Any], expected: list[Any], limit: int, amount: str) -> None:
        """The highest `limit` in order; those of equal amount may stand in any order, and either may be cut off at the end."""
        self._same(f"{what} amounts", [row[amount] for row in answered], [row[amount] for row in expected[:limit]])
        self._same(f"number of different {what}s", len({str(row) for row in answered}), len(answered))
        for row in answered:
            if row not in expected:
                self._same(what, row, [other for other in expected if other["shopifyId"] == row["shopifyId"]])
