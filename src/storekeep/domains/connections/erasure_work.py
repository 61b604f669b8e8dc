"""Doing an erasure: every room forgets the subject, highest room first, in batches that each commit with their count.

Killed at any point, the next attempt goes on after the last committed batch; what was counted was erased, and nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select

from storekeep.domains.accounts import public as accounts
from storekeep.domains.connections import farewell
from storekeep.domains.connections.erasure_requests import is_farewell
from storekeep.domains.connections.models import Connection, Erasure, OAuthState, ShopDirectory, Store
from storekeep.domains.connections.types import ErasureStatus, FarewellStatus
from storekeep.kit.clock import now
from storekeep.kit.scope import Scope
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.database.session import rowcount
from storekeep.runtime.jobs import JobContext
from storekeep.runtime.manifest import ErasureSubject, Room

log = structlog.get_logger(__name__)
# The room that owns the tenant's own row, and forgets it last.
_ACCOUNTS = "accounts"
# The room that gives the shops free.
_CONNECTIONS = "connections"
_ASK_AGAIN_S = 0.25
Erase = Callable[[TenantSession, ErasureSubject], Awaitable[int]]


class EraseRooms:
    """The rooms that hold something to forget, highest first, so that a row goes before what it refers to.

    Wired from the list of rooms, because connections may not know the rooms above it.
    """

    def __init__(self, rooms: Sequence[Room]) -> None:
        """`rooms` lowest first, as `entry.rooms.ROOMS` lists them."""
        self.highest_first: tuple[tuple[str, Erase], ...] = tuple(
            (room.name, room.erase) for room in reversed(rooms) if room.erase is not None
        )


async def erase_subject(context: JobContext, erasure_id: UUID, rooms: EraseRooms) -> ErasureSubject | None:
    """Run the erasure to its end and answer what was erased, None when there was nothing to do.

    A room's `erase` is called, a transaction each, until it finds nothing more (returns 0); answers kept from before are stale
    at once.
    """
    begun = await _begin(context, erasure_id, rooms)
    if begun is None:
        return None
    subject, done = begun
    for name, forget in rooms.highest_first:
        if name == _CONNECTIONS:
            await _until_seen_off(context, erasure_id)
        while name not in done and await _batch(context, erasure_id, subject, name, forget):
            with suppress(LookupError):  # a process wired without Redis's parts
                await context.services.get(TenantCache).drop(context.scope.tenant_id)
    if subject.kind == "tenant":
        # The tenant takes the job's row with it, so this is done outside the job's transactions, and never by a lost job.
        async with context.transaction():
            pass
        await conclude_tenant(context.db, context.scope, erasure_id)
    else:
        async with context.transaction() as session:
            await _finish(session, erasure_id)
    log.info("erasure_finished", erasure_id=str(erasure_id), subject=subject.kind)
    return subject


async def conclude_tenant(db: Database, scope: Scope, erasure_id: UUID) -> None:
    """Delete the tenant itself and close its erasures. Killed in between, doing it again closes them."""
    async with db.system("round trips to Shopify live outside tenants") as system:
        await system.execute(delete(OAuthState).where(OAuthState.bound_tenant_id == scope.tenant_id))
    count = await accounts.forget_tenant(db, scope.tenant_id)
    async with db.tenant(scope) as session:
        await _note(session, erasure_id, _ACCOUNTS, count, ErasureStatus.DONE)
        unfinished = select(Erasure).where(Erasure.erased_tenant_id == session.tenant_id, Erasure.finished_at.is_(None))
        for erasure in (await session.execute(unfinished.with_for_update())).scalars():
            # With the tenant, every erasure of a store of it is complete too.
            erasure.rooms = [part if is_farewell(part) else part | {"status": ErasureStatus.DONE} for part in erasure.rooms]
            erasure.finished_at = now()


async def _begin(context: JobContext, erasure_id: UUID, rooms: EraseRooms) -> tuple[ErasureSubject, set[str]] | None:
    """What to erase and which rooms are through already; None when the erasure is finished or unknown."""
    async with context.transaction() as session:
        erasure = await _locked(session, erasure_id)
        if erasure is None or erasure.finished_at is not None:
            return None
        known = {part["room"] for part in erasure.rooms if not is_farewell(part)}
        names = [name for name, _ in rooms.highest_first]
        if erasure.subject_kind == "tenant" and _ACCOUNTS not in names:
            names.append(_ACCOUNTS)
        waiting = [{"room": name, "status": ErasureStatus.WAITING, "erased": 0} for name in names if name not in known]
        if waiting:
            erasure.rooms = [*erasure.rooms, *waiting]
        done = {part.get("room") for part in erasure.rooms if part["status"] == ErasureStatus.DONE}
        return ErasureSubject(erasure.subject_kind, erasure.subject_id), done


async def _until_seen_off(context: JobContext, erasure_id: UUID) -> None:
    """Wait while a shop is asked to uninstall our app: freed before, it could be connected anew and lose the new consent to that.

    Past the farewell's patience nobody is asking any more; a record that still says WAITING is of a process that died.
    """
    while True:
        async with context.transaction() as session:
            erasure = await session.get_one(Erasure, erasure_id, populate_existing=True)
            asking = any(part["status"] == FarewellStatus.WAITING for part in erasure.rooms if is_farewell(part))
            ends = erasure.created_at + timedelta(seconds=farewell.PATIENCE_S + farewell.GRACE_S)
        if not asking or now() >= ends:
            return
        await asyncio.sleep(_ASK_AGAIN_S)


async def _batch(context: JobContext, erasure_id: UUID, subject: ErasureSubject, name: str, forget: Erase) -> bool:
    """Let the room erase once more; whether it found something."""
    async with context.transaction() as session:
        count = await forget(session, subject)
        await _note(session, erasure_id, name, count, ErasureStatus.RUNNING if count else ErasureStatus.DONE)
    return count > 0


async def _note(session: TenantSession, erasure_id: UUID, name: str, count: int, status: ErasureStatus) -> None:
    erasure = await _locked(session, erasure_id)
    if erasure is None:
        raise LookupError(f"erasure {erasure_id} is gone")
    farewells = [part for part in erasure.rooms if is_farewell(part)]
    parts: dict[str, dict[str, Any]] = {part["room"]: part for part in erasure.rooms if not is_farewell(part)}
    before = parts.get(name, {"erased": 0})
    parts[name] = {"room": name, "status": status, "erased": before["erased"] + count}
    erasure.rooms = [*parts.values(), *farewells]
    await session.flush()


async def _locked(session: TenantSession, erasure_id: UUID) -> Erasure | None:
    query = (
        select(Erasure)
        .where(Erasure.id == erasure_id, Erasure.erased_tenant_id == session.tenant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _finish(session: TenantSession, erasure_id: UUID) -> None:
    erasure = await _locked(session, erasure_id)
    if erasure is not None and erasure.finished_at is None:
        erasure.finished_at = now()


async def erase(session: TenantSession, subject: ErasureSubject) -> int:
    """Connections' own part: the store (or all of the tenant's connections), and its place in the shop directory."""
    stores, connections, entries = delete(Store), delete(Connection), delete(ShopDirectory)
    if subject.kind == "store":
        stores, connections = stores.where(Store.id == subject.id), connections.where(Connection.id == subject.id)
        entries = entries.where(ShopDirectory.store_id == subject.id)
    entries = entries.where(ShopDirectory.tenant_id == session.tenant_id)
    count = 0
    for statement in (entries, stores, connections):
        result = await session.execute(statement.execution_options(synchronize_session=False))
        count += rowcount(result)
    return count


async def unfinished_erasures(session: TenantSession) -> Sequence[UUID]:
    """The tenant's erasures that are not done, oldest first."""
    query = select(Erasure.id).where(Erasure.erased_tenant_id == session.tenant_id, Erasure.finished_at.is_(None))
    return (await session.execute(query.order_by(Erasure.id))).scalars().all()
