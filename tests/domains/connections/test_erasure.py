"""Erasing a store and a tenant: writing stops at once, and every room is asked until it has nothing left, kills included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import text

from storekeep.domains.accounts import public as accounts
from storekeep.domains.connections import public
from storekeep.domains.connections.erasure_requests import get_erasure, request_store_erasure, request_tenant_erasure
from storekeep.domains.connections.erasure_work import EraseRooms
from storekeep.domains.connections.errors import ErasureNotFound, NameMismatch, StoreDisconnecting, StoreNotFound
from storekeep.domains.connections.events import StoreDisconnectRequested
from storekeep.domains.connections.jobs import ERASE, EraseArgs, enqueue_erasure, run_erasure, take_up_erasures
from storekeep.domains.connections.register import register_store
from storekeep.domains.connections.room import room as connections
from storekeep.domains.connections.types import ErasureStatus, ErasureView
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.jobs import JobContext, ledger
from storekeep.runtime.jobs.models import JobState
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from storekeep.runtime.manifest import ErasureSubject, Room
from storekeep.runtime.services import Services
from tests.domains.connections.installs import Ear, an_install, new_shop

Connect = Callable[..., Awaitable[UUID]]


class Killed(BaseException):
    """Stands for kill -9: nothing in the product catches it, and the transaction under way is lost."""


class Shelf:
    """A room above connections that holds `rows` rows (jobs of a kind nobody runs) and forgets `batch` of them a call."""

    def __init__(self, batch: int = 2) -> None:
        self.batch = batch
        self.calls: list[ErasureSubject] = []
        self.kill_before_call: int | None = None

    async def fill(self, session: TenantSession, rows: int) -> None:
        insert = (
            "INSERT INTO jobs (tenant_id, id, kind, args, state, run_at, attempts, errors, crash_attempts, fence, created_at,"
            " updated_at) VALUES (:tenant, :id, 'test.shelf', '{}', 'done', now(), 0, 0, 0, 0, now(), now())"
        )
        for _ in range(rows):
            await session.execute(text(insert), {"tenant": session.tenant_id, "id": uuid7()})

    async def erase(self, session: TenantSession, subject: ErasureSubject) -> int:
        self.calls.append(subject)
        remove = "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE kind = 'test.shelf' ORDER BY id LIMIT :batch)"
        count = (await session.execute(text(remove), {"batch": self.batch})).rowcount  # type: ignore[attr-defined]
        if self.kill_before_call == len(self.calls):
            raise Killed
        return int(count)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def services(db: Database, shelf: Shelf) -> Services:
    made = Services()
    made.provide(Database, db)
    rooms = (Room("accounts"), connections, Room("shelf", erase=shelf.erase), Room("insights"))
    made.provide(EraseRooms, EraseRooms(rooms))
    return made


def worker(db: Database, services: Services) -> JobRunner:
    return JobRunner(db, services, {ERASE.name: ERASE}, RunnerTimes(lease_s=5, heartbeat_s=1))


async def request(db: Database, scope: Scope, store_id: UUID, shop: str) -> tuple[ErasureView, UUID]:
    async with db.tenant(scope) as session:
        erasure, is_new = await request_store_erasure(session, store_id, confirm_name=shop)
        assert is_new
        return erasure, await enqueue_erasure(session, erasure.id)


async def erasure_of(db: Database, scope: Scope, erasure_id: UUID) -> ErasureView:
    async with db.tenant(scope) as session:
        return await get_erasure(session, erasure_id)


def counts(erasure: ErasureView) -> list[tuple[str, str, int]]:
    return [(part.room, part.status, part.erased) for part in erasure.rooms]


async def test_a_store_is_stopped_at_once_and_erased_by_its_job(
    db: Database, scope: Scope, connect: Connect, services: Services, shelf: Shelf, ear: Ear
) -> None:
    shop = new_shop()
    store_id = await connect(scope, shop=shop)
    async with db.tenant(scope) as session:
        await shelf.fill(session, 5)
    erasure, job_id = await request(db, scope, store_id, shop.upper() + " ")
    assert (erasure.subject, erasure.subject_id, erasure.status) == ("store", store_id, ErasureStatus.RUNNING)
    async with db.tenant(scope) as session:
        store = await public.get_store(session, store_id)
        assert (store.status, store.next_sync_at) == ("DISCONNECTING", None)
        tokens = await session.execute(text("SELECT access_token, refresh_token FROM stores"))
        assert tokens.one() == (None, None)
        with pytest.raises(StoreDisconnecting):
            await public.ensure_store_active(session, store_id)
    assert ear.of(scope, StoreDisconnectRequested) == [StoreDisconnectRequested(store_id=store_id, erasure_id=erasure.id)]

    assert await worker(db, services).run(scope.tenant_id, job_id)
    done = await erasure_of(db, scope, erasure.id)
    assert done.status == ErasureStatus.DONE
    assert done.finished_at is not None
    assert counts(done) == [("shelf", "DONE", 5), ("connections", "DONE", 3)]
    assert len(shelf.calls) == 4
    async with db.tenant(scope) as session:
        assert await public.find_store(session, store_id) is None
        assert (await session.execute(text("SELECT count(*) FROM connections"))).scalar_one() == 0
    async with db.system("look the shop up") as system:
        assert await public.find_tenant_of_shop(system, shop) is None


async def test_the_erased_shop_can_be_connected_anew_by_anyone(
    db: Database, scope: Scope, other_scope: Scope, connect: Connect, cipher: TokenCipher, services: Services
) -> None:
    shop = new_shop()
    _, job_id = await request(db, scope, await connect(scope, shop=shop), shop)
    with pytest.raises(StoreDisconnecting):
        async with db.tenant(scope) as session:
            await register_store(session, cipher, an_install(shop=shop))
    await worker(db, services).run(scope.tenant_id, job_id)
    async with db.tenant(other_scope) as session:
        assert (await register_store(session, cipher, an_install(shop=shop))).is_new


async def test_another_store_of_the_tenant_is_untouched(db: Database, scope: Scope, connect: Connect, services: Services) -> None:
    shop = new_shop()
    gone, stays = await connect(scope, shop=shop), await connect(scope)
    _, job_id = await request(db, scope, gone, shop)
    await worker(db, services).run(scope.tenant_id, job_id)
    async with db.tenant(scope) as session:
        assert [store.id for store in await public.list_stores(session)] == [stays]
        assert (await public.get_store(session, stays)).status == "CONNECTED"


async def test_the_wrong_name_changes_nothing(db: Database, scope: Scope, connect: Connect) -> None:
    store_id = await connect(scope)
    for name in ("", "shop", new_shop()):
        with pytest.raises(NameMismatch):
            async with db.tenant(scope) as session:
                await request_store_erasure(session, store_id, confirm_name=name)
    async with db.tenant(scope) as session:
        assert (await public.get_store(session, store_id)).status == "CONNECTED"


async def test_asked_twice_it_is_one_erasure(db: Database, scope: Scope, connect: Connect) -> None:
    shop = new_shop()
    store_id = await connect(scope, shop=shop)
    first, _ = await request(db, scope, store_id, shop)
    async with db.tenant(scope) as session:
        again, is_new = await request_store_erasure(session, store_id, confirm_name=shop)
    assert (again.id, is_new) == (first.id, False)


async def test_another_tenants_store_and_erasure_are_not_there(
    db: Database, scope: Scope, other_scope: Scope, connect: Connect
) -> None:
    shop = new_shop()
    store_id = await connect(scope, shop=shop)
    with pytest.raises(StoreNotFound):
        async with db.tenant(other_scope) as session:
            await request_store_erasure(session, store_id, confirm_name=shop)
    erasure, _ = await request(db, scope, store_id, shop)
    with pytest.raises(ErasureNotFound):
        await erasure_of(db, other_scope, erasure.id)


@pytest.mark.parametrize("kill_before_call", [1, 2, 3])
async def test_killed_in_the_middle_it_goes_on_where_it_was_and_counts_nothing_twice(
    db: Database, scope: Scope, connect: Connect, services: Services, shelf: Shelf, kill_before_call: int
) -> None:
    shop = new_shop()
    store_id = await connect(scope, shop=shop)
    async with db.tenant(scope) as session:
        await shelf.fill(session, 5)
    erasure, job_id = await request(db, scope, store_id, shop)
    shelf.kill_before_call = kill_before_call
    async with db.tenant(scope) as session:
        job = await ledger.claim(session, job_id, lease_s=-1, tenant_slots=4)
    assert job is not None
    with pytest.raises(Killed):
        await run_erasure(JobContext(job.id, scope, job.fence, 1, db, services), EraseArgs.model_validate(job.args))
    partly = await erasure_of(db, scope, erasure.id)
    assert counts(partly)[0] == ("shelf", "RUNNING" if kill_before_call > 1 else "WAITING", 2 * (kill_before_call - 1))
    async with db.tenant(scope) as session:
        assert await ledger.reclaim(session, job_id, max_crashes=ERASE.max_crashes) == "ready"
    await worker(db, services).run(scope.tenant_id, job_id)
    done = await erasure_of(db, scope, erasure.id)
    assert done.status == ErasureStatus.DONE
    assert counts(done) == [("shelf", "DONE", 5), ("connections", "DONE", 3)]


async def test_run_twice_it_changes_nothing(
    db: Database, scope: Scope, connect: Connect, services: Services, shelf: Shelf
) -> None:
    shop = new_shop()
    erasure, job_id = await request(db, scope, await connect(scope, shop=shop), shop)
    await worker(db, services).run(scope.tenant_id, job_id)
    first = await erasure_of(db, scope, erasure.id)
    calls = len(shelf.calls)
    async with db.tenant(scope) as session:
        again = await enqueue_erasure(session, erasure.id)
    await worker(db, services).run(scope.tenant_id, again)
    assert await erasure_of(db, scope, erasure.id) == first
    assert len(shelf.calls) == calls


async def test_an_erasure_whose_job_was_lost_gets_another(
    db: Database, scope: Scope, connect: Connect, services: Services
) -> None:
    shop = new_shop()
    erasure, job_id = await request(db, scope, await connect(scope, shop=shop), shop)
    await take_up_erasures(services)
    assert await jobs_of(db, scope) == [(job_id, "ready")]
    async with db.tenant(scope) as session:
        assert await ledger.cancel(session, job_id)
    await take_up_erasures(services)
    await take_up_erasures(services)
    (_, cancelled), (revived, ready) = await jobs_of(db, scope)
    assert (cancelled, ready) == (JobState.CANCELLED, JobState.READY)
    await worker(db, services).run(scope.tenant_id, revived)
    assert (await erasure_of(db, scope, erasure.id)).status == ErasureStatus.DONE


async def jobs_of(db: Database, scope: Scope) -> list[tuple[UUID, str]]:
    async with db.tenant(scope) as session:
        rows = await session.execute(text("SELECT id, state FROM jobs WHERE kind = :kind ORDER BY id"), {"kind": ERASE.name})
        return [(row.id, row.state) for row in rows]


async def test_killed_after_the_tenant_was_gone_its_erasures_are_closed_all_the_same(
    db: Database, scope: Scope, connect: Connect, services: Services
) -> None:
    await connect(scope)
    erasure_id = uuid7()
    async with db.tenant(scope) as session:
        await request_tenant_erasure(session, erasure_id)
    await accounts.forget_tenant(db, scope.tenant_id)
    await take_up_erasures(services)
    done = await erasure_of(db, scope, erasure_id)
    assert (done.status, counts(done)) == (ErasureStatus.DONE, [("accounts", "DONE", 0)])


async def test_a_tenant_is_erased_whole_and_its_proof_stays(
    db: Database, scope: Scope, other_scope: Scope, connect: Connect, services: Services, shelf: Shelf
) -> None:
    shop = new_shop()
    disconnecting = await connect(scope, shop=shop)
    await connect(scope)
    neighbour = await connect(other_scope)
    earlier, _ = await request(db, scope, disconnecting, shop)
    erasure_id = uuid7()
    async with db.tenant(scope) as session:
        await shelf.fill(session, 3)
        assert await request_tenant_erasure(session, erasure_id)
        assert not await request_tenant_erasure(session, erasure_id)
        job_id = await enqueue_erasure(session, erasure_id)
        assert {store.status for store in await public.list_stores(session)} == {"DISCONNECTING"}
    await worker(db, services).run(scope.tenant_id, job_id)
    done = await erasure_of(db, scope, erasure_id)
    assert done.status == ErasureStatus.DONE
    assert counts(done) == [("shelf", "DONE", 3), ("connections", "DONE", 6), ("accounts", "DONE", 1)]
    assert (await erasure_of(db, scope, earlier.id)).status == ErasureStatus.DONE
    async with db.tenant(scope) as session:
        for table in ("tenants", "connections", "stores", "jobs", "shop_directory"):
            assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0, table
    async with db.tenant(other_scope) as session:
        assert (await public.get_store(session, neighbour)).status == "CONNECTED"
