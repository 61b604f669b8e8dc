"""Answers kept for five minutes in Redis, a tenant's all dropped at once when its data changes; without Redis, no cache."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

TTL_S = 300
_BUDGET_S = 0.25
# A lost drop leaves old answers for minutes, so it may take as long as a process takes that is busy copying.
_DROP_BUDGET_S = 3
_SCANNED = 1_000
_AWAY = (RedisError, OSError, TimeoutError)
# A generation outlives every entry made under it; when it expires it restarts at a moment, never at a number used before.
_GENERATION_S = 86_400
_NEW_GENERATION = """
local now = redis.call('TIME')
redis.call('SET', KEYS[1], now[1] .. '.' .. now[2] .. '.' .. ARGV[1], 'EX', ARGV[2])
"""


class TenantCache:
    """JSON answers by tenant.

    Every entry names the tenant's generation under which it was computed; a change of data makes a new generation, and all
    entries before it are stale in one step.
    """

    def __init__(self, redis: Redis, *, ttl_s: int = TTL_S) -> None:
        self._redis = redis
        self._ttl = ttl_s
        self._renew = redis.register_script(_NEW_GENERATION)

    async def get_or_make(self, tenant_id: UUID, name: str, params: Mapping[str, Any], make: Callable[[], Awaitable[Any]]) -> Any:
        """The kept answer called `name` for `params`, or a new one from `make` (JSON-able), which is then kept.

        What `make` raises passes through and is not kept. With Redis away, `make` answers every time.
        """
        key = _key(tenant_id, name, params)
        generation: bytes | None = None
        try:
            async with asyncio.timeout(_BUDGET_S):
                current, kept = await self._redis.mget(_generation_key(tenant_id), key)
        except _AWAY as error:
            log.info("cache_away", reason=type(error).__name__)
        else:
            # Taken before `make` reads: if data changes meanwhile, the entry is born stale.
            generation = _bytes(current) or b"0"
            stamp, separator, text = (_bytes(kept) or b"").partition(b"\n")
            if separator and stamp == generation:
                return orjson.loads(text)
        # A fresh answer takes the same way through JSON as a kept one, so that callers never see two shapes.
        body = orjson.dumps(await make())
        if generation is not None:
            await self._keep(key, generation, body)
        return orjson.loads(body)

    async def drop(self, tenant_id: UUID) -> None:
        """Make everything kept for the tenant stale. Call after the commit that changed its data.

        Without Redis the entries, unreachable too, die by age within five minutes.
        """
        try:
            async with asyncio.timeout(_DROP_BUDGET_S):
                await self._renew(keys=[_generation_key(tenant_id)], args=[secrets.token_hex(4), _GENERATION_S])
        except _AWAY as error:
            log.warning("cache_drop_failed", reason=type(error).__name__)

    async def forget(self, tenant_id: UUID) -> None:
        """Delete everything kept for the tenant: for what must not merely be stale, but gone. Without Redis it dies by age."""
        try:
            async for key in self._redis.scan_iter(match=f"cache:{{{tenant_id}}}:*", count=_SCANNED):
                await self._redis.unlink(key)
        except _AWAY as error:
            log.warning("cache_forget_failed", reason=type(error).__name__)

    async def _keep(self, key: str, generation: bytes, body: bytes) -> None:
        try:
            async with asyncio.timeout(_BUDGET_S):
                await self._redis.set(key, generation + b"\n" + body, ex=self._ttl)
        except _AWAY as error:
            log.info("cache_away", reason=type(error).__name__)


def _generation_key(tenant_id: UUID) -> str:
    return f"cache:{{{tenant_id}}}:generation"


def _key(tenant_id: UUID, name: str, params: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(orjson.dumps(dict(params), option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
    return f"cache:{{{tenant_id}}}:{name}:{digest}"


def _bytes(value: bytes | str | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value
