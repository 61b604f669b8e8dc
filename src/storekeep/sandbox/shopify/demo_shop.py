"""The demo shop: the real trading moved to the present and given people, parcels, tracking, refunds and a few mishaps."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from storekeep.sandbox.shopify.calendar import Shifted
from storekeep.sandbox.shopify.countries import country_code, country_name
from storekeep.sandbox.shopify.demo_fate import Fate, GivenBack, fates
from storekeep.sandbox.shopify.model import (
    Address,
    Bag,
    Customer,
    Fulfillment,
    Line,
    Order,
    Product,
    Refund,
    RefundLine,
    Tracking,
    Transaction,
    add,
    times,
)
from storekeep.sandbox.shopify.people import address, email, mix, names, phone
from storekeep.sandbox.shopify.retail import GUEST, Retail
from storekeep.sandbox.shopify.retail_shop import RetailShop, invoice_key, to_utc
from storekeep.sandbox.shopify.store import Facts, Rows
from storekeep.sandbox.shopify.totals import settle

_CARRIERS = (
    ("Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/{0}"),
    ("DPD UK", "https://track.dpd.co.uk/search?reference={0}"),
    ("Evri", "https://www.evri.com/track/parcel/{0}"),
    ("UPS", "https://www.ups.com/track?tracknum={0}"),
)
_NOTES = ("Please leave with a neighbour.", "Gift wrap, please.", "Deliver after 5 pm.", "Second delivery entrance at the back.")
_REASONS = ("CUSTOMER", "INVENTORY", "FRAUD", "DECLINED", "OTHER")
_TYPES = (
    "Bag",
    "Mug",
    "Candle",
    "Cake",
    "Light",
    "Christmas",
    "Heart",
    "Box",
    "Lunch",
    "Garden",
    "Clock",
    "Card",
    "Cushion",
    "Sign",
)
_VENDORS = ("Albion Trading", "Heartwood", "Pantry & Parlour", "Retrospot Works", "Northern Lights")
_REFUND_IDS, _REFUND_LINE_IDS, _PARCEL_IDS = 7_000_000_000, 7_500_000_000, 8_000_000_000


class DemoShop(RetailShop):
    """Rows of a shifted shop. Positions count the orders placed by the end of the shifted data's last day."""

    def __init__(self, retail: Retail, facts: Facts, shifted: Shifted) -> None:
        super().__init__(retail, facts)
        self._shifted = shifted
        self._fates = fates(retail, shifted)
        self._invoices = array("i", self._fates)
        self._customers, self._products = self._seen()

    def _seen(self) -> tuple[dict[int, tuple[int, int, str]], dict[int, tuple[int, int]]]:
        """Customers and products that the visible orders name: first and last wall clock (and the customer's country)."""
        customers: dict[int, tuple[int, int, str]] = {}
        products: dict[int, tuple[int, int]] = {}
        for invoice, fate in self._fates.items():
            customer = self.retail.invoice_customer[invoice]
            if customer != GUEST:
                first, _, country = customers.get(customer, (fate.wall, 0, self.retail.invoice_country[invoice]))
                customers[customer] = (first, fate.wall, country)
            for row in self.retail.lines(invoice):
                product = self.retail.line_product[row]
                products[product] = (products[product][0] if product in products else fate.wall, fate.wall)
        return customers, products

    def _order_rows(self) -> tuple[Rows[Order], array[int]]:
        rows: Rows[Order] = Rows(build=self.order, peek=self._peeks())
        owners = array("q")
        for invoice, fate in self._fates.items():
            at, customer = to_utc(fate.wall), self.retail.invoice_customer[invoice]
            rows.add(self.id(invoice_key(self.retail.invoices[invoice])), at, to_utc(fate.last()), at)
            owners.append(0 if customer == GUEST else self.id(self.retail.customers[customer]))
        return rows, owners

    def _peeks(self) -> dict[str, Callable[[int], Any]]:
        return {
            "name": lambda i: f"#{self.retail.invoices[self._invoices[i]]}",
            "email": lambda i: self._buyer(self._invoices[i], invoice_key(self.retail.invoices[self._invoices[i]]))[1],
            "financial": lambda i: self._financial(self._invoices[i]),
            "fulfillment": lambda i: self._fulfilment(self._invoices[i]),
        }

    def _financial(self, invoice: int) -> str:
        fate = self._fates[invoice]
        if fate.cancelled is not None:
            return "VOIDED" if fate.pending else "REFUNDED"
        if fate.refunds:
            return "REFUNDED" if self._returned(invoice, fate) >= self.retail.invoice_total[invoice] else "PARTIALLY_REFUNDED"
        return "PENDING" if fate.pending else "PAID"

    def _returned(self, invoice: int, fate: Fate) -> int:
        return sum(units * self._price(invoice, place) for refund in fate.refunds for _, place, units in refund.rows)

    def _fulfilment(self, invoice: int) -> str:
        fate = self._fates[invoice]
        if fate.cancelled is not None:
            return "UNFULFILLED" if fate.pending else "RESTOCKED"
        if fate.shipped is None:
            return "UNFULFILLED"
        return "PARTIALLY_FULFILLED" if fate.half and len(self.retail.lines(invoice)) > 1 else "FULFILLED"

    def _customer_rows(self) -> Rows[Customer]:
        rows: Rows[Customer] = Rows(build=self.customer)
        for customer, (first, last, _) in self._customers.items():
            rows.add(self.id(self.retail.customers[customer]), to_utc(first), to_utc(last), to_utc(first))
        self._customer_at = list(self._customers)
        return rows

    def _product_rows(self) -> Rows[Product]:
        rows: Rows[Product] = Rows(build=self.product, keep=True)
        for product, (first, last) in self._products.items():
            rows.add(self.product_id(product), to_utc(first), to_utc(last), to_utc(first))
        self._product_at = list(self._products)
        return rows

    def _totals(self) -> dict[int, tuple[int, int]]:
        totals: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for invoice, fate in self._fates.items():
            customer = self.retail.invoice_customer[invoice]
            if customer == GUEST:
                continue
            spent = 0 if fate.cancelled else self.retail.invoice_total[invoice]
            spent -= self._returned(invoice, fate)
            id = self.id(self.retail.customers[customer])
            totals[id] = (totals[id][0] + 1, totals[id][1] + spent)
        return dict(totals)

    def _price(self, invoice: int, place: int) -> int:
        return self.retail.line_price[self.retail.first_line[invoice] + place]

    # -- people

    def _person(self, customer: int) -> tuple[int, str, str, str | None, str | None]:
        number = self.retail.customers[customer]
        country = self._customers[customer][2]
        return number, *names(number), country_name(country), country_code(country)

    def customer(self, position: int) -> Customer:
        """The customer at a position of the base rows."""
        customer = self._customer_at[position]
        number, first, last, country, code = self._person(customer)
        began, ended, _ = self._customers[customer]
        return Customer(
            id=self.id(number),
            created=to_utc(began),
            updated=to_utc(ended),
            first_name=first,
            last_name=last,
            email=email(number, first, last),
            phone=phone(number, code),
            state="ENABLED" if mix(number, 12) % 3 == 0 else "DISABLED",
            tags=["wholesale"] if mix(number, 13) % 11 == 0 else [],
            marketing="SUBSCRIBED" if mix(number, 14) % 2 else "NOT_SUBSCRIBED",
            addresses=[address(self.id(number), number, first, last, country, code)],
        )

    def _buyer(self, invoice: int, key: int) -> tuple[int | None, str | None, Address]:
        """(customer id, e-mail, address) of an order; guests have a name and, two in three, an e-mail."""
        customer = self.retail.invoice_customer[invoice]
        if customer != GUEST:
            number, first, last, country, code = self._person(customer)
            return self.id(number), email(number, first, last), address(self.id(key), number, first, last, country, code)
        first, last = names(key)
        country = self.retail.invoice_country[invoice]
        where = address(self.id(key), key, first, last, country_name(country), country_code(country))
        return None, email(key, first, last) if mix(key, 15) % 3 else None, where

    # -- orders

    def order(self, position: int) -> Order:
        """The order at a position of the base rows, with all that became of it."""
        invoice = self._invoices[position]
        name = self.retail.invoices[invoice]
        key, fate = invoice_key(name), self._fates[invoice]
        customer_id, mail, where = self._buyer(invoice, key)
        at = to_utc(fate.wall)
        order = Order(
            id=self.id(key),
            name=f"#{name}",
            created=at,
            processed=at,
            updated=to_utc(fate.last()),
            currency=self.facts.currency,
            presentment=self.facts.currency,
            lines=self.lines(invoice, key, 0),
            customer_id=customer_id,
            email=mail,
            phone=where.phone,
            note=_NOTES[mix(key, 16) % len(_NOTES)] if mix(key, 17) % 12 == 0 else None,
            tags=["wholesale"] if self.retail.invoice_total[invoice] > 100_000 else [],
            source="shopify_draft_order" if fate.pending else "pos" if mix(key, 18) % 25 == 0 else "web",
            shipping_address=where,
            billing_address=replace(where, id=where.id + 1),
        )
        self._pay(order, key, fate, at)
        self._ship(order, key, fate)
        for refund in fate.refunds:
            self._give_back(order, refund)
        if fate.cancelled is not None:
            self._cancel(order, key, fate, fate.cancelled)
        settle(order)
        return order

    def _pay(self, order: Order, key: int, fate: Fate, at: int) -> None:
        amount = add(*(times(line.unit, line.quantity) for line in order.lines))
        if fate.pending:
            order.transactions = [Transaction(order.id, "SALE", "PENDING", "Bank Deposit", at, amount)]
        else:
            gateway = "paypal" if mix(key, 19) % 5 == 0 else "shopify_payments"
            order.transactions = [Transaction(order.id, "SALE", "SUCCESS", gateway, at, amount)]

    def _ship(self, order: Order, key: int, fate: Fate) -> None:
        if fate.shipped is None or fate.cancelled is not None:
            return
        lines = order.lines[: (len(order.lines) + 1) // 2] if fate.half else order.lines
        for line in lines:
            line.fulfilled = line.quantity
        carrier, url = _CARRIERS[mix(key, 27) % len(_CARRIERS)]
        number = f"{mix(key, 28) % 10**13:013d}GB"
        created = to_utc(fate.shipped)
        delivered = None if fate.delivered is None else to_utc(fate.delivered)
        order.fulfillments.append(
            Fulfillment(
                id=self.id(_PARCEL_IDS + key),
                name=f"{order.name}.1",
                status="SUCCESS",
                display_status="DELIVERED" if delivered else "IN_TRANSIT",
                created=created,
                updated=delivered or created,
                delivered=delivered,
                tracking=[Tracking(carrier, number, url.format(number))],
                lines=[(line.id, line.quantity) for line in lines],
            )
        )

    def _give_back(self, order: Order, given: GivenBack) -> None:
        at = to_utc(given.wall)
        lines, amount = [], (0, 0)
        for row, place, units in given.rows:
            line = order.lines[place]
            line.current -= units
            subtotal = times(line.unit, units)
            amount = add(amount, subtotal)
            lines.append(RefundLine(self.id(_REFUND_LINE_IDS + row), line.id, units, "RETURN", subtotal, (0, 0)))
        order.refunds.append(self._refund(order, given.rows[0][0], at, lines, amount, "Returned"))
        order.return_status = "RETURNED"

    def _refund(self, order: Order, row: int, at: int, lines: list[RefundLine], amount: Bag, note: str) -> Refund:
        sale = order.transactions[0]
        id = self.id(_REFUND_IDS + row)
        money = Transaction(id, "REFUND", "SUCCESS", sale.gateway, at, amount, parent_id=sale.id)
        return Refund(id, at, at, at, note, lines, transactions=[money])

    def _cancel(self, order: Order, key: int, fate: Fate, wall: int) -> None:
        at = to_utc(wall)
        order.cancelled = order.closed = at
        order.cancel_reason = _REASONS[mix(key, 29) % len(_REASONS)]
        if fate.pending:
            order.transactions.append(Transaction(order.id + 1, "VOID", "SUCCESS", "Bank Deposit", at, (0, 0), order.id))
            return
        lines = [self._whole(line) for line in order.lines]
        amount = add(*(line.subtotal for line in lines))
        # Cancelled orders take numbers after the returns' own, by invoice.
        order.refunds.append(self._refund(order, 100_000_000 + key, at, lines, amount, "Order cancelled"))

    def _whole(self, line: Line) -> RefundLine:
        subtotal = times(line.unit, line.current)
        units, line.current = line.current, 0
        return RefundLine(line.id, line.id, units, "CANCEL", subtotal, (0, 0))

    # -- products

    def product(self, position: int) -> Product:
        """The product at a position of the base rows."""
        index = self._product_at[position]
        product = super().product(index)
        first, last = self._products[index]
        product.created = product.published = to_utc(first)
        product.updated = to_utc(last)
        words = product.title.lower()
        product.product_type = next((t for t in _TYPES if t.lower() in words), "Gift")
        product.vendor = _VENDORS[mix(index, 30) % len(_VENDORS)]
        product.description = f"{product.title.capitalize().strip()}."
        product.tags = ["retrospot"] if "retrospot" in words else []
        variant = product.variants[0]
        variant.updated = product.updated
        variant.unit_cost = variant.price * (35 + mix(index, 31) % 25) // 100
        if mix(index, 32) % 10 == 0:
            variant.compare_at = variant.price * 5 // 4
        return product
