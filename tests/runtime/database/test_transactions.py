"""A tenant's transaction on the wire: what is sent, that it ends on every way out, and that nothing of it is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from storekeep.domains.accounts.models import Tenant
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, DatabaseConfig, TenantSession
from storekeep.runtime.database.connection import ForeignTransaction, TenantConnection
from tests.runtime.database.wire import Wire, through, wire_to
from tests.support.database import TestDatabase

MakeTenant = Callable[[], Awaitable[Scope]]
WHO = text("SELECT current_setting('app.tenant_id', true)")
MINE = select(Tenant.id)


def begin(scope: Scope) -> str:
    return f"BEGIN; SET LOCAL app.tenant_id = '{scope.tenant_id}'"


@pytest.fixture
async def twins(new_tenant: MakeTenant) -> tuple[Scope, Scope]:
    return await new_tenant(), await new_tenant()


@pytest.fixture
async def wire(test_database: TestDatabase) -> AsyncIterator[Wire]:
    async with wire_to(test_database.urls.runtime) as (wire, port):
        wire.port = port  # type: ignore[attr-defined]
        yield wire


@pytest.fixture
async def one(test_database: TestDatabase, wire: Wire) -> AsyncIterator[Database]:
    """The product's database over the wire, with one connection for each role."""
    urls = test_database.urls
    port = wire.port  # type: ignore[attr-defined]
    database = Database(DatabaseConfig(through(urls.runtime, port), through(urls.system, port), pool_size=2))
    async with database.runtime_engine.connect(), database.system_engine.connect():
        pass
    yield database
    await database.close()


async def seen_by(database: Database, scope: Scope) -> tuple[str, list[UUID]]:
    async with database.tenant(scope) as session:
        return (await session.execute(WHO)).scalar_one(), list((await session.execute(MINE)).scalars())


async def nothing_is_left(database: Database, scope: Scope) -> None:
    """Nobody's transaction sees nothing, and another tenant's sees its own, on whatever connection the pool now has."""
    async with database.runtime_engine.connect() as connection:
        assert (await connection.execute(WHO)).scalar_one() in (None, "")
        assert (await connection.execute(text("SELECT count(*) FROM tenants"))).scalar_one() == 0
    assert await seen_by(database, scope) == (str(scope.tenant_id), [scope.tenant_id])


async def test_a_transaction_learns_its_tenant_in_the_message_that_begins_it(
    one: Database, wire: Wire, twins: tuple[Scope, Scope]
) -> None:
    for scope in (*twins, *twins):
        wire.sent.clear()
        async with one.tenant(scope) as session:
            await session.execute(text("SELECT 1"))
        assert wire.sent == [begin(scope), "SELECT 1", "COMMIT"]


async def test_a_session_that_asks_nothing_sends_nothing_and_leaves_nothing(
    one: Database, wire: Wire, twins: tuple[Scope, Scope]
) -> None:
    wire.sent.clear()
    async with one.tenant(twins[0]):
        pass
    async with one.tenant(twins[0]) as session:
        await session.connection()
    assert wire.sent == []
    await nothing_is_left(one, twins[1])


async def test_a_block_that_raises_rolls_back(one: Database, wire: Wire, twins: tuple[Scope, Scope]) -> None:
    wire.sent.clear()
    with pytest.raises(LookupError):
        async with one.tenant(twins[0]) as session:
            await session.execute(text("UPDATE tenants SET name = 'lost'"))
            raise LookupError
    assert wire.sent == [begin(twins[0]), "UPDATE tenants SET name = 'lost'", "ROLLBACK"]
    async with one.tenant(twins[0]) as session:
        assert (await session.execute(select(Tenant.name))).scalar_one() != "lost"
    await nothing_is_left(one, twins[1])


async def test_a_statement_that_fails_ends_the_transaction_and_not_the_connection(
    one: Database, wire: Wire, twins: tuple[Scope, Scope]
) -> None:
    with pytest.raises(DBAPIError):
        async with one.tenant(twins[0]) as session:
            await session.execute(text("SELECT 1 / 0"))
    assert wire.sent[-1] == "ROLLBACK"
    await nothing_is_left(one, twins[1])


