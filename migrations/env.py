"""Runs migrations as the owner role, each in a transaction that gives up rather than queue behind a long lock."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storekeep.entry.rooms import all_metadata
from storekeep.runtime.database.engine import asyncpg_address

# A number of our own: two deployments migrating at once wait for each other.
_LOCK = 7_305_812_245


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=all_metadata(), compare_type=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def _online() -> None:
    address, ssl = asyncpg_address(context.config.attributes["owner_url"])
    engine = create_async_engine(address, poolclass=NullPool, connect_args={} if ssl is None else {"ssl": ssl})
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        await connection.execute(text("SET lock_timeout = '2s'"))
        await connection.execute(text("SET statement_timeout = '10min'"))
        await connection.commit()
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_online())
