"""Many tenants share few connections, each transaction ending another way: none ever sees another's row or setting."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, DatabaseConfig
from storekeep.runtime.jobs.models import Job
from tests.support.database import TestDatabase

TENANTS = 12
AT_ONCE = 40
CONNECTIONS = 5
RAW = text("SELECT current_setting('app.tenant_id', true), array_agg(id) FROM tenants")


class Leak(AssertionError):
    """A transaction saw what is not its own."""


class Visits:
    """Transactions of every kind; each looks around first and complains of what is not its own."""

    def __init__(self, database: Database, scopes: list[Scope]) -> None:
        self._db = database
        self._scopes = scopes
        self.done: dict[str, int] = {}

    async def one(self, number: int) -> None:
        """One transaction, of a tenant and a kind that `number` decides."""
        chance = random.Random(number)
        scope = chance.choice(self._scopes)
        kinds = [
            self._commits,
            self._raises,
            self._fails,
            self._nests,
            self._reads,
            self._gives_up,
            self._asks_nothing,
            self._nobody,
        ]
        visit = chance.choice(kinds)
        await visit(scope)
        self.done[visit.__name__] = self.done.get(visit.__name__, 0) + 1

    async def _commits(self, scope: Scope) -> None:
        async with self._db.tenant(scope) as session:
            self._own(scope, *(await session.execute(RAW)).one())
            self._own(scope, None, list((await session.execute(select(Job.tenant_id))).scalars()))

    async def _raises(self, scope: Scope) -> None:
        with pytest.raises(LookupError):
            async with self._db.tenant(scope) as session:
                self._own(scope, *(await session.execute(RAW)).one())
                raise LookupError

    async def _fails(self, scope: Scope) -> None:
        with pytest.raises(DBAPIError):
            async with self._db.tenant(scope) as session:
                self._own(scope, *(await session.execute(RAW)).one())
                await session.execute(text("SELECT 1 / 0"))

    async def _nests(self, scope: Scope) -> None:
        async with self._db.tenant(scope) as session:
            with pytest.raises(DBAPIError):
                async with session.begin_nested():
                    await session.execute(text("SELECT 1 / 0"))
            self._own(scope, *(await session.execute(RAW)).one())

    async def _reads(self, scope: Scope) -> None:
        self._own(scope, None, [row.tenant_id for row in await self._db.reading(scope).rows(select(Job.tenant_id))])

    async def _gives_up(self, scope: Scope) -> None:
        task = asyncio.create_task(self._commits(scope))
        for _ in range(random.Random(scope.tenant_id.int).randrange(12)):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled() and task.exception() is not None:
            raise task.exception() or Leak

    async def _asks_nothing(self, scope: Scope) -> None:
        async with self._db.tenant(scope) as session:
            await session.connection()

    async def _nobody(self, scope: Scope) -> None:
        async with self._db.runtime_engine.connect() as connection:
            setting, seen = (await connection.execute(RAW)).one()
            if setting or seen:
                raise Leak(f"nobody is {setting} and sees {seen}")

    @staticmethod
    def _own(scope: Scope, setting: str | None, seen: list[object]) -> None:
        if setting not in (None, str(scope.tenant_id)) or seen != [scope.tenant_id]:
            raise Leak(f"{scope.tenant_id} is {setting} and sees {seen}")


@pytest.mark.parametrize("many", [600, pytest.param(10_000, marks=pytest.mark.long)])
async def test_pooled_connections_carry_nothing_over(
    test_database: TestDatabase, new_tenant: Callable[[], Awaitable[Scope]], many: int
) -> None:
    scopes = [await new_tenant() for _ in range(TENANTS)]
    urls = test_database.urls
    database = Database(DatabaseConfig(urls.runtime, urls.system, pool_size=CONNECTIONS))
    for scope in scopes:
        async with database.tenant(scope) as session:
            session.add(Job(id=uuid7(), kind="test", args={}, run_at=now()))
    visits = Visits(database, scopes)
    gate = asyncio.Semaphore(AT_ONCE)

    async def bounded(number: int) -> None:
        async with gate:
            await visits.one(number)

    try:
        await asyncio.gather(*(bounded(number) for number in range(many)))
    finally:
        await database.close()
    assert sum(visits.done.values()) == many
    assert len(visits.done) == 8, "every way out was taken"
