"""`storekeep rotate-keys` as a person runs it beside a running product: what it re-encrypts, says, and refuses to call done."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import select, text

from storekeep.domains.connections.models import Store
from storekeep.domains.connections.register import register_store
from storekeep.domains.connections.vault import open_tokens
from storekeep.entry.embedded.home import Home
from storekeep.entry.embedded.roles import RoleUrls, prepare_roles
from storekeep.entry.rooms import event_bus
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import DecryptionFailed, TokenCipher
from storekeep.runtime.database import Database, DatabaseConfig
from tests.domains.connections.installs import an_install, new_shop
from tests.support.database import build_schema
from tests.support.servers import Postgres

OLD, NEW, LOST = (os.urandom(32) for _ in range(3))


@pytest.fixture
async def urls(postgres_server: Postgres) -> AsyncIterator[RoleUrls]:
    """A database of its own: the command re-encrypts everything it finds, and other tests have keys of theirs."""
    name = f"rotation_{os.getpid()}"
    urls = await prepare_roles(postgres_server.superuser_dsn, name)
    await build_schema(urls)
    yield urls
    connection = await asyncpg.connect(postgres_server.superuser_dsn)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def _store(db: Database, key: bytes) -> Scope:
    scope = Scope(tenant_id=uuid7())
    async with db.tenant(scope) as session:
        insert = "INSERT INTO tenants (id, name, created_at, updated_at) VALUES (:id, 'Any', now(), now())"
        await session.execute(text(insert), {"id": scope.tenant_id})
        await register_store(session, TokenCipher(key), an_install(shop=new_shop()))
    return scope


async def _opens(db: Database, scope: Scope, key: bytes) -> bool:
    async with db.tenant(scope) as session:
        store = (await session.execute(select(Store))).scalar_one()
        try:
            return open_tokens(TokenCipher(key), store) is not None
        except DecryptionFailed:
            return False


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _rotate(folder: Path) -> subprocess.CompletedProcess[str]:
    measured = {name: value for name, value in os.environ.items() if name.startswith("COV")}
    bare = {"PATH": os.environ["PATH"], **measured, "ENCRYPTION_KEY": _text(NEW), "ENCRYPTION_KEY_PREVIOUS": _text(OLD)}
    command = [sys.executable, "-m", "storekeep.entry.cli", "rotate-keys"]
    return subprocess.run(command, cwd=folder, env=bare, capture_output=True, text=True, check=False, timeout=60)


async def test_it_finds_the_running_servers_and_says_when_the_old_key_may_go(
    tmp_path: Path, urls: RoleUrls, redis_url: str
) -> None:
    home = Home(tmp_path / ".storekeep")
    home.hold()
    home.secrets()
    home.remember_addresses({"DATABASE_URL": urls.runtime, "DATABASE_SYSTEM_URL": urls.system, "REDIS_URL": redis_url})
    home.release()
    db = Database(DatabaseConfig(urls.runtime, urls.system, pool_size=2), event_bus())
    try:
        ours = [await _store(db, OLD) for _ in range(3)]
        foreign = await _store(db, LOST)

        unfinished = _rotate(tmp_path)
        assert unfinished.returncode == 1, unfinished.stderr
        assert "3 stores re-encrypted, 1 not, of which 1 cannot be read with these keys." in unfinished.stdout
        assert [await _opens(db, scope, NEW) for scope in ours] == [True] * 3
        assert await _opens(db, foreign, LOST)

        async with db.tenant(foreign) as session:
            await session.execute(text("DELETE FROM shop_directory"))
        finished = _rotate(tmp_path)
        assert finished.returncode == 0, finished.stderr
        assert "the previous key is no longer needed" in finished.stdout
    finally:
        await db.close()
