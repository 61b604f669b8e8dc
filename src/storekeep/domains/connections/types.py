"""The words connections uses, and the frozen shapes in which other rooms see its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ConnectionType(StrEnum):
    """Which outside service a connection reaches."""

    SHOPIFY = "SHOPIFY"


class ConnectionStatus(StrEnum):
    """Whether we can work with the connection now."""

    CONNECTED = "CONNECTED"
    NEEDS_RECONNECT = "NEEDS_RECONNECT"  # the token is dead; a person must consent again
    PAUSED = "PAUSED"  # the shop is frozen, locked or unpaid; we look again later
    DISCONNECTING = "DISCONNECTING"  # its data is being erased


class ConnectedVia(StrEnum):
    """How the store's token came to us."""

    OAUTH = "OAUTH"
    CUSTOM_APP = "CUSTOM_APP"


class ErasureStatus(StrEnum):
    """How far an erasure, or a room's part of it, is."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """How many rows of the store are stored here."""

    customers: int
    orders: int
    products: int


@dataclass(frozen=True, slots=True)
class StoreView:
    """A store as everybody but connections sees it: no token in it.

    `currency` is ISO 4217, `time_zone` IANA. `next_sync_at` is None while nothing is scheduled. `generation` grows with every
    install. `history_limited`: Shopify shows us only the last 60 days of orders now. `orders_known_from`: orders placed before
    may be missing here, for Shopify hid them when the store was read; None where none was hidden, or nothing is read yet.
    """

    id: UUID
    shop: str
    name: str
    shopify_shop_id: int | None
    currency: str
    time_zone: str
    plan: str | None
    status: ConnectionStatus
    status_reason: str | None
    connected_via: ConnectedVia
    generation: int
    installed_at: datetime
    scopes: tuple[str, ...]
    history_limited: bool
    sync_interval_minutes: int
    sync_paused: bool
    last_sync_at: datetime | None
    last_sync_status: str | None
    next_sync_at: datetime | None
    created_at: datetime
    counts: StoreCounts
    orders_known_from: datetime | None


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """An integration of the tenant, of whatever type."""

    id: UUID
    type: ConnectionType
    status: ConnectionStatus
    label: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DueStore:
    """A store whose scheduled read is due."""

    tenant_id: UUID
    store_id: UUID
    shop: str


@dataclass(frozen=True, slots=True)
class RoomErasure:
    """One room's part of an erasure: how many rows it has erased so far."""

    room: str
    status: ErasureStatus
    erased: int


class FarewellStatus(StrEnum):
    """Whether a shop took our app out: it is asked once; a process that died meanwhile leaves it WAITING."""

    WAITING = "WAITING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Farewell:
    """A shop that was asked to uninstall our app, and why it did not (an error's code)."""

    store_id: UUID
    status: FarewellStatus
    code: str | None


@dataclass(frozen=True, slots=True)
class ErasureView:
    """A request to forget something, and how far it is. `subject` is "store" or "tenant"."""

    id: UUID
    subject: str
    subject_id: UUID
    status: ErasureStatus
    rooms: tuple[RoomErasure, ...]
    farewells: tuple[Farewell, ...]
    requested_at: datetime
    finished_at: datetime | None
