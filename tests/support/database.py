"""pytest plugin: the product's schema as a template database, one clone a worker, isolation by fresh tenants."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import asyncpg
import pytest
from sqlalchemy import text

from storekeep.entry import migrations
from storekeep.entry.embedded.roles import RoleUrls, prepare_roles
from storekeep.entry.rooms import event_bus
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database.engine import Database, DatabaseConfig
from tests.support.servers import Postgres


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """One worker's database and its three roles."""

    __test__ = False
    name: str
    superuser_dsn: str
    urls: RoleUrls

    def config(self, pool_size: int = 10) -> DatabaseConfig:
        """Settings of a `Database` on it."""
        return DatabaseConfig(self.urls.runtime, self.urls.system, pool_size=pool_size)


async def build_schema(urls: RoleUrls) -> None:
    """Make every table, its row-level security and its grants, by the migrations a merchant's database goes through."""
    await asyncio.to_thread(migrations.upgrade, urls.owner)


@pytest.fixture(scope="session")
async def test_database(postgres_server: Postgres) -> TestDatabase:
    """This worker's own database with the whole schema, empty at first; tests of one worker share it."""
    name = f"storekeep_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    superuser = postgres_server.superuser_dsn
    connection = await asyncpg.connect(superuser)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await connection.close()
    urls = await prepare_roles(superuser, name)
    await build_schema(urls)
    return TestDatabase(name, postgres_server.dsn(name), urls)


@pytest.fixture(scope="session")
async def superuser(test_database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees every tenant's rows and may do anything to them."""
    connection = await asyncpg.connect(test_database.superuser_dsn)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def db(test_database: TestDatabase) -> AsyncIterator[Database]:
    """The product's database object, with every room's subscribers listening."""
    database = Database(test_database.config(), event_bus())
    yield database
    await database.close()


@pytest.fixture
def new_tenant(db: Database) -> Callable[[], Awaitable[Scope]]:
    """Makes a fresh tenant without members and answers its scope; a test that uses its own tenants is isolated."""

    async def make(name: str = "Test tenant") -> Scope:
        scope = Scope(tenant_id=uuid7())
        async with db.tenant(scope) as session:
            insert = "INSERT INTO tenants (id, name, created_at, updated_at) VALUES (:id, :name, now(), now())"
            await session.execute(text(insert), {"id": scope.tenant_id, "name": name})
        return scope

    return make


@pytest.fixture
async def scope(new_tenant: Callable[[], Awaitable[Scope]]) -> Scope:
    """The scope of one fresh tenant."""
    return await new_tenant()
