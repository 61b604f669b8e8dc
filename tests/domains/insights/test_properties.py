"""The brief's properties 16 to 26, on the real database and through the API, for businesses of every currency, zone and oddity.

Where ours is stronger it is the stronger that is tested: nothing is summed across currencies, days are the store's own.
Properties of what is stored draw the business; properties of requests draw the request, of businesses of all sizes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storekeep.kit import clock
from tests.domains.insights.businesses import ZONES, Business, Sold, a_business, businesses, money, sums, usual
from tests.domains.insights.conftest import Books
from tests.support.accounts import House

NOW = datetime(2026, 11, 15, 10, 30, tzinfo=UTC)
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
HUNDRED = settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
SIZES = (0, 1, 3, 12, 40)
days = st.dates(date(2025, 12, 25), date(2026, 11, 20))
codes = st.sampled_from([None, "GBP", "EUR", "JPY", "KWD", "CHF"])


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """It is the middle of November."""
    with clock.at(NOW):
        yield


@pytest.fixture(scope="module")
async def gallery(house: House) -> list[tuple[Books, Business]]:
    """Tenants of all sizes, each with one business."""
    made = []
    for size in SIZES:
        books, business = Books(await house.new_owner()), a_business(Random(size), most=size)
        await books.open()
        await books.hold(business.customers, business.orders)
        made.append((books, business))
    return made


@pytest.fixture(scope="module")
async def zoned(house: House) -> tuple[Books, dict[str, Business]]:
    """A tenant with a store in every zone, each with a business of its own."""
    books = Books(await house.new_owner())
    held = {}
    for place, zone in enumerate(ZONES):
        shop = await books.open(time_zone=zone)
        held[zone] = a_business(Random(place), most=60)
        await books.hold(orders=held[zone].orders, shop=shop)
    return books, held


# Feature: shopify-multi-tenant-dashboard, Property 16: *For any* tenant, the calculated total customer count should equal the number of customer records in the database for that tenant.
@HUNDRED
@given(business=businesses(most=4))
async def test_customer_count_accuracy(books: Books, business: Business) -> None:
    await books.hold(business.customers, business.orders)
    answer = await books.read("/api/analytics/summary")
    assert answer["totalCustomers"] == await books.value("SELECT count(*) FROM customers")
    assert await books.value("SELECT count(*) FROM customers WHERE NOT placeholder") == len(business.known)


# Feature: shopify-multi-tenant-dashboard, Property 17: *For any* tenant, the calculated total order count should equal the number of order records in the database for that tenant.
@HUNDRED
@given(business=businesses())
async def test_order_count_accuracy(books: Books, business: Business) -> None:
    await books.hold(orders=business.orders)
    answer = await books.read("/api/analytics/summary")
    assert answer["totalOrders"] == await books.value("SELECT count(*) FROM orders") == len(business.sold)


# Feature: shopify-multi-tenant-dashboard, Property 18: *For any* tenant, the calculated total revenue should equal the sum of all order total prices for that tenant.
@HUNDRED
@given(business=businesses())
async def test_revenue_calculation_accuracy(books: Books, business: Business) -> None:
    await books.hold(orders=business.orders)
    answer = await books.read("/api/analytics/summary")
    assert answer["currency"] == usual(business.sold)
    found = {answer["currency"]: answer["totalRevenue"]}
    found |= {other["currency"]: other["totalRevenue"] for other in answer["otherCurrencies"]}
    expected = {code: money(total, code) for code, total in sums(business.sold).items()}
    assert found == (expected or {"GBP": "0.00"})
    mine = "SELECT coalesce(sum(total_price), 0) FROM orders WHERE currency = :code"
    assert Decimal(answer["totalRevenue"]) == await books.value(mine, code=answer["currency"])


# Feature: shopify-multi-tenant-dashboard, Property 19: *For any* metrics request, the API response should be valid JSON containing the expected fields: totalCustomers, totalOrders, totalRevenue, and topCustomers.
@HUNDRED
@given(place=st.integers(0, len(SIZES) - 1), currency=codes, store=st.booleans())
async def test_metrics_response_format(
    gallery: list[tuple[Books, Business]], place: int, currency: str | None, store: bool
) -> None:
    books, business = gallery[place]
    store_id = books.shops[0].calendar.store_id if store else None
    response = await books.ask("/api/analytics/summary", storeId=store_id, currency=currency)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    answer = json.loads(response.content)
    assert set(answer) == {"totalCustomers", "totalOrders", "totalRevenue", "currency", "topCustomers", "otherCurrencies"}
    assert (type(answer["totalCustomers"]), type(answer["totalOrders"]), type(answer["totalRevenue"])) == (int, int, str)
    assert Decimal(answer["totalRevenue"]) == sums(business.sold).get(answer["currency"], 0)
    assert answer["currency"] == (currency or usual(business.sold))
    assert answer["currency"] not in [other["currency"] for other in answer["otherCurrencies"]]
    for customer in answer["topCustomers"]:
        assert set(customer) == {"customerId", "customerName", "customerEmail", "totalRevenue", "orderCount"}


def by_customer(sold: tuple[Sold, ...], currency: str) -> dict[int, list[Decimal]]:
    """What each customer's orders came to."""
    found: dict[int, list[Decimal]] = {}
    for order in sold:
        if order.customer is not None and order.currency == currency:
            found.setdefault(order.customer, []).append(order.total)
    return found


