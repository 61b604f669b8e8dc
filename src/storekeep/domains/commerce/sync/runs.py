"""The rows of sync runs: asking for one, its life, and what it has to show. At most one run of a store is open.

Rows are locked in this order everywhere: the run, its resources, its job.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from storekeep.domains.commerce.errors import RunAlreadyOver, RunNotFound
from storekeep.domains.commerce.events import SyncFinished
from storekeep.domains.commerce.models import SyncCursor, SyncResource, SyncRun
from storekeep.domains.commerce.sync.batch import MAX_ERRORS, Tally
from storekeep.domains.commerce.types import Resource, RunKind, RunStatus, RunTrigger
from storekeep.kit.clock import now
from storekeep.kit.errors import AppError
from storekeep.kit.ids import uuid7
from storekeep.runtime.database import TenantSession
from storekeep.runtime.jobs import ledger
from storekeep.runtime.jobs.models import Job, JobState

OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)
# An HTTP date is a whole second, and servers make it once a second; what clocks differ by less, the deltas' overlap covers.
_SAME_CLOCK = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run and its resources, as rows."""

    run: SyncRun
    resources: list[SyncResource]


async def settle_dead_run(session: TenantSession, store_id: UUID) -> None:
    """Close the store's open run if nothing works on it any more: its job died, was cancelled, or is gone."""
    run = await _open_run(session, store_id)
    if run is None:
        return
    job = None if run.job_id is None else await session.get(Job, (session.tenant_id, run.job_id), populate_existing=True)
    if job is not None and job.state in (JobState.READY, JobState.LEASED):
        return
    if job is not None and job.state == JobState.CANCELLED:
        await _close(session, run, RunStatus.CANCELLED, None)
        return
    error = (job.last_error if job is not None else None) or {"code": "WORKER_DIED", "message": "The sync stopped unfinished."}
    await _close(session, run, RunStatus.FAILED, {"code": error.get("code"), "message": error.get("message")})


async def give_way(session: TenantSession, store_id: UUID) -> SyncRun | None:
    """End the store's open run if it reads but what changed, for one that reads everything. What it stored stays."""
    run = await _open_run(session, store_id)
    if run is None or run.kind != RunKind.DELTA:
        return None
    with suppress(RunAlreadyOver):  # this very moment
        return (await cancel_run(session, run.id)).run
    return None


async def add_run(session: TenantSession, store_id: UUID, kind: RunKind, trigger: RunTrigger) -> tuple[SyncRun, bool]:
    """The store's open run, and whether it was made just now. A dead one is closed first."""
    await settle_dead_run(session, store_id)
    for _ in range(3):
        moment = now()
        statement = (
            insert(SyncRun)
            .values(
                tenant_id=session.tenant_id,
                id=uuid7(),
                store_id=store_id,
                kind=kind,
                trigger=trigger,
                status=RunStatus.QUEUED,
                setbacks=0,
                created_at=moment,
                updated_at=moment,
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "store_id"], index_where=text("status IN ('QUEUED', 'RUNNING')"))
            .returning(SyncRun.id)
        )
        made = (await session.execute(statement)).scalar_one_or_none()
        run = await _open_run(session, store_id)
        if run is not None:
            if made is not None:
                session.add_all(SyncResource(run_id=run.id, resource=resource, errors=[]) for resource in Resource)
                await session.flush()
            return run, made is not None
    raise RuntimeError("the store's run opened and closed faster than it could be read")


async def _open_run(session: TenantSession, store_id: UUID) -> SyncRun | None:
    query = select(SyncRun).where(SyncRun.store_id == store_id, SyncRun.status.in_(OPEN))
    return (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()


async def kind_for(session: TenantSession, store_id: UUID, *, full: bool) -> RunKind:
    """What a run of the store should be: everything again on demand, everything at first, else what changed."""
    if full:
        return RunKind.RESYNC
    known = select(SyncCursor.id).where(SyncCursor.store_id == store_id).limit(1)
    return RunKind.DELTA if (await session.execute(known)).first() else RunKind.INITIAL


async def read_run(session: TenantSession, run_id: UUID) -> RunFacts:
    """A run with its resources in the order they are copied. Raises RunNotFound."""
    run = await session.get(SyncRun, (session.tenant_id, run_id), populate_existing=True)
    if run is None:
        raise RunNotFound()
    return RunFacts(run, (await resources_of(session, [run_id]))[run_id])


async def resources_of(session: TenantSession, run_ids: Sequence[UUID]) -> dict[UUID, list[SyncResource]]:
    """The resources of runs, each list in the order they are copied."""
    order = list(Resource)
    found: dict[UUID, list[SyncResource]] = {run_id: [] for run_id in run_ids}
    query = select(SyncResource).where(SyncResource.run_id.in_(run_ids)).execution_options(populate_existing=True)
    for row in (await session.execute(query)).scalars():
        found[row.run_id].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: order.index(Resource(row.resource)))
    return found


