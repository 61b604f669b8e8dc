"""What lists and details of customers and products look like over the wire. Shopify's ids are strings: they pass 2^53."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import Field

from storekeep.domains.commerce.browse.customers import CustomerRow
from storekeep.domains.commerce.browse.order_schemas import AddressRead
from storekeep.domains.commerce.models import Customer, CustomerSales, Product, Variant
from storekeep.kit.money import to_wire
from storekeep.runtime.web.schemas import Amount, Currency, Moment, Read


class CustomerRead(Read):
    """A customer in a list. `totalSpent` and `ordersCount` are of all stored orders in `currency`."""

    id: UUID
    store_id: UUID
    shopify_id: str
    name: str | None
    email: str | None
    phone: str | None
    orders_count: int
    total_spent: Amount
    currency: Currency | None = Field(description="Null while the tenant has no orders at all.")
    first_order_at: Moment | None
    last_order_at: Moment | None
    created_at: Moment
    tags: list[str]

    @classmethod
    def of(cls, row: CustomerRow, currency: str | None) -> CustomerRead:
        """The wire form of a row."""
        return cls(**_customer_fields(row.customer, row.sales, currency))


def _customer_fields(customer: Customer, sales: CustomerSales | None, currency: str | None) -> dict[str, Any]:
    return {
        "id": customer.id,
        "store_id": customer.store_id,
        "shopify_id": str(customer.shopify_id),
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "orders_count": sales.orders if sales else 0,
        "total_spent": to_wire(sales.revenue if sales else Decimal(0), currency or "USD"),
        "currency": currency,
        "first_order_at": sales.first_order_at if sales else None,
        "last_order_at": sales.last_order_at if sales else None,
        "created_at": customer.source_created_at,
        "tags": customer.tags,
    }


class CustomerTotalRead(Read):
    """What a customer ordered in one currency."""

    currency: Currency
    orders: int
    spent: Amount


class CustomerDetailRead(CustomerRead):
    """A customer whole."""

    note: str | None
    state: str | None
    addresses: list[AddressRead]
    totals: list[CustomerTotalRead]

    @classmethod
    def whole(cls, customer: Customer, sales: list[CustomerSales]) -> CustomerDetailRead:
        """The wire form of a customer; the leading figures are of the currency with most orders."""
        main = sales[0] if sales else None
        return cls(
            **_customer_fields(customer, main, main.currency if main else None),
            note=customer.note,
            state=customer.state,
            addresses=[address for stored in customer.addresses if (address := AddressRead.of(stored))],
            totals=[
                CustomerTotalRead(currency=part.currency, orders=part.orders, spent=to_wire(part.revenue, part.currency))
                for part in sales
            ],
        )


class ProductRead(Read):
    """A product in a list. `price` is its cheapest variant's; null when it has none."""

    id: UUID
    store_id: UUID
    shopify_id: str
    title: str
    vendor: str | None
    product_type: str | None
    status: str | None
    price: Amount | None
    currency: Currency
    variant_count: int
    total_inventory: int | None
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, product: Product) -> ProductRead:
        """The wire form of a product."""
        return cls(**_product_fields(product))


def _product_fields(product: Product) -> dict[str, Any]:
    return {
        "id": product.id,
        "store_id": product.store_id,
        "shopify_id": str(product.shopify_id),
        "title": product.title,
        "vendor": product.vendor,
        "product_type": product.product_type,
        "status": product.status,
        "price": None if product.price is None else to_wire(product.price, product.currency),
        "currency": product.currency,
        "variant_count": product.variant_count,
        "total_inventory": product.total_inventory,
        "created_at": product.source_created_at,
        "updated_at": product.source_updated_at,
    }


class VariantRead(Read):
    """A sellable variant."""

    id: UUID
    title: str
    sku: str | None
    price: Amount
    compare_at_price: Amount | None
    inventory_quantity: int | None

    @classmethod
    def of(cls, variant: Variant, currency: str) -> VariantRead:
        """The wire form of a variant."""
        before = variant.compare_at_price
        return cls(
            id=variant.id,
            title=variant.title,
            sku=variant.sku,
            price=to_wire(variant.price, currency),
            compare_at_price=None if before is None else to_wire(before, currency),
            inventory_quantity=variant.inventory_quantity,
        )


class ProductDetailRead(ProductRead):
    """A product whole."""

    description: str | None
    handle: str | None
    tags: list[str]
    variants: list[VariantRead]

    @classmethod
    def whole(cls, product: Product, variants: list[Variant]) -> ProductDetailRead:
        """The wire form of a product with its variants."""
        return cls(
            **_product_fields(product),
            description=product.description,
            handle=product.handle,
            tags=product.tags,
            variants=[VariantRead.of(variant, product.currency) for variant in variants],
        )
