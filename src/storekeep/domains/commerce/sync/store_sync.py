"""One run of one store, from beginning to end: customers, then orders, then products; one that fails does not stop the others.

Runs inside a ledger job and may be killed anywhere: what is done is written down with what it did, and the next attempt goes on
from there. What cannot be done now (Shopify asks us to wait, or is away) gives the job back with its progress kept.
"""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import func, select

from storekeep.domains.commerce.calendars import Calendar, CalendarChanged
from storekeep.domains.commerce.models import Customer, Order, Product, SyncResource, SyncRun, SyncWindow
from storekeep.domains.commerce.rebase import adopt_calendar
from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.sync.delta_resource import ResourceDelta
from storekeep.domains.commerce.sync.import_resource import ResourceImport
from storekeep.domains.commerce.sync.limits import limits_of
from storekeep.domains.commerce.sync.news import SyncNews
from storekeep.domains.commerce.sync.reader import StoreReading
from storekeep.domains.commerce.types import Resource, RunKind, RunStatus
from storekeep.domains.connections import public as connections
from storekeep.integrations.shopify.bulk import BulkOperations
from storekeep.integrations.shopify.bulk_file import BulkFiles
from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.integrations.shopify.errors import (
    ShopifyAuthFailed,
    ShopifyError,
    ShopifyGrantRefused,
    ShopifyShopFrozen,
)
from storekeep.integrations.shopify.gateway import read_scopes, read_shop
from storekeep.kit.clock import now
from storekeep.kit.errors import AppError
from storekeep.runtime.database import TenantSession
from storekeep.runtime.jobs import JobCancelled, JobContext, RetryLater

log = structlog.get_logger(__name__)
_PAUSE_S, _LONGEST_PAUSE_S = 15.0, 900.0


# Errors that end the whole run, whatever resource met them.
_ABOUT_THE_STORE = (
    ShopifyAuthFailed,
    ShopifyGrantRefused,
    ShopifyShopFrozen,
    connections.StoreDisconnecting,
    connections.StoreNeedsReconnect,
    connections.StoreNotFound,
)


async def sync_store(context: JobContext, run_id: UUID, store_id: UUID) -> None:
    """Carry the run to its end, or as far as possible. Raises RetryLater with the progress kept, LeaseLost, JobCancelled."""
    try:
        if not await _begin(context, run_id, store_id):
            return
        error = await _read_store(context, run_id, store_id)
        await _finish(context, run_id, store_id, error)
    except (connections.StoreDisconnecting, connections.StoreNotFound):
        log.info("sync_stopped", store_id=str(store_id), reason="disconnected")
    except JobCancelled:
        await _cancel_operations(context, run_id, store_id)
        raise


async def _read_store(context: JobContext, run_id: UUID, store_id: UUID) -> AppError | None:
    """Read every resource; what ended the run early, if anything did."""
    clients = context.services.get(connections.StoreClients)
    try:
        client = await clients.client_for(context.scope, store_id)
        reading = await _reading(context, run_id, store_id, client, clients.gateway.files)
        for resource in Resource:
            await _copy(reading, resource)
    except CalendarChanged as changed:
        raise RetryLater(1, "the store's time zone changed while it was read") from changed
    except (connections.StoreDisconnecting, connections.StoreNotFound):
        raise
    except connections.StoreNeedsReconnect as error:
        return error
    except (ShopifyAuthFailed, ShopifyGrantRefused) as error:
        async with context.transaction() as session:
            await connections.mark_needs_reconnect(session, store_id, reason=error.code)
        return error
    except ShopifyShopFrozen as error:
        async with context.transaction() as session:
            await connections.mark_paused(session, store_id, reason=error.code)
        return error
    except AppError as error:
        if not error.retryable:
            return error
        setbacks = await _set_back(context, run_id, error)
        if setbacks < limits_of(context.services).max_setbacks:
            raise RetryLater(_pause(error, setbacks), error.code) from error
        return error
    return None


async def _begin(context: JobContext, run_id: UUID, store_id: UUID) -> bool:
    """Mark the run as running; False when it is over already."""
    async with context.transaction() as session:
        await connections.ensure_store_active(session, store_id)
        run = await session.get(SyncRun, (session.tenant_id, run_id), with_for_update=True)
        if run is None or run.status not in runs.OPEN:
            return False
        run.status = RunStatus.RUNNING
        if run.started_at is None:
            run.started_at = now()
    return True


