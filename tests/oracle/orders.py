"""What one order of a raw dump adds to which day, worked out from docs/insights.md. Standard library only.

Figures are named as the definitions name them. Everything is before tax; `discounts` and `returns` are positive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction

from tests.oracle.raw import UNIT, Record, Shop, amount
from tests.oracle.rounding import decimals, rounded


@dataclass
class Sums:
    """Figures that add up."""

    placed: int = 0
    placed_revenue: int = 0
    orders: int = 0
    fulfilled: int = 0
    pending: int = 0
    gross: int = 0
    discounts: int = 0
    returns: int = 0
    order_value: int = 0
    shipping: int = 0
    taxes: int = 0
    refunded: int = 0

    def add(self, other: Sums) -> None:
        """Add another's figures to these."""
        for name in _FIGURES:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def net(self) -> int:
        return self.gross - self.discounts - self.returns

    @property
    def total(self) -> int:
        return self.net + self.shipping + self.taxes


_FIGURES = tuple(part.name for part in fields(Sums))


def total_price(order: Record) -> int:
    """What was asked for when the order was placed: goods after discounts, tips, shipping, and tax where it is extra."""
    total = sum(amount(line["unitPrice"]) * line["placedQuantity"] - discount(line) for line in placed(order))
    total += sum(amount(line["discounted"]) for line in kept_shipping(order))
    if not order["taxesIncluded"]:
        total += sum(tax(line) for line in placed(order))
        total += sum(shipping_tax(line) for line in kept_shipping(order))
    return total


def placed(order: Record) -> list[Record]:
    """The lines the order had when it was placed."""
    return [line for line in order["lines"] if line["placedQuantity"]]


def kept_shipping(order: Record) -> list[Record]:
    """The order's shipping charges."""
    return [line for line in order["shippingLines"] if not line["removed"]]


def discount(line: Record) -> int:
    """Everything taken off a line, as charged."""
    return sum(amount(part) for part in line["discounts"])


def tax(line: Record) -> int:
    """The taxes of a line."""
    return sum(amount(part["amount"]) for part in line["taxes"])


def tax_rate(line: Record) -> Fraction:
    """The tax rates of a line together."""
    return sum((Fraction(part["rate"]) for part in line["taxes"]), Fraction(0))


def shipping_tax(line: Record) -> int:
    """The taxes of a shipping charge."""
    return sum(amount(part) for part in line["taxes"])


def is_sale(line: Record) -> bool:
    """Gift cards are a debt and tips are not the shop's."""
    return not line["giftCard"] and not line["tip"]


def net_of(order: Record, line: Record, quantity: int) -> int:
    """A line after discounts and before tax."""
    charged = amount(line["unitPrice"]) * quantity - discount(line)
    return charged - tax(line) if order["taxesIncluded"] else charged


def gross_of(order: Record, line: Record, quantity: int) -> int:
    """A line before discounts and tax: tax is stripped from the price first."""
    price = amount(line["unitPrice"]) * quantity
    charged = price - discount(line)
    if not order["taxesIncluded"] or (charged and not tax(line)):
        return price  # a line on which no tax was charged is untaxed, whatever its rate
    if not tax_rate(line):
        return price if not charged else in_currency(order, Fraction(price * net_of(order, line, quantity), charged))
    return in_currency(order, price / (1 + tax_rate(line)))


def in_currency(order: Record, value: Fraction) -> int:
    """Millionths of the order's currency, rounded to its decimals."""
    return int(rounded(value / UNIT, decimals(order["currency"])) * UNIT)


def sale(order: Record) -> Sums:
    """What was sold, on the order's day."""
    made = Sums(orders=1)
    done = order["fulfillmentStatus"] == "FULFILLED"
    made.fulfilled = int(done)
    made.pending = int(not done and order["cancelledAt"] is None)
    for line in placed(order):
        if is_sale(line):
            gross = gross_of(order, line, line["placedQuantity"])
            made.gross += gross
            made.discounts += gross - net_of(order, line, line["placedQuantity"])
            made.taxes += tax(line)
    for line in kept_shipping(order):
        charged = amount(line["discounted"])
        made.shipping += charged - shipping_tax(line) if order["taxesIncluded"] else charged
        made.taxes += shipping_tax(line)
    made.order_value = made.gross - made.discounts
    return made


def edit(order: Record, change: Record) -> Sums:
    """What one edit changed, on the edit's day: goods that came in are sales, goods that went out are returns."""
    lines = {line["id"]: line for line in order["lines"]}
    made = Sums()
    for part in change["changes"]:
        line = lines[part["lineId"]]
        if not is_sale(line):
            continue
        charged, taxed = amount(part["subtotal"]), amount(part["tax"])
        net = charged - taxed if order["taxesIncluded"] else charged
        if part["delta"] >= 0:
            gross = gross_of(order, line, line["quantity"])
            made.gross += gross
            made.discounts += gross - net
        else:
            made.returns -= net
        made.taxes += taxed
    return made


def refund(order: Record, given: Record) -> Sums:
    """What a refund took back, on its own day."""
    lines = {line["id"]: line for line in order["lines"]}
    made = Sums()
    for part in given["lines"]:
        if is_sale(lines[part["lineId"]]):
            taxed = amount(part["tax"])
            made.returns += amount(part["subtotal"]) - taxed if order["taxesIncluded"] else amount(part["subtotal"])
            made.taxes -= taxed
    for part in given["shipping"]:
        taxed = amount(part["tax"])
        made.shipping -= amount(part["subtotal"]) - taxed if order["taxesIncluded"] else amount(part["subtotal"])
        made.taxes -= taxed
    for part in given["adjustments"]:
        made.returns -= amount(part["amount"])
        made.taxes += amount(part["tax"])
    paid = [t for t in given["transactions"] if t["kind"] == "REFUND" and t["status"] == "SUCCESS"]
    made.refunded = sum(amount(t["amount"]) for t in paid)
    return made


def dated(shop: Shop, order: Record) -> Iterator[tuple[date, Sums]]:
    """Everything the order adds to any day."""
    yield shop.day(order["createdAt"]), Sums(placed=1, placed_revenue=total_price(order))
    if order["test"]:
        return
    sold = sale(order)
    yield shop.day(order["processedAt"]), sold
    left = Sums(returns=-sold.gross + sold.discounts, shipping=sold.shipping, taxes=sold.taxes)
    for change in order["edits"]:
        made = edit(order, change)
        yield shop.day(change["at"]), made
        left.add(Sums(returns=made.returns - made.gross + made.discounts, shipping=made.shipping, taxes=made.taxes))
    for given in order["refunds"]:
        made = refund(order, given)
        yield shop.day(given["processedAt"]), made
        left.add(Sums(returns=made.returns, shipping=made.shipping, taxes=made.taxes))
    if order["cancelledAt"] is not None:
        # Over time a cancelled order counts nothing: what is left of it goes on the day it was cancelled.
        yield (
            shop.day(order["cancelledAt"]),
            Sums(returns=-left.returns, shipping=-left.shipping, taxes=-left.taxes),
        )
