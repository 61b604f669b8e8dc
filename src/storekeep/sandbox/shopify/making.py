"""Makes orders whose sums hold: discounts spread over lines, taxes in or on top, two currencies, shipping and tips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from storekeep.sandbox.shopify.model import (
    ZERO,
    Address,
    Allocation,
    Bag,
    Discount,
    Line,
    Order,
    ShippingLine,
    TaxLine,
    Transaction,
    add,
    less,
)
from storekeep.sandbox.shopify.totals import line_net, settle, total


@dataclass(slots=True)
class Item:
    """Something bought: `price` is a unit in minor units of the shop currency; `percent` and `off` are its own discounts."""

    title: str
    price: int
    quantity: int = 1
    sku: str | None = None
    product_id: int | None = None
    variant_id: int | None = None
    variant_title: str | None = None
    percent: int = 0
    off: int = 0  # minor units of the shop currency, off the whole line
    code: str | None = None  # the discount came from this code
    gift_card: bool = False
    tip: bool = False
    attributes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Terms:
    """How an order is charged. `rate` is presentment minor units for one minor unit of the shop currency."""

    currency: str
    presentment: str
    rate: Fraction = Fraction(1)
    tax: Fraction = Fraction(0)
    tax_title: str = "VAT"
    taxes_included: bool = False
    shipping: int = 0
    shipping_off: int = 0
    order_percent: int = 0  # a discount on the whole order
    order_off: int = 0
    order_code: str | None = None

    def bag(self, minor: int) -> Bag:
        """An amount of the shop currency, in both."""
        return minor, _nearest(Fraction(minor) * self.rate)

    def shop(self, presentment: int) -> int:
        """An amount of the presentment currency in the shop currency."""
        return _nearest(Fraction(presentment) / self.rate)


def _nearest(value: Fraction) -> int:
    return int(value + Fraction(1, 2)) if value >= 0 else -int(-value + Fraction(1, 2))


def make_order(
    ids: Callable[[], int],
    name: str,
    at: int,
    terms: Terms,
    items: list[Item],
    *,
    customer_id: int | None = None,
    email: str | None = None,
    address: Address | None = None,
    gateway: str = "shopify_payments",
    paid: bool = True,
) -> Order:
    """An order placed at `at` (epoch seconds) and, when `paid`, paid in full at once. `ids` gives ids never used before."""
    order = Order(
        id=ids(),
        name=name,
        created=at,
        processed=at,
        updated=at,
        currency=terms.currency,
        presentment=terms.presentment,
        lines=[_line(ids(), item, terms) for item in items],
        customer_id=customer_id,
        email=email,
        taxes_included=terms.taxes_included,
        shipping_address=address,
        billing_address=address,
    )
    _own_discounts(order, items, terms)
    _order_discount(order, terms)
    for line in order.lines:
        if line.taxable and terms.tax:
            line.taxes = [_tax(line_net(line), terms)]
    if terms.shipping:
        price = terms.bag(terms.shipping)
        after = less(price, terms.bag(terms.shipping_off))
        taxes = [_tax(after, terms)] if terms.tax else []
        order.shipping_lines.append(ShippingLine(ids(), "Standard", "standard", price, after, taxes))
    if paid:
        order.transactions.append(Transaction(ids(), "SALE", "SUCCESS", gateway, at, total(order)))
    settle(order)
    return order


def _line(id: int, item: Item, terms: Terms) -> Line:
    goods = not item.gift_card and not item.tip
    return Line(
        id=id,
        title=item.title,
        quantity=item.quantity,
        placed=item.quantity,
        current=item.quantity,
        unit=terms.bag(item.price),
        product_id=item.product_id,
        variant_id=item.variant_id,
        variant_title=item.variant_title,
        sku=item.sku,
        gift_card=item.gift_card,
        requires_shipping=goods,
        taxable=goods,
        attributes=item.attributes,
        tip=item.tip,
    )


def _own_discounts(order: Order, items: list[Item], terms: Terms) -> None:
    for line, item in zip(order.lines, items, strict=True):
        if not item.percent and not item.off:
            continue
        off = item.off or _nearest(Fraction(item.price * item.quantity * item.percent, 100))
        index = len(order.discounts)
        order.discounts.append(
            Discount(
                index,
                "code" if item.code else "automatic",
                item.code or "Line offer",
                allocation_method="EACH",
                target_selection="EXPLICIT",
                percentage=float(item.percent) if item.percent else None,
                amount=terms.bag(off)[1] if item.off else None,
            )
        )
        line.allocations = [Allocation(index, terms.bag(off))]


def _order_discount(order: Order, terms: Terms) -> None:
    lines = [line for line in order.lines if not line.tip and not line.gift_card]
    nets = [line_net(line) for line in lines]
    whole = add(*nets)
    if not (terms.order_percent or terms.order_off) or whole == ZERO:
        return
    off = terms.bag(terms.order_off or _nearest(Fraction(whole[0] * terms.order_percent, 100)))
    off = (min(off[0], whole[0]), min(off[1], whole[1]))
    index = len(order.discounts)
    order.discounts.append(
        Discount(
            index,
            "code" if terms.order_code else "manual",
            terms.order_code or "Goodwill",
            percentage=float(terms.order_percent) if terms.order_percent else None,
            amount=off[1] if terms.order_off else None,
        )
    )
    given = ZERO
    for place, (line, net) in enumerate(zip(lines, nets, strict=True)):
        last = place == len(lines) - 1
        part = less(off, given) if last else (off[0] * net[0] // whole[0], off[1] * net[1] // whole[1] if whole[1] else 0)
        given = add(given, part)
        line.allocations = [*line.allocations, Allocation(index, part)]


def _tax(net: Bag, terms: Terms) -> TaxLine:
    part = terms.tax / (1 + terms.tax) if terms.taxes_included else terms.tax
    return TaxLine(terms.tax_title, float(terms.tax), (_nearest(net[0] * part), _nearest(net[1] * part)))
