"""What the world is told of a copy under way: live progress, and that kept answers are stale. Hints, never the truth."""

from __future__ import annotations

import time
from typing import TypeVar
from uuid import UUID

from redis.asyncio import Redis

from storekeep.domains.accounts.guard import Permission
from storekeep.domains.commerce.events import SyncFinished
from storekeep.domains.commerce.models import SyncResource
from storekeep.domains.commerce.sync.read_so_far import ReadSoFar
from storekeep.domains.connections import public as connections
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.events import Subscriber
from storekeep.runtime.live import LiveNews
from storekeep.runtime.services import Services

T = TypeVar("T")
_EVERY_S = 0.5


class SyncNews:
    """News of one run. Call after the commit it speaks of. A process wired without Redis's parts tells nothing."""

    def __init__(self, services: Services, tenant_id: UUID, store_id: UUID, run_id: UUID) -> None:
        self._tenant_id = tenant_id
        self._run_id = run_id
        self._redis = _maybe(services, Redis)
        self._key = {"runId": str(run_id), "storeId": str(store_id)}
        self._live = _maybe(services, LiveNews)
        self._cache = _maybe(services, TenantCache)
        self._told_at = 0.0

    def so_far(self, resource: str) -> ReadSoFar:
        """Where to tell what was read of the resource's window under way."""
        return ReadSoFar(self._redis, self._tenant_id, self._run_id, resource)

    async def progress(self, resource: SyncResource, *, changed: bool, so_far: int = 0) -> None:
        """How far a resource is, at most twice a second; `changed`: rows were written, so kept answers go. `so_far`: how many
        were read of a window that is not stored yet."""
        if changed and self._cache is not None:
            await self._cache.drop(self._tenant_id)
        moment = time.monotonic()
        if self._live is None or moment - self._told_at < _EVERY_S:
            return
        self._told_at = moment
        counts = {"read": resource.read + so_far, "expected": resource.expected, "failed": resource.failed}
        data = {**self._key, "resource": resource.resource, "status": resource.status, **counts}
        await self._live.publish(self._tenant_id, "sync.progress", data, permission=Permission.STORE_READ)

    async def data_changed(self) -> None:
        """Rows were written outside a run."""
        if self._cache is not None:
            await self._cache.drop(self._tenant_id)
        if self._live is not None:
            store = {"storeId": self._key["storeId"]}
            await self._live.publish(self._tenant_id, "data.changed", store, permission=Permission.ORDER_READ)


def tell_of_runs(services: Services) -> None:
    """From now on every run that this process ends, however, is told once that is committed: `sync.finished`, `store.changed`.

    `services` must hold Database, LiveNews and TenantCache.
    """
    live, cache = services.get(LiveNews), services.get(TenantCache)

    async def finished(session: TenantSession, event: SyncFinished) -> None:
        async def tell() -> None:
            await cache.drop(session.tenant_id)
            data = {"runId": str(event.run_id), "storeId": str(event.store_id), "status": event.status, "kind": event.kind}
            await live.publish(session.tenant_id, "sync.finished", data, permission=Permission.STORE_READ)
            await connections.publish_store(live, session.tenant_id, event.store_id)

        session.after_commit(tell, key=f"sync.finished:{event.run_id}")

    services.get(Database).bus.subscribe(Subscriber(SyncFinished, finished))


def _maybe(services: Services, kind: type[T]) -> T | None:
    try:
        return services.get(kind)
    except LookupError:
        return None
