"""What lists and details of orders look like over the wire. Shopify's ids are strings: they pass 2^53."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from storekeep.domains.commerce.browse.orders import OrderRow, WholeOrder
from storekeep.domains.commerce.browse.timeline import TimelineEntry
from storekeep.domains.commerce.models import Fulfillment, Order, OrderLine, Refund, RefundLine
from storekeep.kit.money import to_wire
from storekeep.runtime.web.schemas import Amount, Currency, Moment, Read


class OrderCustomerRead(Read):
    """The customer of an order in a list."""

    id: UUID
    name: str | None
    email: str | None


class OrderRead(Read):
    """An order in a list. Amounts are in the shop's `currency`."""

    id: UUID
    store_id: UUID
    shopify_id: str
    name: str
    created_at: Moment
    customer: OrderCustomerRead | None = Field(description="Null for guests.")
    total_price: Amount
    currency: Currency
    financial_status: str | None
    fulfillment_status: str | None
    cancelled_at: Moment | None
    test: bool
    item_count: int
    tags: list[str]

    @classmethod
    def of(cls, row: OrderRow) -> OrderRead:
        """The wire form of a row."""
        return cls(**_order_fields(row))


def _order_fields(row: OrderRow) -> dict[str, Any]:
    order = row.order
    customer = None
    if order.customer_id is not None:
        customer = OrderCustomerRead(id=order.customer_id, name=row.customer_name, email=row.customer_email)
    return {
        "id": order.id,
        "store_id": order.store_id,
        "shopify_id": str(order.shopify_id),
        "name": order.name,
        "created_at": order.source_created_at,
        "customer": customer,
        "total_price": to_wire(order.total_price, order.currency),
        "currency": order.currency,
        "financial_status": order.financial_status,
        "fulfillment_status": order.fulfillment_status,
        "cancelled_at": order.cancelled_at,
        "test": order.test,
        "item_count": order.item_count,
        "tags": order.tags,
    }


class PresentmentRead(Read):
    """The order's total in the currency the customer saw."""

    currency: Currency
    total_price: Amount


class AddressRead(Read):
    """A postal address; any part may be missing."""

    name: str | None
    company: str | None
    address1: str | None
    address2: str | None
    city: str | None
    province: str | None
    province_code: str | None
    country: str | None
    country_code: str | None
    zip: str | None
    phone: str | None

    @classmethod
    def of(cls, stored: dict[str, Any] | None) -> AddressRead | None:
        """The wire form of a stored address, whose keys are Shopify's; None stays None."""
        if not stored:
            return None
        full_name = stored.get("name") or " ".join(filter(None, (stored.get("firstName"), stored.get("lastName")))) or None
        return cls(
            name=full_name,
            company=stored.get("company"),
            address1=stored.get("address1"),
            address2=stored.get("address2"),
            city=stored.get("city"),
            province=stored.get("province"),
            province_code=stored.get("provinceCode"),
            country=stored.get("country"),
            country_code=stored.get("countryCode") or stored.get("countryCodeV2"),
            zip=stored.get("zip"),
            phone=stored.get("phone"),
        )


class LineRead(Read):
    """A line as ordered; `currentQuantity` is what is left after edits and returns. `total` is after the line's discounts."""

    id: UUID
    title: str
    variant_title: str | None
    sku: str | None
    quantity: int
    current_quantity: int
    unit_price: Amount
    total_discount: Amount
    total: Amount
    product_id: UUID | None = Field(description="Null for custom lines and for products no longer stored.")
    custom_line: bool
    gift_card: bool

    @classmethod
    def of(cls, line: OrderLine, currency: str, products: dict[int, UUID]) -> LineRead:
        """The wire form of a line."""
        product = products.get(line.product_shopify_id) if line.product_shopify_id is not None else None
        return cls(
            id=line.id,
            title=line.title,
            variant_title=line.variant_title,
            sku=line.sku,
            quantity=line.quantity,
            current_quantity=line.current_quantity,
            unit_price=to_wire(line.unit_price, currency),
            total_discount=to_wire(line.total_discount, currency),
            total=to_wire(line.original_total - line.total_discount, currency),
            product_id=product,
            custom_line=line.product_shopify_id is None,
            gift_card=line.gift_card,
        )


class RefundLineRead(Read):
    """A line's part in a refund, before tax."""

    line_id: UUID | None
    title: str
    quantity: int
    restock_type: str | None
    subtotal: Amount
    tax: Amount

    @classmethod
    def of(cls, part: RefundLine, currency: str, titles: dict[UUID, str]) -> RefundLineRead:
        """The wire form of a refund's line; `titles` maps line ids to titles."""
        return cls(
            line_id=part.line_id,
            title=titles.get(part.line_id, "") if part.line_id else "",
            quantity=part.quantity,
            restock_type=part.restock_type,
            subtotal=to_wire(part.subtotal, currency),
            tax=to_wire(part.tax, currency),
        )


