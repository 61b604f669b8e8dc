"""The job ledger: once claimed, once done; retries, crashes, cancellations and lost leases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from storekeep.kit import clock
from storekeep.kit.errors import Conflict, Unavailable
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database
from storekeep.runtime.jobs import JobContext, JobKind, LeaseLost, Payload, RetryLater, enqueue, ledger
from storekeep.runtime.jobs.models import Job
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from storekeep.runtime.jobs.sweeper import Sweeper
from storekeep.runtime.services import Services


class Note(Payload):
    """Arguments of the test jobs."""

    word: str


class Recorder:
    """A handler that remembers its calls and does what it is told next."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.raises: list[Exception] = []
        self.hold: asyncio.Event | None = None

    async def __call__(self, context: JobContext, payload: Note) -> None:
        self.calls.append(payload.word)
        if self.hold is not None:
            await self.hold.wait()
        if self.raises:
            raise self.raises.pop(0)
        async with context.transaction() as session:
            await session.execute(text("SELECT 1"))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def kind(recorder: Recorder) -> JobKind[Note]:
    return JobKind("test.note", Note, recorder, timeout_s=5)


def runner(db: Database, kind: JobKind[Note], **times: float) -> JobRunner:
    return JobRunner(db, Services(), {kind.name: kind}, RunnerTimes(**{"lease_s": 5, "heartbeat_s": 1, **times}))


async def put(db: Database, scope: Scope, kind: JobKind[Note], word: str = "hello", **options: object) -> UUID:
    async with db.tenant(scope) as session:
        return await enqueue(session, kind, Note(word=word), **options)


async def row(db: Database, scope: Scope, job_id: UUID) -> Job:
    async with db.tenant(scope) as session:
        job = await session.get(Job, (scope.tenant_id, job_id))
        assert job is not None
        return job


async def test_a_job_runs_once_however_often_woken(db: Database, scope: Scope, kind: JobKind[Note], recorder: Recorder) -> None:
    job_id = await put(db, scope, kind)
    worker = runner(db, kind)
    made = await asyncio.gather(*(worker.run(scope.tenant_id, job_id) for _ in range(8)))
    assert sum(made) == 1
    assert recorder.calls == ["hello"]
    assert (await row(db, scope, job_id)).state == "done"


async def test_an_error_is_retried_and_the_fifth_is_the_last(
    db: Database, scope: Scope, kind: JobKind[Note], recorder: Recorder
) -> None:
    job_id = await put(db, scope, kind)
    worker = runner(db, kind)
    recorder.raises = [RuntimeError("secret words") for _ in range(5)]
    moment = clock.now()
    for attempt in range(1, 6):
        with clock.at(moment):
            assert await worker.run(scope.tenant_id, job_id)
        job = await row(db, scope, job_id)
        assert job.errors == attempt
        assert job.state == ("dead" if attempt == 5 else "ready")
        assert job.last_error is not None
        assert "secret words" not in str(job.last_error)
        moment += timedelta(hours=9)


async def test_a_refusal_that_cannot_change_is_not_retried(
    db: Database, scope: Scope, kind: JobKind[Note], recorder: Recorder
) -> None:
    job_id = await put(db, scope, kind)
    recorder.raises = [Conflict("no")]
    await runner(db, kind).run(scope.tenant_id, job_id)
    job = await row(db, scope, job_id)
    assert (job.state, job.last_error and job.last_error["code"]) == ("dead", "CONFLICT")


async def test_waiting_spends_no_error(db: Database, scope: Scope, kind: JobKind[Note], recorder: Recorder) -> None:
    job_id = await put(db, scope, kind)
    recorder.raises = [RetryLater(60), Unavailable(retry_after=30)]
    worker = runner(db, kind)
    await worker.run(scope.tenant_id, job_id)
    job = await row(db, scope, job_id)
    assert (job.state, job.errors) == ("ready", 0)
    assert timedelta(seconds=55) < job.run_at - clock.now() <= timedelta(seconds=60)


async def test_a_dead_job_is_replayed_with_the_same_arguments(
    db: Database, scope: Scope, kind: JobKind[Note], recorder: Recorder
) -> None:
    job_id = await put(db, scope, kind, "again")
    recorder.raises = [Conflict("no")]
    worker = runner(db, kind)
    await worker.run(scope.tenant_id, job_id)
    async with db.tenant(scope) as session:
        assert await ledger.replay(session, job_id)
        assert not await ledger.replay(session, job_id)
    await worker.run(scope.tenant_id, job_id)
    assert recorder.calls == ["again", "again"]
    assert (await row(db, scope, job_id)).state == "done"


