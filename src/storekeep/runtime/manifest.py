"""What a room declares of itself, so that the API, the worker, migrations and erasure can loop over rooms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from fastapi import APIRouter

    from storekeep.runtime.database.session import TenantSession
    from storekeep.runtime.events import Subscriber
    from storekeep.runtime.jobs.kind import JobKind
    from storekeep.runtime.services import Services


@dataclass(frozen=True, slots=True)
class CronSpec:
    """Something done every `every_s` seconds by one of the workers. It enqueues jobs; it never does a tenant's work itself."""

    name: str
    every_s: float
    run: Callable[[Services], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ErasureSubject:
    """What must be forgotten: a whole tenant, or one of its stores."""

    kind: str  # "tenant" | "store"
    id: UUID


@dataclass(frozen=True, slots=True)
class Room:
    """A room's manifest. `erase(session, subject)` deletes what the room holds of the subject and returns how many rows."""

    name: str
    models: Sequence[type[Any]] = ()
    routers: Sequence[APIRouter] = ()
    jobs: Sequence[JobKind[Any]] = ()
    cron: Sequence[CronSpec] = ()
    subscribers: Sequence[Subscriber] = ()
    erase: Callable[[TenantSession, ErasureSubject], Awaitable[int]] | None = None
