"""How much of the window under way was read: shown while it streams, kept in Redis for seconds, never part of what is counted.

Rows count a window once it is stored. An entry says from which count of the row it starts; once the row says more, it is over.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from storekeep.domains.commerce.models import SyncResource
from storekeep.domains.commerce.types import RunStatus

_EVERY_S = 0.5
_KEPT_S = 15
_AWAY = (RedisError, OSError, TimeoutError)


def _key(tenant_id: UUID, run_id: UUID, resource: str) -> str:
    return f"sync:{{{tenant_id}}}:{run_id}:{resource}:read"


class ReadSoFar:
    """The writing side, of one window. Losing Redis loses a number on a page."""

    def __init__(self, redis: Redis | None, tenant_id: UUID, run_id: UUID, resource: str) -> None:
        self._redis = redis
        self._place = _key(tenant_id, run_id, resource)
        self._told_at = 0.0

    @property
    def due(self) -> bool:
        """Whether it is time to tell again: twice a second at most."""
        return self._redis is not None and time.monotonic() - self._told_at >= _EVERY_S

    async def tell(self, stored: int, read: int) -> None:
        """`read` records of the window were read, beside the `stored` that the resource's row counts already."""
        self._told_at = time.monotonic()
        if self._redis is not None:
            with suppress(*_AWAY):
                await self._redis.set(self._place, f"{stored} {read}", ex=_KEPT_S)


async def read_so_far(redis: Redis, tenant_id: UUID, rows: Sequence[SyncResource]) -> dict[UUID, int]:
    """What was read beyond what the rows count, by the id of the row; rows without an entry are not named."""
    running = [row for row in rows if row.status == RunStatus.RUNNING]
    if not running:
        return {}
    try:
        told = await redis.mget([_key(tenant_id, row.run_id, row.resource) for row in running])
    except _AWAY:
        return {}
    found: dict[UUID, int] = {}
    for row, entry in zip(running, told, strict=True):
        if entry is None:
            continue
        stored, read = (int(part) for part in entry.split())
        if stored == row.read:
            room = read if row.expected is None else max(0, row.expected - row.read)
            found[row.id] = min(read, room)
    return found
