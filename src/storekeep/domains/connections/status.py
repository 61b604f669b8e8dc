"""Whether we can work with a store: the moves between CONNECTED, NEEDS_RECONNECT, PAUSED and DISCONNECTING."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import select

from storekeep.domains.audit import public as audit
from storekeep.domains.connections import schedule
from storekeep.domains.connections.errors import StoreDisconnecting, StoreNotFound
from storekeep.domains.connections.events import StoreStatusChanged
from storekeep.domains.connections.models import Connection, Store
from storekeep.domains.connections.repository import lock_connection, lock_store
from storekeep.domains.connections.types import ConnectionStatus
from storekeep.runtime.database import TenantSession

log = structlog.get_logger(__name__)


async def ensure_store_active(session: TenantSession, store_id: UUID) -> None:
    """Raise unless the store may be written to, and keep it so until this transaction ends.

    Call it first in every transaction that writes a store's data: a disconnection waits for those under way and refuses those
    that come later. Raises StoreDisconnecting or StoreNotFound.
    """
    connection = await lock_connection(session, store_id, share=True)
    if connection.status == ConnectionStatus.DISCONNECTING:
        raise StoreDisconnecting()


async def mark_needs_reconnect(session: TenantSession, store_id: UUID, *, reason: str, generation: int | None = None) -> bool:
    """The token is dead: CONNECTED or PAUSED → NEEDS_RECONNECT; scheduled reads stop until a person consents again.

    `reason` is a code ("SHOPIFY_AUTH_FAILED"). With `generation`, nothing happens if the store was installed again meanwhile: the
    news is about tokens that are gone. True when the status changed. Call it in a transaction of its own, not one that holds
    `ensure_store_active`.
    """
    return await _move(session, store_id, ConnectionStatus.NEEDS_RECONNECT, reason, generation)


async def mark_paused(session: TenantSession, store_id: UUID, *, reason: str, generation: int | None = None) -> bool:
    """The shop is frozen, locked or unpaid (402, 403, 404, 423): CONNECTED → PAUSED; we look again in an hour.

    `reason` and `generation` as in `mark_needs_reconnect`. True when the status or its reason changed.
    """
    return await _move(session, store_id, ConnectionStatus.PAUSED, reason, generation)


async def mark_connected(session: TenantSession, store_id: UUID) -> bool:
    """Shopify answered: PAUSED → CONNECTED. A store that needs a person to reconnect stays as it is. True when it changed.

    Costs one read when nothing is to be done, so it may be called after every success.
    """
    paused = select(Connection.id).where(Connection.id == store_id, Connection.status == ConnectionStatus.PAUSED)
    if (await session.execute(paused)).first() is None:
        return False
    return await _move(session, store_id, ConnectionStatus.CONNECTED, None, None)


async def _move(
    session: TenantSession, store_id: UUID, status: ConnectionStatus, reason: str | None, generation: int | None
) -> bool:
    try:
        connection = await lock_connection(session, store_id)
    except StoreNotFound:
        return False  # erased meanwhile: there is nothing left to say
    if not _allowed(ConnectionStatus(connection.status), status):
        return False
    if (connection.status, connection.status_reason) == (status, reason):
        if status is ConnectionStatus.PAUSED:
            await schedule.set_next_due(session, store_id)
        return False
    store = await lock_store(session, store_id)
    if generation is not None and store.generation != generation:
        return False
    await set_status(session, connection, store, status, reason)
    return True


def _allowed(old: ConnectionStatus, new: ConnectionStatus) -> bool:
    if old is ConnectionStatus.DISCONNECTING:
        return False
    return not (old is ConnectionStatus.NEEDS_RECONNECT and new is not ConnectionStatus.NEEDS_RECONNECT)


async def set_status(
    session: TenantSession, connection: Connection, store: Store, status: ConnectionStatus, reason: str | None
) -> None:
    """Write the new status of locked rows, move the schedule accordingly, record and announce it."""
    log.info("store_status", store_id=str(store.id), shop=store.shop, old=connection.status, new=status, reason=reason)
    before = {"status": str(connection.status), "reason": connection.status_reason}
    connection.status, connection.status_reason = status, reason
    await session.flush()
    await audit.record(
        session,
        action="store.status_changed",
        subjects=[audit.Subject("store", store.id)],
        before=before,
        after={"status": str(status), "reason": reason},
    )
    await schedule.set_next_due(session, store.id)
    await session.announce(StoreStatusChanged(store_id=store.id, status=status, reason=reason))
