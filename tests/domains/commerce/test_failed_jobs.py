"""A run whose job fails in a way nobody foresaw says so at once: it waits for the next attempt, or it is over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from storekeep.kit.clock import now
from storekeep.kit.scope import Scope
from storekeep.runtime.jobs import ledger
from storekeep.sandbox.config import AWKWARD_KWD
from tests.support.shopify_world import Desk


@pytest.fixture
async def broken(superuser: asyncpg.Connection) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Products cannot be written, which no handler expects, until the answer is called."""

    async def mend() -> None:
        await superuser.execute("GRANT INSERT ON products TO app_rt")

    await superuser.execute("REVOKE INSERT ON products FROM app_rt")
    yield mend
    await mend()


async def attempt(desk: Desk, scope: Scope) -> None:
    """One attempt at the tenant's waiting job, whatever time it waits for."""
    async with desk.db.tenant(scope) as session:
        due = text("UPDATE jobs SET run_at = now() - interval '1 s' WHERE state = 'ready' RETURNING id")
        job_id: UUID = (await session.execute(due)).scalar_one()
    assert await desk.runner.run(scope.tenant_id, job_id)


async def waits(desk: Desk, scope: Scope) -> bool:
    """Whether the job waits for a time to come."""
    async with desk.db.tenant(scope) as session:
        return bool((await session.execute(text("SELECT run_at > now() FROM jobs WHERE state = 'ready'"))).scalar_one())


async def test_it_says_what_it_waits_for_and_goes_on_when_asked(
    desk: Desk, scope: Scope, broken: Callable[[], Awaitable[None]]
) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await attempt(desk, scope)
    run = (await desk.run_of(scope, store_id)).run
    assert (run.status, run.error and run.error["code"]) == ("RUNNING", "INTERNAL_SERVER_ERROR")
    assert run.error is not None and "again" in run.error["message"]
    assert await waits(desk, scope)
    await broken()
    assert await desk.ask(scope, store_id) == run.id
    assert not await waits(desk, scope), "asked for by a person, and still waiting"
    await desk.work(scope)
    run = (await desk.run_of(scope, store_id)).run
    assert (run.status, run.error) == ("SUCCEEDED", None)


async def test_it_has_failed_when_its_job_is_dead(desk: Desk, scope: Scope, broken: Callable[[], Awaitable[None]]) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    async with desk.db.tenant(scope) as session:
        await session.execute(text("UPDATE jobs SET errors = 4"))
    await attempt(desk, scope)
    facts = await desk.run_of(scope, store_id)
    assert (facts.run.status, facts.run.error and facts.run.error["code"]) == ("FAILED", "INTERNAL_SERVER_ERROR")
    assert [row.status for row in facts.resources] == ["SUCCEEDED", "SUCCEEDED", "FAILED"]


@pytest.mark.parametrize("another", [False, True])
async def test_it_goes_on_when_its_dead_job_is_replayed(
    desk: Desk, scope: Scope, broken: Callable[[], Awaitable[None]], another: bool
) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    async with desk.db.tenant(scope) as session:
        await session.execute(text("UPDATE jobs SET errors = 4"))
    await attempt(desk, scope)
    failed = (await desk.run_of(scope, store_id)).run
    await broken()
    if another:
        await desk.ask(scope, store_id)
    async with desk.db.tenant(scope) as session:
        assert failed.job_id is not None
        assert await ledger.replay(session, failed.job_id)
    await desk.work(scope)
    async with desk.db.tenant(scope) as session:
        found = (await session.execute(text("SELECT id, status, error FROM sync_runs ORDER BY created_at"))).all()
        products = (await session.execute(text("SELECT count(*) FROM products"))).scalar_one()
    # The store was read whole, once: by this run, or by the one that was asked for meanwhile.
    assert [row.status for row in found] == (["FAILED", "SUCCEEDED"] if another else ["SUCCEEDED"])
    assert found[0].id == failed.id
    assert (found[0].error is None) == (not another)
    assert products > 0


@pytest.mark.parametrize(("crashes", "status"), [(0, "RUNNING"), (9, "FAILED")])
async def test_it_says_that_its_worker_died(desk: Desk, scope: Scope, crashes: int, status: str) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    async with desk.db.tenant(scope) as session:
        await session.execute(text("UPDATE sync_runs SET status = 'RUNNING'"))
        gone = text("UPDATE jobs SET state = 'leased', lease_until = :at, crash_attempts = :crashes RETURNING id")
        job_id = (await session.execute(gone, {"at": now() - timedelta(seconds=1), "crashes": crashes})).scalar_one()
    for taken_back in (True, False):
        async with desk.db.tenant(scope) as session:
            assert (await ledger.reclaim(session, job_id, max_crashes=10) is not None) == taken_back
    run = (await desk.run_of(scope, store_id)).run
    assert (run.status, run.error and run.error["code"]) == (status, "WORKER_DIED")
