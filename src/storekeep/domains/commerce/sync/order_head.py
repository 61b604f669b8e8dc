"""The head of an order, its parcels, and the small judgements about its lines: from Shopify's records to rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from storekeep.domains.commerce.sync.order_state import OrderState
from storekeep.domains.commerce.sync.reading import (
    ZERO,
    BadRecord,
    Node,
    amount,
    currency,
    day,
    flag,
    gid_number,
    gid_number_of,
    items,
    label,
    label_or_none,
    moment,
    moment_or_none,
    shop_amount,
    storable_json,
    text_or_none,
    texts,
)
from storekeep.kit.text import email_norm


def order_row(node: Node, state: OrderState, zone: ZoneInfo) -> tuple[Any, ...]:
    """The order's own row, its version first; what its parts need to know goes into `state`."""
    total = node.get("totalPriceSet")
    if not isinstance(total, dict) or not isinstance(total.get("shopMoney"), dict):
        raise BadRecord("totalPriceSet", "is missing")
    paid = total.get("presentmentMoney")
    paid = paid if isinstance(paid, dict) else total["shopMoney"]
    state.currency = currency(total["shopMoney"].get("currencyCode") or node.get("currencyCode"), "currencyCode")
    created = moment(node.get("createdAt"), "createdAt")
    processed = moment_or_none(node.get("processedAt"), "processedAt") or created
    state.cancelled_at = moment_or_none(node.get("cancelledAt"), "cancelledAt")
    state.taxes_included = flag(node.get("taxesIncluded"))
    state.tip = shop_amount(node, "totalTipReceivedSet")
    state.total_tax = shop_amount(node, "totalTaxSet")
    state.duties = shop_amount(node, "originalTotalDutiesSet")
    state.fees = shop_amount(node, "originalTotalAdditionalFeesSet")
    state.wants_refunds = bool(items(node.get("refunds"), "refunds"))
    state.wants_ledger = edited = flag(node.get("edited"))
    shipping_address, billing_address = node.get("shippingAddress"), node.get("billingAddress")
    email = label_or_none(node.get("email"), "email")
    return (
        moment(node.get("updatedAt"), "updatedAt"),
        label(node.get("name"), "name"),
        gid_number_of(node.get("customer"), "customer"),
        _person(shipping_address) or _person(billing_address),
        email,
        indexed_email(email),
        label_or_none(node.get("phone"), "phone"),
        created,
        processed,
        state.cancelled_at,
        moment_or_none(node.get("closedAt"), "closedAt"),
        label_or_none(node.get("cancelReason"), "cancelReason"),
        day(created, zone, "createdAt"),
        day(processed, zone, "processedAt"),
        flag(node.get("test")),
        edited,
        label_or_none(node.get("displayFinancialStatus"), "displayFinancialStatus"),
        label_or_none(node.get("displayFulfillmentStatus"), "displayFulfillmentStatus"),
        label_or_none(node.get("sourceName"), "sourceName"),
        text_or_none(node.get("note"), "note"),
        texts(node.get("tags"), "tags"),
        texts(node.get("discountCodes"), "discountCodes"),
        state.currency,
        currency(paid.get("currencyCode") or state.currency, "presentmentCurrencyCode"),
        state.taxes_included,
        str(amount(total["shopMoney"].get("amount"), "totalPriceSet")),
        str(shop_amount(node, "subtotalPriceSet")),
        str(shop_amount(node, "totalDiscountsSet")),
        str(shop_amount(node, "totalShippingPriceSet")),
        str(state.total_tax),
        str(state.tip),
        str(shop_amount(node, "totalRefundedSet")),
        str(shop_amount(node, "currentTotalPriceSet")),
        str(amount(paid.get("amount"), "totalPriceSet")),
        address_json(shipping_address),
        address_json(billing_address),
    )


def parcel_row(node: Node) -> tuple[Any, ...]:
    """A fulfilment's row."""
    tracking = items(node.get("trackingInfo"), "trackingInfo")
    return (
        gid_number(node.get("id"), "fulfillments"),
        label_or_none(node.get("name"), "fulfillments.name"),
        label_or_none(node.get("status"), "fulfillments.status"),
        label_or_none(node.get("displayStatus"), "fulfillments.displayStatus"),
        moment(node.get("createdAt"), "fulfillments.createdAt"),
        moment_or_none(node.get("updatedAt"), "fulfillments.updatedAt"),
        moment_or_none(node.get("deliveredAt"), "fulfillments.deliveredAt"),
        next(iter(texts([x.get("company") for x in tracking], "trackingInfo.company")), None),
        texts([x.get("number") for x in tracking], "trackingInfo.number"),
        texts([x.get("url") for x in tracking], "trackingInfo.url"),
    )


def indexed_email(email: str | None) -> str | None:
    """The form in which an address is compared, short enough for an index: composing characters may lengthen a text."""
    norm = email_norm(email)
    return norm[:500] if norm else None


def is_tip(product: int | None, title: str, original: Decimal, tip: Decimal) -> bool:
    """Whether a line is the order's tip: a line without a product and without a mark of its own, of an order with `tip` > 0."""
    return bool(tip) and product is None and (original == tip or title.casefold() == "tip")


def rate_of(value: object) -> Decimal:
    """A tax rate as a part of the price (0.2 is 20 %); 0 for none and for nonsense."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 100:
        return Decimal(repr(value))
    return ZERO


def address_json(value: object) -> str | None:
    """A postal address as JSON text, or None."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadRecord("address", "is not an object")
    return orjson.dumps(storable_json(value)).decode()


def _person(address: object) -> str | None:
    if not isinstance(address, dict):
        return None
    parts = (label(address.get("firstName"), "address"), label(address.get("lastName"), "address"))
    return " ".join(part for part in parts if part)[:500] or None
