"""Migrations from code: upgrade to the newest revision as the owner, and tell whether a database is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

ROOT = Path(__file__).resolve().parents[3]

EXPLAIN_ROLES = """\
Storekeep needs three database roles; only DATABASE_URL is set. Create them once, as a superuser, inside the database:

  psql -v ON_ERROR_STOP=1 <<'SQL'
  SET setup.owner_password = '…'; SET setup.runtime_password = '…'; SET setup.system_password = '…';
  \\i src/storekeep/entry/embedded/roles.sql
  SQL

then set
  DATABASE_OWNER_URL   postgresql://storekeep_owner:…@host/name   (migrations)
  DATABASE_URL         postgresql://app_rt:…@host/name            (requests and jobs)
  DATABASE_SYSTEM_URL  postgresql://app_system:…@host/name        (directories and job headers)"""


def _config(owner_url: str | None = None) -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["owner_url"] = owner_url
    return config


def upgrade(owner_url: str) -> None:
    """Bring the database to the newest revision. Runs its own event loop: call it outside one."""
    command.upgrade(_config(owner_url), "head")


@cache
def head() -> str:
    """The newest revision this code knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise RuntimeError("there are no migrations")
    return revision


async def at_head(engine: AsyncEngine) -> bool:
    """Whether the database behind `engine` is at the newest revision."""
    async with engine.connect() as connection:
        exists = (await connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL"))).scalar_one()
        if not exists:
            return False
        return (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all() == [head()]
