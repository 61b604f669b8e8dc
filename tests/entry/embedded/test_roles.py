"""The database's roles: each can do its work and nothing beside it."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from storekeep.entry.embedded.roles import RoleUrls, ensure_roles, prepare_roles
from tests.support.servers import Postgres

DATABASE = "roles test"


@pytest.fixture(scope="module")
async def urls(postgres_server: Postgres) -> RoleUrls:
    """The roles' URLs, from two callers at once, as two workers of a test run may be."""
    first, second = await asyncio.gather(
        prepare_roles(postgres_server.superuser_dsn, DATABASE), prepare_roles(postgres_server.superuser_dsn, DATABASE)
    )
    assert first == second
    return first


async def _run(url: str, *statements: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


async def test_no_role_is_mighty_and_only_the_search_owner_passes_row_security(postgres_server: Postgres, urls: RoleUrls) -> None:
    connection = await asyncpg.connect(postgres_server.superuser_dsn)
    rows = await connection.fetch(
        "SELECT rolname, rolcanlogin, rolbypassrls, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication AS mighty"
        " FROM pg_roles WHERE rolname IN ('storekeep_owner', 'app_rt', 'app_system', 'search_owner')"
    )
    await connection.close()
    assert {(row["rolname"], row["rolcanlogin"], row["rolbypassrls"], row["mighty"]) for row in rows} == {
        ("storekeep_owner", True, False, False),
        ("app_rt", True, False, False),
        ("app_system", True, False, False),
        ("search_owner", False, True, False),
    }


async def test_the_owner_makes_tables_and_hands_functions_to_the_search_owner(urls: RoleUrls) -> None:
    await _run(
        urls.owner,
        "CREATE TABLE things (one int)",
        "CREATE FUNCTION search() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "GRANT CREATE ON SCHEMA public TO search_owner",
        "ALTER FUNCTION search() OWNER TO search_owner",
        "REVOKE CREATE ON SCHEMA public FROM search_owner",
        "SELECT 1",
    )
    for url in (urls.runtime, urls.system):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _run(url, "SELECT one FROM things")


async def test_the_other_roles_make_temporary_tables_and_no_others(urls: RoleUrls) -> None:
    for url in (urls.runtime, urls.system):
        assert await _run(url, "CREATE TEMPORARY TABLE rows (one int)", "SELECT count(*) FROM rows") == 0
        for statement in (
            "CREATE TABLE mine (one int)",
            "CREATE SCHEMA mine",
            "SET ROLE search_owner",
            "SET ROLE storekeep_owner",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await _run(url, statement, "SELECT 1")


async def test_asking_again_changes_nothing_and_gives_the_same_urls(postgres_server: Postgres, urls: RoleUrls) -> None:
    assert await asyncio.to_thread(ensure_roles, postgres_server.superuser_dsn, DATABASE) == urls
    assert await _run(urls.runtime, "SELECT current_user || ' in ' || current_database()") == "app_rt in roles test"


async def test_a_dsn_without_a_password_is_refused() -> None:
    with pytest.raises(ValueError, match="no password"):
        await prepare_roles("postgresql://postgres@127.0.0.1/postgres", "any")
