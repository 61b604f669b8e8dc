"""What a shop holds: orders, customers, products and their parts, as plain values in minor units and epoch seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Bag = tuple[int, int]  # one amount in minor units: (shop currency, presentment currency)
ZERO: Bag = (0, 0)
T = TypeVar("T")


def add(*bags: Bag) -> Bag:
    """The sum of amounts, side by side."""
    shop = presentment = 0
    for bag in bags:
        shop += bag[0]
        presentment += bag[1]
    return (shop, presentment)


def less(a: Bag, b: Bag) -> Bag:
    """`a` minus `b`."""
    return (a[0] - b[0], a[1] - b[1])


def times(a: Bag, n: int) -> Bag:
    """`a` taken `n` times."""
    return (a[0] * n, a[1] * n)


def share(a: Bag, part: int, whole: int) -> Bag:
    """`part`/`whole` of `a`, rounded half away from zero in each currency."""
    if not whole:
        return ZERO
    return (_round(a[0] * part, whole), _round(a[1] * part, whole))


def _round(numerator: int, denominator: int) -> int:
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return sign * ((2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator)))


@dataclass(slots=True)
class Address:
    """A postal address; every part may be missing."""

    id: int
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    province_code: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    phone: str | None = None


@dataclass(slots=True)
class TaxLine:
    """One tax on a line or on shipping."""

    title: str
    rate: float
    price: Bag


@dataclass(slots=True)
class Discount:
    """A discount application of an order; `kind` is manual, code or automatic."""

    index: int
    kind: str
    title: str
    target_type: str = "LINE_ITEM"
    allocation_method: str = "ACROSS"
    target_selection: str = "ALL"
    percentage: float | None = None
    amount: int | None = None  # presentment minor units, when it is a fixed amount


@dataclass(slots=True)
class Allocation:
    """The part of discount application `index` that falls on a line."""

    index: int
    amount: Bag


@dataclass(slots=True)
class Line:
    """A line item. `placed` is the quantity at order time (0 when an edit added the line), `current` what is left of it."""

    id: int
    title: str
    quantity: int
    placed: int
    current: int
    unit: Bag
    product_id: int | None = None
    variant_id: int | None = None
    variant_title: str | None = None
    sku: str | None = None
    vendor: str | None = None
    fulfilled: int = 0
    gift_card: bool = False
    requires_shipping: bool = True
    taxable: bool = True
    # Mostly empty, and there are hundreds of thousands of lines: no list of its own for each.
    allocations: Sequence[Allocation] = ()
    taxes: Sequence[TaxLine] = ()
    attributes: Sequence[tuple[str, str]] = ()
    tip: bool = False


@dataclass(slots=True)
class ShippingLine:
    """A shipping charge: `price` before and `discounted` after its own discount."""

    id: int
    title: str
    code: str | None
    price: Bag
    discounted: Bag
    taxes: list[TaxLine] = field(default_factory=list)
    removed: bool = False


@dataclass(slots=True)
class Transaction:
    """A movement of money: AUTHORIZATION, CAPTURE, SALE, VOID, REFUND."""

    id: int
    kind: str
    status: str
    gateway: str
    processed: int
    amount: Bag
    parent_id: int | None = None
    test: bool = False
    error_code: str | None = None


@dataclass(slots=True)
class RefundLine:
    """Units of a line given back: `subtotal` is after discounts, and holds the tax when the order's prices do."""

    id: int
    line_id: int
    quantity: int
    restock: str
    subtotal: Bag
    tax: Bag


@dataclass(slots=True)
class RefundShipping:
    """Shipping given back."""

    id: int
    shipping_line_id: int
    subtotal: Bag
    tax: Bag


@dataclass(slots=True)
class Adjustment:
    """The difference between what the lines say and what was paid back. Negative when more was paid back than lines say."""

    id: int
    reason: str
    amount: Bag
    tax: Bag


@dataclass(slots=True)
class Refund:
    """A refund: lines, shipping, adjustments, and its own money movements (which may still be pending)."""

    id: int
    created: int
    processed: int
    updated: int
    note: str | None = None
    lines: list[RefundLine] = field(default_factory=list)
    shipping: list[RefundShipping] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)


