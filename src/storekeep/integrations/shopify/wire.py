"""The shapes Shopify sends, as far as we read them, and the few readers that turn them into values.

Typed dictionaries, not models: an import reads millions of lines, and checking each twice would cost more than parsing it.
Bulk lines and paged nodes have the same fields; a bulk line lacks the connections, whose nodes are lines of their own that name
their parent in `__parentId`, anywhere later in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from storekeep.kit.money import parse_amount


class MoneyWire(TypedDict):
    """An amount as a decimal string; line-level amounts leave the currency out, it is the order's."""

    amount: str
    currencyCode: NotRequired[str]


class BagWire(TypedDict):
    """An amount in the shop's currency, and where we ask for it in the one the customer paid in."""

    shopMoney: MoneyWire
    presentmentMoney: NotRequired[MoneyWire]


class RefWire(TypedDict):
    """A reference to another object by global id."""

    id: str


class PageInfoWire(TypedDict):
    """Whether a list goes on, and the cursor to go on with."""

    hasNextPage: bool
    endCursor: str | None


class AddressWire(TypedDict):
    """A postal address; every part may be missing."""

    firstName: str | None
    lastName: str | None
    company: str | None
    address1: str | None
    address2: str | None
    city: str | None
    province: str | None
    provinceCode: str | None
    zip: str | None
    country: str | None
    countryCodeV2: str | None
    phone: str | None


class CustomerAddressWire(AddressWire):
    """One of a customer's addresses; `__typename` is MailingAddress. Its global id carries a query string."""

    id: str
    __parentId: NotRequired[str]


class TaxLineWire(TypedDict):
    """A tax; `rate` is a JSON number, 0.2 for 20 %."""

    title: str
    rate: float | None
    priceSet: BagWire


class DiscountAllocationWire(TypedDict):
    """The share of a discount that falls on a line, order-level discounts included."""

    allocatedAmountSet: BagWire


class LineItemWire(TypedDict):
    """An order line. `quantity` as ordered, `currentQuantity` after edits and returns; no product when deleted or custom."""

    id: str
    title: str
    variantTitle: str | None
    sku: str | None
    vendor: str | None
    quantity: int
    currentQuantity: int
    isGiftCard: bool
    requiresShipping: bool
    product: RefWire | None
    variant: RefWire | None
    originalUnitPriceSet: BagWire
    originalTotalSet: BagWire
    discountAllocations: list[DiscountAllocationWire]
    taxLines: list[TaxLineWire]


class ShippingLineWire(TypedDict):
    """A shipping charge before and after its discounts; with tax where the order's `taxesIncluded` says so."""

    id: str | None
    title: str
    originalPriceSet: BagWire
    discountedPriceSet: BagWire


class TrackingWire(TypedDict):
    """A parcel's tracking."""

    company: str | None
    number: str | None
    url: str | None


class FulfillmentWire(TypedDict):
    """A shipment."""

    id: str
    name: str
    status: str
    displayStatus: str | None
    createdAt: str
    updatedAt: str
    deliveredAt: str | None
    trackingInfo: list[TrackingWire]


class TransactionWire(TypedDict):
    """A movement of money; `status` PENDING means that it has not happened yet."""

    id: str
    kind: str
    status: str
    gateway: str | None
    processedAt: str | None
    amountSet: BagWire


class RefundLineWire(TypedDict):
    """Returned goods of one order line; `subtotalSet` after discounts, before tax unless taxes are included."""

    id: str | None
    quantity: int
    restockType: str
    lineItem: dict[str, str]
    subtotalSet: BagWire
    totalTaxSet: BagWire


class RefundShippingWire(TypedDict):
    """Shipping given back."""

    id: str
    subtotalAmountSet: BagWire
    taxAmountSet: BagWire


class AdjustmentWire(TypedDict):
    """An amount refunded beyond goods and shipping, or withheld."""

    id: str
    reason: str | None
    amountSet: BagWire
    taxAmountSet: BagWire


class NodesWire(TypedDict):
    """A connection as `nodes` and `pageInfo`."""

    nodes: list[Any]
    pageInfo: NotRequired[PageInfoWire]


class RefundWire(TypedDict):
    """A refund. Its lists come with order_detail and order_refunds only, and may be cut: see `paging.complete`."""

    id: str
    createdAt: str | None
    processedAt: str
    updatedAt: str
    note: str | None
    totalRefundedSet: BagWire
    duties: NotRequired[list[dict[str, BagWire]] | None]
    refundLineItems: NotRequired[NodesWire]
    refundShippingLines: NotRequired[NodesWire]
    orderAdjustments: NotRequired[NodesWire]
    transactions: NotRequired[NodesWire]


