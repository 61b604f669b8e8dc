"""Computes from a raw Online Retail file the figures a store made from it must show. Shares no code with the sandbox.

`python tests/sandbox/quarter_figures.py FILE.csv.gz` prints them as JSON.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

PENNY = Decimal("0.01")


def figures(path: str) -> dict[str, Any]:
    """Orders, guests, lines, units, customers, revenue and so on, by the rules of the data set's README."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    first: dict[str, str] = {}
    customer: dict[str, str] = {}
    lines = units = 0
    products: set[str] = set()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            price = Decimal(row["UnitPrice"]).quantize(PENNY, rounding=ROUND_HALF_UP)
            quantity = int(row["Quantity"])
            if row["InvoiceNo"].startswith("C") or quantity <= 0 or price <= 0:
                continue
            invoice = row["InvoiceNo"]
            first.setdefault(invoice, row["InvoiceDate"])
            customer.setdefault(invoice, row["CustomerID"].split(".")[0])
            total[invoice] += quantity * price
            lines += 1
            units += quantity
            products.add(row["StockCode"])
    orders = Counter(c for c in customer.values() if c)
    spent: dict[str, Decimal] = defaultdict(Decimal)
    months: dict[str, Decimal] = defaultdict(Decimal)
    placed: Counter[str] = Counter()
    for invoice, amount in total.items():
        spent[customer[invoice]] += amount
        months[first[invoice][:7]] += amount
        placed[first[invoice][:7]] += 1
    spent.pop("", None)
    top = sorted(spent, key=lambda c: (-spent[c], c))[:5]
    largest = max(total, key=lambda i: total[i])
    return {
        "lines": lines,
        "units": units,
        "orders": len(total),
        "guestOrders": sum(not c for c in customer.values()),
        "customers": len(orders),
        "repeatCustomers": sum(n > 1 for n in orders.values()),
        "products": len(products),
        "revenue": str(sum(total.values())),
        "topCustomers": [{"customer": c, "revenue": str(spent[c]), "orders": orders[c]} for c in top],
        "months": {m: {"revenue": str(months[m]), "orders": placed[m]} for m in sorted(months)},
        "largestOrder": {"name": f"#{largest}", "total": str(total[largest])},
    }


if __name__ == "__main__":
    json.dump(figures(sys.argv[1]), sys.stdout, indent=2)
    sys.stdout.write("\n")
