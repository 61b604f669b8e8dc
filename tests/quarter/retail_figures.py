"""A second reading of the Online Retail file: what each day, product and customer came to, by the rules of its README alone."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

PENNY = Decimal("0.01")


@dataclass(slots=True)
class Invoice:
    """One order of the file. `customer` is empty for guests."""

    day: date
    customer: str
    total: Decimal = Decimal(0)


@dataclass(slots=True)
class Retail:
    """The file, invoice by invoice; `sold` is the revenue by stock code."""

    invoices: dict[str, Invoice] = field(default_factory=dict)
    sold: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def between(self, first: date, last: date) -> list[Invoice]:
        """The orders of these days, both ends included."""
        return [invoice for invoice in self.invoices.values() if first <= invoice.day <= last]

    def by_day(self) -> dict[date, tuple[int, Decimal]]:
        """Orders and revenue of each day that has any."""
        found: dict[date, tuple[int, Decimal]] = {}
        for invoice in self.invoices.values():
            orders, revenue = found.get(invoice.day, (0, Decimal(0)))
            found[invoice.day] = (orders + 1, revenue + invoice.total)
        return found

    def people(self, first: date, last: date) -> tuple[int, int]:
        """Customers who ordered in these days, and those of them whose first order ever is among them."""
        debut: dict[str, date] = {}
        for invoice in self.invoices.values():
            debut[invoice.customer] = min(invoice.day, debut.get(invoice.customer, invoice.day))
        bought = {invoice.customer for invoice in self.between(first, last)} - {""}
        return len(bought), sum(first <= debut[customer] <= last for customer in bought)


def read(path: Path) -> Retail:
    """The file at `path`, gzipped CSV."""
    found = Retail()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            price = Decimal(row["UnitPrice"]).quantize(PENNY, rounding=ROUND_HALF_UP)
            quantity = int(row["Quantity"])
            if row["InvoiceNo"].startswith("C") or quantity <= 0 or price <= 0:
                continue
            day = date.fromisoformat(row["InvoiceDate"][:10])
            invoice = found.invoices.setdefault(row["InvoiceNo"], Invoice(day, row["CustomerID"].split(".")[0]))
            invoice.total += quantity * price
            found.sold[row["StockCode"]] += quantity * price
    return found
