"""A real store's numbers as the page asks for them: the shipped quarter always, the whole year where its file is at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import storekeep.sandbox
from storekeep.kit import clock
from storekeep.sandbox.config import ONLINE_RETAIL
from tests.quarter.retail_figures import Retail, read
from tests.sandbox import driver
from tests.sandbox.test_full_year import MONTHS, README, full_data
from tests.support.accounts import House
from tests.support.copied import Copied
from tests.support.shopify_world import house_desk

DATA = Path(storekeep.sandbox.__file__).parent / "shopify" / "data"
QUARTER = json.loads((DATA / "online_retail_2011q1.figures.json").read_text())
FIRST, LAST = date(2011, 1, 1), date(2011, 3, 31)


@pytest.fixture(scope="module")
def retail() -> Retail:
    """The shipped file, read a second time."""
    return read(DATA / "online_retail_2011q1.csv.gz")


@pytest.fixture
def april() -> Iterator[None]:
    """It is noon on the 1st of April 2011, a Friday."""
    with clock.at(datetime(2011, 4, 1, 11, tzinfo=UTC)):
        yield


def named(rows: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """Top customers as the file knows them."""
    return [
        (row["customerEmail"].split("@")[0].removeprefix("customer-"), row["totalRevenue"], row["orderCount"]) for row in rows
    ]


def best(figures: dict[str, Any]) -> list[tuple[str, str, int]]:
    """The committed top customers."""
    return [(row["customer"], row["revenue"], row["orders"]) for row in figures["topCustomers"]]


def tiles(overview: dict[str, Any], part: str = "value") -> dict[str, Any]:
    """Values by key."""
    return {tile["key"]: tile[part] for tile in overview["tiles"]}


async def check_totals(books: Copied, figures: dict[str, Any]) -> None:
    """Summary, top customers, and the lists behind them."""
    summary = await books.read("/api/analytics/summary")
    assert (summary["totalCustomers"], summary["totalOrders"]) == (figures["customers"], figures["orders"])
    assert (summary["totalRevenue"], summary["currency"]) == (figures["revenue"], "GBP")
    assert summary["otherCurrencies"] == []
    assert named(summary["topCustomers"]) == best(figures)
    for limit in range(1, 6):
        assert named(await books.read("/api/analytics/top-customers", limit=limit)) == best(figures)[:limit]
    listed = (await books.read("/api/customers", sort="-spent", limit=5))["items"]
    assert [(row["totalSpent"], row["ordersCount"]) for row in listed] == [row[1:] for row in best(figures)]
    largest = (await books.read("/api/orders", sort="-total", limit=1))["items"][0]
    assert (largest["name"], largest["totalPrice"]) == (figures["largestOrder"]["name"], figures["largestOrder"]["total"])


async def check_months(books: Copied, months: dict[str, dict[str, Any]]) -> None:
    """A month by its days, and as tiles."""
    for month, figures in months.items():
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        days = await books.read("/api/analytics/orders", from_=first, to=last)
        assert [row["date"] for row in days] == [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]
        assert sum(row["orderCount"] for row in days) == figures["orders"]
        assert sum(Decimal(row["revenue"]) for row in days) == Decimal(figures["revenue"])
        found = tiles(await books.read("/api/analytics/overview", from_=first, to=last))
        for key in ("total_sales", "gross_sales", "net_sales"):
            assert found[key] == figures["revenue"], key
        assert (found["orders"], found["returns"], found["discounts"]) == (str(figures["orders"]), "0.00", "0.00")


async def test_the_quarters_totals(quarter: Copied) -> None:
    await check_totals(quarter, QUARTER)


async def test_the_quarters_months(quarter: Copied) -> None:
    await check_months(quarter, QUARTER["months"])


async def test_the_quarter_day_by_day(quarter: Copied, retail: Retail) -> None:
    days = await quarter.read("/api/analytics/orders", from_=FIRST, to=LAST)
    expected = retail.by_day()
    assert len(days) == 90
    for row in days:
        orders, revenue = expected.get(date.fromisoformat(row["date"]), (0, Decimal("0.00")))
        assert row == {"date": row["date"], "orderCount": orders, "revenue": str(revenue), "currency": "GBP"}


async def test_the_quarters_tiles(quarter: Copied, retail: Retail) -> None:
    asked = {"from_": date(2011, 2, 1), "to": date(2011, 2, 28)}
    overview = await quarter.read("/api/analytics/overview", compare="previous", **asked)
    assert (overview["previousFrom"], overview["previousTo"]) == ("2011-01-04", "2011-01-31")
    assert (overview["timeZone"], overview["currency"], overview["errors"]) == ("Europe/London", "GBP", [])
    value, previous = tiles(overview), tiles(overview, "previous")
    for found, span in ((value, (date(2011, 2, 1), date(2011, 2, 28))), (previous, (date(2011, 1, 4), date(2011, 1, 31)))):
        placed = retail.between(*span)
        revenue, (customers, new) = sum((order.total for order in placed), Decimal(0)), retail.people(*span)
        assert (found["total_sales"], found["orders"]) == (str(revenue), str(len(placed)))
        assert found["aov"] == str((revenue / len(placed)).quantize(Decimal("0.01"), "ROUND_HALF_UP"))
        assert (found["customers"], found["new_customers"]) == (str(customers), str(new))
    growth = (Decimal(value["total_sales"]) - Decimal(previous["total_sales"])) / Decimal(previous["total_sales"])
    assert tiles(overview, "change")["total_sales"] == str(growth.quantize(Decimal("0.0001"), "ROUND_HALF_UP"))
    (sales,) = [tile for tile in overview["tiles"] if tile["key"] == "total_sales"]
    assert sum(map(Decimal, sales["sparkline"])) == Decimal(sales["value"])
    whole = tiles(await quarter.read("/api/analytics/overview", from_=FIRST, to=LAST))
    assert (whole["total_sales"], whole["new_customers"]) == (QUARTER["revenue"], str(QUARTER["customers"]))


async def test_the_quarters_best_sellers(quarter: Copied, retail: Retail) -> None:
    found = (await quarter.read("/api/analytics/top-products", from_=FIRST, to=LAST, limit=20))["items"]
    assert [row["revenue"] for row in found] == [str(sum_) for sum_ in sorted(retail.sold.values(), reverse=True)[:20]]
    assert all(row["productId"] for row in found)


async def test_the_quarters_chart(quarter: Copied) -> None:
    for interval, points in (("day", 90), ("week", 14), ("month", 3)):
        chart = await quarter.read("/api/analytics/timeseries", from_=FIRST, to=LAST, interval=interval)
        assert len(chart["points"]) == points
        assert sum(Decimal(point["totalSales"]) for point in chart["points"]) == Decimal(QUARTER["revenue"])
        assert sum(point["orders"] for point in chart["points"]) == QUARTER["orders"]
        assert sum(point["newCustomers"] for point in chart["points"]) == QUARTER["customers"]
    assert [point["revenue"] for point in chart["points"]] == [month["revenue"] for month in QUARTER["months"].values()]


async def test_the_periods_on_the_first_of_april(quarter: Copied, retail: Retail, april: None) -> None:
    await quarter.forget()
    periods = {row["period"]: row for row in (await quarter.read("/api/analytics/periods"))["periods"]}
    whole = {"period": "all", "from": "2011-01-04", "to": "2011-04-01"}
    assert periods["all"] == whole | {"orders": QUARTER["orders"], "revenue": QUARTER["revenue"]}
    week = retail.between(date(2011, 3, 28), LAST)
    revenue = str(sum((order.total for order in week), Decimal(0)))
    assert periods["week"] == {
        "period": "week",
        "from": "2011-03-28",
        "to": "2011-04-01",
        "orders": len(week),
        "revenue": revenue,
    }
    assert (periods["month"]["from"], periods["month"]["orders"], periods["month"]["revenue"]) == ("2011-04-01", 0, "0.00")
    changes = await quarter.read("/api/analytics/changes")
    yesterday = sum((order.total for order in retail.between(LAST, LAST)), Decimal(0))
    assert changes["asOf"] == "2011-03-31"
    assert f"£{yesterday:,}" in changes["sentences"][0]["text"]
    await quarter.forget()


@pytest.mark.long
async def test_the_whole_year(
    house: House,
    redis_url: str,
    tmp_path: Path,
    superuser: asyncpg.Connection,
) -> None:
    """Every figure of the data set's README, through the API."""
    path = full_data()
    if path is None:
        print("SKIPPED: the whole Online Retail file is not here (set DEMO_DATA to its path)")  # noqa: T201
        pytest.skip("the whole Online Retail file is not here")
    with driver.running(driver.config(tmp_path, full_data=path)) as whole:
        async with house_desk(house, redis_url, whole, superuser) as desk:
            books = Copied(await house.new_owner(), desk)
            await books.copy(ONLINE_RETAIL)
            await check_totals(books, README)
            await check_months(books, MONTHS)
            repeat = "SELECT count(*) FROM customer_sales WHERE orders > 1"
            assert await books.value(repeat) == README["repeatCustomers"]
