"""The read that begins every request: its row, what happens when it is refused, lost or given up, and that it is seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import MultipleResultsFound

from storekeep.kit.errors import InvalidInput
from storekeep.runtime.database import Database, DatabaseConfig
from storekeep.runtime.web.database_problems import database_refusal
from tests.runtime.database.wire import Wire, through, wire_to
from tests.support.database import TestDatabase

BACKEND = text("SELECT pg_backend_pid() AS pid")


@pytest.fixture
async def wired(test_database: TestDatabase) -> AsyncIterator[tuple[Wire, Database]]:
    """The product's database with one connection of the system role, and what passes over it."""
    async with wire_to(test_database.urls.system) as (wire, port):
        system = through(test_database.urls.system, port)
        database = Database(DatabaseConfig(test_database.urls.runtime, system, pool_size=2))
        async with database.system_engine.connect():
            pass
        yield wire, database
        await database.close()


async def pid(database: Database) -> int:
    row = await database.directory_row(BACKEND, {})
    assert row is not None
    return int(row["pid"])


async def test_a_row_by_names_none_for_none_and_never_one_of_two(wired: tuple[Wire, Database]) -> None:
    _, database = wired
    row = await database.directory_row(text("SELECT CAST(:b AS integer) - CAST(:a AS integer) AS n"), {"a": 1, "b": 42})
    assert row is not None
    assert row["n"] == 41
    assert await database.directory_row(text("SELECT 1 WHERE false"), {}) is None
    with pytest.raises(MultipleResultsFound):
        await database.directory_row(text("SELECT generate_series(1, 2)"), {})


async def test_what_the_server_refuses_costs_no_connection(wired: tuple[Wire, Database]) -> None:
    _, database = wired
    before = await pid(database)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await database.directory_row(text("SELECT 1 / 0"), {})
    assert isinstance(database_refusal(refused.value), InvalidInput), "the web layer knows the driver's own errors"
    assert await pid(database) == before


async def test_a_lost_connection_is_replaced_and_the_row_still_found(
    wired: tuple[Wire, Database], test_database: TestDatabase
) -> None:
    wire, database = wired
    before = await pid(database)
    superuser = await asyncpg.connect(test_database.superuser_dsn)
    try:
        await superuser.execute("SELECT pg_terminate_backend($1, 5000)", before)
    finally:
        await superuser.close()
    assert await pid(database) != before
    wire.cut("SELECT pg_backend_pid")
    assert await pid(database) != before


async def test_given_up_the_connection_is_not_used_again(wired: tuple[Wire, Database]) -> None:
    """Its answer is still on the way, and belongs to nobody."""
    wire, database = wired
    before = await pid(database)
    wire.hold("SELECT 42")
    task = asyncio.create_task(database.directory_row(text("SELECT 42 AS pid"), {}))
    await asyncio.wait_for(wire.reached.wait(), 10)
    task.cancel()
    await asyncio.sleep(0)
    wire.free()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await pid(database) not in (before, 42)


async def test_who_listens_to_statements_sees_it(wired: tuple[Wire, Database]) -> None:
    _, database = wired
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database.system_engine.sync_engine, "before_cursor_execute", note)
    await pid(database)
    assert seen == ["SELECT pg_backend_pid() AS pid"]
    event.remove(database.system_engine.sync_engine, "before_cursor_execute", note)
    await pid(database)
    assert len(seen) == 1
