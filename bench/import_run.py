"""`python -m bench.import_run TENANT SHOP`: connect the shop and copy it by the real job, as a worker would.

A process of its own, so that its memory is the import's. Prints one line of JSON: `seconds` the job took, without the time in
which it did nothing but wait for Shopify to start and prepare its exports, and `peakMb`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from bench.processes import peak_memory_mb
from storekeep.domains.commerce.models import SyncRun
from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.types import RunTrigger
from storekeep.domains.connections.register import register_store
from storekeep.entry.rooms import job_kinds
from storekeep.entry.wiring import Wired, build
from storekeep.integrations.shopify.bulk import BulkOperations
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from storekeep.runtime.logging import configure_logging
from storekeep.runtime.settings import load_settings
from tests.support.installs import custom_app_install

# One for all runs: what is asked for depends on it, and exports asked for before have their files ready.
STARTED_AT = datetime(2026, 1, 1, tzinfo=UTC)


class Stopwatch:
    """How long the calls it is put around took, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, timed."""

        async def timed(*given: Any, **more: Any) -> Any:
            began = time.perf_counter()
            try:
                return await call(*given, **more)
            finally:
                self.seconds += time.perf_counter() - began

        return timed


async def connect(wired: Wired, scope: Scope, shop: str) -> SyncRun:
    """Make the shop a store of the tenant; its first run, whose job waits for a worker."""
    install = custom_app_install(shop)
    async with wired.db.tenant(scope) as session:
        store = await register_store(session, wired.services.get(TokenCipher), install)
        run, _ = await runs.add_run(
            session, store.store_id, await runs.kind_for(session, store.store_id, full=False), RunTrigger.MANUAL
        )
        await session.execute(update(SyncRun).where(SyncRun.id == run.id).values(started_at=STARTED_AT))
    return run


async def copy(tenant_id: UUID, shop: str) -> dict[str, Any]:
    """Copy the shop once. Raises RuntimeError when the run does not succeed."""
    wired = build(load_settings())
    scope = Scope(tenant_id=tenant_id)
    idle = Stopwatch()
    BulkOperations.start = idle.around(BulkOperations.start)  # type: ignore[method-assign]
    BulkOperations.wait = idle.around(BulkOperations.wait)  # type: ignore[method-assign]
    try:
        run = await connect(wired, scope, shop)
        assert run.job_id is not None
        runner = JobRunner(wired.db, wired.services, job_kinds(), RunnerTimes())
        began, used = time.perf_counter(), time.process_time()
        await runner.run(tenant_id, run.job_id)
        seconds, used = time.perf_counter() - began, time.process_time() - used
        async with wired.db.tenant(scope) as session:
            facts = await runs.read_run(session, run.id)
        if facts.run.status != "SUCCEEDED":
            raise RuntimeError(f"{facts.run.status} {facts.run.error}")
    finally:
        await wired.close()
    return {"seconds": seconds - idle.seconds, "idle": idle.seconds, "cpu": used, "peakMb": peak_memory_mb(os.getpid())}


if __name__ == "__main__":
    settings = load_settings()
    configure_logging(level=settings.telemetry.log_level, log_format="json", secrets=[])
    print(json.dumps(asyncio.run(copy(UUID(sys.argv[1]), sys.argv[2]))), flush=True)
