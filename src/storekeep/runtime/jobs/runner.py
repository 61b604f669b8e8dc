"""Runs one job attempt: claim, heartbeat, handler, close or retry or bury. Never raises for a job's own failure."""

from __future__ import annotations

import asyncio
import hashlib
import random
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError

from storekeep.kit.clock import now
from storekeep.kit.errors import AppError
from storekeep.kit.scope import Scope
from storekeep.runtime.database.engine import Database
from storekeep.runtime.jobs import ledger
from storekeep.runtime.jobs.kind import JobCancelled, JobContext, JobKind, LeaseLost, RetryLater
from storekeep.runtime.jobs.models import Job
from storekeep.runtime.services import Services

log = structlog.get_logger(__name__)

# After an error: about 1 min, 5 min, 30 min, 2 h, with jitter, then dead. Calls inside a handler have their own quick retries.
_BACKOFF_S = (60, 300, 1800, 7200, 28800)


@dataclass(frozen=True, slots=True)
class RunnerTimes:
    """Lease and heartbeat in seconds, and how many of a tenant's jobs run at once."""

    lease_s: float = 60
    heartbeat_s: float = 15
    tenant_slots: int = 4


class JobRunner:
    """Executes jobs of the registered kinds on one process."""

    def __init__(self, db: Database, services: Services, kinds: Mapping[str, JobKind[Any]], times: RunnerTimes) -> None:
        self._db = db
        self._services = services
        self._kinds = kinds
        self._times = times
        self._stopping = False

    @property
    def kinds(self) -> Mapping[str, JobKind[Any]]:
        """The kinds this process knows; a row of another kind stays ready for a worker that knows it."""
        return self._kinds

    def stop_claiming(self) -> None:
        """From now on `run` claims nothing; attempts under way go on."""
        self._stopping = True

    async def run(self, tenant_id: UUID, job_id: UUID) -> bool:
        """Claim and run the job if it is ready and due; True when an attempt was made, whatever its outcome."""
        if self._stopping:
            return False
        scope = Scope(tenant_id=tenant_id)
        async with self._db.tenant(scope) as session:
            kind_name = await ledger.kind_of(session, job_id)
            if kind_name is None or kind_name not in self._kinds:
                return False
            job = await ledger.claim(session, job_id, lease_s=self._times.lease_s, tenant_slots=self._times.tenant_slots)
        if job is None:
            return False
        with structlog.contextvars.bound_contextvars(tenant_id=str(tenant_id), job_id=str(job_id), job_kind=job.kind):
            await self._attempt(scope, job, self._kinds[job.kind])
        return True

    async def _attempt(self, scope: Scope, job: Job, kind: JobKind[Any]) -> None:
        context = JobContext(job.id, scope, job.fence, job.attempts, self._db, self._services)
        work = asyncio.create_task(self._handle(context, kind, job.args))
        pulse = asyncio.create_task(self._heartbeat(context, work))
        try:
            await work
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                work.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await work
                await asyncio.shield(self._release(context))
                raise
            log.warning("job_lease_lost")
        except (LeaseLost, JobCancelled) as ended:
            log.info("job_given_up", reason=type(ended).__name__)
        except RetryLater as later:
            await self._again(context, later.delay_s, {"code": "RETRY_LATER", "message": str(later)}, counted=False)
        except Exception as error:
            await self._failed(context, kind, job, error)
        else:
            async with self._db.tenant(scope) as session:
                await ledger.close(session, job.id, fence=job.fence)
        finally:
            pulse.cancel()

    async def _handle(self, context: JobContext, kind: JobKind[Any], args: dict[str, Any]) -> None:
        async with asyncio.timeout(kind.timeout_s):
            await kind.handler(context, kind.payload.model_validate(args))

    async def _heartbeat(self, context: JobContext, work: asyncio.Task[None]) -> None:
        while True:
            await asyncio.sleep(self._times.heartbeat_s)
            try:
                async with self._db.tenant(context.scope) as session:
                    owned = await ledger.renew(session, context.job_id, fence=context.fence, lease_s=self._times.lease_s)
            except Exception:
                # PostgreSQL is away for a moment; if it lasts, the lease runs out and the fence keeps us from writing.
                log.warning("job_heartbeat_failed", exc_info=True)
                continue
            if not owned:
                work.cancel()
                return

    async def _failed(self, context: JobContext, kind: JobKind[Any], job: Job, error: Exception) -> None:
        described = describe_error(error)
        hopeless = isinstance(error, ValidationError) or (isinstance(error, AppError) and not error.retryable)
        if hopeless or job.errors + 1 >= kind.max_errors:
            log.error("job_dead", error=described, exc_info=error)
            async with self._db.tenant(context.scope) as session:
                await ledger.bury(session, context.job_id, fence=context.fence, error=described)
            return
        log.warning("job_failed", error=described, exc_info=error)
        ceiling = _BACKOFF_S[min(job.errors, len(_BACKOFF_S) - 1)]
        asked = error.retry_after if isinstance(error, AppError) else None
        delay = asked if asked is not None else random.uniform(ceiling / 2, ceiling)  # noqa: S311 (spreads load, hides nothing)
        await self._again(context, delay, described, counted=True)

    async def _again(self, context: JobContext, delay_s: float, error: dict[str, Any], *, counted: bool) -> None:
        run_at = now() + timedelta(seconds=delay_s)
        async with self._db.tenant(context.scope) as session:
            await ledger.retry(session, context.job_id, fence=context.fence, run_at=run_at, error=error, counted=counted)

    async def _release(self, context: JobContext) -> None:
        try:
            async with self._db.tenant(context.scope) as session:
                await ledger.release(session, context.job_id, fence=context.fence)
        except Exception:
            log.warning("job_release_failed", exc_info=True)  # its lease runs out instead


def describe_error(error: BaseException) -> dict[str, Any]:
    """What the dead-letter list shows: a code, a message fit for people, and a hash that groups equal stacks."""
    frames = traceback.extract_tb(error.__traceback__)
    where = "|".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.name}" for frame in frames[-8:])
    stack = hashlib.sha256(f"{type(error).__name__}|{where}".encode()).hexdigest()[:12]
    if isinstance(error, AppError):
        return {"code": error.code, "message": error.message, "stackHash": stack}
    if isinstance(error, TimeoutError):
        return {"code": "JOB_TIMEOUT", "message": "The job did not finish in its time.", "stackHash": stack}
    # Other exceptions may quote customers' words or secrets: their type alone is shown, the log has the redacted rest.
    return {"code": "INTERNAL_SERVER_ERROR", "message": f"Unexpected {type(error).__name__}.", "stackHash": stack}
