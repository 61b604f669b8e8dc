"""Databases of the benchmarks: made once by the product's own migrations, filled once, kept as templates for the next run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from storekeep.entry import migrations
from storekeep.entry.embedded.roles import RoleUrls, prepare_roles


async def fresh(superuser_dsn: str, name: str) -> RoleUrls:
    """An empty database with the whole schema, in place of any of that name."""
    await _drop(superuser_dsn, name)
    urls = await prepare_roles(superuser_dsn, name)
    await asyncio.to_thread(migrations.upgrade, urls.owner)
    return urls


async def kept(superuser_dsn: str, name: str, fill: Callable[[str], Awaitable[None]]) -> RoleUrls:
    """The database `name` at the newest schema, filled by `fill(dsn of the superuser)`; made again when the schema moved on."""
    marked = f"{name}_{migrations.head()[:12]}"
    connection = await asyncpg.connect(superuser_dsn)
    try:
        found = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", marked)
        if not found:
            old = await connection.fetch(
                "SELECT datname FROM pg_database WHERE datname LIKE $1", name.replace("_", r"\_") + r"\_%"
            )
            for row in old:
                await _drop(superuser_dsn, row["datname"])
    finally:
        await connection.close()
    if found:
        return await prepare_roles(superuser_dsn, marked)
    making = f"{name}_making"
    await fresh(superuser_dsn, making)
    await fill(superuser_dsn.rsplit("/", 1)[0] + f"/{making}")
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await connection.execute(f"ALTER DATABASE {making} RENAME TO {marked}")
    finally:
        await connection.close()
    return await prepare_roles(superuser_dsn, marked)


async def _drop(superuser_dsn: str, name: str) -> None:
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await connection.close()
