"""Reads a shop's raw dump: one JSON object a line, as GET /control/raw/{shop} of the stand-in gives it. Standard library only.

Amounts are whole millionths of the shop's currency, exact; times are aware; days are the shop's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

Record = dict[str, Any]
UNIT = 1_000_000


@dataclass
class Shop:
    """A shop with what lives in it; what was deleted is not here."""

    domain: str
    currency: str
    zone: ZoneInfo
    customers: dict[str, Record] = field(default_factory=dict)
    products: dict[str, Record] = field(default_factory=dict)
    orders: list[Record] = field(default_factory=list)

    def day(self, stamp: str) -> date:
        """The shop's day on which a time of the dump falls."""
        return moment(stamp).astimezone(self.zone).date()

    def buyer(self, order: Record) -> str | None:
        """The id of an order's customer; None for a guest and for a customer who was deleted."""
        return order["customerId"] if order["customerId"] in self.customers else None


def moment(stamp: str) -> datetime:
    """A time of the dump."""
    return datetime.fromisoformat(stamp)


@cache
def _units(text: str) -> int:
    units = Fraction(text) * UNIT
    assert units.denominator == 1, f"{text} has more decimals than any currency"
    return units.numerator


def amount(bag: Record) -> int:
    """An amount in the shop's currency, in millionths."""
    return _units(bag["shop"])


def read(lines: Iterable[str | bytes]) -> Shop:
    """The shop that a dump describes."""
    shop: Shop | None = None
    for line in lines:
        if not line.strip():
            continue
        record = json.loads(line)
        kind = record["type"]
        if kind == "shop":
            shop = Shop(record["domain"], record["currency"], ZoneInfo(record["timeZone"]))
            continue
        assert shop is not None, "the first line is the shop"
        if kind == "customer":
            shop.customers[record["id"]] = record
        elif kind == "product":
            shop.products[record["id"]] = record
        elif kind == "order":
            shop.orders.append(record)
        else:
            assert kind == "deleted", kind
    assert shop is not None, "an empty dump"
    return shop
