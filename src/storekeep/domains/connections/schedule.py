"""When a store is read next. The time lies in the shop directory, so that one look finds what is due across tenants."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from storekeep.domains.connections.models import Connection, ShopDirectory, Store
from storekeep.domains.connections.types import ConnectionStatus, DueStore
from storekeep.kit.clock import now
from storekeep.runtime.database import SystemSession, TenantSession

# How far each store's reads are spread, as a part of its interval, so that stores connected together do not march together.
JITTER = 0.1
# How soon a paused shop is tried again.
PAUSED_AGAIN = timedelta(hours=1)
# A due store that was handed out comes up again after this time unless `set_next_due` was called: its taker may have died.
_HANDED_OUT = timedelta(minutes=2)


async def due_stores(session: SystemSession, *, limit: int) -> list[DueStore]:
    """Up to `limit` stores whose scheduled read is due, longest due first, each handed to one caller only.

    For every one, enqueue its read and call `set_next_due` in one tenant's transaction. A store whose taker died before that is
    due again two minutes later.
    """
    due = (
        select(ShopDirectory.shop)
        .where(ShopDirectory.sync_due_at <= now())
        .order_by(ShopDirectory.sync_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    shops = list((await session.execute(due)).scalars())
    if not shops:
        return []
    taken = (
        update(ShopDirectory)
        .where(ShopDirectory.shop.in_(shops))
        .values(sync_due_at=now() + _HANDED_OUT)
        .returning(ShopDirectory.tenant_id, ShopDirectory.store_id, ShopDirectory.shop)
        .execution_options(synchronize_session=False)
    )
    found = {row.shop: DueStore(row.tenant_id, row.store_id, row.shop) for row in await session.execute(taken)}
    return [found[shop] for shop in shops]


async def set_next_due(session: TenantSession, store_id: UUID, *, at: datetime | None = None) -> datetime | None:
    """Schedule the store's next read and return when: `at`, or one interval (± 10 %) from now.

    Nothing is scheduled (None) while its schedule is paused or the store cannot be read; a PAUSED shop is tried hourly.
    """
    query = (
        select(Store.sync_interval_minutes, Store.sync_paused, Connection.status)
        .join(Connection, (Connection.tenant_id == Store.tenant_id) & (Connection.id == Store.id))
        .where(Store.id == store_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    due = None
    if not row.sync_paused:
        due = _next(ConnectionStatus(row.status), timedelta(minutes=row.sync_interval_minutes), at)
    await session.execute(
        update(ShopDirectory)
        .where(ShopDirectory.tenant_id == session.tenant_id, ShopDirectory.store_id == store_id)
        .values(sync_due_at=due)
        .execution_options(synchronize_session=False)
    )
    return due


def _next(status: ConnectionStatus, interval: timedelta, at: datetime | None) -> datetime | None:
    if status in (ConnectionStatus.NEEDS_RECONNECT, ConnectionStatus.DISCONNECTING):
        return None
    wait = max(interval, PAUSED_AGAIN) if status is ConnectionStatus.PAUSED else interval
    spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (spreads load, hides nothing)
    return at or now() + wait * spread