# Feature: shopify-multi-tenant-dashboard, Property 20: *For any* tenant, the revenue total for each customer in the top customers list should equal the sum of that customer's order totals.
@HUNDRED
@given(business=businesses())
async def test_top_customers_aggregation_accuracy(books: Books, business: Business) -> None:
    await books.hold(business.customers, business.orders)
    currency = usual(business.sold)
    expected = by_customer(business.sold, currency)
    listed = await books.read("/api/analytics/top-customers")
    async with books.owner.house.db.tenant(books.owner.scope) as session:
        numbers = {str(row.id): row.shopify_id for row in await session.execute(text("SELECT id, shopify_id FROM customers"))}
    for row in listed:
        paid = expected[numbers[row["customerId"]]]
        assert (row["totalRevenue"], row["orderCount"]) == (money(sum(paid, Decimal(0)), currency), len(paid))


# Feature: shopify-multi-tenant-dashboard, Property 21: *For any* top customers list, customers should be sorted in descending order by total revenue, with the highest revenue customer first.
@HUNDRED
@given(business=businesses(most=20))
async def test_top_customers_sort_order(books: Books, business: Business) -> None:
    await books.hold(orders=business.orders)
    totals = [sum(paid, Decimal(0)) for paid in by_customer(business.sold, usual(business.sold)).values()]
    listed = await books.read("/api/analytics/top-customers")
    assert [Decimal(row["totalRevenue"]) for row in listed] == sorted(totals, reverse=True)[:5]


# Feature: shopify-multi-tenant-dashboard, Property 22: *For any* top customers request, the system should return at most five customers with their identifiers and revenue totals.
@HUNDRED
@given(place=st.integers(0, len(SIZES) - 1), currency=codes, limit=st.one_of(st.none(), st.integers(-2, 9)))
async def test_top_customers_result_limit(
    gallery: list[tuple[Books, Business]], place: int, currency: str | None, limit: int | None
) -> None:
    books, business = gallery[place]
    response = await books.ask("/api/analytics/top-customers", limit=limit, currency=currency)
    if limit is not None and not 1 <= limit <= 5:
        assert response.status_code == 422
        return
    listed = response.json()
    buyers = by_customer(business.sold, currency or usual(business.sold))
    assert len(listed) == min(limit or 5, len(buyers)) <= 5
    assert len({row["customerId"] for row in listed}) == len(listed)
    assert all(Decimal(row["totalRevenue"]) >= 0 for row in listed)


async def check_range(zoned: tuple[Books, dict[str, Business]], zone: str, first: date | None, last: date | None) -> None:
    """That lists and daily sums of a range hold the orders of its days, and no others."""
    books, sold = zoned[0], zoned[1][zone].sold
    shop = books.shops[ZONES.index(zone)]
    asked = {"storeId": shop.calendar.store_id, "from_": first, "to": last}
    listed = (await books.read("/api/orders", limit=100, **asked))["items"]
    inside = [order for order in sold if (first or date.min) <= order.day(zone) <= (last or date.max)]
    assert {order["shopifyId"] for order in listed} == {str(order.number) for order in inside}
    for order in listed:
        made = datetime.fromisoformat(order["createdAt"])
        assert (first or date.min) <= made.astimezone(shop.calendar.zone).date() <= (last or date.max)
    today = NOW.astimezone(shop.calendar.zone).date()
    end = last or max(today, first or today)
    start = first or end - timedelta(days=29)
    series = await books.read("/api/analytics/orders", currency="GBP", **asked)
    assert [row["date"] for row in series] == [(start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1)]
    placed: dict[str, list[Decimal]] = {row["date"]: [] for row in series}
    for order in sold:
        if order.currency == "GBP" and order.day(zone).isoformat() in placed:
            placed[order.day(zone).isoformat()].append(order.total)
    for row in series:
        totals = placed[row["date"]]
        assert (row["orderCount"], row["revenue"]) == (len(totals), money(sum(totals, Decimal(0)), "GBP"))


