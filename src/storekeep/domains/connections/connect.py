"""Connecting a shop: the way to Shopify's consent page and back, or a custom app's token pasted by a person."""

from __future__ import annotations

import asyncio

import structlog

from storekeep.domains.connections import oauth_state
from storekeep.domains.connections.errors import AccessTokenRefused, ShopTaken, StoreDisconnecting
from storekeep.domains.connections.oauth_state import StateSigner
from storekeep.domains.connections.register import Install, Registration, find_owner, register_store
from storekeep.domains.connections.repository import find_store
from storekeep.domains.connections.token_source import tokens_of
from storekeep.domains.connections.types import ConnectedVia, ConnectionStatus
from storekeep.domains.connections.vault import StoreTokens
from storekeep.integrations.shopify.errors import ShopifyAuthFailed, ShopifyGrantRefused, ShopifyUnavailable
from storekeep.integrations.shopify.gateway import ShopifyGateway, read_scopes, read_shop
from storekeep.integrations.shopify.oauth import effective_scopes, shop_domain_from_input
from storekeep.integrations.shopify.tokens import FixedToken
from storekeep.kit.scope import Scope
from storekeep.kit.text import one_line, storable
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import Database

log = structlog.get_logger(__name__)
CALLBACK_PATH = "/api/shopify/callback"
# A person waits at the browser: better an honest refusal than a minute of nothing.
_PATIENCE_S = 30.0


class StoreConnector:
    """The two ways in. Everything that comes from outside is verified here before a row is written."""

    def __init__(
        self,
        db: Database,
        cipher: TokenCipher,
        gateway: ShopifyGateway,
        *,
        app_url: str,
        session_secret: str,
        session_secret_previous: str | None = None,
    ) -> None:
        """`app_url` is our public address, to which Shopify sends browsers back; the secrets sign the OAuth state."""
        self._db = db
        self._cipher = cipher
        self._gateway = gateway
        self._redirect_uri = app_url.rstrip("/") + CALLBACK_PATH
        self._signer = StateSigner(session_secret, issuer=app_url, previous_secret=session_secret_previous)

    async def begin(self, scope: Scope, shop: str, *, signed_query: bytes | None = None) -> str:
        """The address of the consent page for the shop a person typed, bound to their session for ten minutes.

        `signed_query` is the raw query when Shopify itself opened us, and must then be signed by it. Raises InvalidShopDomain,
        ShopifyOAuthRejected or OAuthStateRefused (no person's session). Whether the shop is another tenant's is not said here:
        nobody has proved yet that it is theirs.
        """
        if signed_query is not None:
            self._gateway.oauth.verify_query(signed_query)
        domain = shop_domain_from_input(shop)
        async with self._db.system("an OAuth round trip belongs to no tenant until it returns") as system:
            state = await oauth_state.begin(system, self._signer, scope, domain)
        log.info("oauth_begun", shop=domain)
        return self._gateway.oauth.authorize_url(domain, state=state, redirect_uri=self._redirect_uri)

    async def finish(self, scope: Scope, query: bytes) -> Registration:
        """The shop whose consent page sent the browser back with `query` (raw), registered for the tenant.

        In this order: signature and time, the state (used up by being looked at), the session it is bound to, the shop's owner,
        and only then the code is exchanged: exchanging it would end the tokens of the tenant that has the shop.
        Raises ShopifyOAuthRejected, OAuthStateRefused, ShopTaken, StoreDisconnecting, ShopReplaced, or a ShopifyError.
        """
        callback = self._gateway.oauth.verify_callback(query)
        jti = self._signer.read(callback.state)
        async with self._db.system("the callback is read before its tenant is known") as system:
            begun = await oauth_state.spend(system, jti)
        oauth_state.check_bound(begun, scope, callback.shop)
        await self._check_free(scope, callback.shop)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                grant = await self._gateway.oauth.exchange_code(callback.shop, callback.code)
        except TimeoutError:
            raise ShopifyUnavailable(details={"shop": callback.shop, "reason": "the exchange took too long"}) from None
        return await self._register(scope, callback.shop, tokens_of(grant), ConnectedVia.OAUTH)

    async def connect_custom_app(self, scope: Scope, shop: str, access_token: str) -> Registration:
        """Register the shop with a custom app's permanent token, tried out by reading the shop with it.

        Raises InvalidShopDomain, AccessTokenRefused when Shopify does not take it or it is another shop's, and as `finish`.
        """
        domain = shop_domain_from_input(shop)
        try:
            return await self._register(scope, domain, StoreTokens(access=access_token), ConnectedVia.CUSTOM_APP)
        except (ShopifyAuthFailed, ShopifyGrantRefused):
            raise AccessTokenRefused(details={"field": "accessToken"}) from None

    async def _check_free(self, scope: Scope, shop: str) -> None:
        async with self._db.system("whose shop this is, over all tenants") as system:
            owner = await find_owner(system, shop)
        if owner is None:
            return
        tenant_id, store_id = owner
        if tenant_id != scope.tenant_id:
            raise ShopTaken()
        async with self._db.tenant(scope) as session:
            store = await find_store(session, store_id)
        if store is not None and store.status is ConnectionStatus.DISCONNECTING:
            raise StoreDisconnecting()

    async def _register(self, scope: Scope, shop: str, tokens: StoreTokens, via: ConnectedVia) -> Registration:
        client = self._gateway.client(tenant_id=scope.tenant_id, shop=shop, tokens=FixedToken(tokens.access))
        facts = await read_shop(client, priority="interactive")
        if facts.domain != shop:
            raise AccessTokenRefused(details={"field": "accessToken"})
        granted = await read_scopes(client, priority="interactive")
        install = Install(
            shop=shop,
            name=one_line(storable(facts.name)) or shop,
            shopify_shop_id=facts.id,
            currency=facts.currency,
            time_zone=facts.time_zone,
            plan=facts.plan,
            scopes=tuple(sorted(effective_scopes(granted))),
            via=via,
            tokens=tokens,
        )
        async with self._db.tenant(scope) as session:
            return await register_store(session, self._cipher, install)