async def test_a_transaction_begun_after_a_rollback_is_the_tenants_too(
    one: Database, wire: Wire, twins: tuple[Scope, Scope]
) -> None:
    wire.sent.clear()
    async with one.tenant(twins[0]) as session:
        await session.execute(text("SELECT 1"))
        await session.rollback()
        assert (await session.execute(MINE)).scalars().all() == [twins[0].tenant_id]
    assert wire.sent[:3] == [begin(twins[0]), "SELECT 1", "ROLLBACK"]
    assert wire.sent[3] == begin(twins[0])


async def test_savepoints_keep_the_tenant_from_the_first_statement_on(
    one: Database, wire: Wire, twins: tuple[Scope, Scope]
) -> None:
    wire.sent.clear()
    async with one.tenant(twins[0]) as session:
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(text("UPDATE tenants SET name = 'lost'"))
                await session.execute(text("SELECT 1 / 0"))
        async with session.begin_nested():
            assert (await session.execute(MINE)).scalars().all() == [twins[0].tenant_id]
        assert (await session.execute(select(Tenant.name))).scalar_one() != "lost"
    assert wire.sent[0] == begin(twins[0])
    assert [sql.split(" sa_")[0] for sql in wire.sent if "SAVEPOINT" in sql] == [
        "SAVEPOINT",
        "ROLLBACK TO SAVEPOINT",
        "SAVEPOINT",
        "RELEASE SAVEPOINT",
    ]
    assert sum(sql.startswith("BEGIN") for sql in wire.sent) == 1
    await nothing_is_left(one, twins[1])


async def test_the_drivers_own_connection_is_inside_the_transaction(
    one: Database, wire: Wire, twins: tuple[Scope, Scope]
) -> None:
    wire.sent.clear()
    async with one.tenant(twins[0]) as session:
        driver = await session.driver()
        assert driver.is_in_transaction()
        assert await driver.fetchval("SELECT id FROM tenants") == twins[0].tenant_id
        assert await session.driver() is driver
    assert sum(sql.startswith("BEGIN") for sql in wire.sent) == 1
    await nothing_is_left(one, twins[1])


async def test_a_room_cannot_commit(one: Database, twins: tuple[Scope, Scope]) -> None:
    async with one.tenant(twins[0]) as session:
        await session.execute(text("UPDATE tenants SET name = 'halfway'"))
        with pytest.raises(RuntimeError):
            await session.commit()
        await session.rollback()
    async with one.tenant(twins[0]) as session:
        assert (await session.execute(select(Tenant.name))).scalar_one() != "halfway"


async def work(session: TenantSession) -> None:
    await session.execute(text("SELECT 42"))


async def wrong(session: TenantSession) -> None:
    await session.execute(text("SELECT 42"))
    raise LookupError


POINTS = [("BEGIN;", work), ("SELECT 42", work), ("COMMIT", work), ("ROLLBACK", wrong)]


async def visit(database: Database, scope: Scope, do: Callable[[TenantSession], Awaitable[None]]) -> None:
    async with database.tenant(scope) as session:
        await do(session)


@pytest.mark.parametrize(("point", "do"), POINTS)
async def test_cancelled_anywhere_nothing_is_left_behind(
    one: Database, wire: Wire, twins: tuple[Scope, Scope], point: str, do: Callable[[TenantSession], Awaitable[None]]
) -> None:
    """The one pooled connection is cancelled while the server works on that very message; the next to use the pool is safe."""
    await seen_by(one, twins[0])
    wire.hold(point)
    task = asyncio.create_task(visit(one, twins[0], do))
    await asyncio.wait_for(wire.reached.wait(), 10)
    task.cancel()
    # A connection being cancelled waits for the server's word, so the message is let through only now.
    await asyncio.sleep(0)
    wire.free()
    with pytest.raises((asyncio.CancelledError, LookupError)):
        await task
    await nothing_is_left(one, twins[1])
    assert await seen_by(one, twins[0]) == (str(twins[0].tenant_id), [twins[0].tenant_id])


