"""Asking for an erasure: the store stops at once, its tokens are forgotten, and a job erases the rest room by room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from storekeep.domains.audit import public as audit
from storekeep.domains.connections.errors import ErasureNotFound, NameMismatch
from storekeep.domains.connections.events import StoreDisconnectRequested, StoreLeaving
from storekeep.domains.connections.models import Connection, Erasure, Store
from storekeep.domains.connections.repository import lock_connection, lock_store
from storekeep.domains.connections.status import set_status
from storekeep.domains.connections.types import (
    ConnectionStatus,
    ConnectionType,
    ErasureStatus,
    ErasureView,
    Farewell,
    FarewellStatus,
    RoomErasure,
)
from storekeep.domains.connections.vault import drop_tokens
from storekeep.kit.ids import uuid7
from storekeep.runtime.database import TenantSession

log = structlog.get_logger(__name__)
STORE, TENANT = "store", "tenant"


async def request_store_erasure(session: TenantSession, store_id: UUID, *, confirm_name: str) -> tuple[ErasureView, bool]:
    """Disconnect the store and write the request to erase it; the caller enqueues the job. `confirm_name` is its shop domain.

    Waits for writes to the store under way; later ones are refused. Asked again, the erasure under way is answered, and the flag
    is False. Raises StoreNotFound or NameMismatch.
    """
    connection = await lock_connection(session, store_id)
    store = await lock_store(session, store_id)
    if confirm_name.strip().lower() != store.shop:
        raise NameMismatch(details={"field": "confirmName"})
    under_way = await _unfinished(session, store_id)
    if under_way is not None:
        return view_of(under_way), False
    erasure = await _write(session, STORE, store_id, uuid7())
    await _stop(session, connection, store, erasure.id)
    await audit.record(
        session,
        action="store.disconnect_requested",
        subjects=[audit.Subject("store", store_id)],
        before={"shop": store.shop, "name": store.shop_name},
        after={"erasureId": str(erasure.id)},
    )
    return view_of(erasure), True


async def request_tenant_erasure(session: TenantSession, erasure_id: UUID) -> bool:
    """Stop every connection of the tenant and write the request to erase all of it; the caller enqueues the job.

    False, and nothing is done, when that erasure was requested before.
    """
    if await session.get(Erasure, erasure_id) is not None:
        return False
    await _write(session, TENANT, session.tenant_id, erasure_id)
    stores = select(Store.id).order_by(Store.id)
    for store_id in (await session.execute(stores)).scalars().all():
        connection = await lock_connection(session, store_id)
        if connection.status != ConnectionStatus.DISCONNECTING:
            await _stop(session, connection, await lock_store(session, store_id), erasure_id)
    others = select(Connection).where(Connection.type != ConnectionType.SHOPIFY).with_for_update()
    for other in (await session.execute(others)).scalars():
        other.status = ConnectionStatus.DISCONNECTING
    await session.flush()
    return True


async def get_erasure(session: TenantSession, erasure_id: UUID) -> ErasureView:
    """One erasure of this tenant. Raises ErasureNotFound."""
    query = select(Erasure).where(Erasure.id == erasure_id, Erasure.erased_tenant_id == session.tenant_id)
    erasure = (await session.execute(query)).scalar_one_or_none()
    if erasure is None:
        raise ErasureNotFound()
    return view_of(erasure)


def view_of(erasure: Erasure) -> ErasureView:
    """The row as others see it."""
    return ErasureView(
        id=erasure.id,
        subject=erasure.subject_kind,
        subject_id=erasure.subject_id,
        status=ErasureStatus.RUNNING if erasure.finished_at is None else ErasureStatus.DONE,
        rooms=tuple(_part(part) for part in erasure.rooms if not is_farewell(part)),
        farewells=tuple(_farewell(part) for part in erasure.rooms if is_farewell(part)),
        requested_at=erasure.created_at,
        finished_at=erasure.finished_at,
    )


def _part(part: dict[str, Any]) -> RoomErasure:
    return RoomErasure(part["room"], ErasureStatus(part["status"]), part["erased"])


def is_farewell(part: dict[str, Any]) -> bool:
    """Whether the part of an erasure's record is about a shop that was asked to uninstall our app, not about a room."""
    return "farewell" in part


def _farewell(part: dict[str, Any]) -> Farewell:
    return Farewell(UUID(part["farewell"]), FarewellStatus(part["status"]), part["code"])


async def _unfinished(session: TenantSession, store_id: UUID) -> Erasure | None:
    query = select(Erasure).where(
        Erasure.erased_tenant_id == session.tenant_id,
        Erasure.subject_kind == STORE,
        Erasure.subject_id == store_id,
        Erasure.finished_at.is_(None),
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _write(session: TenantSession, kind: str, subject_id: UUID, erasure_id: UUID) -> Erasure:
    erasure = Erasure(id=erasure_id, erased_tenant_id=session.tenant_id, subject_kind=kind, subject_id=subject_id, rooms=[])
    session.add(erasure)
    await session.flush()
    log.info("erasure_requested", erasure_id=str(erasure.id), subject=kind, subject_id=str(subject_id))
    return erasure


async def _stop(session: TenantSession, connection: Connection, store: Store, erasure_id: UUID) -> None:
    await session.announce(StoreLeaving(store_id=store.id, erasure_id=erasure_id))
    await drop_tokens(session, store)
    await set_status(session, connection, store, ConnectionStatus.DISCONNECTING, None)
    await session.announce(StoreDisconnectRequested(store_id=store.id, erasure_id=erasure_id))
