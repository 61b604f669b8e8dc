"""How a room declares a kind of job, and what its handler is given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from storekeep.kit.scope import Scope

if TYPE_CHECKING:
    from storekeep.runtime.database.engine import Database
    from storekeep.runtime.database.reading import TenantReading
    from storekeep.runtime.database.session import TenantSession
    from storekeep.runtime.services import Services


class Payload(BaseModel):
    """Base of job arguments: frozen, small, ids rather than rows. A field added later needs a default."""

    model_config = ConfigDict(frozen=True, extra="ignore")


P = TypeVar("P", bound=Payload)


class LeaseLost(Exception):
    """Another worker owns the job now; whatever this one still holds must not be written."""


class JobCancelled(Exception):
    """A person cancelled the job; the handler stops at its next safe point."""


class RetryLater(Exception):
    """Run the job again in `delay_s` seconds without counting an error: a dependency is known to be away."""

    def __init__(self, delay_s: float, reason: str = "") -> None:
        self.delay_s = delay_s
        super().__init__(reason or f"again in {delay_s:.0f} s")


@dataclass(frozen=True, slots=True)
class JobKind(Generic[P]):
    """A kind of job. Delivery is at least once: the handler's docstring says why running twice is harmless.

    `name` is `room.imperative` and stable, for rows outlive deployments. `timeout_s` bounds one attempt. After `max_errors`
    errors or `max_crashes` worker deaths the job is dead and waits for a person.
    """

    name: str
    payload: type[P]
    handler: Callable[[JobContext, P], Awaitable[None]]
    timeout_s: float = 300
    max_errors: int = 5
    max_crashes: int = 3


@dataclass(slots=True)
class JobContext:
    """One attempt at one job. The handler writes only through `transaction()`, and reads there or through `reads`."""

    job_id: UUID
    scope: Scope
    fence: int
    attempt: int
    db: Database
    services: Services

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[TenantSession]:
        """A transaction that commits only while this attempt still owns the job; raises LeaseLost or JobCancelled otherwise.

        The check is the last statement, so the row is locked for an instant and heartbeats are not held up.
        """
        async with self.db.tenant(self.scope) as session:
            yield session
            await session.flush()
            await self.ensure_owner(session)

    @property
    def reads(self) -> TenantReading:
        """Reads that nothing is written by, cheaper than a transaction: who has lost the job learns it at the next of those."""
        return self.db.reading(self.scope)

    async def ensure_owner(self, session: TenantSession) -> None:
        """Raise unless this attempt still owns the job, and keep it so until the transaction ends."""
        query = text("SELECT state, fence FROM jobs WHERE tenant_id = :tenant_id AND id = :id FOR SHARE")
        row = (await session.execute(query, {"tenant_id": self.scope.tenant_id, "id": self.job_id})).one_or_none()
        if row is not None and row.state == "cancelled":
            raise JobCancelled(str(self.job_id))
        if row is None or row.state != "leased" or row.fence != self.fence:
            raise LeaseLost(str(self.job_id))
