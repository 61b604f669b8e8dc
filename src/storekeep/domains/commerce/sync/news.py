"""What the world is told of a copy under way: live progress, and that kept answers are stale. Hints, never the truth."""

from __future__ import annotations

import time
from typing import TypeVar
from uuid import UUID

from storekeep.domains.accounts.guard import Permission
from storekeep.domains.commerce.models import SyncResource, SyncRun
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.live import LiveNews
from storekeep.runtime.services import Services

T = TypeVar("T")
_EVERY_S = 0.5


class SyncNews:
    """News of one run. Call after the commit it speaks of. A process wired without Redis's parts tells nothing."""

    def __init__(self, services: Services, tenant_id: UUID, store_id: UUID, run_id: UUID) -> None:
        self._tenant_id = tenant_id
        self._key = {"runId": str(run_id), "storeId": str(store_id)}
        self._live = _maybe(services, LiveNews)
        self._cache = _maybe(services, TenantCache)
        self._told_at = 0.0

    async def progress(self, resource: SyncResource, *, changed: bool) -> None:
        """How far a resource is, at most twice a second; `changed`: rows were written, so kept answers go."""
        if changed and self._cache is not None:
            await self._cache.drop(self._tenant_id)
        moment = time.monotonic()
        if self._live is None or moment - self._told_at < _EVERY_S:
            return
        self._told_at = moment
        counts = {"read": resource.read, "expected": resource.expected, "failed": resource.failed}
        data = {**self._key, "resource": resource.resource, "status": resource.status, **counts}
        await self._live.publish(self._tenant_id, "sync.progress", data, permission=Permission.STORE_READ)

    async def finished(self, run: SyncRun) -> None:
        """The run is over."""
        if self._cache is not None:
            await self._cache.drop(self._tenant_id)
        if self._live is not None:
            data = {**self._key, "status": run.status, "kind": run.kind}
            await self._live.publish(self._tenant_id, "sync.finished", data, permission=Permission.STORE_READ)
            store = {"storeId": self._key["storeId"]}
            await self._live.publish(self._tenant_id, "store.changed", store, permission=Permission.STORE_READ)

    async def data_changed(self) -> None:
        """Rows were written outside a run."""
        if self._cache is not None:
            await self._cache.drop(self._tenant_id)
        if self._live is not None:
            store = {"storeId": self._key["storeId"]}
            await self._live.publish(self._tenant_id, "data.changed", store, permission=Permission.ORDER_READ)


def _maybe(services: Services, kind: type[T]) -> T | None:
    try:
        return services.get(kind)
    except LookupError:
        return None
