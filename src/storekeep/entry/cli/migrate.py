"""`storekeep migrate`: to the newest revision, and at once when the database is there already."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storekeep.entry import migrations
from storekeep.runtime.database.engine import asyncpg_address
from storekeep.runtime.settings import Settings, SettingsRefused


def migrate_database(settings: Settings) -> None:
    """Bring the database to the newest revision as its owner. Raises SettingsRefused, explaining the roles, without the owner."""
    owner = settings.database.owner_url
    if owner is None:
        raise SettingsRefused([f"DATABASE_OWNER_URL is not set.\n{migrations.EXPLAIN_ROLES}"])
    # Every start of the product asks; loading all models and taking the migration lock would double its time.
    if not asyncio.run(_is_newest(owner.get_secret_value())):
        migrations.upgrade(owner.get_secret_value())


async def _is_newest(owner_url: str) -> bool:
    address, tls = asyncpg_address(owner_url)
    engine = create_async_engine(address, poolclass=NullPool, connect_args={} if tls is None else {"ssl": tls})
    try:
        return await migrations.at_head(engine)
    finally:
        await engine.dispose()