class RefundRead(Read):
    """A refund. `total` is what was paid back, `pending` what has not settled yet."""

    id: UUID
    created_at: Moment
    processed_at: Moment
    note: str | None
    total: Amount
    pending: Amount
    lines: list[RefundLineRead]

    @classmethod
    def of(cls, refund: Refund, parts: list[RefundLine], currency: str, titles: dict[UUID, str]) -> RefundRead:
        """The wire form of a refund."""
        return cls(
            id=refund.id,
            created_at=refund.source_created_at,
            processed_at=refund.processed_at,
            note=refund.note,
            total=to_wire(refund.total, currency),
            pending=to_wire(refund.pending, currency),
            lines=[RefundLineRead.of(part, currency, titles) for part in parts],
        )


class FulfillmentRead(Read):
    """A parcel with its tracking."""

    id: UUID
    name: str | None
    status: str | None
    shipment_status: str | None
    created_at: Moment
    tracking_company: str | None
    tracking_numbers: list[str]
    tracking_urls: list[str]

    @classmethod
    def of(cls, parcel: Fulfillment) -> FulfillmentRead:
        """The wire form of a parcel. Only web addresses are passed on: a link is clicked."""
        return cls(
            id=parcel.id,
            name=parcel.name,
            status=parcel.status,
            shipment_status=parcel.shipment_status,
            created_at=parcel.source_created_at,
            tracking_company=parcel.tracking_company,
            tracking_numbers=parcel.tracking_numbers,
            tracking_urls=[url for url in parcel.tracking_urls if url.lower().startswith(("https://", "http://"))],
        )


class OrderDetailRead(OrderRead):
    """An order whole. `totalPrice` is as placed, `currentTotalPrice` after edits and refunds.

    `subtotalPrice`, shipping, duties, additional fees, tip and, unless the prices hold it already, tax come to `totalPrice`.
    """

    email: str | None
    phone: str | None
    note: str | None
    processed_at: Moment
    updated_at: Moment
    closed_at: Moment | None
    cancel_reason: str | None
    source_name: str | None
    discount_codes: list[str]
    subtotal_price: Amount
    total_discounts: Amount
    total_shipping: Amount
    taxes_included: bool = Field(description="The prices hold the tax already; if not, it comes on top of them.")
    total_tax: Amount
    total_duties: Amount
    total_additional_fees: Amount
    total_tip: Amount
    total_refunded: Amount
    current_total_price: Amount
    presentment: PresentmentRead
    shipping_address: AddressRead | None
    billing_address: AddressRead | None
    lines: list[LineRead]
    refunds: list[RefundRead]
    fulfillments: list[FulfillmentRead]

    @classmethod
    def whole(cls, found: WholeOrder) -> OrderDetailRead:
        """The wire form of an order with everything that hangs on it."""
        order = found.row.order
        titles = {line.id: line.title for line in found.lines}
        return cls(
            **_order_fields(found.row),
            **_order_amounts(order),
            email=order.email,
            phone=order.phone,
            note=order.note,
            processed_at=order.processed_at,
            updated_at=order.source_updated_at,
            closed_at=order.closed_at,
            cancel_reason=order.cancel_reason,
            source_name=order.source_name,
            discount_codes=order.discount_codes,
            taxes_included=order.taxes_included,
            shipping_address=AddressRead.of(order.shipping_address),
            billing_address=AddressRead.of(order.billing_address),
            lines=[LineRead.of(line, order.currency, found.products) for line in found.lines],
            refunds=[RefundRead.of(refund, parts, order.currency, titles) for refund, parts in found.refunds],
            fulfillments=[FulfillmentRead.of(parcel) for parcel in found.fulfillments],
        )


def _order_amounts(order: Order) -> dict[str, Any]:
    charged = ("subtotal_price", "total_shipping", "total_tax", "total_duties", "total_additional_fees", "total_tip")
    names = (*charged, "total_discounts", "total_refunded", "current_total_price")
    seen = to_wire(order.presentment_total_price, order.presentment_currency)
    return {
        **{name: to_wire(getattr(order, name), order.currency) for name in names},
        "presentment": PresentmentRead(currency=order.presentment_currency, total_price=seen),
    }


class TimelineActorRead(Read):
    """Who did it."""

    kind: str = Field(description="member, system or shopify.", examples=["shopify"])
    name: str


class TimelineEntryRead(Read):
    """One thing that happened to an order."""

    id: UUID
    at: Moment
    actor: TimelineActorRead
    action: str = Field(examples=["order.refunded"])
    summary: str = Field(description="What happened, in words. Never empty.", examples=["Refunded £12.00"])
    amount: Amount | None = Field(
        description="What `summary` says was placed or paid back, for who writes amounts as their reader does; null of the rest."
    )
    currency: Currency | None = Field(description="Of `amount`.")
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @classmethod
    def of(cls, entry: TimelineEntry) -> TimelineEntryRead:
        """The wire form of an entry."""
        return cls(
            id=entry.id,
            at=entry.at,
            actor=TimelineActorRead(kind=entry.actor_kind, name=entry.actor_name),
            action=entry.action,
            summary=entry.summary,
            amount=entry.money.wire() if entry.money else None,
            currency=entry.money.currency if entry.money else None,
            before=None if entry.before is None else dict(entry.before),
            after=None if entry.after is None else dict(entry.after),
        )