async def test_one_waiting_job_a_key_and_the_earlier_time_wins(db: Database, scope: Scope, kind: JobKind[Note]) -> None:
    later = clock.now() + timedelta(hours=1)
    first = await put(db, scope, kind, run_at=later, unique_key="store")
    second = await put(db, scope, kind, unique_key="store")
    assert first == second
    assert (await row(db, scope, first)).run_at < later


async def test_an_expired_lease_is_taken_back_and_the_old_worker_writes_nothing(
    db: Database, scope: Scope, kind: JobKind[Note], recorder: Recorder
) -> None:
    job_id = await put(db, scope, kind)
    async with db.tenant(scope) as session:
        job = await ledger.claim(session, job_id, lease_s=-1, tenant_slots=4)
        assert job is not None
    old = JobContext(job.id, scope, job.fence, 1, db, Services())
    async with db.tenant(scope) as session:
        assert await ledger.reclaim(session, job_id, max_crashes=3) == "ready"
    with pytest.raises(LeaseLost):
        async with old.transaction() as session:
            await session.execute(text("UPDATE tenants SET name = 'written by a ghost'"))
    async with db.tenant(scope) as session:
        assert (await session.execute(text("SELECT name FROM tenants"))).scalar_one() == "Test tenant"


async def test_the_third_crash_buries_the_job(db: Database, scope: Scope, kind: JobKind[Note]) -> None:
    job_id = await put(db, scope, kind)
    for crash in range(1, 4):
        async with db.tenant(scope) as session:
            assert await ledger.claim(session, job_id, lease_s=-1, tenant_slots=4)
        async with db.tenant(scope) as session:
            assert await ledger.reclaim(session, job_id, max_crashes=3) == ("dead" if crash == 3 else "ready")


async def test_a_cancelled_job_stops_at_its_next_transaction(
    db: Database, scope: Scope, kind: JobKind[Note], recorder: Recorder
) -> None:
    job_id = await put(db, scope, kind)
    recorder.hold = asyncio.Event()
    running = asyncio.create_task(runner(db, kind).run(scope.tenant_id, job_id))
    while not recorder.calls:
        await asyncio.sleep(0.01)
    async with db.tenant(scope) as session:
        assert await ledger.cancel(session, job_id)
    recorder.hold.set()
    await running
    assert (await row(db, scope, job_id)).state == "cancelled"


async def test_without_redis_the_sweeper_runs_what_it_finds(
    db: Database, scope: Scope, kind: JobKind[Note], recorder: Recorder
) -> None:
    class NoRedis:
        async def wake(self, tenant_id: UUID, job_id: UUID, fence: int) -> None:
            raise ConnectionError

    job_id = await put(db, scope, kind)
    sweeper = Sweeper(db, runner(db, kind), {kind.name: kind}, NoRedis(), every_s=5)
    await sweeper.sweep()
    async with asyncio.timeout(5):
        while (await row(db, scope, job_id)).state != "done":
            await asyncio.sleep(0.02)
    assert recorder.calls.count("hello") >= 1


async def test_a_job_of_an_unknown_kind_waits_for_a_worker_that_knows_it(db: Database, scope: Scope, kind: JobKind[Note]) -> None:
    job_id = await put(db, scope, kind)
    stranger = JobRunner(db, Services(), {}, RunnerTimes())
    assert not await stranger.run(scope.tenant_id, job_id)
    assert (await row(db, scope, job_id)).attempts == 0


async def test_one_tenant_takes_no_more_than_its_slots(db: Database, scope: Scope, kind: JobKind[Note]) -> None:
    ids = [await put(db, scope, kind) for _ in range(3)]
    claimed = []
    for job_id in ids:
        async with db.tenant(scope) as session:
            claimed.append(await ledger.claim(session, job_id, lease_s=60, tenant_slots=2))
    assert [job is not None for job in claimed] == [True, True, False]


async def test_a_stopping_worker_gives_the_job_back_uncharged(
    db: Database, scope: Scope, kind: JobKind[Note], recorder: Recorder
) -> None:
    job_id = await put(db, scope, kind)
    recorder.hold = asyncio.Event()
    running = asyncio.create_task(runner(db, kind).run(scope.tenant_id, job_id))
    while not recorder.calls:
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    job = await row(db, scope, job_id)
    assert (job.state, job.attempts) == ("ready", 0)
