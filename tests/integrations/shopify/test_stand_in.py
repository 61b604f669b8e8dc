"""The whole client against the stand-in over real HTTP: consent to token, paged and bulk reads alike, faults on the way."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx
import orjson
import pytest
from redis.asyncio import Redis

from storekeep.integrations.shopify.bulk import BulkOperations
from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.integrations.shopify.documents import (
    BULK_CUSTOMERS,
    BULK_ORDERS,
    BULK_PRODUCTS,
    BULK_RUN,
    CUSTOMER_ADDRESSES_PAGE,
    CUSTOMERS_DELTA,
    ORDER_DETAIL,
    ORDER_LINES_PAGE,
    ORDER_REFUNDS,
    ORDERS_DELTA,
    PRODUCT_VARIANTS_PAGE,
    PRODUCTS_DELTA,
    bulk_text,
)
from storekeep.integrations.shopify.errors import (
    BulkFailed,
    BulkFileIncomplete,
    ShopifyAccessDenied,
    ShopifyAuthFailed,
    ShopifyGrantRefused,
    ShopifyShopFrozen,
)
from storekeep.integrations.shopify.gateway import ShopifyGateway, read_count, read_scopes, read_shop
from storekeep.integrations.shopify.paging import batches_by_id, complete, pages
from storekeep.integrations.shopify.search import created_between
from storekeep.integrations.shopify.tokens import AccessToken, FixedToken, TokenSource
from storekeep.integrations.shopify.wire import instant
from storekeep.runtime.breaker import Breakers
from storekeep.runtime.http import make_client
from storekeep.sandbox.config import AWKWARD, AWKWARD_JPY, RECENT_ONLY, custom_app_token
from tests.sandbox.driver import KEY, SECRET, Driver, config, running

CHILDREN = {
    "LineItem": "lineItems",
    "ShippingLine": "shippingLines",
    "MailingAddress": "addressesV2",
    "ProductVariant": "variants",
}


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    with running(config(tmp_path_factory.mktemp("stand-in"))) as driver:
        yield driver


@pytest.fixture(autouse=True)
def in_good_health(stand_in: Driver) -> Iterator[None]:
    yield
    stand_in.control("DELETE", "faults")


@pytest.fixture(scope="module")
async def gateway(stand_in: Driver, redis_url: str) -> AsyncIterator[ShopifyGateway]:
    http, redis = make_client(), Redis.from_url(redis_url)
    yield ShopifyGateway(
        http,
        redis,
        Breakers(redis),
        api_key=KEY,
        api_secret=SECRET,
        scopes=["read_all_orders", "read_customers", "read_orders", "read_products"],
        base_url=stand_in.root + "/shopify/{shop}",
    )
    await http.aclose()
    await redis.aclose()


def client_of(gateway: ShopifyGateway, shop: str = AWKWARD, tokens: TokenSource | None = None) -> ShopifyClient:
    return gateway.client(tenant_id=uuid.uuid4(), shop=shop, tokens=tokens or FixedToken(custom_app_token(shop)))


@pytest.fixture
def awkward(gateway: ShopifyGateway) -> ShopifyClient:
    return client_of(gateway)


def bulk_of(client: ShopifyClient) -> BulkOperations:
    async def nap(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.03))

    return BulkOperations(client, sleep=nap)


async def exported(gateway: ShopifyGateway, client: ShopifyClient, text: str) -> list[dict[str, Any]]:
    """Everything a bulk operation gives, put together as paged reads give it: children inside their parents."""
    bulk = bulk_of(client)
    operation = await bulk.wait((await bulk.start(text)).id, deadline_s=30)
    found: dict[str, dict[str, Any]] = {}
    children: list[dict[str, Any]] = []
    async with gateway.files.batches(operation, batch_bytes=4096) as batches:
        async for batch in batches:
            for line in batch:
                node = orjson.loads(line)
                (children.append(node) if "__parentId" in node else found.setdefault(node["id"], node))
    for child in children:
        kind = CHILDREN[child.pop("__typename")]
        found[child.pop("__parentId")].setdefault(kind, []).append(child)
    for node in found.values():
        node.pop("__typename")
    return list(found.values())


async def paged(client: ShopifyClient, document: Any, root: str, rest: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything by pages, nested lists completed and laid bare."""
    nodes = []
    async for page in pages(client, document, root):
        for node in page.nodes:
            for connection, continuation in rest.items():
                node[connection] = (
                    await complete(client, continuation, node, connection) if continuation else node[connection]["nodes"]
                )
            nodes.append(node)
    return nodes


