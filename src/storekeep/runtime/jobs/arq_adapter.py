"""The only module that knows arq: wakes workers through it, and runs the worker's receiving end.

arq drops jobs after exceptions, timeouts and expiry, so nothing is entrusted to it but the pair (tenant, job): the wrapper claims
the row in PostgreSQL, never raises, keeps no result, and arguments travel as JSON, never pickled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast
from uuid import UUID, uuid4

import orjson
import structlog
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func

log = structlog.get_logger(__name__)
QUEUE = "storekeep:wake"
_FUNCTION = "run_job"
_BUDGET_S = 2.0  # whoever enqueued waits for this with their answer


def _dump(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, default=str)


def redis_settings(url: str) -> RedisSettings:
    """arq's connection settings with short timeouts: a wake-up that cannot be sent now is the sweeper's business."""
    settings = RedisSettings.from_dsn(url)
    settings.conn_timeout = 2
    settings.conn_retries = 1
    settings.conn_retry_delay = 0
    return settings


class ArqWaker:
    """Wakes a worker by an arq job; connects on first use and again after a failure. Implements `ledger.Waker`."""

    def __init__(self, url: str) -> None:
        self._settings = redis_settings(url)
        self._pool: ArqRedis | None = None
        self._lock = asyncio.Lock()

    async def wake(self, tenant_id: UUID, job_id: UUID, fence: int) -> None:
        """Raises what redis raises when it is away, TimeoutError when it does not answer in two seconds.

        A negative fence means: wake even if it was woken before.
        """
        suffix = uuid4().hex if fence < 0 else str(fence)
        try:
            async with asyncio.timeout(_BUDGET_S):
                pool = await self._connected()
                await pool.enqueue_job(_FUNCTION, str(tenant_id), str(job_id), _job_id=f"{job_id}:{suffix}", _queue_name=QUEUE)
        except BaseException:
            # Half a conversation is left on the connection.
            with suppress(Exception):
                async with asyncio.timeout(_BUDGET_S):
                    await self.close()
            raise

    async def _connected(self) -> ArqRedis:
        async with self._lock:
            if self._pool is None:
                self._pool = await create_pool(self._settings, job_serializer=_dump, job_deserializer=orjson.loads)
            return self._pool

    async def close(self) -> None:
        """Drop the connection pool."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.aclose()


async def receive(url: str, run: Callable[[UUID, UUID], Awaitable[bool]], *, slots: int) -> None:
    """Run jobs as wake-ups arrive, `slots` at once, until cancelled. A lost Redis is waited for, a second at a time."""

    async def run_job(context: dict[Any, Any], *args: Any, **_: Any) -> None:
        tenant_id, job_id = args
        try:
            await run(UUID(tenant_id), UUID(job_id))
        except Exception:
            # The row tells the truth and the sweeper will find it; arq must see no exception, for it cannot serialise one.
            log.error("wake_failed", job_id=job_id, exc_info=True)

    while True:
        worker = Worker(
            functions=[func(cast(WorkerCoroutine, run_job), name=_FUNCTION, keep_result=0, timeout=86_400, max_tries=1_000_000)],
            queue_name=QUEUE,
            redis_settings=redis_settings(url),
            max_jobs=slots,
            job_timeout=86_400,
            keep_result=0,
            max_tries=1_000_000,
            poll_delay=0.2,
            handle_signals=False,
            health_check_interval=15,
            job_serializer=_dump,
            job_deserializer=orjson.loads,
            log_results=False,
        )
        try:
            await worker.async_run()
        except asyncio.CancelledError:
            await asyncio.shield(worker.close())
            raise
        except Exception as error:
            log.warning("wakeups_interrupted", error=type(error).__name__)
        await asyncio.sleep(1)
