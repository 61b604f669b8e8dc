"""T51: every lock of tenancy is taken off in turn, and a test must notice. A mutant that nobody notices is a lock nobody guards.

Locks in the database are taken off in a transaction that is rolled back; locks in the code in a copy of the source tree, whose
tests then run in a process of their own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests.contract import test_catalogue as catalogue_tests
from tests.support.database import TestDatabase
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]
RULES = [getattr(catalogue_tests, name) for name in vars(catalogue_tests) if name.startswith("test_")]
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"

# Done to every tenant table. `{key}` is the column that names the tenant.
OF_TABLES = {
    "no row security": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "not for the owner": "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
    "no policy": "DROP POLICY tenant_rows ON {table}",
    "reads all": "ALTER POLICY tenant_rows ON {table} USING (true)",
    "reads all beside its own": f"ALTER POLICY tenant_rows ON {{table}} USING ({{key}} = {TENANT} OR current_user = 'app_rt')",
    "writes all": "ALTER POLICY tenant_rows ON {table} WITH CHECK (true)",
    "one policy more": "CREATE POLICY more ON {table} TO app_rt USING (true)",
    "for everybody": "CREATE POLICY public_rows ON {table} USING (true)",
    "owned by the running role": "ALTER TABLE {table} OWNER TO app_rt",
}
OF_THE_DATABASE = {
    "the running role bypasses": "ALTER ROLE app_rt BYPASSRLS",
    "the running role is a superuser": "ALTER ROLE app_rt SUPERUSER",
    "the system role bypasses": "ALTER ROLE app_system BYPASSRLS",
    "the system role reads orders": "GRANT SELECT ON orders TO app_system",
    "everybody reads orders": "GRANT SELECT ON orders TO PUBLIC",
    "passwords are readable": "GRANT SELECT (password_hash) ON users TO app_rt",
    "sessions are readable": "GRANT SELECT ON sessions TO app_rt",
    "everybody may search": "GRANT EXECUTE ON FUNCTION search_orders(text, integer) TO PUBLIC",
    "search finds in all tenants": (
        "CREATE OR REPLACE FUNCTION search_orders(words text, cap integer) RETURNS SETOF uuid LANGUAGE sql STABLE"
        " SECURITY DEFINER SET search_path = pg_catalog, public"
        " AS $$ SELECT id FROM public.orders WHERE search @@ to_tsquery('simple', words) $$"
    ),
    "a view": "CREATE VIEW every_order AS SELECT * FROM orders",
    "a table without a tenant": "CREATE TABLE notes (id uuid PRIMARY KEY)",
    "a key over all tenants": "ALTER TABLE order_lines ADD COLUMN mark text UNIQUE",
}


@pytest.fixture(scope="module")
async def owner(test_database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may do anything, and does it in transactions that are rolled back."""
    connection = await asyncpg.connect(test_database.superuser_dsn)
    yield connection
    await connection.close()


