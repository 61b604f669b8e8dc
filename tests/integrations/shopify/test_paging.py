"""Paging: everything once, in pages that shrink when they must and grow again when they may."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from storekeep.integrations.shopify.documents import CUSTOMERS_DELTA, ORDER_LINES_PAGE, ORDER_REFUNDS
from storekeep.integrations.shopify.errors import ShopifyObjectGone, ShopifyQueryTooCostly, ShopifyUnavailable
from storekeep.integrations.shopify.paging import batches_by_id, complete, pages

from .conftest import Shop, ok

TOO_COSTLY = ok(None, errors=[{"message": "too much", "extensions": {"code": "MAX_COST_EXCEEDED", "cost": 1500}}])


def serve(shop: Shop, total: int, *, breaks: Callable[[int], httpx.Response | None] = lambda first: None) -> list[int]:
    """A shop with `total` customers, numbered; `breaks(first)` may refuse a page size. Gives the list of sizes asked for."""
    asked: list[int] = []

    def reply(request: httpx.Request) -> httpx.Response:
        variables = json.loads(request.content)["variables"]
        if "ids" in variables:
            asked.append(len(variables["ids"]))
            return breaks(len(variables["ids"])) or ok({"nodes": [{"id": i} if i != "gone" else None for i in variables["ids"]]})
        first, start = variables["first"], int(variables["after"] or 0)
        asked.append(first)
        refusal = breaks(first)
        if refusal is not None:
            return refusal
        end = min(total, start + first)
        info = {"hasNextPage": end < total, "endCursor": str(end) if end > start else None}
        nodes = [{"id": n} for n in range(start, end)]
        if "id" in variables:
            return ok({"owner": {"id": variables["id"], "lineItems": {"nodes": nodes, "pageInfo": info}}})
        return ok({"customers": {"nodes": nodes, "pageInfo": info}})

    shop.route.mock(side_effect=reply)
    return asked


async def collect(shop: Shop) -> list[int]:
    return [n["id"] async for page in pages(shop.client, CUSTOMERS_DELTA, "customers", search="x:1") for n in page.nodes]


@pytest.mark.parametrize("total", [0, 1, 99, 100, 101, 350])
async def test_every_row_once_in_order(total: int, shop: Shop) -> None:
    asked = serve(shop, total)
    assert await collect(shop) == list(range(total))
    assert len(asked) == max(1, -(-total // 100))
    assert json.loads(shop.route.calls.last.request.content)["variables"]["query"] == "x:1"


async def test_a_page_too_costly_is_halved_for_good(shop: Shop) -> None:
    asked = serve(shop, 120, breaks=lambda first: TOO_COSTLY if first > 30 else None)
    assert await collect(shop) == list(range(120))
    assert asked == [100, 50, 25, 25, 25, 25, 25]
    asked.clear()
    assert await collect(shop) == list(range(120))
    assert asked == [25] * 5


async def test_a_page_that_breaks_shopify_is_halved_and_tried_larger_next_time(shop: Shop) -> None:
    asked = serve(shop, 60, breaks=lambda first: httpx.Response(502) if first > 30 else None)
    assert await collect(shop) == list(range(60))
    assert asked == [100, 100, 50, 50, 25, 25, 25]
    asked.clear()
    serve(shop, 60)
    await collect(shop)
    asked = serve(shop, 60)
    await collect(shop)
    assert asked == [100]


async def test_one_row_that_cannot_be_had_is_an_error(shop: Shop) -> None:
    serve(shop, 10, breaks=lambda first: TOO_COSTLY)
    with pytest.raises(ShopifyQueryTooCostly):
        await collect(shop)
    serve(shop, 10, breaks=lambda first: httpx.Response(500))
    with pytest.raises(ShopifyUnavailable):
        await collect(shop)


async def test_objects_by_id_come_in_batches_without_the_missing(shop: Shop) -> None:
    ids = [str(n) for n in range(23)] + ["gone"]
    asked = serve(shop, 0, breaks=lambda size: TOO_COSTLY if size > 5 else None)
    batches = [batch async for batch in batches_by_id(shop.client, ORDER_REFUNDS, ids)]
    assert [node["id"] for batch in batches for node in batch] == ids[:-1]
    assert asked == [24, 12, 6, 3, 3, 3, 3, 3, 3, 3, 3]
    assert [b async for b in batches_by_id(shop.client, ORDER_REFUNDS, [])] == []


def order(lines: int, *, more: bool) -> dict[str, Any]:
    info = {"hasNextPage": more, "endCursor": str(lines)}
    return {"id": "gid://shopify/Order/1", "lineItems": {"nodes": [{"id": n} for n in range(lines)], "pageInfo": info}}


async def test_a_nested_list_is_completed(shop: Shop) -> None:
    asked = serve(shop, 300)
    lines = await complete(shop.client, ORDER_LINES_PAGE, order(20, more=True), "lineItems")
    assert [line["id"] for line in lines] == list(range(300))
    assert asked == [100, 100, 100]


async def test_a_whole_nested_list_costs_no_call(shop: Shop) -> None:
    serve(shop, 300)
    assert len(await complete(shop.client, ORDER_LINES_PAGE, order(20, more=False), "lineItems")) == 20
    assert shop.route.call_count == 0


async def test_an_object_deleted_meanwhile_is_named(shop: Shop) -> None:
    shop.answers(ok({"owner": None}))
    with pytest.raises(ShopifyObjectGone):
        await complete(shop.client, ORDER_LINES_PAGE, order(20, more=True), "lineItems")
