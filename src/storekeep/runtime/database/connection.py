"""The driver's connection as tenants use it: a transaction begins and learns its tenant in one round trip.

SQLAlchemy's adapter asks asyncpg for a transaction when the first statement of one is about to run. This connection answers with
one of its own, if it was told a tenant. Everything used here is public in both libraries; what passes over the wire is tested.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Connection


class ForeignTransaction(Exception):
    """A tenant's transaction was about to go on in one that is not this tenant's: a programming error, and nothing is run."""


class TenantConnection(asyncpg.Connection):  # type: ignore[misc]  # (asyncpg is untyped)
    """A connection whose next transaction may be told its tenant beforehand. What it was told holds for that one alone."""

    _announced: tuple[UUID, str] | None = None
    _tenant_id: UUID | None = None

    def begin_as(self, tenant_id: UUID, *, read_only: bool = False) -> None:
        """Let the next transaction be the tenant's. Within one of the tenant's already, nothing changes.

        Raises ForeignTransaction within any other transaction, and TypeError for what is no UUID.
        """
        if not isinstance(tenant_id, UUID):
            raise TypeError("a tenant is named by a UUID")
        if self.is_in_transaction():
            if self._tenant_id != tenant_id:
                raise ForeignTransaction
            return
        # SET takes no parameters; a UUID written out is hex digits and dashes. LOCAL: it ends with the transaction.
        begin = "BEGIN READ ONLY" if read_only else "BEGIN"
        self._announced = tenant_id, f"{begin}; SET LOCAL app.tenant_id = '{tenant_id}'"

    def forget_tenant(self) -> None:
        """Let the next transaction be nobody's: one that was announced but never begun leaves no trace."""
        self._announced = self._tenant_id = None

    def transaction(self, **options: Any) -> Any:
        """The next transaction. Raises ValueError for a tenant's with options: it has the server's isolation."""
        announced, self._announced = self._announced, None
        if announced is None:
            self._tenant_id = None
            return super().transaction(**options)
        if any(options.values()):
            raise ValueError(f"a tenant's transaction takes no options: {options}")
        self._tenant_id, begin = announced
        return _TenantTransaction(self, begin)


class _TenantTransaction:
    """A transaction as SQLAlchemy's adapter uses it."""

    __slots__ = ("_begin", "_connection")

    def __init__(self, connection: TenantConnection, begin: str) -> None:
        self._connection = connection
        self._begin = begin

    async def start(self) -> None:
        try:
            await self._connection.execute(self._begin)
        except BaseException:
            # Whether it is inside a transaction now, and whose, nobody knows.
            self._connection.terminate()
            raise

    async def commit(self) -> None:
        await self._end("COMMIT")

    async def rollback(self) -> None:
        await self._end("ROLLBACK")

    async def _end(self, command: str) -> None:
        try:
            await self._connection.execute(command)
        except BaseException:
            # Refused by the server, it has ended all the same. Cancelled or lost on the way, it may be open still.
            if self._connection.is_in_transaction():
                self._connection.terminate()
            raise


def driver_of(connection: Connection) -> TenantConnection:
    """The driver's connection beneath SQLAlchemy's. Raises TypeError for an engine that makes others than TenantConnections."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, TenantConnection):
        raise TypeError("a tenant's data is reached over TenantConnections only")
    return driver
