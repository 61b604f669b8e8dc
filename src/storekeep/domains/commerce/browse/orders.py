"""Orders: the list with its filters, and one order whole, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import defer, load_only

from storekeep.domains.commerce.browse.lists import Sort, matching, page, read_key, read_text, sort_named
from storekeep.domains.commerce.models import Customer, Fulfillment, Order, OrderLine, Product, Refund, RefundLine
from storekeep.kit.errors import NotFound
from storekeep.kit.paging import Page, decode_moment
from storekeep.runtime.database import TenantSession


class OrderNotFound(NotFound):
    """No order of this id in the tenant."""

    code = "ORDER_NOT_FOUND"
    message = "There is no such order here."


SORTS = {
    "-createdAt": Sort(Order.source_created_at, True, decode_moment),
    "createdAt": Sort(Order.source_created_at, False, decode_moment),
    "-total": Sort(Order.sort_total, True, read_key),
    "total": Sort(Order.sort_total, False, read_key),
    "-name": Sort(Order.name, True, read_text),
    "name": Sort(Order.name, False, read_text),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """What a list of orders is narrowed to; None means any. `first_day` and `last_day` are store-local days, inclusive."""

    text: str | None = None
    store_id: UUID | None = None
    customer_id: UUID | None = None
    financial_status: str | None = None
    fulfillment_status: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    cancelled: bool | None = None
    test: bool | None = None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list, with its customer's present name where it has one."""

    order: Order
    customer_name: str | None
    customer_email: str | None


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """An order with everything that hangs on it; `products` maps Shopify's product ids to ours."""

    row: OrderRow
    lines: list[OrderLine]
    refunds: list[tuple[Refund, list[RefundLine]]]
    fulfillments: list[Fulfillment]
    products: dict[int, UUID]


def _conditions(wanted: OrderFilter) -> list[Any]:
    exact = {
        Order.store_id: wanted.store_id,
        Order.customer_id: wanted.customer_id,
        Order.financial_status: wanted.financial_status,
        Order.test: wanted.test,
    }
    conditions: list[Any] = [column == value for column, value in exact.items() if value is not None]
    if wanted.fulfillment_status is not None:
        conditions.append(Order.fulfillment_status == wanted.fulfillment_status)
    conditions += _created_between(wanted.first_day, wanted.last_day)
    if wanted.cancelled is not None:
        conditions.append(Order.cancelled_at.is_not(None) if wanted.cancelled else Order.cancelled_at.is_(None))
    match = matching("orders", Order.id, wanted.text)
    return conditions if match is None else [*conditions, match]


def _created_between(first: date | None, last: date | None) -> list[Any]:
    # The day is the store's own; the moments, two days wider than any zone can differ, let the list's index find the place.
    conditions: list[Any] = []
    if first is not None:
        conditions += [Order.created_day >= first, Order.source_created_at >= _midnight(first, -2)]
    if last is not None:
        conditions += [Order.created_day <= last, Order.source_created_at < _midnight(last, 3)]
    return conditions


def _midnight(day: date, shift: int) -> datetime:
    ordinal = min(max(day.toordinal() + shift, 1), date.max.toordinal())
    return datetime.combine(date.fromordinal(ordinal), time.min, tzinfo=UTC)


_ROW = select(Order, Customer.name, Customer.email).outerjoin(
    Customer, and_(Customer.tenant_id == Order.tenant_id, Customer.id == Order.customer_id)
)
# What a list shows and is sorted by; the rest of an order is several times as much.
_LISTED = load_only(
    Order.store_id,
    Order.shopify_id,
    Order.name,
    Order.source_created_at,
    Order.customer_id,
    Order.total_price,
    Order.sort_total,
    Order.currency,
    Order.financial_status,
    Order.fulfillment_status,
    Order.cancelled_at,
    Order.test,
    Order.item_count,
    Order.tags,
    raiseload=True,
)
_NOT_SHOWN = (defer(Order.search), defer(Order.fingerprint))


async def list_orders(
    session: TenantSession, wanted: OrderFilter, *, sort_name: str, limit: int, cursor: str | None
) -> Page[OrderRow]:
    """A page of the orders wanted. Raises UnknownSort, InvalidCursor."""
    sort = sort_named(SORTS, sort_name)
    return await page(
        session,
        _ROW.where(*_conditions(wanted)).options(_LISTED),
        sort=sort,
        order=f"orders.{sort_name}",
        id_column=Order.id,
        limit=limit,
        cursor=cursor,
        shape=lambda row: OrderRow(*row),
        place=lambda row: (getattr(row[0], sort.column.key), row[0].id),
    )


async def get_order(session: TenantSession, order_id: UUID) -> WholeOrder:
    """One order whole. Raises OrderNotFound."""
    row = (await session.execute(_ROW.where(Order.id == order_id).options(*_NOT_SHOWN))).one_or_none()
    if row is None:
        raise OrderNotFound()
    lines = await _all(session, select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.shopify_id))
    refunds = await _all(session, select(Refund).where(Refund.order_id == order_id).order_by(Refund.processed_at, Refund.id))
    parts: dict[UUID, list[RefundLine]] = {refund.id: [] for refund in refunds}
    if parts:
        for part in await _all(session, select(RefundLine).where(RefundLine.refund_id.in_(parts)).order_by(RefundLine.id)):
            parts[part.refund_id].append(part)
    parcels = select(Fulfillment).where(Fulfillment.order_id == order_id).order_by(Fulfillment.source_created_at, Fulfillment.id)
    wanted = {line.product_shopify_id for line in lines if line.product_shopify_id is not None}
    known = select(Product.shopify_id, Product.id).where(Product.store_id == row[0].store_id, Product.shopify_id.in_(wanted))
    return WholeOrder(
        OrderRow(*row),
        lines,
        [(refund, parts[refund.id]) for refund in refunds],
        await _all(session, parcels),
        {found[0]: found[1] for found in (await session.execute(known)).all()} if wanted else {},
    )


async def _all(session: TenantSession, query: Any) -> list[Any]:
    return list((await session.execute(query)).scalars().all())
