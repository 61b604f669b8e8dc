"""The sales ledger of an order: one agreement for the order, each edit and each refund, and in each the sales that happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from storekeep.sandbox.shopify.fields import Table, connection, const, gid, iso, money
from storekeep.sandbox.shopify.model import ZERO, Bag, Line, Order, Refund, add, less, times
from storekeep.sandbox.shopify.totals import line_discount, line_tax


@dataclass(slots=True)
class Sale:
    """One sale: `amount` is after tax and discount; `discount` is before taxes. Negative for what came back."""

    id: str
    kind: str  # PRODUCT, GIFT_CARD, SHIPPING, TIP, ADJUSTMENT
    action: str  # ORDER, UPDATE, RETURN
    quantity: int | None
    amount: Bag
    discount: Bag
    tax: Bag
    line: Line | None = None


@dataclass(slots=True)
class Agreement:
    """What was agreed at one moment."""

    id: str
    at: int
    reason: str  # ORDER, ORDER_EDIT, REFUND
    sales: list[Sale]


def _kind(line: Line) -> str:
    return "TIP" if line.tip else "GIFT_CARD" if line.gift_card else "PRODUCT"


def _minus(bag: Bag) -> Bag:
    return less(ZERO, bag)


def _placed(order: Order) -> Agreement:
    sales = []
    for line in order.lines:
        if not line.placed:
            continue
        net, tax, off = times(line.unit, line.placed), line_tax(line), line_discount(line)
        after = less(net, off) if order.taxes_included else add(less(net, off), tax)
        sales.append(Sale(f"{line.id}", _kind(line), "ORDER", line.placed, after, _before_tax(order, line, off), tax, line))
    for shipping in order.shipping_lines:
        tax = add(*(t.price for t in shipping.taxes))
        after = shipping.discounted if order.taxes_included else add(shipping.discounted, tax)
        sales.append(Sale(f"{shipping.id}", "SHIPPING", "ORDER", None, after, less(shipping.price, shipping.discounted), tax))
    return Agreement(f"{order.id}", order.processed, "ORDER", sales)


def _before_tax(order: Order, line: Line, off: Bag) -> Bag:
    if not order.taxes_included or not line.taxes:
        return off
    rate = sum(t.rate for t in line.taxes)
    return (round(off[0] / (1 + rate)), round(off[1] / (1 + rate)))


def _refunded(order: Order, refund: Refund) -> Agreement:
    lines = {line.id: line for line in order.lines}
    sales = []
    for x in refund.lines:
        line = lines[x.line_id]
        gross = times(line.unit, x.quantity)
        amount = x.subtotal if order.taxes_included else add(x.subtotal, x.tax)
        off = _before_tax(order, line, less(gross, x.subtotal))
        sales.append(Sale(f"{x.id}", _kind(line), "RETURN", -x.quantity, _minus(amount), _minus(off), _minus(x.tax), line))
    for s in refund.shipping:
        amount = s.subtotal if order.taxes_included else add(s.subtotal, s.tax)
        sales.append(Sale(f"{s.id}", "SHIPPING", "RETURN", None, _minus(amount), ZERO, _minus(s.tax)))
    for j in refund.adjustments:
        sales.append(Sale(f"{j.id}", "ADJUSTMENT", "RETURN", None, add(j.amount, j.tax), ZERO, j.tax))
    return Agreement(f"{refund.id}", refund.created, "REFUND", sales)


def agreements(order: Order) -> list[tuple[Order, Agreement]]:
    """The order's agreements in the order they happened."""
    made = [_placed(order)]
    lines = {line.id: line for line in order.lines}
    for edit in order.edits:
        sales = []
        for change in edit.changes:
            amount = change.subtotal if order.taxes_included else add(change.subtotal, change.tax)
            line = lines[change.line_id]
            sales.append(Sale(f"{change.id}", _kind(line), "UPDATE", change.delta, amount, change.discount, change.tax, line))
        made.append(Agreement(f"{edit.id}", edit.at, "ORDER_EDIT", sales))
    made.extend(_refunded(order, refund) for refund in order.refunds)
    return [(order, a) for a in sorted(made, key=lambda a: a.at)]


AGREEMENT_TYPES = {"ORDER": "OrderAgreement", "ORDER_EDIT": "OrderEditAgreement", "REFUND": "RefundAgreement"}
SALE_TYPES = {
    "PRODUCT": "ProductSale",
    "GIFT_CARD": "GiftCardSale",
    "SHIPPING": "ShippingLineSale",
    "TIP": "TipSale",
    "ADJUSTMENT": "AdjustmentSale",
}


def _sale_table() -> dict[str, Any]:
    return {
        "id": lambda c, x, a: gid("Sale", x[1].id),
        "actionType": lambda c, x, a: x[1].action,
        "lineType": lambda c, x, a: x[1].kind,
        "quantity": lambda c, x, a: x[1].quantity,
        "totalAmount": lambda c, x, a: money(x[0], x[1].amount),
        "totalDiscountAmountBeforeTaxes": lambda c, x, a: money(x[0], x[1].discount),
        "totalDiscountAmountAfterTaxes": lambda c, x, a: money(x[0], x[1].discount),
        "totalTaxAmount": lambda c, x, a: money(x[0], x[1].tax),
    }


def _line_sale() -> dict[str, Any]:
    return {**_sale_table(), "lineItem": lambda c, x, a: (x[0], x[1].line)}


LEDGER: dict[str, Table] = {
    **{
        name: {
            "id": lambda c, x, a: gid("SalesAgreement", x[1].id),
            "happenedAt": lambda c, x, a: iso(x[1].at),
            "reason": lambda c, x, a: x[1].reason,
            "user": const(None),
            "app": const(None),
            "sales": connection(lambda c, x, a: [(x[0], s) for s in x[1].sales], "sales"),
        }
        for name in AGREEMENT_TYPES.values()
    },
    "ProductSale": _line_sale(),
    "GiftCardSale": _line_sale(),
    "TipSale": _line_sale(),
    "ShippingLineSale": _sale_table(),
    "AdjustmentSale": _sale_table(),
}
