"""HTTP face of connections: connecting a shop, stores, connections, erasures."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import RedirectResponse

from storekeep.domains.accounts.guard import Needs, Permission, Transaction, tenant_router
from storekeep.domains.accounts.public import TenantDeleting
from storekeep.domains.connections import repository
from storekeep.domains.connections.browser import show_refusals_on_a_page
from storekeep.domains.connections.connect import StoreConnector
from storekeep.domains.connections.erasure_requests import get_erasure, request_store_erasure
from storekeep.domains.connections.errors import (
    AccessTokenRefused,
    ErasureNotFound,
    NameMismatch,
    OAuthStateRefused,
    ShopReplaced,
    ShopTaken,
    StoreDisconnecting,
    StoreNotFound,
)
from storekeep.domains.connections.jobs import enqueue_erasure
from storekeep.domains.connections.scheduling import change_schedule
from storekeep.domains.connections.schemas import (
    ConnectionRead,
    ErasureRead,
    StoreConnectInput,
    StoreDeletionInput,
    StoreRead,
    StoreUpdateInput,
)
from storekeep.integrations.shopify.errors import (
    InvalidShopDomain,
    ShopifyGrantRefused,
    ShopifyOAuthRejected,
    ShopifyShopFrozen,
    ShopifyUnavailable,
)
from storekeep.kit.paging import InvalidCursor, decode_cursor, encode_cursor
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.web.params import PageRequest, Paging, PathId, wired
from storekeep.runtime.web.routes import refusals, takes_any_query
from storekeep.runtime.web.schemas import ListRead

_TAGS = ["connections"]
shopify = tenant_router(prefix="/api/shopify", tags=_TAGS)
show_refusals_on_a_page(shopify)
stores = tenant_router(prefix="/api/stores", tags=_TAGS)
connections = tenant_router(prefix="/api/connections", tags=_TAGS)
erasures = tenant_router(prefix="/api/erasures", tags=_TAGS)

Connector = Annotated[StoreConnector, wired(StoreConnector)]
_SHOP_REFUSED = (
    InvalidShopDomain,
    ShopTaken,
    ShopReplaced,
    StoreDisconnecting,
    TenantDeleting,
    ShopifyShopFrozen,
    ShopifyUnavailable,
)
_CREATED_ORDER = "id"


@shopify.get(
    "/auth",
    status_code=302,
    response_class=RedirectResponse,
    summary="Connect a shop through Shopify",
    responses=refusals(InvalidShopDomain, ShopifyOAuthRejected),
)
@takes_any_query
async def begin_shopify_connection(
    request: Request,
    scope: Annotated[Scope, Needs(Permission.STORE_WRITE)],
    connector: Connector,
    shop: Annotated[str, Query(min_length=1, max_length=200, description="The shop's myshopify domain, or its handle.")],
) -> RedirectResponse:
    """Send the browser to the shop's consent page at Shopify; open it as a page, not from a script.

    On failure a browser is sent to /settings/stores with `error` and `requestId`.
    """
    raw: bytes = request.scope["query_string"]
    url = await connector.begin(scope, shop, signed_query=raw if "hmac" in request.query_params else None)
    return RedirectResponse(url, status_code=302, headers={"cache-control": "no-store"})


@shopify.get(
    "/callback",
    status_code=302,
    response_class=RedirectResponse,
    summary="Return from Shopify's consent page",
    responses=refusals(ShopifyOAuthRejected, OAuthStateRefused, ShopifyGrantRefused, *_SHOP_REFUSED[1:]),
)
@takes_any_query
async def finish_shopify_connection(
    request: Request, scope: Annotated[Scope, Needs(Permission.STORE_WRITE)], connector: Connector
) -> RedirectResponse:
    """Shopify sends the browser here with a signed query. The store is registered and its import begins.

    Needs the very session that began it. On failure a browser is sent to /settings/stores with `error` and `requestId`.
    """
    registration = await connector.finish(scope, request.scope["query_string"])
    url = f"/stores/{registration.store_id}/import"
    return RedirectResponse(url, status_code=302, headers={"cache-control": "no-store"})


@stores.post(
    "",
    status_code=201,
    summary="Connect a shop with a custom app's token",
    responses=refusals(AccessTokenRefused, *_SHOP_REFUSED),
)
async def connect_store(
    body: StoreConnectInput,
    scope: Annotated[Scope, Needs(Permission.STORE_WRITE)],
    connector: Connector,
    db: Annotated[Database, wired(Database)],
) -> StoreRead:
    """Try the token by reading the shop with it, keep it encrypted, and begin the import.

    A shop that is a store here already gets the new token and keeps its data.
    """
    registration = await connector.connect_custom_app(scope, body.shop, body.access_token)
    async with db.tenant(scope) as session:
        return StoreRead.of(await repository.get_store(session, registration.store_id))


@stores.get("", summary="List stores", responses=refusals(InvalidCursor))
async def list_stores(
    paging: Paging, session: Annotated[TenantSession, Transaction(Permission.STORE_READ)]
) -> ListRead[StoreRead]:
    """The account's stores, first connected first."""
    found = await repository.list_stores(session, after=_after(paging), limit=paging.limit + 1)
    items = [StoreRead.of(store) for store in found[: paging.limit]]
    return ListRead(items=items, next_cursor=_next(items[-1].id) if len(found) > paging.limit else None)


