"""What commerce hears from below: stores come, come back, and go; jobs are cancelled, fail, or are replayed."""

from __future__ import annotations

from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.sync.requests import request_run
from storekeep.domains.commerce.types import RunTrigger
from storekeep.domains.connections.events import StoreConnected, StoreDisconnectRequested, StoreReconnected
from storekeep.runtime.database import TenantSession
from storekeep.runtime.events import Subscriber
from storekeep.runtime.jobs.events import JobCancelling, JobFailed, JobReplaying


async def import_new_store(session: TenantSession, event: StoreConnected) -> None:
    """Its import begins with the store itself, in one transaction."""
    await request_run(session, event.store_id, RunTrigger.CONNECT)


async def catch_up(session: TenantSession, event: StoreReconnected) -> None:
    """Read what was missed while the store could not be read."""
    await request_run(session, event.store_id, RunTrigger.CONNECT)


async def stop_reading(session: TenantSession, event: StoreDisconnectRequested) -> None:
    """Nothing of the store may be written any more."""
    await runs.cancel_runs_of(session, event.store_id)


async def end_cancelled_run(session: TenantSession, event: JobCancelling) -> None:
    """A run whose job is cancelled is over."""
    await runs.end_run_of_job(session, event.job_id)


async def note_failed_job(session: TenantSession, event: JobFailed) -> None:
    """A run says that it waits for its job's next attempt, and is over when there is none."""
    await runs.note_failed_job(session, event.job_id, event.error, dead=event.dead)


async def go_on_with_run(session: TenantSession, event: JobReplaying) -> None:
    """A run that failed with its job goes on with it."""
    await runs.reopen_run_of_job(session, event.job_id)


SUBSCRIBERS = (
    Subscriber(JobFailed, note_failed_job),
    Subscriber(JobReplaying, go_on_with_run),
    Subscriber(JobCancelling, end_cancelled_run),
    Subscriber(StoreConnected, import_new_store),
    Subscriber(StoreReconnected, catch_up),
    Subscriber(StoreDisconnectRequested, stop_reading),
)
