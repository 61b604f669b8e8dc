"""Products: the list, and one product with its variants."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer

from storekeep.domains.commerce.browse.lists import Sort, matching, page, read_text, sort_named
from storekeep.domains.commerce.models import Product, Variant
from storekeep.kit.errors import NotFound
from storekeep.kit.paging import Page, decode_moment
from storekeep.runtime.database import TenantSession


class ProductNotFound(NotFound):
    """No product of this id in the tenant."""

    code = "PRODUCT_NOT_FOUND"
    message = "There is no such product here."


SORTS = {
    "title": Sort(Product.sort_title, False, read_text),
    "-title": Sort(Product.sort_title, True, read_text),
    "-createdAt": Sort(Product.source_created_at, True, decode_moment),
    "createdAt": Sort(Product.source_created_at, False, decode_moment),
    "-updatedAt": Sort(Product.source_updated_at, True, decode_moment),
    "updatedAt": Sort(Product.source_updated_at, False, decode_moment),
}


# Large, and shown nowhere or only in the detail.
_NOT_LISTED = tuple(
    defer(column, raiseload=True) for column in (Product.search, Product.fingerprint, Product.skus, Product.description)
)


async def list_products(
    session: TenantSession,
    *,
    text: str | None,
    store_id: UUID | None,
    status: str | None,
    sort_name: str,
    limit: int,
    cursor: str | None,
) -> Page[Product]:
    """A page of products. Raises UnknownSort, InvalidCursor."""
    sort = sort_named(SORTS, sort_name)
    match = matching("products", Product.id, text)
    conditions: list[Any] = [
        *([] if match is None else [match]),
        *([Product.store_id == store_id] if store_id else []),
        *([Product.status == status] if status else []),
    ]
    return await page(
        session,
        select(Product).where(*conditions).options(*_NOT_LISTED),
        sort=sort,
        order=f"products.{sort_name}",
        id_column=Product.id,
        limit=limit,
        cursor=cursor,
        shape=lambda row: row[0],
        place=lambda row: (getattr(row[0], sort.column.key), row[0].id),
    )


async def get_product(session: TenantSession, product_id: UUID) -> tuple[Product, list[Variant]]:
    """One product and its variants in their order. Raises ProductNotFound."""
    product = await session.get(Product, (session.tenant_id, product_id))
    if product is None:
        raise ProductNotFound()
    query = select(Variant).where(Variant.product_id == product_id).order_by(Variant.position, Variant.id)
    return product, list((await session.execute(query)).scalars().all())
