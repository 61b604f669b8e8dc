"""What a request costs PostgreSQL does not grow with what it shows: its statements are counted on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest

from tests.domains.insights.conftest import Books
from tests.runtime.database.wire import Wire, through, wire_to
from tests.support.accounts import House, build_house, test_settings
from tests.support.database import TestDatabase
from tests.support.records import (
    MORNING,
    a_customer,
    a_line,
    a_product,
    a_refund,
    a_refund_line,
    a_variant,
    an_order,
    later,
)

MANY = 60


@dataclass(slots=True)
class Counted:
    """A house whose every statement passes a wire."""

    house: House
    wire: Wire


@pytest.fixture(scope="module")
async def counted(test_database: TestDatabase, redis_url: str) -> AsyncIterator[Counted]:
    """The product, counted."""
    async with AsyncExitStack() as stack:
        wire, port = await stack.enter_async_context(wire_to(test_database.urls.runtime))
        urls = replace(
            test_database.urls, runtime=through(test_database.urls.runtime, port), system=through(test_database.urls.system, port)
        )
        house = await build_house(test_settings(replace(test_database, urls=urls), redis_url), stack)
        yield Counted(house, wire)


async def furnished(house: House, size: int) -> Books:
    """A store with so many of everything; its first order has so many lines, refunds and parcels."""
    books = Books(await house.new_owner())
    shop = await books.open()
    goods = [a_product(7000 + n, variants=[a_variant(n * 100 + v) for v in range(size)]) for n in range(1, size + 1)]
    await shop.products(*goods)
    lines = [a_line(n) for n in range(1, size + 1)]
    refunds = [
        a_refund(
            n, at=later(MORNING, hours=n), lines=[a_refund_line(n * 100 + k, k, "0.01") for k in range(1, size + 1)], total="0.01"
        )
        for n in range(1, min(size, 5) + 1)
    ]
    orders = [an_order(n, customer=n) for n in range(2, size + 2)]
    await books.hold([a_customer(n) for n in range(1, size + 2)], orders)
    await shop.orders(an_order(1, lines=lines, customer=1, at=later(MORNING, hours=1)), refunds={1: refunds})
    return books


async def cost(counted: Counted, books: Books, path: str, **asked: object) -> list[str]:
    """The statements of one request, asked once before so that nothing is counted which only the first one needs."""
    await books.read(path, **asked)
    await books.forget()
    counted.wire.sent.clear()
    await books.read(path, **asked)
    return list(counted.wire.sent)


PATHS = [
    *(("/api/orders", {"sort": sort, "limit": 100}) for sort in ("-createdAt", "-total")),
    ("/api/orders", {"q": "1", "limit": 100}),
    *(("/api/customers", {"sort": sort, "limit": 100}) for sort in ("-spent", "name")),
    ("/api/products", {"limit": 100}),
    ("/api/orders/{order}", {}),
    ("/api/orders/{order}/timeline", {}),
    ("/api/customers/{customer}", {}),
    ("/api/products/{product}", {}),
    ("/api/analytics/summary", {}),
    ("/api/analytics/overview", {"compare": "previous"}),
    ("/api/analytics/timeseries", {"interval": "week"}),
    ("/api/analytics/top-products", {}),
]


@pytest.fixture(scope="module")
async def sizes(counted: Counted) -> tuple[Books, Books]:
    """A small store and a large one."""
    return await furnished(counted.house, 2), await furnished(counted.house, MANY)


@pytest.mark.parametrize(("path", "asked"), PATHS, ids=[f"{path} {' '.join(map(str, asked.values()))}" for path, asked in PATHS])
async def test_many_rows_cost_as_many_statements_as_two(
    counted: Counted, sizes: tuple[Books, Books], path: str, asked: dict[str, object]
) -> None:
    counts, shown = [], []
    for books in sizes:
        first = {
            "order": (await books.read("/api/orders", sort="-createdAt", limit=1))["items"][0]["id"],
            "customer": (await books.read("/api/customers", limit=1))["items"][0]["id"],
            "product": (await books.read("/api/products", limit=1))["items"][0]["id"],
        }
        statements = await cost(counted, books, path.format(**first), **asked)
        counts.append(len(statements))
        shown.append(len((await books.ask(path.format(**first), **asked)).content))
    assert counts[0] == counts[1], statements
    assert 2 <= counts[1] <= (20 if "overview" in path else 12), statements
    if "customers/" not in path and "analytics" not in path and "timeline" not in path:
        assert shown[1] > 5 * shown[0], "the larger store shows no more than the small one"
