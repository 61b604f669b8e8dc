"""What can happen to an order after it was placed: refunds, cancellation, edits, parcels, payments. Sums follow by themselves.

Every function changes the order it is given; callers work on a copy and commit it to the shop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

from storekeep.sandbox.shopify.model import (
    ZERO,
    Adjustment,
    Bag,
    EditChange,
    Fulfillment,
    Line,
    Order,
    OrderEdit,
    Refund,
    RefundLine,
    RefundShipping,
    Tracking,
    Transaction,
    add,
    less,
    load,
)
from storekeep.sandbox.shopify.totals import (
    current_total,
    line_discount,
    line_net,
    line_tax,
    received,
    refund_lines,
    refund_shipping,
    refunded,
    settle,
)

Ids = Callable[[], int]


def copy_of(order: Order) -> Order:
    """A copy that shares nothing with the order."""
    return load(Order, orjson.loads(orjson.dumps(order)))


def touch(order: Order, now: int) -> None:
    """Notes that the order changed at `now` (epoch seconds); time never runs backwards for it."""
    order.updated = max(now, order.updated)


def _cut(whole: Bag, taken: int, units: int, quantity: int) -> Bag:
    """The part of `whole` that belongs to `units` after `taken` of `quantity`; all parts together make the whole."""
    if not quantity:
        return ZERO

    def upto(amount: int, n: int) -> int:
        return amount * n // quantity

    return (
        upto(whole[0], taken + units) - upto(whole[0], taken),
        upto(whole[1], taken + units) - upto(whole[1], taken),
    )


def line_share(line: Line, units: int) -> tuple[Bag, Bag]:
    """(net of discounts, tax) of the next `units` of a line to leave the order."""
    taken = line.quantity - line.current
    return _cut(line_net(line), taken, units, line.quantity), _cut(line_tax(line), taken, units, line.quantity)


@dataclass(slots=True)
class Wish:
    """A refund to be made. `lines` are (line id, units, restock type); `paid` is what is paid back, in presentment minor units.

    `paid` None pays back exactly what the lines and the shipping say; 0 pays nothing.
    """

    lines: list[tuple[int, int, str]] = field(default_factory=list)
    shipping: int = 0  # presentment minor units, without tax
    paid: int | None = None
    gateway: str | None = None
    parent_id: int | None = None
    note: str | None = None
    reason: str = "REFUND_DISCREPANCY"
    status: str = "SUCCESS"


def to_shop(order: Order, presentment: int) -> int:
    """An amount of the order's presentment currency in its shop currency, at the order's own rate."""
    if order.currency == order.presentment:
        return presentment
    for line in order.lines:
        if line.unit[1]:
            return round(presentment * line.unit[0] / line.unit[1])
    return presentment


def refundable(order: Order) -> int:
    """What can still be paid back, in presentment minor units; refunds under way count as paid back."""
    waiting = sum(t.amount[1] for r in order.refunds for t in r.transactions if t.kind == "REFUND" and t.status == "PENDING")
    return received(order)[1] - refunded(order)[1] - waiting


def refund(order: Order, wish: Wish, ids: Ids, now: int) -> Refund:
    """Makes a refund: lines leave the order, money goes back, the difference between the two is an adjustment."""
    lines = {line.id: line for line in order.lines}
    made = Refund(ids(), now, now, now, wish.note)
    for line_id, units, restock in wish.lines:
        subtotal, tax = line_share(lines[line_id], units)
        lines[line_id].current -= units
        made.lines.append(RefundLine(ids(), line_id, units, restock, subtotal, tax))
    if wish.shipping and order.shipping_lines:
        bag = (to_shop(order, wish.shipping), wish.shipping)
        shipping = order.shipping_lines[0]
        taxed = add(*(t.price for t in shipping.taxes))
        tax = _cut(taxed, 0, wish.shipping, shipping.discounted[1]) if shipping.discounted[1] else ZERO
        made.shipping.append(RefundShipping(ids(), shipping.id, bag, tax))
    owed = _owed(order, made)
    back = owed if wish.paid is None else (to_shop(order, wish.paid), wish.paid)
    if back[1] and back[1] == owed[1]:
        back = owed  # no rounding difference between two ways to the same amount
    if back != owed and wish.paid != 0:
        made.adjustments.append(Adjustment(ids(), wish.reason, less(owed, back), ZERO))
    if back[1]:
        parent = wish.parent_id or next((t.id for t in order.transactions if t.kind in ("SALE", "CAPTURE")), None)
        gateway = wish.gateway or next((t.gateway for t in order.transactions), "manual")
        made.transactions.append(Transaction(ids(), "REFUND", wish.status, gateway, now, back, parent, order.test))
    order.refunds.append(made)
    settle(order)
    touch(order, now)
    return made


def _owed(order: Order, made: Refund) -> Bag:
    subtotal, tax = refund_lines(made)
    shipping, shipping_tax = refund_shipping(made)
    parts = [subtotal, shipping]
    if not order.taxes_included:
        parts.extend((tax, shipping_tax))
    return add(*parts)


def cancel(order: Order, reason: str, restock: bool, pay_back: bool, ids: Ids, now: int) -> None:
    """Cancels an order: what is left of it leaves, and the money goes back if it is to."""
    order.cancelled = order.closed = now
    order.cancel_reason = reason
    how = "CANCEL" if restock else "NO_RESTOCK"
    left = [(line.id, line.current, how) for line in order.lines if line.current and not line.tip]
    if received(order)[1] > 0:
        rest = sum(s.discounted[1] for s in order.shipping_lines if not s.removed)
        rest -= sum(x.subtotal[1] for r in order.refunds for x in r.shipping)
        paid = max(0, refundable(order)) if pay_back else 0
        refund(order, Wish(left, max(0, rest), paid=paid, note="Order cancelled"), ids, now)
    else:
        order.transactions.append(Transaction(ids(), "VOID", "SUCCESS", "manual", now, ZERO))
        for line in order.lines:
            line.current = 0
        settle(order)
    touch(order, now)


def edit(order: Order, removals: list[tuple[int, int]], additions: list[Line], ids: Ids, now: int) -> OrderEdit:
    """Commits an order edit: `removals` are (line id, units); `additions` are new lines, their `placed` 0."""
    lines = {line.id: line for line in order.lines}
    made = OrderEdit(ids(), now)
    for line_id, units in removals:
        line = lines[line_id]
        net, tax = line_share(line, units)
        off = _cut(line_discount(line), line.quantity - line.current, units, line.quantity)
        line.current -= units
        made.changes.append(EditChange(ids(), line_id, -units, less(ZERO, net), less(ZERO, off), less(ZERO, tax)))
    for line in additions:
        line.placed = 0
        order.lines.append(line)
        made.changes.append(EditChange(ids(), line.id, line.quantity, line_net(line), line_discount(line), line_tax(line)))
    order.edits.append(made)
    touch(order, now)
    return made


def fulfil(order: Order, wanted: list[tuple[int, int]], tracking: Tracking | None, ids: Ids, now: int) -> Fulfillment:
    """Sends a parcel with `wanted` (line id, units)."""
    lines = {line.id: line for line in order.lines}
    for line_id, units in wanted:
        lines[line_id].fulfilled += units
    made = Fulfillment(
        id=ids(),
        name=f"{order.name}.{len(order.fulfillments) + 1}",
        status="SUCCESS",
        display_status="IN_TRANSIT" if tracking else "FULFILLED",
        created=now,
        updated=now,
        tracking=[tracking] if tracking else [],
        lines=list(wanted),
    )
    order.fulfillments.append(made)
    touch(order, now)
    return made


def pay(order: Order, ids: Ids, now: int, gateway: str = "manual") -> None:
    """Pays what is owed."""
    due = less(current_total(order), less(received(order), refunded(order)))
    if due[1] > 0:
        order.transactions = [t for t in order.transactions if t.status != "PENDING"]
        order.transactions.append(Transaction(ids(), "SALE", "SUCCESS", gateway, now, due))
    settle(order)
    touch(order, now)


def settle_refunds(order: Order, succeeded: bool, now: int) -> bool:
    """Ends the refunds that are under way; tells whether there were any."""
    waiting = [t for r in order.refunds for t in r.transactions if t.status == "PENDING"]
    for transaction in waiting:
        transaction.status = "SUCCESS" if succeeded else "FAILURE"
        transaction.processed = now
    if waiting:
        settle(order)
        touch(order, now)
    return bool(waiting)
