"""Everything of a resource: cut into windows, exported by bulk operations a few ahead, each window loaded in one transaction.

A window is the checkpoint: loaded ones are never read again, so a killed run goes on where it was, and nothing is there twice.
Only when every window is loaded and counted does the mark move from which deltas start.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import func, select, update

from storekeep.domains.commerce.errors import ExportKeepsFailing, SourceCountMismatch
from storekeep.domains.commerce.models import SyncWindow
from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.sync.load_window import load_window
from storekeep.domains.commerce.sync.reach import known_from, read_reach
from storekeep.domains.commerce.sync.reader import StoreReading
from storekeep.domains.commerce.sync.windows import halves, plan, search_for
from storekeep.domains.commerce.types import Resource
from storekeep.domains.connections import public as connections
from storekeep.integrations.shopify.bulk import BulkOperation, BulkOperations
from storekeep.integrations.shopify.documents import BULK_CUSTOMERS, BULK_ORDERS, BULK_PRODUCTS, bulk_text
from storekeep.integrations.shopify.errors import BulkBusy, BulkFailed, BulkFileIncomplete
from storekeep.integrations.shopify.gateway import read_count
from storekeep.integrations.shopify.wire import SourceCount
from storekeep.kit.clock import now

log = structlog.get_logger(__name__)
# What says nothing about the size of the window: the operation or its file is simply not there any more.
_LOST = frozenset({"UNKNOWN", "EXPIRED", "CANCELED"})
_TEXTS = {Resource.CUSTOMERS: BULK_CUSTOMERS, Resource.ORDERS: BULK_ORDERS, Resource.PRODUCTS: BULK_PRODUCTS}


class ResourceImport:
    """The import of one resource in one run."""

    def __init__(self, reading: StoreReading, resource: Resource) -> None:
        self._reading = reading
        self._resource = resource
        self._bulk = BulkOperations(reading.client)

    async def run(self) -> None:
        """Load every window that is not loaded yet, then move the mark. Running it again goes on where it stopped.

        Raises what Shopify's client raises, SourceCountMismatch, ExportKeepsFailing, CalendarChanged, LeaseLost, JobCancelled.
        """
        await self._plan()
        while True:
            windows = await self._unloaded()
            if not windows:
                break
            await self._submit(windows)
            await self._load(windows[0])
        await self._conclude()

    async def _plan(self) -> None:
        reading = self._reading
        async with reading.context.transaction() as session:
            known = select(func.count()).where(SyncWindow.run_id == reading.run_id, SyncWindow.resource == self._resource)
            if (await session.execute(known)).scalar_one():
                return
        planned = await plan(self._count, until=reading.started_at, limit=reading.limits.window(self._resource))
        async with reading.context.transaction() as session:
            await connections.ensure_store_active(session, reading.store_id)
            session.add_all(
                SyncWindow(
                    run_id=reading.run_id,
                    resource=self._resource,
                    position=position,
                    starts_at=window.starts_at,
                    ends_at=window.ends_at,
                    expected=window.expected,
                )
                for position, window in enumerate(planned)
            )
            row = await runs.lock_resource(session, reading.run_id, self._resource)
            row.expected = sum(window.expected for window in planned)
        await reading.news.progress(row, changed=False)

    async def _count(self, starts_at: datetime | None, ends_at: datetime | None) -> SourceCount:
        search = search_for(self._resource, starts_at, ends_at, listing=False)
        return await read_count(self._reading.client, self._resource, search)

    async def _unloaded(self) -> Sequence[SyncWindow]:
        query = (
            select(SyncWindow)
            .where(
                SyncWindow.run_id == self._reading.run_id,
                SyncWindow.resource == self._resource,
                SyncWindow.loaded_at.is_(None),
            )
            .order_by(SyncWindow.position)
        )
        async with self._reading.context.transaction() as session:
            return (await session.execute(query)).scalars().all()

    async def _submit(self, windows: Sequence[SyncWindow]) -> None:
        """Have the next few windows' operations under way. One that runs already, from before a crash, is adopted."""
        for window in windows[: self._reading.limits.ahead]:
            if window.bulk_operation is not None:
                continue
            search = search_for(self._resource, window.starts_at, window.ends_at, listing=True)
            try:
                operation = await self._bulk.start(bulk_text(_TEXTS[self._resource], search))
            except BulkBusy:
                if windows[0].bulk_operation is None:
                    raise
                return
            await self._set_operation(window, operation.id)

    async def _set_operation(self, window: SyncWindow, operation_id: str | None, *, failed: bool = False) -> None:
        values = {"bulk_operation": operation_id, "attempts": window.attempts + int(failed), "updated_at": now()}
        async with self._reading.context.transaction() as session:
            await session.execute(
                update(SyncWindow).where(SyncWindow.id == window.id).values(values).execution_options(synchronize_session=False)
            )
        window.bulk_operation, window.attempts = operation_id, window.attempts + int(failed)

    async def _load(self, window: SyncWindow) -> None:
        if window.bulk_operation is None:
            raise RuntimeError("a window without an operation cannot be loaded")
        operation_id = window.bulk_operation

        async def renew() -> BulkOperation:
            return await self._bulk.status(operation_id)

        try:
            operation = await self._bulk.wait(operation_id, deadline_s=self._reading.limits.bulk_patience_s)
            await load_window(self._reading, self._resource, window, operation, renew, self._count)
        except BulkFileIncomplete:
            await self._again(window)
        except SourceCountMismatch as mismatch:
            await self._again(window, mismatch)
        except BulkFailed as error:
            await self._smaller(window, error)

    async def _again(self, window: SyncWindow, error: SourceCountMismatch | None = None) -> None:
        """Export the window anew, a few times; then it has failed, with `error` if there is a better one."""
        log.warning("sync_window_again", window_id=str(window.id), resource=self._resource, attempts=window.attempts + 1)
        await self._set_operation(window, None, failed=True)
        if window.attempts >= self._reading.limits.max_attempts:
            raise error or ExportKeepsFailing()

    async def _smaller(self, window: SyncWindow, error: BulkFailed) -> None:
        """Shopify could not export the window: ask for half of it, and for the same again where halving would not help."""
        parts = halves(window.starts_at, window.ends_at, self._reading.started_at)
        lost = error.details.get("status") in _LOST or error.details.get("reason") == "file_gone"
        if lost or len(parts) == 1:
            await self._again(window)
            return
        log.warning("sync_window_halved", window_id=str(window.id), resource=self._resource, **_shown(error))
        counts = [await self._count(*part) for part in parts]
        last = select(func.max(SyncWindow.position)).where(
            SyncWindow.run_id == window.run_id, SyncWindow.resource == self._resource
        )
        async with self._reading.context.transaction() as session:
            stored = await session.get(SyncWindow, (session.tenant_id, window.id), with_for_update=True)
            if stored is None or stored.loaded_at is not None:
                return
            (_, stored.ends_at), (start, end) = parts
            stored.expected = counts[0].count
            # Half of it is another window: what failed of the whole one does not count against it.
            stored.bulk_operation, stored.attempts = None, 0
            session.add(
                SyncWindow(
                    run_id=window.run_id,
                    resource=self._resource,
                    position=(await session.execute(last)).scalar_one() + 1,
                    starts_at=start,
                    ends_at=end,
                    expected=counts[1].count,
                    attempts=0,
                )
            )

    async def _conclude(self) -> None:
        """Every window is loaded and counted: from here on deltas know where to begin."""
        reading = self._reading
        is_orders = self._resource is Resource.ORDERS
        reach = await read_reach(reading.client, history_limited=reading.history_limited) if is_orders else None
        async with reading.context.transaction() as session:
            await connections.ensure_store_active(session, reading.store_id)
            if is_orders:
                mark = (await runs.high_water(session, reading.store_id)).get(self._resource)
                known = known_from(reading.orders_known_from, mark=mark, reach=reach)
                await connections.record_orders_known(session, reading.store_id, known)
            await runs.set_high_water(session, reading.store_id, self._resource, reading.started_at)
            row = await runs.lock_resource(session, reading.run_id, self._resource)
            row.cursor = reading.started_at
            runs.succeed_resource(row)
        await reading.news.progress(row, changed=False)


def _shown(error: BulkFailed) -> dict[str, object]:
    return {key: error.details.get(key) for key in ("status", "errorCode", "objects")}