async def begin_at_source(session: TenantSession, run_id: UUID, told_at: datetime | None) -> SyncRun:
    """The running run, with when it began by the source's clock, which said `told_at` just now; kept over all its attempts.

    The source stamps changes by its own clock. Were ours ahead, what changed while we read would look as if it had been read.
    """
    run = await session.get_one(SyncRun, (session.tenant_id, run_id), with_for_update=True, populate_existing=True)
    if run.source_started_at is None:
        begun = run.started_at or now()
        run.source_started_at = told_at if told_at is not None and begun - told_at > _SAME_CLOCK else begun
    return run


async def cancel_run(session: TenantSession, run_id: UUID) -> RunFacts:
    """End an open run: what is written stays, nothing more is written. Raises RunNotFound or RunAlreadyOver."""
    query = select(SyncRun).where(SyncRun.id == run_id).with_for_update().execution_options(populate_existing=True)
    run = (await session.execute(query)).scalar_one_or_none()
    if run is None:
        raise RunNotFound()
    if run.status not in OPEN:
        raise RunAlreadyOver()
    await _close(session, run, RunStatus.CANCELLED, None)
    if run.job_id is not None:
        await ledger.cancel(session, run.job_id)
    return await read_run(session, run_id)


async def end_run_of_job(session: TenantSession, job_id: UUID) -> None:
    """End the open run that the job carries, if there is one; the caller cancels the job."""
    query = select(SyncRun).where(SyncRun.job_id == job_id, SyncRun.status.in_(OPEN)).with_for_update()
    run = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if run is not None:
        await _close(session, run, RunStatus.CANCELLED, None)


async def note_failed_job(session: TenantSession, job_id: UUID, error: Mapping[str, Any], *, dead: bool) -> None:
    """The job that carries the run failed: the run waits for its next attempt and says why, or has failed for good."""
    query = select(SyncRun).where(SyncRun.job_id == job_id, SyncRun.status.in_(OPEN)).with_for_update()
    run = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if run is None:
        return
    shown = {"code": str(error.get("code")), "message": str(error.get("message"))}
    if dead:
        await _close(session, run, RunStatus.FAILED, shown)
        return
    run.error = {**shown, "message": f"{shown['message']} It is tried again by itself."}
    await session.flush()


async def reopen_run_of_job(session: TenantSession, job_id: UUID) -> None:
    """The dead job that carried a failed run is replayed: the run goes on where it stopped.

    Unless the store has another open run by now, which reads the same: then this one stays over, and its job finds nothing to do.
    """
    query = select(SyncRun).where(SyncRun.job_id == job_id, SyncRun.status == RunStatus.FAILED).with_for_update()
    run = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if run is None or await _open_run(session, run.store_id) is not None:
        return
    with suppress(IntegrityError):  # another was opened this very moment
        async with session.begin_nested():
            run.status, run.error, run.finished_at, run.setbacks = RunStatus.QUEUED, None, None, 0
            failed = update(SyncResource).where(SyncResource.run_id == run.id, SyncResource.status == RunStatus.FAILED)
            again = failed.values(status=RunStatus.QUEUED, finished_at=None).execution_options(synchronize_session=False)
            await session.execute(again)


async def cancel_runs_of(session: TenantSession, store_id: UUID) -> None:
    """End the store's open run, if there is one."""
    run = await _open_run(session, store_id)
    if run is not None:
        await cancel_run(session, run.id)


async def _close(session: TenantSession, run: SyncRun, status: RunStatus, error: dict[str, Any] | None) -> None:
    moment = now()
    run.status, run.error, run.finished_at = status, error, moment
    unfinished = update(SyncResource).where(SyncResource.run_id == run.id, SyncResource.status.in_(OPEN))
    await session.execute(unfinished.values(status=status, finished_at=moment).execution_options(synchronize_session=False))
    await session.flush()
    await session.announce(
        SyncFinished(store_id=run.store_id, run_id=run.id, kind=RunKind(run.kind), status=RunStatus(run.status))
    )


