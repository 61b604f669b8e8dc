"""What the numbers' routes answer at the edges: dates that cannot be, nights when clocks change, zones, currencies, failures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from sqlalchemy import text

from storekeep.kit import clock
from storekeep.kit.ids import uuid7
from tests.domains.insights.conftest import Books
from tests.support.accounts import build_house, test_settings
from tests.support.database import TestDatabase
from tests.support.records import a_customer, an_order

FIGURES = ("summary", "top-customers", "orders", "overview", "timeseries", "periods", "top-products", "changes")
DATED = ("orders", "overview", "timeseries", "top-products")
NewBooks = Callable[[], Awaitable[Books]]


def placed(number: int, when: str, zone: str = "Europe/London", total: str = "10.00", **more: Any) -> dict[str, Any]:
    """An order placed when the clocks in that zone said so."""
    at = datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return an_order(number, at=at, total=total, version=datetime(2026, 12, 1, tzinfo=UTC), **more)


async def values(books: Books, part: str = "value", **asked: Any) -> dict[str, Any]:
    """A part of the tiles, by key."""
    return {tile["key"]: tile[part] for tile in (await books.read("/api/analytics/overview", **asked))["tiles"]}


@pytest.mark.parametrize("name", DATED)
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"from_": "2026-02-02", "to": "2026-02-01"}, "VALIDATION_INVALID_DATE"),
        ({"from_": "2026-02-30"}, "VALIDATION_INVALID_DATE"),
        ({"to": "2026-13-01"}, "VALIDATION_INVALID_DATE"),
        ({"from_": "0000-01-01"}, "VALIDATION_INVALID_DATE"),
        ({"from_": "yesterday"}, "VALIDATION_INVALID_DATE"),
        ({"from_": "2026-02-01T00:00:00Z"}, "VALIDATION_INVALID_DATE"),
        ({"from_": "0001-01-01", "to": "9999-12-31"}, "VALIDATION_RANGE_TOO_LONG"),
        ({"from_": "2016-01-01", "to": "2026-01-08"}, "VALIDATION_RANGE_TOO_LONG"),
        ({"currency": "gbp"}, "VALIDATION_FAILED"),
        ({"currency": "POUND"}, "VALIDATION_FAILED"),
        ({"currency": "£££"}, "VALIDATION_FAILED"),
        ({"storeId": "1"}, "VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_asked(books: Books, name: str, asked: dict[str, str], code: str) -> None:
    answer = await books.ask(f"/api/analytics/{name}", **asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


async def test_days_far_away_are_answered_and_empty(books: Books) -> None:
    await books.hold(orders=[placed(1, "2026-03-10T12:00")])
    for day in ("0001-01-01", "1970-01-01", "9999-12-31"):
        days = await books.read("/api/analytics/orders", from_=day, to=day)
        assert days == [{"date": day, "orderCount": 0, "revenue": "0.00", "currency": "GBP"}]
        for compare in ("previous", "year"):
            overview = await books.read("/api/analytics/overview", from_=day, to=day, compare=compare)
            assert {tile["value"] for tile in overview["tiles"]} <= {"0", "0.00", None}
            assert (overview["previousFrom"] is None) == day.startswith("0001")


async def test_ten_years_are_the_most(books: Books) -> None:
    days = await books.read("/api/analytics/orders", from_="2016-01-01", to="2026-01-07")
    assert len(days) == 3660


async def test_an_unknown_store_is_nobodys_and_an_unused_currency_is_empty(books: Books) -> None:
    await books.hold([a_customer(1)], [placed(1, "2026-03-10T12:00", customer=1)])
    for name in FIGURES:
        answer = await books.ask(f"/api/analytics/{name}", storeId=uuid7())
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "STORE_NOT_FOUND"), name
    empty = await books.read("/api/analytics/summary", currency="CHF")
    assert (empty["totalRevenue"], empty["currency"], empty["topCustomers"]) == ("0.00", "CHF", [])
    assert empty["otherCurrencies"] == [{"currency": "GBP", "totalOrders": 1, "totalRevenue": "10.00"}]
    # Customers and orders are counted whatever was paid with.
    assert (empty["totalCustomers"], empty["totalOrders"]) == (1, 1)
    assert await books.read("/api/analytics/top-customers", currency="CHF") == []
    assert (await values(books, currency="CHF", from_="2026-03-10", to="2026-03-10"))["total_sales"] == "0.00"


async def test_before_there_is_a_store_every_number_is_nothing(new_books: NewBooks) -> None:
    books = await new_books()
    for name in FIGURES:
        assert (await books.ask(f"/api/analytics/{name}")).status_code == 200, name
    summary = await books.read("/api/analytics/summary")
    assert (summary["totalOrders"], summary["totalRevenue"], summary["currency"]) == (0, "0.00", "USD")
    periods = await books.read("/api/analytics/periods")
    assert {row["period"]: row["from"] for row in periods["periods"]}["all"] is None


@pytest.mark.parametrize(
    ("day", "night"),
    [
        ("2026-03-29", ["2026-03-28T23:59:59", "2026-03-29T00:00:00", "2026-03-29T23:59:59", "2026-03-30T00:00:00"]),
        ("2026-10-25", ["2026-10-24T23:59:59", "2026-10-25T00:00:00", "2026-10-25T23:59:59", "2026-10-26T00:00:00"]),
    ],
    ids=["23 hours", "25 hours"],
)
async def test_a_day_on_which_clocks_change_is_one_day(books: Books, day: str, night: list[str]) -> None:
    await books.hold(orders=[placed(number, when) for number, when in enumerate(night, 1)])
    [found] = await books.read("/api/analytics/orders", from_=day, to=day)
    assert (found["orderCount"], found["revenue"]) == (2, "20.00")
    assert (await values(books, from_=day, to=day))["orders"] == "2"
    week = await books.read("/api/analytics/orders", from_=night[0][:10], to=night[3][:10])
    assert [row["orderCount"] for row in week] == [1, 2, 1]
    listed = await books.read("/api/orders", from_=day, to=day)
    assert sorted(item["name"] for item in listed["items"]) == ["#2", "#3"]


# The last moment of a Sunday that ends a month, and the first of the Monday that begins one, on the clocks of each zone.
BORDER = ("2026-05-31T23:59:59", "2026-06-01T00:00:00")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Europe/London"])
async def test_weeks_and_months_begin_at_the_stores_own_midnight(new_books: NewBooks, zone: str) -> None:
    books = await new_books()
    await books.open(time_zone=zone)
    await books.hold(orders=[placed(n, when, zone, total=f"{n}.00") for n, when in enumerate(BORDER, 1)])
    midnight = datetime(2026, 6, 1, tzinfo=ZoneInfo(zone))
    for is_june in (False, True):
        with clock.at(midnight.astimezone(UTC) if is_june else datetime(2026, 5, 31, 23, 59, 59, tzinfo=ZoneInfo(zone))):
            await books.forget()
            answer = await books.read("/api/analytics/periods")
            counted = [(row["orders"], row["revenue"]) for row in answer["periods"]]
            assert {row["to"] for row in answer["periods"]} == {"2026-06-01" if is_june else "2026-05-31"}
            if is_june:
                assert counted == [(2, "3.00"), (1, "2.00"), (1, "2.00")]
                assert [row["from"] for row in answer["periods"]] == ["2026-05-31", "2026-06-01", "2026-06-01"]
            else:
                assert [row["from"] for row in answer["periods"][1:]] == ["2026-05-25", "2026-05-01"]
            changes = await books.read("/api/analytics/changes")
            assert changes["asOf"] == ("2026-05-31" if is_june else "2026-05-30")
            default = await books.read("/api/analytics/orders")
            assert (default[-1]["date"], len(default)) == (("2026-06-01" if is_june else "2026-05-31"), 30)


async def test_growth_is_measured_against_as_many_days_of_the_stores_own(new_books: NewBooks) -> None:
    zone = "Pacific/Kiritimati"
    books = await new_books()
    await books.open(time_zone=zone)
    moments = [*BORDER, "2026-06-01T23:59:59", "2026-05-30T23:59:59", "2025-06-01T12:00:00"]
    await books.hold(orders=[placed(n, when, zone, total=f"{n}0.00") for n, when in enumerate(moments, 1)])
    asked = {"from_": "2026-06-01", "to": "2026-06-01"}
    rows = {
        compare: [(await values(books, part, compare=compare, **asked))["orders"] for part in ("value", "previous", "change")]
        for compare in ("previous", "year", "none")
    }
    assert rows == {"previous": ["2", "1", "1.0000"], "year": ["2", "1", "1.0000"], "none": ["2", None, None]}
    fewer = await values(books, "change", compare="previous", from_="2026-05-31", to="2026-06-01")
    assert fewer["orders"] == "2.0000"  # three orders in two days, one in the two before
    nothing = await values(books, "change", compare="previous", from_="2026-05-30", to="2026-05-30")
    assert nothing["orders"] is None


async def test_stores_of_several_zones_each_keep_their_days(new_books: NewBooks) -> None:
    books = await new_books()
    moment = datetime(2026, 6, 1, 5, tzinfo=UTC)  # already evening there, still the day before here
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        shop = await books.open(time_zone=zone)
        await books.hold(orders=[an_order(1, at=moment, total="5.00")], shop=shop)
    days = await books.read("/api/analytics/orders", from_="2026-05-31", to="2026-06-01")
    assert [(row["date"], row["orderCount"]) for row in days] == [("2026-05-31", 1), ("2026-06-01", 1)]
    assert (await books.read("/api/analytics/overview", from_="2026-05-31", to="2026-06-01"))["timeZone"] is None
    for shop, day in zip(books.shops, ("2026-06-01", "2026-05-31"), strict=True):
        one = await books.read("/api/analytics/orders", from_=day, to=day, storeId=shop.calendar.store_id)
        assert one[0]["orderCount"] == 1


async def test_stores_together_have_the_week_and_month_that_each_has(new_books: NewBooks) -> None:
    """One is in Monday the first while the other still has its Sunday: its week and month are not over."""
    books = await new_books()
    moment = datetime(2026, 6, 1, 5, tzinfo=UTC)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        shop = await books.open(time_zone=zone)
        orders = [
            placed(n, when, zone, total=f"{n}.00") for n, when in enumerate(("2026-05-20T12:00:00", "2026-05-31T12:00:00"), 1)
        ]
        await books.hold(orders=orders, shop=shop)
    with clock.at(moment):
        await books.forget()
        counted = {}
        for store_id in (None, *(shop.calendar.store_id for shop in books.shops)):
            answer = await books.read("/api/analytics/periods", storeId=store_id)
            counted[store_id] = {
                row["period"]: (row["orders"], row["revenue"], row["from"], row["to"]) for row in answer["periods"]
            }
    ahead, behind = (counted[shop.calendar.store_id] for shop in books.shops)
    assert (ahead["week"], ahead["month"]) == ((0, "0.00", "2026-06-01", "2026-06-01"),) * 2
    assert behind["week"] == (1, "2.00", "2026-05-25", "2026-05-31")
    assert behind["month"] == (2, "3.00", "2026-05-01", "2026-05-31")
    assert counted[None]["week"] == (1, "2.00", "2026-05-25", "2026-06-01")
    assert counted[None]["month"] == (2, "3.00", "2026-05-01", "2026-06-01")
    assert counted[None]["all"][0] == 4


@pytest.fixture
async def without_customers(test_database: TestDatabase) -> AsyncIterator[Callable[[bool], Awaitable[None]]]:
    """Takes from the product the right to read what customers bought, and gives it back."""
    superuser = await asyncpg.connect(test_database.superuser_dsn)

    async def take(away: bool) -> None:
        await superuser.execute(f"{'REVOKE' if away else 'GRANT'} SELECT ON customer_sales {'FROM' if away else 'TO'} app_rt")

    yield take
    await take(False)
    await superuser.close()


async def test_a_part_that_fails_leaves_the_others_and_is_not_kept(
    books: Books, without_customers: Callable[[bool], Awaitable[None]]
) -> None:
    await books.hold([a_customer(1)], [placed(1, "2026-03-10T12:00", customer=1)])
    asked = {"from_": "2026-03-10", "to": "2026-03-10", "compare": "previous"}
    await without_customers(True)
    partial = await books.read("/api/analytics/overview", **asked)
    assert partial["errors"] == [{"part": part, "code": "PART_UNAVAILABLE"} for part in ("customers", "previous_customers")]
    found = {tile["key"]: tile["value"] for tile in partial["tiles"]}
    about_people = {"customers", "new_customers", "returning_customers", "returning_rate"}
    assert {key for key, value in found.items() if value is None} == about_people
    assert (found["orders"], found["total_sales"]) == ("1", "10.00")
    await without_customers(False)
    whole = await books.read("/api/analytics/overview", **asked)
    assert (whole["errors"], {tile["key"]: tile["value"] for tile in whole["tiles"]}["customers"]) == ([], "1")


async def orders_counted(books: Books) -> int:
    """What the summary says."""
    answer: dict[str, int] = await books.read("/api/analytics/summary")
    return answer["totalOrders"]


async def count_up(books: Books) -> None:
    """Change what is stored, telling nobody."""
    async with books.owner.house.db.tenant(books.owner.scope) as session:
        await session.execute(text("UPDATE sales_days SET placed_orders = placed_orders + 1"))


async def test_answers_are_kept_five_minutes_and_no_longer(books: Books) -> None:
    await books.hold(orders=[placed(1, "2026-03-10T12:00")])
    assert await orders_counted(books) == 1
    await count_up(books)
    assert await orders_counted(books) == 1
    redis = books.owner.house.wired.redis
    [key] = [key async for key in redis.scan_iter(match=f"cache:{{{books.owner.tenant_id}}}:insights.summary:*")]
    assert 290 <= await redis.ttl(key) <= 300
    await redis.delete(key)  # as its age would
    assert await orders_counted(books) == 2
    await count_up(books)
    await books.forget()
    assert await orders_counted(books) == 3
    [kept] = [key async for key in redis.scan_iter(match=f"cache:{{{books.owner.tenant_id}}}:insights.summary:*")]
    await redis.set(kept, b"not an answer of ours")
    assert await orders_counted(books) == 3


async def test_without_redis_every_answer_is_new(books: Books, test_database: TestDatabase) -> None:
    await books.hold(orders=[placed(1, "2026-03-10T12:00")])
    async with AsyncExitStack() as stack:
        house = await build_house(test_settings(test_database, "redis://127.0.0.1:9/0"), stack)
        token = books.owner.http.cookies["storekeep_session"]
        books.owner = replace(books.owner, house=house, http=await stack.enter_async_context(house.browser(token=token)))
        for number in range(1, 4):
            assert await orders_counted(books) == number
            await count_up(books)


async def test_a_history_shopify_shortened_is_said_and_nothing_is_compared_with_its_beginning(books: Books) -> None:
    await books.hold(orders=[placed(1, "2026-03-10T12:00"), placed(2, "2026-05-10T12:00", total="20.00")])
    async with books.owner.house.db.tenant(books.owner.scope) as session:
        # 1 February in London is the first whole day since then.
        await session.execute(text("UPDATE stores SET orders_known_from = '2026-01-31T23:30Z'"))
    await books.forget()
    asked = {"from_": "2026-04-03", "to": "2026-05-02"}
    overview = await books.read("/api/analytics/overview", **asked)
    assert overview["historyFrom"] == "2026-02-01"
    assert overview["previousFrom"] == "2026-03-04"
    later = await books.read("/api/analytics/timeseries", compare="previous", **asked)
    assert len(later["previous"]) == 30
    # A range that would be compared with the first thirty days of it is not compared.
    asked = {"from_": "2026-04-02", "to": "2026-05-02"}
    overview = await books.read("/api/analytics/overview", **asked)
    assert (overview["historyFrom"], overview["previousFrom"], overview["previousTo"]) == ("2026-02-01", None, None)
    assert {(tile["previous"], tile["change"]) for tile in overview["tiles"]} == {(None, None)}
    assert (await books.read("/api/analytics/timeseries", compare="previous", **asked))["previous"] == []
    async with books.owner.house.db.tenant(books.owner.scope) as session:
        await session.execute(text("UPDATE stores SET orders_known_from = NULL"))
    await books.forget()
    overview = await books.read("/api/analytics/overview", **asked)
    assert (overview["historyFrom"], overview["previousFrom"]) == (None, "2026-03-02")
