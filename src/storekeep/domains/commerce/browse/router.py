"""GET /api/orders, /api/customers, /api/products: lists and details of the copied store."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from storekeep.domains.accounts.guard import Permission, Transaction, tenant_router
from storekeep.domains.commerce.browse import customers, orders, products
from storekeep.domains.commerce.browse.customers import CustomerNotFound
from storekeep.domains.commerce.browse.lists import UnknownSort
from storekeep.domains.commerce.browse.order_schemas import OrderDetailRead, OrderRead, TimelineEntryRead
from storekeep.domains.commerce.browse.orders import OrderFilter, OrderNotFound
from storekeep.domains.commerce.browse.products import ProductNotFound
from storekeep.domains.commerce.browse.schemas import (
    CustomerDetailRead,
    CustomerRead,
    ProductDetailRead,
    ProductRead,
)
from storekeep.domains.commerce.browse.timeline import order_timeline
from storekeep.domains.connections.public import StoreNotFound, get_store
from storekeep.kit.paging import InvalidCursor, Page
from storekeep.runtime.database import TenantSession
from storekeep.runtime.web.params import Days, Id, Paging, PathId
from storekeep.runtime.web.routes import refusals
from storekeep.runtime.web.schemas import ListRead

router = tenant_router(prefix="/api", tags=["commerce"])

OrdersIn = Annotated[TenantSession, Transaction(Permission.ORDER_READ)]
CustomersIn = Annotated[TenantSession, Transaction(Permission.CUSTOMER_READ)]
ProductsIn = Annotated[TenantSession, Transaction(Permission.PRODUCT_READ)]
_SEARCHED = "Words to look for; each matches the beginning of a word. Of more than 100,000 matches the newest are considered."
Typed = Annotated[str | None, Query(max_length=200, description=_SEARCHED)]
StoreId = Annotated[Id | None, Query(alias="storeId", description="One store; all of the tenant's without it.")]
Status = Annotated[str | None, Query(max_length=40, pattern="^[A-Za-z_]+$")]


async def _known_store(session: TenantSession, store_id: UUID | None, found: Page[Any]) -> None:
    """Raises StoreNotFound where a list is empty because the tenant has no such store. A list with items needs no asking."""
    if store_id is not None and not found.items:
        await get_store(session, store_id)


@router.get("/orders", summary="List orders", responses=refusals(StoreNotFound, UnknownSort, InvalidCursor))
async def list_orders(
    session: OrdersIn,
    paging: Paging,
    days: Days,
    q: Typed = None,
    store_id: StoreId = None,
    customer_id: Annotated[Id | None, Query(alias="customerId", description="Orders of this customer.")] = None,
    financial_status: Annotated[Status, Query(alias="financialStatus", description="PAID, PENDING, REFUNDED, …")] = None,
    fulfillment_status: Annotated[Status, Query(alias="fulfillmentStatus", description="FULFILLED, UNFULFILLED, …")] = None,
    cancelled: Annotated[bool | None, Query(description="Only cancelled orders, or only others.")] = None,
    test: Annotated[bool | None, Query(description="Only test orders, or only others.")] = None,
    sort: Annotated[str, Query(max_length=40, description="-createdAt, createdAt, -total, total, -name or name.")] = "-createdAt",
) -> ListRead[OrderRead]:
    """Newest first unless asked otherwise. `from` and `to` are days in the store's time zone, by when the order was created."""
    wanted = OrderFilter(
        text=q,
        store_id=store_id,
        customer_id=customer_id,
        financial_status=financial_status.upper() if financial_status else None,
        fulfillment_status=fulfillment_status.upper() if fulfillment_status else None,
        first_day=days.first,
        last_day=days.last,
        cancelled=cancelled,
        test=test,
    )
    found = await orders.list_orders(session, wanted, sort_name=sort, limit=paging.limit, cursor=paging.cursor)
    await _known_store(session, store_id, found)
    return ListRead(items=[OrderRead.of(row) for row in found.items], next_cursor=found.next_cursor)


@router.get("/orders/{order_id}", summary="Read an order", responses=refusals(OrderNotFound))
async def get_order(session: OrdersIn, order_id: PathId) -> OrderDetailRead:
    """With its lines, refunds, fulfilments and addresses."""
    return OrderDetailRead.whole(await orders.get_order(session, order_id))


@router.get("/orders/{order_id}/timeline", summary="What happened to an order", responses=refusals(OrderNotFound, InvalidCursor))
async def list_order_timeline(session: OrdersIn, order_id: PathId, paging: Paging) -> ListRead[TimelineEntryRead]:
    """What Shopify tells of the order and what was done to it here, newest first."""
    found = await order_timeline(session, order_id, limit=paging.limit, cursor=paging.cursor)
    return ListRead(items=[TimelineEntryRead.of(entry) for entry in found.items], next_cursor=found.next_cursor)


@router.get("/customers", summary="List customers", responses=refusals(StoreNotFound, UnknownSort, InvalidCursor))
async def list_customers(
    session: CustomersIn,
    paging: Paging,
    q: Typed = None,
    store_id: StoreId = None,
    currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$", description="Currency of the amounts.")] = None,
    sort: Annotated[str, Query(max_length=40, description="-spent, -orders, -createdAt, createdAt, name or -name.")] = "-spent",
) -> ListRead[CustomerRead]:
    """The biggest spenders first unless asked otherwise; amounts are in one currency, the most used one unless asked."""
    used, found = await customers.list_customers(
        session, text=q, store_id=store_id, currency=currency, sort_name=sort, limit=paging.limit, cursor=paging.cursor
    )
    await _known_store(session, store_id, found)
    return ListRead(items=[CustomerRead.of(row, used) for row in found.items], next_cursor=found.next_cursor)


@router.get("/customers/{customer_id}", summary="Read a customer", responses=refusals(CustomerNotFound))
async def get_customer(session: CustomersIn, customer_id: PathId) -> CustomerDetailRead:
    """With addresses and what they ordered, by currency."""
    return CustomerDetailRead.whole(*await customers.get_customer(session, customer_id))


@router.get("/products", summary="List products", responses=refusals(StoreNotFound, UnknownSort, InvalidCursor))
async def list_products(
    session: ProductsIn,
    paging: Paging,
    q: Typed = None,
    store_id: StoreId = None,
    status: Annotated[Status, Query(description="ACTIVE, DRAFT, ARCHIVED, …")] = None,
    sort: Annotated[
        str, Query(max_length=40, description="title, -title, -createdAt, createdAt, -updatedAt or updatedAt.")
    ] = "title",
) -> ListRead[ProductRead]:
    """By title unless asked otherwise."""
    found = await products.list_products(
        session,
        text=q,
        store_id=store_id,
        status=status.upper() if status else None,
        sort_name=sort,
        limit=paging.limit,
        cursor=paging.cursor,
    )
    await _known_store(session, store_id, found)
    return ListRead(items=[ProductRead.of(product) for product in found.items], next_cursor=found.next_cursor)


@router.get("/products/{product_id}", summary="Read a product", responses=refusals(ProductNotFound))
async def get_product(session: ProductsIn, product_id: PathId) -> ProductDetailRead:
    """With its variants."""
    return ProductDetailRead.whole(*await products.get_product(session, product_id))
