"""Saying good-bye to a shop: our app is uninstalled there, once, beside the erasure, which frees the shop only afterwards.

The tokens are forgotten in the transaction that asks for the erasure; for this one call they live on in this process's memory.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from storekeep.domains.connections.events import StoreLeaving
from storekeep.domains.connections.models import Erasure, Store
from storekeep.domains.connections.types import ConnectedVia, FarewellStatus
from storekeep.domains.connections.vault import StoreTokens, open_tokens
from storekeep.integrations.shopify.errors import ShopifyUnavailable, ShopifyUserError
from storekeep.integrations.shopify.gateway import ShopifyGateway, uninstall_app
from storekeep.integrations.shopify.oauth import ShopifyOAuth
from storekeep.integrations.shopify.tokens import AccessToken
from storekeep.kit.clock import now
from storekeep.kit.errors import AppError
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import DecryptionFailed, TokenCipher
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.events import Subscriber
from storekeep.runtime.services import Services

log = structlog.get_logger(__name__)
# Seconds the shop has to answer, and what beginning and noting it may take besides.
PATIENCE_S = 10.0
GRACE_S = 5.0


class LastTokens:
    """A TokenSource over tokens that are stored nowhere any more; a pair that has ended is renewed once."""

    def __init__(self, oauth: ShopifyOAuth, shop: str, tokens: StoreTokens) -> None:
        self._oauth = oauth
        self._shop = shop
        self._access = AccessToken(tokens.access, tokens.access_expires_at)
        self._refresh = tokens.refresh

    async def current(self) -> AccessToken:
        """The token, renewed first when its time is over."""
        ends = self._access.expires_at
        return self._access if ends is None or ends > now() else await self.refreshed(self._access)

    async def refreshed(self, stale: AccessToken) -> AccessToken:
        """Another token, or `stale` when there is none to be had."""
        if self._refresh is None:
            return stale
        refresh, self._refresh = self._refresh, None
        grant = await self._oauth.refresh(self._shop, refresh)
        self._access = AccessToken(grant.access_token, grant.expires_at)
        return self._access


class Farewells:
    """Asks the shops of disconnected stores to uninstall our app, and notes in the erasure's record how that went.

    Shops connected with a custom app's token are not asked: that app is the merchant's own.
    """

    def __init__(self, db: Database, cipher: TokenCipher, gateway: ShopifyGateway) -> None:
        self._db = db
        self._cipher = cipher
        self._gateway = gateway
        self._under_way: set[asyncio.Task[None]] = set()

    async def settled(self) -> None:
        """Wait until no call is under way."""
        await asyncio.gather(*self._under_way)

    async def see_off(self, session: TenantSession, event: StoreLeaving) -> None:
        """Take the leaving store's tokens out of the transaction and use them once it is committed."""
        store = await session.get_one(Store, (session.tenant_id, event.store_id))
        try:
            tokens = open_tokens(self._cipher, store)
        except DecryptionFailed:
            tokens = None
        if store.connected_via != ConnectedVia.OAUTH:
            tokens = None
        scope = Scope(tenant_id=session.tenant_id)
        if tokens is not None:
            await _note(session, event.erasure_id, event.store_id, FarewellStatus.WAITING, None)
        begin = partial(self._begin, scope, event, store.shop, tokens)
        session.after_commit(begin, key=f"farewell:{event.store_id}")

    async def _begin(self, scope: Scope, event: StoreLeaving, shop: str, tokens: StoreTokens | None) -> None:
        task = asyncio.create_task(self._say(scope, event, shop, tokens))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _say(self, scope: Scope, event: StoreLeaving, shop: str, tokens: StoreTokens | None) -> None:
        try:
            if tokens is not None:
                code = await self._ask(scope, shop, tokens)
                status = FarewellStatus.DONE if code is None else FarewellStatus.FAILED
                async with self._db.tenant(scope) as session:
                    await _note(session, event.erasure_id, event.store_id, status, code)
                done = "app_uninstalled" if code is None else "app_uninstall_failed"
                log.info(done, store_id=str(event.store_id), code=code)
            await self._gateway.forget(shop)
        except Exception:
            log.warning("farewell_failed", store_id=str(event.store_id), exc_info=True)

    async def _ask(self, scope: Scope, shop: str, tokens: StoreTokens) -> str | None:
        """Ask the shop once; the code of what went wrong."""
        source = LastTokens(self._gateway.oauth, shop, tokens)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await uninstall_app(self._gateway.client(tenant_id=scope.tenant_id, shop=shop, tokens=source))
        except TimeoutError:
            return ShopifyUnavailable.code
        except ShopifyUserError as refused:
            return next((str(e["code"]) for e in refused.details["userErrors"] if e.get("code")), refused.code)
        except AppError as error:
            return error.code
        return None


def say_farewells(services: Services) -> None:
    """From now on every store that leaves is seen off by the Farewells in `services`. Twice is harmless."""

    async def leaving(session: TenantSession, event: StoreLeaving) -> None:
        await services.get(Farewells).see_off(session, event)

    services.get(Database).bus.subscribe(Subscriber(StoreLeaving, leaving))


async def _note(session: TenantSession, erasure_id: UUID, store_id: UUID, status: FarewellStatus, code: str | None) -> None:
    query = select(Erasure).where(Erasure.id == erasure_id, Erasure.erased_tenant_id == session.tenant_id)
    erasure = (await session.execute(query.with_for_update().execution_options(populate_existing=True))).scalar_one_or_none()
    if erasure is None:
        return
    said: dict[str, Any] = {"farewell": str(store_id), "status": status, "code": code}
    erasure.rooms = [*(part for part in erasure.rooms if part.get("farewell") != str(store_id)), said]
    await session.flush()
