"""Migrations: one line of them, from nothing to the models' own shape, with the tenancy the models declare."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storekeep.entry import migrations
from storekeep.entry.embedded.roles import RoleUrls, prepare_roles
from storekeep.entry.rooms import all_metadata
from storekeep.runtime.database.engine import Database, asyncpg_address
from storekeep.runtime.database.tenancy import tenancy_ddl
from tests.support.database import TestDatabase
from tests.support.servers import Postgres

_POLICIES = (
    "SELECT c.relname, p.polname, p.polcmd::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),"
    " (SELECT array_agg(rolname::text ORDER BY rolname) FROM pg_roles WHERE oid = ANY (p.polroles))"
    " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid ORDER BY 1, 2"
)
_GRANTS = (
    "SELECT table_name::text, column_name::text, grantee::text, privilege_type::text FROM information_schema.column_privileges"
    " WHERE grantee IN ('app_rt', 'app_system', 'search_owner') AND table_name <> 'alembic_version'"
    " AND table_schema = 'public' ORDER BY 1, 2, 3, 4"
)
_FUNCTIONS = (
    "SELECT proname::text, prosrc, proacl::text, pg_get_userbyid(proowner)::text FROM pg_proc"
    " WHERE proname LIKE 'search%' ORDER BY 1"
)


@pytest.fixture
async def declared(postgres_server: Postgres) -> AsyncIterator[RoleUrls]:
    """A database made straight from the models' declarations."""
    name = "storekeep_declared"
    await _drop(postgres_server, name)
    urls = await prepare_roles(postgres_server.superuser_dsn, name)
    engine = create_async_engine(asyncpg_address(urls.owner)[0], poolclass=NullPool)
    metadata = all_metadata()
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for table in metadata.sorted_tables:
            for statement in tenancy_ddl(table):
                await connection.execute(text(statement))
    await engine.dispose()
    yield urls
    await _drop(postgres_server, name)


async def _drop(server: Postgres, name: str) -> None:
    connection = await asyncpg.connect(server.superuser_dsn)
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.close()


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(migrations._config()).get_heads()) == 1


async def test_the_migrated_schema_is_the_models_own(test_database: TestDatabase) -> None:
    """Tables, columns, indexes, constraints: alembic finds nothing to do."""
    await asyncio.to_thread(command.check, migrations._config(test_database.urls.owner))


@pytest.mark.parametrize("query", [_POLICIES, _GRANTS, _FUNCTIONS], ids=["policies", "grants", "search functions"])
async def test_the_migrated_tenancy_is_the_declared_one(
    test_database: TestDatabase, declared: RoleUrls, postgres_server: Postgres, query: str
) -> None:
    found = []
    for dsn in (test_database.superuser_dsn, postgres_server.dsn("storekeep_declared")):
        connection = await asyncpg.connect(dsn)
        found.append([tuple(row) for row in await connection.fetch(query)])
        await connection.close()
    assert found[0]
    assert found[0] == found[1]


async def test_migrating_again_changes_nothing(test_database: TestDatabase, db: Database) -> None:
    await asyncio.to_thread(migrations.upgrade, test_database.urls.owner)
    assert await migrations.at_head(db.runtime_engine)


async def test_an_empty_database_is_not_at_head(postgres_server: Postgres) -> None:
    engine = create_async_engine(asyncpg_address(postgres_server.superuser_dsn)[0], poolclass=NullPool)
    assert not await migrations.at_head(engine)
    await engine.dispose()


@pytest.fixture
async def of_revision_0006(postgres_server: Postgres) -> AsyncIterator[RoleUrls]:
    """A database as it was before orders hidden by Shopify were noted."""
    name = "storekeep_revision_0006"
    await _drop(postgres_server, name)
    urls = await prepare_roles(postgres_server.superuser_dsn, name)
    await asyncio.to_thread(command.upgrade, migrations._config(urls.owner), "0006")
    yield urls
    await _drop(postgres_server, name)


async def test_stores_read_without_older_orders_are_known_from_what_they_were_shown(
    of_revision_0006: RoleUrls, postgres_server: Postgres
) -> None:
    connection = await asyncpg.connect(postgres_server.dsn("storekeep_revision_0006"))
    await connection.execute("SET session_replication_role = replica")  # a store without its tenant and connection
    connected = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for shop, scopes in (("whole", ["read_all_orders", "read_orders"]), ("hidden", ["read_orders"])):
        await connection.execute(
            "INSERT INTO stores (tenant_id, id, shop, shop_name, currency, time_zone, connected_via, generation, installed_at,"
            " scopes, sync_interval_minutes, sync_paused, customers_count, orders_count, products_count, created_at, updated_at)"
            " VALUES ($1, $1, $2, $2, 'EUR', 'UTC', 'OAUTH', 1, $3, $4, 5, false, 0, 0, 0, $3, $3)",
            uuid4(),
            shop,
            connected,
            scopes,
        )
    await asyncio.to_thread(migrations.upgrade, of_revision_0006.owner)
    known = dict(await connection.fetch("SELECT shop, orders_known_from FROM stores"))
    forced = await connection.fetchval("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'stores'")
    await connection.close()
    assert known == {"whole": None, "hidden": connected - timedelta(days=59)}
    assert forced
