"""Finds the work nobody was woken for: ready rows past their time, and leases that ran out. Runs in every worker.

While Redis answers, it wakes through arq like everyone else; while Redis is away, the worker runs what it finds itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

import structlog

from storekeep.kit.scope import Scope
from storekeep.runtime.database.engine import Database
from storekeep.runtime.jobs import ledger
from storekeep.runtime.jobs.kind import JobKind

log = structlog.get_logger(__name__)
BATCH = 200


class Runs(Protocol):
    """Something that runs a job if it is ready: a JobRunner, or the worker's bounded set of attempts."""

    async def run(self, tenant_id: UUID, job_id: UUID) -> bool:
        """True when an attempt was made."""


class Sweeper:
    """One pass is `sweep()`; `run()` repeats it until cancelled."""

    def __init__(
        self, db: Database, runs: Runs, kinds: Mapping[str, JobKind[Any]], waker: ledger.Waker, *, every_s: float
    ) -> None:
        self._db = db
        self._runs = runs
        self._kinds = kinds
        self._waker = waker
        self._every_s = every_s
        self._running: set[asyncio.Task[bool]] = set()
        self.redis_away = False

    async def run(self) -> None:
        """Sweep for ever: every `every_s`, each second while Redis is away. A failed pass is logged and tried again."""
        while True:
            try:
                await self.sweep()
            except Exception:
                log.warning("sweep_failed", exc_info=True)
            await asyncio.sleep(min(1.0, self._every_s) if self.redis_away else self._every_s)

    async def sweep(self) -> int:
        """One pass; returns how many jobs were woken, run or taken back."""
        taken_back = await self._take_back()
        async with self._db.system("wake jobs across tenants") as session:
            due = await ledger.due_jobs(session, kinds=self._kinds.keys(), limit=BATCH)
            await ledger.mark_woken(session, due)
        for tenant_id, job_id in due:
            await self._wake(tenant_id, job_id)
        return taken_back + len(due)

    async def _take_back(self) -> int:
        async with self._db.system("find expired leases across tenants") as session:
            expired = await ledger.expired_leases(session, limit=BATCH)
        for tenant_id, job_id, kind in expired:
            known = self._kinds.get(kind)
            async with self._db.tenant(Scope(tenant_id=tenant_id)) as session:
                state = await ledger.reclaim(session, job_id, max_crashes=known.max_crashes if known else 3)
            log.warning("job_lease_expired", tenant_id=str(tenant_id), job_id=str(job_id), job_kind=kind, state=state)
        return len(expired)

    async def _wake(self, tenant_id: UUID, job_id: UUID) -> None:
        try:
            await self._waker.wake(tenant_id, job_id, -1)
            self.redis_away = False
        except Exception:
            self.redis_away = True
            task = asyncio.create_task(self._runs.run(tenant_id, job_id))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
