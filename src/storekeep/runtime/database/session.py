"""The two kinds of session. A TenantSession is one tenant's for life; a SystemSession states why it needs none.

Four things keep a TenantSession inside its tenant: the setting row-level security reads, sent with the BEGIN of every
transaction; the ORM's filter on every tenant class; the check before a flush; and the database role, which owns nothing and
cannot bypass.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from storekeep.kit.scope import Scope
from storekeep.runtime.database.connection import driver_of
from storekeep.runtime.database.model import TenantRow
from storekeep.runtime.database.reading import AnyRow, AnySelect

if TYPE_CHECKING:
    from storekeep.runtime.events import Event, EventBus


class CrossTenantWrite(Exception):
    """A row of one tenant was about to be written in another tenant's session: a programming error."""


class _TenantSyncSession(Session):
    """The synchronous core of TenantSession; the listeners below hang on this class."""


class _SystemSyncSession(Session):
    """The synchronous core of SystemSession."""


def _tenant_of(session: Session) -> UUID:
    tenant_id: UUID = session.info["tenant_id"]
    return tenant_id


@event.listens_for(_TenantSyncSession, "after_begin")
def _begin_as_tenant(session: Session, transaction: object, connection: Connection) -> None:
    driver_of(connection).begin_as(_tenant_of(session))


# Building the filter takes longer than many statements; it depends on the tenant alone and is never changed.
@lru_cache(maxsize=1024)
def _rows_of(tenant_id: UUID) -> Any:
    return with_loader_criteria(TenantRow, lambda cls: cls.tenant_id == tenant_id, include_aliases=True)


@event.listens_for(_TenantSyncSession, "do_orm_execute")
def _filter_by_tenant(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(_rows_of(_tenant_of(state.session)))


@event.listens_for(_TenantSyncSession, "before_flush")
def _own_new_rows(session: Session, context: UOWTransaction, instances: object) -> None:
    tenant_id = _tenant_of(session)
    for row in session.new:
        if isinstance(row, TenantRow) and getattr(row, "tenant_id", None) is None:
            row.tenant_id = tenant_id
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantRow) and row.tenant_id != tenant_id:
            raise CrossTenantWrite(type(row).__name__)


AfterCommit = Callable[[], Awaitable[None]]


class TenantSession(AsyncSession):
    """A session of one tenant, opened by `Database.tenant(scope)`, which commits it when the block ends well.

    Rooms never commit; a savepoint (`begin_nested`) is theirs to use. `announce` delivers an event to its inline subscribers in
    this transaction; `after_commit` registers what may only happen once the transaction is true (a wake-up, live news), and is
    dropped if it fails.
    """

    sync_session_class = _TenantSyncSession

    def __init__(self, engine: AsyncEngine, scope: Scope, bus: EventBus) -> None:
        super().__init__(engine, expire_on_commit=False, autoflush=True, info={"tenant_id": scope.tenant_id})
        self.scope = scope
        self._bus = bus
        self.after_commit_hooks: list[AfterCommit] = []
        self._hook_keys: set[str] = set()

    @property
    def tenant_id(self) -> UUID:
        """The tenant this session belongs to."""
        return self.scope.tenant_id

    async def rows(self, query: AnySelect, parameters: Mapping[str, Any] | None = None) -> Sequence[AnyRow]:
        """What the query finds, in this transaction: the session as TenantReads."""
        return (await self.execute(query, parameters)).all()

    async def driver(self) -> Any:
        """asyncpg's own connection, inside this transaction: for COPY, which SQLAlchemy does not know."""
        connection = await self.connection()
        driver = await connection.run_sync(driver_of)
        if not driver.is_in_transaction():
            await connection.exec_driver_sql("SELECT 1")  # a transaction begins with its first statement
        return driver

    async def commit(self) -> None:
        """Always refused: whoever opened the session commits it, and what is done in a room holds or falls as a whole."""
        raise RuntimeError("a tenant's session is committed by the one who opened it")

    async def announce(self, event: Event) -> None:
        """Tell the rooms above; their inline subscribers run now, in this transaction, and may fail it."""
        await self._bus.deliver(self, event)

    def after_commit(self, hook: AfterCommit, *, key: str | None = None) -> None:
        """Run `hook` after this transaction committed; its failure is logged, never raised. One hook per `key`."""
        if key is not None:
            if key in self._hook_keys:
                return
            self._hook_keys.add(key)
        self.after_commit_hooks.append(hook)


class SystemSession(AsyncSession):
    """A session of the role app_system: directories and headers across tenants, nothing a tenant owns."""

    sync_session_class = _SystemSyncSession

    def __init__(self, engine: AsyncEngine, reason: str) -> None:
        super().__init__(engine, expire_on_commit=False, autoflush=True, info={"reason": reason})
        self.reason = reason


@asynccontextmanager
async def whole(session: AsyncSession) -> AsyncIterator[None]:
    """Commit and close the session when the block ends; when it raises, roll back and close."""
    try:
        yield
        await session.run_sync(_commit_and_close)
    except BaseException:
        async with session:  # rolls back and closes, to its end even while the request is being cancelled
            raise


def _commit_and_close(session: Session) -> None:
    # In one go: each step by itself would cost a switch between SQLAlchemy's world and asyncio's.
    session.commit()
    session.close()


def rowcount(result: Any) -> int:
    """How many rows a DML statement touched; SQLAlchemy types `execute` as Result, which does not know."""
    return int(result.rowcount)
