"""The read every request begins with, outside any tenant: one statement straight through the driver, on a pooled connection.

SQLAlchemy compiles the statement once and keeps the connections; what it does around each execution costs more than the rest of
the lookup, and this one read needs none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import MultipleResultsFound
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_only, greenlet_spawn


class DirectoryReads:
    """Reads over an engine; `direct` where its connections stand in autocommit and belong to us alone (not behind PgBouncer)."""

    def __init__(self, engine: AsyncEngine, *, direct: bool) -> None:
        self._engine = engine.sync_engine
        self._direct = direct

    async def row(self, query: Executable, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The one row the query finds, by column name; None for none. Values are the driver's own, columns of plain types only.

        Raises MultipleResultsFound for several, and what the driver or SQLAlchemy raises.
        """
        return await greenlet_spawn(self._row, query, parameters)

    def _row(self, query: Executable, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        # Whoever listens to statements (tracing) is to see this one too.
        if not self._direct or self._engine.dispatch.before_cursor_execute:
            return self._ordinarily(query, parameters)
        statement, names = _compiled(query, self._engine.dialect)
        connection = self._engine.raw_connection()
        driver: Any = connection.driver_connection
        try:
            rows = await_only(driver.fetch(statement, *(parameters[name] for name in names)))
        except BaseException as error:
            lost = driver.is_closed()
            if isinstance(error, asyncpg.PostgresError) and not lost:
                connection.close()  # refused by the server, which serves on
                raise
            connection.invalidate(error)
            if lost and isinstance(error, Exception) and not isinstance(error, TimeoutError):
                # Nothing was read, so it may be asked again; if the server was started anew, this clears the pool too.
                return self._ordinarily(query, parameters)
            raise
        connection.close()
        if len(rows) > 1:
            raise MultipleResultsFound("several rows where there may be one")
        return rows[0] if rows else None

    def _ordinarily(self, query: Executable, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        with self._engine.connect() as connection:
            found = connection.execute(query, dict(parameters)).mappings().one_or_none()
            return None if found is None else {str(name): value for name, value in found.items()}


@lru_cache(maxsize=64)
def _compiled(query: Any, dialect: Dialect) -> tuple[str, Sequence[str]]:
    # Kept by identity: the statements are made once, when their module is imported.
    compiled: SQLCompiler = query.compile(dialect=dialect)
    return compiled.string, tuple(compiled.positiontup or ())
