"""A tenant's session never leaves its tenant: each lock alone and all together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from storekeep.domains.accounts.models import Tenant
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database
from storekeep.runtime.database.engine import asyncpg_address
from storekeep.runtime.database.session import CrossTenantWrite
from storekeep.runtime.jobs.models import Job
from tests.support.database import TestDatabase

MakeTenant = Callable[[], Awaitable[Scope]]


@pytest.fixture
async def twins(db: Database, new_tenant: MakeTenant) -> tuple[Scope, Scope]:
    """Two tenants with one job each."""
    pair = (await new_tenant(), await new_tenant())
    for scope in pair:
        async with db.tenant(scope) as session:
            session.add(job(scope.tenant_id))
    return pair


def job(tenant_id: UUID | None = None) -> Job:
    from storekeep.kit.clock import now

    row = Job(id=uuid7(), kind="test", args={}, run_at=now())
    if tenant_id is not None:
        row.tenant_id = tenant_id
    return row


async def test_a_new_row_gets_the_sessions_tenant(db: Database, twins: tuple[Scope, Scope]) -> None:
    row = job()
    async with db.tenant(twins[0]) as session:
        session.add(row)
    assert row.tenant_id == twins[0].tenant_id


async def test_a_foreign_row_is_refused_before_it_is_sent(db: Database, twins: tuple[Scope, Scope]) -> None:
    with pytest.raises(CrossTenantWrite):
        async with db.tenant(twins[0]) as session:
            session.add(job(twins[1].tenant_id))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM jobs WHERE tenant_id = :other",
        "WITH mine AS (SELECT * FROM jobs) SELECT count(*) FROM mine WHERE tenant_id = :other",
        "SELECT count(*) FROM tenants WHERE id = :other",
        "SELECT count(*) FROM jobs j JOIN tenants t ON t.id = j.tenant_id WHERE t.id = :other",
    ],
)
async def test_raw_sql_sees_nothing_of_another_tenant(db: Database, twins: tuple[Scope, Scope], statement: str) -> None:
    async with db.tenant(twins[0]) as session:
        assert (await session.execute(text(statement), {"other": twins[1].tenant_id})).scalar_one() == 0


async def test_raw_sql_changes_nothing_of_another_tenant(db: Database, twins: tuple[Scope, Scope]) -> None:
    async with db.tenant(twins[0]) as session:
        changed = await session.execute(
            text("UPDATE jobs SET kind = 'taken' WHERE tenant_id = :other"), {"other": twins[1].tenant_id}
        )
        assert changed.rowcount == 0
    with pytest.raises(DBAPIError):
        async with db.tenant(twins[0]) as session:
            statement = "INSERT INTO tenants (id, name, created_at, updated_at) VALUES (:id, 'x', now(), now())"
            await session.execute(text(statement), {"id": uuid7()})
    with pytest.raises(DBAPIError):
        async with db.tenant(twins[0]) as session:
            await session.execute(text("UPDATE jobs SET tenant_id = :other"), {"other": twins[1].tenant_id})


async def test_the_orm_adds_the_tenant_to_every_shape_of_statement(db: Database, twins: tuple[Scope, Scope]) -> None:
    """Row-level security would hold these too, so the statements' own text is looked at."""
    shapes = [
        select(Job),
        select(func.count()).select_from(Job),
        select(select(Job.id).subquery().c.id),
        select(Job.id).where(select(Job.id).exists()),
        select(Job.id).union(select(Job.id)),
    ]
    seen: list[str] = []
    from sqlalchemy import event

    engine = db.runtime_engine.sync_engine

    def remember(_c: object, _u: object, sql: str, *_: object) -> None:
        seen.append(sql)

    event.listen(engine, "before_cursor_execute", remember)
    try:
        async with db.tenant(twins[0]) as session:
            for shape in shapes:
                await session.execute(shape)
            await session.execute(update(Job).values(kind="test"))
    finally:
        event.remove(engine, "before_cursor_execute", remember)
    own = [sql for sql in seen if "FROM jobs" in sql or "UPDATE jobs" in sql]
    assert len(own) == len(shapes) + 1
    assert all("jobs.tenant_id =" in sql.replace("jobs_1.", "jobs.") for sql in own)


