"""The database's roles: the owner for migrations, one role for requests and jobs, one for what crosses tenants."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import asyncpg

_SQL = Path(__file__).with_name("roles.sql")
_LOCK = 7_305_812_244  # any number nobody else uses


@dataclass(frozen=True, slots=True)
class RoleUrls:
    """`postgresql://` URLs of one database: DATABASE_OWNER_URL, DATABASE_URL and DATABASE_SYSTEM_URL."""

    owner: str
    runtime: str
    system: str


def ensure_roles(superuser_dsn: str, database: str) -> RoleUrls:
    """`prepare_roles` for callers without an event loop."""
    return asyncio.run(prepare_roles(superuser_dsn, database))


async def prepare_roles(superuser_dsn: str, database: str) -> RoleUrls:
    """Make `database` and the product's roles on the superuser's server, as far as they are absent; the roles' URLs.

    The roles' passwords follow from the superuser's, so that every caller arrives at the same ones and none is stored.
    Raises ValueError for a DSN without a password.
    """
    superuser_password = urlsplit(superuser_dsn).password
    if not superuser_password:
        raise ValueError("the superuser's DSN has no password to derive the roles' passwords from")
    passwords = {role: _password(unquote(superuser_password), role) for role in ("storekeep_owner", "app_rt", "app_system")}
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)  # roles belong to the whole server; one caller at a time
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            quoted = '"' + database.replace('"', '""') + '"'
            await connection.execute(f"CREATE DATABASE {quoted}")
        await _run_in(_dsn(superuser_dsn, database), passwords)
    finally:
        await connection.close()
    owner, runtime, system = (_dsn(superuser_dsn, database, role, secret) for role, secret in passwords.items())
    return RoleUrls(owner, runtime, system)


async def _run_in(dsn: str, passwords: dict[str, str]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            for setting, role in (("owner", "storekeep_owner"), ("runtime", "app_rt"), ("system", "app_system")):
                await connection.execute("SELECT set_config($1, $2, true)", f"setup.{setting}_password", passwords[role])
            await connection.execute(_SQL.read_text())
    finally:
        await connection.close()


def _password(superuser_password: str, role: str) -> str:
    return hmac.new(superuser_password.encode(), f"storekeep role {role}".encode(), hashlib.sha256).hexdigest()


def _dsn(dsn: str, database: str, user: str | None = None, password: str | None = None) -> str:
    parts = urlsplit(dsn)
    place = parts.netloc.rpartition("@")[2]
    login = parts.netloc.rpartition("@")[0] if user is None else f"{quote(user, safe='')}:{quote(password or '', safe='')}"
    return parts._replace(scheme="postgresql", netloc=f"{login}@{place}", path=f"/{quote(database, safe='')}").geturl()