def same(bulk: list[dict[str, Any]], by_page: list[dict[str, Any]], lists: tuple[str, ...]) -> None:
    """Equal but for the order of nested lists, which a bulk file does not keep."""

    def sorted_inside(node: dict[str, Any]) -> dict[str, Any]:
        return node | {name: sorted(node.get(name, []), key=lambda child: child["id"]) for name in lists}

    left, right = ({n["id"]: sorted_inside(n) for n in nodes} for nodes in (bulk, by_page))
    assert left.keys() == right.keys()
    for id, node in left.items():
        assert node == right[id]


async def test_consent_becomes_tokens_that_work_and_refresh(gateway: ShopifyGateway, stand_in: Driver) -> None:
    url = gateway.oauth.authorize_url(AWKWARD, state="st4te", redirect_uri="http://127.0.0.1:9999/api/shopify/callback")
    callback = gateway.oauth.verify_callback(press_install(url).partition("?")[2])
    assert (callback.shop, callback.state) == (AWKWARD, "st4te")
    grant = await gateway.oauth.exchange_code(callback.shop, callback.code)
    assert grant.expires_at is not None
    assert grant.refresh_token is not None
    with pytest.raises(ShopifyGrantRefused):
        await gateway.oauth.exchange_code(callback.shop, callback.code)

    class Refreshing:
        def __init__(self) -> None:
            self.grant = grant

        async def current(self) -> AccessToken:
            return AccessToken(self.grant.access_token, self.grant.expires_at)

        async def refreshed(self, stale: AccessToken) -> AccessToken:
            assert self.grant.refresh_token
            self.grant = await gateway.oauth.refresh(AWKWARD, self.grant.refresh_token)
            return await self.current()

    tokens = Refreshing()
    client = client_of(gateway, tokens=tokens)
    assert set(await read_scopes(client)) == set(gateway.oauth.scopes)
    stand_in.control("POST", "expire-tokens", {"shop": AWKWARD})
    assert (await read_shop(client)).domain == AWKWARD
    assert tokens.grant.access_token != grant.access_token


def press_install(url: str) -> str:
    """What a merchant's browser does on the consent page; the address it is sent back to."""
    page = httpx.get(url, trust_env=False)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    form = {unescape(name): unescape(value) for name, value in hidden} | {"decision": "install"}
    answer = httpx.post(url.partition("?")[0], data=form, trust_env=False)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


async def test_the_shops_own_facts(gateway: ShopifyGateway) -> None:
    facts = await read_shop(client_of(gateway, AWKWARD_JPY), priority="interactive")
    assert (facts.domain, facts.currency) == (AWKWARD_JPY, "JPY")


@pytest.mark.parametrize(
    ("resource", "text", "document", "rest"),
    [
        ("orders", BULK_ORDERS, ORDERS_DELTA, {"lineItems": ORDER_LINES_PAGE, "shippingLines": None}),
        ("customers", BULK_CUSTOMERS, CUSTOMERS_DELTA, {"addressesV2": CUSTOMER_ADDRESSES_PAGE}),
        ("products", BULK_PRODUCTS, PRODUCTS_DELTA, {"variants": PRODUCT_VARIANTS_PAGE}),
    ],
)
async def test_bulk_and_paged_reads_agree_with_each_other_and_with_the_count(
    resource: str, text: str, document: Any, rest: dict[str, Any], gateway: ShopifyGateway, awkward: ShopifyClient
) -> None:
    by_page = await paged(awkward, document, resource, rest)
    same(await exported(gateway, awkward, bulk_text(text)), by_page, tuple(rest))
    count = await read_count(awkward, resource)
    assert count.exact
    assert count.count == len(by_page) > 0
    moments = [instant(node["updatedAt"]) for node in by_page]
    assert moments == sorted(moments, key=lambda m: m.timestamp() if m else 0)


