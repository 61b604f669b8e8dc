"""Tables of connections: connections, Shopify stores with their sealed tokens, the shop directory, OAuth states, erasures."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.domains.connections.types import ConnectedVia, ConnectionStatus
from storekeep.kit.ids import uuid7
from storekeep.runtime.database.model import (
    CreatedAt,
    SystemRow,
    TenantRow,
    UpdatedAt,
    belongs_to_tenant,
    one_of,
    tenant_foreign_key,
)
from storekeep.runtime.database.tenancy import CURRENT_TENANT

# The schema leaves room for services the product does not reach yet; what it does reach is ConnectionType.
_STORABLE_TYPES = ("SHOPIFY", "CUSTOM_EMAIL", "GMAIL", "GOOGLE_ANALYTICS", "META_ADS", "SLACK")


class Connection(CreatedAt, UpdatedAt, TenantRow):
    """An integration of a tenant."""

    __tablename__ = "connections"

    type: Mapped[str]
    status: Mapped[str]
    status_reason: Mapped[str | None]
    label: Mapped[str]

    __table_args__ = (
        belongs_to_tenant(),
        one_of("type", _STORABLE_TYPES),
        one_of("status", list(ConnectionStatus)),
        {"info": {"app_system": "SELECT (tenant_id, id, type, status)"}},
    )


class Store(CreatedAt, UpdatedAt, TenantRow):
    """The Shopify side of a SHOPIFY connection; shares the connection's id.

    Tokens are sealed (AES-256-GCM) with the row as associated data: copied to another row they do not open. `generation`
    grows with every install, so that news from before a reinstall is recognised.
    """

    __tablename__ = "stores"

    shop: Mapped[str]
    shop_name: Mapped[str]
    shopify_shop_id: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str]
    time_zone: Mapped[str]
    plan: Mapped[str | None]
    connected_via: Mapped[str]
    generation: Mapped[int] = mapped_column(default=1)
    installed_at: Mapped[datetime]
    scopes: Mapped[list[str]]
    access_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    access_token_expires_at: Mapped[datetime | None]
    refresh_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    refresh_token_expires_at: Mapped[datetime | None]
    sync_interval_minutes: Mapped[int] = mapped_column(default=5)
    sync_paused: Mapped[bool] = mapped_column(default=False)
    # What the room that copies the store reports (`public.record_sync_outcome`, `public.record_orders_known`).
    last_sync_at: Mapped[datetime | None]
    last_sync_status: Mapped[str | None]
    customers_count: Mapped[int] = mapped_column(default=0)
    orders_count: Mapped[int] = mapped_column(default=0)
    products_count: Mapped[int] = mapped_column(default=0)
    orders_known_from: Mapped[datetime | None]

    __table_args__ = (
        belongs_to_tenant(),
        tenant_foreign_key("id", "connections"),
        UniqueConstraint("tenant_id", "shop"),
        one_of("connected_via", list(ConnectedVia)),
    )


class ShopDirectory(SystemRow):
    """Which tenant owns a shop, when its next scheduled read is due, and which key seals its tokens (None: it has none).

    A shop belongs to one tenant at a time. A tenant's session sees and writes its own rows only, so a shop is claimed in the
    transaction that stores it: the primary key refuses another tenant's shop without showing whose it is.
    """

    __tablename__ = "shop_directory"

    shop: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    store_id: Mapped[UUID]
    sync_due_at: Mapped[datetime | None] = mapped_column(index=True)
    key_id: Mapped[str | None] = mapped_column(index=True)

    __table_args__ = (
        Index("ix_shop_directory_tenant_id", "tenant_id"),
        {
            "info": {
                "reason": "a shop domain is unique over all tenants, and schedules are looked through across them",
                "app_system": "SELECT, UPDATE (sync_due_at)",
                "app_rt": "SELECT, INSERT, UPDATE (sync_due_at, key_id), DELETE",
                "app_rt_rule": f"tenant_id = {CURRENT_TENANT}",
            }
        },
    )


class OAuthState(CreatedAt, SystemRow):
    """An OAuth round trip under way. Only the hash of its id is kept; it is deleted on first read."""

    __tablename__ = "oauth_states"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID]
    user_id: Mapped[UUID]
    bound_tenant_id: Mapped[UUID]
    shop: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        {
            "info": {
                "reason": "the callback is read before its tenant is known",
                "app_system": "SELECT, INSERT, DELETE",
            }
        },
    )


class Erasure(CreatedAt, SystemRow):
    """A request to forget a store or a tenant, and what each room reported. Outlives what it erased, as proof; holds ids only."""

    __tablename__ = "erasures"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    erased_tenant_id: Mapped[UUID] = mapped_column(index=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    rooms: Mapped[list[Any]] = mapped_column(JSONB)  # [{room, status, erased}] in the order they are erased
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("subject_kind", ["tenant", "store"]),
        {
            "info": {
                "reason": "the proof of an erasure outlives the tenant it erased",
                "app_system": "SELECT",
                "app_rt": "SELECT, INSERT, UPDATE (rooms, finished_at)",
                "app_rt_rule": f"erased_tenant_id = {CURRENT_TENANT}",
            }
        },
    )
