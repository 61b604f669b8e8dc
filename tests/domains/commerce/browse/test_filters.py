"""Every filter of every list, alone and together: the rows that fit, all of them and no others."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest

from storekeep.kit.ids import uuid7
from tests.domains.insights.conftest import Books
from tests.support.accounts import House
from tests.support.records import a_customer, a_product, an_order

# Two minutes apart, and on two days in London.
EVENING, NIGHT = datetime(2026, 6, 30, 22, 59, tzinfo=UTC), datetime(2026, 6, 30, 23, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
async def shop(house: House) -> tuple[Books, list[dict[str, Any]]]:
    """Sixty-four orders, every combination of six yes-or-no facts, in two stores."""
    books = Books(await house.new_owner())
    facts = []
    for place in range(2):
        store = await books.open()
        nodes = []
        for number in range(32):
            yes = [bool(number >> bit & 1) for bit in range(5)]
            facts.append(
                dict(zip(("paid", "sent", "cancelled", "test", "night"), yes, strict=True))
                | {"store": place, "name": f"#{place}{number}"}
            )
            nodes.append(
                an_order(
                    number + 1,
                    at=NIGHT if yes[4] else EVENING,
                    name=f"#{place}{number}",
                    customer=number % 3 + 1 if number % 4 else None,
                    displayFinancialStatus="PAID" if yes[0] else "PENDING",
                    displayFulfillmentStatus="FULFILLED" if yes[1] else "UNFULFILLED",
                    cancelledAt="2026-07-02T09:00:00Z" if yes[2] else None,
                    test=yes[3],
                )
            )
            facts[-1]["customer"] = number % 3 + 1 if number % 4 else None
        await books.hold([a_customer(n) for n in (1, 2, 3)], nodes, shop=store)
        goods = [a_product(n, status=("ACTIVE", "DRAFT", "ARCHIVED")[n % 3]) for n in range(1, 10)]
        await store.products(*goods)
    return books, facts


FILTERS: dict[str, tuple[dict[str, str], Any]] = {
    "paid": ({"financialStatus": "PAID"}, lambda f: f["paid"]),
    "pending": ({"financialStatus": "pending"}, lambda f: not f["paid"]),
    "sent": ({"fulfillmentStatus": "FULFILLED"}, lambda f: f["sent"]),
    "unsent": ({"fulfillmentStatus": "Unfulfilled"}, lambda f: not f["sent"]),
    "cancelled": ({"cancelled": "true"}, lambda f: f["cancelled"]),
    "standing": ({"cancelled": "false"}, lambda f: not f["cancelled"]),
    "test": ({"test": "true"}, lambda f: f["test"]),
    "real": ({"test": "false"}, lambda f: not f["test"]),
    "july": ({"from": "2026-07-01"}, lambda f: f["night"]),
    "june": ({"to": "2026-06-30"}, lambda f: not f["night"]),
    "none": ({"from": "2026-07-02"}, lambda f: False),
    "nobody": ({"financialStatus": "VOIDED"}, lambda f: False),
}


async def names(books: Books, **asked: Any) -> set[str]:
    """The orders a list holds, over both of its pages."""
    found: list[str] = []
    cursor = None
    while True:
        answer = await books.owner.http.get(
            "/api/orders", params=asked | {"limit": "20"} | ({"cursor": cursor} if cursor else {})
        )
        assert answer.status_code == 200, answer.text
        found += [item["name"] for item in answer.json()["items"]]
        cursor = answer.json()["nextCursor"]
        if cursor is None:
            assert len(set(found)) == len(found)
            return set(found)


@pytest.mark.parametrize(
    "chosen", [(), *combinations(FILTERS, 1), *list(combinations(FILTERS, 2))[::2], tuple(FILTERS)[::3]], ids=str
)
async def test_orders_that_fit_and_no_others(shop: tuple[Books, list[dict[str, Any]]], chosen: tuple[str, ...]) -> None:
    books, facts = shop
    params = [FILTERS[name][0] for name in chosen]
    if len({key for given in params for key in given}) < len(chosen):
        params, chosen = params[:1], chosen[:1]  # the same parameter twice is refused, which others prove
    if {"july", "june"} <= set(chosen):
        params, chosen = params[1:], chosen[1:]  # and so is a range that ends before it begins
    asked = {key: value for given in params for key, value in given.items()}
    expected = {fact["name"] for fact in facts if all(FILTERS[name][1](fact) for name in chosen)}
    assert await names(books, **asked) == expected


async def test_orders_of_a_store_and_of_a_customer(shop: tuple[Books, list[dict[str, Any]]]) -> None:
    books, facts = shop
    for place, store in enumerate(books.shops):
        store_id = str(store.calendar.store_id)
        assert await names(books, storeId=store_id) == {fact["name"] for fact in facts if fact["store"] == place}
        people = await books.read("/api/customers", storeId=store_id)
        assert len(people["items"]) == 3
        for person in people["items"]:
            number = int(person["shopifyId"])
            mine = {fact["name"] for fact in facts if (fact["store"], fact["customer"]) == (place, number)}
            assert await names(books, customerId=person["id"]) == mine
            assert person["ordersCount"] == len(mine)
            # Narrowed further, and by a store that is not theirs.
            paid = {fact["name"] for fact in facts if fact["name"] in mine and fact["paid"]}
            assert await names(books, customerId=person["id"], financialStatus="PAID") == paid
            other = str(books.shops[1 - place].calendar.store_id)
            assert await names(books, customerId=person["id"], storeId=other) == set()
    assert await names(books, customerId=str(uuid7())) == set()


async def test_a_list_of_a_store_that_is_not_there_says_so(shop: tuple[Books, list[dict[str, Any]]], house: House) -> None:
    """Nobody's store and another tenant's look alike; an empty list of a store of one's own is a list."""
    books, _ = shop
    stranger = Books(await house.new_owner())
    empty = await stranger.open()
    for name in ("orders", "customers", "products"):
        for store_id in (uuid7(), books.shops[0].calendar.store_id):
            answer = await stranger.owner.http.get(f"/api/{name}", params={"storeId": str(store_id)})
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "STORE_NOT_FOUND"), name
        assert (await stranger.read(f"/api/{name}", storeId=empty.calendar.store_id))["items"] == []


