"""Engines and transactions: `Database.tenant(scope)` and `Database.system(reason)` are the only ways to the data."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import uuid4

import orjson
import structlog
from sqlalchemy import AdaptedConnection, Executable, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from storekeep.kit.scope import Scope
from storekeep.runtime.database.connection import TenantConnection
from storekeep.runtime.database.directory import DirectoryReads
from storekeep.runtime.database.reading import TenantReading
from storekeep.runtime.database.session import SystemSession, TenantSession, whole
from storekeep.runtime.events import EventBus

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DatabaseConfig:
    """Addresses of the two run-time roles and the pool's bounds. `pool_size` counts the connections of both roles together."""

    url: str
    system_url: str
    pool_size: int = 20
    statement_timeout_s: float = 30
    pgbouncer: bool = False


class Database:
    """The two engines of a process and the transactions on them."""

    def __init__(self, config: DatabaseConfig, bus: EventBus | None = None) -> None:
        self.bus = bus or EventBus()
        # Two at least, where there are so many: a schedule's tick holds one while its work uses another.
        system_share = max(2 if config.pool_size >= 4 else 1, config.pool_size // 5)
        self.tenant_connections = config.pool_size - system_share
        self._runtime = _engine(config.url, config, self.tenant_connections, connection_class=TenantConnection)
        event.listen(self._runtime.sync_engine, "checkin", _forget_tenant)
        # Nearly every connection of this role is taken for one directory read, which needs no transaction; the few that write
        # ask for one. The other way round, each read would pay for the switch there and back. Behind PgBouncer a read needs one
        # too: only within it do the two messages of a statement reach the same server.
        directory: dict[str, Any] = {} if config.pgbouncer else {"isolation_level": "AUTOCOMMIT"}
        self._system = _engine(config.system_url, config, system_share, **directory)
        self._directory = DirectoryReads(self._system, direct=not config.pgbouncer)
        self._system_writing = self._system.execution_options(isolation_level="READ COMMITTED")

    @asynccontextmanager
    async def tenant(self, scope: Scope) -> AsyncIterator[TenantSession]:
        """A transaction of one tenant: committed when the block ends, rolled back when it raises."""
        session = TenantSession(self._runtime, scope, self.bus)
        async with whole(session):
            yield session
        for hook in session.after_commit_hooks:
            try:
                await hook()
            except Exception:
                # The transaction is true whatever happens here; what the hook would have hurried, the sweeper does.
                log.warning("after_commit_failed", exc_info=True)

    @asynccontextmanager
    async def system(self, reason: str) -> AsyncIterator[SystemSession]:
        """A transaction outside any tenant; `reason` says why, in words, for the reader and the log."""
        session = SystemSession(self._system_writing, reason)
        async with whole(session):
            yield session

    def reading(self, scope: Scope) -> TenantReading:
        """Reads of one tenant, each by itself; cheaper than a session for a route that asks one thing."""
        return TenantReading(self._runtime, scope)

    async def directory_row(self, query: Executable, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The one row of a read of role app_system, in a single round trip: what every request does first, to learn its tenant.

        No transaction is opened, so nothing may be built on the row staying true.
        """
        return await self._directory.row(query, parameters)

    @property
    def runtime_engine(self) -> AsyncEngine:
        """The engine of role app_rt, for health checks and telemetry; data is reached through `tenant`."""
        return self._runtime

    @property
    def system_engine(self) -> AsyncEngine:
        """The engine of role app_system, for health checks and telemetry."""
        return self._system

    async def close(self) -> None:
        """Close every pooled connection."""
        await self._runtime.dispose()
        await self._system.dispose()


def _forget_tenant(connection: AdaptedConnection | None, entry: ConnectionPoolEntry) -> None:
    # A session that begins and runs nothing leaves its tenant announced; the next one to use the connection may have none.
    if connection is not None:
        connection.driver_connection.forget_tenant()


def _engine(
    url: str, config: DatabaseConfig, size: int, *, connection_class: type[Any] | None = None, **options: Any
) -> AsyncEngine:
    address, ssl_argument = asyncpg_address(url)
    connect_args: dict[str, Any] = {"timeout": 10, "command_timeout": config.statement_timeout_s + 5}
    if connection_class is not None:
        connect_args["connection_class"] = connection_class
    if ssl_argument is not None:
        connect_args["ssl"] = ssl_argument
    options |= {"json_serializer": _dump_json, "json_deserializer": orjson.loads}
    if config.pgbouncer:
        # Transaction pooling hands every transaction another server connection: no prepared statement may outlive one.
        connect_args |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
        connect_args["prepared_statement_name_func"] = lambda: f"__asyncpg_{uuid4()}__"
        return create_async_engine(address, poolclass=NullPool, connect_args=connect_args, **options)
    connect_args["server_settings"] = {
        "statement_timeout": str(int(config.statement_timeout_s * 1000)),
        "idle_in_transaction_session_timeout": "120000",
        "application_name": "storekeep",
        "timezone": "UTC",
        "jit": "off",
    }
    return create_async_engine(
        address,
        pool_size=size,
        max_overflow=0,
        # The one used last has its statements, plans and staging tables at hand; those opened for a rush would make them anew.
        pool_use_lifo=True,
        pool_timeout=10,
        pool_pre_ping=False,
        pool_recycle=1800,
        connect_args=connect_args,
        **options,
    )


def _dump_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def asyncpg_address(url: str) -> tuple[str, ssl.SSLContext | str | None]:
    """SQLAlchemy's asyncpg URL for a libpq-style one, and the `ssl` argument its sslmode means (None: the driver's default)."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    mode = query.pop("sslmode", None) or query.pop("ssl", None)
    scheme = "postgresql+asyncpg"
    address = urlunsplit((scheme, parts.netloc, parts.path, urlencode(query), ""))
    return address, mode
