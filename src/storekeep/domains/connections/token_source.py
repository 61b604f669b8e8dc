"""A store's access token for the Shopify client, refreshed under the store row's lock so that no two workers refresh at once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, bindparam, select

from storekeep.domains.connections.errors import StoreDisconnecting, StoreNeedsReconnect, StoreNotFound
from storekeep.domains.connections.models import Connection, Store
from storekeep.domains.connections.repository import lock_store
from storekeep.domains.connections.status import mark_needs_reconnect
from storekeep.domains.connections.types import ConnectionStatus
from storekeep.domains.connections.vault import StoreTokens, open_tokens, put_tokens
from storekeep.integrations.shopify.errors import ShopifyGrantRefused, ShopifyUnavailable
from storekeep.integrations.shopify.oauth import Grant, ShopifyOAuth
from storekeep.integrations.shopify.tokens import AccessToken
from storekeep.kit.clock import now
from storekeep.kit.errors import AppError
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import DecryptionFailed, TokenCipher
from storekeep.runtime.database import Database, TenantReads

log = structlog.get_logger(__name__)
# A token is refreshed this long before its end (contracts/shopify.md §1.5).
EARLY = timedelta(minutes=5)
# A refresh holds a database connection and the store's lock, so it may not take as long as other calls.
_LONGEST_REFRESH_S = 45.0

# What every call of a client reads first: made once, and no more of the row than it needs.
_STORE = (
    select(
        Store.tenant_id,
        Store.id,
        Store.shop,
        Store.generation,
        Store.access_token,
        Store.access_token_expires_at,
        Store.refresh_token,
        Store.refresh_token_expires_at,
        Connection.status,
    )
    .join(Connection, (Connection.tenant_id == Store.tenant_id) & (Connection.id == Store.id))
    .where(Store.id == bindparam("store_id"))
)

AUTH_FAILED = "SHOPIFY_AUTH_FAILED"
UNREADABLE = DecryptionFailed.code


def tokens_of(grant: Grant) -> StoreTokens:
    """A grant in the shape in which it is stored."""
    return StoreTokens(grant.access_token, grant.expires_at, grant.refresh_token, grant.refresh_expires_at)


class StoreTokenSource:
    """Implements the integration's `TokenSource` for one store. Every call reads the row: a disconnection is felt at once."""

    def __init__(self, db: Database, cipher: TokenCipher, oauth: ShopifyOAuth, scope: Scope, store_id: UUID) -> None:
        self._db = db
        self._cipher = cipher
        self._oauth = oauth
        self._scope = Scope(tenant_id=scope.tenant_id)
        self._store_id = store_id

    async def current(self) -> AccessToken:
        """An access token good for now, refreshed first when it ends within five minutes.

        Raises StoreNotFound, StoreDisconnecting, StoreNeedsReconnect, or ShopifyUnavailable when only Shopify could help.
        """
        store = await self._readable(self._db.reading(self._scope))
        tokens, generation = self._opened(store), store.generation
        if tokens is None:
            await self._give_up(UNREADABLE, generation)
        elif not _ends_within(tokens.access_expires_at, EARLY):
            return _token(tokens)
        elif tokens.refresh is None:
            if not _ends_within(tokens.access_expires_at, timedelta(0)):
                return _token(tokens)
            await self._give_up(AUTH_FAILED, generation)
        else:
            return await self._refreshed_early(tokens)
        raise StoreNeedsReconnect()

    async def refreshed(self, stale: AccessToken) -> AccessToken:
        """A token other than `stale`, which Shopify just refused: the one another worker fetched meanwhile, or a new one.

        Without a refresh token, or when Shopify refuses that too, the store becomes NEEDS_RECONNECT and StoreNeedsReconnect is
        raised. Raises as `current` otherwise.
        """
        return await self._refresh(stale.value)

    async def _refreshed_early(self, tokens: StoreTokens) -> AccessToken:
        try:
            return await self._refresh(tokens.access)
        except AppError as error:
            if error.retryable and not _ends_within(tokens.access_expires_at, timedelta(0)):
                log.info("token_refresh_postponed", store_id=str(self._store_id), code=error.code)
                return _token(tokens)
            raise

    async def _refresh(self, stale: str) -> AccessToken:
        generation = None
        try:
            async with self._db.tenant(self._scope) as session:
                await self._readable(session)
                # Whoever held the lock before us may have refreshed: what counts is the row as it is now.
                store = await lock_store(session, self._store_id)
                generation = store.generation
                tokens = self._opened(store)
                if tokens is not None and tokens.access != stale:
                    return _token(tokens)
                if tokens is not None and tokens.refresh is not None:
                    grant = await self._ask(store.shop, tokens.refresh)
                    await put_tokens(session, self._cipher, store, tokens_of(grant))
                    log.info("token_refreshed", store_id=str(store.id), shop=store.shop)
                    return AccessToken(grant.access_token, grant.expires_at)
        except ShopifyGrantRefused:
            await self._give_up(AUTH_FAILED, generation)
            raise StoreNeedsReconnect() from None
        await self._give_up(UNREADABLE if tokens is None else AUTH_FAILED, generation)
        raise StoreNeedsReconnect()

    async def _ask(self, shop: str, refresh_token: str) -> Grant:
        try:
            async with asyncio.timeout(_LONGEST_REFRESH_S):
                return await self._oauth.refresh(shop, refresh_token)
        except TimeoutError:
            raise ShopifyUnavailable(details={"shop": shop, "reason": "refresh took too long"}) from None

    async def _readable(self, reads: TenantReads) -> Row[Any]:
        found = await reads.rows(_STORE, {"store_id": self._store_id})
        if not found:
            raise StoreNotFound()
        store: Row[Any] = found[0]
        if store.status == ConnectionStatus.DISCONNECTING:
            raise StoreDisconnecting()
        if store.status == ConnectionStatus.NEEDS_RECONNECT:
            raise StoreNeedsReconnect()
        return store

    def _opened(self, store: Store | Row[Any]) -> StoreTokens | None:
        """The row's tokens; None when there are none or they cannot be read, which only a new consent can mend."""
        try:
            return open_tokens(self._cipher, store)
        except DecryptionFailed as error:
            log.error("token_unreadable", store_id=str(store.id), shop=store.shop, reason=error.details.get("reason"))
            return None

    async def _give_up(self, reason: str, generation: int | None) -> None:
        # In a transaction of its own: the one before is rolled back or done, and the status must be true in any case.
        async with self._db.tenant(self._scope) as session:
            await mark_needs_reconnect(session, self._store_id, reason=reason, generation=generation)


def _token(tokens: StoreTokens) -> AccessToken:
    return AccessToken(tokens.access, tokens.access_expires_at)


def _ends_within(end: datetime | None, span: timedelta) -> bool:
    return end is not None and end - now() <= span
