"""What an order adds to and takes from the figures of its days, before tax; pure arithmetic on amounts in the shop's currency.

The definitions are Shopify's own reports' (docs/flows/store-sync.md, "Day figures"):
- Where prices include tax, tax is stripped first and the discount applied to what is left: 100.00 with 10 % tax in it, 25 % off,
  is gross 90.91, discount 22.73, net 68.18, tax 6.82.
- Gift cards are a liability and tips are not the shop's: neither is a sale.
- A refund is dated its own day and takes back goods (net of their discounts), shipping and tax; what it gives without goods is
  an adjustment.
- An edit is dated its own day. A cancelled order was a sale on its day; whatever no refund or edit took back of it is taken back
  on the day of the cancellation, so that over time it counts zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from storekeep.kit.money import quantize

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(slots=True)
class Sale:
    """What an order adds to its sales day, as placed. Amounts before tax; `gross` - `discounts` is its net."""

    units: int = 0
    gross: Decimal = ZERO
    discounts: Decimal = ZERO
    shipping: Decimal = ZERO
    taxes: Decimal = ZERO
    duties: Decimal = ZERO
    fees: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """Gross less discounts."""
        return self.gross - self.discounts


@dataclass(frozen=True, slots=True)
class Back:
    """What a refund takes from its day, positive. `adjustment` is money without goods; negative: kept back."""

    units: int = 0
    net: Decimal = ZERO
    tax: Decimal = ZERO
    shipping: Decimal = ZERO
    shipping_tax: Decimal = ZERO
    adjustment: Decimal = ZERO
    adjustment_tax: Decimal = ZERO


@dataclass(slots=True)
class Correction:
    """What an edit or a cancellation adds to its day. `returns` is positive for goods taken out; the others carry their sign."""

    gross: Decimal = ZERO
    discounts: Decimal = ZERO
    returns: Decimal = ZERO
    shipping: Decimal = ZERO
    taxes: Decimal = ZERO
    duties: Decimal = ZERO
    fees: Decimal = ZERO

    def __bool__(self) -> bool:
        return any((self.gross, self.discounts, self.returns, self.shipping, self.taxes, self.duties, self.fees))


@dataclass(frozen=True, slots=True)
class LedgerSale:
    """One entry of Shopify's own ledger of an order.

    `line_type` is PRODUCT, GIFT_CARD, SHIPPING, TIP, DUTY, FEE, ADDITIONAL_FEE or ADJUSTMENT; `amount` is after tax and discount,
    `discount` before tax; what came out of the order is negative. `line` is the order line's number, for goods.
    """

    line_type: str
    quantity: int
    amount: Decimal
    discount: Decimal
    tax: Decimal
    line: int | None = None


# Of lines as they are now, by number: (quantity, gross, net) as `line_sale` has them.
Lines = Mapping[int, tuple[int, Decimal, Decimal]]


def _goods(entry: LedgerSale, lines: Lines) -> tuple[Decimal, Decimal]:
    """(gross, discount) of goods sold. A line sold whole counts as in any order, for the ledger rounds discounts its own way."""
    line = None if entry.line is None else lines.get(entry.line)
    if line is not None and line[0] == entry.quantity:
        return line[1], line[1] - line[2]
    return entry.amount - entry.tax + entry.discount, entry.discount


def line_sale(
    original: Decimal, discount: Decimal, tax: Decimal, rate: Decimal, *, taxes_included: bool, currency: str
) -> tuple[Decimal, Decimal]:
    """(gross, net) of a line before tax. `original` is unit price × quantity, `rate` the sum of its tax rates (0.2 is 20 %)."""
    charged = original - discount
    if not taxes_included:
        return original, charged
    if charged and not tax:
        return original, charged  # nothing was taxed, whatever the rates say
    net = charged - tax
    if rate > 0:
        return quantize(original / (ONE + rate), currency), net
    return (quantize(original * net / charged, currency) if charged else original), net


def shipping_sale(charged: Decimal, tax: Decimal, *, taxes_included: bool) -> Decimal:
    """Shipping before tax. `charged` is after shipping discounts; never less than nothing is left."""
    if not taxes_included or not charged:
        return charged
    return charged - min(max(tax, ZERO), charged)


def goods_back(
    lines: Iterable[tuple[int, Decimal, Decimal]],
    shipping: Iterable[tuple[Decimal, Decimal]],
    adjustments: Iterable[tuple[Decimal, Decimal]],
    *,
    taxes_included: bool,
) -> Back:
    """What a refund takes back.

    `lines` are (quantity, subtotal after discounts, tax) of goods, without gift cards and tips; `shipping` (amount, tax): both
    amounts hold the tax where the order's prices do. `adjustments` are (amount before tax, tax), negative when more was paid back
    than the lines say, as Shopify writes them.
    """
    units, net, tax = 0, ZERO, ZERO
    for quantity, subtotal, line_tax in lines:
        units += quantity
        net += subtotal - line_tax if taxes_included else subtotal
        tax += line_tax
    ship, ship_tax = ZERO, ZERO
    for amount, part in shipping:
        ship += amount - part if taxes_included else amount
        ship_tax += part
    given, given_tax = ZERO, ZERO
    for amount, part in adjustments:
        given -= amount
        given_tax -= part
    return Back(units, net, tax, ship, ship_tax, given, given_tax)


def placed_by_ledger(entries: Iterable[LedgerSale], lines: Lines) -> Sale:
    """The sale of an edited order, as Shopify recorded it when it was placed: its lines show what later edits made of them."""
    sale = Sale()
    for entry in entries:
        before_tax = entry.amount - entry.tax
        if entry.line_type == "PRODUCT":
            gross, discount = _goods(entry, lines)
            sale.units += entry.quantity
            sale.gross += gross
            sale.discounts += discount
        elif entry.line_type == "SHIPPING":
            sale.shipping += before_tax
        elif entry.line_type == "DUTY":
            sale.duties += before_tax
        elif entry.line_type in ("FEE", "ADDITIONAL_FEE"):
            sale.fees += before_tax
        else:
            continue
        sale.taxes += entry.tax
    return sale


def edit_by_ledger(entries: Iterable[LedgerSale], lines: Lines) -> Correction:
    """What an edit adds to its day: goods that came in are gross sales and discounts, goods that went out are returns."""
    edit = Correction()
    for entry in entries:
        before_tax = entry.amount - entry.tax
        if entry.line_type == "PRODUCT" and before_tax >= 0 and entry.quantity >= 0:
            gross, discount = _goods(entry, lines)
            edit.gross += gross
            edit.discounts += discount
        elif entry.line_type in ("PRODUCT", "ADJUSTMENT"):
            edit.returns -= before_tax
        elif entry.line_type == "SHIPPING":
            edit.shipping += before_tax
        elif entry.line_type == "DUTY":
            edit.duties += before_tax
        elif entry.line_type in ("FEE", "ADDITIONAL_FEE"):
            edit.fees += before_tax
        else:
            continue
        edit.taxes += entry.tax
    return edit


def cancellation(sale: Sale, edits: Iterable[Correction], refunds: Iterable[Back]) -> Correction:
    """What is left of a cancelled order, taken back: with it the order counts zero in every column of total sales."""
    left = Correction(returns=sale.net, shipping=-sale.shipping, taxes=-sale.taxes, duties=-sale.duties, fees=-sale.fees)
    for edit in edits:
        left.returns += edit.gross - edit.discounts - edit.returns
        left.shipping -= edit.shipping
        left.taxes -= edit.taxes
        left.duties -= edit.duties
        left.fees -= edit.fees
    for back in refunds:
        left.returns -= back.net + back.adjustment
        left.shipping += back.shipping
        left.taxes += back.tax + back.shipping_tax + back.adjustment_tax
    return left
