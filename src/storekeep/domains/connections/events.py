"""Facts connections announces. Subscribers run in the announcing transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from storekeep.domains.connections.types import ConnectionStatus
from storekeep.runtime.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreConnected(Event):
    """A shop became a store of this tenant, and nothing of it is here yet. Announced once in a store's life.

    `first`: the tenant had no store before (every new store announces this event, first or not).
    """

    store_id: UUID
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReconnected(Event):
    """A store we already have got fresh tokens, after it lost them or because the merchant installed again; its data stayed."""

    store_id: UUID
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreScheduleChanged(Event):
    """The store's interval changed, or its scheduled reads were paused or resumed."""

    store_id: UUID
    sync_interval_minutes: int
    sync_paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStatusChanged(Event):
    """Whether we can work with the store changed; `reason` is a code, None for CONNECTED."""

    store_id: UUID
    status: ConnectionStatus
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFactsChanged(Event):
    """What the shop says of itself (name, currency, time zone, plan) or grants us is not what it was."""

    store_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLeaving(Event):
    """The store's tokens are about to be forgotten, for `erasure_id`; whoever needs them once more reads them now."""

    store_id: UUID
    erasure_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreDisconnectRequested(Event):
    """From now on nothing may be written for the store; its data is being erased as `erasure_id`."""

    store_id: UUID
    erasure_id: UUID
