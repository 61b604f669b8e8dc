"""The sums of an order: as placed, as it stands after edits and refunds, and what was paid and paid back."""

from __future__ import annotations

from storekeep.sandbox.shopify.model import ZERO, Bag, Line, Order, Refund, add, less, times


def line_discount(line: Line) -> Bag:
    """All discounts that fall on a line, order-level shares included."""
    return add(*(a.amount for a in line.allocations)) if line.allocations else ZERO


def line_tax(line: Line) -> Bag:
    """All taxes of a line."""
    return add(*(t.price for t in line.taxes)) if line.taxes else ZERO


def line_net(line: Line) -> Bag:
    """Unit price × ordered quantity less discounts (tax is in it when the order's prices hold tax)."""
    return less(times(line.unit, line.quantity), line_discount(line))


def subtotal(order: Order) -> Bag:
    """Lines as placed, after discounts."""
    shop = presentment = 0  # a plain loop: this runs for every line of every order that is read
    for line in order.lines:
        if line.placed and not line.tip:
            unit, quantity = line.unit, line.quantity
            shop += unit[0] * quantity
            presentment += unit[1] * quantity
            for allocation in line.allocations:
                shop -= allocation.amount[0]
                presentment -= allocation.amount[1]
    return (shop, presentment)


def discounts(order: Order) -> Bag:
    """Discounts as placed: on lines and on shipping."""
    parts = [a.amount for line in order.lines if line.allocations and line.placed for a in line.allocations]
    parts.extend(less(s.price, s.discounted) for s in order.shipping_lines)
    return add(*parts)


def shipping(order: Order) -> Bag:
    """Shipping after its discounts, removed lines left out."""
    return add(*(s.discounted for s in order.shipping_lines if not s.removed))


def tax(order: Order) -> Bag:
    """Taxes as placed, on lines and on shipping."""
    parts = [t.price for line in order.lines if line.taxes and line.placed for t in line.taxes]
    parts.extend(t.price for s in order.shipping_lines if not s.removed for t in s.taxes)
    return add(*parts)


def tips(order: Order) -> Bag:
    """Tips received."""
    return add(*(times(line.unit, line.quantity) for line in order.lines if line.tip))


def total(order: Order) -> Bag:
    """What the order came to when it was placed."""
    parts = [subtotal(order), shipping(order), tips(order)]
    if not order.taxes_included:
        parts.append(tax(order))
    return add(*parts)


def edited(order: Order) -> tuple[Bag, Bag, Bag]:
    """What edits changed: (subtotal, discounts, tax), signed."""
    changes = [c for edit in order.edits for c in edit.changes]
    return add(*(c.subtotal for c in changes)), add(*(c.discount for c in changes)), add(*(c.tax for c in changes))


def refund_lines(refund: Refund) -> tuple[Bag, Bag]:
    """What a refund's lines say: (subtotal after discounts, tax)."""
    return add(*(x.subtotal for x in refund.lines)), add(*(x.tax for x in refund.lines))


def refund_shipping(refund: Refund) -> tuple[Bag, Bag]:
    """Shipping given back: (amount, tax)."""
    return add(*(x.subtotal for x in refund.shipping)), add(*(x.tax for x in refund.shipping))


def refund_adjusted(refund: Refund) -> Bag:
    """The refund's adjustments, tax included; negative when more was paid back than the lines say."""
    return add(*(add(x.amount, x.tax) for x in refund.adjustments))


def current_subtotal(order: Order) -> Bag:
    """Lines as they stand: after edits and refunds."""
    gone = [refund_lines(r)[0] for r in order.refunds]
    return less(add(subtotal(order), edited(order)[0]), add(*gone))


def current_tax(order: Order) -> Bag:
    """Taxes as they stand."""
    gone = [add(refund_lines(r)[1], refund_shipping(r)[1]) for r in order.refunds]
    return less(add(tax(order), edited(order)[2]), add(*gone))


def current_shipping(order: Order) -> Bag:
    """Shipping as it stands."""
    return less(shipping(order), add(*(refund_shipping(r)[0] for r in order.refunds)))


def current_discounts(order: Order) -> Bag:
    """Discounts on what is still part of the order: each line's share for the units left."""
    kept = add(*(share_of_discount(line, line.current) for line in order.lines if line.allocations))
    return add(kept, *(less(s.price, s.discounted) for s in order.shipping_lines if not s.removed))


def share_of_discount(line: Line, units: int) -> Bag:
    """The part of a line's discount that belongs to `units` of it; what `units` and the rest get adds up to the whole."""
    if not line.allocations or not line.quantity:
        return ZERO
    whole = line_discount(line)
    return (whole[0] * units // line.quantity, whole[1] * units // line.quantity)


def current_total(order: Order) -> Bag:
    """What the order comes to after edits, returns and adjustments."""
    parts = [current_subtotal(order), current_shipping(order), tips(order), *(refund_adjusted(r) for r in order.refunds)]
    if not order.taxes_included:
        parts.append(current_tax(order))
    return add(*parts)


def received(order: Order) -> Bag:
    """Money in: successful sales and captures."""
    return add(*(t.amount for t in order.transactions if t.kind in ("SALE", "CAPTURE") and t.status == "SUCCESS"))


def refunded(order: Order) -> Bag:
    """Money out: successful refund transactions only; a pending one counts for nothing yet."""
    return add(*(t.amount for r in order.refunds for t in r.transactions if t.kind == "REFUND" and t.status == "SUCCESS"))


def outstanding(order: Order) -> Bag:
    """What is still owed by the customer; negative when the shop owes."""
    if order.cancelled is not None and received(order) == ZERO:
        return ZERO
    return less(current_total(order), less(received(order), refunded(order)))


def spent(order: Order) -> int:
    """What the order adds to its customer's lifetime spending, in minor units of the shop currency."""
    if order.cancelled is not None or order.financial in ("VOIDED", "EXPIRED"):
        return 0
    return current_total(order)[0]


def settle(order: Order) -> None:
    """Sets the financial status from the order's money movements."""
    paid, back = received(order)[1], refunded(order)[1]
    due = total(order)[1]
    if any(t.kind == "VOID" and t.status == "SUCCESS" for t in order.transactions):
        order.financial = "VOIDED"
    elif back and back >= paid:
        order.financial = "REFUNDED"
    elif back:
        order.financial = "PARTIALLY_REFUNDED"
    elif paid and paid < due:
        order.financial = "PARTIALLY_PAID"
    elif paid or due == 0:
        order.financial = "PAID"
    elif any(t.kind == "AUTHORIZATION" and t.status == "SUCCESS" for t in order.transactions):
        order.financial = "AUTHORIZED"
    else:
        order.financial = "VOIDED" if order.cancelled is not None and order.financial == "VOIDED" else "PENDING"


def refundable_quantity(order: Order, line: Line) -> int:
    """Units of a line not yet refunded or edited out."""
    return line.current if order.cancelled is None or line.current else 0


def fulfillment_status(order: Order) -> str:
    """The display status of fulfilment, from the lines' fulfilled counts."""
    wanted = sum(x.quantity for x in order.lines if x.requires_shipping)
    done = sum(x.fulfilled for x in order.lines)
    if not done:
        restocked = order.cancelled is not None and any(x.restock == "CANCEL" for r in order.refunds for x in r.lines)
        return "RESTOCKED" if restocked else "UNFULFILLED"
    left = sum(max(0, min(x.quantity - x.fulfilled, x.current)) for x in order.lines if x.requires_shipping)
    return "FULFILLED" if done >= wanted or not left else "PARTIALLY_FULFILLED"