@stores.get("/{store_id}", summary="Read a store", responses=refusals(StoreNotFound))
async def read_store(store_id: PathId, session: Annotated[TenantSession, Transaction(Permission.STORE_READ)]) -> StoreRead:
    """One store, its health and its schedule."""
    return StoreRead.of(await repository.get_store(session, store_id))


@stores.patch("/{store_id}", summary="Change a store's schedule", responses=refusals(StoreNotFound, StoreDisconnecting))
async def update_store(
    store_id: PathId, body: StoreUpdateInput, session: Annotated[TenantSession, Transaction(Permission.STORE_WRITE)]
) -> StoreRead:
    """Change how often the store is read, or pause its scheduled reads."""
    await change_schedule(session, store_id, interval_minutes=body.sync_interval_minutes, paused=body.sync_paused)
    return StoreRead.of(await repository.get_store(session, store_id))


@stores.delete(
    "/{store_id}",
    status_code=202,
    summary="Disconnect a store and erase its data",
    responses=refusals(StoreNotFound, NameMismatch),
)
async def delete_store(
    store_id: PathId, body: StoreDeletionInput, session: Annotated[TenantSession, Transaction(Permission.STORE_DELETE)]
) -> ErasureRead:
    """Stop reading the store, forget its tokens at once, and erase everything copied from it. It cannot be undone."""
    erasure, is_new = await request_store_erasure(session, store_id, confirm_name=body.confirm_name)
    if is_new:
        await enqueue_erasure(session, erasure.id)
    return ErasureRead.of(erasure)


@connections.get("", summary="List connections", responses=refusals(InvalidCursor))
async def list_connections(
    paging: Paging, session: Annotated[TenantSession, Transaction(Permission.STORE_READ)]
) -> ListRead[ConnectionRead]:
    """The account's integrations of every type, first connected first."""
    found = await repository.list_connections(session, after=_after(paging), limit=paging.limit + 1)
    items = [ConnectionRead.model_validate(connection) for connection in found[: paging.limit]]
    return ListRead(items=items, next_cursor=_next(items[-1].id) if len(found) > paging.limit else None)


@erasures.get("/{erasure_id}", summary="Read an erasure", responses=refusals(ErasureNotFound))
async def read_erasure(erasure_id: PathId, session: Annotated[TenantSession, Transaction(Permission.STORE_READ)]) -> ErasureRead:
    """How far the erasure of a store is, part by part."""
    return ErasureRead.of(await get_erasure(session, erasure_id))


def _after(paging: PageRequest) -> UUID | None:
    if paging.cursor is None:
        return None
    try:
        return UUID(decode_cursor(paging.cursor, _CREATED_ORDER, 1)[0])
    except (ValueError, TypeError, AttributeError):
        raise InvalidCursor() from None


def _next(last: UUID) -> str:
    return encode_cursor(_CREATED_ORDER, [str(last)])


routers = (shopify, stores, connections, erasures)
