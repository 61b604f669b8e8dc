"""POST /api/sync, the runs it leads to, and one order refreshed on demand."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from redis.asyncio import Redis
from sqlalchemy import select, tuple_

from storekeep.domains.accounts.guard import Needs, Permission, Transaction, tenant_router
from storekeep.domains.accounts.public import TenantNotFound
from storekeep.domains.audit import public as audit
from storekeep.domains.commerce.browse import orders
from storekeep.domains.commerce.browse.order_schemas import OrderDetailRead
from storekeep.domains.commerce.browse.orders import OrderNotFound
from storekeep.domains.commerce.errors import OrderGoneAtSource, OrderOutOfReach, RunAlreadyOver, RunNotFound
from storekeep.domains.commerce.models import SyncRun
from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.sync.read_so_far import read_so_far
from storekeep.domains.commerce.sync.refresh import refresh_order
from storekeep.domains.commerce.sync.requests import request_runs
from storekeep.domains.commerce.sync.runs import RunFacts
from storekeep.domains.commerce.sync.schemas import SyncInput, SyncRunRead
from storekeep.domains.connections import public as connections
from storekeep.integrations.shopify.errors import (
    ShopifyAccessDenied,
    ShopifyRateLimited,
    ShopifyShopFrozen,
    ShopifyUnavailable,
)
from storekeep.kit.paging import InvalidCursor, decode_place, encode_cursor
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.web.params import Id, Paging, PathId, services_of, wired
from storekeep.runtime.web.routes import refusals
from storekeep.runtime.web.schemas import ListRead

router = tenant_router(prefix="/api", tags=["commerce"])
_NEWEST = "-createdAt"
Reading = Annotated[TenantSession, Transaction(Permission.STORE_READ)]
Syncing = Annotated[TenantSession, Transaction(Permission.SYNC_RUN)]


@router.post(
    "/sync",
    status_code=202,
    summary="Read stores from Shopify now",
    responses=refusals(connections.StoreNotFound, TenantNotFound, connections.StoreDisconnecting),
)
async def start_sync(body: SyncInput, session: Syncing) -> ListRead[SyncRunRead]:
    """Begin a run of one store, or of all but those being disconnected.

    A store that is being read already answers with that run. Only a run that reads what changed gives way to one that reads
    everything: it is cancelled, and what it stored stays.
    """
    store_ids = await _wanted_stores(session, body)
    made = await request_runs(session, store_ids, full=body.full)
    for run in made:
        await audit.record(
            session,
            action="sync.requested",
            subjects=[audit.Subject("store", run.store_id)],
            after={"runId": str(run.id), "kind": run.kind},
        )
    return ListRead(items=await _shown(session, made), next_cursor=None)


async def _wanted_stores(session: TenantSession, body: SyncInput) -> list[UUID]:
    """Raises StoreNotFound for `storeId`, TenantNotFound for `tenantId`: neither a store of the tenant nor the tenant itself."""
    if body.tenant_id not in (None, session.tenant_id) and await connections.find_store(session, body.tenant_id) is None:
        raise TenantNotFound()
    named = {store_id for store_id in (body.store_id, body.tenant_id) if store_id not in (None, session.tenant_id)}
    if not named:
        # One that is being disconnected is not read again, and must not keep the others from it.
        leaving = connections.ConnectionStatus.DISCONNECTING
        return [store.id for store in await connections.list_stores(session) if store.status != leaving]
    return [(await connections.get_store(session, store_id)).id for store_id in sorted(named) if store_id is not None]


async def _shown(session: TenantSession, found: list[SyncRun], redis: Redis | None = None) -> list[SyncRunRead]:
    resources = await runs.resources_of(session, [run.id for run in found])
    rows = [row for run in found for row in resources[run.id]]
    so_far = {} if redis is None else await read_so_far(redis, session.tenant_id, rows)
    return [SyncRunRead.of(RunFacts(run, resources[run.id]), so_far) for run in found]


@router.get("/sync/runs", summary="List sync runs", responses=refusals(InvalidCursor, connections.StoreNotFound))
async def list_runs(
    session: Reading,
    paging: Paging,
    redis: Annotated[Redis, wired(Redis)],
    store_id: Annotated[Id | None, Query(alias="storeId", description="Runs of one store.")] = None,
) -> ListRead[SyncRunRead]:
    """Newest first."""
    query = select(SyncRun).order_by(SyncRun.created_at.desc(), SyncRun.id.desc()).limit(paging.limit + 1)
    if store_id is not None:
        query = query.where(SyncRun.store_id == store_id)
    if paging.cursor is not None:
        query = query.where(tuple_(SyncRun.created_at, SyncRun.id) < decode_place(paging.cursor, _NEWEST))
    found = list((await session.execute(query)).scalars())
    if store_id is not None and not found:
        await connections.get_store(session, store_id)
    items = found[: paging.limit]
    last = items[-1] if len(found) > paging.limit else None
    cursor = None if last is None else encode_cursor(_NEWEST, [last.created_at.isoformat(), str(last.id)])
    return ListRead(items=await _shown(session, items, redis), next_cursor=cursor)


@router.get("/sync/runs/{run_id}", summary="Read a sync run", responses=refusals(RunNotFound))
async def get_run(session: Reading, run_id: PathId, redis: Annotated[Redis, wired(Redis)]) -> SyncRunRead:
    """With what each resource came to."""
    facts = await runs.read_run(session, run_id)
    return SyncRunRead.of(facts, await read_so_far(redis, session.tenant_id, facts.resources))


@router.post("/sync/runs/{run_id}/cancel", summary="Cancel a sync run", responses=refusals(RunNotFound, RunAlreadyOver))
async def cancel_run(session: Syncing, run_id: PathId) -> SyncRunRead:
    """What is stored stays; nothing more of the run is."""
    was = str((await runs.read_run(session, run_id)).run.status)
    facts = await runs.cancel_run(session, run_id)
    await audit.record(
        session,
        action="sync.cancelled",
        subjects=[audit.Subject("store", facts.run.store_id)],
        before={"runId": str(run_id), "status": was},
        after={"runId": str(run_id), "status": str(facts.run.status)},
    )
    return SyncRunRead.of(facts)


@router.post(
    "/orders/{order_id}/refresh",
    summary="Read one order from Shopify now",
    responses=refusals(
        OrderNotFound,
        OrderGoneAtSource,
        OrderOutOfReach,
        connections.StoreNeedsReconnect,
        connections.StoreDisconnecting,
        ShopifyAccessDenied,
        ShopifyRateLimited,
        ShopifyShopFrozen,
        ShopifyUnavailable,
    ),
)
async def refresh(
    request: Request,
    order_id: PathId,
    scope: Annotated[Scope, Needs(Permission.ORDER_REFRESH)],
    db: Annotated[Database, wired(Database)],
) -> OrderDetailRead:
    """The order as Shopify has it at this moment. One that Shopify deleted is removed here too, and answered with 410."""
    await refresh_order(services_of(request), scope, order_id)
    async with db.tenant(scope) as session:
        return OrderDetailRead.whole(await orders.get_order(session, order_id))
