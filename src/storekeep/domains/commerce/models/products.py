"""Products and their variants."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.runtime.database.model import Amount, CreatedAt, TenantRow, UpdatedAt, searchable, tenant_foreign_key


class Product(CreatedAt, UpdatedAt, TenantRow):
    """A product. `price` is its cheapest variant's, in the shop's currency, or None when it has none; `skus` feeds the search."""

    __tablename__ = "products"

    store_id: Mapped[UUID]
    shopify_id: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str]
    handle: Mapped[str | None]
    description: Mapped[str | None]
    vendor: Mapped[str | None]
    product_type: Mapped[str | None]
    status: Mapped[str | None]
    tags: Mapped[list[str]]
    price: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str]
    variant_count: Mapped[int]
    total_inventory: Mapped[int | None]
    skus: Mapped[str | None]
    source_created_at: Mapped[datetime]
    source_updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    # As people look a title up: whatever its case, and not by the spaces it begins with.
    sort_title: Mapped[str] = mapped_column(Computed("left(lower(btrim(title)), 200)", persisted=True))
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(searchable("title", "vendor", "product_type", "skus"), persisted=True))

    __table_args__ = (
        tenant_foreign_key("store_id", "stores"),
        UniqueConstraint("tenant_id", "store_id", "shopify_id"),
        Index("ix_products_sort_title", "tenant_id", "sort_title", "id"),
        Index("ix_products_created", "tenant_id", "source_created_at", "id"),
        Index("ix_products_updated", "tenant_id", "source_updated_at", "id"),
        Index("ix_products_search", "search", postgresql_using="gin"),
        {"info": {"search": True}},
    )


class Variant(TenantRow):
    """A sellable variant of a product."""

    __tablename__ = "variants"

    product_id: Mapped[UUID]
    shopify_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    title: Mapped[str]
    sku: Mapped[str | None]
    barcode: Mapped[str | None]
    price: Mapped[Decimal] = mapped_column(Amount)
    compare_at_price: Mapped[Decimal | None] = mapped_column(Amount)
    inventory_quantity: Mapped[int | None]

    __table_args__ = (
        tenant_foreign_key("product_id", "products"),
        UniqueConstraint("tenant_id", "product_id", "shopify_id"),
    )
