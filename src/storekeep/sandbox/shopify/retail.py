"""Reads the Online Retail file into compact columns: the orders, customers and products every retail shop is built from.

The rules are those of the data set's own README: lines of `C…` invoices, of a quantity or a rounded price not above zero are
no sales; one order an invoice, one customer a CustomerID, one product a StockCode. The `C…` lines are kept aside as returns.
"""

from __future__ import annotations

import csv
import gzip
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

QUARTER = Path(__file__).parent / "data" / "online_retail_2011q1.csv.gz"
_EPOCH = date(1970, 1, 1).toordinal()
GUEST = -1


@dataclass(slots=True)
class Return:
    """A line of a `C…` invoice of a known customer: units that came back."""

    invoice: str
    wall: int
    customer: int
    product: int
    quantity: int


@dataclass(slots=True)
class Retail:
    """The columns. Times are wall-clock seconds: the shop's local time written as if it were UTC. Prices are pence."""

    invoices: list[str] = field(default_factory=list)
    walls: array[int] = field(default_factory=lambda: array("q"))
    invoice_customer: array[int] = field(default_factory=lambda: array("i"))
    invoice_country: list[str] = field(default_factory=list)
    invoice_total: array[int] = field(default_factory=lambda: array("q"))
    first_line: array[int] = field(default_factory=lambda: array("I"))  # one more than invoices: line range of invoice i
    line_product: array[int] = field(default_factory=lambda: array("H"))
    line_quantity: array[int] = field(default_factory=lambda: array("i"))
    line_price: array[int] = field(default_factory=lambda: array("i"))
    codes: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    prices: array[int] = field(default_factory=lambda: array("i"))
    product_first: array[int] = field(default_factory=lambda: array("q"))
    product_last: array[int] = field(default_factory=lambda: array("q"))
    customers: list[int] = field(default_factory=list)
    customer_country: list[str] = field(default_factory=list)
    customer_first: array[int] = field(default_factory=lambda: array("q"))
    customer_last: array[int] = field(default_factory=lambda: array("q"))
    returns: list[Return] = field(default_factory=list)

    def lines(self, invoice: int) -> range:
        """The indexes of the lines of invoice number `invoice` (0-based), in file order."""
        return range(self.first_line[invoice], self.first_line[invoice + 1])


class _Reader:
    """Turns rows into columns; lives as long as one file is read."""

    def __init__(self) -> None:
        self.data = Retail()
        self.invoice_of: dict[str, int] = {}
        self.customer_of: dict[str, int] = {}
        self.product_of: dict[str, int] = {}
        self.names: list[Counter[str]] = []
        self.pence: dict[str, int] = {}
        self.days: dict[str, int] = {}
        self.back: list[tuple[str, int, str, str, int]] = []
        self.lines: list[list[tuple[int, int, int]]] = []

    def wall(self, text: str) -> int:
        day = self.days.get(text[:10])
        if day is None:
            day = self.days[text[:10]] = (date.fromisoformat(text[:10]).toordinal() - _EPOCH) * 86400
        return day + int(text[11:13]) * 3600 + int(text[14:16]) * 60 + int(text[17:19] or 0)

    def price(self, text: str) -> int:
        pence = self.pence.get(text)
        if pence is None:
            pence = self.pence[text] = int((Decimal(text) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        return pence

    def row(self, row: list[str]) -> None:
        invoice, code, title, quantity, when, price, customer, country = row
        units = int(quantity)
        if invoice[0] == "C":
            if units < 0 and customer:
                self.back.append((invoice, self.wall(when), customer, code, -units))
            return
        pence = self.price(price)
        if units <= 0 or pence <= 0:
            return
        wall = self.wall(when)
        number = self.invoice_of.get(invoice)
        if number is None:
            number = self.open_invoice(invoice, wall, self.customer(customer, country, wall), country)
        product = self.product(code, wall)
        if title:
            self.names[product][title] += 1
        self.data.prices[product] = pence
        self.data.product_last[product] = wall
        self.lines[number].append((product, units, pence))

    def open_invoice(self, invoice: str, wall: int, customer: int, country: str) -> int:
        data = self.data
        data.invoices.append(invoice)
        data.walls.append(wall)
        data.invoice_customer.append(customer)
        data.invoice_country.append(country)
        self.lines.append([])
        if customer != GUEST:
            data.customer_last[customer] = max(data.customer_last[customer], wall)
        number = self.invoice_of[invoice] = len(data.invoices) - 1
        return number

    def customer(self, text: str, country: str, wall: int) -> int:
        if not text:
            return GUEST
        index = self.customer_of.get(text)
        if index is None:
            index = self.customer_of[text] = len(self.data.customers)
            self.data.customers.append(int(float(text)))
            self.data.customer_country.append(country)
            self.data.customer_first.append(wall)
            self.data.customer_last.append(wall)
        return index

    def product(self, code: str, wall: int) -> int:
        index = self.product_of.get(code)
        if index is None:
            index = self.product_of[code] = len(self.data.codes)
            self.data.codes.append(code)
            self.names.append(Counter())
            self.data.prices.append(0)
            self.data.product_first.append(wall)
            self.data.product_last.append(wall)
        return index

    def finish(self) -> Retail:
        data = self.data
        for lines in self.lines:
            data.first_line.append(len(data.line_product))
            data.invoice_total.append(sum(units * pence for _, units, pence in lines))
            for product, units, pence in lines:
                data.line_product.append(product)
                data.line_quantity.append(units)
                data.line_price.append(pence)
        data.first_line.append(len(data.line_product))
        # Counter.most_common keeps first-seen order among equals, so the choice is the same every time.
        data.titles = [names.most_common(1)[0][0] if names else code for names, code in zip(self.names, data.codes, strict=True)]
        data.returns = [
            Return(invoice, wall, self.customer_of[customer], self.product_of[code], units)
            for invoice, wall, customer, code, units in self.back
            if customer in self.customer_of and code in self.product_of
        ]
        return data


def _rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle)
        next(reader)
        yield from reader


@lru_cache(maxsize=4)
def read(path: Path) -> Retail:
    """The columns of the CSV at `path` (gzip, the data set's own eight columns). Raises OSError when it cannot be read.

    Read once a process and file: shops share the columns and never change them.
    """
    reader = _Reader()
    for row in _rows(path):
        reader.row(row)
    return reader.finish()
