"""Shopify clients for stored stores, each with a token that refreshes itself."""

from __future__ import annotations

from uuid import UUID

from storekeep.domains.connections.errors import StoreDisconnecting, StoreNeedsReconnect
from storekeep.domains.connections.repository import get_store
from storekeep.domains.connections.token_source import StoreTokenSource
from storekeep.domains.connections.types import ConnectionStatus
from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.integrations.shopify.gateway import ShopifyGateway
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import Database


class StoreClients:
    """Gives out a client a job or request."""

    def __init__(self, db: Database, cipher: TokenCipher, gateway: ShopifyGateway) -> None:
        self._db = db
        self._cipher = cipher
        self._gateway = gateway

    @property
    def gateway(self) -> ShopifyGateway:
        """The gateway, for bulk operations and their files."""
        return self._gateway

    async def client_for(self, scope: Scope, store_id: UUID) -> ShopifyClient:
        """A client for the store. Opens a transaction of its own; call it outside one.

        Raises StoreNotFound, StoreDisconnecting or StoreNeedsReconnect, as every call of the client does should the store's
        state change later.
        """
        async with self._db.tenant(Scope(tenant_id=scope.tenant_id)) as session:
            store = await get_store(session, store_id)
        if store.status is ConnectionStatus.DISCONNECTING:
            raise StoreDisconnecting()
        if store.status is ConnectionStatus.NEEDS_RECONNECT:
            raise StoreNeedsReconnect()
        tokens = StoreTokenSource(self._db, self._cipher, self._gateway.oauth, scope, store_id)
        return self._gateway.client(tenant_id=scope.tenant_id, shop=store.shop, tokens=tokens)
