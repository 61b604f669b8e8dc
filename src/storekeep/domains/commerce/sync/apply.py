"""From assembled records to stored ones in the caller's transaction: stage, then merge. Once a transaction for each kind."""

from __future__ import annotations

from collections.abc import Collection

from storekeep.domains.commerce.calendars import Calendar
from storekeep.domains.commerce.sync.batch import Merged, Span
from storekeep.domains.commerce.sync.customer_rows import CustomerAssembler
from storekeep.domains.commerce.sync.merge_customers import merge_customers
from storekeep.domains.commerce.sync.merge_orders import merge_orders
from storekeep.domains.commerce.sync.merge_products import merge_products, remove_products
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.domains.commerce.sync.product_rows import ProductAssembler
from storekeep.domains.commerce.sync.staging import CUSTOMER_TABLES, ORDER_TABLES, PRODUCT_TABLES, Staging
from storekeep.domains.commerce.types import Resource
from storekeep.runtime.database import TenantSession


def staging_of(session: TenantSession, assembler: OrderAssembler | CustomerAssembler | ProductAssembler) -> Staging:
    """The staging tables for what `assembler` makes, not yet open."""
    if isinstance(assembler, OrderAssembler):
        return Staging(session, ORDER_TABLES)
    return Staging(session, CUSTOMER_TABLES if isinstance(assembler, CustomerAssembler) else PRODUCT_TABLES)


async def merge_staged(
    session: TenantSession,
    calendar: Calendar,
    assembler: OrderAssembler | CustomerAssembler | ProductAssembler,
    staging: Staging,
    *,
    complete: Span | None = None,
) -> Merged:
    """Merge what was staged of a finished assembler, whose tally then tells the whole. Errors as `merge_orders`."""
    if isinstance(assembler, OrderAssembler):
        merged = await merge_orders(
            session,
            calendar,
            staged=staging.counts,
            refused=assembler.refused,
            complete=complete,
            deleted=assembler.deleted,
        )
    elif isinstance(assembler, CustomerAssembler):
        merged = await merge_customers(session, calendar, refused=assembler.refused, complete=complete)
    else:
        merged = await merge_products(session, calendar, refused=assembler.refused, complete=complete)
    await staging.close(merged)
    assembler.tally.written += merged.written
    assembler.tally.unchanged += merged.unchanged
    assembler.tally.removed += merged.removed
    return merged


async def apply(
    session: TenantSession,
    calendar: Calendar,
    assembler: OrderAssembler | CustomerAssembler | ProductAssembler,
    *,
    complete: Span | None = None,
) -> Merged:
    """Finish, stage and merge a batch that lies in memory."""
    assembler.finish()
    staging = staging_of(session, assembler)
    await staging.open()
    await staging.copy(assembler.buffers.drain())
    await staging.analyze()
    return await merge_staged(session, calendar, assembler, staging, complete=complete)


async def remove(session: TenantSession, calendar: Calendar, resource: Resource, numbers: Collection[int]) -> Merged:
    """Remove records, by their Shopify numbers, that were deleted at the source, and recompute the days they touch.

    Once a transaction, and none of the resource may be staged in it.
    """
    if resource is Resource.PRODUCTS:
        return await remove_products(session, calendar, numbers)
    staging = Staging(session, CUSTOMER_TABLES if resource is Resource.CUSTOMERS else ORDER_TABLES)
    await staging.open()
    if resource is Resource.CUSTOMERS:
        merged = await merge_customers(session, calendar, deleted=numbers)
    else:
        merged = await merge_orders(session, calendar, staged=staging.counts, deleted=numbers)
    await staging.close(merged)
    return merged