@asynccontextmanager
async def mutated(connection: asyncpg.Connection, statement: str) -> AsyncIterator[None]:
    """Within the block the statement was done; then it never was."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
        yield
    finally:
        await transaction.rollback()


async def noticed(connection: asyncpg.Connection) -> bool:
    """Whether any rule of the catalogue is broken."""
    for rule in RULES:
        try:
            await rule(connection)
        except (AssertionError, TypeError):
            return True
    return False


async def test_the_catalogue_notices_every_lock_that_is_missing(owner: asyncpg.Connection) -> None:
    assert not await noticed(owner)
    tables = await catalogue_tests.tenant_tables(owner)
    survivors, tried = [], 0
    for table in tables:
        for name, statement in OF_TABLES.items():
            key = "id" if table == "tenants" else "tenant_id"
            async with mutated(owner, statement.format(table=table, key=key)):
                tried += 1
                survivors += [] if await noticed(owner) else [f"{table}: {name}"]
    for name, statement in OF_THE_DATABASE.items():
        async with mutated(owner, statement):
            tried += 1
            survivors += [] if await noticed(owner) else [name]
    assert not survivors
    assert tried > 150
    assert not await noticed(owner)


async def test_whatever_opens_a_table_shows_what_is_anothers(owner: asyncpg.Connection, world: World) -> None:
    """The very rows: A's transaction sees none of B's, and sees them as soon as the lock of that one table is off."""
    ways = ("no row security", "reads all", "reads all beside its own", "one policy more")
    survivors = []
    for table in await catalogue_tests.tenant_tables(owner):
        key = "id" if table == "tenants" else "tenant_id"
        for name in (None, *ways):
            async with mutated(owner, OF_TABLES[name].format(table=table, key=key) if name else "SELECT 1"):
                await owner.execute("SET LOCAL ROLE app_rt")
                await owner.execute("SELECT set_config('app.tenant_id', $1, true)", str(world.a.owner.tenant_id))
                seen = await owner.fetchval(f"SELECT count(*) FROM {table} WHERE {key} = $1", world.b.owner.tenant_id)
                if bool(seen) is not bool(name):
                    survivors.append(f"{table}: {name}: {seen} rows of the other tenant")
    assert not survivors


async def test_a_foreign_row_is_written_only_where_the_lock_is_off(owner: asyncpg.Connection, world: World) -> None:
    a, b = str(world.a.owner.tenant_id), world.b.owner.tenant_id
    for statement, refused in (("SELECT 1", True), (OF_TABLES["writes all"].format(table="sync_cursors"), False)):
        async with mutated(owner, statement):
            await owner.execute("SET LOCAL ROLE app_rt")
            await owner.execute("SELECT set_config('app.tenant_id', $1, true)", a)
            moved = "UPDATE sync_cursors SET tenant_id = $1, store_id = $2"
            try:
                await owner.execute(moved, b, world.b.ids["store"])
            except asyncpg.InsufficientPrivilegeError:
                assert refused
            except asyncpg.IntegrityConstraintViolationError:
                assert not refused  # past the policy, the keys still stand
            else:
                assert not refused


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one file that takes a lock off, and the tests of which one must fail. `also` is changed with it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    also: tuple[tuple[str, str, str], ...] = ()


DATABASE, GUARD = "src/storekeep/runtime/database", "src/storekeep/domains/accounts/guard.py"
SESSION, READING = "tests/runtime/database/test_session.py", "tests/runtime/database/test_reading.py"
FILTER = (f"{DATABASE}/session.py", "if state.is_select or state.is_update or state.is_delete:", "if False:")
NO_SETTING = (f"{DATABASE}/session.py", "driver_of(connection).begin_as(_tenant_of(session))", "pass")
SWEEP = "tests/contract/test_twin_tenants.py"
QUICK = (
    Mutant("the filter of sessions", *FILTER, (f"{SESSION}::test_the_orm_adds_the_tenant_to_every_shape_of_statement",)),
    Mutant(
        "the check before a flush",
        f"{DATABASE}/session.py",
        "row.tenant_id != tenant_id",
        "row is None",
        (f"{SESSION}::test_a_foreign_row_is_refused_before_it_is_sent",),
    ),
    Mutant("the setting of a transaction", *NO_SETTING, (f"{SESSION}::test_a_new_row_gets_the_sessions_tenant",)),
    Mutant(
        "the permission of a route",
        GUARD,
        "if self.permission not in scope.permissions:",
        "if False:",
        ("tests/domains/accounts/test_permissions.py::test_every_route_keeps_the_table_for_every_role",),
    ),
)
SLOW = (
    Mutant("the filter of reads", f"{DATABASE}/reading.py", "return query.options(_OWN_ROWS)", "return query", (READING,)),
    Mutant(
        "the setting's end with its transaction",
        f"{DATABASE}/connection.py",
        "SET LOCAL app.tenant_id",
        "SET app.tenant_id",
        ("tests/runtime/database/test_transactions.py", "tests/runtime/database/test_leaks.py"),
    ),
    Mutant(
        "the policies' declaration",
        f"{DATABASE}/tenancy.py",
        "tenant_rows ON {name} FOR ALL TO {RUNTIME_ROLE} USING ({rule})",
        "tenant_rows ON {name} FOR ALL TO {RUNTIME_ROLE} USING (true)",
        ("tests/contract/test_migrations.py",),
    ),
    Mutant(
        "a route that names no permission",
        GUARD,
        "if not permissions_of(self):",
        "if False:",
        ("tests/domains/accounts/test_guard.py",),
    ),
    Mutant(
        "the tenant in what the cache keeps",
        "src/storekeep/runtime/cache.py",
        'return f"cache:{{{tenant_id}}}:{name}:{digest}"',
        'return f"cache:{{x}}:{name}:{digest}"',
        ("tests/runtime/test_cache.py",),
    ),
    Mutant(
        "the tenant of live news",
        "src/storekeep/runtime/live.py",
        'return f"live:{tenant_id}"',
        'return "live:x"',
        ("tests/runtime/test_live.py", f"{SWEEP}::test_nothing_of_b_is_shown_to_or_changed_by_anybody_of_a"),
    ),
    # Two locks at once, and the sweep over every route sees the other tenant: it is not blind.
    Mutant(
        "the filter and the policies of the lists",
        *FILTER,
        (f"{SWEEP}::test_nothing_of_b_is_shown_to_or_changed_by_anybody_of_a",),
        also=(
            (
                "migrations/versions/0001_create_the_schema.py",
                "CREATE POLICY tenant_rows ON orders FOR ALL TO app_rt USING (",
                "CREATE POLICY tenant_rows ON orders FOR ALL TO app_rt USING (true OR ",
            ),
        ),
    ),
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source tree."""
    copy = tmp_path_factory.mktemp("mutants")
    leave = shutil.ignore_patterns("__pycache__", "node_modules", ".storekeep")
    for name in ("src", "tests", "migrations", "docs"):
        shutil.copytree(ROOT / name, copy / name, ignore=leave)
    for name in ("pyproject.toml", "alembic.ini"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture
def mutate(tree: Path) -> Iterator[object]:
    """Changes files of the copy; they are as before afterwards."""
    before: dict[Path, str] = {}

    def change(file: str, old: str, new: str) -> None:
        path = tree / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{file} does not say {old!r} once: the mutant needs another place"
        before.setdefault(path, text)
        path.write_text(text.replace(old, new), "utf-8")

    yield change
    for path, text in before.items():
        path.write_text(text, "utf-8")


def run(tree: Path, tests: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run these tests of the copy, on servers of their own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    environment |= {"PYTHONPATH": f"{tree / 'src'}:{tree}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    plugins = ["-p", "pytest_asyncio.plugin", "-p", "hypothesis.extra.pytestplugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=line", *plugins, *tests]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=300)


def check_killed(tree: Path, mutant: Mutant, mutate: object) -> None:
    """A test fails, and by its own finding: not because nothing could be run."""
    for file, old, new in ((mutant.file, mutant.old, mutant.new), *mutant.also):
        mutate(file, old, new)  # type: ignore[operator]
    result = run(tree, mutant.tests)
    assert result.returncode == 1, f"{mutant.name}: nobody noticed\n{result.stdout[-2000:]}{result.stderr[-1000:]}"
    # A lock may be missed so early that no test is set up: then it is row security that refuses.
    assert "FAILED" in result.stdout or "violates row-level security" in result.stdout, result.stdout[-2000:]


@pytest.mark.parametrize("mutant", QUICK, ids=[mutant.name for mutant in QUICK])
def test_a_lock_that_is_off_is_noticed(tree: Path, mutate: object, mutant: Mutant) -> None:
    check_killed(tree, mutant, mutate)


@pytest.mark.long
@pytest.mark.parametrize("mutant", SLOW, ids=[mutant.name for mutant in SLOW])
def test_a_lock_that_is_off_is_noticed_by_the_slower_tests(tree: Path, mutate: object, mutant: Mutant) -> None:
    check_killed(tree, mutant, mutate)


@pytest.mark.long
def test_the_copy_is_whole(tree: Path) -> None:
    """Unchanged, the same tests pass: what fails above fails for the change."""
    result = run(tree, tuple({test for mutant in (*QUICK, *SLOW) for test in mutant.tests}))
    assert result.returncode == 0, result.stdout[-2000:]
