"""The ledger's moves, each one statement: enqueue, claim, renew, close, retry, bury, release, cancel, replay, reclaim."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7
from storekeep.runtime.database.session import SystemSession, TenantSession, rowcount
from storekeep.runtime.jobs.events import JobCancelling, JobFailed, JobReplaying
from storekeep.runtime.jobs.kind import JobKind, P
from storekeep.runtime.jobs.models import Job, JobState

WAKE_AGAIN_AFTER = timedelta(seconds=10)
# A job that goes back to waiting gives up its unique key: a newer job of that key may be waiting already.
_WAITING: dict[str, Any] = {"state": JobState.READY, "lease_until": None, "woken_at": None, "unique_key": None}


class Waker(Protocol):
    """Tells some worker, soon and without promise, that a job is ready."""

    async def wake(self, tenant_id: UUID, job_id: UUID, fence: int) -> None:
        """Best effort; raising is allowed and harmless."""


_waker: Waker | None = None


def set_waker(waker: Waker | None) -> None:
    """Wire the process's waker; without one the sweeper alone finds jobs."""
    global _waker
    _waker = waker


async def enqueue(
    session: TenantSession, kind: JobKind[P], payload: P, *, run_at: datetime | None = None, unique_key: str | None = None
) -> UUID:
    """Write a job row in the caller's transaction; a worker is woken once that committed. Returns the job's id.

    With `unique_key`, a job of this kind and key that is still waiting is returned instead of a second one; if the wanted
    `run_at` is earlier than its own, it is moved forward.
    """
    moment = run_at or now()
    values = {
        "tenant_id": session.tenant_id,
        "id": uuid7(),
        "kind": kind.name,
        "args": payload.model_dump(mode="json"),
        "state": JobState.READY,
        "unique_key": unique_key,
        "run_at": moment,
        "attempts": 0,
        "errors": 0,
        "crash_attempts": 0,
        "fence": 0,
        "created_at": now(),
        "updated_at": now(),
    }
    statement = insert(Job).values(values)
    if unique_key is not None:
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", "kind", "unique_key"],
            index_where=text("state = 'ready' AND unique_key IS NOT NULL"),
            set_={"run_at": func.least(Job.run_at, statement.excluded.run_at), "updated_at": now()},
        )
    job_id, fence = (await session.execute(statement.returning(Job.id, Job.fence))).one()
    if moment <= now():
        tenant_id = session.tenant_id

        async def wake() -> None:
            if _waker is not None:
                await _waker.wake(tenant_id, job_id, fence)

        session.after_commit(wake, key=f"job:{job_id}")
    return UUID(str(job_id))


async def kind_of(session: TenantSession, job_id: UUID) -> str | None:
    """The kind of a waiting job; None when there is none such."""
    query = select(Job.kind).where(Job.tenant_id == session.tenant_id, Job.id == job_id, Job.state == JobState.READY)
    return (await session.execute(query)).scalar_one_or_none()