# Feature: shopify-multi-tenant-dashboard, Property 23: *For any* start date parameter, the returned orders should all have creation timestamps on or after that date.
@HUNDRED
@given(zone=st.sampled_from(ZONES), first=days)
async def test_date_range_filtering_start_date(zoned: tuple[Books, dict[str, Business]], zone: str, first: date) -> None:
    await check_range(zoned, zone, first, None)


# Feature: shopify-multi-tenant-dashboard, Property 24: *For any* end date parameter, the returned orders should all have creation timestamps on or before that date.
@HUNDRED
@given(zone=st.sampled_from(ZONES), last=days)
async def test_date_range_filtering_end_date(zoned: tuple[Books, dict[str, Business]], zone: str, last: date) -> None:
    await check_range(zoned, zone, None, last)


# Feature: shopify-multi-tenant-dashboard, Property 25: *For any* start and end date parameters, all returned orders should have creation timestamps within the inclusive range.
@HUNDRED
@given(zone=st.sampled_from(ZONES), ends=st.tuples(days, days))
async def test_date_range_filtering_inclusive_range(
    zoned: tuple[Books, dict[str, Business]], zone: str, ends: tuple[date, date]
) -> None:
    await check_range(zoned, zone, *sorted(ends))


class TwoTenants:
    """Two tenants with Shopify's ids, customers' and orders' numbers in common, every text of each carrying its own mark."""

    def __init__(self, mine: Books, theirs: Books, foreign: dict[str, list[str]]) -> None:
        self.mine = mine
        self.theirs = theirs
        self.foreign = foreign


@pytest.fixture(scope="module")
async def two(house: House) -> TwoTenants:
    """Two tenants; what is foreign to the first is listed by kind."""
    made = []
    for mark in ("mine", "theirs"):
        books, business = Books(await house.new_owner(tenant_name=mark)), a_business(Random(7), mark, most=40)
        await books.open()
        await books.hold(business.customers, business.orders)
        made.append(books)
    foreign = {}
    async with house.db.tenant(made[1].owner.scope) as session:
        for kind in ("orders", "customers", "stores"):
            foreign[kind] = [str(row.id) for row in await session.execute(text(f"SELECT id FROM {kind}"))]
    return TwoTenants(made[0], made[1], foreign)


LISTS = ("/api/orders", "/api/customers", "/api/products")
FIGURES = tuple(
    f"/api/analytics/{name}"
    for name in ("summary", "top-customers", "orders", "overview", "timeseries", "periods", "top-products", "changes")
)
DESCRIPTION = json.loads((Path(__file__).parents[3] / "frontend" / "openapi.json").read_text("utf-8"))["paths"]
requests = st.fixed_dictionaries(
    {"path": st.sampled_from((*LISTS, *FIGURES)), "foreign": st.booleans(), "other": st.integers(0, 10**6)},
    optional={
        "q": st.sampled_from(["theirs", "mine", "1", "example", "%"]),
        "currency": st.sampled_from(["GBP", "EUR", "JPY"]),
        "from": st.sampled_from(["2026-01-01", "2026-03-28"]),
        "customerId": st.booleans(),
    },
)


# Feature: shopify-multi-tenant-dashboard, Property 26: *For any* authenticated user request, all returned data should belong only to that user's tenant, with no data leakage from other tenants.
@HUNDRED
@given(request=requests)
async def test_query_tenant_isolation(two: TwoTenants, request: dict[str, Any]) -> None:
    path, asked = request["path"], {key: request[key] for key in ("q", "currency", "from") if key in request}
    known = {parameter["name"] for parameter in DESCRIPTION[path]["get"]["parameters"]}
    asked = {key: value for key, value in asked.items() if key in known}
    if request.get("customerId") and path == "/api/orders":
        asked["customerId"] = two.foreign["customers"][request["other"] % len(two.foreign["customers"])]
    if request["foreign"]:
        asked["storeId"] = two.foreign["stores"][0]
    answer = await two.mine.ask(path, **asked)
    assert "theirs" not in answer.text.replace(json.dumps("theirs"), "")
    everything = [key for kind in two.foreign.values() for key in kind]
    assert not [key for key in everything if key in answer.text]
    if request["foreign"]:
        assert answer.status_code == 404 or answer.json()["items"] == []
    else:
        assert answer.status_code == 200
    for kind in ("orders", "customers"):
        thing = two.foreign[kind][request["other"] % len(two.foreign[kind])]
        assert (await two.mine.ask(f"/api/{kind}/{thing}")).status_code == 404
