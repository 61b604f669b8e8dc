"""One window: its file streamed into staging tables, merged, counted and checked off in a single transaction.

Killed at any point, nothing of it is there; committed, all of it is, and the window is marked. Memory holds a megabyte of the
file and a few hundred bytes a record.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import orjson
import structlog
from sqlalchemy import text

from storekeep.domains.commerce.errors import SourceCountMismatch
from storekeep.domains.commerce.events import StoreDataChanged
from storekeep.domains.commerce.models import SyncWindow
from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.sync.apply import merge_staged, staging_of
from storekeep.domains.commerce.sync.batch import Span
from storekeep.domains.commerce.sync.customer_rows import CustomerAssembler
from storekeep.domains.commerce.sync.details import read_details
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.domains.commerce.sync.product_rows import ProductAssembler
from storekeep.domains.commerce.sync.reach import read_reach
from storekeep.domains.commerce.sync.reader import StoreReading
from storekeep.domains.commerce.sync.staging import Staging
from storekeep.domains.commerce.sync.windows import Count
from storekeep.domains.commerce.types import Resource
from storekeep.domains.connections import public as connections
from storekeep.integrations.shopify.bulk import BulkOperation
from storekeep.integrations.shopify.bulk_file import Batch, Renew
from storekeep.integrations.shopify.errors import BulkFileIncomplete
from storekeep.kit.clock import now
from storekeep.runtime.database import TenantSession

log = structlog.get_logger(__name__)
_FLUSH_ROWS = 4_000
_AWAKE_S = 30.0
Assembler = OrderAssembler | CustomerAssembler | ProductAssembler


async def load_window(
    reading: StoreReading, resource: Resource, window: SyncWindow, operation: BulkOperation, renew: Renew, count: Count
) -> None:
    """Load a completed operation's file. Raises BulkFileIncomplete, BulkFailed, SourceCountMismatch, CalendarChanged, and what
    Shopify's client raises; nothing is kept then."""
    assembler = reading.assembler(resource)
    so_far = reading.news.so_far(resource)
    async with reading.context.transaction() as session:
        staging = staging_of(session, assembler)
        await staging.open()
        shown = await runs.resource_of(session, reading.run_id, resource)
        async with _kept_awake(session) as turn:
            async with reading.files.batches(operation, renew=renew) as batches:
                async for batch in batches:
                    feed(assembler, batch)
                    if so_far.due:
                        await so_far.tell(shown.read, assembler.tally.read)
                        await reading.news.progress(shown, changed=False, so_far=assembler.tally.read)
                    if assembler.buffers.held >= _FLUSH_ROWS:
                        async with turn:
                            await staging.copy(assembler.buffers.drain())
            await _check_counts(assembler, window, operation, count)
            if isinstance(assembler, OrderAssembler):
                await read_details(reading.client, assembler)
            complete = await _complete_span(reading, resource, window)
        await _finish_staging(assembler, staging)
        # Not before: a disconnection waits for whoever holds the store, and must not wait for a download.
        await connections.ensure_store_active(session, reading.store_id)
        merged = await merge_staged(session, reading.calendar, assembler, staging, complete=complete)
        stored = await session.get_one(SyncWindow, (session.tenant_id, window.id), with_for_update=True)
        stored.loaded_at = now()
        row = await runs.lock_resource(session, reading.run_id, resource)
        runs.record(row, assembler.tally)
        await runs.progressed(session, reading.run_id)
        if merged.changed:
            await session.announce(StoreDataChanged(store_id=reading.store_id, resource=resource))
    log.info(
        "sync_window_loaded",
        window_id=str(window.id),
        resource=resource,
        read=assembler.tally.read,
        written=assembler.tally.written,
        failed=assembler.tally.failed,
    )
    await reading.news.progress(row, changed=merged.changed)


@asynccontextmanager
async def _kept_awake(session: TenantSession) -> AsyncIterator[asyncio.Lock]:
    """Within the block the transaction is not ended for idleness while we wait for Shopify. Use the session under the lock."""
    turn = asyncio.Lock()

    async def nudge() -> None:
        while True:
            await asyncio.sleep(_AWAKE_S)
            async with turn:
                await session.execute(text("SELECT 1"))

    task = asyncio.create_task(nudge())
    try:
        yield turn
    finally:
        async with turn:  # never in the middle of a statement: that would break the connection
            task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def feed(assembler: Assembler, lines: Batch) -> None:
    """Feed a batch of JSON lines. Raises BulkFileIncomplete for a line that is no JSON object: then the file is damaged."""
    loads, root, child = orjson.loads, assembler.root, assembler.child
    for line in lines:
        try:
            node: Any = loads(line)
        except orjson.JSONDecodeError:
            raise BulkFileIncomplete(details={"reason": "damaged line"}) from None
        if not isinstance(node, dict):
            raise BulkFileIncomplete(details={"reason": "damaged line"})
        if "__parentId" in node:
            child(node)
        else:
            root(node)


async def _finish_staging(assembler: Assembler, staging: Staging) -> None:
    assembler.finish()
    await staging.copy(assembler.buffers.drain())
    await staging.analyze()


async def _check_counts(assembler: Assembler, window: SyncWindow, operation: BulkOperation, count: Count) -> None:
    """What was read must be as many as the operation says, and as the source counts: when planned, now, or in between."""
    read = assembler.tally.read
    if read != operation.root_count:
        raise SourceCountMismatch(details={"read": read, "exported": operation.root_count})
    if read == window.expected:
        return
    found = await count(window.starts_at, window.ends_at)
    planned = window.expected if window.expected is not None else found.count
    low, high = min(planned, found.count), max(planned, found.count)
    if read < low or (found.exact and read > high):
        raise SourceCountMismatch(details={"read": read, "expected": planned, "counted": found.count})


async def _complete_span(reading: StoreReading, resource: Resource, window: SyncWindow) -> Span | None:
    """The part of the window in which what was not exported does not exist any more. Asked once the file is read."""
    ends_at: datetime = window.ends_at or reading.started_at
    if resource is not Resource.ORDERS:
        return Span(window.starts_at, ends_at)
    seen_from = await read_reach(reading.client, history_limited=reading.history_limited)
    if seen_from is None:
        return Span(window.starts_at, ends_at)
    if ends_at <= seen_from:
        return None
    return Span(seen_from if window.starts_at is None else max(window.starts_at, seen_from), ends_at)