@pytest.mark.parametrize(("point", "do"), POINTS)
async def test_lost_anywhere_nothing_is_left_behind(
    one: Database, wire: Wire, twins: tuple[Scope, Scope], point: str, do: Callable[[TenantSession], Awaitable[None]]
) -> None:
    await seen_by(one, twins[0])
    wire.cut(point)
    with pytest.raises((DBAPIError, OSError, LookupError)):
        await visit(one, twins[0], do)
    await nothing_is_left(one, twins[1])


@pytest.mark.parametrize("point", ["BEGIN;", "COMMIT", "ROLLBACK"])
async def test_a_connection_of_which_nobody_knows_where_it_stands_is_closed(
    test_database: TestDatabase, wire: Wire, twins: tuple[Scope, Scope], point: str
) -> None:
    """Whatever the pool above would do with it."""
    dsn = through(test_database.urls.runtime, wire.port)  # type: ignore[attr-defined]
    connection = await asyncpg.connect(dsn, connection_class=TenantConnection)
    connection.begin_as(twins[0].tenant_id)
    transaction = connection.transaction()
    wire.hold(point)

    async def run() -> None:
        await transaction.start()
        await (transaction.rollback() if point == "ROLLBACK" else transaction.commit())

    task = asyncio.create_task(run())
    await asyncio.wait_for(wire.reached.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert connection.is_closed()


async def test_a_connection_refuses_another_tenant_within_a_transaction(
    test_database: TestDatabase, twins: tuple[Scope, Scope]
) -> None:
    """Should a connection ever come back from somewhere with a transaction open, the next tenant is stopped at the door."""
    connection = await asyncpg.connect(test_database.urls.runtime, connection_class=TenantConnection)
    try:
        connection.begin_as(twins[0].tenant_id)
        await connection.transaction(isolation=None, readonly=False, deferrable=False).start()
        connection.begin_as(twins[0].tenant_id)
        with pytest.raises(ForeignTransaction):
            connection.begin_as(twins[1].tenant_id)
        await connection.execute("ROLLBACK")
        async with connection.transaction():
            with pytest.raises(ForeignTransaction):
                connection.begin_as(twins[0].tenant_id)
    finally:
        await connection.close()


async def test_a_tenants_transaction_takes_no_options_and_no_text(test_database: TestDatabase) -> None:
    connection = await asyncpg.connect(test_database.urls.runtime, connection_class=TenantConnection)
    try:
        with pytest.raises(TypeError):
            connection.begin_as(f"{uuid7()}'; RESET ROLE; --")
        connection.begin_as(uuid7())
        with pytest.raises(ValueError, match="no options"):
            connection.transaction(isolation="serializable")
    finally:
        await connection.close()


async def test_a_system_transaction_holds_as_a_whole(one: Database, wire: Wire) -> None:
    """The role's connections stand in autocommit for directory reads; what asks for a transaction must still get one."""
    wire.sent.clear()
    with pytest.raises(LookupError):
        async with one.system("a test writes and thinks better of it") as session:
            await session.execute(text("DELETE FROM sessions"))
            raise LookupError
    assert [sql.split()[0].strip(";") for sql in wire.sent] == ["BEGIN", "DELETE", "ROLLBACK"]
    wire.sent.clear()
    assert await one.directory_row(text("SELECT 1"), {}) is not None
    assert wire.sent == ["SELECT 1"], "a directory read is one round trip"


async def test_behind_pgbouncer_every_statement_is_inside_a_transaction(
    test_database: TestDatabase, wire: Wire, twins: tuple[Scope, Scope]
) -> None:
    """Transaction pooling gives the next message outside one to another server, which knows neither setting nor statement."""
    urls, port = test_database.urls, wire.port  # type: ignore[attr-defined]
    database = Database(DatabaseConfig(through(urls.runtime, port), through(urls.system, port), pgbouncer=True))
    try:
        await seen_by(database, twins[0])
        wire.sent.clear()
        wire.outside.clear()
        for scope in twins:
            assert await seen_by(database, scope) == (str(scope.tenant_id), [scope.tenant_id])
            assert [row.id for row in await database.reading(scope).rows(MINE)] == [scope.tenant_id]
        assert await database.directory_row(text("SELECT 1"), {}) is not None
        async with database.system("a test asks") as session:
            await session.execute(text("SELECT 1"))
    finally:
        await database.close()
    assert wire.sent, "nothing was seen"
    assert wire.outside == []