async def claim(session: TenantSession, job_id: UUID, *, lease_s: float, tenant_slots: int) -> Job | None:
    """Take a ready, due job: state leased, attempt and fence one higher. None when it is not to be had (now).

    `tenant_slots` bounds how many of the tenant's jobs run at once, softly: two claims in the same instant may both pass.
    """
    running = (
        select(func.count())
        .select_from(Job)
        .where(Job.tenant_id == session.tenant_id, Job.state == JobState.LEASED)
        .scalar_subquery()
    )
    moment = now()
    statement = (
        update(Job)
        .where(Job.tenant_id == session.tenant_id, Job.id == job_id, Job.state == JobState.READY, Job.run_at <= moment)
        .where(running < tenant_slots)
        .values(
            state=JobState.LEASED,
            attempts=Job.attempts + 1,
            fence=Job.fence + 1,
            lease_until=moment + timedelta(seconds=lease_s),
            updated_at=moment,
        )
        .returning(Job)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def renew(session: TenantSession, job_id: UUID, *, fence: int, lease_s: float) -> bool:
    """Extend the lease; False when this attempt no longer owns the job."""
    return await _move(session, job_id, fence, lease_until=now() + timedelta(seconds=lease_s))


async def close(session: TenantSession, job_id: UUID, *, fence: int) -> bool:
    """leased → done."""
    return await _move(session, job_id, fence, state=JobState.DONE, lease_until=None, finished_at=now(), last_error=None)


async def retry(
    session: TenantSession, job_id: UUID, *, fence: int, run_at: datetime, error: dict[str, Any] | None, counted: bool
) -> bool:
    """leased → ready at `run_at`; `counted` errors lead to the dead-letter list and are announced as JobFailed."""
    errors = Job.errors + 1 if counted else Job.errors
    again = _WAITING | {"run_at": run_at, "errors": errors, "last_error": error}
    if not counted or error is None:
        return await _move(session, job_id, fence, **again)
    return await _announced(
        session, JobFailed(job_id=job_id, error=error, dead=False), partial(_move, session, job_id, fence, **again)
    )


async def bury(session: TenantSession, job_id: UUID, *, fence: int, error: dict[str, Any]) -> bool:
    """leased → dead, to be read and replayed by a person. Announces JobFailed."""
    dead = {"state": JobState.DEAD, "lease_until": None, "finished_at": now(), "errors": Job.errors + 1, "last_error": error}
    return await _announced(
        session, JobFailed(job_id=job_id, error=error, dead=True), partial(_move, session, job_id, fence, **dead)
    )


async def release(session: TenantSession, job_id: UUID, *, fence: int) -> bool:
    """leased → ready at once, the attempt not charged: the worker is stopping."""
    return await _move(
        session, job_id, fence, **_WAITING | {"run_at": now(), "attempts": Job.attempts - 1, "fence": Job.fence + 1}
    )


async def hasten(session: TenantSession, job_id: UUID) -> bool:
    """A job that waits for a later time is due now, and a worker is woken once that committed; False when it does not wait."""
    moment = now()
    statement = (
        update(Job)
        .where(Job.tenant_id == session.tenant_id, Job.id == job_id, Job.state == JobState.READY, Job.run_at > moment)
        .values(run_at=moment, woken_at=None, updated_at=moment)
        .execution_options(synchronize_session=False)
    )
    if rowcount(await session.execute(statement)) != 1:
        return False
    tenant_id = session.tenant_id

    async def wake() -> None:
        if _waker is not None:
            await _waker.wake(tenant_id, job_id, -1)

    session.after_commit(wake, key=f"job:{job_id}")
    return True


class _NotMoved(Exception):
    """The job was no longer where it was to be moved from."""


async def _announced(session: TenantSession, event: JobFailed | JobReplaying, move: Callable[[], Awaitable[bool]]) -> bool:
    """Announce, then move: what a job works on is locked before the job. Without the move the announcement is undone."""
    try:
        async with session.begin_nested():
            await session.announce(event)
            if not await move():
                raise _NotMoved
    except _NotMoved:
        return False
    return True


async def _move(session: TenantSession, job_id: UUID, owned_fence: int, **values: Any) -> bool:
    statement = (
        update(Job)
        .where(Job.tenant_id == session.tenant_id, Job.id == job_id, Job.state == JobState.LEASED, Job.fence == owned_fence)
        .values(updated_at=now(), **values)
        .execution_options(synchronize_session=False)
    )
    return rowcount(await session.execute(statement)) == 1


async def cancel(session: TenantSession, job_id: UUID) -> bool:
    """ready or leased → cancelled; a running handler learns of it at its next transaction.

    Announces JobCancelling first. After False (the job is over) whoever asked for just this undoes the transaction, and what
    was done for the announcement with it.
    """
    await session.announce(JobCancelling(job_id=job_id))
    statement = (
        update(Job)
        .where(Job.tenant_id == session.tenant_id, Job.id == job_id, Job.state.in_([JobState.READY, JobState.LEASED]))
        .values(state=JobState.CANCELLED, lease_until=None, finished_at=now(), updated_at=now(), fence=Job.fence + 1)
        .execution_options(synchronize_session=False)
    )
    return rowcount(await session.execute(statement)) == 1


async def replay(session: TenantSession, job_id: UUID) -> bool:
    """dead → ready with its counts at zero and its arguments untouched, so effects keep their keys. Announces JobReplaying."""
    statement = (
        update(Job)
        .where(Job.tenant_id == session.tenant_id, Job.id == job_id, Job.state == JobState.DEAD)
        .values(**_WAITING, run_at=now(), errors=0, crash_attempts=0, finished_at=None, fence=Job.fence + 1, updated_at=now())
        .execution_options(synchronize_session=False)
    )

    async def revive() -> bool:
        return rowcount(await session.execute(statement)) == 1

    return await _announced(session, JobReplaying(job_id=job_id), revive)


async def reclaim(session: TenantSession, job_id: UUID, *, max_crashes: int) -> str | None:
    """Take back a job whose lease ran out: ready again, or dead after too many crashes. The new state, or None if not expired.

    Announces JobFailed.
    """
    moment = now()
    expired = (Job.tenant_id == session.tenant_id, Job.id == job_id, Job.state == JobState.LEASED, Job.lease_until < moment)
    found = (await session.execute(select(Job.fence, Job.crash_attempts).where(*expired))).one_or_none()
    if found is None:
        return None
    crashes = found.crash_attempts + 1
    dead = crashes >= max_crashes
    error = {"code": "WORKER_DIED", "message": "The worker stopped without finishing."}
    values = _WAITING | {
        "state": JobState.DEAD if dead else JobState.READY,
        "crash_attempts": crashes,
        "fence": found.fence + 1,
        "run_at": moment,
        "updated_at": moment,
        "finished_at": moment if dead else None,
        "last_error": error,
    }
    statement = update(Job).where(*expired, Job.fence == found.fence).values(values)

    async def take_back() -> bool:
        return rowcount(await session.execute(statement.execution_options(synchronize_session=False))) == 1

    moved = await _announced(session, JobFailed(job_id=job_id, error=error, dead=dead), take_back)
    return str(values["state"]) if moved else None


async def due_jobs(session: SystemSession, *, kinds: Collection[str], limit: int) -> list[tuple[UUID, UUID]]:
    """(tenant_id, job_id) of ready, due jobs of these kinds nobody was told of lately, oldest first. Headers of all tenants.

    Jobs of other kinds wait for a worker that knows them and must not fill the list.
    """
    moment = now()
    query = (
        select(Job.tenant_id, Job.id)
        .where(Job.state == JobState.READY, Job.run_at <= moment, Job.kind.in_(kinds))
        .where(or_(Job.woken_at.is_(None), Job.woken_at < moment - WAKE_AGAIN_AFTER))
        .order_by(Job.run_at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def mark_woken(session: SystemSession, jobs: list[tuple[UUID, UUID]]) -> None:
    """Remember that these jobs were announced, so that the next sweep leaves them alone for a while."""
    statement = text(
        "UPDATE jobs SET woken_at = :moment FROM unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[])) AS told (tenant_id, id)"
        " WHERE jobs.tenant_id = told.tenant_id AND jobs.id = told.id"
    )
    await session.execute(statement, {"moment": now(), "tenants": [t for t, _ in jobs], "ids": [j for _, j in jobs]})


async def expired_leases(session: SystemSession, *, limit: int) -> list[tuple[UUID, UUID, str]]:
    """(tenant_id, job_id, kind) of leased jobs whose worker gave no sign of life."""
    query = select(Job.tenant_id, Job.id, Job.kind).where(Job.state == JobState.LEASED, Job.lease_until < now()).limit(limit)
    return [(row[0], row[1], row[2]) for row in (await session.execute(query)).all()]
