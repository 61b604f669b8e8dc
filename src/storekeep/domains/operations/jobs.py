"""The tenant's jobs as people see them: which there are, replaying those that gave up, cancelling those that wait or run."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, tuple_

from storekeep.domains.audit.public import Subject, record
from storekeep.domains.operations.errors import JobFinished, JobNotDead
from storekeep.kit.errors import NotFound
from storekeep.kit.paging import Page, decode_place, encode_cursor
from storekeep.runtime.database import TenantSession
from storekeep.runtime.jobs import ledger
from storekeep.runtime.jobs.models import Job, JobState

_SORT = "-createdAt"


async def list_jobs(
    session: TenantSession, *, state: JobState | None, kind: str | None, limit: int, cursor: str | None
) -> Page[Job]:
    """Jobs in that state and of that kind, newest first. Raises InvalidCursor."""
    query = select(Job).where(Job.tenant_id == session.tenant_id)
    if state is not None:
        query = query.where(Job.state == state)
    if kind is not None:
        query = query.where(Job.kind == kind)
    if cursor is not None:
        query = query.where(tuple_(Job.created_at, Job.id) < tuple_(*decode_place(cursor, _SORT)))
    query = query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit + 1)
    found = list((await session.execute(query)).scalars())
    items = found[:limit]
    more = len(found) > limit
    return Page(items, encode_cursor(_SORT, [items[-1].created_at.isoformat(), str(items[-1].id)]) if more else None)


async def replay(session: TenantSession, job_id: UUID) -> Job:
    """Let a dead job run again with the arguments it had, so that its effects keep their keys. Raises NotFound or JobNotDead."""
    before = await _get(session, job_id)
    if not await ledger.replay(session, job_id):
        raise JobNotDead()
    return await _recorded(session, before, "job.replayed")


async def cancel(session: TenantSession, job_id: UUID) -> Job:
    """Let a job not run (again); a running one stops at its next step. Raises NotFound or JobFinished."""
    before = await _get(session, job_id)
    if not await ledger.cancel(session, job_id):
        raise JobFinished()
    return await _recorded(session, before, "job.cancelled")


async def _get(session: TenantSession, job_id: UUID) -> Job:
    query = select(Job).where(Job.tenant_id == session.tenant_id, Job.id == job_id)
    job = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if job is None:
        raise NotFound()
    return job


async def _recorded(session: TenantSession, before: Job, action: str) -> Job:
    was = {"kind": before.kind, "state": before.state, "lastError": before.last_error}
    after = await _get(session, before.id)
    now_is = {"kind": after.kind, "state": after.state}
    await record(session, action=action, subjects=[Subject("job", after.id)], before=was, after=now_is)
    return after
