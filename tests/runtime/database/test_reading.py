"""Reads without a session: a transaction that can only read, inside the tenant by the same locks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Select, Uuid, bindparam, func, select, text, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from storekeep.domains.accounts.models import Tenant
from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, DatabaseConfig, TenantReads
from storekeep.runtime.jobs.models import Job
from tests.runtime.database.wire import Wire, through, wire_to
from tests.support.database import TestDatabase

MakeTenant = Callable[[], Awaitable[Scope]]


@pytest.fixture
async def twins(db: Database, new_tenant: MakeTenant) -> tuple[Scope, Scope]:
    """Two tenants, one with a job and one with two."""
    pair = (await new_tenant(), await new_tenant())
    for scope, jobs in zip(pair, (1, 2), strict=True):
        async with db.tenant(scope) as session:
            session.add_all(Job(id=uuid7(), kind="test", args={}, run_at=now()) for _ in range(jobs))
    return pair


@pytest.fixture
async def wire(test_database: TestDatabase) -> AsyncIterator[tuple[Wire, Database]]:
    """The product's database with one connection of the runtime role, and what passes over it."""
    async with wire_to(test_database.urls.runtime) as (wire, port):
        config = DatabaseConfig(through(test_database.urls.runtime, port), test_database.urls.system, pool_size=2)
        database = Database(config)
        async with database.runtime_engine.connect():
            pass
        yield wire, database
        await database.close()


async def test_a_read_is_one_transaction_that_can_only_read(wire: tuple[Wire, Database], twins: tuple[Scope, Scope]) -> None:
    line, database = wire
    for scope in twins:
        line.sent.clear()
        assert [row.n for row in await database.reading(scope).rows(select(text("42 AS n")))] == [42]
        assert line.sent == [f"BEGIN READ ONLY; SET LOCAL app.tenant_id = '{scope.tenant_id}'", "SELECT 42 AS n", "ROLLBACK"]


async def test_what_locks_is_refused_and_the_connection_serves_on(
    wire: tuple[Wire, Database], twins: tuple[Scope, Scope]
) -> None:
    line, database = wire
    with pytest.raises(DBAPIError, match="read-only transaction"):
        await database.reading(twins[0]).rows(select(Tenant.id).with_for_update())
    assert line.sent[-1] == "ROLLBACK"
    async with database.tenant(twins[1]) as session:
        await session.execute(text("UPDATE tenants SET name = 'written'"))
    assert [row.name for row in await database.reading(twins[1]).rows(select(Tenant.name))] == ["written"]


FOREIGN = type_coerce(bindparam("other"), Uuid())
SHAPES: list[tuple[Select[*tuple[Any, ...]], int]] = [
    (select(func.count()).select_from(Job).where(Job.tenant_id == FOREIGN), 0),
    (select(func.count()).select_from(aliased(Job)).where(FOREIGN == FOREIGN), 1),
    (select(func.count()).select_from(select(Job.id).where(Job.tenant_id == FOREIGN).subquery()), 0),
    (select(func.count()).select_from(Job).where(Job.id.in_(select(Job.id).where(Job.tenant_id == FOREIGN))), 0),
]


@pytest.mark.parametrize(("shape", "own"), SHAPES)
async def test_every_shape_of_query_has_the_filter_and_the_setting(
    db: Database, twins: tuple[Scope, Scope], shape: Select[*tuple[Any, ...]], own: int
) -> None:
    """Row-level security would hold each of them too, so the statements' own text is looked at."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(_c: object, _u: object, sql: str, *_: object) -> None:
        seen.append(sql)

    engine = db.runtime_engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        found = await db.reading(twins[0]).rows(shape, {"other": twins[1].tenant_id})
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert found[0][0] == own
    assert seen[0].count("tenant_id =") > str(shape).count("tenant_id =")


async def test_one_query_kept_serves_every_tenant(db: Database, twins: tuple[Scope, Scope]) -> None:
    query = select(func.count()).select_from(Job)
    for _ in range(3):
        assert [(await db.reading(scope).rows(query))[0][0] for scope in twins] == [1, 2]


async def test_a_session_reads_the_same_way_and_within_its_transaction(db: Database, twins: tuple[Scope, Scope]) -> None:
    async def name_of(reads: TenantReads) -> str:
        return str((await reads.rows(select(Tenant.name)))[0].name)

    async with db.tenant(twins[0]) as session:
        await session.execute(text("UPDATE tenants SET name = 'not yet'"))
        assert await name_of(session) == "not yet"
        assert await name_of(db.reading(twins[0])) != "not yet"


@pytest.mark.parametrize("point", ["BEGIN READ ONLY", "SELECT 42", "ROLLBACK"])
async def test_cancelled_anywhere_nothing_is_left_behind(
    wire: tuple[Wire, Database], twins: tuple[Scope, Scope], point: str
) -> None:
    line, database = wire
    line.hold(point)
    task = asyncio.create_task(database.reading(twins[0]).rows(select(text("42 AS n"))))
    await asyncio.wait_for(line.reached.wait(), 10)
    task.cancel()
    await asyncio.sleep(0)
    line.free()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.runtime_engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM tenants"))).scalar_one() == 0
    assert [row.id for row in await database.reading(twins[1]).rows(select(Tenant.id))] == [twins[1].tenant_id]