async def test_an_order_with_hundreds_of_lines_is_read_whole(awkward: ShopifyClient) -> None:
    orders = await paged(awkward, ORDERS_DELTA, "orders", {"lineItems": ORDER_LINES_PAGE})
    longest = max(orders, key=lambda order: len(order["lineItems"]))
    assert len(longest["lineItems"]) >= 300
    assert len({line["id"] for line in longest["lineItems"]}) == len(longest["lineItems"])
    detail = (await awkward.execute(ORDER_DETAIL, {"id": longest["id"]})).data["order"]
    assert [n["id"] for n in await complete(awkward, ORDER_LINES_PAGE, detail, "lineItems")] == [
        n["id"] for n in longest["lineItems"]
    ]


async def test_refunds_come_with_their_lines(awkward: ShopifyClient) -> None:
    orders = await paged(awkward, ORDERS_DELTA, "orders", {})
    refunded = [order["id"] for order in orders if order["refunds"]]
    assert refunded
    found = [order async for batch in batches_by_id(awkward, ORDER_REFUNDS, refunded) for order in batch]
    assert [order["id"] for order in found] == refunded
    assert any(refund["refundLineItems"]["nodes"] for order in found for refund in order["refunds"])
    detail = (await awkward.execute(ORDER_DETAIL, {"id": refunded[0]})).data["order"]
    assert detail["refunds"] == found[0]["refunds"]