async def test_products_by_status_and_store(shop: tuple[Books, list[dict[str, Any]]]) -> None:
    books, _ = shop
    for status in ("ACTIVE", "draft", "Archived"):
        found = (await books.read("/api/products", status=status))["items"]
        assert [item["status"] for item in found] == [status.upper()] * 6
        one = await books.read("/api/products", status=status, storeId=books.shops[1].calendar.store_id)
        assert {item["storeId"] for item in one["items"]} == {str(books.shops[1].calendar.store_id)}
        assert len(one["items"]) == 3
    assert (await books.read("/api/products", status="UNLISTED"))["items"] == []


async def test_customers_amounts_are_in_the_currency_asked_for(books: Books) -> None:
    orders = [
        an_order(1, customer=1, total="5.00"),
        an_order(2, customer=2, total="700", currency="JPY"),
        an_order(3, customer=1),
    ]
    await books.hold([a_customer(1), a_customer(2)], orders)
    for currency, spent in (
        (None, ["15.00", "0.00"]),
        ("GBP", ["15.00", "0.00"]),
        ("JPY", ["700", "0"]),
        ("CHF", ["0.00", "0.00"]),
    ):
        items = (await books.read("/api/customers", currency=currency))["items"]
        assert [item["totalSpent"] for item in items] == spent
        assert {item["currency"] for item in items} == {currency or "GBP"}


@pytest.mark.parametrize(
    "asked",
    [
        {"cancelled": "maybe"},
        {"test": "2"},
        {"financialStatus": "PAID; --"},
        {"from": "2026-07-02", "to": "2026-07-01"},
        {"customerId": "1"},
    ],
)
async def test_filters_that_cannot_be(shop: tuple[Books, list[dict[str, Any]]], asked: dict[str, str]) -> None:
    assert (await shop[0].owner.http.get("/api/orders", params=asked)).status_code == 422
