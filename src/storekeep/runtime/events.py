"""Events: how news travels upward. A room announces a fact; rooms above subscribe, and the room below never knows who."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storekeep.runtime.database.session import TenantSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of the facts rooms announce; subclasses are frozen dataclasses named in the past tense."""


Handler = Callable[["TenantSession", Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`handler(session, event)` runs in the announcing transaction, so it must be quick and touch only the database.

    To do something after the commit, the handler enqueues a job: the job row is in the same transaction.
    """

    event: type[Event]
    handler: Handler


@dataclass(slots=True)
class EventBus:
    """Who listens to what; filled from the rooms' manifests."""

    _handlers: dict[type[Event], list[Handler]] = field(default_factory=lambda: defaultdict(list))

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add one subscriber. Subscribers of an event run in the order the rooms are listed, lowest first."""
        self._handlers[subscriber.event].append(subscriber.handler)

    async def deliver(self, session: TenantSession, event: Event) -> None:
        """Run every subscriber of the event's type or of a base of it; the first failure fails the transaction."""
        for kind in type(event).__mro__:
            for handler in self._handlers.get(kind, ()):
                await handler(session, event)
