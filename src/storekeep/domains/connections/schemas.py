"""What connections reads and answers over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from storekeep.domains.connections.types import ConnectedVia, ConnectionStatus, ConnectionType, ErasureView, StoreView
from storekeep.runtime.web.schemas import Input, Moment, Read

Shop = Annotated[
    str,
    Field(min_length=1, max_length=200, description="The shop's myshopify domain.", examples=["your-shop.myshopify.com"]),
]


class StoreConnectInput(Input):
    """A shop, and the Admin API access token of a custom app in it."""

    shop: Shop
    access_token: str = Field(
        min_length=1, max_length=500, pattern=r"^[\x21-\x7e]+$", examples=["shpat_…"], json_schema_extra={"format": "password"}
    )


class StoreUpdateInput(Input):
    """How often a store is read; what is absent stays."""

    sync_interval_minutes: StrictInt | None = Field(None, ge=1, le=1440, description="Minutes between two scheduled reads.")
    sync_paused: StrictBool | None = Field(None, description="True stops scheduled reads; a person can still start one.")


class StoreDeletionInput(Input):
    """The store's address typed again, so that nothing is erased by accident."""

    confirm_name: str = Field(max_length=200, description="The store's myshopify domain.", examples=["your-shop.myshopify.com"])


class StoreCountsRead(Read):
    """How many of each are stored here."""

    customers: int
    orders: int
    products: int


class StoreRead(Read):
    """A Shopify store of the tenant, how well we can read it, and when we do."""

    id: UUID
    shop: str
    name: str
    currency: str
    time_zone: str = Field(description="IANA name; the store's days are days there.")
    status: ConnectionStatus
    status_reason: str | None = Field(description="An error code when the store needs a person or is paused.")
    connected_via: ConnectedVia
    scopes: list[str]
    history_limited: bool = Field(description="Shopify shows us the last 60 days of orders only.")
    sync_interval_minutes: int
    sync_paused: bool
    last_sync_at: Moment | None
    last_sync_status: str | None
    next_sync_at: Moment | None
    created_at: Moment
    counts: StoreCountsRead

    @classmethod
    def of(cls, store: StoreView) -> StoreRead:
        """The store as it goes out."""
        return cls.model_validate(store)


class ConnectionRead(Read):
    """An integration of the tenant."""

    id: UUID
    type: ConnectionType
    status: ConnectionStatus
    label: str
    created_at: Moment


class ErasureRoomRead(Read):
    """What one part of the product has erased so far."""

    room: str
    status: Literal["WAITING", "RUNNING", "DONE"]
    erased: int = Field(description="Rows erased.")


class FarewellRead(Read):
    """A shop that was asked, once, to uninstall our app. The erasure waits for its answer for seconds at most."""

    store_id: UUID
    status: Literal["WAITING", "DONE", "FAILED"]
    code: str | None = Field(description="Why it failed; the merchant can uninstall the app in Shopify.", examples=[None])


class ErasureRead(Read):
    """A request to forget a store or the whole account, and how far it is."""

    id: UUID
    subject: Literal["store", "tenant"]
    subject_id: UUID
    status: Literal["RUNNING", "DONE"]
    rooms: list[ErasureRoomRead]
    farewells: list[FarewellRead]
    requested_at: Moment
    finished_at: Moment | None

    @classmethod
    def of(cls, erasure: ErasureView) -> ErasureRead:
        """The erasure as it goes out."""
        return cls.model_validate(erasure)
