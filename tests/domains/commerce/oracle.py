"""What a shop's days must show, computed from the stand-in's raw state by the written definitions, with none of our code.

Definitions: docs/flows/store-sync.md, "Day figures".
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

Days = dict[tuple[date, str], dict[str, Decimal]]
ZERO = Decimal(0)
PLACES = {"JPY": 0, "KWD": 3}


def of_shop(amount: dict[str, str]) -> Decimal:
    return Decimal(amount["shop"])


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-PLACES.get(currency, 2)), ROUND_HALF_UP)


def day_of(moment: str, zone: ZoneInfo) -> date:
    return datetime.fromisoformat(moment).astimezone(zone).date()


def line_total(line: dict[str, Any]) -> Decimal:
    return of_shop(line["unitPrice"]) * line["quantity"]


def taxed(line: dict[str, Any]) -> Decimal:
    return sum((of_shop(tax["amount"]) for tax in line["taxes"]), ZERO)


def cut(line: dict[str, Any]) -> Decimal:
    return sum(map(of_shop, line["discounts"]), ZERO)


def gross_and_net(line: dict[str, Any], order: dict[str, Any]) -> tuple[Decimal, Decimal]:
    whole, paid, tax = line_total(line), line_total(line) - cut(line), taxed(line)
    if not order["taxesIncluded"] or (paid and not tax):
        return whole, paid
    rate = sum((Decimal(part["rate"]) for part in line["taxes"]), ZERO)
    return rounded(whole / (1 + rate), order["currency"]), paid - tax


def placed_total(order: dict[str, Any]) -> Decimal:
    """What the order came to when it was placed."""
    lines = [line for line in order["lines"] if line["placedQuantity"] or line["tip"]]
    total = sum((line_total(line) - (ZERO if line["tip"] else cut(line)) for line in lines), ZERO)
    total += sum((of_shop(line["discounted"]) for line in order["shippingLines"] if not line["removed"]), ZERO)
    return total if order["taxesIncluded"] else total + order_tax(order)


def order_tax(order: dict[str, Any]) -> Decimal:
    lines = sum((taxed(line) for line in order["lines"] if line["placedQuantity"]), ZERO)
    return lines + sum((of_shop(tax) for s in order["shippingLines"] if not s["removed"] for tax in s["taxes"]), ZERO)


class Figures:
    """Adds up one shop's days."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        shop = next(row for row in rows if row["type"] == "shop")
        self.zone, self.currency = ZoneInfo(shop["timeZone"]), shop["currency"]
        self.days: Days = defaultdict(lambda: defaultdict(Decimal))
        self.orders = [row for row in rows if row["type"] == "order"]
        self.customers = [row for row in rows if row["type"] == "customer"]
        self.products = [row for row in rows if row["type"] == "product"]
        for customer in self.customers:
            self.days[day_of(customer["createdAt"], self.zone), self.currency]["customers_created"] += 1
        for order in self.orders:
            self.order(order)
        self.people()

    def order(self, order: dict[str, Any]) -> None:
        currency = order["currency"]
        placed = self.days[day_of(order["createdAt"], self.zone), currency]
        placed["placed_orders"] += 1
        placed["placed_revenue"] += placed_total(order)
        if order["test"]:
            return
        left = self.sale(order)
        for edit in order["edits"]:
            left = add(left, self.edit(order, edit))
        for refund in order["refunds"]:
            left = add(left, self.refund(order, refund))
        if order["cancelledAt"] is not None:
            day = self.days[day_of(order["cancelledAt"], self.zone), currency]
            day["returns"] += left["net"]
            day["shipping"] -= left["shipping"]
            day["taxes"] -= left["taxes"]

    def sale(self, order: dict[str, Any]) -> dict[str, Decimal]:
        day = self.days[day_of(order["processedAt"], self.zone), order["currency"]]
        day["orders"] += 1
        day["cancelled"] += order["cancelledAt"] is not None
        day["fulfilled"] += order["fulfillmentStatus"] == "FULFILLED"
        day["pending"] += order["cancelledAt"] is None and order["fulfillmentStatus"] != "FULFILLED"
        gross = net = ZERO
        for line in order["lines"]:
            if line["tip"]:
                day["tips"] += line_total(line)
            elif line["placedQuantity"] and not line["giftCard"]:
                line_gross, line_net = gross_and_net(line, order)
                gross, net = gross + line_gross, net + line_net
                day["units"] += line["quantity"]
        shipping = sum((of_shop(s["discounted"]) for s in order["shippingLines"] if not s["removed"]), ZERO)
        if order["taxesIncluded"]:
            shipping -= sum((of_shop(tax) for s in order["shippingLines"] if not s["removed"] for tax in s["taxes"]), ZERO)
        made = {"net": net, "shipping": shipping, "taxes": order_tax(order)}
        day["gross_sales"] += gross
        day["discounts"] += gross - net
        day["order_value"] += net
        day["shipping"] += made["shipping"]
        day["taxes"] += made["taxes"]
        return made

    def edit(self, order: dict[str, Any], edit: dict[str, Any]) -> dict[str, Decimal]:
        day = self.days[day_of(edit["at"], self.zone), order["currency"]]
        lines = {line["id"]: line for line in order["lines"]}
        made = {"net": ZERO, "shipping": ZERO, "taxes": ZERO}
        for change in edit["changes"]:
            line = lines[change["lineId"]]
            if line["tip"] or line["giftCard"]:
                continue
            tax = of_shop(change["tax"])
            net = of_shop(change["subtotal"]) - (tax if order["taxesIncluded"] else ZERO)
            if change["delta"] > 0:
                gross, _ = gross_and_net(line, order)
                day["gross_sales"] += gross
                day["discounts"] += gross - net
            else:
                day["returns"] -= net
            day["taxes"] += tax
            made["net"] += net
            made["taxes"] += tax
        return made

    def refund(self, order: dict[str, Any], refund: dict[str, Any]) -> dict[str, Decimal]:
        day = self.days[day_of(refund["processedAt"], self.zone), order["currency"]]
        day["refunds"] += 1
        paid = [t for t in refund["transactions"] if (t["kind"], t["status"]) == ("REFUND", "SUCCESS")]
        day["refunded"] += sum((of_shop(t["amount"]) for t in paid), ZERO)
        lines = {line["id"]: line for line in order["lines"]}
        inside = order["taxesIncluded"]
        goods = [x for x in refund["lines"] if not (lines[x["lineId"]]["giftCard"] or lines[x["lineId"]]["tip"])]
        net = sum((of_shop(x["subtotal"]) - (of_shop(x["tax"]) if inside else ZERO) for x in goods), ZERO)
        tax = sum(
            (
                of_shop(x["tax"])
                for x in [
                    *goods,
                    *refund["shipping"],
                ]
            ),
            ZERO,
        )
        ship = sum((of_shop(x["subtotal"]) - (of_shop(x["tax"]) if inside else ZERO) for x in refund["shipping"]), ZERO)
        given = -sum((of_shop(x["amount"]) for x in refund["adjustments"]), ZERO)
        tax -= sum((of_shop(x["tax"]) for x in refund["adjustments"]), ZERO)
        day["returns"] += net + given
        day["adjustments"] += given
        day["shipping"] -= ship
        day["taxes"] -= tax
        return {"net": -(net + given), "shipping": -ship, "taxes": -tax}

    def people(self) -> None:
        known = {customer["id"] for customer in self.customers}
        bought = [o for o in self.orders if not o["test"] and o["customerId"] in known]
        first: dict[str, str] = {}
        for order in sorted(bought, key=lambda o: o["processedAt"]):
            first.setdefault(order["customerId"], order["processedAt"])
        seen: dict[tuple[date, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for order in bought:
            sets = seen[day_of(order["processedAt"], self.zone), order["currency"]]
            sets["customers"].add(order["customerId"])
            new = order["processedAt"] == first[order["customerId"]]
            sets["new_customers" if new else "returning_customers"].add(order["customerId"])
        for key, sets in seen.items():
            for name, people in sets.items():
                self.days[key][name] += len(people)


def add(a: dict[str, Decimal], b: dict[str, Decimal]) -> dict[str, Decimal]:
    return {key: a[key] + b[key] for key in a}
