"""Connections' jobs and schedules: erasing, taking up erasures whose job died, forgetting old OAuth states."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from sqlalchemy import delete, select

from storekeep.domains.accounts import public as accounts
from storekeep.domains.connections.erasure_work import EraseRooms, conclude_tenant, erase_subject, unfinished_erasures
from storekeep.domains.connections.models import Erasure, OAuthState
from storekeep.domains.connections.news import publish_erased
from storekeep.kit.clock import now
from storekeep.kit.errors import NotFound
from storekeep.kit.scope import Scope
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.jobs import JobContext, JobKind, Payload, enqueue
from storekeep.runtime.jobs.models import Job, JobState
from storekeep.runtime.live import LiveNews
from storekeep.runtime.manifest import CronSpec
from storekeep.runtime.services import Services


class EraseArgs(Payload):
    """Which erasure to run."""

    erasure_id: UUID


async def run_erasure(context: JobContext, payload: EraseArgs) -> None:
    """Erase what `erasures` asks for. Twice is harmless: each batch deletes what is left and counts it in its own commit."""
    erased = await erase_subject(context, payload.erasure_id, context.services.get(EraseRooms))
    if erased is None:
        return
    await forget_kept(context.services, context.scope.tenant_id, news=erased.kind == "tenant")
    if erased.kind == "store":
        with suppress(LookupError):
            await publish_erased(context.services.get(LiveNews), context.scope.tenant_id, erased.id)


async def forget_kept(services: Services, tenant_id: UUID, *, news: bool) -> None:
    """Answers that Redis keeps of what was erased go with it, and with a whole tenant its `news`. A lost one dies by age."""
    with suppress(LookupError):  # a process wired without Redis's parts
        await services.get(TenantCache).forget(tenant_id)
    if news:
        with suppress(LookupError):
            await services.get(LiveNews).forget(tenant_id)


# An erasure was promised: it is not given up after a few bad hours, and `take_up_erasures` revives it even then.
ERASE = JobKind("connections.erase", EraseArgs, run_erasure, timeout_s=3600, max_errors=20, max_crashes=100)


async def enqueue_erasure(session: TenantSession, erasure_id: UUID) -> UUID:
    """Write the job that runs the erasure; returns the job's id."""
    return await enqueue(session, ERASE, EraseArgs(erasure_id=erasure_id), unique_key=str(erasure_id))


async def take_up_erasures(services: Services) -> None:
    """Give every unfinished erasure a job again whose own died, was cancelled, or went with its tenant before the last line."""
    db = services.get(Database)
    async with db.system("find unfinished erasures across tenants") as system:
        tenants = (
            await system.execute(select(Erasure.erased_tenant_id).where(Erasure.finished_at.is_(None)).distinct())
        ).scalars()
    for tenant_id in tenants.all():
        scope = Scope(tenant_id=tenant_id)
        async with db.tenant(scope) as session:
            unfinished = await unfinished_erasures(session)
            if tenant_is_there := await _tenant_is_there(session):
                for erasure_id in unfinished:
                    if not await _has_job(session, erasure_id):
                        await enqueue_erasure(session, erasure_id)
        if not tenant_is_there and unfinished:
            await conclude_tenant(db, scope, unfinished[-1])
            await forget_kept(services, tenant_id, news=True)


async def _tenant_is_there(session: TenantSession) -> bool:
    try:
        await accounts.read_tenant(session)
    except NotFound:
        return False
    return True


async def _has_job(session: TenantSession, erasure_id: UUID) -> bool:
    query = select(Job.id).where(
        Job.kind == ERASE.name,
        Job.args["erasure_id"].astext == str(erasure_id),
        Job.state.in_([JobState.READY, JobState.LEASED]),
    )
    return (await session.execute(query.limit(1))).first() is not None


async def forget_old_states(services: Services) -> None:
    """Delete OAuth round trips that were never finished."""
    async with services.get(Database).system("forget OAuth states past their time") as system:
        await system.execute(delete(OAuthState).where(OAuthState.expires_at < now()))


JOBS = (ERASE,)
CRON = (
    CronSpec("connections.take_up_erasures", 600, take_up_erasures),
    CronSpec("connections.forget_old_states", 600, forget_old_states),
)
