"""Asking for a run: by a person, by the schedule, by a store that was just connected."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from storekeep.domains.audit import public as audit
from storekeep.domains.commerce.models import SyncRun
from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.sync.jobs import IMPORT, SYNC, SyncArgs
from storekeep.domains.commerce.types import RunKind, RunTrigger
from storekeep.domains.connections import public as connections
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.jobs import enqueue, ledger
from storekeep.runtime.services import Services

log = structlog.get_logger(__name__)
_BATCH = 100


async def request_run(session: TenantSession, store_id: UUID, trigger: RunTrigger, *, full: bool = False) -> SyncRun:
    """The store's open run, or a new one with its job, both in this transaction. Raises StoreNotFound, StoreDisconnecting.

    An open run that waits for its next attempt goes on at once when a person asks. One that reads but what changed gives way to a
    `full` one. Where orders are missing that were hidden and are shown now, every run is a full one until they are here.
    """
    await connections.ensure_store_active(session, store_id)
    full = full or await _shows_more(session, store_id)
    kind = await runs.kind_for(session, store_id, full=full)
    if full:
        await _make_way(session, store_id)
    run, made = await runs.add_run(session, store_id, kind, trigger)
    if full and run.kind == RunKind.DELTA:  # opened by somebody else this very moment
        await _make_way(session, store_id)
        run, made = await runs.add_run(session, store_id, kind, trigger)
    if made:
        job = SYNC if kind is RunKind.DELTA else IMPORT
        run.job_id = await enqueue(session, job, SyncArgs(run_id=run.id, store_id=store_id), unique_key=str(run.id))
        await session.flush()
    elif trigger is RunTrigger.MANUAL and run.job_id is not None:
        await ledger.hasten(session, run.job_id)
    return run


async def _shows_more(session: TenantSession, store_id: UUID) -> bool:
    """Whether Shopify shows us orders now that it hid when the store was read: no list of changes would name them."""
    store = await connections.get_store(session, store_id)
    return store.orders_known_from is not None and not store.history_limited


async def _make_way(session: TenantSession, store_id: UUID) -> None:
    """A run that reads but what changed ends for one that reads everything, and the trail says so."""
    ended = await runs.give_way(session, store_id)
    if ended is not None:
        await audit.record(
            session,
            action="sync.cancelled",
            subjects=[audit.Subject("store", store_id)],
            after={"runId": str(ended.id), "status": str(ended.status)},
        )


async def request_runs(session: TenantSession, store_ids: Sequence[UUID], *, full: bool) -> list[SyncRun]:
    """A run of each store, asked for by a person."""
    return [await request_run(session, store_id, RunTrigger.MANUAL, full=full) for store_id in store_ids]


async def schedule_due_stores(services: Services) -> None:
    """Enqueue a run of every store whose time has come, whatever happens with any one of them."""
    db = services.get(Database)
    while True:
        async with db.system("find stores whose scheduled read is due") as session:
            due = await connections.due_stores(session, limit=_BATCH)
        for store in due:
            try:
                async with db.tenant(Scope(tenant_id=store.tenant_id)) as session:
                    await request_run(session, store.store_id, RunTrigger.SCHEDULE)
                    await connections.set_next_due(session, store.store_id)
            except Exception:
                # It comes up again in two minutes; the others must not wait for it.
                log.warning("schedule_store_failed", tenant_id=str(store.tenant_id), store_id=str(store.store_id), exc_info=True)
        if len(due) < _BATCH:
            return