async def test_no_tenant_no_rows(test_database: TestDatabase, twins: tuple[Scope, Scope]) -> None:
    """A connection of the running role without a tenant, or in autocommit, reads nothing and writes nothing."""
    connection = await asyncpg.connect(test_database.urls.runtime)
    try:
        for table in ("jobs", "tenants", "members", "orders", "stores"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
        await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(twins[0].tenant_id))
        assert await connection.fetchval("SELECT count(*) FROM jobs") == 0, "the setting died with its own transaction"
    finally:
        await connection.close()


async def test_every_policy_is_needed(test_database: TestDatabase, twins: tuple[Scope, Scope]) -> None:
    """Mutants: with any one table's policy opened, a probe in another tenant's name sees its rows; with it in place, none."""
    owner = await asyncpg.connect(test_database.superuser_dsn)
    runtime = await asyncpg.connect(test_database.urls.runtime)
    survivors = []
    try:
        rows = await owner.fetch("SELECT polrelid::regclass::text AS name FROM pg_policy WHERE polname = 'tenant_rows'")
        assert len(rows) > 15
        for table in (row["name"] for row in rows):
            if not await owner.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):
                continue  # nothing to leak; the catalogue test reads the policy itself
            assert await _seen(runtime, table) == 0
            async with _rolled_back(owner):
                await owner.execute(f"ALTER POLICY tenant_rows ON {table} USING (true)")
                await owner.execute("SET LOCAL ROLE app_rt")
                if not await owner.fetchval(f"SELECT count(*) FROM {table}"):
                    survivors.append(table)
    finally:
        await owner.close()
        await runtime.close()
    assert not survivors


async def _seen(connection: asyncpg.Connection, table: str) -> int:
    async with connection.transaction():
        await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(uuid7()))
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


class _rolled_back:  # noqa: N801 (reads as a word)
    def __init__(self, connection: asyncpg.Connection) -> None:
        self._transaction = connection.transaction()

    async def __aenter__(self) -> None:
        await self._transaction.start()

    async def __aexit__(self, *_: object) -> None:
        await self._transaction.rollback()


async def test_what_may_only_happen_after_the_commit_happens_after_it(db: Database, scope: Scope) -> None:
    done: list[str] = []

    async def hook() -> None:
        done.append("told")

    async with db.tenant(scope) as session:
        session.after_commit(hook, key="once")
        session.after_commit(hook, key="once")
        assert not done
    assert done == ["told"]
    with pytest.raises(ZeroDivisionError):
        async with db.tenant(scope) as session:
            session.after_commit(hook)
            raise ZeroDivisionError
    assert done == ["told"]


async def test_a_failing_hook_changes_nothing(db: Database, scope: Scope) -> None:
    async def broken() -> None:
        raise RuntimeError

    async with db.tenant(scope) as session:
        tenant = await session.get(Tenant, scope.tenant_id)
        assert tenant is not None
        tenant.name = "renamed"
        session.after_commit(broken)
    async with db.tenant(scope) as session:
        assert (await session.execute(select(Tenant.name))).scalar_one() == "renamed"


@pytest.mark.parametrize(
    ("url", "address", "mode"),
    [
        ("postgresql://u:p@h:5/d", "postgresql+asyncpg://u:p@h:5/d", None),
        ("postgres://u:p%40@h/d?sslmode=require", "postgresql+asyncpg://u:p%40@h/d", "require"),
        ("postgresql://h/d?sslmode=verify-full&application_name=x", "postgresql+asyncpg://h/d?application_name=x", "verify-full"),
    ],
)
def test_libpq_addresses_are_understood(url: str, address: str, mode: str | None) -> None:
    assert asyncpg_address(url) == (address, mode)