class OrderWire(TypedDict):
    """An order. In a bulk file `lineItems` and `shippingLines` are lines of their own."""

    id: str
    name: str
    createdAt: str
    processedAt: str
    updatedAt: str
    cancelledAt: str | None
    cancelReason: str | None
    closedAt: str | None
    test: bool
    edited: bool
    sourceName: str | None
    currencyCode: str
    presentmentCurrencyCode: str
    taxesIncluded: bool
    displayFinancialStatus: str | None
    displayFulfillmentStatus: str
    returnStatus: str
    email: str | None
    phone: str | None
    note: str | None
    tags: list[str]
    discountCodes: list[str]
    customer: RefWire | None
    shippingAddress: AddressWire | None
    billingAddress: AddressWire | None
    totalPriceSet: BagWire
    currentTotalPriceSet: BagWire
    subtotalPriceSet: BagWire | None
    totalDiscountsSet: BagWire | None
    totalTaxSet: BagWire | None
    totalShippingPriceSet: BagWire
    totalRefundedSet: BagWire
    totalTipReceivedSet: BagWire
    originalTotalDutiesSet: BagWire | None
    originalTotalAdditionalFeesSet: BagWire | None
    fulfillments: list[FulfillmentWire]
    refunds: list[RefundWire]
    lineItems: NotRequired[NodesWire]
    shippingLines: NotRequired[NodesWire]


class CustomerWire(TypedDict):
    """A customer. Without approval for protected data, name and contact are null. `numberOfOrders` is a string."""

    id: str
    firstName: str | None
    lastName: str | None
    displayName: str
    createdAt: str
    updatedAt: str
    state: str
    note: str | None
    tags: list[str]
    locale: str
    taxExempt: bool
    verifiedEmail: bool
    numberOfOrders: str
    amountSpent: MoneyWire
    defaultEmailAddress: dict[str, str] | None
    defaultPhoneNumber: dict[str, str] | None
    defaultAddress: RefWire | None
    addressesV2: NotRequired[NodesWire]


class ProductWire(TypedDict):
    """A product; variants are lines of their own in a bulk file."""

    id: str
    title: str
    handle: str
    vendor: str
    productType: str
    status: str
    tags: list[str]
    isGiftCard: bool
    description: str
    createdAt: str
    updatedAt: str
    publishedAt: str | None
    totalInventory: int
    variants: NotRequired[NodesWire]


class VariantWire(TypedDict):
    """A product variant; prices are decimal strings in the shop's currency."""

    id: str
    title: str
    sku: str | None
    barcode: str | None
    price: str
    compareAtPrice: str | None
    position: int
    inventoryQuantity: int | None
    createdAt: str
    updatedAt: str


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What a shop says of itself. `currency` and `time_zone` are those of its reports.

    `told_at` is Shopify's clock as it said so, to the second; None where it did not tell.
    """

    id: int
    domain: str
    name: str
    email: str | None
    primary_host: str
    currency: str
    time_zone: str
    taxes_included: bool
    created_at: datetime | None
    plan: str | None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many objects Shopify says there are; not `exact`: at least so many."""

    count: int
    exact: bool


def gid_number(gid: str) -> int:
    """The number in a global id (`gid://shopify/Order/123`, also with a query string). Raises ValueError for anything else."""
    # The common form first: this runs several times a line.
    tail = gid[gid.rfind("/") + 1 :]
    if tail.isdigit() and tail.isascii():
        return int(tail)
    path = gid.partition("?")[0]
    number = path.rpartition("/")[2]
    if not path.startswith("gid://") or not number.isdigit() or not number.isascii():
        raise ValueError("not a numbered global id")
    return int(number)


def ref_number(ref: Mapping[str, Any] | None) -> int | None:
    """The number of a referenced object, None when there is none."""
    return None if ref is None else gid_number(ref["id"])


def instant(text: str | None) -> datetime | None:
    """An aware moment from Shopify's ISO form (GraphQL: UTC, `Z`; webhooks: with an offset)."""
    return None if text is None else datetime.fromisoformat(text)


def shop_amount(bag: BagWire | None) -> Decimal:
    """The amount in the shop's currency; 0 for a bag that is not there. Raises ValueError for what is no decimal."""
    return Decimal(0) if bag is None else parse_amount(bag["shopMoney"]["amount"])


def shop_facts(data: Mapping[str, Any], told_at: datetime | None = None) -> ShopFacts:
    """Of the answer to SHOP_INFO; `told_at` is Shopify's clock as it gave it."""
    shop = data["shop"]
    return ShopFacts(
        id=gid_number(shop["id"]),
        domain=shop["myshopifyDomain"].lower(),
        name=shop["name"],
        email=shop.get("email") or None,
        primary_host=(shop.get("primaryDomain") or {}).get("host") or shop["myshopifyDomain"],
        currency=shop["currencyCode"],
        time_zone=shop["ianaTimezone"],
        taxes_included=bool(shop["taxesIncluded"]),
        created_at=instant(shop.get("createdAt")),
        plan=(shop.get("plan") or {}).get("publicDisplayName"),
        told_at=told_at,
    )


def granted_scopes(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Of the answer to ACCESS_SCOPES: the scopes really granted, sorted."""
    return tuple(sorted(scope["handle"] for scope in data["currentAppInstallation"]["accessScopes"]))


def source_count(data: Mapping[str, Any], field: str) -> SourceCount:
    """Of the answer to a count document, e.g. `ordersCount`."""
    found = data[field]
    return SourceCount(int(found["count"]), found["precision"] == "EXACT")
