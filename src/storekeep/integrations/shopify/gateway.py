"""The way in to Shopify: one gateway a process, made once from plain values; it gives out clients, bulk operations and files."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence

import httpx
from redis.asyncio import Redis

from storekeep.integrations.shopify.admission import Admission, Priority
from storekeep.integrations.shopify.bulk import BulkOperations
from storekeep.integrations.shopify.bulk_file import BulkFiles
from storekeep.integrations.shopify.client import Lessons, ShopifyClient
from storekeep.integrations.shopify.documents import (
    ACCESS_SCOPES,
    APP_UNINSTALL,
    CUSTOMERS_COUNT,
    ORDERS_COUNT,
    PRODUCTS_COUNT,
    SHOP_INFO,
)
from storekeep.integrations.shopify.oauth import ShopifyOAuth
from storekeep.integrations.shopify.tokens import TokenSource
from storekeep.integrations.shopify.wire import ShopFacts, SourceCount, granted_scopes, shop_facts, source_count
from storekeep.runtime.breaker import Breakers
from storekeep.runtime.http import Outside, Timeouts
from storekeep.runtime.retry import NO_RETRY, Dice

INTEGRATION = "SHOPIFY"
_COUNTS = {"orders": ORDERS_COUNT, "customers": CUSTOMERS_COUNT, "products": PRODUCTS_COUNT}


class ShopifyGateway:
    """Everything a process needs to speak with shops. Holds no token and no tenant's data."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        redis: Redis,
        breakers: Breakers,
        *,
        api_key: str,
        api_secret: str,
        api_secret_previous: str | None = None,
        scopes: Sequence[str],
        base_url: str = "https://{shop}",
        api_version: str = "2026-07",
        expiring_tokens: bool = True,
        timeouts: Timeouts | None = None,
        admission: Admission | None = None,
        dice: Dice = random.random,
    ) -> None:
        """`http` from `runtime.http.make_client`. `base_url` is where a shop answers, {shop} its domain. `dice` (0 to 1) chooses
        how much of the longest wait passes before a retry.
        """
        self.dice = dice
        outside = Outside(http, service="shopify", timeouts=timeouts)
        self.oauth = ShopifyOAuth(
            outside,
            api_key=api_key,
            api_secret=api_secret,
            api_secret_previous=api_secret_previous,
            scopes=scopes,
            base_url=base_url,
            expiring=expiring_tokens,
            dice=dice,
        )
        self.files = BulkFiles(outside, allow_http=base_url.startswith("http://"))
        self._outside = outside
        self._admission = admission or Admission(redis)
        self._breakers = breakers
        self._base_url = base_url
        self._api_version = api_version
        self._lessons = Lessons()

    def client(self, *, tenant_id: uuid.UUID, shop: str, tokens: TokenSource) -> ShopifyClient:
        """A client for `shop` (a stored or verified domain) on behalf of a tenant. Cheap; make one a job or request."""
        return ShopifyClient(
            tenant_id=tenant_id,
            shop=shop,
            tokens=tokens,
            outside=self._outside,
            admission=self._admission,
            breaker=self._breakers.of(tenant_id, INTEGRATION),
            base_url=self._base_url,
            api_version=self._api_version,
            lessons=self._lessons,
            dice=self.dice,
        )

    async def forget(self, shop: str) -> None:
        """Let go of what is remembered of a shop that is no store of ours any more."""
        await self._admission.forget(shop)

    def bulk(self, client: ShopifyClient) -> BulkOperations:
        """The bulk operations of the client's shop; their files are read with `self.files`."""
        return BulkOperations(client)


async def read_shop(client: ShopifyClient, *, priority: Priority = "background") -> ShopFacts:
    """The shop's own facts: currency, time zone, name. Raises as `ShopifyClient.execute`."""
    result = await client.execute(SHOP_INFO, priority=priority)
    return shop_facts(result.data, result.told_at)


async def read_scopes(client: ShopifyClient, *, priority: Priority = "background") -> tuple[str, ...]:
    """The access scopes really granted to the token. Raises as `ShopifyClient.execute`."""
    return granted_scopes((await client.execute(ACCESS_SCOPES, priority=priority)).data)


async def uninstall_app(client: ShopifyClient) -> None:
    """Take our app out of the shop: its token is dead afterwards. Tried once. Raises ShopifyUserError, or as the client."""
    result = await client.execute(APP_UNINSTALL, priority="interactive", backoff=NO_RETRY)
    result.payload("appUninstall")


async def read_count(client: ShopifyClient, resource: str, search: str | None = None) -> SourceCount:
    """How many of `resource` ("orders", "customers", "products") the source itself counts. Raises as `ShopifyClient.execute`."""
    return source_count((await client.execute(_COUNTS[resource], {"query": search})).data, f"{resource}Count")
