"""The online-retail shop: orders, customers and products exactly as the data set's README turns its lines into a store."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from storekeep.sandbox.shopify.countries import country_code, country_name
from storekeep.sandbox.shopify.model import Address, Customer, Line, Order, Product, Transaction, Variant
from storekeep.sandbox.shopify.retail import GUEST, Retail
from storekeep.sandbox.shopify.store import Base, Facts, Rows

LONDON = ZoneInfo("Europe/London")
_COPY_STEP = 10_000_000_000
_LETTER_STEP = 1_000_000  # an invoice such as A563185 takes an id of its own beside 563185
_LINES_PER_ORDER = 2048
_SLUG = re.compile("[^a-z0-9]+")


def to_utc(wall: int) -> int:
    """Epoch seconds of a London wall-clock time (seconds written as if UTC)."""
    return int(datetime.fromtimestamp(wall, UTC).replace(tzinfo=LONDON).timestamp())


def invoice_key(invoice: str) -> int:
    """A small number that stands for the invoice in ids."""
    digits = int(re.sub(r"\D", "", invoice))
    return digits if invoice.isdigit() else digits + _LETTER_STEP


class RetailShop:
    """Builds the rows of an online-retail shop from the shared columns; `copies` serves the orders and customers that often.

    Copy k of a row has its own id, and from the second on its own order name and e-mail; products are not copied.
    """

    def __init__(self, retail: Retail, facts: Facts, copies: int = 1) -> None:
        self.retail = retail
        self.facts = facts
        self.copies = copies

    def base(self, identity: str) -> Base:
        """The rows, ready for a store; `identity` names the data they come from."""
        orders, order_customer = self._order_rows()
        return Base(
            facts=self.facts,
            orders=orders,
            customers=self._customer_rows(),
            products=self._product_rows(),
            order_customer=order_customer,
            totals=self._totals(),
            identity=f"{identity}x{self.copies}",
        )

    def id(self, key: int, copy: int = 0) -> int:
        """The id of a row, from the number that stands for it in the data set."""
        return self.facts.id_base + copy * _COPY_STEP + key

    def _order_rows(self) -> tuple[Rows[Order], array[int]]:
        rows: Rows[Order] = Rows(build=self.order, peek=self._peeks())
        owners = array("q")
        keys = [invoice_key(i) for i in self.retail.invoices]
        times = [to_utc(w) for w in self.retail.walls]
        for copy in range(self.copies):
            for key, at, customer in zip(keys, times, self.retail.invoice_customer, strict=True):
                rows.add(self.id(key, copy), at, at, at)
                owners.append(0 if customer == GUEST else self.id(self.retail.customers[customer], copy))
        return rows, owners

    def _customer_rows(self) -> Rows[Customer]:
        rows: Rows[Customer] = Rows(build=self.customer)
        for copy in range(self.copies):
            for number, first, last in zip(
                self.retail.customers, self.retail.customer_first, self.retail.customer_last, strict=True
            ):
                rows.add(self.id(number, copy), to_utc(first), to_utc(last), to_utc(first))
        return rows

    def _product_rows(self) -> Rows[Product]:
        rows: Rows[Product] = Rows(build=self.product, keep=True)
        for index, (first, last) in enumerate(zip(self.retail.product_first, self.retail.product_last, strict=True)):
            rows.add(self.product_id(index), to_utc(first), to_utc(last), to_utc(first))
        return rows

    def _totals(self) -> dict[int, tuple[int, int]]:
        orders, amounts = [0] * len(self.retail.customers), [0] * len(self.retail.customers)
        for customer, amount in zip(self.retail.invoice_customer, self.retail.invoice_total, strict=True):
            if customer != GUEST:
                orders[customer] += 1
                amounts[customer] += amount
        return {
            self.id(number, copy): (orders[i], amounts[i])
            for copy in range(self.copies)
            for i, number in enumerate(self.retail.customers)
        }

    def product_id(self, index: int) -> int:
        """The id of product `index`, and of its only variant."""
        return self.id(1 + index)

    def lines(self, invoice: int, key: int, copy: int) -> list[Line]:
        """The line items of an invoice, in file order."""
        data, base = self.retail, self.id(key * _LINES_PER_ORDER, copy)
        made = []
        for place, row in enumerate(data.lines(invoice)):
            product, units, pence = data.line_product[row], data.line_quantity[row], data.line_price[row]
            id = self.facts.id_base + 1 + product
            made.append(
                Line(base + place, data.titles[product], units, units, units, (pence, pence), id, id, None, data.codes[product])
            )
        return made

    def address(self, id: int, country: str) -> Address:
        """All the data set knows of where somebody lives: the country."""
        return Address(id, country=country_name(country), country_code=country_code(country))

    def _peeks(self) -> dict[str, Callable[[int], Any]]:
        return {
            "name": lambda i: self._name(*divmod(i, len(self.retail.invoices))),
            "email": lambda i: self._email_at(*divmod(i, len(self.retail.invoices))),
            "financial": lambda i: "PAID",
            "fulfillment": lambda i: "UNFULFILLED",
        }

    def _name(self, copy: int, invoice: int) -> str:
        name = self.retail.invoices[invoice]
        return f"#{name}" if not copy else f"#{name}-{copy + 1}"

    def _email_at(self, copy: int, invoice: int) -> str | None:
        customer = self.retail.invoice_customer[invoice]
        return None if customer == GUEST else self.email(self.retail.customers[customer], copy)

    def email(self, customer: int, copy: int) -> str:
        """The e-mail of customer number `customer`."""
        return f"customer-{customer}@example.com" if not copy else f"customer-{customer}-{copy + 1}@example.com"

    def order(self, position: int) -> Order:
        """The order at a position of the base rows."""
        data = self.retail
        copy, invoice = divmod(position, len(data.invoices))
        key = invoice_key(data.invoices[invoice])
        id, at, customer = self.id(key, copy), to_utc(data.walls[invoice]), data.invoice_customer[invoice]
        number = None if customer == GUEST else data.customers[customer]
        amount = data.invoice_total[invoice]
        return Order(
            id=id,
            name=self._name(copy, invoice),
            created=at,
            processed=at,
            updated=at,
            currency=self.facts.currency,
            presentment=self.facts.currency,
            lines=self.lines(invoice, key, copy),
            customer_id=None if number is None else self.id(number, copy),
            email=self._email_at(copy, invoice),
            shipping_address=self.address(id, data.invoice_country[invoice]),
            transactions=[Transaction(id, "SALE", "SUCCESS", "manual", at, (amount, amount))],
        )

    def customer(self, position: int) -> Customer:
        """The customer at a position of the base rows."""
        data = self.retail
        copy, index = divmod(position, len(data.customers))
        id = self.id(data.customers[index], copy)
        return Customer(
            id=id,
            created=to_utc(data.customer_first[index]),
            updated=to_utc(data.customer_last[index]),
            email=self.email(data.customers[index], copy),
            addresses=[self.address(id, data.customer_country[index])],
        )

    def product(self, position: int) -> Product:
        """The product at a position of the base rows, with its one variant."""
        data, id = self.retail, self.product_id(position)
        title, code = data.titles[position], data.codes[position]
        first, last = to_utc(data.product_first[position]), to_utc(data.product_last[position])
        slug = _SLUG.sub("-", title.lower()).strip("-")
        variant = Variant(
            id=id,
            title="Default Title",
            sku=code,
            price=data.prices[position],
            position=1,
            updated=last,
            inventory=(position * 7919) % 500,
        )
        return Product(
            id=id,
            title=title,
            handle=f"{slug}-{position + 1}",
            created=first,
            updated=last,
            variants=[variant],
            vendor="Online Retail",
            published=first,
        )
