"""Customers: the list, by name, age, or what they bought, and one customer with totals by currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import defer

from storekeep.domains.commerce.browse.lists import (
    Sort,
    matching,
    page,
    read_count,
    read_key,
    read_text,
    sort_named,
)
from storekeep.domains.commerce.figures import currencies
from storekeep.domains.commerce.models import Customer, CustomerSales
from storekeep.kit.errors import NotFound
from storekeep.kit.paging import InvalidCursor, Page, decode_cursor, decode_moment, encode_cursor
from storekeep.runtime.database import TenantSession


class CustomerNotFound(NotFound):
    """No customer of this id in the tenant."""

    code = "CUSTOMER_NOT_FOUND"
    message = "There is no such customer here."


_BY_CUSTOMER = {
    "-createdAt": Sort(Customer.source_created_at, True, decode_moment),
    "createdAt": Sort(Customer.source_created_at, False, decode_moment),
    "name": Sort(Customer.sort_name, False, read_text),
    "-name": Sort(Customer.sort_name, True, read_text),
}
_BY_SALES = {
    "-spent": Sort(CustomerSales.sort_revenue, True, read_key),
    "-orders": Sort(CustomerSales.orders, True, read_count),
}
SORTS = _BY_CUSTOMER | _BY_SALES
# Large, and shown nowhere or only in the detail.
_NOT_LISTED = tuple(
    defer(column, raiseload=True) for column in (Customer.search, Customer.fingerprint, Customer.addresses, Customer.note)
)


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in a list with what they bought in the list's currency; `sales` is None when that is nothing."""

    customer: Customer
    sales: CustomerSales | None


def _conditions(text: str | None, store_id: UUID | None) -> list[Any]:
    match = matching("customers", Customer.id, text)
    return [
        *([] if match is None else [match]),
        *([Customer.store_id == store_id] if store_id else []),
    ]


async def list_customers(
    session: TenantSession,
    *,
    text: str | None,
    store_id: UUID | None,
    currency: str | None,
    sort_name: str,
    limit: int,
    cursor: str | None,
) -> tuple[str | None, Page[CustomerRow]]:
    """A page of customers and the currency its amounts are in: the one asked for, else the one most orders are in.

    Sorted by what they bought, those who bought nothing come last. Raises UnknownSort, InvalidCursor.
    """
    sort = sort_named(SORTS, sort_name)
    if currency is None:
        in_use = await currencies(session, store_id=store_id)
        currency = in_use[0].currency if in_use else None
    conditions = _conditions(text, store_id)
    # Amounts of a page are in one currency. Where the most used one becomes another between two pages, the next is refused
    # rather than counted in another currency than the first.
    order = f"customers.{sort_name}.{currency}"
    if sort_name in _BY_SALES:
        return currency, await _by_sales(session, conditions, currency, sort, order, limit, cursor)
    found = await page(
        session,
        _with_sales(currency).where(*conditions),
        sort=sort,
        order=order,
        id_column=Customer.id,
        limit=limit,
        cursor=cursor,
        shape=lambda row: CustomerRow(*row),
        place=lambda row: (getattr(row[0], sort.column.key), row[0].id),
    )
    return currency, found


def _with_sales(currency: str | None) -> Select[*tuple[Any, ...]]:
    mine = and_(
        CustomerSales.tenant_id == Customer.tenant_id,
        CustomerSales.customer_id == Customer.id,
        CustomerSales.currency == currency,
        CustomerSales.orders > 0,
    )
    return select(Customer, CustomerSales).outerjoin(CustomerSales, mine).options(*_NOT_LISTED)


async def _by_sales(
    session: TenantSession,
    conditions: list[Any],
    currency: str | None,
    sort: Sort,
    order: str,
    limit: int,
    cursor: str | None,
) -> Page[CustomerRow]:
    found: Page[CustomerRow] = Page([], None)
    unsold = f"{order}.unsold"
    if not _is_cursor_of(unsold, cursor):
        mine = and_(CustomerSales.tenant_id == Customer.tenant_id, CustomerSales.customer_id == Customer.id)
        query = select(Customer, CustomerSales).join(CustomerSales, mine).options(*_NOT_LISTED)
        found = await page(
            session,
            query.where(CustomerSales.currency == currency, CustomerSales.orders > 0, *conditions),
            sort=sort,
            order=order,
            id_column=CustomerSales.customer_id,
            limit=limit,
            cursor=cursor,
            shape=lambda row: CustomerRow(*row),
            place=lambda row: (getattr(row[1], sort.column.key), row[0].id),
        )
        if found.next_cursor is not None:
            return found
        cursor = None
    return await _then_unsold(session, conditions, currency, unsold, limit, cursor, found.items)


async def _then_unsold(
    session: TenantSession,
    conditions: list[Any],
    currency: str | None,
    unsold: str,
    limit: int,
    cursor: str | None,
    items: list[CustomerRow],
) -> Page[CustomerRow]:
    sold = select(CustomerSales.customer_id).where(
        CustomerSales.customer_id == Customer.id, CustomerSales.currency == currency, CustomerSales.orders > 0
    )
    query = select(Customer).where(~sold.exists(), *conditions).options(*_NOT_LISTED)
    if cursor is not None:
        try:
            query = query.where(Customer.id < UUID(decode_cursor(cursor, unsold, 1)[0]))
        except (TypeError, ValueError, AttributeError) as error:
            raise InvalidCursor() from error
    rest = (await session.execute(query.order_by(Customer.id.desc()).limit(limit - len(items) + 1))).scalars().all()
    items = [*items, *(CustomerRow(customer, None) for customer in rest)]
    if len(items) <= limit:
        return Page(items, None)
    # A page that ends among those who bought starts its successor at the first of those who did not.
    last = items[limit - 1]
    edge = last.customer.id if last.sales is None else UUID(int=2**128 - 1)
    return Page(items[:limit], encode_cursor(unsold, [str(edge)]))


def _is_cursor_of(order: str, cursor: str | None) -> bool:
    if cursor is None:
        return False
    try:
        decode_cursor(cursor, order, 1)
    except InvalidCursor:
        return False
    return True


async def get_customer(session: TenantSession, customer_id: UUID) -> tuple[Customer, list[CustomerSales]]:
    """One customer and what they bought, by currency, the most orders first. Raises CustomerNotFound."""
    customer = await session.get(Customer, (session.tenant_id, customer_id))
    if customer is None:
        raise CustomerNotFound()
    query = select(CustomerSales).where(CustomerSales.customer_id == customer_id, CustomerSales.orders > 0)
    sales = (await session.execute(query.order_by(CustomerSales.orders.desc(), CustomerSales.currency))).scalars().all()
    return customer, list(sales)
