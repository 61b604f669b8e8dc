"""The live catalogue: every table keeps the rules of tenancy, read back from PostgreSQL rather than from our own declarations."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.support.database import TestDatabase

# Tables without a tenant, each with the reason it has none.
SYSTEM_TABLES = {
    "alembic_version": "the schema's own revision",
    "users": "a person logs in before a tenant is known",
    "sessions": "a token is looked up before its tenant is known",
    "shop_directory": "a shop domain is unique over all tenants",
    "oauth_states": "a callback is read before its tenant is known",
    "erasures": "the proof of an erasure outlives the tenant",
}

# What every policy of the running role says, as PostgreSQL writes it back.
RULE = "({key} = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS \"nullif\"))"


@pytest.fixture
async def catalogue(test_database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(test_database.superuser_dsn)
    yield connection
    await connection.close()


async def tenant_tables(catalogue: asyncpg.Connection) -> list[str]:
    rows = await catalogue.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return [row["relname"] for row in rows if row["relname"] not in SYSTEM_TABLES]


async def test_every_tenant_table_forces_row_level_security(catalogue: asyncpg.Connection) -> None:
    tables = await tenant_tables(catalogue)
    assert len(tables) > 15
    for table in tables:
        row = await catalogue.fetchrow("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = $1", table)
        assert (row["relrowsecurity"], row["relforcerowsecurity"]) == (True, True), table
        policies = await catalogue.fetch(
            "SELECT polcmd, pg_get_expr(polqual, polrelid) AS reads, pg_get_expr(polwithcheck, polrelid) AS writes,"
            " (SELECT array_agg(rolname::text) FROM pg_roles WHERE oid = ANY (polroles)) AS roles"
            " FROM pg_policy WHERE polrelid = $1::regclass",
            table,
        )
        mine = [p for p in policies if "app_rt" in (p["roles"] or [])]
        assert len(mine) == 1, f"{table}: app_rt has exactly one policy"
        key = "id" if table == "tenants" else "tenant_id"
        for clause in (mine[0]["reads"], mine[0]["writes"]):
            assert clause == RULE.format(key=key), table
        assert mine[0]["polcmd"] == b"*", f"{table}: the policy holds for every command"
        assert {role for p in policies for role in p["roles"]} <= {"app_rt", "app_system", "search_owner"}, table


async def test_every_key_starts_with_the_tenant(catalogue: asyncpg.Connection) -> None:
    for table in await tenant_tables(catalogue):
        first = "id" if table == "tenants" else "tenant_id"
        keys = await catalogue.fetch(
            "SELECT i.relname AS name, a.attname AS first, x.indisprimary AS primary FROM pg_index x"
            " JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]"
            " WHERE x.indrelid = $1::regclass AND x.indisunique",
            table,
        )
        assert any(key["primary"] for key in keys), table
        for key in keys:
            assert key["first"] == first, f"{table}.{key['name']}"
        foreign = await catalogue.fetch(
            "SELECT c.conname, c.confrelid::regclass::text AS target, a.attname AS first, f.attname AS target_first"
            " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]"
            " WHERE c.contype = 'f' AND c.conrelid = $1::regclass",
            table,
        )
        for key in foreign:
            if key["target"] == "users":
                continue  # people are not a tenant's
            assert key["first"] == "tenant_id", f"{table}.{key['conname']}"
            assert key["target_first"] == ("id" if key["target"] == "tenants" else "tenant_id"), f"{table}.{key['conname']}"


async def test_every_tenant_row_needs_its_tenant(catalogue: asyncpg.Connection) -> None:
    for table in await tenant_tables(catalogue):
        if table == "tenants":
            continue
        kind = await catalogue.fetchrow(
            "SELECT format_type(atttypid, atttypmod) AS type, attnotnull FROM pg_attribute"
            " WHERE attrelid = $1::regclass AND attname = 'tenant_id'",
            table,
        )
        assert kind is not None, f"{table} has no tenant_id and is not on the list of system tables"
        assert (kind["type"], kind["attnotnull"]) == ("uuid", True), table


async def test_the_planner_expects_much_of_every_tenant(catalogue: asyncpg.Connection) -> None:
    for table in await tenant_tables(catalogue):
        if table == "tenants":
            continue
        told = await catalogue.fetchrow(
            "SELECT a.attoptions, a.attstattarget, s.n_distinct"
            " FROM pg_attribute a LEFT JOIN pg_stats s ON s.schemaname = 'public'"
            " AND s.tablename = $1::regclass::text AND s.attname = a.attname"
            " WHERE a.attrelid = $1::regclass AND a.attname = 'tenant_id'",
            table,
        )
        assert tuple(told) == (["n_distinct=50"], 0, 50), f"{table}: see migrations 0004 and 0005"


async def test_the_running_roles_own_nothing_and_cannot_bypass(catalogue: asyncpg.Connection) -> None:
    for role in ("app_rt", "app_system"):
        row = await catalogue.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = $1", role
        )
        assert tuple(row) == (False, False, False, False)
        owned = await catalogue.fetchval(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
            " WHERE r.rolname = $1 AND c.relpersistence <> 't'",
            role,
        )
        assert owned == 0


async def test_the_system_role_reads_no_content(catalogue: asyncpg.Connection) -> None:
    for column in ("args", "last_error"):
        assert not await catalogue.fetchval("SELECT has_column_privilege('app_system', 'jobs', $1, 'SELECT')", column)
    for table in ("orders", "customers", "products", "audit_entries", "stores", "sync_runs"):
        assert not await catalogue.fetchval("SELECT has_any_column_privilege('app_system', $1, 'SELECT')", table), table
    assert not await catalogue.fetchval("SELECT has_column_privilege('app_rt', 'users', 'password_hash', 'SELECT')")
    assert not await catalogue.fetchval("SELECT has_any_column_privilege('app_rt', 'sessions', 'SELECT')")


async def test_every_foreign_key_has_an_index(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch(
        "SELECT c.conrelid::regclass::text AS table, c.conname, c.conkey"
        " FROM pg_constraint c WHERE c.contype = 'f' AND cardinality(c.conkey) = 2"
    )
    for row in rows:
        indexes = await catalogue.fetch("SELECT indkey::text AS keys FROM pg_index WHERE indrelid = $1::regclass", row["table"])
        wanted = [str(number) for number in row["conkey"]]
        covered = any(index["keys"].split()[: len(wanted)] == wanted for index in indexes)
        assert covered, f"{row['table']}.{row['conname']}: deleting the parent would scan the table"


async def test_what_passes_row_security_names_the_tenant_itself(catalogue: asyncpg.Connection) -> None:
    """Functions that run as their owner: the searches alone, with a pinned path, for the running role and nobody else."""
    rows = await catalogue.fetch(
        "SELECT proname::text AS name, prosrc AS body, proconfig AS settings, pg_get_userbyid(proowner)::text AS owner,"
        " (SELECT array_agg(coalesce(r.rolname::text, 'PUBLIC') ORDER BY 1) FROM aclexplode(proacl) a"
        "  LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE a.grantee <> proowner) AS callers"
        " FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1"
    )
    assert [row["name"] for row in rows] == ["search_customers", "search_orders", "search_products"]
    for row in rows:
        assert (row["owner"], row["callers"]) == ("search_owner", ["app_rt"]), row["name"]
        assert row["settings"] == ["search_path=pg_catalog, public"]
        table = row["name"].removeprefix("search_")
        mine = "tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid) AND search @@"
        assert f"FROM public.{table} WHERE {mine}" in row["body"]
    views = "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
    assert await catalogue.fetch(views) == [], "a view runs with its owner's rights"


async def test_nobody_but_the_three_roles_has_any_right(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch(
        "SELECT c.relname::text AS name, coalesce(r.rolname::text, 'PUBLIC') AS grantee FROM pg_class c"
        " CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner"
    )
    assert {row["grantee"] for row in rows} <= {"app_rt", "app_system", "search_owner"}
    assert rows
