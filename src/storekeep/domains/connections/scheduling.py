"""A person changes how often a store is read, or pauses its schedule."""

from __future__ import annotations

from uuid import UUID

from storekeep.domains.audit import public as audit
from storekeep.domains.connections import schedule
from storekeep.domains.connections.errors import StoreDisconnecting
from storekeep.domains.connections.events import StoreScheduleChanged
from storekeep.domains.connections.repository import lock_connection, lock_store
from storekeep.domains.connections.types import ConnectionStatus
from storekeep.runtime.database import TenantSession


async def change_schedule(
    session: TenantSession, store_id: UUID, *, interval_minutes: int | None = None, paused: bool | None = None
) -> None:
    """Set the interval (1..1440 minutes), pause or resume scheduled reads; what is None stays.

    The next read is scheduled anew from now. Changing nothing announces nothing. Raises StoreNotFound or StoreDisconnecting.
    """
    connection = await lock_connection(session, store_id)
    if connection.status == ConnectionStatus.DISCONNECTING:
        raise StoreDisconnecting()
    store = await lock_store(session, store_id)
    before = {"syncIntervalMinutes": store.sync_interval_minutes, "syncPaused": store.sync_paused}
    if interval_minutes is not None:
        store.sync_interval_minutes = interval_minutes
    if paused is not None:
        store.sync_paused = paused
    after = {"syncIntervalMinutes": store.sync_interval_minutes, "syncPaused": store.sync_paused}
    if after == before:
        return
    await session.flush()
    await schedule.set_next_due(session, store_id)
    subjects = [audit.Subject("store", store_id)]
    await audit.record(session, action="store.schedule_changed", subjects=subjects, before=before, after=after)
    await session.announce(
        StoreScheduleChanged(store_id=store_id, sync_interval_minutes=store.sync_interval_minutes, sync_paused=store.sync_paused)
    )