async def _reading(context: JobContext, run_id: UUID, store_id: UUID, client: ShopifyClient, files: BulkFiles) -> StoreReading:
    """What the run needs to know; what the shop says of itself is brought up to date first."""
    facts, scopes = await read_shop(client), await read_scopes(client)
    async with context.transaction() as session:
        # First, while we hold no lock: it may have to lock the connection against everybody.
        await connections.mark_connected(session, store_id)
        await connections.ensure_store_active(session, store_id)
        await connections.record_shop_facts(session, store_id, facts, scopes)
    calendar = Calendar(store_id, facts.time_zone, facts.currency)
    async with context.transaction() as session:
        await connections.ensure_store_active(session, store_id)
        if await adopt_calendar(session, calendar):
            log.info("store_calendar_changed", store_id=str(store_id), time_zone=calendar.time_zone, currency=calendar.currency)
        store = await connections.get_store(session, store_id)
        run = await runs.begin_at_source(session, run_id, facts.told_at)
    return StoreReading(
        context=context,
        run_id=run_id,
        store_id=store_id,
        kind=RunKind(run.kind),
        started_at=_begun(run),
        history_limited=store.history_limited,
        orders_known_from=store.orders_known_from,
        calendar=calendar,
        client=client,
        files=files,
        limits=limits_of(context.services),
        news=SyncNews(context.services, context.scope.tenant_id, store_id, run_id),
    )


def _begun(run: SyncRun) -> datetime:
    """When the run began by the source's clock, in whole seconds as the source counts them."""
    assert run.source_started_at is not None
    return run.source_started_at.replace(microsecond=0)


async def _copy(reading: StoreReading, resource: Resource) -> None:
    """Read one resource unless it is done; a failure that is its own is noted and ends only it."""
    async with reading.context.transaction() as session:
        row = await runs.lock_resource(session, reading.run_id, resource)
        if row.status not in runs.OPEN:
            return
        row.status = RunStatus.RUNNING
        row.started_at, cursor = row.started_at or now(), row.cursor
        mark = (await runs.high_water(session, reading.store_id)).get(resource)
    await reading.news.progress(row, changed=False)
    try:
        if reading.kind is RunKind.DELTA and mark is not None:
            await ResourceDelta(reading, resource, mark, cursor).run()
        else:
            await ResourceImport(reading, resource).run()
    except AppError as error:
        if error.retryable or isinstance(error, _ABOUT_THE_STORE):
            raise
        log.warning("sync_resource_failed", store_id=str(reading.store_id), resource=resource, code=error.code)
        await _fail(reading, resource, error)


async def _fail(reading: StoreReading, resource: Resource, error: AppError) -> SyncResource:
    async with reading.context.transaction() as session:
        await connections.ensure_store_active(session, reading.store_id)
        row = await runs.lock_resource(session, reading.run_id, resource)
        runs.fail_resource(row, error)
    await reading.news.progress(row, changed=False)
    return row


async def _set_back(context: JobContext, run_id: UUID, error: AppError) -> int:
    """Note on the run why it waits; how many times in a row it has been set back."""
    async with context.transaction() as session:
        run = await session.get_one(SyncRun, (session.tenant_id, run_id), with_for_update=True)
        run.setbacks += 1
        run.error = {"code": error.code, "message": error.message}
    return run.setbacks


def _pause(error: AppError, setbacks: int) -> float:
    """How long to wait before the job is tried again, in seconds."""
    asked = error.retry_after if error.retry_after is not None else min(_LONGEST_PAUSE_S, _PAUSE_S * 2 ** (setbacks - 1))
    return asked * random.uniform(1.0, 1.2)  # noqa: S311 (spreads load, hides nothing)


async def _finish(context: JobContext, run_id: UUID, store_id: UUID, error: AppError | None) -> None:
    """Close the run, tell connections how it went, and schedule the next one."""
    async with context.transaction() as session:
        await connections.ensure_store_active(session, store_id)
        run = await runs.finish_run(session, run_id, error)
        status = RunStatus(run.status)
        counts = await _stored_counts(session, store_id)
        await connections.record_sync_outcome(session, store_id, at=now(), status=status, counts=counts)
        await connections.set_next_due(session, store_id)
    log.info("sync_finished", store_id=str(store_id), run_id=str(run_id), kind=run.kind, status=status)


async def _stored_counts(session: TenantSession, store_id: UUID) -> connections.StoreCounts:
    counts = [
        select(func.count()).select_from(model).where(model.store_id == store_id).scalar_subquery()
        for model in (Customer, Order, Product)
    ]
    return connections.StoreCounts(*(await session.execute(select(*counts))).one())


async def _cancel_operations(context: JobContext, run_id: UUID, store_id: UUID) -> None:
    """Ask Shopify to stop what it prepares for a cancelled run; if it does not hear us, the exports simply end unread."""
    with suppress(AppError):
        async with context.db.tenant(context.scope) as session:
            query = select(SyncWindow.bulk_operation).where(
                SyncWindow.run_id == run_id, SyncWindow.loaded_at.is_(None), SyncWindow.bulk_operation.is_not(None)
            )
            operations = [str(operation) for operation in (await session.execute(query)).scalars()]
        if operations:
            client = await context.services.get(connections.StoreClients).client_for(context.scope, store_id)
            for operation in operations:
                with suppress(ShopifyError):
                    await BulkOperations(client).cancel(operation)