@dataclass(slots=True)
class Tracking:
    """Where a parcel can be followed."""

    company: str | None
    number: str | None
    url: str | None


@dataclass(slots=True)
class Fulfillment:
    """A parcel: `lines` are (line id, quantity)."""

    id: int
    name: str
    status: str
    display_status: str
    created: int
    updated: int
    delivered: int | None = None
    tracking: list[Tracking] = field(default_factory=list)
    lines: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class EditChange:
    """What an order edit did to a line: `delta` units; `subtotal` (after discounts) and `tax` carry the sign of `delta`."""

    id: int
    line_id: int
    delta: int
    subtotal: Bag
    discount: Bag
    tax: Bag


@dataclass(slots=True)
class OrderEdit:
    """A committed order edit."""

    id: int
    at: int
    changes: list[EditChange] = field(default_factory=list)


@dataclass(slots=True)
class Order:
    """An order with everything that hangs on it. Times are epoch seconds, UTC."""

    id: int
    name: str
    created: int
    processed: int
    updated: int
    currency: str
    presentment: str
    lines: list[Line]
    financial: str = "PAID"
    customer_id: int | None = None
    email: str | None = None
    phone: str | None = None
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    cancelled: int | None = None
    cancel_reason: str | None = None
    closed: int | None = None
    test: bool = False
    source: str = "web"
    taxes_included: bool = False
    shipping_address: Address | None = None
    billing_address: Address | None = None
    shipping_lines: list[ShippingLine] = field(default_factory=list)
    discounts: list[Discount] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    fulfillments: list[Fulfillment] = field(default_factory=list)
    edits: list[OrderEdit] = field(default_factory=list)
    return_status: str = "NO_RETURN"


@dataclass(slots=True)
class Customer:
    """A customer record; how many orders and how much spent is kept by the shop, beside it."""

    id: int
    created: int
    updated: int
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    state: str = "DISABLED"
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    locale: str = "en"
    tax_exempt: bool = False
    verified_email: bool = True
    marketing: str = "NOT_SUBSCRIBED"
    addresses: list[Address] = field(default_factory=list)


@dataclass(slots=True)
class Variant:
    """A variant of a product; prices are minor units of the shop currency."""

    id: int
    title: str
    sku: str | None
    price: int
    position: int
    updated: int
    compare_at: int | None = None
    barcode: str | None = None
    taxable: bool = True
    inventory_policy: str = "DENY"
    inventory: int = 0
    tracked: bool = True
    unit_cost: int | None = None
    options: list[tuple[str, str]] = field(default_factory=lambda: [("Title", "Default Title")])


@dataclass(slots=True)
class Product:
    """A product with its variants (at least one)."""

    id: int
    title: str
    handle: str
    created: int
    updated: int
    variants: list[Variant]
    vendor: str = ""
    product_type: str = ""
    status: str = "ACTIVE"
    description: str = ""
    tags: list[str] = field(default_factory=list)
    gift_card: bool = False
    published: int | None = None
    category: str | None = None


@lru_cache(maxsize=64)
def _hints(cls: type[Any]) -> dict[str, Any]:
    return get_type_hints(cls)


def load(cls: type[T], data: Any) -> T:
    """The value of dataclass `cls` that `orjson.dumps` wrote as `data`. Raises KeyError or TypeError when it does not fit."""
    return _revive(cls, data)  # type: ignore[no-any-return]


def _revive(kind: Any, data: Any) -> Any:
    if data is None:
        return None
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        return kind(**{f.name: _revive(hints[f.name], data[f.name]) for f in fields(kind) if f.name in data})  # type: ignore[operator]
    origin, args = get_origin(kind), get_args(kind)
    if origin in (list, Sequence):
        return [_revive(args[0], item) for item in data]
    if origin is tuple:
        return tuple(_revive(part, item) for part, item in zip(args, data, strict=True))
    if origin is UnionType:
        return _revive(next(a for a in args if a is not type(None)), data)
    return data
