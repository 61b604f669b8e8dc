"""A client of one made-up shop whose edge is mocked, on a real Redis, with a clock that does not wait."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import respx
from redis.asyncio import Redis

from storekeep.integrations.shopify.admission import Admission
from storekeep.integrations.shopify.client import Lessons, ShopifyClient
from storekeep.integrations.shopify.tokens import AccessToken
from storekeep.runtime.breaker import BreakerPolicy, Breakers
from storekeep.runtime.http import Outside, Timeouts, make_client

SHOP = "demo-store.myshopify.com"
URL = f"https://{SHOP}/admin/api/2026-07/graphql.json"
TOKEN = "shpat_0123456789abcdef0123456789abcdef"


class Tokens:
    """A TokenSource that counts refreshes. `fresh` is what a refresh gives; None: there is no other token."""

    def __init__(self, fresh: str | None = None) -> None:
        self.value = TOKEN
        self.fresh = fresh
        self.refreshes = 0

    async def current(self) -> AccessToken:
        return AccessToken(self.value)

    async def refreshed(self, stale: AccessToken) -> AccessToken:
        self.refreshes += 1
        if self.fresh is not None:
            self.value = self.fresh
        return AccessToken(self.value)


@dataclass
class Shop:
    """The client under test and what surrounds it."""

    client: ShopifyClient
    tokens: Tokens
    tenant_id: uuid.UUID
    naps: list[float]
    router: respx.MockRouter
    admission: Admission
    route: respx.Route = field(init=False)

    def __post_init__(self) -> None:
        self.route = self.router.post(URL)

    def answers(self, *answers: httpx.Response | type[Exception] | Exception) -> respx.Route:
        """What the shop says to the calls to come, in turn; the last one to all that follow."""

        def reply(_request: httpx.Request, calls: list[Any] = list(answers)) -> httpx.Response:  # noqa: B006
            answer = calls.pop(0) if len(calls) > 1 else calls[0]
            if isinstance(answer, httpx.Response):
                return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
            raise answer if isinstance(answer, Exception) else answer("broken on purpose")

        self.route.mock(side_effect=reply)
        return self.route


def ok(data: dict[str, Any] | None, *, cost: dict[str, Any] | None = None, **body: Any) -> httpx.Response:
    """A GraphQL answer on HTTP 200."""
    content: dict[str, Any] = {"data": data, **body}
    if cost is not None:
        content.setdefault("extensions", {})["cost"] = cost
    return httpx.Response(200, json=content, headers={"x-request-id": "req-1", "x-shopify-api-version": "2026-07"})


def cost(requested: float, *, available: float = 1900, actual: float | None = 10) -> dict[str, Any]:
    """`extensions.cost` of a shop on the smallest plan."""
    return {
        "requestedQueryCost": requested,
        "actualQueryCost": actual,
        "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": 100.0},
    }


def throttled(requested: float, available: float) -> httpx.Response:
    """Refused for want of points: HTTP 200, no Retry-After."""
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev"}}
    return ok(None, errors=[error], cost=cost(requested, available=available, actual=None))


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def new_shop(redis: Redis) -> AsyncIterator[Callable[..., Shop]]:
    """Makes shops, each on its own tenant, breaker and bucket."""
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    http = make_client(Timeouts(connect=1, read=1, write=1, pool=1, total=2))
    with respx.mock(assert_all_called=False) as router:

        def make(*, fresh: str | None = None, breaker: BreakerPolicy | None = None) -> Shop:
            tenant_id = uuid.uuid4()
            tokens = Tokens(fresh)
            prefix = f"bucket:{tenant_id}"

            async def refill(_seconds: float) -> None:
                # Time passes for the bucket, also for the one that stands in while Redis is slow: it is as full as a new one.
                await admission.forget(SHOP)

            admission = Admission(redis, prefix=prefix, sleep=refill, dice=lambda: 0.0)
            client = ShopifyClient(
                tenant_id=tenant_id,
                shop=SHOP,
                tokens=tokens,
                outside=Outside(http, service="shopify", timeouts=Timeouts(total=2)),
                admission=admission,
                breaker=Breakers(redis, breaker or BreakerPolicy(threshold=50)).of(tenant_id, "SHOPIFY"),
                base_url="https://{shop}",
                api_version="2026-07",
                lessons=Lessons(),
                sleep=nap,
                dice=lambda: 1.0,
            )
            return Shop(client, tokens, tenant_id, naps, router, admission)

        yield make
    await http.aclose()


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    """One shop."""
    return new_shop()