async def finish_run(session: TenantSession, run_id: UUID, error: AppError | None = None) -> SyncRun:
    """Close the run by what its resources came to; with `error`, those not yet read have failed for it. The run as it is then."""
    run = await session.get_one(SyncRun, (session.tenant_id, run_id), with_for_update=True, populate_existing=True)
    resources = (await resources_of(session, [run_id]))[run_id]
    if error is not None:
        for resource in resources:
            if resource.status in OPEN:
                fail_resource(resource, error)
    statuses = {RunStatus(resource.status) for resource in resources}
    if statuses <= {RunStatus.SUCCEEDED}:
        status = RunStatus.SUCCEEDED
    elif statuses <= {RunStatus.FAILED}:
        status = RunStatus.FAILED
    else:
        status = RunStatus.PARTIAL
    reason = error or _first_error(resources)
    shown = {"code": reason.code, "message": reason.message} if isinstance(reason, AppError) else reason
    await _close(session, run, status, shown if status is not RunStatus.SUCCEEDED else None)
    return run


def _first_error(resources: Sequence[SyncResource]) -> dict[str, Any] | None:
    for resource in resources:
        for error in resource.errors:
            return {"code": error["code"], "message": error["message"]}
    return None


def fail_resource(resource: SyncResource, error: AppError) -> None:
    """The resource could not be read; the reason comes first among its errors."""
    entry = {"code": error.code, "message": error.message, "externalId": ""}
    resource.status = RunStatus.FAILED
    resource.errors = [entry, *resource.errors][:MAX_ERRORS]
    resource.finished_at = now()


def succeed_resource(resource: SyncResource) -> None:
    """The resource was read to its end; records that could not be stored make it PARTIAL."""
    resource.status = RunStatus.PARTIAL if resource.failed else RunStatus.SUCCEEDED
    resource.finished_at = now()


def record(resource: SyncResource, tally: Tally, *, cursor: datetime | None = None) -> None:
    """Add what a batch came to."""
    resource.read += tally.read
    resource.written += tally.written
    resource.unchanged += tally.unchanged
    resource.failed += tally.failed
    resource.removed += tally.removed
    if tally.errors and len(resource.errors) < MAX_ERRORS:
        resource.errors = [*resource.errors, *(error.wire() for error in tally.errors)][:MAX_ERRORS]
    if cursor is not None:
        resource.cursor = cursor


async def lock_resource(session: TenantSession, run_id: UUID, resource: Resource) -> SyncResource:
    """The resource's row, for changing it in this transaction."""
    await session.get(SyncRun, (session.tenant_id, run_id), with_for_update=True, populate_existing=True)
    query = (
        select(SyncResource)
        .where(SyncResource.run_id == run_id, SyncResource.resource == resource)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalar_one()


async def resource_of(session: TenantSession, run_id: UUID, resource: Resource) -> SyncResource:
    """The resource's row, for reading."""
    query = select(SyncResource).where(SyncResource.run_id == run_id, SyncResource.resource == resource)
    return (await session.execute(query)).scalar_one()


async def progressed(session: TenantSession, run_id: UUID) -> None:
    """The run got something done: earlier setbacks count no more, and it waits for nothing."""
    statement = update(SyncRun).where(SyncRun.id == run_id, (SyncRun.setbacks > 0) | SyncRun.error.is_not(None))
    await session.execute(statement.values(setbacks=0, error=None).execution_options(synchronize_session=False))


async def set_high_water(session: TenantSession, store_id: UUID, resource: Resource, mark: datetime) -> None:
    """Everything changed at the source before `mark` is stored. The mark never moves back."""
    statement = insert(SyncCursor).values(
        tenant_id=session.tenant_id, id=uuid7(), store_id=store_id, resource=resource, high_water=mark, updated_at=now()
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "store_id", "resource"],
            set_={"high_water": statement.excluded.high_water, "updated_at": statement.excluded.updated_at},
            where=SyncCursor.high_water < statement.excluded.high_water,
        )
    )


async def high_water(session: TenantSession, store_id: UUID) -> dict[Resource, datetime]:
    """The marks of the store, by resource; none for what was never read whole."""
    query = select(SyncCursor.resource, SyncCursor.high_water).where(SyncCursor.store_id == store_id)
    return {Resource(row[0]): row[1] for row in await session.execute(query)}