async def test_windows_cut_a_bulk_read_without_gap_or_overlap(gateway: ShopifyGateway, awkward: ShopifyClient) -> None:
    everything = await exported(gateway, awkward, bulk_text(BULK_ORDERS))
    moments = sorted(m for order in everything if (m := instant(order["createdAt"])))
    middle = moments[len(moments) // 2]
    early = await exported(gateway, awkward, bulk_text(BULK_ORDERS, created_between(None, middle)))
    late = await exported(gateway, awkward, bulk_text(BULK_ORDERS, created_between(middle, None)))
    assert early
    assert late
    assert sorted(o["id"] for o in [*early, *late]) == sorted(o["id"] for o in everything)


async def test_nothing_found_is_an_empty_export(gateway: ShopifyGateway, awkward: ShopifyClient) -> None:
    assert await exported(gateway, awkward, bulk_text(BULK_ORDERS, "created_at:<'1999-01-01T00:00:00Z'")) == []


async def test_without_a_scope_access_is_denied(gateway: ShopifyGateway, stand_in: Driver) -> None:
    made = stand_in.control("POST", "tokens", {"shop": AWKWARD, "scopes": ["read_products"]})
    client = client_of(gateway, tokens=FixedToken(made["accessToken"]))
    with pytest.raises(ShopifyAccessDenied):
        await read_count(client, "orders")
    assert (await read_count(client, "products")).count > 0


async def test_a_dead_token_and_a_frozen_shop_are_told_apart(gateway: ShopifyGateway, stand_in: Driver) -> None:
    with pytest.raises(ShopifyAuthFailed):
        await read_shop(client_of(gateway, tokens=FixedToken("shpat_nobody")))
    for status in (402, 423):
        stand_in.control("POST", "manners", {"shop": RECENT_ONLY, "status": status})
        with pytest.raises(ShopifyShopFrozen):
            await read_shop(client_of(gateway, RECENT_ONLY))
    stand_in.control("POST", "manners", {"shop": RECENT_ONLY, "status": 0})


@pytest.mark.parametrize("kind", ["http_502", "html", "invalid_json", "reset", "reset_after", "throttled"])
async def test_passing_faults_do_not_show(kind: str, gateway: ShopifyGateway, stand_in: Driver) -> None:
    stand_in.control("POST", "faults", {"place": "graphql", "kind": kind, "times": 1, "shop": AWKWARD})
    assert (await read_shop(client_of(gateway))).domain == AWKWARD


async def test_a_bulk_start_whose_answer_is_lost_happens_once(
    gateway: ShopifyGateway, stand_in: Driver, awkward: ShopifyClient
) -> None:
    stand_in.control("DELETE", "requests")
    stand_in.control("POST", "faults", {"place": "graphql", "kind": "reset_after", "match": "BulkRun", "shop": AWKWARD})
    bulk = bulk_of(awkward)
    operation = await bulk.start(bulk_text(BULK_PRODUCTS, "title:'lost answer'"))
    await bulk.wait(operation.id, deadline_s=30)
    started = stand_in.control("GET", f"requests?kind=graphql&operation=BulkRun&shop={AWKWARD}")
    assert len(started) == 1


async def test_a_running_export_is_found_even_after_many_others(awkward: ShopifyClient) -> None:
    bulk = bulk_of(awkward)
    for n in range(25):
        await bulk.wait((await bulk.start(bulk_text(BULK_PRODUCTS, f"title:'many {n}'"))).id, deadline_s=30)
    text = bulk_text(BULK_ORDERS, "name:'#never'")
    started = (await awkward.execute(BULK_RUN, {"query": text})).payload("bulkOperationRunQuery")
    assert (await bulk.recent())[0].id == started["bulkOperation"]["id"]


async def test_a_file_that_ends_early_as_if_whole_is_not_believed(
    gateway: ShopifyGateway, stand_in: Driver, awkward: ShopifyClient
) -> None:
    for fault in ({"kind": "cut"}, {"kind": "html", "status": 200}):
        stand_in.control("POST", "faults", {"place": "file", "shop": AWKWARD} | fault)
        with pytest.raises(BulkFileIncomplete):
            await exported(gateway, awkward, bulk_text(BULK_ORDERS))


@pytest.mark.parametrize("kind", ["truncated", "http_502", "html", "reset"])
async def test_a_damaged_download_is_made_good(
    kind: str, gateway: ShopifyGateway, stand_in: Driver, awkward: ShopifyClient
) -> None:
    whole = await exported(gateway, awkward, bulk_text(BULK_ORDERS))
    stand_in.control("POST", "faults", {"place": "file", "kind": kind, "shop": AWKWARD})
    assert await exported(gateway, awkward, bulk_text(BULK_ORDERS)) == whole


async def test_a_failed_export_is_named(gateway: ShopifyGateway, stand_in: Driver, awkward: ShopifyClient) -> None:
    stand_in.control("POST", "faults", {"place": "bulk", "kind": "fail", "shop": AWKWARD})
    with pytest.raises(BulkFailed):
        await exported(gateway, awkward, bulk_text(BULK_ORDERS, "name:'#failing'"))


async def test_a_small_bucket_is_shared_without_being_told_no(tmp_path: Any, redis_url: str) -> None:
    """Many readers at once on the smallest plan: the stand-in, too, has to refuse none or few."""
    with running(config(tmp_path, bucket_size=1000.0, restore_rate=2000.0)) as driver:
        async with _gateway(driver, redis_url) as small:
            client = client_of(small, AWKWARD)
            await read_count(client, "orders")
            await asyncio.gather(*(paged(client, CUSTOMERS_DELTA, "customers", {}) for _ in range(6)))
        seen = driver.control("GET", "requests?kind=graphql")
        refused = [r for r in seen if r["code"] == "THROTTLED"]
        assert len(seen) > 6
        assert len(refused) <= 1


@asynccontextmanager
async def _gateway(driver: Driver, redis_url: str) -> AsyncIterator[ShopifyGateway]:
    http, redis = make_client(), Redis.from_url(redis_url)
    await redis.delete(f"shopify:bucket:{{{AWKWARD}}}")
    yield ShopifyGateway(
        http, redis, Breakers(redis), api_key=KEY, api_secret=SECRET, scopes=[], base_url=driver.root + "/shopify/{shop}"
    )
    await http.aclose()
    await redis.aclose()
